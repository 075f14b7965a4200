"""Forms of the fourth board."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.web.fields import DayInput, OnceField

from .models import Meeting, ResponsibilityItem


class ItemForm(forms.ModelForm):
    """An item of responsibility."""

    client_id = OnceField()

    class Meta:
        model = ResponsibilityItem
        fields = ("year", "what", "basis", "due_on")
        widgets = {"due_on": DayInput(), "what": forms.Textarea(attrs={"rows": 2})}

    field_order = ("client_id", "year", "what", "basis", "due_on")


class ReportForm(forms.ModelForm):
    """What shows that an item was done."""

    done_on = forms.DateField(label=_("完成日期"), widget=DayInput(), initial=timezone.localdate)
    evidence = forms.CharField(
        label=_("佐证（做了什么，材料在哪里）"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = ResponsibilityItem
        fields = ("evidence", "done_on")


class CheckForm(forms.Form):
    """What a check found."""

    said = forms.CharField(label=_("怎样核对的，看到什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PlanForm(forms.ModelForm):
    """A study or a meeting to come."""

    client_id = OnceField()

    class Meta:
        model = Meeting
        fields = ("sort", "planned_on", "subject")
        widgets = {"planned_on": DayInput()}

    field_order = ("client_id", "sort", "planned_on", "subject")


class RecordForm(forms.Form):
    """What became of a meeting."""

    held = forms.TypedChoiceField(
        label=_("开了没有"), choices=[("yes", _("开了")), ("no", _("没开"))], coerce=lambda value: value == "yes"
    )
    held_on = forms.DateField(label=_("召开日期"), widget=DayInput(), required=False)
    attendees = forms.IntegerField(label=_("到会人数"), min_value=1, max_value=2_000, required=False)
    reason = forms.CharField(label=_("没开的原因"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attendees"].help_text = _("只填数字，不记谁来了。")
