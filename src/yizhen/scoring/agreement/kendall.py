"""Kendall's W: do raters order the units alike?"""

from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from yizhen.scoring.inputs import Floats, InputError, matrix_of
from yizhen.scoring.tables import Language, said


class Concordance(NamedTuple):
    """W from 0 to 1; ``chi2`` and ``p`` test that there is no common order (NaN with missing cells)."""

    w: float
    chi2: float
    df: int
    p: float
    mean_spearman: float

    def summary(self, language: Language = "zh") -> str:
        """Say how far raters order alike."""
        test = "" if self.p != self.p else said(language, f"（p = {self.p:.3f}）", f" (p = {self.p:.3f})")
        return said(
            language,
            f"评议人排序的一致程度 Kendall W = {self.w:.2f}{test}；0 为各排各的，1 为完全一致。",
            f"Raters order the units alike to Kendall's W = {self.w:.2f}{test}; 0 is each their own way, 1 all the same.",
        )


def kendall_w(matrix: Any) -> Concordance:
    """Return Kendall's W, corrected for ties, of a raters × units table; NaN is a missing cell.

    With missing cells W is taken from the mean Spearman correlation of all pairs of raters, each pair weighted by the
    units both marked, through W = (1 + (m - 1) r) / m.

    Raises:
        InputError: when there are fewer than two raters or units, or a rater's marks are all equal (no order).

    Source: Kendall & Gibbons 1990, Rank Correlation Methods, ch. 6.

    >>> made = kendall_w([[1, 2, 3, 4], [1, 2, 4, 3], [2, 1, 3, 4]])
    >>> round(made.w, 3)
    0.822
    """
    values = matrix_of(matrix)
    marked = np.isfinite(values)
    values = values[marked.any(1)][:, marked.any(0)]
    raters, units = values.shape
    if raters < 2 or units < 2:
        raise InputError("matrix", f"{raters} raters and {units} units; two of each are needed")
    for rater, row in enumerate(values):
        own = row[np.isfinite(row)]
        if len(own) and (own == own[0]).all():
            raise InputError("matrix", "all marks are equal, so there is no order; leave this rater out", rater)
    if np.isnan(values).any():
        mean = _mean_spearman(values)
        return Concordance((1 + (raters - 1) * mean) / raters, float("nan"), units - 1, float("nan"), mean)
    ranks = np.apply_along_axis(stats.rankdata, 1, values)
    sums = ranks.sum(0)
    ties = sum(float((count**3 - count).sum()) for row in ranks for count in [np.unique(row, return_counts=True)[1]])
    spread = float(((sums - sums.mean()) ** 2).sum())
    w = 12 * spread / (raters**2 * (units**3 - units) - raters * ties)
    chi2 = raters * (units - 1) * w
    mean = float(np.corrcoef(ranks)[np.triu_indices(raters, 1)].mean())
    return Concordance(w, chi2, units - 1, float(stats.chi2.sf(chi2, units - 1)), mean)


def _mean_spearman(values: Floats) -> float:
    total = weight = 0.0
    for first in range(len(values)):
        for second in range(first):
            both = np.isfinite(values[first]) & np.isfinite(values[second])
            ranks = [stats.rankdata(values[rater][both]) for rater in (first, second)]
            if both.sum() < 2 or min(rank.std() for rank in ranks) == 0:
                continue
            total += both.sum() * float(np.corrcoef(ranks)[0, 1])
            weight += float(both.sum())
    if not weight:
        raise InputError("matrix", "no two raters marked the same units")
    return float(total / weight)
