"""Forms of the matters room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import DeadlineRule
from yizhen.clocks import Unit as ClockUnit
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to
from yizhen.web.fields import DayInput, OnceField
from yizhen.web.templatetags.yizhen import label

from .colours import Colour
from .kinds import WORK_LINES, MatterKind
from .lifecycle import DISPOSITIONS
from .models import Matter
from .parts import parents_for

UNITS = [
    (ClockUnit.WORKING_DAY.value, _("工作日（含调休）")),
    (ClockUnit.NATURAL_DAY.value, _("自然日（逢节假日顺延）")),
]


class TownshipChoice(forms.ModelMultipleChoiceField):
    """Townships with their county in front."""

    def label_from_instance(self, obj: Division) -> str:
        """Name a township with its county."""
        return f"{label(obj.parent)} {label(obj)}" if obj.parent else label(obj)


class TaskForm(forms.Form):
    """A task sent down to townships."""

    client_id = OnceField()
    title = forms.CharField(label=_("任务名称"), max_length=120)
    text = forms.CharField(label=_("要求和交付成果"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    basis = forms.CharField(label=_("依据（文号或法规）"), max_length=120)
    work_line = forms.ChoiceField(label=_("条线"), choices=list(WORK_LINES.items()))
    due_on = forms.DateField(label=_("完成期限（指定日期）"), required=False, widget=DayInput())
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
                event="assigned", amount=amount, unit=ClockUnit(unit), result="done", source=data.get("basis", "")
            )
        return data


class PlaceChoice(forms.ModelChoiceField):
    """Places named after what lies above them."""

    def label_from_instance(self, obj: Division) -> str:
        """Name a place with the one above it."""
        return f"{label(obj.parent)} {label(obj)}" if obj.parent else label(obj)


class RegisterForm(forms.Form):
    """A matter registered at the counter, on the telephone or in the field. The kind's own fields stand beside it."""

    client_id = OnceField()
    title = forms.CharField(label=_("标题"), max_length=120)
    text = forms.CharField(label=_("什么事，在哪里"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    division = PlaceChoice(label=_("在哪个地方"), queryset=Division.objects.none())
    work_line = forms.ChoiceField(label=_("条线"), choices=list(WORK_LINES.items()))
    due_on = forms.DateField(label=_("完成期限"), widget=DayInput())
    requester = forms.CharField(
        label=_("诉求人和联系方式"),
        help_text=_("加密封存，只有承办、受理、核验的人写明用途才看得到。能不填就不填。"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    accused_units = forms.ModelMultipleChoiceField(
        label=_("材料反映的部门（它看不到这件事项）"), queryset=Unit.objects.none(), required=False
    )
    accused_places = forms.ModelMultipleChoiceField(
        label=_("材料反映的地方（它看不到这件事项）"), queryset=Division.objects.none(), required=False
    )

    parent = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)

    def __init__(self, user: Account, kind: MatterKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parents = parents_for(user)
        places = Division.objects.filter(
            code__startswith=user.scope_id, level__in=["township", "village", "grid"], retired_on=None
        )
        if user.role in {"city_office", "county", "department"}:
            places = places.filter(level="township")
        places = places.select_related("parent").order_by("code")
        for name in ("division", "accused_places"):
            self.fields[name].queryset = places  # type: ignore[attr-defined]
        self.fields["accused_units"].queryset = Unit.objects.order_by("code")  # type: ignore[attr-defined]
        self.fields["work_line"].initial = kind.work_line
        if kind.first_clock is not None:
            del self.fields["due_on"]
        if not kind.sealed:
            for name in ("requester", "accused_units", "accused_places"):
                del self.fields[name]

    def clean_parent(self) -> Matter | None:
        """Return the matter that this one is part of; None where none is named."""
        number = self.cleaned_data["parent"]
        if not number:
            return None
        found = self.parents.filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("没有这件事项，或者它不能再有子事项。"))
        return found


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
    recipient = forms.CharField(max_length=40, required=False)
    reason = forms.CharField(max_length=24, required=False)
    expected = forms.IntegerField(required=False)
    client_id = forms.CharField(max_length=40, required=False)
    keep_place = forms.BooleanField(required=False)
