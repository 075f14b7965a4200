"""Errors of actions on forms."""

from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.utils.translation import gettext as _

from .changed import ChangedSince

TAKEN = {"unique", "unique_together"}  # codes of Django's model validation


def add_errors(form: BaseForm, error: ValidationError, **fields: str) -> None:
    """Put an action's errors where they belong: at their fields, or above the form.

    ``fields`` are those that the form calls otherwise than the action. A value that is taken is said to be taken, not in
    the database's words for its tables and columns.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, found in error.error_dict.items():
        for one in found:
            if one.code in TAKEN and "%(model_name)s" in str(
                one.message
            ):  # in words of the database, not of a model of ours
                of = [field for field in (one.params or {}).get("unique_check", [name]) if field in form.fields]
                form.add_error(of[-1] if of else None, _("已经有了，请换一个。"))
            else:
                at = fields.get(name, name)
                form.add_error(at if at in form.fields else None, one.messages)


class ErrorsAt(AbstractContextManager[None, bool]):
    """Put what an action refuses at the fields of a form and go on below; what was typed stays in the form.

    ::

        if form.is_valid():
            with ErrorsAt(form):
                made = register_park(user, **form.cleaned_data)
                return redirect("growth:park", made.pk)
        return render(request, "growth/park_form.html", {"form": form}, status=400 if form.errors else 200)
    """

    def __init__(self, form: BaseForm) -> None:
        self.form = form

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        """Take a ``ValidationError``; anything else goes on."""
        if not isinstance(error, ValidationError):
            return False
        add_errors(self.form, error)
        if isinstance(error, ChangedSince):
            self.form.data = self.form.data.copy()  # type: ignore[attr-defined]
            for name, value in error.now.items():
                self.form.data[self.form.add_prefix(name)] = str(value)  # type: ignore[index]
        return True


def by_field(error: ValidationError, *fields: str, other: str = "") -> dict[str, list[str]]:
    """Return an error's texts by field; those of no field, or of none of ``fields`` where these are named, under ``other``."""
    found: dict[str, list[str]] = {}
    for name, texts in (error.message_dict if hasattr(error, "error_dict") else {other: error.messages}).items():
        is_other = name == NON_FIELD_ERRORS or (fields and name not in fields)
        found.setdefault(other if is_other else name, []).extend(texts)
    return found
