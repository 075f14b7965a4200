"""The nouns of the needs room."""

from .consultation import (
    AUDIENCES,
    Answer,
    Consultation,
    FreeText,
    Invitation,
    InvitationBatch,
    Outcome,
    debt_light,
)
from .talent import CHANNELS, Delivery, HousingReport

__all__ = [
    "AUDIENCES",
    "CHANNELS",
    "Answer",
    "Consultation",
    "Delivery",
    "FreeText",
    "HousingReport",
    "Invitation",
    "InvitationBatch",
    "Outcome",
    "debt_light",
]
