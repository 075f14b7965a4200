"""The readers of watches: who sees which series, their latest readings, and what is known of them now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import inside
from yizhen.watches.models import Crossing, Reading, Series, Threshold, Watch
from yizhen.web.board import BoardLine
from yizhen.web.templatetags.yizhen import figure, label, measured, moment

from .rules import may_read

IN_FORCE = Q(correction__isnull=True, value__isnull=False)
BOARD_SERIES = 4


def series_visible_to(user: Account) -> QuerySet[Series]:
    """Return the series in the user's scope; a department sees those of the watches that it is in charge of."""
    if not may_read(user):
        return Series.objects.none()
    every = Series.objects.select_related("watch__office", "division")
    if user.role == "department":
        return every.filter(watch__office=user.unit_id) if user.unit_id else every.none()
    return every.filter(inside(user.scope_id))


def watches_visible_to(user: Account) -> QuerySet[Watch]:
    """Return the watches that have a series which the user sees, and those of its own that have none yet."""
    if not may_read(user):
        return Watch.objects.none()
    seen = Q(pk__in=series_visible_to(user).values("watch"))
    if user.role == "department":
        seen |= Q(office=user.unit_id)
    elif user.role in {"city_office", "county"}:
        seen |= inside(user.scope_id)
    return Watch.objects.filter(seen).select_related("office", "division")


def readings_in_force(series: Series) -> QuerySet[Reading]:
    """Return the readings of a series that are valid now: neither corrected nor withdrawn."""
    return series.readings.filter(IN_FORCE)


def with_latest(series: QuerySet[Series]) -> QuerySet[Series]:
    """Add to each series its latest valid reading: ``last_at``, ``last_value``, with thresholds and open crossings.

    A constant number of queries.
    """
    latest = Reading.objects.filter(IN_FORCE, series=OuterRef("pk")).order_by("-at")
    standing = Crossing.objects.filter(cleared_at__isnull=True).select_related("matter", "threshold", "reading")
    return series.annotate(
        last_at=Subquery(latest.values("at")[:1]), last_value=Subquery(latest.values("value")[:1])
    ).prefetch_related(Prefetch("crossings", standing, to_attr="standing"))


@dataclass(frozen=True)
class Now:
    """What is known of a series now.

    ``state`` is ``no_data`` (none at all, or none for twice as long as one is expected), ``raised`` or ``normal``. Without data a
    standing crossing is still told, but never that things are normal. ``late`` says that a reading is overdue.
    """

    series: Series
    state: str
    late: bool
    at: datetime | None
    value: Any
    crossings: Sequence[Crossing]

    @property
    def light(self) -> str:
        """Red beyond a threshold, yellow without data or while a reading is overdue, green otherwise."""
        if self.crossings:
            return "red"
        return "yellow" if self.state == "no_data" or self.late else "green"


def now_of(series: Any, moment_now: datetime | None = None) -> Now:
    """Return what is known now of a series that :func:`with_latest` brought. Derived when asked: nothing is scheduled."""
    now = moment_now or timezone.now()
    watch = series.watch
    age: timedelta | None = now - series.last_at if series.last_at else None
    silent = age is None or age > watch.silence
    state = "no_data" if silent else "raised" if series.standing else "normal"
    return Now(series, state, age is not None and age > watch.every, series.last_at, series.last_value, series.standing)


def nows_visible_to(user: Account, **only: Any) -> list[Now]:
    """Return what is known now of each series that the user sees of watches that go on, by place and watch."""
    wanted = series_visible_to(user).filter(watch__ended_at__isnull=True, **only)
    now = timezone.now()
    return [now_of(one, now) for one in with_latest(wanted).order_by("division", "watch__sort", "watch")]


def thresholds_in_force(watches: Iterable[Watch]) -> dict[int, list[Threshold]]:
    """Return the thresholds in force by watch. One query."""
    found: dict[int, list[Threshold]] = {}
    for one in Threshold.objects.filter(watch__in=watches, ended_at__isnull=True).order_by("-side"):
        found.setdefault(one.watch_id, []).append(one)
    return found


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what is known of a place's series, for its front command post: those beyond a threshold or without data first.

    Two queries, however many series there are.
    """
    nows = nows_visible_to(user, division__code__startswith=division.code)
    nows.sort(key=lambda one: ("red", "yellow", "green").index(one.light))
    return [_line(one) for one in nows[:BOARD_SERIES]]


def _line(one: Now) -> BoardLine:
    watch = one.series.watch
    value = _("没有数据") if one.state == "no_data" else measured(figure(one.value), watch.measure)
    last = _("%(at)s 的读数") % {"at": moment(one.at)} if one.at else _("还没有读数")
    detail = f"{label(one.series.division)} · {last}"
    return BoardLine(label(watch), value, f"/watches/{watch.pk}/{one.series.division_id}/", detail, one.light)
