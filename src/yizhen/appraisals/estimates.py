"""What the sheets of a round say beyond the declared count: estimates, bands, agreement, unusual sheets.

Knows the counting rule and opened sheets; knows no voter. What it returns is about speakers and about the body as a
whole: nothing about any single rater leaves this module, and counts of one to four sheets leave it as "<5".
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from yizhen.scoring.agreement import icc
from yizhen.scoring.crossed import CrossedModel, CrossedResult
from yizhen.scoring.facets import FacetsResult, ManyFacetRasch
from yizhen.scoring.inputs import InputError
from yizhen.scoring.ranks import bands, comparison_errors
from yizhen.scoring.screening import false_discovery, identical_sheets, straight_lines
from yizhen.scoring.tally import CountingRule, Sheet, effective_raters, hidden_classes, suppress_small

from .firmness import LEVEL, UNANIMOUS, columns_of, enough_to_judge

FEWEST_CELLS = 5  # graded cells a sheet must have to be looked at: with fewer, alike is no news
MOST_MARKS = 60_000  # above it the model behind the screening takes too long for a count (3 s at this size)
MOST_COMPARISONS = 5e8  # pairs × cells²: comparing all pairs of sheets takes about 3 s at this size
COMPARE = 1.39  # errors: two such bars that do not overlap differ at about 95 % (Goldstein & Healy 1995)
RATE = 0.05  # of what is flagged, at most about this share by chance (Benjamini & Hochberg)
Columns = Mapping[str, list[Any]]


def statistics(rule: CountingRule, sheets: Sequence[Sheet], hidden: Collection[str] = ()) -> dict[str, Any]:
    """Return, ready for JSON, what the statistics say; ``hidden`` are classes that some speaker's result hides.

    ``estimates`` speaker → score, se, low, high (95 %), bar (half width for comparing by eye), all in points, and
    band (1 the highest), or None with the reason as a code in ``refused``: ``too_few``, ``one_speaker``,
    ``unanimous``, ``design``. ``bands`` how many there are.
    ``sources`` where marks differ, in percent: rater (severity), interaction (classes), residual; ``cautions`` codes.
    ``agreement`` single, average, low, high (intraclass correlations) and raters, or None. ``unusual`` counts.
    ``classes`` class → mean (points) and sheets, both None where hidden.
    """
    columns = columns_of(rule, sheets)
    speakers = len({ratee for sheet in sheets for ratee in sheet.marks})
    sizes = Counter(dict(zip(columns["rater"], columns["class"], strict=True)).values())
    effective = float(effective_raters(dict(rule.class_weights), dict(sizes))) if sizes else 0.0
    enough = enough_to_judge(columns, speakers, sizes, effective)
    return {
        **_estimates(rule, columns, sizes, enough=enough),
        "agreement": _agreement(columns) if enough and speakers > 1 else None,
        "unusual": unusual(rule, sheets, columns),
        "classes": _classes(rule, columns, sizes, hidden),
    }


def _estimates(rule: CountingRule, columns: Columns, sizes: Mapping[str, int], *, enough: bool) -> dict[str, Any]:
    nothing: dict[str, Any] = {"estimates": None, "bands": None, "sources": None, "cautions": []}
    if len(set(columns["speaker"])) < 2:
        return nothing | {"refused": "one_speaker" if columns["speaker"] else "too_few"}
    if not enough:
        return nothing | {"refused": "too_few"}
    if not np.abs(_beyond_class(columns)).max() > 1e-9:
        return nothing | {"refused": "unanimous"}
    total = sum(rule.class_weights[code] for code in sizes)
    try:
        result = CrossedModel().fit(
            columns, ratee="speaker", rater="rater", score="points", group="class",
            weights={code: rule.class_weights[code] / total for code in sizes},
        )  # fmt: skip
        return _told(result) | {"refused": None}
    except (InputError, ArithmeticError, np.linalg.LinAlgError):
        return nothing | {"refused": "design"}


def _told(result: CrossedResult) -> dict[str, Any]:
    known = result.for_ranks
    known["covariance"] = known["covariance"] + UNANIMOUS * np.eye(len(known["names"]))
    band = dict(zip(known["names"], bands(**known, level=LEVEL)["band"].tolist(), strict=True))
    bars = dict(zip(known["names"], (COMPARE * comparison_errors(known["covariance"])).tolist(), strict=True))
    parts = {name: float(getattr(result.components, name)) for name in ("rater", "interaction", "residual")}
    whole = sum(parts.values()) or 1.0
    checks = {"odd_marks": result.huber(), "absence": result.fixed_raters()}
    return {
        "estimates": {
            str(row["name"]): {
                "score": round(float(row["score"]), 2),
                "se": round(float(row["se"]), 2),
                "low": round(max(float(row["low"]), 0.0), 2),
                "high": round(min(float(row["high"]), 100.0), 2),
                "bar": round(bars[row["name"]], 2),
                "band": band[row["name"]],
            }
            for row in result.scores.rows()
        },
        "bands": max(band.values()),
        "sources": {name: round(100 * part / whole) for name, part in parts.items()},
        "cautions": [name for name, check in checks.items() if check.alarming],
    }


def _beyond_class(columns: Columns) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return each mark less the mean of its speaker in its class."""
    points = np.array(columns["points"], dtype=np.float64)
    _names, cell = np.unique(
        [f"{code} {speaker}" for code, speaker in zip(columns["class"], columns["speaker"], strict=True)],
        return_inverse=True,
    )
    gap: np.ndarray[Any, np.dtype[np.float64]] = points - (np.bincount(cell, points) / np.bincount(cell))[cell]
    return gap


def _agreement(columns: Columns) -> dict[str, Any] | None:
    names = {name: number for number, name in enumerate(dict.fromkeys(columns["speaker"]))}
    raters = {rater: number for number, rater in enumerate(dict.fromkeys(columns["rater"]))}
    marks = np.full((len(raters), len(names)), np.nan)
    for speaker, rater, points in zip(columns["speaker"], columns["rater"], columns["points"], strict=True):
        marks[raters[rater], names[speaker]] = points
    try:
        found = icc(marks)
    except (InputError, ArithmeticError, np.linalg.LinAlgError):
        return None
    low, high = (float(limit) for limit in found.average_limits)
    sure = np.isfinite(low) and np.isfinite(high)
    return {
        "single": round(float(found.single), 2),
        "average": round(float(found.average), 2),
        "low": round(max(low, 0.0), 2) if sure else None,
        "high": round(high, 2) if sure else None,
        "raters": round(float(found.raters)),
    }


def unusual(rule: CountingRule, sheets: Sequence[Sheet], columns: Columns) -> dict[str, Any]:
    """Return counts of sheets that look unusual; counts of one to four as "<5". Flags for a person, never a deletion.

    ``looked_at`` sheets with five graded cells or more. ``straight`` one grade for everybody, ``identical`` the same
    as another sheet in every cell (straight ones apart): plain facts. ``straight_odd`` and ``identical_odd`` those of
    them that the raters' severity does not explain (None when there are too many sheets or too few marks to say).
    ``lenient`` and ``severe`` sheets whose marks lie far above or below those of their own class.
    """
    cells = [
        tuple(sorted((ratee, item, grade) for ratee, row in sheet.marks.items() for item, grade in row.items()))
        for sheet in sheets
    ]
    long = [number for number, own in enumerate(cells) if len(own) >= FEWEST_CELLS]
    straight = [number for number in long if len({grade for _ratee, _item, grade in cells[number]}) == 1]
    same = Counter(cells[number] for number in long)
    identical = [number for number in long if same[cells[number]] > 1 and number not in set(straight)]
    model = _model(rule, sheets, long)
    lenient, severe = _far_off(columns, set(long))
    counts = {"looked_at": len(long), "straight": len(straight), "identical": len(identical)}
    odd = {
        "straight_odd": None if model is None else straight_lines(model, rate=RATE).flagged,
        "identical_odd": None if model is None else _too_alike(model, set(straight)),
    }
    told = counts | odd | {"lenient": lenient, "severe": severe}
    return {name: None if number is None else suppress_small(number) for name, number in told.items()}


def _model(rule: CountingRule, sheets: Sequence[Sheet], long: Sequence[int]) -> FacetsResult | None:
    """Return the rater model behind the screening, or None where it cannot be had in time or at all."""
    order = sorted((grade for grade in rule.grades if grade.counts_in_denominator), key=lambda grade: grade.coefficient)
    level = {grade.code: number for number, grade in enumerate(order)}
    marks: dict[str, list[Any]] = {"speaker": [], "rater": [], "item": [], "level": []}
    for number in long:
        for ratee, row in sheets[number].marks.items():
            for item, grade in row.items():
                if grade in level:
                    for name, value in zip(marks, (ratee, number, item, level[grade]), strict=True):
                        marks[name].append(value)
    if not 0 < len(marks["level"]) <= MOST_MARKS:
        return None
    by_item = "item" if len(set(marks["item"])) > 1 else None
    try:
        with np.errstate(all="ignore"):
            return ManyFacetRasch(categories=len(order), estimation="jml").fit(
                marks, ratee="speaker", rater="rater", score="level", item=by_item
            )
    except (InputError, ArithmeticError, np.linalg.LinAlgError):
        return None


def _too_alike(model: FacetsResult, straight: Collection[int]) -> int | None:
    """Return how many sheets are in a pair that agrees more than chance explains; None when there are too many.

    Two straight sheets are alike because they are straight, and counted as such.
    """
    ratees, raters, items = model.design.shape
    if raters * (raters - 1) / 2 * (ratees * items) ** 2 > MOST_COMPARISONS:
        return None
    table = identical_sheets(model, rate=RATE).table
    flagged = table["flagged"]
    pairs = zip(table["first"][flagged].tolist(), table["second"][flagged].tolist(), strict=True)
    return len({one for pair in pairs if not set(pair) <= set(straight) for one in pair})


def _far_off(columns: Columns, long: set[int]) -> tuple[int, int]:
    """Return how many sheets lie far above, and far below, the marks of their class for the same speakers."""
    if not columns["rater"]:
        return 0, 0
    raters, code = np.unique(columns["rater"], return_inverse=True)
    mean = np.bincount(code, _beyond_class(columns)) / np.bincount(code)
    mean = mean[[int(rater) in long for rater in raters]]
    if len(mean) < FEWEST_CELLS:
        return 0, 0
    middle = np.median(mean)
    spread = 1.4826 * np.median(np.abs(mean - middle)) or mean.std()
    if not spread > 1e-9:
        return 0, 0
    far = false_discovery(2 * stats.norm.sf(np.abs(mean - middle) / spread)) <= RATE
    return int((far & (mean > middle)).sum()), int((far & (mean < middle)).sum())


def _classes(
    rule: CountingRule, columns: Columns, sizes: Mapping[str, int], hidden: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return each class's mean over all speakers. A class that is hidden anywhere is hidden here: means subtract."""
    weightless = [code for code, weight in rule.class_weights.items() if not weight]
    covered = set(hidden) | hidden_classes(dict(sizes), rule.min_valid_per_class, weightless)
    points = np.array(columns["points"], dtype=np.float64)
    speaker, group = np.array(columns["speaker"]), np.array(columns["class"])
    told: dict[str, dict[str, Any]] = {}
    for code in rule.class_weights:
        own = group == code
        if code in covered or not own.any():
            told[code] = {"mean": None, "sheets": None}
            continue
        means = [points[own & (speaker == name)].mean() for name in np.unique(speaker[own])]
        told[code] = {"mean": round(float(np.mean(means)), 2), "sheets": sizes[code]}
    return told
