"""Deadlines that can show, day by day, how they were counted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .calendars import WorkCalendar, national_calendar
from .counting import Count
from .periods import DayStep, DeadlineRule, Extended, Reason, Run, Suspended, Unit


@dataclass(frozen=True)
class Deadline:
    """A due date and its derivation.

    ``due`` is the latest date, after rolling; ``warning`` is the date before rolling. ``provisional`` says that
    a day which decided the date lies in a year whose calendar is not published. ``calendar`` is the version of the
    calendar it was first counted with; what was extended or suspended later names its own.

    While a suspension is open (``is_suspended``) nobody knows the due date: ``due`` is then the earliest that it can be.
    """

    rule: DeadlineRule
    start: date
    due: date
    warning: date
    provisional: bool
    steps: tuple[DayStep, ...]
    calendar: str = ""
    extensions: tuple[Extended, ...] = ()
    suspensions: tuple[Suspended, ...] = ()

    @property
    def is_suspended(self) -> bool:
        """Whether the clock stands still and nobody knows until when."""
        return any(one.last is None for one in self.suspensions)

    @property
    def granted(self) -> int:
        """How much has been granted beyond the rule, in its unit."""
        return sum(one.amount for one in self.extensions)

    @property
    def ordinary_days(self) -> int:
        """How many days count before the extension begins."""
        origin = max((one.last or one.first for one in self.suspensions if one.restarts), default=self.start)
        return self.rule.days_from(origin)

    def collapsed(self) -> list[Run]:
        """Return the derivation as runs of days with one reason, for long periods; an extension begins a run."""
        runs: list[Run] = []
        extended_from = self.ordinary_days + 1
        for step in self.steps:
            first = step.day
            alike = runs and (runs[-1].counted, runs[-1].reason) == (step.counted, step.reason)
            if alike and step.number != extended_from:
                first = runs.pop().first
            runs.append(Run(first, step.day, step.counted, step.reason, step.number))
        return runs

    def as_json(self) -> dict[str, Any]:
        """Return plain types: dates as ISO text, enums as their codes."""
        # Both are flat: vars() is what asdict() gives, in a tenth of its time.
        rule = {**vars(self.rule), "unit": self.rule.unit.value}
        steps = [{**vars(step), "day": step.day.isoformat(), "reason": step.reason.value} for step in self.steps]
        dates = {"start": self.start, "due": self.due, "warning": self.warning}
        return {
            "rule": rule,
            **{key: day.isoformat() for key, day in dates.items()},
            "provisional": self.provisional,
            "steps": steps,
            "calendar": self.calendar,
            "extensions": [_plain(one) for one in self.extensions],
            "suspensions": [_plain(one) for one in self.suspensions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Deadline":
        """Rebuild a deadline from ``as_json``, also from what was written before there were extensions.

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
            calendar=data.get("calendar", ""),
            extensions=tuple(Extended(**_with_dates(one)) for one in data.get("extensions", ())),
            suspensions=tuple(Suspended(**_with_dates(one)) for one in data.get("suspensions", ())),
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
    count = Count(rule, start, cal).run()
    return Deadline(rule, start, count.due, count.warning, count.provisional, tuple(count.steps), cal.version)


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


_DATES = frozenset({"first", "last", "asked_on", "due_before"})


def _plain(record: Extended | Suspended) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(record).items()}


def _with_dates(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: date.fromisoformat(value) if key in _DATES and value else value for key, value in data.items()}
