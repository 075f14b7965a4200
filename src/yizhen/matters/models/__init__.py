"""Matters: anything that must be done, its history, evidence, look-backs and supervision."""

from .desk import BulkItem, BulkRun, CalendarFeed, ReplyTemplate, SavedSearch
from .event import Event, Evidence
from .look_back import LookBack
from .matter import Matter, NumberSeries
from .notice import SupervisionNotice

__all__ = [
    "BulkItem",
    "BulkRun",
    "CalendarFeed",
    "Event",
    "Evidence",
    "LookBack",
    "Matter",
    "NumberSeries",
    "ReplyTemplate",
    "SavedSearch",
    "SupervisionNotice",
]
