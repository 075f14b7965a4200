"""Who reads, and where an action's errors are shown."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yizhen.matters.desk.rules import has_desk
from yizhen.people.models import Account


def signed_in(request: HttpRequest) -> Account:
    """Return the account that asks; the page is behind a sign-in."""
    assert isinstance(request.user, Account)
    return request.user


def reader(request: HttpRequest) -> Account:
    """Return the account that asks; the page is behind a sign-in.

    Raises:
        PermissionDenied: when the account does not work with matters.
    """
    assert isinstance(request.user, Account)
    if not has_desk(request.user):
        raise PermissionDenied(_("这个账号不办理事项。"))
    return request.user
