"""Work calendars: which days count, including make-up workdays (调休)."""

from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version as installed_version
from typing import Protocol

import chinese_calendar

# The library abbreviates three names; these are the ones in 全国年节及纪念日放假办法.
_OFFICIAL_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}

# What a year without a notice is computed from: the statutory holidays that have a fixed date.
_FIXED: dict[tuple[int, int], str] = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}


class DayKind(StrEnum):
    """What a day is in a work calendar.

    A half day is a day on which offices work for half of it. No law says how it counts in a period of days: here it is a
    working day like any other, and the derivation names it (this project's own default).
    """

    WORKING_DAY = "working_day"
    MAKE_UP_WORKDAY = "make_up_workday"
    HALF_DAY = "half_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    LOCAL_CLOSURE = "local_closure"


WORKED = frozenset({DayKind.WORKING_DAY, DayKind.MAKE_UP_WORKDAY, DayKind.HALF_DAY})


class WorkCalendar(Protocol):
    """A calendar that says of any day whether offices work; ``version`` tells two states of one calendar apart."""

    version: str = ""

    def describe(self, day: date) -> DayKind:
        """Return the kind of the day; never raises."""
        ...

    def holiday_name(self, day: date) -> str:
        """Return the Chinese name of the holiday a day belongs to, or why a place is closed on it, or ``""``."""
        ...

    def is_published(self, year: int) -> bool:
        """Return whether the year's arrangement is known; if not, its days are a provisional guess."""
        ...

    def is_working_day(self, day: date) -> bool:
        """Return whether offices work on the day."""
        return self.describe(day) in WORKED


class _WeekendsOnly(WorkCalendar):
    version = "weekends"

    def describe(self, day: date) -> DayKind:
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING_DAY

    def holiday_name(self, day: date) -> str:  # noqa: ARG002 - it knows no holidays
        return ""

    def is_published(self, year: int) -> bool:  # noqa: ARG002 - weekends need no notice
        return True


class _National(WorkCalendar):
    def __init__(self) -> None:
        self.version = f"national {installed_version('chinesecalendar')}"

    def describe(self, day: date) -> DayKind:
        return _described(self, day)

    def _describe(self, day: date) -> DayKind:
        if not self.is_published(day.year):
            if (day.month, day.day) in _FIXED:
                return DayKind.HOLIDAY
            return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING_DAY
        if chinese_calendar.is_workday(day):
            return DayKind.MAKE_UP_WORKDAY if day.weekday() >= 5 else DayKind.WORKING_DAY
        # A Saturday inside a named holiday is listed by the notice, so it is the holiday, not the weekend.
        return DayKind.HOLIDAY if self.holiday_name(day) else DayKind.WEEKEND

    def holiday_name(self, day: date) -> str:
        if not self.is_published(day.year):
            return _FIXED.get((day.month, day.day), "")
        name = chinese_calendar.get_holiday_detail(day)[1]
        if not name:
            return ""
        chinese = str(chinese_calendar.Holiday(name).chinese)
        return _OFFICIAL_NAMES.get(chinese, chinese)

    def is_published(self, year: int) -> bool:
        return _is_published(year)


@lru_cache(maxsize=8_192)  # twenty years: looking a day up in chinesecalendar costs forty times as much
def _described(calendar: _National, day: date) -> DayKind:
    return calendar._describe(day)


@lru_cache(maxsize=512)
def _is_published(year: int) -> bool:
    # National Day is asked for, not just any day: a table that stops before October is not a whole year.
    try:
        off, name = chinese_calendar.get_holiday_detail(date(year, 10, 1))
    except NotImplementedError:
        return False
    return bool(off and name)


@lru_cache(maxsize=1)
def national_calendar() -> WorkCalendar:
    """Return the national calendar of the State Council's yearly notices, from ``chinesecalendar``.

    A year without a notice is computed from weekends and fixed-date holidays and is not ``is_published``.
    """
    return _National()


@lru_cache(maxsize=1)
def weekends_only() -> WorkCalendar:
    """Return a calendar that knows Saturdays and Sundays and nothing else."""
    return _WeekendsOnly()
