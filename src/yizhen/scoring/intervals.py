"""How far a declared score could move by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np


@dataclass(frozen=True)
class Interval:
    """An estimate with its two-sided confidence limits and standard error, in points from 0 to 100."""

    estimate: float
    low: float
    high: float
    standard_error: float
    degrees_of_freedom: float


def stratified_interval(
    sheets: Mapping[str, Sequence[float]],
    weights: Mapping[str, float],
    roster: Mapping[str, int],
    level: float = 0.95,
    *,
    finite_population: bool = False,
) -> Interval | None:
    """Return a confidence interval for the weighted mean of class means, the voter classes being strata.

    ``sheets`` maps a class to the scores of its sheets (0 to 100), ``weights`` to its weight (renormalised over
    the classes that have sheets), ``roster`` to the number of its voters, used only with ``finite_population``.
    By default the sheets are read as a sample of how this body of voters judges, so a full turnout still has
    an error; ``finite_population=True`` reads them as a sample of the roster and applies ``1 - n/N``.
    A class with one sheet borrows the pooled variance of the others. None when no class has two sheets.
    Sheets that all agree give an interval of no width: agreement is then all that the data can show.

    Raises:
        ValueError: when a score, weight, level or roster is out of range, or a class has no weight or roster.

    Source: Cochran 1977, Sampling Techniques, ch. 5 (stratified mean and its effective degrees of freedom);
    Satterthwaite 1946, Biometrics Bulletin 2(6), 110-114.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level} is outside 0 to 1")
    # Sorted, so that the order in which classes and sheets arrive cannot change the last digit.
    strata = {code: np.sort(np.asarray(sheets[code], dtype=float)) for code in sorted(sheets) if len(sheets[code])}
    for code, scores in strata.items():
        if not bool(np.all((scores >= 0) & (scores <= 100))):
            raise ValueError(f"class {code}: a sheet score is outside 0 to 100")
        if not (isfinite(weights.get(code, -1.0)) and weights.get(code, -1.0) >= 0):
            raise ValueError(f"class {code}: the weight is missing or negative")
        if finite_population and roster.get(code, 0) < len(scores):
            raise ValueError(f"class {code}: more sheets than voters on the roster")
    weight = sum(weights[code] for code in strata)
    freedom = {code: len(scores) - 1 for code, scores in strata.items() if len(scores) > 1}
    if weight <= 0 or not freedom:
        return None

    estimate = sum(weights[code] / weight * float(scores.mean()) for code, scores in strata.items())
    per_variance = {
        code: (weights[code] / weight) ** 2
        / len(scores)
        * (1 - len(scores) / roster[code] if finite_population else 1.0)
        for code, scores in strata.items()
    }
    # The pooled variance is itself a sum of the class variances, so lending it to one-sheet classes only adds to
    # the other classes' coefficients. The variance stays a sum of independent terms, as Satterthwaite requires.
    lent = sum(per_variance[code] for code in strata if code not in freedom)
    pooled = sum(freedom.values())
    terms = {
        code: (per_variance[code] + lent * df / pooled) * float(strata[code].var(ddof=1))
        for code, df in freedom.items()
    }
    variance = sum(terms.values())
    spread = sum((term / variance) ** 2 / freedom[code] for code, term in terms.items()) if variance > 0 else 0.0
    df = 1 / spread if spread else float(pooled)
    from scipy import stats  # loaded here: it is slow to import and few programs ask for an interval

    margin = float(stats.t.ppf((1 + level) / 2, df)) * sqrt(variance)
    middle = min(max(estimate, 0.0), 100.0)
    return Interval(middle, max(middle - margin, 0.0), min(middle + margin, 100.0), sqrt(variance), df)
