"""Forms of readiness and emergencies."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.watches.models import Emergency, Readiness, Situation
from yizhen.watches.series.forms import places_of
from yizhen.web.fields import NamedChoice, OnceField

from .actions import TOO_MANY


class ReadinessForm(forms.ModelForm):
    """One count."""

    division = NamedChoice(label=_("地方"), queryset=Division.objects.none())
    as_of = forms.DateTimeField(
        label=_("截至"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    emergency = forms.ModelChoiceField(
        Emergency.objects.none(), label=_("为哪件突发事件报"), required=False, empty_label=_("不是，是平时的数")
    )

    class Meta:
        model = Readiness
        fields = ("facility", "kind", "capacity", "available", "source")

    field_order = ("emergency", "division", "facility", "kind", "capacity", "available", "as_of", "source")

    def __init__(self, user: Account, emergencies: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = places_of(user)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["division"].initial = places[0].pk
        self.fields["as_of"].initial = timezone.localtime()
        if emergencies:
            self.fields["emergency"].queryset = emergencies  # type: ignore[attr-defined]
        else:
            del self.fields["emergency"]

    def clean(self) -> None:
        """Say at its field that more is available than there is."""
        super().clean()
        capacity, available = (self.cleaned_data.get(name) for name in ("capacity", "available"))
        if capacity is not None and available is not None and available > capacity:
            self.add_error("available", TOO_MANY)


class EmergencyForm(forms.ModelForm):
    """A new emergency."""

    client_id = OnceField()
    every_hours = forms.IntegerField(
        label=_("多少小时报一次"), initial=24, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )

    class Meta:
        model = Emergency
        fields = ("title", "kind", "basis")

    field_order = ("client_id", "title", "kind", "basis", "every_hours")


class SituationForm(forms.ModelForm):
    """How things stand in a place."""

    client_id = OnceField()
    division = NamedChoice(label=_("地方"), queryset=Division.objects.none())

    class Meta:
        model = Situation
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": _("写事，不写人：不写姓名、电话、住址和病情。")}

    field_order = ("client_id", "division", "text")

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = places_of(user)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["division"].initial = places[0].pk
