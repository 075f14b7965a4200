"""A fitted many-facet model in plain words: what a reader must know, and nothing about a single rater."""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, shown
from yizhen.scoring.tables import Language, Note, said

from .design import Design
from .fit import Places, within_sheet_correlation

DEPENDENT = 0.1  # residual correlation within sheets above which errors are noticeably too small
SMALLEST_CLASS = 5  # a class of fewer raters is never told apart from its members


class Separation(NamedTuple):
    """How far the ratees stand apart: G = true sd / mean error, reliability G² / (1 + G²), levels (4 G + 1) / 3.

    Source: Wright & Masters 1982; Fisher 1992, Rasch Measurement Transactions 6, 238.
    """

    ratio: float
    reliability: float
    strata: float


def oddities(design: Design, places: Places, population_sd: float | None) -> tuple[Note, ...]:
    """Return what a reader must know about a result: grades nobody gave, one-grade raters, ratees that do not differ."""
    found = []
    empty = np.flatnonzero(design.level_counts().sum(0) == 0)
    if len(empty):
        listed = ", ".join(map(str, empty))
        found.append(
            Note(
                f"没有人给过等次 {listed}；该等次予以保留，其分界由弱先验限定",
                f"nobody gave grade {listed}; it is kept, and a weak prior holds its thresholds",
            )
        )
    one_grade = int((design.extreme(design.ratings.rater.codes, design.shape[1]) != 0).sum())
    if one_grade:
        found.append(
            Note(
                f"有 {one_grade} 名评议人只给最高或最低等次；其宽严由弱先验限定",
                f"raters who gave one extreme grade only: {one_grade}; a weak prior holds their severity",
            )
        )
    together = within_sheet_correlation(design, places)
    if together > DEPENDENT:
        found.append(
            Note(
                f"同一评议人对同一对象的各项评分并不独立（残差相关 {together:.2f}），标准误偏小；请以总体评价一项为准",
                f"marks of one rater for one ratee on several items hang together (residual correlation {together:.2f}), "
                "so standard errors are too small; rely on the overall item",
            )
        )
    if population_sd is not None and population_sd < 0.1:
        found.append(
            Note(
                "评分看不出被评对象之间有超出偶然的差别", "the ratings show no difference between ratees beyond chance"
            )
        )
    return tuple(found)


def describe(
    design: Design,
    severity: Floats,
    separation: Separation,
    warnings: tuple[Note, ...],
    language: Language,
    classes: Mapping[Any, Hashable] | None,
    minimum: int,
) -> str:
    """Return the summary of a result; severity is told as a spread, never of a person."""
    ratees, raters, items = design.shape
    lines = [
        said(
            language,
            f"多侧面拉施模型：{ratees} 名被评对象、{raters} 名评议人、{items} 个项目、{len(design.grade)} 个评分。",
            f"Many-facet Rasch model: {ratees} ratees, {raters} raters, {items} item{'s' * (items > 1)}, "
            f"{len(design.grade)} ratings.",
        ),
        said(
            language,
            f"被评对象之间的差别：信度 {separation.reliability:.2f}，"
            + (
                f"大约能分出 {separation.strata:.1f} 个层次；层次以内的先后没有意义。"
                if separation.strata >= 2
                else "分不出层次，先后没有意义。"
            ),
            f"Differences between ratees: reliability {separation.reliability:.2f}; "
            + (
                f"about {separation.strata:.1f} levels can be told apart, and order within a level means nothing."
                if separation.strata >= 2
                else "no two levels can be told apart, and order means nothing."
            ),
        ),
        _severity_sentence(language, None, raters, severity),
    ]
    if classes is not None:
        lines += _class_sentences(design, severity, language, classes, minimum)
    complete = len(design.grade) == ratees * raters * items
    lines.append(
        said(
            language,
            "人人评了每一位，因此宽严校正不会改变名次，只说明评议人之间差别多大。"
            if complete
            else "有缺评：模型把各对象的评议人宽严不同的影响扣除后再比较。",
            "Everybody rated everyone, so correcting for severity changes no rank; it only tells how raters differ."
            if complete
            else "Some cells are missing: ratees are compared after allowing for which raters they had.",
        )
    )
    return "\n".join(lines + [_warned(language, warning) for warning in warnings])


def _class_sentences(
    design: Design, severity: Floats, language: Language, classes: Mapping[Any, Hashable], minimum: int
) -> list[str]:
    """Return a sentence for each class, or one that says why there is none.

    Severities sum to zero, so what all classes but a small one are told would tell that one too.
    """
    minimum = max(minimum, SMALLEST_CLASS)
    member = class_labels(design, classes)
    groups, sizes = np.unique(member, return_counts=True)
    if sizes.min() < minimum:
        return [
            said(
                language,
                f"有的类不足 {minimum} 名，各类宽严都不显示（总和为零，相减就能反推）。",
                f"A class has fewer than {minimum} raters: no class's severity is shown (they sum to zero, so one could "
                "subtract).",
            )
        ]
    return [
        _severity_sentence(language, str(group), int(size), severity[member == group])
        for group, size in zip(groups, sizes, strict=True)
    ]


def class_labels(design: Design, classes: Mapping[Any, Hashable]) -> NDArray[np.str_]:
    """Return the class of every rater, as text.

    Raises:
        InputError: when a rater has none.
    """
    names = design.ratings.rater.names
    missing = [shown(name) for name in names if name not in classes]
    if missing:
        raise InputError("classes", f"no class for {', '.join(missing[:5])}")
    return np.array([str(classes[name]) for name in names])


def _severity_sentence(language: Language, group: str | None, count: int, severity: Floats) -> str:
    if count < SMALLEST_CLASS:
        return said(language, "评议人不足 5 名，不显示宽严。", "Fewer than 5 raters: their severity is not shown.")
    spread = float(severity.std(ddof=1))
    zh = "评议人" if group is None else f"{group} 类评议人"
    en = "raters" if group is None else f"raters of class {group}"
    mean = "" if group is None else f"{float(severity.mean()):+.2f}"
    return said(
        language,
        f"{zh} {count} 名，宽严的标准差 {spread:.2f} logit" + (f"，平均 {mean}。" if mean else "。"),
        f"{count} {en}: severity has a standard deviation of {spread:.2f} logits"
        + (f", mean {mean}." if mean else "."),
    )


def _warned(language: Language, warning: Note) -> str:
    return said(language, f"注意：{warning.zh}。", f"Note: {warning.en}.")
