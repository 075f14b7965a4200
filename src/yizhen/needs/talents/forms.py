"""Forms of talents' housing and deliveries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.needs.models import Delivery, HousingReport
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.fields import DayInput, NamedChoice, OnceField


class _Placed(forms.ModelForm):
    client_id = OnceField()
    division = NamedChoice(label=_("地方"), queryset=Division.objects.none())
    levels: tuple[str, ...] = ("township",)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Division.objects.filter(code__startswith=user.scope_id, level__in=self.levels, retired_on=None)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        if user.scope.level in self.levels:
            self.fields["division"].initial = user.scope_id


class HousingForm(_Placed):
    """A township's flats for talents."""

    class Meta:
        model = HousingReport
        fields = ("division", "as_of", "units", "let", "vacant", "waiting", "source")
        widgets = {"as_of": DayInput()}


class DeliveryForm(_Placed):
    """A policy that was handed on."""

    levels = ("prefecture", "county", "township")

    class Meta:
        model = Delivery
        fields = (
            "division", "policy", "document", "text", "whom", "delivered_on", "channel", "reached", "source",
        )  # fmt: skip
        widgets = {"delivered_on": DayInput(), "text": forms.Textarea(attrs={"rows": 3})}


class ConfirmForm(forms.Form):
    """How many confirmed; ``before`` is the count that was on the page."""

    before = forms.IntegerField(required=False, widget=forms.HiddenInput)
    confirmed = forms.IntegerField(label=_("确认收到并看懂（人）"), min_value=0)
    confirmed_on = forms.DateField(label=_("确认数截至"), widget=DayInput())
