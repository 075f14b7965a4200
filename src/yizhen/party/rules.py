"""Who may do what on the fourth board."""

from yizhen.people.models import Account
from yizhen.places.models import Division

from .models import Meeting, ResponsibilityItem

ENTERING = {"township_head", "township_office"}
READING = {*ENTERING, "city_office", "county"}


def may_read(user: Account) -> bool:
    """Return whether the user reads the fourth board at all: townships their own, county and city those in their scope."""
    return user.is_active and user.role in READING


def may_enter(user: Account, division: Division | str) -> bool:
    """Return whether the user lists, reports and plans for a township: its own head and office."""
    code = division if isinstance(division, str) else division.code
    return user.is_active and user.role in ENTERING and user.scope_id == code


def may_check(user: Account, item: ResponsibilityItem) -> bool:
    """Return whether the user checks an item that was reported: the organisation office, never who reported it."""
    above = user.is_active and user.role == "city_office" and user.covers(item.division_id)
    return above and item.state == "reported" and item.done_by_id != user.pk


def may_drop(user: Account, item: ResponsibilityItem) -> bool:
    """Return whether the user takes a wrong item off the list, with a reason: the organisation office, while it is open."""
    return user.is_active and user.role == "city_office" and user.covers(item.division_id) and item.state == "open"


def sees_small_numbers(user: Account, division_id: str) -> bool:
    """Return whether the user reads counts of fewer than five people: the organisation office and the own township."""
    return user.is_active and (user.role == "city_office" or may_enter(user, division_id))


def may_record(user: Account, meeting: Meeting) -> bool:
    """Return whether the user writes down what became of a meeting, once."""
    return may_enter(user, meeting.division_id) and meeting.held is None
