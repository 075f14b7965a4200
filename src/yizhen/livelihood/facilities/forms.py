"""Forms of facilities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Indicator
from yizhen.livelihood.models import Facility, FacilityUse, UseRule
from yizhen.people.models import Account, Unit
from yizhen.people.queries import units_visible_to
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to
from yizhen.web.fields import DayInput, NamedChoice, OnceField

CONTENT = (
    "name_zh", "name_en", "kind", "capacity", "capacity_unit", "counts_people", "opened_on", "closed_on", "indicator",
    "unit", "source",
)  # fmt: skip


class FacilityForm(forms.ModelForm):
    """What is known of a facility."""

    indicator = NamedChoice(label=_("对应的指标"), queryset=Indicator.objects.none(), required=False)
    unit = NamedChoice(label=_("主管部门（也可以填使用量）"), queryset=Unit.objects.none(), required=False)

    class Meta:
        model = Facility
        fields = CONTENT
        widgets = {"opened_on": DayInput(), "closed_on": DayInput()}

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = Indicator.objects.filter(domain="livelihood")  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units_visible_to(user)  # type: ignore[attr-defined]
        if user.role == "department":
            del self.fields["unit"]


class OpenForm(FacilityForm):
    """A new facility: where, and what."""

    client_id = OnceField()
    division = NamedChoice(label=_("乡镇（街道）"), queryset=Division.objects.none())

    field_order = ("client_id", "division", *CONTENT)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        places = townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["division"].initial = places[0].pk


class ChangeForm(FacilityForm):
    """A facility that is changed: as which version it was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta(FacilityForm.Meta):
        pass


class UseForm(forms.ModelForm):
    """How much was used in a period."""

    reason = forms.CharField(label=_("更正的原因（第一次填不用写）"), max_length=200, required=False)

    class Meta:
        model = FacilityUse
        fields = ("period", "used", "source", "as_of")
        widgets = {"as_of": DayInput()}


class RuleForm(forms.ModelForm):
    """Thresholds of a kind of facility."""

    class Meta:
        model = UseRule
        fields = ("kind", "low", "high", "basis")
