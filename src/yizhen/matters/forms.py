"""Forms of the matters room."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import DeadlineRule, Unit
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to
from yizhen.web.templatetags.yizhen import label

from .colours import Colour
from .kinds import WORK_LINES
from .lifecycle import DISPOSITIONS


def new_client_id() -> str:
    """Return an id that makes a form's submission happen once."""
    return secrets.token_hex(12)


UNITS = [(Unit.WORKING_DAY.value, _("工作日（含调休）")), (Unit.NATURAL_DAY.value, _("自然日（逢节假日顺延）"))]


class TownshipChoice(forms.ModelMultipleChoiceField):
    """Townships with their county in front."""

    def label_from_instance(self, obj: Division) -> str:
        """Name a township with its county."""
        return f"{label(obj.parent)} {label(obj)}" if obj.parent else label(obj)


class TaskForm(forms.Form):
    """A task sent down to townships."""

    client_id = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_client_id)
    title = forms.CharField(label=_("任务名称"), max_length=120)
    text = forms.CharField(label=_("要求和交付成果"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    basis = forms.CharField(label=_("依据（文号或法规）"), max_length=120)
    work_line = forms.ChoiceField(label=_("条线"), choices=list(WORK_LINES.items()))
    due_on = forms.DateField(
        label=_("完成期限（指定日期）"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    amount = forms.IntegerField(label=_("或：交办后多少天内"), required=False, min_value=1, max_value=365)
    unit = forms.ChoiceField(label=_("按什么日子算"), choices=UNITS)
    townships = TownshipChoice(
        label=_("承办乡镇（街道）"), queryset=Division.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["townships"]
        assert isinstance(field, TownshipChoice)
        field.queryset = townships_visible_to(user).filter(code__startswith=user.scope_id)

    def clean(self) -> dict[str, Any]:
        """Turn the date or the number of days into one deadline: exactly one of the two is wanted."""
        data = super().clean() or {}
        amount, unit = data.pop("amount", None), data.pop("unit", None)
        if (data.get("due_on") is None) == (amount is None):
            self.add_error("due_on", _("请填写完成日期，或填写天数，二选一。"))
        elif amount is not None and unit:
            data["rule"] = DeadlineRule(
                event="assigned", amount=amount, unit=Unit(unit), result="done", source=data.get("basis", "")
            )
        return data


class NoticeForm(forms.Form):
    """A supervision notice."""

    colour = forms.ChoiceField(choices=[(colour.value, colour.value) for colour in Colour])
    days = forms.IntegerField(required=False)
    major_reason = forms.CharField(max_length=200, required=False)


class StepForm(forms.Form):
    """One step of the lifecycle."""

    verb = forms.CharField(max_length=24)
    text = forms.CharField(max_length=4000, required=False)
    disposition = forms.ChoiceField(choices=[("", ""), *DISPOSITIONS.items()], required=False)
    file = forms.FileField(required=False)
    keep_place = forms.BooleanField(required=False)
