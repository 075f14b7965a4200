"""What a plan is warned of: others in the same township and month, and a second comprehensive assessment in a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yizhen.matters.models import InspectionPlan
from yizhen.people.models import Account
from yizhen.places.models import Division

from .overlaps import Month, Visit, months_of, overlaps_with
from .queries import inspections_visible_to
from .year import plans_in, visit_of

NEW = 0  # no plan has this key


@dataclass(frozen=True)
class Overlap:
    """A township and month in which others come too."""

    township: Division
    month: Month
    plans: tuple[InspectionPlan, ...]


@dataclass(frozen=True)
class PlanWarnings:
    """What speaks against a plan as it stands."""

    overlaps: tuple[Overlap, ...]
    assessments: tuple[InspectionPlan, ...]

    def __bool__(self) -> bool:
        """Return whether there is anything to say."""
        return bool(self.overlaps or self.assessments)


def warnings_of(
    user: Account, kind: str, townships: Sequence[Division], starts_on: date, ends_on: date
) -> PlanWarnings:
    """Return what to warn of before a plan is registered.

    Source: 政府督查工作条例 art. 15; 整治形式主义为基层减负若干规定 (one comprehensive assessment per department a year).
    """
    months = months_of(starts_on, ends_on)
    if not months:
        return PlanWarnings((), ())
    first = date(*months[0], 1)
    last = date(months[-1][0] + months[-1][1] // 12, months[-1][1] % 12 + 1, 1)
    others = {plan.pk: plan for plan in plans_in(user, first, last) if plan.starts_on < last}
    places = {place.code: place for place in townships}
    own = Visit(NEW, frozenset(places), starts_on, ends_on)
    found = overlaps_with(own, map(visit_of, others.values()))
    overlaps = tuple(
        Overlap(places[code], month, tuple(others[key] for key in keys))
        for (code, month), keys in sorted(found.items())
    )
    return PlanWarnings(overlaps, _assessments(user, starts_on.year) if kind == "assessment" else ())


def _assessments(user: Account, year: int) -> tuple[InspectionPlan, ...]:
    own = {"unit": user.unit_id} if user.role == "department" else {"unit": None, "division": user.scope_id}
    return tuple(inspections_visible_to(user).filter(kind="assessment", starts_on__year=year, cancelled_on=None, **own))
