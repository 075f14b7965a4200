"""Who may do what with facilities."""

from yizhen.livelihood.models import Facility
from yizhen.livelihood.projects.rules import TOWNSHIP
from yizhen.people.models import Account

ENTERING = {*TOWNSHIP, "department"}


def may_open(user: Account) -> bool:
    """Return whether the user enters facilities: townships and departments, in their scope."""
    return user.is_active and user.role in ENTERING


def may_change(user: Account, facility: Facility) -> bool:
    """Return whether the user changes a facility or enters its use: its township, and the department in charge."""
    if not may_open(user):
        return False
    if user.role == "department":
        return facility.unit_id is not None and facility.unit_id == user.unit_id
    return user.covers(facility.division_id)


def may_set_rule(user: Account) -> bool:
    """Return whether the user sets from where on a facility is idle or overrun: the city's office."""
    return user.is_active and user.role == "city_office"
