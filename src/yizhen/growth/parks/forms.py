"""Forms of industrial parks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.growth.models import Park, ParkFigure, ParkTarget
from yizhen.people.models import Account
from yizhen.places.queries import townships_visible_to
from yizhen.web.changed import SeenForm
from yizhen.web.fields import DayInput, NamedChoice, OnceField

from .actions import VALUES


class ParkForm(SeenForm):
    """A park's names and its leading industry."""

    class Meta:
        model = Park
        fields = ("name_zh", "name_en", "industry_zh", "industry_en")


class RegisterForm(ParkForm):
    """A new park: where."""

    client_id = OnceField()
    division = NamedChoice(label=_("乡镇（街道）"), queryset=None)

    field_order = ("client_id", "division", *ParkForm.Meta.fields)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None).order_by("code")
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["division"].initial = places[0].pk


class TargetForm(forms.ModelForm):
    """A version of the target."""

    class Meta:
        model = ParkTarget
        fields = ("output", "year", "basis")


class FigureForm(forms.ModelForm):
    """A park's figures of a year; ``seen`` is the version that is being corrected."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    year = forms.IntegerField(label=_("年份"), min_value=1990, max_value=2100)

    field_order = ("seen", "year", *VALUES, "reason")

    class Meta:
        model = ParkFigure
        fields = (*VALUES, "reason")
        widgets = {"as_of": DayInput()}
