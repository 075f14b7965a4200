"""Who reads, and where an action's errors are shown."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yizhen.matters.desk.rules import has_desk
from yizhen.people.models import Account


def signed_in(request: HttpRequest) -> Account:
    """Return the account that asks; the page is behind a sign-in."""
    assert isinstance(request.user, Account)
    return request.user


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """Put an action's errors where they belong: at their fields, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


def reader(request: HttpRequest) -> Account:
    """Return the account that asks; the page is behind a sign-in.

    Raises:
        PermissionDenied: when the account does not work with matters.
    """
    assert isinstance(request.user, Account)
    if not has_desk(request.user):
        raise PermissionDenied(_("这个账号不办理事项。"))
    return request.user
