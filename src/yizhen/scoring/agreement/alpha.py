"""Krippendorff's alpha: how much of the disagreement between raters is less than chance would make.

For interval and ordinal levels the disagreements are sums of squares (ordinal: of mid-ranks), so that no table of
value by value is needed and real-valued marks cost no more than grades.

Source: Krippendorff 2004, Content Analysis, ch. 11; Krippendorff 2011, Computing Krippendorff's Alpha-Reliability.
"""

from typing import Any, Literal

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, matrix_of

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")


def krippendorff_alpha(matrix: Any, level: Level = "ordinal") -> float:
    """Return alpha of a raters × units table; NaN or None is a cell without a mark.

    1 is perfect agreement, 0 what chance gives; NaN when all marks are equal, where alpha is not defined. ``level``
    says what differences mean: ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"``.

    Raises:
        InputError: when the table is not two-dimensional, no unit has two marks, the level is unknown, or a ratio
            mark is negative.

    >>> marks = [[1, 2, 3, 3, None], [1, 2, 3, 4, 2], [1, 3, 3, 4, 2]]
    >>> round(krippendorff_alpha(marks, level="nominal"), 3)
    0.634
    """
    values = _pairable(matrix_of(matrix), level)
    marks = np.isfinite(values)
    number = marks.sum(0)
    total = int(number.sum())
    if level == "ratio":
        observed, expected = _ratio(values, number)
    else:
        observed, expected = _by_sums(values, marks, number, level)
    if expected <= 0:
        return float("nan")
    return 1 - (total - 1) * observed / expected


def _pairable(values: Floats, level: str) -> Floats:
    """Return the units with two marks or more, ordinal marks as mid-ranks among all of them."""
    if level not in LEVELS:
        raise InputError("level", f"{level!r} is none of {', '.join(LEVELS)}")
    kept = values[:, np.isfinite(values).sum(0) > 1]
    if not kept.size:
        raise InputError("matrix", "no unit has two marks: there is nothing to compare")
    if level == "ratio" and np.nanmin(kept) < 0:
        rater, unit = np.argwhere(kept < 0)[0]
        raise InputError("matrix", f"{kept[rater, unit]:g} is negative; ratio marks start at 0", int(rater))
    return midranks(kept) if level == "ordinal" else kept


def midranks(values: Floats) -> Floats:
    """Return marks as mid-ranks among all marks; the ordinal difference of two values is that of their mid-ranks."""
    marks = np.isfinite(values)
    _, codes, counts = np.unique(values[marks], return_inverse=True, return_counts=True)
    made = np.full(values.shape, np.nan)
    made[marks] = (np.cumsum(counts) - counts / 2)[codes.ravel()]
    return made


def _by_sums(values: Floats, marks: Any, number: Any, level: str) -> tuple[float, float]:
    """Return Σ over units of the disagreement within, and n times that over all marks, up to the same factor."""
    if level == "nominal":
        _, codes = np.unique(values[marks], return_inverse=True)
        unit = np.broadcast_to(np.arange(values.shape[1]), values.shape)[marks]
        width = int(codes.max()) + 1
        table = np.bincount(unit * width + codes.ravel(), minlength=values.shape[1] * width).reshape(-1, width)
        within = number**2 - (table.astype(np.float64) ** 2).sum(1)
        total = table.sum(0).astype(np.float64)
        return float((within / (number - 1)).sum()), float(total.sum() ** 2 - (total**2).sum())
    centred = np.where(marks, values - np.nanmean(values), 0.0)
    squares = (centred**2).sum(0)
    within = 2 * (number * squares - centred.sum(0) ** 2)
    return float((within / (number - 1)).sum()), float(2 * (number.sum() * squares.sum() - centred.sum() ** 2))


def _ratio(values: Floats, number: Any) -> tuple[float, float]:
    marks = values[np.isfinite(values)]
    distinct, counts = np.unique(marks, return_counts=True)
    expected = sum(
        float(count * (counts * _ratio_distance(value, distinct)).sum())
        for value, count in zip(distinct, counts, strict=True)
    )
    observed = 0.0
    for column, count in zip(values.T, number, strict=True):
        own = column[np.isfinite(column)]
        observed += float(_ratio_distance(own[:, None], own[None, :]).sum()) / (count - 1)
    return observed, expected


def _ratio_distance(one: Any, other: Floats) -> Floats:
    total = one + other
    made: Floats = np.where(total > 0, ((one - other) / np.where(total > 0, total, 1)) ** 2, 0.0)
    return made


def bootstrap_alpha(
    matrix: Any, level: Level = "ordinal", *, by: Literal["rater", "unit"] = "rater", draws: int = 1000, seed: int = 0
) -> Floats:
    """Return alphas of tables whose raters (or units) are drawn anew with replacement, shape (draws,).

    Drawn raters say how alpha would vary with the panel, drawn units with the cases. A rater drawn twice is not
    compared with the own copy, which would always agree. Ordinal mid-ranks are those of the original table.

    Raises:
        InputError: as :func:`krippendorff_alpha`; also for the ratio level, ``by`` unknown or fewer than 3 raters.

    >>> marks = np.random.default_rng(1).integers(0, 4, (6, 12)).astype(float)
    >>> bootstrap_alpha(marks, draws=5).shape
    (5,)
    """
    if by not in ("rater", "unit"):
        raise InputError("by", f"{by!r} is neither 'rater' nor 'unit'")
    if level == "ratio":
        raise InputError("level", "ratio alphas are not resampled; use interval")
    full = matrix_of(matrix)
    if len(full) < 3:
        raise InputError("matrix", f"{len(full)} raters; three are needed to draw them anew")
    values = _pairable(full, level)
    raters, units = values.shape
    generator = np.random.default_rng(seed)
    one = np.ones
    if by == "rater":
        times = generator.multinomial(raters, np.full(raters, 1 / raters), draws).astype(np.float64)
        return _weighted_alphas(values, times, one((draws, units)), level)
    times = generator.multinomial(units, np.full(units, 1 / units), draws).astype(np.float64)
    return _weighted_alphas(values, one((1, raters)), times, level)


def _weighted_alphas(values: Floats, rater: Floats, unit: Floats, level: str) -> Floats:
    """Return alphas for weights of raters (B or 1, R) and units (B, U); pairs of copies of one rater do not count."""
    marks = np.isfinite(values).astype(np.float64)
    number = rater @ marks  # (B, U)
    pairs = np.maximum(number**2 - (rater**2) @ marks, 0)
    if level == "nominal":
        levels = np.unique(values[np.isfinite(values)])
        counts = np.stack([rater @ (values == one) for one in levels])
        within = number**2 - (counts**2).sum(0)
        totals = (counts * unit).sum(2)
        all_marks = totals.sum(0)
        between = all_marks**2 - (totals**2).sum(0)
    else:
        centred = np.where(marks > 0, values - np.nanmean(values), 0.0)
        sums, squares = rater @ centred, rater @ centred**2
        within = 2 * (number * squares - sums**2)
        all_marks = (number * unit).sum(1)
        between = 2 * (all_marks * (squares * unit).sum(1) - (sums * unit).sum(1) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_within = np.where(pairs > 0, within / np.where(pairs > 0, pairs, 1), 0.0)
        used = np.where(pairs > 0, number * unit, 0.0)
        observed = (mean_within * used).sum(1) / used.sum(1)
        expected = between / (all_marks * (all_marks - 1))
        return np.where(expected > 0, 1 - observed / expected, np.nan)
