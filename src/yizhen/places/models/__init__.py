"""Places: divisions, their categories, how the map has changed, and their calendars."""

from .calendar import CalendarDay, CalendarVersion, LocalClosure
from .category import Category
from .change import CHANGES, PlaceChange, Succession
from .division import CODE_LENGTHS, Division

__all__ = [
    "CHANGES",
    "CODE_LENGTHS",
    "CalendarDay",
    "CalendarVersion",
    "Category",
    "Division",
    "LocalClosure",
    "PlaceChange",
    "Succession",
]
