"""The readers of calendars: which one counts in a place, and what a year looks like in it."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yizhen.audit.prepared import Prepared
from yizhen.clocks import (
    Closure,
    DayKind,
    TableCalendar,
    TableDay,
    WorkCalendar,
    digest_of,
    national_calendar,
)

from .models import CalendarVersion, Division, LocalClosure
from .queries import city_code

KIND_NAMES = {
    DayKind.WORKING_DAY: gettext_lazy("上班"),
    DayKind.MAKE_UP_WORKDAY: gettext_lazy("调休上班"),
    DayKind.HALF_DAY: gettext_lazy("半天上班"),
    DayKind.WEEKEND: gettext_lazy("周末"),
    DayKind.HOLIDAY: gettext_lazy("放假"),
    DayKind.LOCAL_CLOSURE: gettext_lazy("当地停工"),
}
KIND_MARKS = {  # what stands in the small square of a day
    DayKind.WORKING_DAY: "",
    DayKind.MAKE_UP_WORKDAY: pgettext_lazy("mark of a day", "班"),
    DayKind.HALF_DAY: pgettext_lazy("mark of a day", "半"),
    DayKind.WEEKEND: "",
    DayKind.HOLIDAY: pgettext_lazy("mark of a day", "休"),
    DayKind.LOCAL_CLOSURE: pgettext_lazy("mark of a day", "停"),
}


@dataclass(frozen=True)
class CalendarCell:
    """One day of the year's page."""

    day: date
    kind: DayKind
    name: str

    @property
    def mark(self) -> Any:
        """The mark of its kind."""
        return KIND_MARKS[self.kind]

    @property
    def words(self) -> str:
        """Its kind in words, with the holiday's name or why the place is closed."""
        return " · ".join(filter(None, [str(KIND_NAMES[self.kind]), holiday_label(self.name)]))


# Whether anything was ever said of a place or of what it lies in, its city among that: of most, nothing.
SAID = Prepared(
    lambda *above: (
        CalendarVersion.objects.filter(city__in=above).order_by().values_list(Value("tables"))
        .union(LocalClosure.objects.filter(division__in=above).order_by().values_list(Value("closures")))
    )
)  # fmt: skip


def calendar_for(division: Division | str, on: date | None = None) -> WorkCalendar:
    """Return the calendar in force in a place: the national one, the city's latest tables over it, and closures.

    With ``on``, as it was known at the end of that day. ``version`` of what is returned names the tables and the closures
    that it is made of; a place of which nothing was ever said has the national calendar itself.

    One query where nothing was ever said; otherwise two or three more, and one for each
    table that this process has not read yet.
    """
    code = division if isinstance(division, str) else division.code
    said = {what for (what,) in SAID.rows(*codes_above(code))}
    if not said:
        return national_calendar()
    city = city_code(code)
    versions = latest_versions(city, on) if "tables" in said else []
    found = closures_of(code, on) if "closures" in said else ()
    closures = tuple(Closure(one.first, one.last, one.reason) for one in found)
    if not versions and not closures:
        return national_calendar()
    tables = {one.year: _rows(one.digest) for one in versions}
    parts = [city, *(f"{one.year}#{one.version}-{one.digest}" for one in versions)]
    if closures:
        parts.append(f"closures-{digest_of((), closures)}")
    return TableCalendar(tables, closures, version=" ".join([*parts, national_calendar().version]))


def city_calendar(city: str) -> WorkCalendar:
    """Return a city's calendar without closures: what a new table is compared with."""
    return TableCalendar({one.year: _rows(one.digest) for one in latest_versions(city)})


def latest_versions(city: str, on: date | None = None) -> list[CalendarVersion]:
    """Return the latest version of each year's table, in the order of years. One query."""
    known = CalendarVersion.objects.filter(city=city)
    if on is not None:
        known = known.filter(at__lt=_end_of(on))
    latest: dict[int, CalendarVersion] = {}
    for one in known.order_by("year", "version"):
        latest[one.year] = one
    return list(latest.values())


def codes_above(code: str) -> list[str]:
    """Return the code of a place and those of the places it lies in."""
    return [code[:length] for length in (2, 4, 6, 9, 12, 15) if length <= len(code)]


def closures_of(code: str, on: date | None = None) -> QuerySet[LocalClosure]:
    """Return the closures that hold in a place: its own, and those of the places it lies in."""
    found = LocalClosure.objects.filter(division__in=codes_above(code)).order_by("first", "pk")
    if on is None:
        return found.filter(withdrawn_at__isnull=True)
    end = _end_of(on)
    return found.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=end), at__lt=end)


def closures_visible_to(user: Any) -> QuerySet[LocalClosure]:
    """Return the closures in the user's city: when offices were closed is public."""
    if not getattr(user, "is_active", False) or not user.scope_id:
        return LocalClosure.objects.none()
    return LocalClosure.objects.filter(division__code__startswith=city_code(user.scope_id)).select_related(
        "division", "by", "withdrawn_by"
    )


def versions_visible_to(user: Any) -> QuerySet[CalendarVersion]:
    """Return the versions of the tables of the user's city: public facts."""
    if not getattr(user, "is_active", False) or not user.scope_id:
        return CalendarVersion.objects.none()
    return CalendarVersion.objects.filter(city=city_code(user.scope_id)).select_related("by")


def months_of(days: WorkCalendar, year: int) -> list[list[list[CalendarCell | None]]]:
    """Return a year as months of weeks from Monday to Sunday; None where a week reaches into another month."""
    return [
        [
            [cell_of(days, date(year, month, number)) if number else None for number in week]
            for week in calendar.monthcalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def cell_of(days: WorkCalendar, day: date) -> CalendarCell:
    """Return what a day is in a calendar."""
    return CalendarCell(day, days.describe(day), days.holiday_name(day))


def exceptions_of(days: WorkCalendar, year: int) -> Iterable[CalendarCell]:
    """Yield the days of a year that are not as the week has them, in the order of days."""
    day = date(year, 1, 1)
    while day.year == year:
        cell = cell_of(days, day)
        if cell.kind not in (DayKind.WORKING_DAY, DayKind.WEEKEND) or cell.name:
            yield cell
        day += timedelta(days=1)


def holiday_label(name: str) -> str:
    """Return a holiday's name in the page's language; another name stays as it was entered."""
    names = {
        "元旦": _("元旦"),
        "春节": _("春节"),
        "清明节": _("清明节"),
        "劳动节": _("劳动节"),
        "端午节": _("端午节"),
        "中秋节": _("中秋节"),
        "国庆节": _("国庆节"),
    }
    return names.get(name, name)


@lru_cache(maxsize=128)
def _rows(digest: str) -> tuple[TableDay, ...]:
    """Return the rows that a digest stands for: read once, since no version ever changes."""
    version = CalendarVersion.objects.filter(digest=digest).order_by("pk").first()
    assert version is not None
    return tuple(TableDay(row.day, DayKind(row.kind), row.name) for row in version.days.all())


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
