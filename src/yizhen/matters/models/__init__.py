"""Matters: anything that must be done, its kind, history, clocks, evidence, look-backs and supervision."""

from .clock import ORDER, ExtensionRequest, MatterClock, Suspension
from .event import Event, Evidence
from .kind import KIND_STATES, FrozenKind, KindCase, OwnKind
from .look_back import LookBack
from .matter import Matter, NumberSeries
from .notice import SupervisionNotice
from .sealed import Accused, SealedOpening, SealedRecord
from .whistle import WhistleRating

__all__ = [
    "KIND_STATES",
    "ORDER",
    "Accused",
    "Event",
    "Evidence",
    "ExtensionRequest",
    "FrozenKind",
    "KindCase",
    "LookBack",
    "Matter",
    "MatterClock",
    "NumberSeries",
    "OwnKind",
    "SealedOpening",
    "SealedRecord",
    "SupervisionNotice",
    "Suspension",
    "WhistleRating",
]
