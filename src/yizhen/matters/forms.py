"""Forms of the matters room."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to

from .kinds import WORK_LINES
from .lifecycle import DISPOSITIONS


def new_client_id() -> str:
    """Return an id that makes a form's submission happen once."""
    return secrets.token_hex(12)


class TownshipChoice(forms.ModelMultipleChoiceField):
    """Townships with their county in front."""

    def label_from_instance(self, obj: Division) -> str:
        """Name a township with its county."""
        return f"{obj.parent} {obj}" if obj.parent else str(obj)


class TaskForm(forms.Form):
    """A task sent down to townships."""

    client_id = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_client_id)
    title = forms.CharField(label=_("任务名称"), max_length=120)
    text = forms.CharField(label=_("要求和交付成果"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    basis = forms.CharField(label=_("依据（文号或法规）"), max_length=120)
    work_line = forms.ChoiceField(label=_("条线"), choices=list(WORK_LINES.items()))
    due_on = forms.DateField(label=_("完成期限"), widget=forms.DateInput(attrs={"type": "date"}))
    townships = TownshipChoice(
        label=_("承办乡镇（街道）"), queryset=Division.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["townships"]
        assert isinstance(field, TownshipChoice)
        field.queryset = townships_visible_to(user).filter(code__startswith=user.scope_id)


class StepForm(forms.Form):
    """One step of the lifecycle."""

    verb = forms.CharField(max_length=24)
    text = forms.CharField(max_length=4000, required=False)
    disposition = forms.ChoiceField(choices=[("", ""), *DISPOSITIONS.items()], required=False)
    file = forms.FileField(required=False)
