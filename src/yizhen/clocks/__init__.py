"""Working days with 调休, deadlines that show their derivation, and lights."""

from .calendars import DayKind, WorkCalendar, national_calendar, weekends_only
from .deadlines import (
    DayStep,
    Deadline,
    DeadlineRule,
    Reason,
    Run,
    Unit,
    compute_deadline,
    compute_deadline_at,
    fixed_deadline,
)
from .lights import Light, light, working_days_between

__all__ = [
    "DayKind",
    "DayStep",
    "Deadline",
    "DeadlineRule",
    "Light",
    "Reason",
    "Run",
    "Unit",
    "WorkCalendar",
    "compute_deadline",
    "compute_deadline_at",
    "fixed_deadline",
    "light",
    "national_calendar",
    "weekends_only",
    "working_days_between",
]
