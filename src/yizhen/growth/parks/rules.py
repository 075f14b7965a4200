"""Who may do what with industrial parks."""

from yizhen.growth.models import Park
from yizhen.growth.projects.rules import READING
from yizhen.people.models import Account

KEEPING = {"township_head", "township_office", "county", "city_office"}
TARGETING = {"county", "city_office"}


def may_read(user: Account) -> bool:
    """Return whether parks are shown to the user at all."""
    return user.is_active and user.role in READING


def may_register(user: Account, code: str) -> bool:
    """Return whether the user enters a park in a place: its township, county or city."""
    return user.is_active and user.role in KEEPING and user.covers(code)


def may_keep(user: Account, park: Park) -> bool:
    """Return whether the user enters and corrects a park's figures."""
    return may_register(user, park.division_id)


def may_set_target(user: Account, park: Park) -> bool:
    """Return whether the user sets a park's target: the county or the city above it, not the park's own township."""
    return user.is_active and user.role in TARGETING and user.covers(park.division_id)
