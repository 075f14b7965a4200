"""Green, yellow and red: computed when asked, never stored."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from .calendars import WorkCalendar, national_calendar

_DAY = timedelta(days=1)
WARN_DAYS = 3


class Light(StrEnum):
    """The state of a matter against its due date."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def light(
    due: date,
    today: date,
    done_on: date | None = None,
    warn_days: int = WARN_DAYS,
) -> Light:
    """Return red when late, yellow when open with at most ``warn_days`` working days left, else green.

    Raises:
        ValueError: when ``warn_days`` is negative.
    """
    if warn_days < 0:
        raise ValueError(f"warn_days is negative ({warn_days})")
    if done_on is not None:
        return Light.GREEN if done_on <= due else Light.RED
    if today > due:
        return Light.RED
    return Light.GREEN if due > last_near_day(today, warn_days) else Light.YELLOW


@lru_cache(100)  # the same for every matter in a list
def last_near_day(today: date, warn_days: int = WARN_DAYS) -> date:
    """Return the last due day whose light is yellow: the last that has at most ``warn_days`` working days left."""
    calendar, day, left = national_calendar(), today, 0
    while left <= warn_days:
        day += _DAY
        left += calendar.is_working_day(day)
    return day - _DAY


def working_days_between(a: date, b: date, calendar: WorkCalendar | None = None) -> int:
    """Return how many working days lie after ``a`` up to and including ``b``; negative when ``b`` is earlier."""
    if b < a:
        return -working_days_between(b, a, calendar)
    cal = calendar if calendar is not None else national_calendar()
    return sum(cal.is_working_day(a + timedelta(days=n)) for n in range(1, (b - a).days + 1))
