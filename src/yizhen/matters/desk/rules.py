"""Who has a desk, and who keeps the words of a unit."""

from yizhen.people.models import Account

KEEPING_ROLES = {"city_office", "county", "department", "township_office"}


def has_desk(user: Account) -> bool:
    """Return whether the account works with matters at all: no administrator, nobody who serves ballots alone."""
    return user.is_active and not user.is_admin and not user.is_for_ballots


def may_keep_replies(user: Account) -> bool:
    """Return whether the user may manage the reply templates of the own unit: its office, or a department."""
    return user.is_active and user.role in KEEPING_ROLES
