"""Matters: anything that must be done, its kind, history, clocks, evidence, look-backs and supervision."""

from .call_back import CallBack, Draw
from .clock import ORDER, ExtensionRequest, MatterClock, Suspension
from .event import Event, Evidence
from .exclusion import Exclusion
from .kind import KIND_STATES, FrozenKind, KindCase, OwnKind
from .look_back import LookBack
from .matter import Matter, NumberSeries
from .notice import SupervisionNotice
from .sealed import Accused, SealedOpening, SealedRecord
from .weights import RateWeights
from .whistle import WhistleRating

__all__ = [
    "KIND_STATES",
    "ORDER",
    "Accused",
    "CallBack",
    "Draw",
    "Event",
    "Evidence",
    "Exclusion",
    "ExtensionRequest",
    "FrozenKind",
    "KindCase",
    "LookBack",
    "Matter",
    "MatterClock",
    "NumberSeries",
    "OwnKind",
    "RateWeights",
    "SealedOpening",
    "SealedRecord",
    "SupervisionNotice",
    "Suspension",
    "WhistleRating",
]
