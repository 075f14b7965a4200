"""What an index is made of, as plain values that can be stored, hashed and compared: the designer's form in writing.

A spec is a dict with the keys of :data:`EMPTY`. ``groups`` are pillars (parent "") and sub-pillars, ``indicators`` name
their group, weight and goalposts. Directions and denominators are those of the catalogue.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yizhen.indicators.forbidden import forbidden_measure
from yizhen.indicators.models import DOMAINS, Indicator
from yizhen.indicators.periods import PATTERNS, fits

ROOT = "index"  # the code of the index itself in the tree
RESERVED = (ROOT, "unit", "place", "category")  # what the tables have already
IMPUTATIONS = ("none", "mean", "median")
TREATMENTS = ("none", "winsorise", "log")
NORMALISATIONS = ("goalposts", "minmax", "zscore", "rank", "distance")
MEANS = ("arithmetic", "geometric", "harmonic", "mazziotta-pareto")
MEANS_OTHERWISE = ("arithmetic", "across", "geometric")
NEEDS_BOTH, NEEDS_TARGET = ("goalposts",), ("goalposts", "distance")

Spec = dict[str, Any]
EMPTY: Spec = {
    "period": "",
    "category": "",  # one peer group, or all of them
    "together": False,  # whether places of different categories may be put in one order
    "groups": [],
    "indicators": [],
    "imputation": "none",
    "least": 0.6,
    "treatment": "none",
    "most": 5,
    "normalisation": "goalposts",
    "means": {"2": "arithmetic", "3": "geometric"},  # by level: 2 takes the mean of indicators, and so on upwards
    "floor": 1.0,
    "shrink": False,
    "otherwise": {
        "weights": 0.25,
        "levels": [],
        "normalisations": ["goalposts", "minmax"],
        "means": ["across", "arithmetic"],
        "treatments": [],
        "floors": [],
        "dropout": True,
    },
}


def empty_spec(period: str) -> Spec:
    """Return where a designer starts: the four domains as pillars, nothing in them, and the careful choices."""
    made: Spec = json.loads(json.dumps(EMPTY))
    made["period"] = period
    made["groups"] = [
        {"code": code, "parent": "", "weight": 25.0, "name_zh": str(name), "name_en": code.replace("_", " ").capitalize()}
        for code, name in DOMAINS.items()
    ]  # fmt: skip
    return made


def canonical(value: Any) -> str:
    """Return the one text that a value has: the same for the same spec, whatever the order of its keys."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(value: Any) -> str:
    """Return the SHA-256 of a value's canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def used_groups(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the groups that hold an indicator, directly or further down; an empty pillar is no part of the index."""
    parents = {group["code"]: group["parent"] for group in spec["groups"]}
    used: set[str] = set()
    for one in spec["indicators"]:
        at = one["parent"]
        while at and at not in used:
            used.add(at)
            at = parents.get(at, "")
    return [group for group in spec["groups"] if group["code"] in used]


def depth(spec: Mapping[str, Any]) -> int:
    """Return the level of the index itself: 2 above bare indicators, 3 above pillars, 4 above sub-pillars."""
    parents = {group["code"]: group["parent"] for group in spec["groups"]}
    deepest = 1
    for one in spec["indicators"]:
        at, steps = one["parent"], 1
        while at and steps < 9:
            at, steps = parents.get(at, ""), steps + 1
        deepest = max(deepest, steps)
    return deepest + 1


def check_spec(spec: Mapping[str, Any], catalogue: Mapping[str, Indicator]) -> None:
    """Refuse a spec that is no index, naming the field of the form.

    Raises:
        ValidationError: keyed by ``period``, ``group:<n>``, ``indicator:<code>`` and the names of the choices.
    """
    errors: dict[str, list[str]] = {}
    for field, message in _faults(spec, catalogue):
        errors.setdefault(field, []).append(message)
    if errors:
        raise ValidationError(errors)


def _faults(spec: Mapping[str, Any], catalogue: Mapping[str, Indicator]) -> Iterator[tuple[str, str]]:
    if not any(fits(spec["period"], frequency) for frequency in PATTERNS):
        yield "period", _("期间写成 2025、2025H2、2025Q4 或 2026-03。")
    yield from _group_faults(spec["groups"], {one["code"] for one in spec["indicators"]})
    if not spec["indicators"]:
        yield "indicators", _("还没有选指标：在表里给每项指标选一个支柱。")
    groups = {group["code"] for group in spec["groups"]}
    for one in spec["indicators"]:
        for message in _indicator_faults(spec, one, groups, catalogue.get(one["code"])):
            yield f"indicator:{one['code']}", message
    weighing: dict[str, float] = {}
    for node in [*used_groups(spec), *spec["indicators"]]:
        weighing[node["parent"]] = weighing.get(node["parent"], 0) + node["weight"]
    for group in spec["groups"]:
        if weighing.get(group["code"], 1) <= 0:
            yield "groups", _("“%(name)s”里的权重全是 0。") % {"name": group["name_zh"]}
    if weighing.get("", 1) <= 0:
        yield "groups", _("支柱的权重全是 0。")
    for name, options in (("imputation", IMPUTATIONS), ("treatment", TREATMENTS), ("normalisation", NORMALISATIONS)):
        if spec[name] not in options:
            yield name, _("请选择一种做法。")
    if not 0 <= spec["least"] <= 1:
        yield "least", _("最少的数据写成 0 到 100 的百分数。")
    if not 0.01 <= spec["floor"] <= 50:
        yield "floor", _("保底分在 0.01 到 50 之间：几何平均遇到 0 分就没有意义。")
    if not 0 <= spec["most"] <= 100:
        yield "most", _("收拢的个数在 0 到 100 之间。")
    if not _are_known(spec["otherwise"]):
        yield "otherwise", _("请选择一种做法。")
    if spec["treatment"] == "log" and spec["normalisation"] in NEEDS_TARGET:
        yield "treatment", _("取对数以后，目标值就不是原来的单位了：用固定标准时不要取对数。")


def _are_known(otherwise: Mapping[str, Any]) -> bool:
    """Return whether every other choice is one that can be computed; treatments may bring their own number, ``log:3``."""
    treatments = [one.split(":", 1) for one in otherwise["treatments"]]
    return (
        set(otherwise["normalisations"]) <= set(NORMALISATIONS)
        and set(otherwise["means"]) <= set(MEANS_OTHERWISE)
        and all(kind in TREATMENTS and all(most.isdecimal() for most in own) for kind, *own in treatments)
    )


def _group_faults(groups: list[dict[str, Any]], taken: set[str]) -> Iterator[tuple[str, str]]:
    codes = [group["code"] for group in groups]
    parents = {group["code"]: group["parent"] for group in groups}
    for number, group in enumerate(groups):
        field = f"group:{number}"
        if (
            not group["code"]
            or not group["code"].replace("_", "").replace("-", "").isalnum()
            or group["code"] in RESERVED
        ):
            yield field, _("支柱要有一个代码：字母、数字，不能是 index。")
        if codes.count(group["code"]) + (group["code"] in taken) > 1:
            yield field, _("代码“%(code)s”用了两次。") % {"code": group["code"]}
        if not group["name_zh"] or not group["name_en"]:
            yield field, _("请写中文和英文名称。")
        if group["parent"] and group["parent"] not in codes:
            yield field, _("没有代码为“%(code)s”的上级支柱。") % {"code": group["parent"]}
        if not 0 <= group["weight"] <= 1_000_000:
            yield field, _("权重是 0 以上的数。")
        seen, at = {group["code"]}, group["parent"]
        while at:
            if at in seen:
                yield field, _("支柱不能放在自己下面。")
                break
            seen.add(at)
            at = parents.get(at, "")


def _indicator_faults(
    spec: Mapping[str, Any], one: Mapping[str, Any], groups: set[str], found: Indicator | None
) -> Iterator[str]:
    if found is None:
        yield _("指标目录里没有“%(code)s”。") % {"code": one["code"]}
        return
    if not found.scored or forbidden_measure(found.name_zh, found.name_en, found.numerator_zh):
        yield _("这项指标只作背景，不能进入指数：数量不得作为评价，否则基层会少登记、少排查。")
    if one["parent"] and one["parent"] not in groups:
        yield _("没有这个支柱。")
    if not 0 <= one["weight"] <= 1_000_000:
        yield _("权重是 0 以上的数。")
    worst, best = one["worst"], one["best"]
    if best is None and (spec["normalisation"] in NEEDS_TARGET or found.direction == "target"):
        yield _("请填目标值（满分）。")
    if worst is None and (spec["normalisation"] in NEEDS_BOTH or found.direction == "target"):
        yield _("请填最低可接受的值（0 分）。")
    if worst is not None and best is not None:
        if worst == best:
            yield _("0 分和满分的值不能相同。")
        elif (best > worst) != (found.direction == "up") and found.direction in {"up", "down"}:
            yield _("方向反了：这项指标%(direction)s。") % {"direction": found.direction_name}


def direction(one: Mapping[str, Any], found: Mapping[str, Any]) -> int:
    """Return 1 where more is better and -1 where less is; where a target is best, the goalposts tell."""
    if found["direction"] == "target":
        return 1 if one["best"] > one["worst"] else -1
    return -1 if found["direction"] == "down" else 1
