"""Two who change one thing at once: the second is told what stands now, and sends the same form again."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from .templatetags.yizhen import day, label


class ChangedSince(ValidationError):
    """Somebody else has changed a thing since it was read.

    At each field that was typed otherwise than it stands now, it says how it stands. ``now`` are the values by which the
    form says what it has read: :class:`yizhen.web.errors.ErrorsAt` puts them into the form, so that it can be sent again.
    """

    def __init__(self, thing: Model, typed: Mapping[str, Any], **now: Any) -> None:
        said = _("您打开以后，别人改过。您填的都在；和现在不同的，下面写着现在的内容，请核对后再保存。")
        differs = {name: value for name, value in typed.items() if getattr(thing, name) != value}
        stands = {name: _("现在是：%(value)s") % {"value": _words(thing, name)} for name in differs}
        super().__init__({NON_FIELD_ERRORS: said, **stands})
        self.now = now


def state_of(thing: Model, *names: str) -> str:
    """Return what tells one state of a thing from another, by some of its fields."""
    return hashlib.sha256(repr([str(getattr(thing, name)) for name in sorted(names)]).encode()).hexdigest()[:16]


class SeenForm(forms.ModelForm):
    """A form that changes a thing: ``seen`` is the state in which it was read."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["seen"]

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Say in which state the thing is read."""
        if field_name != "seen":
            return super().get_initial_for_field(field, field_name)
        return state_of(self.instance, *(name for name in self._meta.fields or () if name in self.fields))


def refuse_stale(thing: Model, seen: str, typed: Mapping[str, Any]) -> None:
    """Refuse a change of a thing that was read in another state; an empty ``seen`` asks for nothing.

    Raises:
        ChangedSince: with what stands now.
    """
    now = state_of(thing, *typed)
    if seen and seen != now:
        raise ChangedSince(thing, typed, seen=now)


def _words(thing: Model, name: str) -> str:
    value = getattr(thing, name)
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if hasattr(value, "name_zh"):
        return label(value)
    display = getattr(thing, f"get_{name}_display", None)
    return str(display() if display else value)
