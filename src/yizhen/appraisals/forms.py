"""Forms of the appraisals room: rows of a configuration, the roll, comments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.web.fields import DayInput
from yizhen.web.templatetags.yizhen import label

from .choices import METHODS, RUIAN_IN_HUNDREDTHS, rule_problems
from .config import templates
from .models import Campaign
from .sealing import CLASS_CODE_LENGTH

MAX_ROWS = 40
QUORUM_NAMES = {
    "1/2": gettext_lazy("超过二分之一"),
    "2/3": gettext_lazy("不少于三分之二"),
    "4/5": gettext_lazy("不少于五分之四"),
}
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
COEFFICIENT = re.compile(r"0|1|0?\.[0-9]{1,6}|1\.0{1,6}")


@dataclass(frozen=True)
class Column:
    """One column of an editable table of rows."""

    name: str
    title: Any
    kind: str = "text"
    width: str = ""
    required: bool = True


GRADES = (
    Column("code", gettext_lazy("代码"), width="12rem"),
    Column("zh", gettext_lazy("等次")),
    Column("en", gettext_lazy("英文")),
    Column("coef", gettext_lazy("系数"), "decimal", "7rem"),
)
WEIGHTED = (
    Column("code", gettext_lazy("代码"), width="8rem"),
    Column("zh", gettext_lazy("名称")),
    Column("en", gettext_lazy("英文")),
    Column("weight", gettext_lazy("权重 %"), "integer", "5rem"),
)
CLASSES = (
    *WEIGHTED,
    Column("channel", gettext_lazy("投票方式"), "choice", "7.5rem", required=False),
    Column("quota", gettext_lazy("优秀名额 %"), "optional", "5.5rem", required=False),
)
CHANNELS = (("phone", gettext_lazy("手机")), ("paper", gettext_lazy("纸质票")))
OUTLINE = (
    Column("code", gettext_lazy("代码"), width="10rem"),
    Column("zh", gettext_lazy("标题")),
    Column("en", gettext_lazy("英文")),
    Column("cites", gettext_lazy("引用指标（代码，空格分开）"), "codes", required=False),
    Column("auto", gettext_lazy("自动起草"), "auto", "9rem", required=False),
)
AGENDA = (
    Column("zh", gettext_lazy("议程")),
    Column("en", gettext_lazy("英文")),
    Column("minutes", gettext_lazy("分钟"), "integer", "7rem"),
)
TABLES: dict[str, tuple[Column, ...]] = {
    "grades": GRADES,
    "classes": CLASSES,
    "items": WEIGHTED,
    "outline": OUTLINE,
    "agenda": AGENDA,
}


def read_rows(
    part: str, data: Mapping[str, str], before: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Read the rows of a table as typed; an empty row is dropped. Returns rows and errors keyed ``row.column``.

    What the table does not show of a row (the outline's ``must``) is kept by the row's code.
    """
    kept = {row.get("code"): row for row in before}
    rows: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for number in range(MAX_ROWS):
        typed = {column.name: data.get(f"{number}.{column.name}", "").strip() for column in TABLES[part]}
        if not any(text for name, text in typed.items() if name != "channel"):
            continue
        row = dict(kept.get(typed.get("code"), {}))
        for column in TABLES[part]:
            text = typed[column.name]
            key = f"{number}.{column.name}"
            if column.required and not text:
                errors[key] = _("必须填写。")
                row[column.name] = text
            elif column.kind == "integer":
                whole = text.isdecimal() and len(text) <= 4
                if not whole or int(text) > 1000:
                    errors[key] = _("请填写整数。")
                row[column.name] = int(text) if whole else text[:20]
            elif column.kind == "optional":
                if text and not (text.isdecimal() and 1 <= int(text[:4]) <= 100):
                    errors[key] = _("请填写 1 到 100 的整数，不限则留空。")
                row[column.name] = text[:4]
            elif column.kind == "choice":
                if text and text not in {code for code, _name in CHANNELS}:
                    errors[key] = _("请从列表里选。")
                row[column.name] = text or CHANNELS[0][0]
            elif column.kind == "decimal":
                if not COEFFICIENT.fullmatch(text):
                    errors[key] = _("请填写 0 到 1 之间的数。")
                row[column.name] = text
            elif column.name == "code":
                longest = CLASS_CODE_LENGTH if part == "classes" else 24
                if len(text) > longest or not CODE.fullmatch(text):
                    errors[key] = _("代码用英文字母、数字和下划线，最多 %(n)s 个。") % {"n": longest}
                row[column.name] = text
            elif column.kind == "codes":
                row[column.name] = [code.upper() for code in text.replace(",", " ").replace("、", " ").split()]
            else:
                row[column.name] = text
        rows.append(row)
    return rows, errors


def shown_rows(part: str, rows: list[dict[str, Any]], errors: dict[str, str]) -> list[list[dict[str, Any]]]:
    """Return the cells of a table for the template, with two empty rows to add to."""
    shown = []
    for number, row in enumerate([*rows, {}, {}]):
        cells = []
        for column in TABLES[part]:
            value = row.get(column.name, "")
            cells.append(
                {
                    "name": f"{number}.{column.name}",
                    "value": " ".join(value) if isinstance(value, list) else value,
                    "column": column,
                    "error": errors.get(f"{number}.{column.name}", ""),
                }
            )
        shown.append(cells)
    return shown


class NewCampaignForm(forms.Form):
    """The first step: which practice, which title."""

    kind = forms.ChoiceField(label=gettext_lazy("评议类型"))
    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    period = forms.CharField(label=gettext_lazy("述职期间（例如 2026年上半年）"), max_length=24)
    previous = forms.ModelChoiceField(label=gettext_lazy("上期评议"), queryset=Campaign.objects.none(), required=False)

    def __init__(self, campaigns: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, previous = self.fields["kind"], self.fields["previous"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(previous, forms.ModelChoiceField)
        kind.choices = [(row["code"], label(row)) for row in templates()]
        previous.queryset = campaigns


class BasicsForm(forms.Form):
    """Title, period and dates."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    period = forms.CharField(label=gettext_lazy("述职期间"), max_length=24)
    reports_due_on = forms.DateField(label=gettext_lazy("交稿日"), required=False, widget=DayInput())
    session_on = forms.DateField(label=gettext_lazy("会议日"), required=False, widget=DayInput())


METHOD_NAMES = {
    "mean": gettext_lazy("等次系数的加权平均"),
    "trimmed": gettext_lazy("去掉两端后的平均"),
    "median": gettext_lazy("中位数"),
    "step": gettext_lazy("按优秀率分段给分"),
}
DENOMINATOR_NAMES = {
    "valid": gettext_lazy("有效票（弃权、不了解不算）"),
    "returned": gettext_lazy("收回的票（弃权、不了解按 0 分）"),
    "issued": gettext_lazy("发出的票（没交回的也按 0 分）"),
}
EMPTY_CLASS_NAMES = {
    "renormalise": gettext_lazy("权重由其余各类分摊，并标明"),
    "void": gettext_lazy("不出结果"),
}
PUBLISH_NAMES = {
    "none": gettext_lazy("不向社会公开"),
    "group": gettext_lazy("只公开总体统计和整改承诺"),
    "all": gettext_lazy("公开各人总分和区间（不排名次）"),
}
COUNTING_FIELDS = (
    "method",
    "cut",
    "step",
    "step_otherwise",
    "step_negative_line",
    "step_negative_points",
    "denominator",
    "empty_class",
)
STEP = re.compile(r"\s*([0-9.]+)\s*%?\s*[=＝:：]\s*([0-9.]+)\s*")


def read_steps(text: str) -> list[list[str]]:
    """Read steps typed as ``90=100, 80=95``; a piece that is none is kept whole, for the rules to refuse.

    >>> read_steps("90=100, 80=95")
    [['90', '100'], ['80', '95']]
    """
    pieces = [piece for piece in re.split(r"[,，;；\n]", text) if piece.strip()]
    return [list(found.groups()) if (found := STEP.fullmatch(piece)) else [piece.strip(), ""] for piece in pieces]


class RulesForm(forms.Form):
    """The count, thresholds, quorum, publication and time limits."""

    method = forms.ChoiceField(label=gettext_lazy("总分的算法"), choices=list(METHOD_NAMES.items()))
    cut = forms.IntegerField(label=gettext_lazy("每端去掉几张（只用于去掉两端）"), min_value=0, max_value=20)
    step = forms.CharField(label=gettext_lazy("分段：优秀率=得分，从高到低（只用于分段给分）"), max_length=200)
    step_otherwise = forms.CharField(label=gettext_lazy("各段都达不到时的得分"), max_length=8)
    step_negative_line = forms.CharField(label=gettext_lazy("负面率界线，写成比例（例如 1/3）"), max_length=12)
    step_negative_points = forms.CharField(label=gettext_lazy("达到负面率界线时的得分"), max_length=8)
    denominator = forms.ChoiceField(label=gettext_lazy("除以什么"), choices=list(DENOMINATOR_NAMES.items()))
    empty_class = forms.ChoiceField(label=gettext_lazy("某类没有有效票时"), choices=list(EMPTY_CLASS_NAMES.items()))
    publish = forms.ChoiceField(label=gettext_lazy("反馈后向社会公开"), choices=list(PUBLISH_NAMES.items()))
    quorum = forms.ChoiceField(label=gettext_lazy("到会比例（不够不能开启投票）"), choices=list(QUORUM_NAMES.items()))
    min_valid_per_class = forms.IntegerField(
        label=gettext_lazy("每类最少有效票（不足则不显示该类）"), min_value=5, max_value=100
    )
    min_valid_total = forms.IntegerField(
        label=gettext_lazy("最少有效票总数（不足则不出结果）"), min_value=8, max_value=500
    )
    excellent = forms.ChoiceField(label=gettext_lazy("优秀率按哪一档计算"))
    negative = forms.MultipleChoiceField(label=gettext_lazy("负面率按哪些档计算"), widget=forms.CheckboxSelectMultiple)
    headline = forms.ChoiceField(label=gettext_lazy("总体评价项"))
    ballot = forms.ChoiceField(
        label=gettext_lazy("什么时候投票"),
        choices=[
            ("end", gettext_lazy("全部述职完，一次投票")),
            ("batch", gettext_lazy("每批述职完投一次")),
            ("speaker", gettext_lazy("每位点评完投一次（不能校正宽严，只比各自得分）")),
        ],
    )
    announce = forms.ChoiceField(
        label=gettext_lazy("计票后会场大屏"),
        choices=[
            ("none", gettext_lazy("只显示票根，不宣布结果")),
            ("hall", gettext_lazy("当场宣布总分和区间（不排名）")),
        ],
    )
    spoken_minutes = forms.IntegerField(label=gettext_lazy("述职限时（分钟）"), min_value=1, max_value=60)
    written_chars_max = forms.IntegerField(label=gettext_lazy("报告字数上限"), min_value=200, max_value=20000)
    questions_minutes = forms.IntegerField(label=gettext_lazy("提问限时（分钟）"), min_value=1, max_value=60)
    comment_minutes = forms.IntegerField(label=gettext_lazy("点评限时（分钟）"), min_value=1, max_value=60)

    def __init__(self, config: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = [(row["code"], label(row)) for row in config["grades"]]
        for name, choices in (
            ("excellent", grades),
            ("negative", grades),
            ("headline", [(row["code"], label(row)) for row in config["items"]]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    @property
    def counting(self) -> list[forms.BoundField]:
        """The fields that say how the total is made."""
        return [self[name] for name in COUNTING_FIELDS]

    @property
    def others(self) -> list[forms.BoundField]:
        """All other fields."""
        return [field for field in self.visible_fields() if field.name not in COUNTING_FIELDS]

    def clean(self) -> dict[str, Any]:
        """Refuse, at the field, what does not go together."""
        data = super().clean() or {}
        if self.errors:
            return data
        for field, message in rule_problems({**data, "step": self._step()}).items():
            self.add_error(field, message)
        return data

    def _step(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "steps": read_steps(data["step"]),
            "otherwise": data["step_otherwise"].strip(),
            "negative_line": data["step_negative_line"].strip(),
            "negative_points": data["step_negative_points"].strip(),
        }

    @staticmethod
    def initial_of(config: dict[str, Any]) -> dict[str, Any]:
        """Return the form's values of a configuration."""
        return {
            "ballot": "end",
            "announce": "none",
            "method": METHODS[0],
            "cut": 1,
            "denominator": "valid",
            "empty_class": "renormalise",
            "publish": "none",
            **config["rules"],
            **_steps_shown(config["rules"].get("step") or RUIAN_IN_HUNDREDTHS),
            "spoken_minutes": config["limits"]["spoken_minutes"],
            "written_chars_max": config["limits"]["written_chars_max"],
            "questions_minutes": config["minutes"]["questions"],
            "comment_minutes": config["minutes"]["comment"],
        }

    def parts(self, config: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the parts of the configuration that this form sets."""
        data = self.cleaned_data
        rules = {
            key: data[key]
            for key in (
                "quorum",
                "min_valid_per_class",
                "min_valid_total",
                "excellent",
                "negative",
                "headline",
                "ballot",
                "announce",
                "method",
                "cut",
                "denominator",
                "empty_class",
                "publish",
            )
        }
        return {
            "rules": {**config["rules"], **rules, "step": self._step()},
            "limits": {"spoken_minutes": data["spoken_minutes"], "written_chars_max": data["written_chars_max"]},
            "minutes": {
                "report": data["spoken_minutes"],
                "questions": data["questions_minutes"],
                "comment": data["comment_minutes"],
            },
        }


def _steps_shown(step: Mapping[str, Any]) -> dict[str, str]:
    """Return a step function as the form shows it."""
    return {
        "step": ", ".join(f"{line}={points}" for line, points in step["steps"]),
        "step_otherwise": str(step["otherwise"]),
        "step_negative_line": str(step["negative_line"]),
        "step_negative_points": str(step["negative_points"]),
    }


def read_roll(data: Mapping[str, str], classes: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Read the roll: one text area a class, one person a line."""
    return {
        row["code"]: [line.strip() for line in data.get(f"roll.{row['code']}", "").splitlines() if line.strip()]
        for row in classes
    }


def read_problems(data: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read the problems of a leader's comment; empty rows are dropped, half-filled ones kept for the errors."""
    problems = []
    for number in range(5):
        typed = {
            name: data.get(f"problems.{number}.{name}", "").strip()
            for name in ("fact", "requirement", "owner", "due_on", "indicator", "work_line")
        }
        if not (typed["fact"] or typed["requirement"] or typed["owner"]):
            continue
        problems.append(
            {
                **typed,
                "due_on": read_day(typed["due_on"]),
                "work_line": typed["work_line"] or "livelihood",
            }
        )
    return problems


def read_day(text: str) -> date | None:
    """Read a day as a browser's date field writes it; None for none."""
    try:
        return parse_date(text)
    except ValueError:  # written like a date, but there is no such day
        return None
