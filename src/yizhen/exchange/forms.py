"""Forms of the exchange room."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Observation
from yizhen.indicators.periods import words
from yizhen.web.changed import SeenForm
from yizhen.web.fields import DayInput, OnceField
from yizhen.web.templatetags.yizhen import chinese, figure, label, measured

from .models import MOMENTS, Adoption, PracticeNote

FIELDS = ("work_line", "title", "problem", "steps", "cost", "person_days", "failed", "contact")


class NoteForm(SeenForm):
    """What was tried."""

    client_id = OnceField()

    class Meta:
        model = PracticeNote
        fields = FIELDS
        widgets = {
            "problem": forms.Textarea(attrs={"rows": 3}),
            "steps": forms.Textarea(attrs={"rows": 6}),
            "failed": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "contact": _("写岗位，不写个人电话，例如：镇党政办"),
            "failed": _("必填：别的地方最想知道的是哪里会走弯路。"),
        }

    field_order = ("client_id", *FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client_id"]


class FigureChoice(forms.ModelChoiceField):
    """A choice among figures: indicator, period and value."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a figure by what it is, of when, and how much."""
        period = words(obj.period, chinese=chinese())
        return f"{label(obj.indicator)} · {period} · {measured(figure(obj.value), obj.indicator.unit)}"


class CiteForm(forms.Form):
    """Which approved figure is cited, as of before or after."""

    moment = forms.ChoiceField(label=_("做之前还是做之后"), choices=list(MOMENTS.items()))
    figure = FigureChoice(label=_("引用哪个数"), queryset=None)

    def __init__(self, figures: QuerySet[Observation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].queryset = figures  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """A question or an answer, sent once."""

    client_id = OnceField()
    text = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class AdoptForm(forms.ModelForm):
    """Since when a practice is adopted, and what is changed."""

    client_id = OnceField()

    class Meta:
        model = Adoption
        fields = ("since", "changes")
        widgets = {
            "since": DayInput(),
            "changes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate
