"""Indices in words: the names of choices, and sentences on what an analysis found, in the page's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.scoring.robustness.result import FIRM, WIDE
from yizhen.web.templatetags.yizhen import label

from .gathering import Data
from .spec import ROOT, Spec

IMPUTATION_NAMES = {
    "none": gettext_lazy("不补：同组其他指标分担权重"),
    "mean": gettext_lazy("补同类的平均数"),
    "median": gettext_lazy("补同类的中位数"),
}
TREATMENT_NAMES = {
    "none": gettext_lazy("不处理"),
    "winsorise": gettext_lazy("又偏又尖的，收拢几个极端值"),
    "log": gettext_lazy("收拢，不够再取对数"),
}
NORMALISATION_NAMES = {
    "goalposts": gettext_lazy("固定标准（0 分和满分的值事先定好）"),
    "minmax": gettext_lazy("最差到最好"),
    "zscore": gettext_lazy("离平均多少个标准差"),
    "rank": gettext_lazy("名次百分比"),
    "distance": gettext_lazy("离目标多远"),
}
MEAN_NAMES = {
    "arithmetic": gettext_lazy("算术平均（可以互相弥补）"),
    "geometric": gettext_lazy("几何平均（短板拉低总分）"),
    "harmonic": gettext_lazy("调和平均（短板决定总分）"),
    "mazziotta-pareto": gettext_lazy("平均减去不均衡的罚分"),
}
MEANS_OTHERWISE_NAMES = {
    "across": gettext_lazy("支柱之间几何、支柱之内算术"),
    "arithmetic": gettext_lazy("全部算术平均"),
    "geometric": gettext_lazy("全部几何平均"),
}
FACTOR_NAMES = {
    "weights": gettext_lazy("权重"),
    "imputation": gettext_lazy("补缺办法"),
    "treatment": gettext_lazy("离群值处理"),
    "normalisation": gettext_lazy("标准化"),
    "aggregation": gettext_lazy("汇总办法"),
    "floor": gettext_lazy("保底分"),
    "dropout": gettext_lazy("指标取舍"),
}


class Names:
    """What the codes of an index are called, in the page's language."""

    def __init__(self, spec: Mapping[str, Any], data: Data) -> None:
        self.of = {ROOT: _("总分"), **{group["code"]: label(group) for group in spec["groups"]}}
        self.of |= {code: label(about) for code, about in data["indicators"].items()}
        self.places = {place["code"]: label(place) for place in data["places"]}
        self.categories = {code: label(about) for code, about in data["categories"].items()}

    def __getitem__(self, code: str) -> str:
        return str(self.of.get(code, code))

    def place(self, code: str) -> str:
        """Return a place's name, or its code when it is no longer among them."""
        return self.places.get(code, code)

    def listed(self, codes: list[str]) -> str:
        """Return names of places as a list in a sentence."""
        return _("、").join(self.place(code) for code in codes)


def treatment_name(name: str) -> str:
    """Return a treatment in words, with its own number of values where it has one."""
    kind, _colon, most = name.partition(":")
    words = str(TREATMENT_NAMES[kind])
    return _("%(words)s（最多 %(n)s 个）") % {"words": words, "n": most} if most else words


def place_sentence(row: Mapping[str, Any]) -> str:
    """Say in one sentence how firm a place's rank among its peers is."""
    if row["low"] is None:
        return _("没有同类可比，不排先后。") if row["peers"] < 2 else _("没有归类，或没有声明别的做法，不排先后。")
    width = row["high"] - row["low"]
    firm = (
        _("名次牢靠") if width <= FIRM * row["peers"]
        else _("名次大致可信") if width <= WIDE * row["peers"] else _("名次不说明什么")
    )  # fmt: skip
    span = {"low": row["low"], "high": row["high"], "n": row["peers"], "firm": firm}
    if row["low"] == row["high"]:
        return _("同类 %(n)s 个中，换合理的做法，十次有九次都是第 %(low)s：%(firm)s。") % span
    return _("同类 %(n)s 个中，换合理的做法，十次有九次在第 %(low)s–%(high)s：%(firm)s。") % span


def choice_name(row: Mapping[str, Any], names: Names) -> str:
    """Say what was done otherwise in one row of the one-at-a-time table."""
    kind, name = row["kind"], row["name"]
    if kind in {"heavier", "lighter", "left_out"}:
        words = {
            "heavier": _("“%(name)s”的权重加四分之一"),
            "lighter": _("“%(name)s”的权重减四分之一"),
            "left_out": _("不要“%(name)s”"),
        }[kind]
        return words % {"name": names[name]}
    if kind == "floor":
        return _("保底分改为 %(floor)s") % {"floor": name}
    named = {
        "normalisation": (_("标准化：%(name)s"), NORMALISATION_NAMES),
        "means": (_("汇总：%(name)s"), MEANS_OTHERWISE_NAMES),
        "treatment": (_("离群值：%(name)s"), TREATMENT_NAMES),
    }[kind]
    return named[0] % {"name": named[1][name]}


def cautions(spec: Spec, data: Data, result: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    """Yield (kind, sentence) of everything a reader must know before believing a number of this index."""
    if spec["normalisation"] != "goalposts":
        yield "scale", _("得分是各地互相比出来的：增减一个地方，别人的得分甚至先后都会变。固定标准没有这个毛病。")
    for row in result["uneven"]:
        yield "uneven", _("%(place)s总分 %(score).1f，但“%(part)s”只有 %(value).1f：总分掩盖了短板。") % {
            **row, "place": names.place(row["place"]), "part": names[row["part"]],
        }  # fmt: skip
    for row in result["coherence"]:
        yield row["finding"], _pair(row, names)
    for row in result["weights"]:
        if row["unlike"]:
            yield "weights", _("“%(name)s”说好占 %(stated).0f%%，实际只造成 %(effective).0f%% 的差别。") % {
                "name": names[row["code"]], "stated": 100 * row["stated"], "effective": 100 * row["effective"],
            }  # fmt: skip
    if result["floor"]:
        yield "floor", _("保底分 %(floor)s 抬高了 %(n)s 个得分：保底分是一个隐藏的权重，看下面改动它会怎样。") % {
            "floor": f"{result['floor']['floor']:g}", "n": len(result["floor"]["lifted"]),
        }  # fmt: skip
    if result["few"]:
        places = list(dict.fromkeys(row["place"] for row in result["few"]))
        text = _("%(n)s 个比率数得太少（不到 20 次，或不到 100 件），涉及%(places)s：看区间，不看单个数。")
        yield "few", text % {"n": len(result["few"]), "places": names.listed(places[:6])}
        yield "few", _("数少的比率已向同类靠拢。") if spec["shrink"] else _("可以选“数少的向同类靠拢”。")
    yield from _of_data(spec, data, result, names)


def _pair(row: Mapping[str, Any], names: Names) -> str:
    words = {
        "redundant": _("“%(a)s”和“%(b)s”几乎是一回事（相关 %(r).2f），等于算了两遍。"),
        "cancelling": _("“%(a)s”和“%(b)s”此长彼消（相关 %(r).2f），放在一组会互相抵消。"),
        "against": _("“%(a)s”高的，“%(b)s”反而低（相关 %(r).2f）：方向或归类可能不对。"),
    }[row["finding"]]
    return words % {"a": names[row["first"]], "b": names[row["second"]], "r": row["correlation"]}


def _of_data(spec: Spec, data: Data, result: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    for code in result["empty"]:
        period = data["indicators"].get(code, {}).get("period", "")
        yield "empty", _("“%(name)s”在 %(period)s 没有可用的数，这一版不计，同组其他指标分担权重。") % {
            "name": names[code], "period": period,
        }  # fmt: skip
    for code in data["indicators"]:
        places = [place for place, indicator in result["absent"] if indicator == code]
        if places:
            yield "absent", _("“%(name)s”不适用于%(places)s所属的类别：不计，同组其他指标分担权重。") % {
                "name": names[code], "places": names.listed(places),
            }  # fmt: skip
    for row in result["left_out"]:
        text = _("%(place)s的数不够（少于%(least).0f%%），没有得分；缺：%(missing)s。")
        yield "left_out", text % {
            "place": names.place(row["place"]), "least": 100 * spec["least"],
            "missing": _("、").join(names[code] for code in row["missing"]),
        }  # fmt: skip
    if result["filled"]:
        yield "filled", _("%(n)s 个空格补了同类的数：补出来的数不知道这个地方的实情。") % {"n": len(result["filled"])}
    if result["drawn_in"]:
        yield "drawn_in", _("%(n)s 个离群值被收拢。") % {"n": len(result["drawn_in"])}
    if result["skipped"]:
        listed = _("、").join(str(NORMALISATION_NAMES[name]) for name in result["skipped"])
        yield (
            "skipped",
            _("这些别的做法用这一期的数算不了（有指标各地都一样，或没有目标值）：%(names)s。") % {"names": listed},
        )
