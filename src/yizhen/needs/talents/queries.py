"""The readers of talents' housing and deliveries: counts, small ones hidden from whoever did not enter them."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from yizhen.needs.models import Delivery, HousingReport
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside
from yizhen.scoring.small_area import FEW, HIDDEN, SMALL

from .rules import is_own, may_read


@dataclass(frozen=True)
class Housing:
    """A township's flats as they are shown."""

    report: HousingReport
    let: int | str
    vacant: int | str
    waiting: int | str


@dataclass(frozen=True)
class Reach:
    """How far a delivery came, as it is shown; ``share`` in percent where both counts are shown."""

    delivery: Delivery
    reached: int | str
    confirmed: int | str | None
    share: float | None


def latest_housing() -> QuerySet[HousingReport]:
    """Return the latest report of each township, by code. One query."""
    last = HousingReport.objects.filter(division=OuterRef("division")).order_by("-as_of", "-pk").values("pk")[:1]
    return HousingReport.objects.filter(pk=Subquery(last)).select_related("division").order_by("division")


def housing_visible_to(user: Account) -> QuerySet[HousingReport]:
    """Return the latest reports of the townships in the user's scope."""
    return latest_housing().filter(inside(user.scope_id)) if may_read(user) else HousingReport.objects.none()


def deliveries_visible_to(user: Account) -> QuerySet[Delivery]:
    """Return the deliveries in the user's scope; a township also sees those that were made to its whole city."""
    if not may_read(user):
        return Delivery.objects.none()
    seen = inside(user.scope_id)
    made = Delivery.objects.filter(seen) | Delivery.objects.filter(division=city_code(user.scope_id))
    return made.select_related("division", "unit")


def public_deliveries(place: Division | None = None) -> QuerySet[Delivery]:
    """Return what was delivered, the latest first: policies and groups, no people."""
    made = Delivery.objects.select_related("division", "unit")
    return made.filter(inside(place.code)) if place else made


def shown_housing(report: HousingReport, user: Account | None = None) -> Housing:
    """Return a report as a reader sees it. Flats that are let stand for people, and so do those who wait.

    Where few are let, the vacant ones would give them away: they are hidden too.
    """
    if user is not None and is_own(user, report):
        return Housing(report, report.let, report.vacant, report.waiting)
    few = report.let in SMALL
    return Housing(report, FEW if few else report.let, HIDDEN if few else report.vacant, _small(report.waiting))


def shown_reach(delivery: Delivery, user: Account | None = None) -> Reach:
    """Return a delivery as a reader sees it. A few who did not confirm are as small a count as a few who did."""
    reached, confirmed = delivery.reached, delivery.confirmed
    own = user is not None and is_own(user, delivery)
    if confirmed is None:
        return Reach(delivery, reached if own else _small(reached), None, None)
    if own or not {reached, confirmed, reached - confirmed} & set(SMALL):
        return Reach(delivery, reached, confirmed, 100 * confirmed / reached if reached else None)
    missing = HIDDEN if confirmed not in SMALL else FEW
    return Reach(delivery, _small(reached), missing, None)


def _small(count: int) -> int | str:
    return FEW if count in SMALL else count
