"""What changed between two versions of an index, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.web.templatetags.yizhen import label

from .spec import Spec
from .words import IMPUTATION_NAMES, MEAN_NAMES, MEANS_OTHERWISE_NAMES, NORMALISATION_NAMES, treatment_name

CHOICES = {
    "period": gettext_lazy("期间"), "category": gettext_lazy("哪些地方"), "together": gettext_lazy("可以一起比"),
    "imputation": gettext_lazy("缺数"), "least": gettext_lazy("最少的数据"), "treatment": gettext_lazy("离群值"),
    "most": gettext_lazy("最多收拢几个"), "normalisation": gettext_lazy("标准化"), "floor": gettext_lazy("保底分"),
    "shrink": gettext_lazy("数少的向同类靠拢"),
}  # fmt: skip


def differences(before: Spec, after: Spec, names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (what, before, after) of everything that differs; "—" where there was or is nothing."""
    for key, title in CHOICES.items():
        if before[key] != after[key]:
            yield str(title), _in_words(key, before[key]), _in_words(key, after[key])
    for level, words in (("2", _("支柱之内的汇总")), ("3", _("往上一层的汇总")), ("4", _("再往上一层的汇总"))):
        old, new = (spec["means"].get(level, "arithmetic") for spec in (before, after))
        if old != new:
            yield words, str(MEAN_NAMES[old]), str(MEAN_NAMES[new])
    yield from _rows(
        before["groups"], after["groups"], {one["code"]: label(one) for one in [*before["groups"], *after["groups"]]}
    )
    yield from _rows(before["indicators"], after["indicators"], names)
    if before["otherwise"] != after["otherwise"]:
        yield _("别的合理做法"), _otherwise(before["otherwise"]), _otherwise(after["otherwise"])


def _rows(
    before: list[dict[str, Any]], after: list[dict[str, Any]], names: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    old, new = ({one["code"]: one for one in rows} for rows in (before, after))
    for code in sorted({*old, *new}):
        if old.get(code) != new.get(code):
            yield names.get(code, code), _row(old.get(code)), _row(new.get(code))


def _row(one: dict[str, Any] | None) -> str:
    if one is None:
        return "—"
    words = [
        _("在 %(parent)s") % {"parent": one["parent"] or _("总分")},
        _("权重 %(weight)s") % {"weight": f"{one['weight']:g}"},
    ]
    if one.get("worst") is not None or one.get("best") is not None:
        worst, best = ("—" if one[name] is None else f"{one[name]:g}" for name in ("worst", "best"))
        words.append(_("标准 %(worst)s → %(best)s") % {"worst": worst, "best": best})
    if "name_zh" in one:
        words.append(label(one))
    return _("，").join(words)


def _in_words(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if key == "least":
        return f"{100 * value:.0f}%"
    if key == "treatment":
        return treatment_name(value)
    named = {"imputation": IMPUTATION_NAMES, "normalisation": NORMALISATION_NAMES}.get(key)
    return str(named[value]) if named else str(value) or _("全部")


def _otherwise(said: Mapping[str, Any]) -> str:
    words = [_("权重 ±%(n)s%%") % {"n": f"{100 * said['weights']:g}"}]
    words += [str(NORMALISATION_NAMES[name]) for name in said["normalisations"]]
    words += [str(MEANS_OTHERWISE_NAMES[name]) for name in said["means"]]
    words += [treatment_name(name) for name in said["treatments"]]
    words += [_("保底分 %(floor)s") % {"floor": f"{one:g}"} for one in said["floors"]]
    if said["dropout"]:
        words.append(_("每次可能少一项指标"))
    return _("、").join(words)
