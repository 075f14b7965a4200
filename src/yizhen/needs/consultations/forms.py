"""Forms of consultations: for the office that asks, and for whoever answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.needs.models import Consultation
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.fields import DayInput, OnceField
from yizhen.web.templatetags.yizhen import label


class LinesField(forms.CharField):
    """Texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> Any:
        """Return the lines that are not empty."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Write lines as they were typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """Leave it to the action to say what is wrong with the lines."""


class PlacesField(forms.ModelMultipleChoiceField):
    """Places named after what lies above them."""

    def label_from_instance(self, obj: Division) -> str:
        """Name a place with the one above it."""
        return f"{label(obj.parent)} {label(obj)}" if obj.parent else label(obj)


class ConsultationForm(forms.ModelForm):
    """A question to people."""

    client_id = OnceField()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    options = LinesField(label=_("选项（每行一个，2 到 12 个）"))
    places = PlacesField(
        label=_("哪些地方的居民（选“指定地方的居民”时）"), queryset=Division.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip

    class Meta:
        model = Consultation
        fields = (
            "title", "text", "options", "several", "wants_text", "audience", "places", "by_lot", "opens_on", "closes_on"
        )  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "opens_on": DayInput(), "closes_on": DayInput()}

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version if self.instance.pk else None
        levels = ["village"] if user.scope.level == "township" else ["county", "township"]
        inside = Division.objects.filter(code__startswith=user.scope_id, level__in=levels, retired_on=None)
        self.fields["places"].queryset = inside.select_related("parent").order_by("code")  # type: ignore[attr-defined]


class InvitationForm(forms.Form):
    """How many codes are printed."""

    client_id = OnceField()
    number = forms.IntegerField(label=_("印多少张"), min_value=1, max_value=500)


class OutcomeForm(forms.Form):
    """What was done with a consultation."""

    client_id = OnceField()
    text = forms.CharField(
        label=_("采纳了什么、没采纳什么、为什么"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    numbers = forms.CharField(
        label=_("形成的事项（编号，用空格或逗号隔开）"), max_length=400, required=False,
        help_text=_("公开页只显示编号、地方和办到哪一步。"),
    )  # fmt: skip
    projects = forms.CharField(label=_("形成的项目（写名称）"), max_length=200, required=False)

    def clean_numbers(self) -> list[str]:
        """Return the numbers one by one, whatever stands between them."""
        typed: str = self.cleaned_data["numbers"]
        for mark in "，、；,;":
            typed = typed.replace(mark, " ")
        return typed.split()


class AnswerForm(forms.Form):
    """An answer: nothing in it says who gives it."""

    client_id = OnceField()

    def __init__(self, consultation: Consultation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers = list(enumerate(consultation.options))
        ticks: Any = {"label": _("您的选择"), "choices": offers, "coerce": int}
        if consultation.several:
            self.fields["choices"] = forms.TypedMultipleChoiceField(widget=forms.CheckboxSelectMultiple, **ticks)
        else:
            self.fields["choices"] = forms.TypedChoiceField(widget=forms.RadioSelect, **ticks)
        if consultation.audience == "places":
            places = [(place.code, label(place)) for place in consultation.places.all()]
            self.fields["place"] = forms.ChoiceField(label=_("您住在哪里"), choices=[("", "—"), *places])
        if consultation.audience == "invited":
            self.fields["code"] = forms.CharField(label=_("邀请码"), max_length=20)
        if consultation.wants_text:
            self.fields["text"] = forms.CharField(
                label=_("还想说的（不要写姓名、电话）"), max_length=1000, required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip

    def clean_choices(self) -> list[int]:
        """Return the numbers of the options that were ticked."""
        ticked = self.cleaned_data["choices"]
        return ticked if isinstance(ticked, list) else [ticked]


class StopForm(forms.Form):
    """Why a question is stopped before its last day."""

    stop_reason = forms.CharField(
        label=_("停止的原因（公开）"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
