"""Who may do what with watches."""

from yizhen.people.models import Account
from yizhen.watches.models import Series, Watch

READING = {"city_office", "county", "department", "township_head", "township_office"}
DEFINING = {"city_office", "county", "department"}


def may_read(user: Account) -> bool:
    """Return whether watches are shown to this role at all."""
    return user.is_active and user.role in READING


def may_define(user: Account) -> bool:
    """Return whether the user defines watches: the city's office, counties and departments, in their scope."""
    return user.is_active and user.role in DEFINING


def may_manage(user: Account, watch: Watch) -> bool:
    """Return whether the user changes a watch, its thresholds and tokens: the office in charge, or who is above it."""
    if not may_define(user):
        return False
    if user.role == "department":
        return user.unit_id == watch.office_id
    return user.covers(watch.division_id)


def may_enter(user: Account, series: Series) -> bool:
    """Return whether the user enters readings of a series: who manages its watch, or whose place it is."""
    if not may_read(user):
        return False
    if user.role == "department":
        return user.unit_id == series.watch.office_id
    return user.covers(series.division_id)
