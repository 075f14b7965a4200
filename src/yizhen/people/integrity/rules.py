"""Who gives, records and reads commitments."""

from yizhen.people.models import Account, Official

TOWNSHIP = {"township_head", "township_office"}


def may_keep(user: Account) -> bool:
    """Return whether the user sets the text and records papers: the organisation office."""
    return user.is_active and user.role == "city_office"


def may_read_list(user: Account) -> bool:
    """Return whether the user reads who has given the commitment and who has not: the organisation office and the own township."""
    return user.is_active and (may_keep(user) or user.role in TOWNSHIP)


def may_give(user: Account, official: Official) -> bool:
    """Return whether the user gives an official's commitment: nobody but himself."""
    return user.is_active and official.account_id == user.pk
