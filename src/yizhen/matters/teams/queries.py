"""The readers of teams and linked units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from yizhen.matters.models import LinkedUnit, Matter, TaskTeam
from yizhen.matters.models.team import TEAM_SORTS
from yizhen.matters.queries import matters_visible_to
from yizhen.people.models import Account, Unit
from yizhen.places.queries import city_code

from .rules import sees_links


def teams_visible_to(user: Account) -> QuerySet[TaskTeam]:
    """Return the teams on the matters that the user sees."""
    teams = TaskTeam.objects.select_related("matter__division", "matter__addressee", "unit")
    return teams.filter(matter__in=matters_visible_to(user)).order_by("ended_on", "-formed_on", "-pk")


def links_visible_to(user: Account) -> QuerySet[LinkedUnit]:
    """Return the links that stand in the user's scope; a department sees its own."""
    links = LinkedUnit.objects.select_related("division__parent", "unit").filter(until__isnull=True)
    if not sees_links(user):
        return links.none()
    if user.role == "department":
        return links.filter(unit=user.unit_id)
    return links.filter(Q(division__code__startswith=user.scope_id) | Q(division__in=_above(user.scope_id)))


def _above(code: str) -> list[str]:
    return [code[:length] for length in (6, 9, 12) if length < len(code)]


def units_linked_to(code: str) -> list[Unit]:
    """Return the departments that are linked to a place or to what lies above it."""
    links = LinkedUnit.objects.filter(division__in=[*_above(code), code], until__isnull=True)
    return list(Unit.objects.filter(pk__in=links.values("unit")).order_by("code"))


def units_to_call(matter: Matter) -> tuple[Sequence[Unit], Sequence[Unit]]:
    """Return the departments that may join in on a matter: those linked to its place, and the others of the city."""
    linked = units_linked_to(matter.division_id)
    others = Unit.objects.filter(division__code__startswith=city_code(matter.division_id)).order_by("code")
    return linked, [unit for unit in others if unit not in linked]


@dataclass(frozen=True)
class SortRow:
    """One sort of team in a stretch of days: how many began and still work, on how many matters, and with what result."""

    sort: str
    name: Any
    formed: int
    at_work: int
    matters: int
    solved: int


def sorts_of_teams(user: Account, start: date, end: date) -> list[SortRow]:
    """Return each sort of team with those formed on the days from ``start`` to ``end``: context, never a score."""
    formed = teams_visible_to(user).filter(formed_on__range=(start, end)).order_by()
    counted: dict[str, dict[str, Any]] = {
        row["sort"]: dict(row)
        for row in formed.values("sort").annotate(
            formed=Count("pk"),
            at_work=Count("pk", filter=Q(ended_on__isnull=True)),
            matters=Count("matter", distinct=True),
            solved=Count("matter", distinct=True, filter=Q(matter__state="closed", matter__disposition="solved")),
        )
    }
    empty = {"formed": 0, "at_work": 0, "matters": 0, "solved": 0}
    return [SortRow(sort, name, *(counted.get(sort, empty)[key] for key in empty)) for sort, name in TEAM_SORTS.items()]
