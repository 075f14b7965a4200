"""The one way to count a period, day by day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .calendars import DayKind, WorkCalendar
from .periods import DayStep, DeadlineRule, Reason, Suspended, Unit

_DAY = timedelta(days=1)
_KINDS = {
    Reason.COUNTED: DayKind.WORKING_DAY,
    Reason.ROLLED: DayKind.WORKING_DAY,
    Reason.MAKE_UP_WORKDAY: DayKind.MAKE_UP_WORKDAY,
    Reason.HALF_DAY: DayKind.HALF_DAY,
    Reason.WEEKEND: DayKind.WEEKEND,
    Reason.HOLIDAY: DayKind.HOLIDAY,
    Reason.LOCAL_CLOSURE: DayKind.LOCAL_CLOSURE,
}


@dataclass
class Count:
    """A count under way, and when it is done its result: the steps, the unrolled date and the latest one."""

    rule: DeadlineRule
    start: date
    calendar: WorkCalendar
    more: int = 0
    suspensions: Sequence[Suspended] = ()
    steps: list[DayStep] = field(default_factory=list)
    decisive: set[int] = field(default_factory=set)  # years whose calendar decided the date
    warning: date = date.min
    due: date = date.min

    def run(self) -> "Count":
        """Count to the last day, and roll it over days off.

        Raises:
            OverflowError: when the count passes year 9999.
        """
        origin = max((one.last or one.first for one in self.suspensions if one.restarts), default=self.start)
        total = self.rule.days_from(origin, self.more)
        day = self.start
        if self.rule.exclude_start_day or total == 0:
            self._pass(day, Reason.START_EXCLUDED, self.calendar.holiday_name(day))
        else:
            day -= _DAY
        number = 0
        while number < total:
            day += _DAY
            number = self._take(day, number, total)
        self.warning = self.due = day
        if self.rule.roll_last_day:
            self._roll()
        return self

    @property
    def provisional(self) -> bool:
        """Whether a year that decided the date has no published calendar."""
        return not all(self.calendar.is_published(year) for year in self.decisive)

    def _take(self, day: date, number: int, total: int) -> int:
        """Count a day or pass it over, and return the number reached."""
        if halt := self._halted(day):
            self._pass(day, halt)
            return number
        working = self.rule.unit is Unit.WORKING_DAY
        if working:
            self.decisive.add(day.year)
            if not self.calendar.is_working_day(day):
                self._pass_day_off(day)
                return number
        number += 1
        # Natural days are all alike, except the last one: that it is a make-up workday is why it does not roll.
        kind = self.calendar.describe(day) if working or number == total else DayKind.WORKING_DAY
        named = kind in (DayKind.MAKE_UP_WORKDAY, DayKind.HALF_DAY)
        reason = Reason(kind.value) if named else Reason.COUNTED
        self.steps.append(DayStep(day, True, number, reason, self.calendar.holiday_name(day)))  # noqa: FBT003
        return number

    def _roll(self) -> None:
        day = self.warning
        self.decisive.add(day.year)
        while self._is_no_last_day(day):
            day += _DAY
            self.decisive.add(day.year)
            if halt := self._halted(day):
                self._pass(day, halt)
            elif not self.calendar.is_working_day(day):
                self._pass_day_off(day)
        if day != self.warning:
            self._pass(day, Reason.ROLLED, self.calendar.holiday_name(day))
        self.due = day

    def _is_no_last_day(self, day: date) -> bool:
        return not self.calendar.is_working_day(day) or self._halted(day) is not None

    def _halted(self, day: date) -> Reason | None:
        for one in self.suspensions:
            if one.covers(day):
                return Reason.SUSPENDED
            if one.restarts and day < one.first:
                return Reason.RESTARTED
        return None

    def _pass(self, day: date, reason: Reason, name: str = "") -> None:
        self.steps.append(DayStep(day, False, None, reason, name))  # noqa: FBT003

    def _pass_day_off(self, day: date) -> None:
        self._pass(day, Reason(self.calendar.describe(day).value), self.calendar.holiday_name(day))


class Remembered(WorkCalendar):
    """A calendar that keeps what a derivation said of its days, so that a newer calendar moves none of them."""

    def __init__(self, rule: DeadlineRule, steps: Iterable[DayStep], below: WorkCalendar) -> None:
        self.below = below
        self.version = below.version
        self._steps: Mapping[date, DayStep] = {step.day: step for step in _telling(rule, list(steps))}

    def describe(self, day: date) -> DayKind:
        """Return what the day was when it was counted."""
        return _KINDS[self._steps[day].reason] if day in self._steps else self.below.describe(day)

    def holiday_name(self, day: date) -> str:
        """Return the name that the day had when it was counted."""
        return self._steps[day].name if day in self._steps else self.below.holiday_name(day)

    def is_published(self, year: int) -> bool:
        """Return whether the calendar below knows the year."""
        return self.below.is_published(year)


def _telling(rule: DeadlineRule, steps: list[DayStep]) -> Iterable[DayStep]:
    """Return the steps that tell what their day is: every one of working days, the end only where all days count."""
    known = [step for step in steps if step.reason in _KINDS]
    if rule.unit is Unit.WORKING_DAY:
        return known
    end = steps[-1].day if rule.roll_last_day and steps else None
    return [step for step in known if not step.counted or step.day == end]
