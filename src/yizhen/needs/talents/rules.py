"""Who may do what with talents' housing and deliveries."""

from yizhen.needs.models import Delivery, HousingReport
from yizhen.people.models import Account

ENTERING = {"city_office", "department", "township_head", "township_office"}
READING = {*ENTERING, "county"}


def may_enter(user: Account) -> bool:
    """Return whether the user enters counts: townships, departments and the city's office, in their scope."""
    return user.is_active and user.role in ENTERING


def may_read(user: Account) -> bool:
    """Return whether the counts are shown to the user's role."""
    return user.is_active and user.role in READING


def may_confirm(user: Account, delivery: Delivery) -> bool:
    """Return whether the user enters how many confirmed a delivery: the office that delivered."""
    if not may_enter(user):
        return False
    if user.role == "department":
        return delivery.unit_id is not None and delivery.unit_id == user.unit_id
    return delivery.unit_id is None and delivery.division_id == user.scope_id or delivery.by_id == user.pk


def is_own(user: Account, counted: HousingReport | Delivery) -> bool:
    """Return whether the counts are the user's own: then small ones are no secret to him."""
    if counted.by_id == user.pk:
        return True
    unit = counted.unit_id if isinstance(counted, Delivery) else None
    own_unit = user.unit_id if user.role == "department" else None
    return counted.division_id == user.scope_id and unit == own_unit
