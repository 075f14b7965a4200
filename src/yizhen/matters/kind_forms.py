"""Forms of a kind: its names and way, clocks and fields as rows, texts; and back from the forms to its JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import SUSPENSION_REASONS

from .clock_words import SUSPENSION_NAMES
from .kinds import WORK_LINES
from .kinds.spec import FIELD_TYPES, STAGES
from .lifecycle import VERB_NAMES, Verb
from .lifecycle_words import UNIT_NAMES

ENTRY_NAMES = {
    "reported": _("从上报开始：核实或受理以后立案"),
    "filed": _("从立案开始：登记以后派遣"),
    "new": _("直接交办给一个地方或部门"),
}
OPENER_NAMES = {
    "office": _("市、县办公室"),
    "department": _("部门"),
    "township": _("乡镇（街道）、村（社区）"),
    "grid": _("网格员"),
    "resident": _("居民（不用账号）"),
}
TYPE_NAMES = {"text": _("文字"), "number": _("数字"), "choice": _("选择"), "yes_no": _("是或否"), "date": _("日期")}
STAGE_NAMES = {"open": _("登记时填"), "result": _("报告办结时填")}
EMPTY_ROWS = 2
TRAITS = ("checks", "asks_verdict", "may_object", "may_withdraw", "sealed")


def several(label: Any, names: Mapping[Any, Any], *, required: bool = True) -> forms.MultipleChoiceField:
    """Return a field of ticks."""
    choices = [(str(code), name) for code, name in names.items()]
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=required, widget=forms.CheckboxSelectMultiple
    )


class CopyForm(forms.Form):
    """How the copy of a kind is to be called."""

    code = forms.CharField(label=_("代码"), max_length=24, help_text=_("小写英文，例如 tree_felling"))
    letter = forms.CharField(label=_("编号字母"), max_length=2)
    name_zh = forms.CharField(label=_("中文名称"), max_length=40)
    name_en = forms.CharField(label=_("英文名称"), max_length=60)


class KindForm(forms.Form):
    """Names and way of a kind. The reply texts are fields of their own, ``text_<step>``."""

    name_zh = forms.CharField(label=_("中文名称"), max_length=40)
    name_en = forms.CharField(label=_("英文名称"), max_length=60)
    letter = forms.CharField(label=_("编号字母"), max_length=2)
    work_line = forms.ChoiceField(label=_("条线"), choices=[("", _("登记时选")), *WORK_LINES.items()], required=False)
    source = forms.CharField(label=_("依据"), max_length=300, required=False)
    entry = forms.ChoiceField(label=_("怎样开始"), choices=list(ENTRY_NAMES.items()))
    openers = several(_("谁可以登记"), OPENER_NAMES, required=False)
    checks = forms.BooleanField(label=_("上报以后先核实，可以当场解决"), required=False)
    asks_verdict = forms.BooleanField(label=_("核验以后由诉求人评价，满意才销号"), required=False)
    may_object = forms.BooleanField(label=_("承办方可以提出异议退回"), required=False)
    may_withdraw = forms.BooleanField(label=_("没有接收以前派件方可以撤回"), required=False)
    sealed = forms.BooleanField(label=_("保密：诉求人信息加密，看一次留一次痕"), required=False)
    reviews = forms.TypedChoiceField(
        label=_("复查复核"), choices=[(0, _("没有")), (2, _("复查一次、复核一次"))], coerce=int
    )
    suspensions = several(
        _("可以中止计时的理由（只有法规列出的）"),
        {code: SUSPENSION_NAMES.get(code, code) for code in SUSPENSION_REASONS},
        required=False,
    )
    look_back_days = forms.RegexField(
        r"^\s*(\d{1,3}([,，、\s]+\d{1,3})*)?\s*$",
        label=_("销号后第几天回头看"),
        required=False,
        help_text=_("例如 30, 90；没有就空着"),
    )
    notice_days = forms.IntegerField(label=_("超期督办后几天内答复"), required=False, help_text=_("空着就不发督办单"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for verb, name in VERB_NAMES.items():
            self.fields[f"text_{verb}"] = forms.CharField(
                label=name, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields of reply texts."""
        return [self[name] for name in self.fields if name.startswith("text_")]

    @property
    def main(self) -> list[forms.BoundField]:
        """All other fields."""
        return [self[name] for name in self.fields if not name.startswith("text_")]


class ClockForm(forms.Form):
    """One clock. A row without a code is left out."""

    code = forms.CharField(label=_("代码"), max_length=32, required=False)
    name_zh = forms.CharField(label=_("中文名称"), max_length=40, required=False)
    name_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)
    amount = forms.IntegerField(label=_("多久"), required=False)
    unit = forms.ChoiceField(
        label=_("单位"), choices=[(code, name) for code, name in UNIT_NAMES.items()], required=False
    )
    governs = forms.BooleanField(label=_("决定事项的期限"), required=False, initial=True)
    starts = several(_("哪一步开始"), VERB_NAMES, required=False)
    stops = several(_("哪一步停止"), VERB_NAMES, required=False)
    extension_amount = forms.IntegerField(label=_("可延长多久"), required=False, help_text=_("空着就不能延长"))
    extension_times = forms.IntegerField(label=_("最多几次"), required=False, initial=1)
    extension_max = forms.IntegerField(label=_("全部最长"), required=False)
    approver = forms.CharField(label=_("谁批准"), max_length=40, required=False)
    source = forms.CharField(label=_("依据"), max_length=300, required=False)


class FieldForm(forms.Form):
    """One field. A row without a code is left out."""

    code = forms.CharField(label=_("代码"), max_length=32, required=False)
    name_zh = forms.CharField(label=_("中文名称"), max_length=40, required=False)
    name_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)
    type = forms.ChoiceField(
        label=_("类型"), choices=[(code, TYPE_NAMES[code]) for code in FIELD_TYPES], required=False
    )
    stage = forms.ChoiceField(
        label=_("什么时候填"), choices=[(code, STAGE_NAMES[code]) for code in STAGES], required=False
    )
    required = forms.BooleanField(label=_("必填"), required=False)
    unit = forms.CharField(label=_("数字的单位"), max_length=12, required=False)
    choices = forms.CharField(
        label=_("选项（每行一个）"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    most = forms.IntegerField(label=_("法规的最大值"), required=False)
    most_source = forms.CharField(label=_("最大值的依据"), max_length=300, required=False)


CLOCK_NAMES = {
    "extension": "extension_amount", "extension.amount": "extension_amount", "extension.times": "extension_times",
}  # fmt: skip
ClockRows = forms.formset_factory(ClockForm, extra=EMPTY_ROWS, max_num=20, absolute_max=24)
FieldRows = forms.formset_factory(FieldForm, extra=EMPTY_ROWS, max_num=30, absolute_max=34)


class KindDesk:
    """All forms of a draft together: filled from its JSON or from a request, and back to JSON."""

    def __init__(self, spec: Mapping[str, Any], posted: Any = None) -> None:
        self.spec = spec
        self.main = KindForm(posted, initial=_main_initial(spec))
        self.clocks = ClockRows(posted, prefix="clocks", initial=[_clock_initial(clock) for clock in spec["clocks"]])
        self.fields = FieldRows(posted, prefix="fields", initial=[_field_initial(each) for each in spec["fields"]])
        self.other: list[str] = []

    def is_valid(self) -> bool:
        """Whether everything typed is of the right type; what it means is checked with the kind."""
        return all([self.main.is_valid(), self.clocks.is_valid(), self.fields.is_valid()])

    @property
    def has_errors(self) -> bool:
        """Whether something is to be put right."""
        rows = (*self.clocks.forms, *self.fields.forms)
        return bool(self.other) or any(form.is_bound and form.errors for form in (self.main, *rows))

    @property
    def result(self) -> dict[str, Any]:
        """The kind's JSON as the forms say it."""
        data = self.main.cleaned_data
        days = data["look_back_days"].replace("，", " ").replace("、", " ").replace(",", " ").split()
        names = (
            "name_zh",
            "name_en",
            "letter",
            "work_line",
            "source",
            "entry",
            "openers",
            "reviews",
            "suspensions",
            "notice_days",
        )
        return {
            **self.spec,
            **{name: data[name] for name in (*names, *TRAITS)},
            "look_back_days": [int(day) for day in days],
            "clocks": [_clock(form.cleaned_data) for form in _filled(self.clocks)],
            "fields": [_field(form.cleaned_data) for form in _filled(self.fields)],
            "texts": {verb.value: text.strip() for verb in Verb if (text := data[f"text_{verb}"]).strip()},
        }

    def tell(self, problems: Mapping[str, list[str]]) -> None:
        """Put what is wrong with the kind where it was typed, by its path in the JSON."""
        for path, texts in problems.items():
            part, _dot, rest = path.partition(".")
            if part in {"clocks", "fields"} and rest:
                number, _dot, name = rest.partition(".")
                form = _filled(getattr(self, part))[int(number)]
                form.add_error(CLOCK_NAMES.get(name, name), texts)
            elif part == "texts":
                self.main.add_error(f"text_{rest}" if f"text_{rest}" in self.main.fields else None, texts)
            elif part in self.main.fields:
                self.main.add_error(part, texts)
            else:
                self.other += texts


def _filled(rows: Any) -> list[Any]:
    return [form for form in rows.forms if form.cleaned_data.get("code")]


def _main_initial(spec: Mapping[str, Any]) -> dict[str, Any]:
    days = ", ".join(str(day) for day in spec["look_back_days"])
    return {**spec, "look_back_days": days} | {f"text_{verb}": text for verb, text in spec["texts"].items()}


def _clock_initial(clock: Mapping[str, Any]) -> dict[str, Any]:
    more = clock["extension"] or {}
    return {
        **clock,
        "extension_amount": more.get("amount"),
        "extension_times": more.get("times", 1),
        "extension_max": more.get("period_max"),
        "approver": more.get("approver", ""),
    }


def _field_initial(each: Mapping[str, Any]) -> dict[str, Any]:
    return {**each, "choices": "\n".join(each["choices"])}


def _clock(data: Mapping[str, Any]) -> dict[str, Any]:
    more = None
    if data["extension_amount"] is not None:
        more = {
            "amount": data["extension_amount"],
            "times": 1 if data["extension_times"] is None else data["extension_times"],
            "period_max": data["extension_max"],
            "approver": data["approver"],
        }
    kept = ("code", "name_zh", "name_en", "starts", "stops", "unit", "governs", "source")
    return {**{name: data[name] for name in kept}, "amount": data["amount"] or 0, "extension": more}


def _field(data: Mapping[str, Any]) -> dict[str, Any]:
    choices = [line.strip() for line in data["choices"].splitlines() if line.strip()]
    kept = ("code", "name_zh", "name_en", "type", "stage", "required", "unit", "most", "most_source")
    return {**{name: data[name] for name in kept}, "choices": choices}
