"""Gwet's AC1 and AC2: agreement beyond chance that stays sensible when nearly all marks are the same grade."""

from typing import Any, Literal, NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, matrix_of
from yizhen.scoring.tables import Language, said

Weighting = Literal["identity", "linear", "quadratic", "ordinal"]


class GwetAgreement(NamedTuple):
    """The coefficient, its standard error over units, and the agreement observed and expected by chance."""

    coefficient: float
    se: float
    observed: float
    expected: float

    def summary(self, language: Language = "zh") -> str:
        """Say how far raters agree, and how far beyond chance."""
        return said(
            language,
            f"评议人两两相同的比例 {self.observed:.0%}，扣除偶然后的一致系数 {self.coefficient:.2f}（标准误 {self.se:.2f}）。",
            f"Pairs of raters agree in {self.observed:.0%}; beyond chance {self.coefficient:.2f} (standard error {self.se:.2f}).",
        )


def gwet_ac(matrix: Any, *, categories: int | None = None, weighting: Weighting = "identity") -> GwetAgreement:
    """Return AC1 (``weighting="identity"``) or AC2 of a raters × units table; NaN is a missing cell.

    ``categories`` declares grades 0 … K - 1; without it the values found are the grades. Near agreement counts in
    part with ``"linear"``, ``"quadratic"`` or ``"ordinal"`` weights. Kappa and alpha fall towards zero when most
    ballots say 优秀 although raters agree almost always; this coefficient does not.

    Raises:
        InputError: when no unit has two marks, a mark is no declared grade, or there is one grade only.

    Source: Gwet 2008, British J. of Mathematical and Statistical Psychology 61, 29-48; Gwet 2014, Handbook of
    Inter-Rater Reliability, ch. 5 (missing marks, variance).

    >>> made = gwet_ac([[1, 2, 3, 3, 2], [1, 2, 3, 4, 2], [1, 3, 3, 3, 2]])
    >>> round(made.observed, 3)
    0.733
    """
    values = matrix_of(matrix)
    marks = np.isfinite(values)
    grades = np.unique(values[marks]) if categories is None else np.arange(categories, dtype=np.float64)
    if len(grades) < 2:
        raise InputError("categories", "one grade only: agreement is certain")
    unknown = np.argwhere(marks & ~np.isin(values, grades))
    if len(unknown):
        rater, unit = unknown[0]
        raise InputError(f"matrix, unit {int(unit)}", f"unknown level {values[rater, unit]:g}", int(rater))
    counts = np.stack([(values == grade).sum(0) for grade in grades], 1).astype(np.float64)  # (U, K)
    number = counts.sum(1)
    counts, number = counts[number > 0], number[number > 0]
    paired = number > 1
    if not paired.any():
        raise InputError("matrix", "no unit has two marks: there is nothing to compare")
    weight = weights_of(grades, weighting)
    near = counts @ weight
    agreement = np.zeros(len(number))
    agreement[paired] = (counts * (near - 1))[paired].sum(1) / (number * (number - 1))[paired]
    share = (counts / number[:, None]).mean(0)
    factor = float(weight.sum()) / (len(grades) * (len(grades) - 1))
    expected = factor * float((share * (1 - share)).sum())
    observed = float(agreement.sum() / paired.sum())
    coefficient = (observed - expected) / (1 - expected)
    return GwetAgreement(
        coefficient, _error(counts, number, agreement, paired, share, factor, observed, expected), observed, expected
    )


def _error(
    counts: Floats,
    number: Floats,
    agreement: Floats,
    paired: Any,
    share: Floats,
    factor: float,
    observed: float,
    expected: float,
) -> float:
    units = len(number)
    if units < 2:
        return float("nan")
    scale = units / paired.sum()
    coefficient = (observed - expected) / (1 - expected)
    own = scale * (agreement - expected * paired) / (1 - expected)
    chance = factor * ((counts / number[:, None]) * (1 - share)).sum(1)
    own = own - 2 * (1 - coefficient) * (chance - expected) / (1 - expected)
    return float(np.sqrt(((own - coefficient) ** 2).sum() / units / (units - 1)))


def weights_of(grades: Floats, weighting: Weighting) -> Floats:
    """Return how much marks j and k agree, shape (K, K), 1 on the diagonal.

    Raises:
        InputError: when the weighting is unknown.
    """
    size = len(grades)
    apart: Floats = np.abs(grades[:, None] - grades)
    if weighting == "identity":
        return np.eye(size)
    if weighting == "linear":
        return np.asarray(1 - apart / apart.max())
    if weighting == "quadratic":
        return np.asarray(1 - (apart / apart.max()) ** 2)
    if weighting == "ordinal":
        steps = np.abs(np.arange(size)[:, None] - np.arange(size)) + 1
        pairs = steps * (steps - 1) / 2
        return np.asarray(1 - pairs / pairs.max())
    raise InputError("weighting", f"{weighting!r} is none of identity, linear, quadratic, ordinal")
