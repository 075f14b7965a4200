"""The calendar: due dates of open matters and look-backs of closed ones, by month, by day, and as a feed."""

from calendar import Calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from yizhen.clocks import DayKind, national_calendar
from yizhen.matters.lifecycle import OPEN_STATES, State
from yizhen.matters.models import Matter
from yizhen.matters.queries import matters_visible_to
from yizhen.people.models import Account

SHOWN = 20  # of a day in the month's list; the day's own page has them all


@dataclass
class Day:
    """One day of a month's sheet."""

    day: date
    in_month: bool
    total: int = 0
    matters: list[Matter] = field(default_factory=list)

    @property
    def is_off(self) -> bool:
        """Whether offices are closed."""
        return not national_calendar().is_working_day(self.day)

    @property
    def is_make_up(self) -> bool:
        """Whether it is a weekend day on which offices work."""
        return national_calendar().describe(self.day) == DayKind.MAKE_UP_WORKDAY

    @property
    def rest(self) -> int:
        """How many are not among those shown in the month's sheet."""
        return self.total - 3


def dated(user: Account, first: date, last: date) -> QuerySet[Matter]:
    """Return the user's visible matters with a day (``on``) from ``first`` to ``last``: due, or to be looked back at."""
    return (
        matters_visible_to(user)
        .filter(
            Q(state__in=OPEN_STATES, due_on__range=(first, last))
            | Q(state=State.CLOSED, look_back_on__range=(first, last))
        )
        .annotate(on=Case(When(state=State.CLOSED, then=F("look_back_on")), default=F("due_on")))
        .defer("text", "clock")
        .order_by("on", "number")
    )


def month_sheet(user: Account, year: int, month: int) -> list[list[Day]]:
    """Return the weeks of a month, Monday first, each day with its first matters and how many there are. One query."""
    weeks = [[Day(day, day.month == month) for day in week] for week in Calendar().monthdatescalendar(year, month)]
    days = {day.day: day for week in weeks for day in week}
    shown: Any = (
        dated(user, min(days), max(days))
        .annotate(
            place=Window(RowNumber(), partition_by=F("on"), order_by=F("number").asc()),
            of=Window(Count("pk"), partition_by=F("on")),
        )
        .filter(place__lte=SHOWN)
    )
    for matter in shown:
        day = days[matter.on]
        day.matters.append(matter)
        day.total = matter.of
    return weeks


def neighbours(year: int, month: int) -> tuple[date, date]:
    """Return the first days of the month before and of the month after."""
    first = date(year, month, 1)
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)
