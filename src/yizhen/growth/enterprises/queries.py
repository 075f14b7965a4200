"""The readers of enterprises: a firm is seen in its circle alone."""

from django.db.models import Q, QuerySet

from yizhen.growth.models import Enterprise, EnterpriseMatter, PublicPayment, Visit
from yizhen.growth.policies.conditions import FACTS
from yizhen.matters.models import Matter
from yizhen.matters.queries import matters_visible_to
from yizhen.people.models import Account
from yizhen.places.queries import inside

from .rules import READING, may_read


def enterprises_visible_to(user: Account) -> QuerySet[Enterprise]:
    """Return the enterprises of the user's circle: of the scope; for a department those it is in charge of or serves."""
    if not may_read(user):
        return Enterprise.objects.none()
    enterprises = Enterprise.objects.select_related("division", "department", "officer")
    if user.role == "department":
        mine = Q(officer=user)
        return enterprises.filter(mine | Q(department=user.unit_id) if user.unit_id else mine)
    return enterprises.filter(inside(user.scope_id) | Q(officer=user))


def working(enterprises: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Leave out those that were struck off or moved away."""
    return enterprises.filter(left_on__isnull=True)


def officers_for(enterprise: Enterprise) -> QuerySet[Account]:
    """Return the posts that can serve a firm: offices and departments whose scope holds its place."""
    above = [enterprise.division_id[:length] for length in range(1, len(enterprise.division_id) + 1)]
    return Account.objects.filter(is_active=True, role__in=READING, scope__in=above).order_by("scope", "username")


def requests_of(user: Account, enterprise: Enterprise) -> list[Matter]:
    """Return the matters that a firm asked for, as far as the user sees matters: open ones first, then the latest."""
    linked = EnterpriseMatter.objects.filter(enterprise=enterprise).values("matter")
    found = matters_visible_to(user).filter(pk__in=linked).order_by("-opened_at", "-pk")
    return sorted(found, key=lambda one: one.state in {"closed", "withdrawn"})


def visits_of(enterprise: Enterprise) -> QuerySet[Visit]:
    """Return a firm's visits, the last one first."""
    return Visit.objects.filter(enterprise=enterprise).select_related("by")


def payments_visible_to(user: Account) -> QuerySet[PublicPayment]:
    """Return what public bodies owe firms of the user's circle, and what the user's own department owes."""
    payments = PublicPayment.objects.select_related("enterprise__division", "debtor", "settled_by")
    circle = Q(enterprise__in=enterprises_visible_to(user).order_by().values("pk"))
    if user.is_active and user.role == "department" and user.unit_id:
        circle |= Q(debtor=user.unit_id)
    return payments.filter(circle)


def facts_rows(enterprises: QuerySet[Enterprise]) -> list[tuple[object, ...]]:
    """Return (key, place, fact, fact, …) of firms by place, for matching all at once. One query."""
    return list(enterprises.order_by("division", "pk").values_list("pk", "division_id", *FACTS))
