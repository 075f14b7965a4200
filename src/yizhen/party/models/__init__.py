"""The nouns of the party room."""

from .meeting import MEETING_SORTS, Meeting
from .responsibility import ITEM_STATES, ResponsibilityItem

__all__ = ["ITEM_STATES", "MEETING_SORTS", "Meeting", "ResponsibilityItem"]
