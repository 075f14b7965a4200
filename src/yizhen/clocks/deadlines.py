"""Deadlines that can show, day by day, how they were counted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from .calendars import DayKind, WorkCalendar, national_calendar

_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a rule counts in; the law uses both kinds of day, and mixing them up is the commonest error."""

    HOUR = "hour"
    NATURAL_DAY = "natural_day"
    WORKING_DAY = "working_day"


class Reason(StrEnum):
    """Why a day was counted or passed over."""

    START_EXCLUDED = "start_excluded"
    COUNTED = "counted"
    MAKE_UP_WORKDAY = "make_up_workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    ROLLED = "rolled"
    NAMED_IN_ORDER = "named_in_order"


@dataclass(frozen=True)
class DeadlineRule:
    """A period that starts at an event: ``amount`` of ``unit``, and the text it comes from.

    Raises:
        ValueError: when ``amount`` is negative.

    Source: Civil Code art. 201 (the first day is not counted), art. 203 (a last day off rolls forward).
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
class Deadline:
    """A due date and its derivation.

    ``due`` is the latest date, after rolling; ``warning`` is the date before rolling. ``provisional`` says that
    a day which decided the date lies in a year whose calendar is not published.
    """

    rule: DeadlineRule
    start: date
    due: date
    warning: date
    provisional: bool
    steps: tuple[DayStep, ...]

    def collapsed(self) -> list[Run]:
        """Return the derivation as runs of days with one reason, for long periods."""
        runs: list[Run] = []
        for step in self.steps:
            first = step.day
            if runs and (runs[-1].counted, runs[-1].reason) == (step.counted, step.reason):
                first = runs.pop().first
            runs.append(Run(first, step.day, step.counted, step.reason, step.number))
        return runs

    def as_json(self) -> dict[str, Any]:
        """Return plain types: dates as ISO text, enums as their codes."""
        rule = asdict(self.rule) | {"unit": self.rule.unit.value}
        steps = [asdict(step) | {"day": step.day.isoformat(), "reason": step.reason.value} for step in self.steps]
        dates = {"start": self.start, "due": self.due, "warning": self.warning}
        return {
            "rule": rule,
            **{key: day.isoformat() for key, day in dates.items()},
            "provisional": self.provisional,
            "steps": steps,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Deadline":
        """Rebuild a deadline from ``as_json``.

        Raises:
            KeyError, TypeError, ValueError: when the data is not what ``as_json`` writes.
        """
        steps = (
            DayStep(**{**step, "day": date.fromisoformat(step["day"]), "reason": Reason(step["reason"])})
            for step in data["steps"]
        )
        return cls(
            rule=DeadlineRule(**data["rule"]),
            start=date.fromisoformat(data["start"]),
            due=date.fromisoformat(data["due"]),
            warning=date.fromisoformat(data["warning"]),
            provisional=bool(data["provisional"]),
            steps=tuple(steps),
        )


def compute_deadline(rule: DeadlineRule, start: date, calendar: WorkCalendar | None = None) -> Deadline:
    """Count a rule in days from the day of its event, on the national calendar unless another is given.

    Raises:
        ValueError: when the rule counts hours.
        TypeError: when ``start`` carries a time of day.
        OverflowError: when the count passes year 9999.

    Source: Civil Code arts. 201 and 203.
    """
    if rule.unit is Unit.HOUR:
        raise ValueError(f"deadline rule {rule.event} counts hours: use compute_deadline_at")
    if isinstance(start, datetime):
        # A datetime passes for a date, but its time of day would be carried into every comparison.
        raise TypeError("start must be a date without a time")
    cal = calendar if calendar is not None else national_calendar()
    working = rule.unit is Unit.WORKING_DAY
    steps: list[DayStep] = []
    decisive: set[int] = set()  # years whose calendar decided the date
    number = 0
    day = start
    if rule.exclude_start_day or rule.amount == 0:
        steps.append(
            DayStep(start, counted=False, number=None, reason=Reason.START_EXCLUDED, name=cal.holiday_name(start))
        )
    else:
        day -= _DAY
    while number < rule.amount:
        day += _DAY
        if working:
            decisive.add(day.year)
        if working and not cal.is_working_day(day):
            steps.append(_day_off(cal, day))
            continue
        number += 1
        # Natural days are all alike, except the last one: that it is a make-up workday is why it does not roll.
        named = working or number == rule.amount
        make_up = named and cal.describe(day) is DayKind.MAKE_UP_WORKDAY
        reason = Reason.MAKE_UP_WORKDAY if make_up else Reason.COUNTED
        steps.append(DayStep(day, counted=True, number=number, reason=reason, name=cal.holiday_name(day)))
    warning = day
    if rule.roll_last_day:
        decisive.add(day.year)
        while not cal.is_working_day(day):
            day += _DAY
            decisive.add(day.year)
            if not cal.is_working_day(day):
                steps.append(_day_off(cal, day))
        if day != warning:
            steps.append(DayStep(day, counted=False, number=None, reason=Reason.ROLLED, name=cal.holiday_name(day)))
    provisional = not all(cal.is_published(year) for year in decisive)
    return Deadline(rule, start, day, warning, provisional, tuple(steps))


def compute_deadline_at(rule: DeadlineRule, start: datetime) -> datetime:
    """Count a rule in hours from the moment of its event; hours run through nights and holidays and do not roll.

    Raises:
        ValueError: when the rule counts days, or ``start`` has no time zone.

    Source: Civil Code art. 201, second paragraph.
    """
    if rule.unit is not Unit.HOUR:
        raise ValueError(f"deadline rule {rule.event} counts days: use compute_deadline")
    if start.utcoffset() is None:
        raise ValueError("start must have a time zone")
    # Adding in UTC keeps the elapsed hours true in any zone that changes its clocks.
    return (start.astimezone(UTC) + timedelta(hours=rule.amount)).astimezone(start.tzinfo)


def fixed_deadline(due: date, start: date, source: str) -> Deadline:
    """Return a deadline whose due date an order names outright, so that nothing is counted or rolled.

    Raises:
        ValueError: when the order names a date before it was given.
    """
    if due < start:
        raise ValueError(f"the named date {due} is before the order of {start}")
    days = (due - start).days
    rule = DeadlineRule(Reason.NAMED_IN_ORDER.value, days, Unit.NATURAL_DAY, roll_last_day=False, source=source)
    step = DayStep(due, counted=False, number=None, reason=Reason.NAMED_IN_ORDER)
    return Deadline(rule, start, due, due, provisional=False, steps=(step,))


def _day_off(calendar: WorkCalendar, day: date) -> DayStep:
    reason = Reason(calendar.describe(day).value)
    return DayStep(day, counted=False, number=None, reason=reason, name=calendar.holiday_name(day))
