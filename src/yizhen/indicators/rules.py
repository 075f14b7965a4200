"""Who may enter and define figures."""

from yizhen.people.models import Account
from yizhen.places.models import Division

from .models import AssessmentScheme, Indicator, SchemeEntry


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


def may_design(user: Account, city: str) -> bool:
    """Return whether the user may design and freeze indices and schemes of a city: its organisation office."""
    return user.is_active and user.role == "city_office" and user.scope_id == city


def may_enter_item(user: Account, scheme: AssessmentScheme, division: Division) -> bool:
    """Return whether the user may hold an item for or against a place: the office and departments of the scheme's city."""
    return may_import(user) and user.scope_id == scheme.division_id and user.covers(division.code)


def may_decide(user: Account, entry: SchemeEntry) -> bool:
    """Return whether the user may decide about an entry: the unit that approves the item, never who entered it."""
    approves = user.is_active and user.role == "department" and user.unit_id == entry.item.approver_id
    return approves and user.pk != entry.entered_by_id and user.scope_id == entry.item.scheme.division_id
