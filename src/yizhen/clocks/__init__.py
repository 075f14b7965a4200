"""Working days with 调休, deadlines that show their derivation, and lights."""

from .calendars import DayKind, WorkCalendar, national_calendar, weekends_only
from .changing import (
    SUSPENSION_REASONS,
    ClockRefused,
    Extension,
    Refusal,
    SuspensionReason,
    extend,
    recount,
    resume,
    suspend,
)
from .deadlines import Deadline, compute_deadline, compute_deadline_at, fixed_deadline
from .lights import Light, last_near_day, light, working_days_between
from .periods import DayStep, DeadlineRule, Extended, Reason, Run, Suspended, Unit, months_after
from .tables import TABLE_KINDS, Closure, TableCalendar, TableDay, digest_of

__all__ = [
    "SUSPENSION_REASONS",
    "TABLE_KINDS",
    "ClockRefused",
    "Closure",
    "DayKind",
    "DayStep",
    "Deadline",
    "DeadlineRule",
    "Extended",
    "Extension",
    "Light",
    "Reason",
    "Refusal",
    "Run",
    "Suspended",
    "SuspensionReason",
    "TableCalendar",
    "TableDay",
    "Unit",
    "WorkCalendar",
    "compute_deadline",
    "compute_deadline_at",
    "digest_of",
    "extend",
    "fixed_deadline",
    "last_near_day",
    "light",
    "months_after",
    "national_calendar",
    "recount",
    "resume",
    "suspend",
    "weekends_only",
    "working_days_between",
]
