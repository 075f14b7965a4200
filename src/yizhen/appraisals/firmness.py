"""How firm a round's differences are: margins in sheets, and which differences are more than chance.

Knows the counting rule and opened sheets; knows no voter, and keeps no sheet. What it returns is about ratees, never about
a rater.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from yizhen.scoring.agreement import icc
from yizhen.scoring.crossed import FEWEST_EFFECTIVE, FEWEST_IN_CLASS, paired_scores
from yizhen.scoring.inputs import InputError
from yizhen.scoring.ranks import rank_sets
from yizhen.scoring.tally import CountingRule, Sheet, Standing, effective_raters

LEVEL = 0.95
UNANIMOUS = 1e-8  # squared points: sheets that all agree have no error of their own, and any gap is then sure


def sheet_points(rule: CountingRule, grades: Mapping[str, str]) -> float | None:
    """Return what one sheet gives one speaker, from 0 to 100; None when it grades no item that counts."""
    worth = {grade.code: float(grade.coefficient) for grade in rule.grades if grade.counts_in_denominator}
    rated = {item: worth[grade] for item, grade in grades.items() if grade in worth and rule.item_weights[item]}
    if not rated:
        return None
    return (
        100 * sum(rule.item_weights[i] * mark for i, mark in rated.items()) / sum(rule.item_weights[i] for i in rated)
    )


def firmness(rule: CountingRule, sheets: Sequence[Sheet]) -> dict[str, Any]:
    """Return, ready for JSON, how firm the differences between ratees are.

    ``rows`` from the highest total down: ``ratee``; towards the next one ``gap`` (points, three decimals), ``sheets``
    (the fewest that marked otherwise would undo the lead; None when none could) and ``sure`` (whether the difference
    is more than chance), all None in the last row; ``above`` and ``below``, the numbers of ratees that this one is
    surely above and below (all pairs together at 95 %). What is about chance is None when there are too few raters
    to say. ``effective_raters`` and ``reliability`` (of the plain mean of all sheets; None when it cannot be had)
    describe the body.
    """
    standing = Standing(rule, sheets)
    order = sorted(standing.ratees, key=lambda ratee: (-standing.score(ratee), ratee))
    columns = columns_of(rule, sheets)
    sizes = {
        code: len({rater for rater, own in zip(columns["rater"], columns["class"], strict=True) if own == code})
        for code in rule.class_weights
    }
    present = {code: size for code, size in sizes.items() if size}
    effective = float(effective_raters(dict(rule.class_weights), present)) if present else 0.0
    enough = enough_to_judge(columns, len(order), present, effective)
    better = _better(columns, {code: rule.class_weights[code] for code in present}) if enough else None
    return {
        "rows": [
            _towards_next(standing, ratee, following, better)
            | {
                "above": None if better is None else sum(one == ratee for one, _ in better),
                "below": None if better is None else sum(other == ratee for _, other in better),
            }
            for ratee, following in zip_longest(order, order[1:])
        ],
        "effective_raters": round(effective, 1),
        "reliability": _reliability(columns, len(order)) if enough else None,
    }


def enough_to_judge(
    columns: Mapping[str, list[Any]], speakers: int, present: Mapping[str, int], effective: float
) -> bool:
    """Return whether there are enough raters for statements about chance: 5 a class and speaker, 10 effective ones."""
    marked = Counter(zip(columns["class"], columns["speaker"], strict=True))
    fewest = min(marked.values(), default=0) if len(marked) == speakers * len(present) else 0
    return fewest >= FEWEST_IN_CLASS and effective >= FEWEST_EFFECTIVE


def _towards_next(
    standing: Standing, ratee: str, following: str | None, better: set[tuple[str, str]] | None
) -> dict[str, Any]:
    if following is None:
        return {"ratee": ratee, "gap": None, "sheets": None, "sure": None}
    return {
        "ratee": ratee,
        "gap": f"{float(standing.score(ratee) - standing.score(following)):.3f}",
        "sheets": standing.pair(ratee, following).sheets,
        "sure": None if better is None else (ratee, following) in better,
    }


def columns_of(rule: CountingRule, sheets: Sequence[Sheet]) -> dict[str, list[Any]]:
    """Return speaker, rater (the sheet's place in the list), points and class, one entry a sheet and speaker."""
    columns: dict[str, list[Any]] = {"speaker": [], "rater": [], "points": [], "class": []}
    for number, sheet in enumerate(sheets):
        for ratee, grades in sheet.marks.items():
            points = sheet_points(rule, grades)
            if points is not None and rule.class_weights[sheet.class_code]:
                for name, value in zip(columns, (ratee, number, points, sheet.class_code), strict=True):
                    columns[name].append(value)
    return columns


def _better(columns: dict[str, list[Any]], weights: Mapping[str, int]) -> set[tuple[str, str]] | None:
    """Return the pairs whose difference is more than chance; None where the design does not allow to say."""
    total = sum(weights.values())
    try:
        scores = paired_scores(
            columns, ratee="speaker", rater="rater", score="points", group="class",
            weights={code: weight / total for code, weight in weights.items()},
        )  # fmt: skip
        known = scores.for_ranks
        known["covariance"] = known["covariance"] + UNANIMOUS * np.eye(len(scores.names))
        sets = rank_sets(**known, level=LEVEL, kind="simultaneous")
    except InputError:  # one speaker, or a design that falls apart
        return None
    return {(scores.names[one], scores.names[other]) for one, other in np.argwhere(sets.better)}


def _reliability(columns: dict[str, list[Any]], speakers: int) -> float | None:
    names = {name: number for number, name in enumerate(dict.fromkeys(columns["speaker"]))}
    raters = {rater: number for number, rater in enumerate(dict.fromkeys(columns["rater"]))}
    marks = np.full((len(raters), speakers), np.nan)
    for speaker, rater, points in zip(columns["speaker"], columns["rater"], columns["points"], strict=True):
        marks[raters[rater], names[speaker]] = points
    try:
        return round(icc(marks).average, 2)
    except InputError:
        return None
