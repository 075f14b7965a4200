"""The readers of facilities."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from yizhen.indicators.periods import bounds
from yizhen.livelihood.models import FACILITY_KINDS, Facility, FacilityUse, UseRule
from yizhen.livelihood.projects.rules import READING
from yizhen.people.models import Account
from yizhen.places.queries import inside

from .flags import Reading, Thresholds, read


def facilities_visible_to(user: Account) -> QuerySet[Facility]:
    """Return the facilities in the user's scope, with their use."""
    if not user.is_active or user.role not in READING:
        return Facility.objects.none()
    return (
        Facility.objects.filter(inside(user.scope_id))
        .select_related("division", "unit", "indicator")
        .prefetch_related(Prefetch("uses", FacilityUse.objects.select_related("by")))
    )


def rules_in_force(city: str) -> dict[str, Thresholds]:
    """Return kind → thresholds of a city; the shipped proposal where it has set none. One query."""
    found = {one.kind: Thresholds(one.low, one.high) for one in rules_of(city).order_by("number")}
    return {kind: found.get(kind, Thresholds()) for kind in FACILITY_KINDS}


def rules_of(city: str) -> QuerySet[UseRule]:
    """Return all versions of a city's thresholds."""
    return UseRule.objects.filter(city=city).select_related("by")


@dataclass(frozen=True)
class Line:
    """A facility with what its last use figure says."""

    facility: Facility
    use: FacilityUse | None
    reading: Reading


def lines_of(facilities: QuerySet[Facility], rules: Mapping[str, Thresholds]) -> list[Line]:
    """Return facilities with their last figure read by the rules. Two queries."""
    return [_line(one, rules) for one in facilities]


def uses_of(facility: Facility) -> list[FacilityUse]:
    """Return a facility's use figures, the latest period first: one that was put right later is no later one."""
    return sorted(facility.uses.all(), key=lambda one: (bounds(one.period)[1], one.as_of), reverse=True)


def _line(facility: Facility, rules: Mapping[str, Thresholds]) -> Line:
    use = next(iter(uses_of(facility)), None)
    return Line(facility, use, reading_of(facility, use, rules))


def reading_of(facility: Facility, use: FacilityUse | None, rules: Mapping[str, Thresholds]) -> Reading:
    """Return what a use figure says of its facility."""
    return read(
        facility.capacity, use.used if use else None, use.period if use else "", facility.opened_on,
        rules[facility.kind], people=facility.counts_people,
    )  # fmt: skip
