"""Forms of watches."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account, Unit
from yizhen.people.queries import units_visible_to
from yizhen.places.models import Division
from yizhen.places.queries import divisions_visible_to
from yizhen.watches.models import Series, Threshold, Watch
from yizhen.web.changed import SeenForm
from yizhen.web.fields import NamedChoice, OnceField
from yizhen.web.templatetags.yizhen import label

from .actions import wrong_clear

LARGEST = 8 * 1024 * 1024
FIELDS = ("name_zh", "name_en", "sort", "measure", "every_hours", "work_line", "source")
CHANGEABLE = ("name_zh", "name_en", "every_hours", "source")


class NamedChoices(forms.ModelMultipleChoiceField):
    """Several of what has ``name_zh`` and ``name_en``."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a thing in the page's language."""
        return label(obj)


def places_of(user: Account) -> Any:
    """Return the places in which the user may watch something: its own scope, down to townships."""
    places = divisions_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None)
    return places.filter(level__in=["prefecture", "county", "township"]).order_by("code")


def _places(user: Account, **kwargs: Any) -> NamedChoices:
    return NamedChoices(places_of(user), widget=forms.CheckboxSelectMultiple, **kwargs)


class DefineForm(forms.ModelForm):
    """A new watch: what, where, who is in charge."""

    client_id = OnceField()
    office = NamedChoice(label=_("负责部门"), queryset=None)

    class Meta:
        model = Watch
        fields = FIELDS

    field_order = ("client_id", *FIELDS[:5], "work_line", "office", "source")

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["every_hours"].help_text = _(
            "一天一次填 24，一周一次填 168。超过两倍还没有读数，就显示“没有数据”。"
        )
        self.fields["every_hours"].initial = 24
        units = units_visible_to(user) if user.role != "department" else Unit.objects.none()
        self.fields["office"].queryset = units  # type: ignore[attr-defined]
        if user.role == "department":
            del self.fields["office"]
        self.fields["places"] = _places(user, label=_("地方"))


class ChangeForm(SeenForm):
    """What may be changed of a watch, and places that are added."""

    class Meta:
        model = Watch
        fields = CHANGEABLE

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        more = _places(user, label=_("增加地方"), required=False)
        known = Series.objects.filter(watch=self.instance).values("division")
        more.queryset = places_of(user).exclude(pk__in=known)
        if more.queryset.exists():
            self.fields["places"] = more


class ThresholdForm(forms.ModelForm):
    """A version of a threshold."""

    class Meta:
        model = Threshold
        fields = ("side", "level", "clear", "count", "minutes", "days", "text_zh", "basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clear"].help_text = _(
            "要在平稳的一侧：上限的比警戒线低，下限的比警戒线高。两条线之间不立案也不解除。"
        )
        self.fields["days"].initial = 7

    def clean(self) -> None:
        """Say at its field that the clear level is not on the calm side."""
        super().clean()
        given: list[Any] = [self.cleaned_data.get(name) for name in ("side", "level", "clear")]
        if None not in given and (wrong := wrong_clear(*given)):
            self.add_error("clear", wrong)


class ReadingForm(forms.Form):
    """One reading as it is typed; without a value, and with a reason, the one of this time is withdrawn."""

    place = NamedChoice(label=_("地方"), queryset=Division.objects.none())
    at = forms.DateTimeField(
        label=_("读数的时间"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    value = forms.DecimalField(label=_("数值"), required=False)
    note = forms.CharField(label=_("备注"), max_length=120, required=False)
    reason = forms.CharField(
        label=_("更正原因"),
        max_length=120,
        required=False,
        help_text=_("更正或者撤回（数值留空）这个时间的读数时写。原来的数留着。"),
    )

    def __init__(self, places: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """Whom a token is for."""

    label = forms.CharField(label=_("给哪台设备或者哪个系统"), max_length=60)
