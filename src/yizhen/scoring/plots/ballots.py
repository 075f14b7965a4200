"""Pictures of a count: rank sets, scores, the severity map, margins. None shows the severity of a single rater."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from yizhen.scoring.facets.words import SMALLEST_CLASS, class_labels
from yizhen.scoring.inputs import InputError
from yizhen.scoring.ranks import comparison_errors
from yizhen.scoring.tables import Language, said

from .canvas import ACCENT, INK, LINE, SOFT, canvas, finished, name_rows, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from yizhen.scoring.facets import FacetsResult
    from yizhen.scoring.ranks import RankSets
    from yizhen.scoring.tally import Margin


def plot_rank_sets(
    sets: RankSets, *, language: Language = "zh", source: str = "", date: str = "", title: str = ""
) -> Figure:
    """Draw each unit's rank and the ranks it may have, best on top.

    ``source`` and ``date`` are printed below; ``title`` replaces the ordinary one.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    order = np.argsort(sets.rank, kind="stable")
    kind = said(language, "对整张表同时成立", "for the whole table") if sets.kind == "simultaneous" else (
        said(language, "对单个对象成立", "for each unit by itself"))  # fmt: skip
    heading = title or said(
        language, f"名次与 {sets.level:.0%} 置信范围（{kind}）", f"Ranks with {sets.level:.0%} confidence sets ({kind})"
    )
    figure, axes = canvas(len(order), heading, language, source, date)
    for row, unit in enumerate(order):
        axes.plot(
            [sets.low[unit], sets.high[unit]], [row, row], color=LINE, linewidth=9, solid_capstyle="round", zorder=1
        )
        axes.plot(sets.rank[unit], row, "o", color=ACCENT, markersize=7, zorder=2)
    name_rows(axes, sets.names[order])
    axes.set_xlim(0.3, len(order) + 0.7)
    axes.set_xticks(range(1, len(order) + 1, max(1, len(order) // 12)))
    axes.set_xlabel(
        said(
            language,
            "名次（1 为最高；灰条为可能的名次）",
            "rank (1 is highest; the grey bar spans the ranks it may be)",
        )
    )
    return finished(figure)


def plot_scores(
    names: Sequence[object],
    scores: Sequence[float],
    se: Sequence[float] | None = None,
    *,
    covariance: Any = None,
    language: Language = "zh",
    source: str = "",
    date: str = "",
    title: str = "",
) -> Figure:
    """Draw scores in points with bars of ± 1.39 standard errors: two bars that do not overlap differ at 5 %.

    Give ``se`` for independent scores. Scores by the same raters are not: give their ``covariance``, and the bars are
    made so that pairs come out right. Bars of ± 1.96 would be right for one score and too wide for comparing two.

    Raises:
        ImportError: when matplotlib is not installed.
        InputError: when the lengths differ, there is no score, a score or error is not a number, or both or neither
            of ``se`` and ``covariance`` are given.

    Source: Goldstein & Healy 1995, JRSS A 158, 175-177.
    """
    if (se is None) == (covariance is None):
        raise InputError("se, covariance", "give one of them")
    errors = comparison_errors(covariance) if se is None else np.asarray(se, float)
    if not 0 < len(names) == len(scores) == len(errors):
        raise InputError("names, scores, se", f"have {len(names)}, {len(scores)} and {len(errors)} entries")
    if not np.isfinite(np.concatenate([np.asarray(scores, float), errors])).all():
        raise InputError("scores, se", "NaN or infinite")
    order = np.argsort(-np.asarray(scores), kind="stable")
    heading = title or said(language, "得分与可比区间", "Scores with comparison bars")
    figure, axes = canvas(len(order), heading, language, source, date)
    at, error = np.asarray(scores, float)[order], errors[order]
    axes.errorbar(at, range(len(order)), xerr=1.39 * error, fmt="o", color=ACCENT, ecolor=SOFT, capsize=3)
    name_rows(axes, np.asarray(names, dtype=object)[order])
    axes.set_xlabel(
        said(
            language, "分（横线不重叠的两者差别可信，5% 水平）", "points (two bars that do not overlap differ, at 5 %)"
        )
    )
    return finished(figure)


def plot_wright_map(
    result: FacetsResult,
    *,
    classes: Mapping[Any, Hashable] | None = None,
    grades: Sequence[str] | None = None,
    language: Language = "zh",
    source: str = "",
    date: str = "",
    title: str = "",
) -> Figure:
    """Draw ratees, raters and thresholds on one logit scale (a Wright map).

    Raters are drawn as a histogram, by class where ``classes`` maps raters to classes; if one has fewer than
    five, all are drawn together, and fewer than five raters in all not at all. ``grades`` names the grades, lowest
    first.

    Raises:
        ImportError: when matplotlib is not installed.
        InputError: when a rater has no class, or grades are not as many as the model's.
    """
    if grades is not None and len(grades) != result.design.categories:
        raise InputError("grades", f"has {len(grades)} names for {result.design.categories} grades")
    order = np.argsort(-result.places.measure, kind="stable")
    heading = title or said(language, "被评对象与评议人宽严图", "Ratees and severity on one scale")
    figure, axes = canvas(len(order), heading, language, source, date, second=True)
    error = result.ratees["se"] if result.covariance is None else comparison_errors(result.ratee_covariance())
    axes.errorbar(
        result.places.measure[order], range(len(order)), xerr=1.39 * error[order], fmt="o", color=ACCENT, ecolor=SOFT, capsize=3
    )  # fmt: skip
    name_rows(axes, result.design.ratings.ratee.names[order])
    below = figure.axes[1]
    _severity_histogram(below, result, classes, language)
    steps = result.places.steps.mean(0)
    for number, step in enumerate(steps, start=1):
        for one in (axes, below):
            one.axvline(step, color=SOFT, linewidth=1, linestyle=":", zorder=0)
        text = f"{number - 1} | {number}" if grades is None else f"→ {grades[number]}"
        axes.annotate(
            text, (step, 1), xycoords=("data", "axes fraction"), xytext=(0, 2 + 10 * (number % 2)),
            textcoords="offset points", ha="center", fontsize=8, color=SOFT,
        )  # fmt: skip
    below.set_xlabel(
        said(
            language,
            "logit（上：越右越好；下：越右越严；竖线：等次分界）",
            "logits (above: right is better; below: right is more severe; lines: grade thresholds)",
        )
    )
    return finished(figure)


def _severity_histogram(
    axes: Axes, result: FacetsResult, classes: Mapping[Any, Hashable] | None, language: Language
) -> None:
    severity = result.places.severity
    if len(severity) < SMALLEST_CLASS:
        axes.text(0.5, 0.5, said(language, "评议人不足 5 名，不显示", "fewer than 5 raters: not shown"),
                  transform=axes.transAxes, ha="center", va="center", color=SOFT)  # fmt: skip
        return
    label = class_labels(result.design, classes).tolist() if classes else [""] * len(severity)
    count = {one: label.count(one) for one in label}
    if min(count.values()) < SMALLEST_CLASS:  # what all others are drawn would leave the small class
        label = [""] * len(label)
    groups = sorted(set(label))
    values = [severity[np.array([one == group for one in label])] for group in groups]
    # Round edges: those of the data would be the severities of the mildest and the harshest.
    width = 0.25 if np.ptp(severity) < 3 else 0.5
    bins = np.arange(np.floor(severity.min() / width), np.ceil(severity.max() / width) + 1.5) * width
    colours = ["#33658a", "#86bbd8", "#f6ae2d", "#758e4f", "#9b5de5", "#94a3b8"]
    axes.hist(
        values,
        bins=list(bins),
        stacked=True,
        color=[colours[i % len(colours)] for i in range(len(groups))],
        label=groups,
    )
    axes.set_ylabel(said(language, "评议人数", "raters"), color=INK)
    whole_numbers(axes.yaxis)
    if len(groups) > 1:
        axes.legend(frameon=False, fontsize=8)


def plot_margins(
    margins: Mapping[str, Margin], *, language: Language = "zh", source: str = "", date: str = "", title: str = ""
) -> Figure:
    """Draw how many sheets, marked otherwise, would change each result; ``margins`` maps a label to its margin.

    Raises:
        ImportError: when matplotlib is not installed.
        InputError: when there is no margin.
    """
    if not margins:
        raise InputError("margins", "there is none to draw")
    heading = title or said(language, "改变结果所需的票数", "Sheets that would change a result")
    figure, axes = canvas(len(margins), heading, language, source, date)
    sheets = [margin.sheets for margin in margins.values()]
    longest = max([5, *[number for number in sheets if number is not None]])  # one sheet shall look like little
    for row, number in enumerate(sheets):
        axes.barh(
            row, longest * 1.02 if number is None else number, color=LINE if number is None else "#33658a", height=0.6
        )
        text = said(language, "不可能", "none could") if number is None else str(number)
        axes.text(
            (longest if number is None else number) + longest * 0.03, row, text, va="center", color=INK, fontsize=9
        )
    name_rows(axes, np.array(list(margins), dtype=object))
    axes.set_xlim(0, longest * 1.15)
    whole_numbers(axes.xaxis)
    axes.set_xlabel(said(language, "票（张）；越少越不牢", "sheets; the fewer, the less firm"))
    return finished(figure)
