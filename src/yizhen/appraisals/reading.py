"""What the statistics of a round say, in the page's words. Nothing is computed here; hidden things are hidden already."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from yizhen.web.templatetags.yizhen import label

SHAPES = "▲●■◆▼★"  # bands from the highest down; a shape and a number, so that colour carries nothing alone


@dataclass(frozen=True)
class Estimate:
    """One speaker's estimate in points: score, 95 % limits, half width of the bar for comparing by eye, band."""

    score: float
    low: float
    high: float
    bar: float
    se: float
    band: int
    bands: int

    @property
    def shape(self) -> str:
        """The band's shape."""
        return SHAPES[(self.band - 1) % len(SHAPES)]

    @property
    def band_name(self) -> str:
        """The band in words."""
        return _("彼此分不出来") if self.bands == 1 else _("第 %(n)s 档") % {"n": self.band}


@dataclass(frozen=True)
class Unusual:
    """One kind of unusual sheet: how many, how many of them chance does not explain ("" when not checked)."""

    name: str
    count: int | str
    odd: int | str | None
    meaning: str


def estimates_of(statistics: Mapping[str, Any] | None) -> dict[int, Estimate]:
    """Return speaker → estimate; empty when there are none."""
    if not statistics or not statistics["estimates"]:
        return {}
    return {
        int(speaker): Estimate(**told, bands=statistics["bands"]) for speaker, told in statistics["estimates"].items()
    }


def refusal(statistics: Mapping[str, Any] | None) -> str:
    """Say why there is no estimate; empty when there is one."""
    if not statistics:
        return _("本轮没有做统计估计。")
    reasons = {
        None: "",
        "too_few": _("评议人太少（某类对某位不足 5 张，或等效不足 10 人）：只公布规则决定的结果，不作统计估计。"),
        "one_speaker": _("只有一名述职人，没有可以比较的对象，不作统计估计。"),
        "unanimous": _("同一类的票完全一样，没有差异可以用来估计误差，不作统计估计。"),
        "design": _("评议人和述职人分成互不相连的几部分，没有共同的尺子，不作统计估计。"),
    }
    return reasons[statistics["refused"]]


def agreement_words(statistics: Mapping[str, Any] | None) -> list[str]:
    """Say how far the raters agree: what the mean of all is worth, and what one is worth."""
    found = statistics["agreement"] if statistics else None
    if not found:
        return []
    average = found["average"]
    words = (
        _("很高：换一批同样的人，先后基本不变")
        if average >= 0.9
        else _("较高：大的差别可信，小的差别不要当真")
        if average >= 0.75
        else _("一般：只有很大的差别可信")
        if average >= 0.5
        else _("低：不能据此分出高下")
    )
    said = [
        _("全体 %(n)s 张票的平均分，信度为 %(a)s（%(words)s）。单独一张票只有 %(s)s，所以不看单张票。")
        % {"n": found["raters"], "a": f"{average:.2f}", "s": f"{found['single']:.2f}", "words": words}
    ]
    if found["low"] is not None:
        said.append(_("信度的 95%% 区间 %(a)s – %(b)s。") % {"a": f"{found['low']:.2f}", "b": f"{found['high']:.2f}"})
    return said


def source_words(statistics: Mapping[str, Any] | None) -> list[str]:
    """Say where marks differ, and what the checks of the model warn of."""
    if not statistics or not statistics["sources"]:
        return []
    parts = statistics["sources"]
    cautions = {
        "odd_marks": _("注意：少数异常评分对估计有影响，请结合票数分布看。"),
        "absence": _("注意：缺评可能与宽严有关，估计会受影响。"),
    }
    return [
        _(
            "同一位述职人得到的分为什么不同：%(rater)s%% 来自评议人宽严不一，%(interaction)s%% 来自各类看法不同，%(residual)s%% 是其余。"
        )
        % parts,
        *[cautions[code] for code in statistics["cautions"]],
    ]


def unusual_rows(statistics: Mapping[str, Any] | None) -> list[Unusual]:
    """Return the counts of unusual sheets with what each means."""
    if not statistics:
        return []
    found = statistics["unusual"]
    return [
        Unusual(
            _("整张同一等次"),
            found["straight"],
            found["straight_odd"],
            _("可能没有逐格填，也可能真这么看。多数人都给优秀时，很平常。"),
        ),
        Unusual(
            _("与另一张完全相同"),
            found["identical"],
            found["identical_odd"],
            _("可能商量过或代填，也可能碰巧。格子越少，碰巧越容易。"),
        ),
        Unusual(_("整张明显偏宽"), found["lenient"], None, _("对每一位都比同类高出一截。宽严校正已把它的影响降低。")),
        Unusual(_("整张明显偏严"), found["severe"], None, _("对每一位都比同类低一截。宽严校正已把它的影响降低。")),
    ]


def class_rows(statistics: Mapping[str, Any] | None, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return class → mean and sheets, None where hidden."""
    if not statistics:
        return []
    found = statistics["classes"]
    return [
        {"class": row, "name": label(row), **found[row["code"]]} for row in config["classes"] if row["code"] in found
    ]


def class_words(rows: list[dict[str, Any]]) -> str:
    """Say which class was most lenient and which most severe, and by how many points."""
    known = sorted((row["mean"], row["name"]) for row in rows if row["mean"] is not None)
    if len(known) < 2:
        return ""
    (low, severe), (high, lenient) = known[0], known[-1]
    return _("对全体述职人平均：“%(lenient)s”给分最高，“%(severe)s”最低，相差 %(gap)s 分。") % {
        "lenient": lenient,
        "severe": severe,
        "gap": f"{high - low:.1f}",
    }


def picture(rows: list[Any]) -> tuple[list[dict[str, Any]], list[float]]:
    """Return where declared totals, estimates and intervals lie on one axis (percent of its width), and its ticks."""
    values = [value for row in rows for value in _values_of(row)]
    floor = max(0.0, min(values, default=0.0) - 2)
    ceiling = min(100.0, max(values, default=100.0) + 2)
    span = max(1.0, ceiling - floor)

    def at(value: float | Decimal | None) -> float | None:
        return None if value is None else round((float(value) - floor) / span * 100, 2)

    def stretch(low: float | None, high: float | None) -> dict[str, float] | None:
        if low is None or high is None:
            return None
        return {"left": round((low - floor) / span * 100, 2), "width": round((high - low) / span * 100, 2)}

    dots = []
    for row in rows:
        estimate = row.estimate
        dots.append(
            {
                "row": row,
                "at": at(row.result.total),
                "mark": at(estimate.score) if estimate else None,
                "range": stretch(estimate.low, estimate.high) if estimate else stretch(row.low, row.high),
                "bar": stretch(max(estimate.score - estimate.bar, floor), min(estimate.score + estimate.bar, ceiling))
                if estimate
                else None,
            }
        )
    return dots, [round(floor + span * step / 4, 1) for step in range(5)]


def _values_of(row: Any) -> list[float]:
    """Return what a row puts on the axis."""
    ends = [row.estimate.low, row.estimate.high] if row.estimate else [row.low, row.high]
    return [float(value) for value in (row.result.total, *ends) if value is not None]


def plain_words(row: Any) -> list[str]:
    """Say one speaker's result in plain sentences: what the rule decides, then what the statistics say."""
    result, estimate = row.result, row.estimate
    if result.total is None:
        return [_("有效票不足，或缺一类评议人，按规则不出结果。这不是对工作的评价。")]
    valid = sum(result.declared["valid_by_class"].values())
    said = [
        _("按会前冻结的规则，%(valid)s 张有效票算出总分 %(total)s 分（满分 100）。这是清点的结果，没有误差。")
        % {"valid": valid, "total": result.total}
    ]
    if estimate is None:
        return said
    said.append(
        _("如果换一批同样的人来评，扣除各人宽严后，水平大约在 %(low)s 到 %(high)s 分之间（95%% 的把握）。")
        % {"low": f"{estimate.low:.1f}", "high": f"{estimate.high:.1f}"}
    )
    if estimate.bands == 1:
        said.append(_("本次所有述职人彼此分不出高下：分数的差别可以全是偶然。"))
    else:
        said.append(
            _("统计上分得出 %(bands)s 档，这里是%(band)s。同一档内的先后没有意义。")
            % {"bands": estimate.bands, "band": estimate.band_name}
        )
    return said
