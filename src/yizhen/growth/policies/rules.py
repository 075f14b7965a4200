"""Who may do what with policies."""

from yizhen.growth.enterprises.rules import READING
from yizhen.growth.models import Policy, Redemption
from yizhen.people.models import Account, Unit


def may_read(user: Account) -> bool:
    """Return whether policies are shown to that role."""
    return user.is_active and user.role in READING


def may_draft(user: Account) -> bool:
    """Return whether the user drafts policies: a department, or the city's office for one."""
    return user.is_active and user.role in {"department", "city_office"}


def may_change(user: Account, policy: Policy) -> bool:
    """Return whether the user changes a policy's draft, puts it in force or ends it: its department or the city's office."""
    if not may_draft(user) or not user.covers(policy.division_id):
        return False
    return user.role == "city_office" or _is_department_of(user, policy)


def may_make_list(user: Account, policy: Policy) -> bool:
    """Return whether the user makes a list of firms that need not apply: the policy's department or the city's office."""
    return may_change(user, policy) and policy.mode == "no_application"


def may_confirm(user: Account, policy: Policy) -> bool:
    """Return whether the user confirms lists of a policy: its department. Never the maker; the list itself sees to that."""
    return user.is_active and user.role == "department" and _is_department_of(user, policy)


def may_decide(user: Account, redemption: Redemption) -> bool:
    """Return whether the user records a redemption as paid or refuses it: the department, never who registered it."""
    return redemption.is_open and may_confirm(user, redemption.policy) and user.pk != redemption.registered_by_id


def may_enter_procurement(user: Account, unit: Unit) -> bool:
    """Return whether the user enters a unit's procurement: the unit itself, or the city's office."""
    if not user.is_active or not unit.division_id.startswith(user.scope_id):
        return False
    return user.role == "city_office" or (user.role == "department" and user.unit_id == unit.pk)


def _is_department_of(user: Account, policy: Policy) -> bool:
    return user.role == "department" and user.unit_id is not None and user.unit_id == policy.department_id
