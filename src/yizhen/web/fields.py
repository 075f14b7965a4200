"""Form fields that the rooms share."""

import secrets
from typing import Any

from django import forms

from .templatetags.yizhen import label


class NamedChoice(forms.ModelChoiceField):
    """A choice among things with ``name_zh`` and ``name_en``."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a thing in the page's language."""
        return label(obj)


class DayInput(forms.DateInput):
    """A day, in the way browsers write it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def new_client_id() -> str:
    """Return a number by chance: the same form sent twice is taken once."""
    return secrets.token_hex(12)


class OnceField(forms.CharField):
    """A number by chance in a form that is taken over once, however often it is sent."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, "initial": new_client_id, **kwargs})
