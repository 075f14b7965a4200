"""Who reads, and where an action's errors are shown."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest

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
