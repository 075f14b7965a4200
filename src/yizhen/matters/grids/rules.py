"""Who draws micro-grids, posts a grid's worker, keeps the list of services, and refuses what it does not hold."""

from yizhen.matters.models import GridRefusal
from yizhen.matters.rules import HANDLING_ROLES
from yizhen.people.models import Account
from yizhen.places.models import Division

POSTING_ROLES = {"city_office", "county", "township_head", "township_office"}


def may_post(user: Account, grid: Division) -> bool:
    """Return whether the user draws micro-grids and posts the worker of a grid: the township, its county, the city."""
    return user.is_active and user.role in POSTING_ROLES and user.covers(grid.code)


def may_keep_services(user: Account) -> bool:
    """Return whether the user keeps the list of services of the whole city."""
    return user.is_active and user.role == "city_office"


def may_refuse_demand(user: Account, grid: Division) -> bool:
    """Return whether the user may refuse a demand for a grid: the grid itself, its village or its township."""
    return user.is_active and user.role in HANDLING_ROLES and user.covers(grid.code)


def may_answer_refusal(user: Account, refusal: GridRefusal) -> bool:
    """Return whether the user may answer a refusal: the department whose demand was refused."""
    return user.is_active and user.role == "department" and user.unit_id == refusal.unit_id
