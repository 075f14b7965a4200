"""The readers of readiness and emergencies."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside
from yizhen.scoring.small_area import FEWEST
from yizhen.watches.models import Certificate, Emergency, Readiness, Situation
from yizhen.watches.models.readiness import RESOURCES
from yizhen.web.board import BoardLine
from yizhen.web.templatetags.yizhen import day, measured

from .rules import is_hidden, may_read


def readiness_visible_to(user: Account) -> QuerySet[Readiness]:
    """Return the readiness that institutions in the user's scope have reported, emergencies included."""
    if not may_read(user):
        return Readiness.objects.none()
    return Readiness.objects.filter(inside(user.scope_id)).select_related("division")


def emergencies_visible_to(user: Account) -> QuerySet[Emergency]:
    """Return the emergencies of the user's city."""
    if not may_read(user):
        return Emergency.objects.none()
    found = Emergency.objects.filter(inside(city_code(user.scope_id)))
    return found.select_related("division", "office", "started_by", "ended_by", "certificate")


def situations_visible_to(user: Account, emergency: Emergency) -> QuerySet[Situation]:
    """Return what places in the user's scope have reported during an emergency."""
    found = Situation.objects.filter(inside(user.scope_id), emergency=emergency)
    return found.select_related("division", "by")


def certificates_visible_to(user: Account) -> QuerySet[Certificate]:
    """Return the certificates of purges in the user's city."""
    return Certificate.objects.filter(emergency__in=emergencies_visible_to(user)).select_related(
        "emergency__division", "emergency__office"
    )


def latest(found: QuerySet[Readiness]) -> QuerySet[Readiness]:
    """Return of some counts the last one of each institution and resource, with the emergency that it is of or without."""
    same = Q(division=OuterRef("division"), facility=OuterRef("facility"), kind=OuterRef("kind"))
    last = found.filter(same).order_by("-as_of", "-pk").values("pk")[:1]
    return found.filter(pk=Subquery(last)).order_by("division", "facility", "kind")


def regular(user: Account) -> QuerySet[Readiness]:
    """Return the last regular count of each institution and resource."""
    return latest(readiness_visible_to(user).filter(emergency__isnull=True))


@dataclass(frozen=True)
class Line:
    """One count as this reader may see it: numbers of people that are too small are a text."""

    one: Readiness
    capacity: Any
    available: Any


def lines_for(user: Account, found: Iterable[Readiness]) -> list[Line]:
    """Return counts as the user may see them: fewer than five people are not told to others."""
    few = _("少于 %(n)s") % {"n": FEWEST}

    def shown(one: Readiness, number: int) -> Any:
        return few if is_hidden(user, one, number) else number

    return [Line(one, shown(one, one.capacity), shown(one, one.available)) for one in found]


def sums_of(lines: Iterable[Line]) -> list[tuple[Any, str, int, Any, Any]]:
    """Return (resource, unit, institutions, capacity, available) of some lines, in the order of resources.

    Where a line hides a number, so does its sum: it could be worked out from the others.
    """
    totals: dict[str, list[Any]] = {}
    for line in lines:
        total = totals.setdefault(line.one.kind, [0, 0, 0])
        total[0] += 1
        for index, number in enumerate((line.capacity, line.available), start=1):
            whole = isinstance(number, int) and isinstance(total[index], int)
            total[index] = total[index] + number if whole else "—"
    return [(name, unit, *totals[code]) for code, (name, unit) in RESOURCES.items() if code in totals]


def overdue_purges(user: Account) -> list[Emergency]:
    """Return the emergencies whose detailed records should be gone and are not."""
    return [one for one in emergencies_visible_to(user).filter(ended_at__isnull=False) if one.light == "red"]


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return the free beds of a place, from the last regular counts. One query."""
    if not user.covers(division.code):
        return []
    beds = list(regular(user).filter(kind="beds", division__code__startswith=division.code))
    if not beds:
        return []
    free, whole = sum(one.available for one in beds), sum(one.capacity for one in beds)
    as_of = min(one.as_of for one in beds)
    old = (timezone.now() - as_of).days > 31
    detail = _("共 %(whole)s 张 · 截至 %(day)s") % {"whole": whole, "day": day(as_of)}
    value = measured(free, "张")
    return [
        BoardLine(_("可用床位"), value, f"/watches/readiness/?place={division.code}", detail, "yellow" if old else "")
    ]
