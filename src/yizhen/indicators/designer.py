"""The designer's form: what was typed, kept as it was typed, and the spec that it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from .indices.spec import MEANS, Spec
from .models import Indicator

SPARE = 3  # empty rows for new pillars
GROUP_FIELDS = ("code", "name_zh", "name_en", "parent", "weight")


@dataclass
class Line:
    """One row of the form: texts by field, what is wrong with it, and the indicator where it is one."""

    key: str
    texts: dict[str, str]
    errors: list[str] = field(default_factory=list)
    indicator: Indicator | None = None
    span: str = ""


@dataclass
class Form:
    """The whole form as texts, so that nothing typed is ever lost; ``errors`` by field."""

    texts: dict[str, Any]
    groups: list[Line]
    indicators: list[Line]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, errors: Mapping[str, list[str]]) -> None:
        """Put messages where they belong."""
        for key, messages in errors.items():
            kind, _colon, name = key.partition(":")
            lines = {"group": self.groups, "indicator": self.indicators}.get(kind, [])
            line = next((one for one in lines if one.key == name), None)
            (self.errors.setdefault(key, []) if line is None else line.errors).extend(messages)


def form_of(spec: Spec, catalogue: list[Indicator]) -> Form:
    """Return the form that says a spec."""
    otherwise = spec["otherwise"]
    texts = {
        "period": spec["period"], "category": spec["category"], "together": spec["together"],
        "imputation": spec["imputation"], "least": _number(100 * spec["least"]), "treatment": spec["treatment"],
        "most": str(spec["most"]), "normalisation": spec["normalisation"], "floor": _number(spec["floor"]),
        "shrink": spec["shrink"], **{f"mean_{level}": spec["means"].get(level, "arithmetic") for level in "234"},
        "o_weights": _number(100 * otherwise["weights"]), "o_normalisations": otherwise["normalisations"],
        "o_means": otherwise["means"], "o_treatments": otherwise["treatments"],
        "o_floors": bool(otherwise["floors"]), "o_dropout": otherwise["dropout"],
    }  # fmt: skip
    groups = [
        Line(str(at), {**{name: str(one[name]) for name in GROUP_FIELDS}, "weight": _number(one["weight"])})
        for at, one in enumerate(spec["groups"])
    ]
    groups += [Line(str(len(groups) + at), dict.fromkeys(GROUP_FIELDS, "")) for at in range(SPARE)]
    inside = {one["code"]: one for one in spec["indicators"]}
    lines = [Line(one.code, _texts(inside.get(one.code)), indicator=one) for one in catalogue]
    return Form(texts, groups, lines)


def _texts(one: Mapping[str, Any] | None) -> dict[str, str]:
    if one is None:
        return {"in": "", "weight": "1", "worst": "", "best": ""}
    return {
        "in": one["parent"] or "-", "weight": _number(one["weight"]), "worst": _number(one["worst"]),
        "best": _number(one["best"]),
    }  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 6):.10g}"


def posted(data: QueryDict, catalogue: list[Indicator]) -> Form:
    """Return the form as it was sent."""
    texts: dict[str, Any] = {
        name: data.get(name, "").strip()
        for name in (
            "period", "category", "imputation", "least", "treatment", "most", "normalisation", "floor", "mean_2", "mean_3",
            "mean_4", "o_weights",
        )
    }  # fmt: skip
    texts |= {name: name in data for name in ("together", "shrink", "o_floors", "o_dropout")}
    texts |= {name: data.getlist(name) for name in ("o_normalisations", "o_means", "o_treatments")}
    count = 0
    while f"g{count}_code" in data and count < 60:
        count += 1
    groups = [
        Line(str(at), {name: data.get(f"g{at}_{name}", "").strip() for name in GROUP_FIELDS}) for at in range(count)
    ]
    lines = [
        Line(
            one.code,
            {name: data.get(f"i_{one.code}_{name}", "").strip() for name in ("in", "weight", "worst", "best")},
            indicator=one,
        )
        for one in catalogue
    ]
    return Form(texts, groups, lines)


def spec_of(form: Form, before: Spec) -> Spec:
    """Return the spec that a form says; what is no number is marked at its field and taken as nought."""
    texts = form.texts
    otherwise = {
        **before["otherwise"],
        "weights": _share(form, "o_weights"), "normalisations": texts["o_normalisations"], "means": texts["o_means"],
        "treatments": texts["o_treatments"], "floors": [1.0, 5.0, 10.0] if texts["o_floors"] else [],
        "dropout": texts["o_dropout"],
    }  # fmt: skip
    groups = [
        {**{name: line.texts[name] for name in ("code", "parent", "name_zh", "name_en")}, "weight": _of(line, "weight") or 0.0}
        for line in form.groups
        if any(line.texts[name] for name in ("code", "name_zh", "name_en"))
    ]  # fmt: skip
    form.groups[:] = [line for line in form.groups if any(line.texts[name] for name in ("code", "name_zh", "name_en"))]
    for at, line in enumerate(form.groups):
        line.key = str(at)
    form.groups += [Line(str(len(form.groups) + at), dict.fromkeys(GROUP_FIELDS, "")) for at in range(SPARE)]
    return {
        **before,
        "period": texts["period"], "category": texts["category"], "together": texts["together"], "groups": groups,
        "indicators": [
            {
                "code": line.key, "parent": "" if line.texts["in"] == "-" else line.texts["in"],
                "weight": _of(line, "weight") or 0.0, "worst": _of(line, "worst"), "best": _of(line, "best"),
            }
            for line in form.indicators if line.texts["in"]
        ],
        "imputation": texts["imputation"], "least": _share(form, "least"), "treatment": texts["treatment"],
        "most": int(_typed(form, "most", 5.0)), "normalisation": texts["normalisation"],
        "means": {level: texts[f"mean_{level}"] for level in "234" if texts[f"mean_{level}"] in MEANS},
        "floor": _typed(form, "floor", 1.0), "shrink": texts["shrink"], "otherwise": otherwise,
    }  # fmt: skip


def _share(form: Form, name: str) -> float:
    value = _typed(form, name, 0.0) / 100
    if not 0 <= value <= 1 or (name == "o_weights" and value >= 1):
        form.refuse({name: [_("写成 0 到 100 之间的百分数。")]})
        return 0.0
    return round(value, 8)


def _typed(form: Form, name: str, otherwise: float) -> float:
    try:
        value = float(form.texts[name])
    except ValueError:
        form.refuse({name: [_("这里要填一个数。")]})
        return otherwise
    if not abs(value) < 1e12:
        form.refuse({name: [_("这里要填一个数。")]})
        return otherwise
    return value


def _of(line: Line, name: str) -> float | None:
    text = line.texts[name].replace(",", "").replace("，", "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e15:
        line.errors.append(_("“%(text)s”不是数字。") % {"text": text[:20]})
        return None
    return value
