"""Forms of dispatch rules and their cases."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.matters.kinds import KINDS, WORK_LINES
from yizhen.matters.models import RoutingRule
from yizhen.people.models import Account, Unit
from yizhen.people.queries import units_visible_to
from yizhen.places.models import Division
from yizhen.places.queries import divisions_visible_to
from yizhen.web.fields import DayInput, NamedChoice
from yizhen.web.templatetags.yizhen import label

from .wording import WEEKDAYS, spans

APART = re.compile(r"[、，,;；\s]+")
MOST_WORDS = 40


def places_of_rules(user: Account) -> QuerySet[Division]:
    """Return the places that a rule may be limited to, or a case may lie in."""
    return divisions_visible_to(user).filter(level__in=["prefecture", "county", "township"]).select_related("parent")


class PlaceChoice(NamedChoice):
    """A county or township, the latter with its county in front."""

    def label_from_instance(self, obj: Division) -> str:
        """Name a place."""
        return f"{label(obj.parent)} {label(obj)}" if obj.level == "township" and obj.parent else label(obj)


def _kinds(empty: Any) -> list[tuple[str, Any]]:
    return [("", empty), *((code, kind.name) for code, kind in KINDS.items())]


def _lines(empty: Any) -> list[tuple[str, Any]]:
    return [("", empty), *WORK_LINES.items()]


def numbers_in(text: str, least: int, most: int) -> list[int]:
    """Read numbers as people write them: 6-9、12.

    Raises:
        ValidationError: when something else stands there, or a number is out of range.
    """
    found: set[int] = set()
    for part in filter(None, APART.split(text.strip())):
        match = re.fullmatch(r"([0-9]{1,2})(?:[-–—~]([0-9]{1,2}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not (match and least <= first <= last <= most):
            raise forms.ValidationError(_("请写成 6-9、12 这样，数在 %(a)s 到 %(b)s 之间。") % {"a": least, "b": most})
        found |= set(range(first, last + 1))
    return sorted(found)


class RuleForm(forms.Form):
    """One dispatch rule; what is left empty is not looked at."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False)
    work_line = forms.ChoiceField(label=gettext_lazy("条线"), required=False)
    place = PlaceChoice(label=gettext_lazy("地方"), queryset=Division.objects.none(), required=False)
    any_of = forms.CharField(
        label=gettext_lazy("有任一词"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("词之间用顿号或空格隔开。"),
    )
    none_of = forms.CharField(label=gettext_lazy("没有词"), required=False, max_length=400)
    months = forms.CharField(
        label=gettext_lazy("月份"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("例如 6-9、12；空着就是全年。"),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("星期"),
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS, start=1)),
        widget=forms.CheckboxSelectMultiple,
    )
    hour_from = forms.IntegerField(label=gettext_lazy("从几时"), required=False, min_value=0, max_value=23)
    hour_to = forms.IntegerField(
        label=gettext_lazy("到几时（不含）"),
        required=False,
        min_value=0,
        max_value=24,
        help_text=gettext_lazy("夜间可以跨零点，例如 22 到 6。"),
    )
    unit = NamedChoice(label=gettext_lazy("派给"), queryset=Unit.objects.none())
    basis = forms.CharField(label=gettext_lazy("依据（文号、职责或会议）"), max_length=200)

    def __init__(self, user: Account, *args: Any, rule: RoutingRule | None = None, **kwargs: Any) -> None:
        if rule is not None:
            kwargs["initial"] = _initial(rule)
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = _kinds(_("各种"))  # type: ignore[attr-defined]
        self.fields["work_line"].choices = _lines(_("各条线"))  # type: ignore[attr-defined]
        self.fields["place"].queryset = places_of_rules(user)  # type: ignore[attr-defined]
        self.fields["place"].empty_label = _("全市")  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units_visible_to(user)  # type: ignore[attr-defined]
        self.fields["unit"].empty_label = _("请选择")  # type: ignore[attr-defined]

    def clean_months(self) -> list[int]:
        """Read the months."""
        return numbers_in(self.cleaned_data["months"], 1, 12)

    def clean_any_of(self) -> list[str]:
        """Read the words of which one must stand in the text."""
        return _words(self.cleaned_data["any_of"])

    def clean_none_of(self) -> list[str]:
        """Read the words of which none may stand in the text."""
        return _words(self.cleaned_data["none_of"])

    def clean(self) -> dict[str, Any]:
        """Hours come in twos; the place becomes the beginning of a code."""
        data = super().clean() or {}
        first, end = data.get("hour_from"), data.get("hour_to")
        if (first is None) != (end is None) or (first is not None and first == end):
            self.add_error("hour_to", _("钟点要写两个，并且不同。"))
        place = data.get("place")
        data["place"] = place.code if place is not None and place.level != "prefecture" else ""
        return data


def _words(text: str) -> list[str]:
    words = list(dict.fromkeys(filter(None, APART.split(text.strip()))))
    if len(words) > MOST_WORDS:
        raise forms.ValidationError(_("最多 %(n)s 个词。") % {"n": MOST_WORDS})
    return words


def _initial(rule: RoutingRule) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "work_line": rule.work_line,
        "place": rule.place,
        "any_of": "、".join(rule.any_of),
        "none_of": "、".join(rule.none_of),
        "months": "、".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans(rule.months)),
        "weekdays": rule.weekdays,
        "hour_from": rule.hour_from,
        "hour_to": rule.hour_to,
        "unit": rule.unit_id,
        "basis": rule.basis,
    }


class CaseForm(forms.Form):
    """Something that comes in, to be sent through the rules, and perhaps kept as a case."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    work_line = forms.ChoiceField(label=gettext_lazy("条线"), choices=list(WORK_LINES.items()))
    place = PlaceChoice(label=gettext_lazy("地方"), queryset=Division.objects.none(), empty_label=None)
    on = forms.DateField(label=gettext_lazy("日期"), widget=DayInput())
    hour = forms.IntegerField(label=gettext_lazy("钟点"), min_value=0, max_value=23)
    text = forms.CharField(
        label=gettext_lazy("来件文字"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写事情本身，不要写人名、电话、门牌。"),
    )
    expected = NamedChoice(label=gettext_lazy("应派部门"), queryset=Unit.objects.none(), required=False)

    def __init__(self, user: Account, *args: Any, **kwargs: Any) -> None:
        now = timezone.localtime()
        kwargs.setdefault("initial", {"on": now.date(), "hour": now.hour, "kind": "resident_request"})
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, kind.name) for code, kind in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["place"].queryset = places_of_rules(user)  # type: ignore[attr-defined]
        self.fields["expected"].queryset = units_visible_to(user)  # type: ignore[attr-defined]
        self.fields["expected"].empty_label = _("没有规则管，人工派")  # type: ignore[attr-defined]
