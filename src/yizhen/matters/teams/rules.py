"""Who may form a team on a matter and link departments to places."""

from yizhen.matters.lifecycle import OPEN_STATES
from yizhen.matters.models import Matter
from yizhen.matters.recusals import stands_aside
from yizhen.matters.rules import HANDLING_ROLES, is_handler
from yizhen.people.models import Account
from yizhen.places.models import Division


def may_form_team(user: Account, matter: Matter) -> bool:
    """Return whether the user may call a team in: who handles the matter, or the county or city over it, while it is open.

    Matters with a sealed record have no teams: the fewer know of them, the better.
    """
    if not user.is_active or matter.state not in OPEN_STATES or matter.kind_info.sealed:
        return False
    if user.role in {"city_office", "county"} and user.covers(matter.division_id):
        return not stands_aside(user, matter)
    return is_handler(user, matter) and user.role != "grid_worker"


def may_end_team(user: Account, matter: Matter) -> bool:
    """Return whether the user may write down what came of a team, also after the matter is closed."""
    if not user.is_active or user.role == "grid_worker":
        return False
    if user.role in {"city_office", "county"} and user.covers(matter.division_id):
        return not stands_aside(user, matter)
    return is_handler(user, matter)


def may_link(user: Account, division: Division) -> bool:
    """Return whether the user may link a department to a place: the city or the county over it."""
    return user.is_active and user.role in {"city_office", "county"} and user.covers(division.code)


def sees_links(user: Account) -> bool:
    """Return whether the user reads the places' linked units: every business account."""
    return user.is_active and (user.role in {"city_office", "county", "department"} or user.role in HANDLING_ROLES)
