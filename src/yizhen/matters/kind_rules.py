"""Who may read the kinds, and who may change them."""

from yizhen.people.models import Account

from .models import OwnKind


def may_read_kinds(user: Account) -> bool:
    """Every business account: what a law gives to whom is no secret. Administrators see no business data."""
    return user.is_active and not user.is_admin


def may_configure(user: Account) -> bool:
    """The city's office makes and changes kinds."""
    return user.is_active and user.role == "city_office"


def may_put_in_force(user: Account, draft: OwnKind) -> bool:
    """Another account of the city's office than the one that edited the draft last."""
    return may_configure(user) and user.pk != draft.by_id
