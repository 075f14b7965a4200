"""The readers of consultations."""

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from yizhen.needs.models import Consultation, Outcome
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside

from .rules import may_ask, may_read


def _whole(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    outcomes = Prefetch("outcomes", Outcome.objects.select_related("by").prefetch_related("matters__division"))
    return consultations.select_related("division", "unit").prefetch_related(outcomes, "places")


def public_consultations() -> QuerySet[Consultation]:
    """Return what anybody may read: every consultation that was opened. Four queries with its outcomes and places."""
    return _whole(Consultation.objects.filter(opened_at__isnull=False))


def consultations_visible_to(user: Account) -> QuerySet[Consultation]:
    """Return the consultations of the user's city that were opened, and the drafts of the user's own office."""
    if not may_read(user):
        return Consultation.objects.none()
    seen = Q(opened_at__isnull=False)
    if may_ask(user):
        seen |= Q(unit=user.unit_id) if user.role == "department" else Q(unit=None, division=user.scope_id)
    return _whole(Consultation.objects.filter(seen, inside(city_code(user.scope_id))))


def with_numbers(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """Add how many answers came in."""
    return consultations.annotate(answered=Count("answers"))


def owed() -> QuerySet[Consultation]:
    """Return the consultations that ended without a word on what was done, the oldest debt first."""
    over = Q(closes_on__lt=timezone.localdate()) | Q(stopped_on__isnull=False)
    ended = Consultation.objects.filter(over, opened_at__isnull=False, outcomes=None)
    return ended.select_related("division", "unit").order_by("closes_on", "pk")


def owed_by(division: Division) -> QuerySet[Consultation]:
    """Return what the offices of a place owe."""
    return owed().filter(inside(division.code))
