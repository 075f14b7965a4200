"""Form fields that name what they offer in the page's language."""

from typing import Any

from django import forms

from .templatetags.yizhen import label


class NamedChoice(forms.ModelChoiceField):
    """A choice among things with ``name_zh`` and ``name_en``."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a thing in the page's language."""
        return label(obj)
