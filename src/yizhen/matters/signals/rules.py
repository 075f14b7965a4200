"""Who sees a sign and when, who explains it, and who decides on the explanation."""

from django.db.models import Q
from django.utils import timezone

from yizhen.matters.models import Signal
from yizhen.people.models import Account

SECOND_OFFICES = {"city_office", "county"}
UNIT_ROLES = {"township_head", "township_office", "department"}


def may_find(user: Account) -> bool:
    """Return whether the user has signs looked for: the office over the whole city."""
    return user.is_active and user.role == "city_office"


def sees_signals(user: Account) -> bool:
    """Return whether there is a page of signs for the user."""
    return user.is_active and user.role in SECOND_OFFICES | UNIT_ROLES


def is_of_unit(user: Account, signal: Signal) -> bool:
    """Return whether the sign is about the user's own unit."""
    if user.role == "department":
        return signal.unit_id is not None and signal.unit_id == user.unit_id
    return user.role in UNIT_ROLES and signal.division_id is not None and signal.division_id == user.scope_id


def visible(user: Account) -> Q:
    """Return the condition on signs that the user may see."""
    if not sees_signals(user):
        return Q(pk__in=[])
    if user.role == "department":
        return Q(unit=user.unit_id)
    if user.role in UNIT_ROLES:
        return Q(division=user.scope_id)
    heard = Q(explained_on__isnull=False) | Q(opens_on__lte=timezone.localdate())
    below = Q(division__code__startswith=user.scope_id)
    if user.role == "city_office":
        below |= Q(unit__division__code__startswith=user.scope_id)
    return heard & below


def may_explain(user: Account, signal: Signal) -> bool:
    """Return whether the user may explain: somebody of the unit, once, before it is decided on."""
    return user.is_active and is_of_unit(user, signal) and signal.explained_on is None and signal.decided_on is None


def may_decide(user: Account, signal: Signal) -> bool:
    """Return whether the user may accept the explanation or uphold the sign: a second office, after the unit was heard."""
    if not user.is_active or user.role not in SECOND_OFFICES or signal.decided_on is not None or not signal.is_open:
        return False
    if user.pk in {signal.found_by_id, signal.explained_by_id}:
        return False
    if signal.division_id is not None:
        return user.covers(signal.division_id)
    return user.role == "city_office" and signal.unit is not None and user.covers(signal.unit.division_id)
