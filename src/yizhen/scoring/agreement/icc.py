"""Intraclass correlations: how well one rater, or the mean of k, tells ratees apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import expit

from yizhen.scoring.crossed.model import best_ratios, components_of, read_crossing
from yizhen.scoring.crossed.reml import restricted
from yizhen.scoring.crossed.result import component_covariance
from yizhen.scoring.inputs import Floats, InputError, matrix_of
from yizhen.scoring.tables import Language, said


@dataclass(frozen=True)
class Icc:
    """ICC(2,1) ``single`` and ICC(2,k) ``average`` with limits (low, high); ``raters`` is k.

    0 when units differ no more than chance makes them. With missing cells the limits are then NaN: not estimable.

    Variances ``between`` (ratees), ``severity`` (raters) and ``residual`` in squared points; ``f``, ``df1``, ``df2``
    of the test that ratees do not differ (df NaN with missing cells). For absolute agreement: severity counts as error.
    """

    single: float
    single_limits: tuple[float, float]
    average: float
    average_limits: tuple[float, float]
    raters: float
    between: float
    severity: float
    residual: float
    f: float
    df1: float
    df2: float

    def summary(self, language: Language = "zh") -> str:
        """Say what the panel's mean is worth."""
        low, high = self.average_limits
        return said(
            language,
            f"{self.raters:.0f} 名评议人平均分的信度为 {self.average:.2f}（95% 区间 {low:.2f}–{high:.2f}）；"
            f"单独一名评议人只有 {self.single:.2f}。信度说的是这个评议组，不是被评对象。",
            f"The mean of {self.raters:.0f} raters has reliability {self.average:.2f} (95 % {low:.2f} to {high:.2f}); "
            f"one rater alone {self.single:.2f}. It is a property of the panel, not of those rated.",
        )


def icc(matrix: Any, *, level: float = 0.95) -> Icc:
    """Return ICC(2,1) and ICC(2,k) of a raters × units table of scores; NaN is a missing cell.

    Complete tables by mean squares with F-based limits; with missing cells by the variance components of the crossed
    model, k being the harmonic mean number of marks a unit, and limits from the delta method on log(odds).

    Raises:
        InputError: when there are fewer than two raters or units, or nothing varies.

    Source: Shrout & Fleiss 1979, Psychological Bulletin 86, 420-428; McGraw & Wong 1996, Psychological Methods 1.

    >>> table = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> round(icc(table).single, 2), round(icc(table).average, 2)
    (0.29, 0.62)
    """
    values = matrix_of(matrix)
    raters, units = values.shape
    if not 0 < level < 1:
        raise InputError("level", f"{level} is not between 0 and 1")
    if raters < 2 or units < 2:
        raise InputError("matrix", f"{raters} raters and {units} units; two of each are needed")
    if not np.isfinite(values).any():
        raise InputError("matrix", "there is no mark")
    if np.nanmin(values) == np.nanmax(values):
        raise InputError("matrix", "all marks are equal: there is nothing to tell apart")
    if np.isnan(values).any():
        return _from_components(values, level)
    values = values - values.mean()
    between = raters * float((values.mean(0) ** 2).sum()) / (units - 1)
    columns = units * float((values.mean(1) ** 2).sum()) / (raters - 1)
    gaps = values - values.mean(0) - values.mean(1, keepdims=True)
    error = float((gaps**2).sum()) / ((raters - 1) * (units - 1))
    if error < 1e-12 * float((values**2).mean()):
        error = 0.0  # rounding noise
    apart, severity = max((between - error) / raters, 0.0), max((columns - error) / units, 0.0)
    noise = (columns - error) / units + error
    single = apart / (apart + noise) if apart else 0.0
    limits = _limits(single, raters, units, between, columns, error, level)
    return Icc(
        single,
        limits,
        _of_mean(single, raters),
        (_of_mean(limits[0], raters), _of_mean(limits[1], raters)),
        raters,
        apart,
        severity,
        error,
        between / error if error else float("inf"),
        units - 1,
        (raters - 1) * (units - 1),
    )


def _limits(
    value: float, raters: int, units: int, between: float, columns: float, error: float, level: float
) -> tuple[float, float]:
    if value >= 1 or error == 0:
        return value, value
    odds = raters * value / (units * (1 - value))
    a, b = odds * columns, (1 + odds * (units - 1)) * error
    freedom = (a + b) ** 2 / (a**2 / (raters - 1) + b**2 / ((units - 1) * (raters - 1)))
    upper = stats.f.ppf((1 + level) / 2, units - 1, freedom)
    lower = stats.f.ppf((1 + level) / 2, freedom, units - 1)
    rest = raters * columns + (raters * units - raters - units) * error
    least = -1 / (raters - 1)  # what a correlation between raters cannot fall below

    def bounded(top: float, bottom: float) -> float:
        return min(max(top / bottom, least), 1.0) if bottom > 0 else least

    low = bounded(units * (between - upper * error), upper * rest + units * between)
    high = bounded(units * (lower * between - error), rest + units * lower * between)
    return float(min(low, value)), float(max(high, value))  # a value cut at 0 lies inside its limits


def _of_mean(single: float, raters: int) -> float:
    # Spearman and Brown's formula, for limits that may be negative; below -1 nothing is said.
    bottom = 1 + (raters - 1) * single
    return max(raters * single / bottom, -1.0) if bottom > 1e-12 else -1.0


def _from_components(values: Floats, level: float) -> Icc:
    rater, unit = np.nonzero(np.isfinite(values))
    marks = {"unit": unit, "rater": rater, "mark": values[rater, unit]}
    ratings, _, _, data = read_crossing(marks, "unit", "rater", "mark", None, None, "refuse")
    ratios = best_ratios(data, random_ratee=True)
    components = components_of(ratios, restricted(data, ratios).error_variance)
    between = components.ratee or 0.0
    k = stats.hmean(np.bincount(ratings.ratee.codes))
    full, free, covariance = component_covariance(data, components)

    def of(count: float) -> tuple[float, tuple[float, float]]:
        noise = (components.rater + components.residual) / count
        value = between / (between + noise)
        if value < 1e-6:  # at the edge the likelihood says nothing about how far it may be off
            return 0.0, (float("nan"), float("nan"))
        # d log(odds) = d between / between - d noise / noise
        slope = np.array([-1 / count / noise, 0, -1 / count / noise, 1 / max(between, 1e-12)])[free]
        error = float(np.sqrt(max(slope @ covariance @ slope, 0))) * stats.norm.ppf((1 + level) / 2)
        odds = np.log(max(value, 1e-12) / max(1 - value, 1e-12))
        low, high = (float(expit(at)) for at in (odds - error, odds + error))
        return value, (low, high)

    single, average = of(1.0), of(float(k))
    ratio = 1 + float(k) * between / components.residual
    return Icc(
        *single, *average, float(k), between, components.rater, components.residual, ratio, float("nan"), float("nan")
    )
