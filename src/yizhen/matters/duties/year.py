"""A year of inspections: the table of townships and months, and counts by department and township."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yizhen.matters.models import InspectionPlan
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to

from .overlaps import Month, Visit, by_township_and_month, more_than_one
from .queries import inspections_visible_to


@dataclass(frozen=True)
class Cell:
    """One township in one month, with the plans that touch both."""

    month: int
    plans: tuple[InspectionPlan, ...]

    @property
    def overlaps(self) -> bool:
        """Whether more than one comes."""
        return len(self.plans) > 1


@dataclass(frozen=True)
class TownshipYear:
    """One township's row: twelve months, and its counts."""

    township: Division
    cells: tuple[Cell, ...]
    inspections: int
    assessments: int

    @property
    def overlapping(self) -> int:
        """Number of months in which more than one comes."""
        return sum(cell.overlaps for cell in self.cells)


@dataclass(frozen=True)
class OrganiserYear:
    """What one department, county or city plans in a year."""

    organiser: Unit | Division
    inspections: int
    assessments: int
    visits: int
    too_many: bool


@dataclass(frozen=True)
class Year:
    """A year's plans in the reader's scope."""

    year: int
    rows: tuple[TownshipYear, ...]
    organisers: tuple[OrganiserYear, ...]
    plans: tuple[InspectionPlan, ...]

    @property
    def overlapping(self) -> int:
        """Number of township months in which more than one comes."""
        return sum(row.overlapping for row in self.rows)

    @property
    def assessors_of_more_than_one(self) -> int:
        """Number of units that assess more than once."""
        return sum(organiser.too_many for organiser in self.organisers)


def visit_of(plan: InspectionPlan) -> Visit:
    """Return what the arithmetic of overlaps needs of a plan; read it with its townships."""
    return Visit(plan.pk, frozenset(place.code for place in plan.townships.all()), plan.starts_on, plan.ends_on)


def plans_in(user: Account, first: date, last: date) -> list[InspectionPlan]:
    """Return the plans that the user sees and that touch a period; those called off are not among them."""
    plans = inspections_visible_to(user).filter(starts_on__lte=last, ends_on__gte=first, cancelled_on=None)
    return list(plans.order_by("starts_on", "number").prefetch_related("townships"))


def year_of(user: Account, year: int) -> Year:
    """Return a year's table: townships in code order, never ranked. Four queries, however many plans."""
    plans = plans_in(user, date(year, 1, 1), date(year, 12, 31))
    townships = townships_visible_to(user).filter(code__startswith=user.scope_id[:9], retired_on=None)
    by_key = {plan.pk: plan for plan in plans}
    there = by_township_and_month(visit_of(plan) for plan in plans)
    rows = tuple(_township(place, year, plans, there, by_key) for place in townships)
    return Year(year, rows, _organisers(plans, year), tuple(plans))


def _township(
    place: Division,
    year: int,
    plans: Sequence[InspectionPlan],
    there: dict[tuple[str, Month], list[int]],
    by_key: dict[int, InspectionPlan],
) -> TownshipYear:
    cells = tuple(
        Cell(month, tuple(by_key[key] for key in there.get((place.code, (year, month)), []))) for month in range(1, 13)
    )
    kinds = Counter(plan.kind for plan in plans if place.code in visit_of(plan).townships)
    return TownshipYear(place, cells, kinds["inspection"], kinds["assessment"])


def _organisers(plans: Sequence[InspectionPlan], year: int) -> tuple[OrganiserYear, ...]:
    own = {plan.organiser_code: plan.organiser for plan in plans}
    kinds = Counter((plan.organiser_code, plan.kind) for plan in plans)
    assessed = Counter(
        plan.organiser_code for plan in plans if plan.kind == "assessment" and plan.starts_on.year == year
    )
    visits: Counter[str] = Counter()
    for plan in plans:
        visits[plan.organiser_code] += len(visit_of(plan).townships)
    over = more_than_one(assessed)
    return tuple(
        OrganiserYear(own[code], kinds[code, "inspection"], kinds[code, "assessment"], visits[code], code in over)
        for code in sorted(own)
    )
