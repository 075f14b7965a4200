"""Who may enter and define figures."""

from yizhen.people.models import Account

from .models import Indicator


def may_define(user: Account) -> bool:
    """Return whether the user may add indicators to the catalogue."""
    return user.is_active and user.role == "city_office"


def may_import(user: Account) -> bool:
    """Return whether the user may import figures at all."""
    return user.is_active and user.role in {"city_office", "department"}


def may_enter(user: Account, indicator: Indicator, division_code: str) -> bool:
    """Return whether the user may enter this figure: its source department, or the city office for all."""
    if not may_import(user) or not user.covers(division_code):
        return False
    return user.role == "city_office" or user.unit_id == indicator.source_id
