"""What a period is made of: its rule, the days of its derivation, and what lengthened or halted it."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Unit(StrEnum):
    """What a rule counts in; the law uses both kinds of day, and mixing them up is the commonest error."""

    HOUR = "hour"
    NATURAL_DAY = "natural_day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class Reason(StrEnum):
    """Why a day was counted or passed over."""

    START_EXCLUDED = "start_excluded"
    COUNTED = "counted"
    MAKE_UP_WORKDAY = "make_up_workday"
    HALF_DAY = "half_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    LOCAL_CLOSURE = "local_closure"
    SUSPENDED = "suspended"
    RESTARTED = "restarted"
    ROLLED = "rolled"
    NAMED_IN_ORDER = "named_in_order"


@dataclass(frozen=True)
class DeadlineRule:
    """A period that starts at an event: ``amount`` of ``unit``, and the text it comes from.

    Raises:
        ValueError: when ``amount`` is negative.

    Source: Civil Code art. 201 (the first day is not counted), art. 202 (months end on the day of the same number, or on
    the month's last), art. 203 (a last day off rolls forward).
    """

    event: str
    amount: int
    unit: Unit
    result: str = ""
    exclude_start_day: bool = True
    roll_last_day: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.amount < 0:
            raise ValueError(f"deadline rule {self.event}: amount is negative ({self.amount})")

    def days_from(self, start: date, more: int = 0) -> int:
        """Return how many days there are to count from a day, with ``more`` of the rule's unit granted."""
        amount = self.amount + more
        return (months_after(start, amount) - start).days if self.unit is Unit.MONTH else amount


@dataclass(frozen=True)
class DayStep:
    """One day of a derivation; ``number`` is its place in the count, ``name`` the holiday in Chinese."""

    day: date
    counted: bool
    number: int | None
    reason: Reason
    name: str = ""


class Run(NamedTuple):
    """Neighbouring days passed over or counted for the same reason."""

    first: date
    last: date
    counted: bool
    reason: Reason
    number_of_last: int | None


@dataclass(frozen=True)
class Extended:
    """An extension that was granted: how much of the rule's unit, when it was asked, by whom, and what was due before."""

    amount: int
    asked_on: date
    due_before: date
    approver: str = ""
    reason: str = ""
    source: str = ""
    calendar: str = ""


@dataclass(frozen=True)
class Suspended:
    """Days, both ends left out of the count; ``last`` is None while nobody knows when the clock goes on.

    A suspension that ``restarts`` the clock takes the days before it out of the count too: it begins anew on ``last``.
    """

    first: date
    last: date | None
    reason: str
    source: str = ""
    restarts: bool = False
    calendar: str = ""

    def covers(self, day: date) -> bool:
        """Return whether the day is left out; an open suspension surely takes its first day, and more is not known."""
        return self.first <= day <= (self.last or self.first)


def months_after(day: date, months: int) -> date:
    """Return the day of the same number so many months later, or that month's last day where it has none.

    Source: Civil Code art. 202.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
