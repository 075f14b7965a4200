"""The nouns of the watches room."""

from .emergency import Contact, Handover, Plan, Roster, Shift
from .readiness import Certificate, Emergency, Readiness, Situation
from .reading import Reading
from .threshold import Crossing, Threshold
from .watch import SORTS, Series, Token, Watch

__all__ = [
    "SORTS",
    "Certificate",
    "Contact",
    "Crossing",
    "Emergency",
    "Handover",
    "Plan",
    "Readiness",
    "Reading",
    "Roster",
    "Series",
    "Shift",
    "Situation",
    "Threshold",
    "Token",
    "Watch",
]
