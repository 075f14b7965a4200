"""Who reads, in which language, and where errors are shown."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yizhen.people.models import Account

TAKEN = {"unique", "unique_together"}  # codes of Django's model validation


def signed_in(request: HttpRequest) -> Account:
    """Return the account that asks; the page is behind a sign-in."""
    assert isinstance(request.user, Account)
    return request.user


def in_chinese() -> bool:
    """Return whether the page is written in Chinese."""
    return (get_language() or "zh").startswith("zh")


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """Put an action's errors where they belong: at their fields, or above the form.

    A value that is taken is said to be taken, not in the database's words for its tables and columns.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, found in error.error_dict.items():
        for one in found:
            if one.code in TAKEN:
                of = [field for field in (one.params or {}).get("unique_check", [name]) if field in form.fields]
                form.add_error(of[-1] if of else None, _("已经有了，请换一个。"))
            else:
                form.add_error(name if name in form.fields else None, one.messages)
