"""The readers of duty lists, admissions, refusals and inspection plans."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from yizhen.matters.models import (
    AdmissionRequest,
    AdmissionTerms,
    DutyItem,
    DutyList,
    InspectionPlan,
    Matter,
    TaskRefusal,
)
from yizhen.matters.queries import matters_visible_to
from yizhen.people.models import Account
from yizhen.places.queries import city_code

from .clocks import Terms
from .gate import Ground, gate
from .rules import may_keep_duties


def list_in_force(city: str, day: date) -> DutyList | None:
    """Return the edition that a city has in force on a day: the latest that has begun and not ended."""
    running = DutyList.objects.filter(division=city, in_force=True, valid_from__lte=day)
    return running.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day)).first()


def lists_visible_to(user: Account) -> QuerySet[DutyList]:
    """Return the editions of the user's city: open to every business account; drafts only to who keeps them."""
    lists = DutyList.objects.select_related("division")
    if not user.is_active or user.is_admin:
        return lists.none()
    lists = lists.filter(division=city_code(user.scope_id))
    return lists if may_keep_duties(user) else lists.filter(in_force=True)


def items_visible_to(user: Account) -> QuerySet[DutyItem]:
    """Return the duty items of the editions that the user may see."""
    return DutyItem.objects.select_related("duty_list", "lead").filter(duty_list__in=lists_visible_to(user))


def items_in_force(city: str, day: date) -> QuerySet[DutyItem]:
    """Return the items that a city has in force on a day, by kind and code."""
    edition = list_in_force(city, day)
    items = (
        DutyItem.objects.select_related("duty_list", "lead").filter(duty_list=edition)
        if edition
        else DutyItem.objects.none()
    )
    begun, not_over = Q(starts_on__isnull=True) | Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return items.filter(begun, not_over)


def ground_for(user: Account, item: DutyItem | None, day: date | None = None) -> Ground:
    """Return what the gate says to this user about an item (None: outside the list) today, or on a day."""
    day = day or timezone.localdate()
    has_list = list_in_force(city_code(user.scope_id), day) is not None
    return gate(item.duty if item else None, user.unit_id, day, list_in_force=has_list)


def tasks_citing(user: Account, item: DutyItem) -> QuerySet[Matter]:
    """Return the tasks that cite an item, as far as the user sees them, the newest first."""
    return matters_visible_to(user).filter(duty__item=item).order_by("-opened_at", "number")


def refusals_visible_to(user: Account) -> QuerySet[TaskRefusal]:
    """Return the replies to tasks that the user sees."""
    refusals = TaskRefusal.objects.select_related("matter__dispatcher", "division", "item__duty_list", "item__lead")
    return refusals.filter(matter__in=matters_visible_to(user))


def terms_of(city: str) -> Terms:
    """Return a city's terms of admission; the default where it has set none."""
    kept = AdmissionTerms.objects.filter(division=city).first()
    return Terms(kept.lead_days, kept.decide_days, kept.source) if kept else Terms()


def admissions_visible_to(user: Account) -> QuerySet[AdmissionRequest]:
    """Return requests: all to the city office, one's own to a department, what was decided to every business account."""
    requests = AdmissionRequest.objects.select_related("department", "division", "applied_by", "decided_by", "item")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return requests.none()
    requests = requests.filter(division=city_code(user.scope_id))
    if user.role == "city_office":
        return requests
    own = Q(department=user.unit_id) if user.role == "department" else Q(pk=None)
    return requests.filter(own | ~Q(state="applied"))


def inspections_visible_to(user: Account) -> QuerySet[InspectionPlan]:
    """Return plans: the city's to city and departments, who must see each other's; to others who comes to their places."""
    plans = InspectionPlan.objects.select_related("unit", "division", "made_by")
    if not user.is_active or user.is_admin or user.is_for_ballots:
        return plans.none()
    plans = plans.filter(division__code__startswith=city_code(user.scope_id))
    if user.role in {"city_office", "department"}:
        return plans
    if user.role == "county":
        return plans.filter(Q(division=user.scope_id) | Q(townships__code__startswith=user.scope_id)).distinct()
    return plans.filter(townships=user.scope_id[:9])
