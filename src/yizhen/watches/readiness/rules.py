"""Who may do what with readiness, emergencies and the purge after them."""

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.scoring.small_area import FEWEST
from yizhen.watches.models import Emergency, Readiness
from yizhen.watches.models.readiness import PEOPLE
from yizhen.watches.series.rules import READING

OPENING = {"city_office", "department"}


def may_read(user: Account) -> bool:
    """Return whether readiness is shown to this role at all."""
    return user.is_active and user.role in READING


def may_record(user: Account, division: Division) -> bool:
    """Return whether the user records what institutions in a place have ready: offices, in their own scope."""
    return may_read(user) and user.covers(division.code)


def may_open(user: Account) -> bool:
    """Return whether the user opens emergencies: the city's office and departments."""
    return user.is_active and user.role in OPENING


def may_lead(user: Account, emergency: Emergency) -> bool:
    """Return whether the user ends an emergency and purges its records: who opened it by office, or the city's office."""
    if not may_open(user):
        return False
    if user.role == "department":
        return emergency.office_id is not None and emergency.office_id == user.unit_id
    return user.covers(emergency.division_id)


def is_hidden(user: Account, one: Readiness, number: int) -> bool:
    """Return whether a count of people is too small to be shown to others than the place itself."""
    return one.kind in PEOPLE and number < FEWEST and user.scope_id != one.division_id
