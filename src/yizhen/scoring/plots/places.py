"""Pictures of an index of places: how firm ranks are, what lifts a unit, what really weighs, what moves ranks, funnels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from yizhen.scoring.inputs import InputError, place_of
from yizhen.scoring.robustness.result import FACTOR_NAMES
from yizhen.scoring.tables import Language, said

from .canvas import ACCENT, INK, LINE, SOFT, canvas, finished, name_rows, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from yizhen.scoring.composite import CompositeResult
    from yizhen.scoring.robustness import RobustnessResult, SensitivityResult
    from yizhen.scoring.small_area import Funnel

BLUE = "#33658a"


def plot_robustness(
    result: RobustnessResult,
    *,
    units: Sequence[object] | None = None,
    language: Language = "zh",
    source: str = "",
    date: str = "",
    title: str = "",
) -> Figure:
    """Draw each unit's rank as the index stands, and where it falls nine times out of ten under other choices.

    Raises:
        ImportError: when matplotlib is not installed.
        InputError: when a unit is unknown.
    """
    ranks = result.ranks
    rows = _chosen(result.names, units)
    rows = rows[np.argsort(ranks["nominal"][rows], kind="stable")]
    heading = title or said(language, "换一种合理的做法，名次怎么变", "Ranks under other plausible choices")
    figure, axes = canvas(len(rows), heading, language, source, date)
    at = np.arange(len(rows))
    axes.hlines(at, ranks["low"][rows], ranks["high"][rows], color=LINE, linewidth=7, zorder=1)
    axes.plot(ranks["median"][rows], at, "|", color=INK, markersize=9, zorder=2)
    axes.plot(ranks["nominal"][rows], at, "o", color=ACCENT, markersize=5, zorder=3)
    name_rows(axes, result.names[rows])
    axes.set_xlabel(
        said(
            language,
            "名次（1 为最高；点：现名次，短线：中位数，灰条：十次有九次）",
            "rank (1 is highest; dot: as it stands, tick: median, bar: nine times out of ten)",
        )
    )
    return finished(figure)


def plot_lifts(
    result: CompositeResult,
    unit: object,
    *,
    of: str | None = None,
    language: Language = "zh",
    source: str = "",
    date: str = "",
    title: str = "",
) -> Figure:
    """Draw what lifts or lowers one unit's index against the average unit, by the parts of a group (the index).

    Raises:
        ImportError: when matplotlib is not installed.
        InputError: when there is no such unit or group.
    """
    framework = result.framework
    code = framework.root if of is None else of
    tree = {node.code: node for _, node in result.explain(unit).walk()}
    if code not in tree or not tree[code].children:
        raise InputError("of", f"{code} is no group")
    parts = sorted(tree[code].children, key=lambda node: -node.lift)
    group = tree[code]
    points = abs(group.lift)
    heading = title or said(
        language,
        f"{unit}：{group.name}（{group.score:.1f} 分）使总分{'高' if group.lift >= 0 else '低'}于平均 {points:.1f} 分",
        f"{unit}: {group.name} ({group.score:.1f}) puts the index {points:.1f} {'above' if group.lift >= 0 else 'below'} the average",
    )
    figure, axes = canvas(len(parts), heading, language, source, date)
    lift = [node.lift for node in parts]
    axes.barh(range(len(parts)), lift, color=[BLUE if one >= 0 else ACCENT for one in lift], height=0.6)
    axes.axvline(0, color=SOFT, linewidth=1)
    name_rows(axes, [node.name for node in parts])
    axes.set_xlabel(
        said(
            language,
            "使总分高于平均（右）或低于平均（左）几分",
            "points of the index above (right) or below the average",
        )
    )
    return finished(figure)


def plot_weights(
    result: CompositeResult,
    *,
    of: str | None = None,
    language: Language = "zh",
    source: str = "",
    date: str = "",
    title: str = "",
) -> Figure:
    """Draw what the parts of a group were meant to weigh, and what they really weigh.

    Raises:
        ImportError: when matplotlib is not installed.
        InputError: when it is no group, or nothing in it varies.
    """
    table = result.effective_weights(of)
    heading = title or said(language, "说好的权重和实际的权重", "Stated and effective weights")
    figure, axes = canvas(len(table["code"]), heading, language, source, date)
    at = np.arange(len(table["code"]))
    axes.hlines(at, table["stated"] * 100, table["effective"] * 100, color=LINE, linewidth=4, zorder=1)
    axes.plot(table["stated"] * 100, at, "D", color=SOFT, markersize=6, label=said(language, "说好的", "stated"))
    axes.plot(
        table["effective"] * 100, at, "o", color=ACCENT, markersize=7, label=said(language, "实际的", "effective")
    )
    axes.axvline(0, color=SOFT, linewidth=1)
    name_rows(axes, [result.framework.name(str(code)) for code in table["code"]])
    axes.set_xlabel(said(language, "占比（%）；实际的＝对差别的贡献", "share (%); effective: of the variance"))
    axes.legend(frameon=False, fontsize=8)
    return finished(figure)


def plot_sensitivity(
    result: SensitivityResult, *, language: Language = "zh", source: str = "", date: str = "", title: str = ""
) -> Figure:
    """Draw what share of the shifts of ranks comes from each choice, with 90 % intervals; what is not estimable is grey.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    rows = sorted(result.table.rows(), key=lambda row: -row["total"])
    heading = title or said(language, "哪种做法最影响名次", "Which choice moves the ranks")
    figure, axes = canvas(2 * len(rows), heading, language, source, date)
    for at, row in enumerate(rows):
        _share(axes, 2 * at, row, "total", BLUE if row["estimable"] else LINE)
        _share(axes, 2 * at + 1, row, "first", "#86bbd8" if row["estimable"] else LINE)
    names = [FACTOR_NAMES[row["factor"]][0 if language == "zh" else 1] for row in rows]
    kinds = said(language, "，连同配合", ", total"), said(language, "，单独", ", alone")
    unsure = said(language, "（估计不准）", " (not estimable)")
    labels = [
        f"{name}{kind}{'' if row['estimable'] else unsure}"
        for name, row in zip(names, rows, strict=True)
        for kind in kinds
    ]
    name_rows(axes, labels)
    axes.set_xlabel(
        said(
            language,
            "占名次变动的份额（%），横线为 90% 区间",
            "share of the variance of the shift (%), with 90 % intervals",
        )
    )
    return finished(figure)


def _share(axes: Axes, at: int, row: dict[str, Any], kind: str, colour: str) -> None:
    value, low, high = (100 * row[name] for name in (kind, f"{kind}_low", f"{kind}_high"))
    axes.barh(at, value, color=colour, height=0.6)
    axes.plot([low, high], [at, at], color=INK, linewidth=1.2)


def plot_funnel(
    made: Funnel,
    *,
    unit: str = "",
    language: Language = "zh",
    source: str = "",
    date: str = "",
    title: str = "",
) -> Figure:
    """Draw rates against the size of the place, with the limits of chance; who is beyond 99.8 % is named.

    ``unit`` is what the rate is measured in, such as 每万人.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    table = made.table
    heading = title or said(language, "差别有多少只是偶然（漏斗图）", "How much could be chance (funnel plot)")
    figure, axes = canvas(14, heading, language, source, date)
    for level, style in ((0.95, ":"), (0.998, "-")):
        bases, *limits = made.lines(level)
        for line in limits:
            axes.plot(bases, np.where(line >= 0, line, np.nan), style, color=SOFT, linewidth=1)
    axes.axhline(made.target * made.per, color=SOFT, linewidth=1, linestyle="--")
    far = np.isin(table["finding"], ["low", "high"])
    axes.plot(table["base"][~far], table["rate"][~far], "o", color=BLUE, markersize=5)
    axes.plot(table["base"][far], table["rate"][far], "D", color=ACCENT, markersize=6)
    for row in np.flatnonzero(far):
        axes.annotate(
            shortened(str(table["unit"][row])), (table["base"][row], table["rate"][row]), xytext=(5, 4),
            textcoords="offset points", fontsize=8, color=INK,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.xaxis.set_minor_formatter(lambda _value, _: "")
    axes.set_xlabel(
        said(language, "基数（对数刻度）；点线 95%，实线 99.8%", "base (log scale); dotted 95 %, solid 99.8 %")
    )
    axes.set_ylabel(said(language, f"比率 {unit}".strip(), f"rate {unit}".strip()))
    return finished(figure)


def _chosen(names: Any, units: Sequence[object] | None) -> Any:
    if units is None:
        return np.arange(len(names))
    if not len(units):
        raise InputError("units", "there is none to draw")
    return np.array([place_of(names, unit) for unit in units])
