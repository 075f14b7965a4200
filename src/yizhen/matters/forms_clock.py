"""The form that counts a period."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.clocks import DeadlineRule, Unit
from yizhen.places.models import Division
from yizhen.web.fields import DayInput, NamedChoice
from yizhen.web.templatetags.yizhen import label

from .clock_rules import ClockRule, clock_rules
from .clock_words import SUSPENSION_NAMES, amount_in_words

UNITS = {
    Unit.WORKING_DAY: gettext_lazy("工作日"),
    Unit.NATURAL_DAY: gettext_lazy("自然日"),
    Unit.MONTH: gettext_lazy("月"),
    Unit.HOUR: gettext_lazy("小时"),
}
MOST = {Unit.WORKING_DAY: 500, Unit.NATURAL_DAY: 750, Unit.MONTH: 24, Unit.HOUR: 999}
YEARS = (date(2000, 1, 1), date(2100, 12, 31))


def _day(label_: Any, **kwargs: Any) -> forms.DateField:
    widget = DayInput()
    return forms.DateField(label=label_, widget=widget, **kwargs)


def rule_choices() -> list[tuple[str, Any]]:
    """Return the periods in groups by matter, in the page's language."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, one in clock_rules().items():
        matter = label({"zh": one.matter_zh, "en": one.matter_en})
        begins, ends = label({"zh": one.name_zh, "en": one.name_en}), label({"zh": one.result_zh, "en": one.result_en})
        text = f"{begins} → {ends}"
        groups.setdefault(matter, []).append((code, f"{text} · {amount_in_words(one.rule.amount, one.rule.unit)}"))
    return [("", _("自己填")), *groups.items()]


class ClockForm(forms.Form):
    """A period to count: one of the shipped rules, or an amount of one's own; where, and from which day."""

    rule = forms.ChoiceField(label=gettext_lazy("哪个期限"), required=False, choices=rule_choices)
    amount = forms.IntegerField(label=gettext_lazy("或者：多少"), required=False, min_value=0, max_value=999)
    unit = forms.TypedChoiceField(
        label=gettext_lazy("单位"),
        required=False,
        choices=list(UNITS.items()),
        coerce=Unit,
        empty_value=Unit.WORKING_DAY,
    )
    start = _day(gettext_lazy("从哪天起"), help_text=gettext_lazy("事情发生、收到的那天；这天不计。"))
    time = forms.TimeField(
        label=gettext_lazy("几点（按小时算的才要）"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    place = NamedChoice(label=gettext_lazy("地方"), queryset=Division.objects.none())
    extend = forms.IntegerField(label=gettext_lazy("延长多少"), required=False, min_value=1, max_value=999)
    halted_from = _day(gettext_lazy("中止：第一天"), required=False)
    halted_until = _day(
        gettext_lazy("中止：最后一天"),
        required=False,
        help_text=gettext_lazy("还没有恢复的，空着。补正的，填收到补正的那天。"),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么中止"), required=False, choices=[("", "—"), *SUSPENSION_NAMES.items()]
    )

    def __init__(self, *args: Any, places: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places

    def clean_start(self) -> date:
        """Keep to the years in which laws of today mean something."""
        return self._in_years("start")

    def clean_halted_from(self) -> date | None:
        """The same for a suspension."""
        return self._in_years("halted_from") if self.cleaned_data["halted_from"] else None

    def clean_halted_until(self) -> date | None:
        """The same for its end."""
        return self._in_years("halted_until") if self.cleaned_data["halted_until"] else None

    def _in_years(self, field: str) -> date:
        day: date = self.cleaned_data[field]
        if not YEARS[0] <= day <= YEARS[1]:
            raise forms.ValidationError(_("请填 2000 年到 2100 年之间的日子。"))
        return day

    def clean(self) -> dict[str, Any]:
        """Find the rule: a shipped one, or one's own amount."""
        data = super().clean() or {}
        amount, unit = data.get("amount"), data.get("unit") or Unit.WORKING_DAY
        known = clock_rules().get(data.get("rule", ""))
        if known is None and amount is None and not self.errors.get("amount") and not self.errors.get("rule"):
            self.add_error("rule", _("请选一个期限，或者自己填多少天。"))
        if known is None and amount is not None and amount > MOST[unit]:
            self.add_error("amount", _("最多 %(n)s。") % {"n": amount_in_words(MOST[unit], unit)})
        if bool(data.get("reason")) != bool(data.get("halted_from")):
            self.add_error("reason" if not data.get("reason") else "halted_from", _("中止要填第一天和原因。"))
        if (
            data.get("halted_until")
            and data.get("start")
            and data["halted_until"] - data["start"] > timedelta(days=1830)
        ):
            self.add_error("halted_until", _("离起始日太远。"))
        data["known"] = known
        data["counted"] = known.rule if known else DeadlineRule("own", amount or 0, unit)
        return data


def first_values(place: Division | None) -> dict[str, Any]:
    """Return what the form shows at first: a rule that people know, today, one's own place."""
    first: ClockRule = clock_rules()["hotline.dispatched"]
    return {"rule": first.code, "start": timezone.localdate(), "place": place, "unit": Unit.WORKING_DAY}
