"""Making one score of several: means that forgive an imbalance, means that do not, and a vote of pairs.

All functions take scores (…, n, k) and weights (…, k) of k siblings and return (…, n). A missing score (NaN) is left
out, and the siblings take over its weight; where nothing is left the result is NaN.
"""

from typing import Literal, get_args

import numpy as np

from yizhen.scoring.inputs import Floats, InputError

Method = Literal["arithmetic", "geometric", "harmonic", "mazziotta-pareto", "mazziotta-pareto-plus", "copeland"]
METHODS: tuple[Method, ...] = get_args(Method)


def arithmetic(scores: Floats, weights: Floats) -> Floats:
    """Return weighted arithmetic means: a point lost here is made up by a point gained there.

    >>> arithmetic(np.array([[40.0, 80.0]]), np.array([1.0, 1.0])).tolist()
    [60.0]
    """
    known = ~np.isnan(scores)
    if known.all():
        return np.asarray((scores @ weights[..., :, None])[..., 0] / weights.sum(-1)[..., None])
    with np.errstate(invalid="ignore", divide="ignore"):
        total = (np.where(known, scores, 0) @ weights[..., :, None])[..., 0]
        return np.asarray(total / (known.astype(float) @ weights[..., :, None])[..., 0])


def geometric(scores: Floats, weights: Floats) -> Floats:
    """Return weighted geometric means: balance pays. Every score must be above zero.

    >>> geometric(np.array([[40.0, 90.0]]), np.array([1.0, 1.0])).round(9).tolist()
    [60.0]
    """
    return ordered_back("geometric", arithmetic(ordering("geometric", scores), weights))


def harmonic(scores: Floats, weights: Floats) -> Floats:
    """Return weighted harmonic means: the weakest decides most. Every score must be above zero.

    >>> harmonic(np.array([[40.0, 120.0]]), np.array([1.0, 1.0])).tolist()
    [60.0]
    """
    return ordered_back("harmonic", arithmetic(ordering("harmonic", scores), weights))


def ordering(method: Method, scores: Floats, floor: float | None = None) -> Floats:
    """Return what a mean is the arithmetic mean of, rising with the scores: log for geometric, -1/x for harmonic.

    Raises:
        InputError: when a score is not above zero where it must be.
    """
    if method == "arithmetic":
        return scores
    seen = scores if floor is None else np.maximum(scores, floor)
    if (seen <= 0).any():
        raise InputError(method, "needs scores above 0; normalise to a scale above 0, or store a floor")
    return np.log(seen) if method == "geometric" else np.asarray(-1 / seen)


def ordered_back(method: Method, values: Floats) -> Floats:
    """Return the scores of which :func:`ordering` makes these values."""
    if method == "arithmetic":
        return values
    return np.exp(values) if method == "geometric" else np.asarray(-1 / values)


def mazziotta_pareto(scores: Floats, weights: Floats, sign: float = -1.0) -> Floats:
    """Return the mean minus its penalty S² / M, S (n - 1) being the spread between a unit's own scores.

    ``sign=1`` adds the penalty, for phenomena where more is worse. With unequal weights M and S are weighted, S² then
    times k / (k - 1). Every mean must be above zero: the penalty is made for scores around 100, as of Goalposts(70, 130).

    Source: Mazziotta & Pareto 2016, Social Indicators Research 127, 983-1003.

    >>> mazziotta_pareto(np.array([[90.0, 110.0]]), np.array([1.0, 1.0])).tolist()
    [98.0]
    """
    mean = arithmetic(scores, weights)
    if (mean <= 0).any():
        raise InputError("mazziotta-pareto", "needs means above 0; normalise to a scale above 0")
    count = (~np.isnan(scores) & (weights[..., None, :] > 0)).sum(-1)  # what weighs nothing is no sibling
    variance = arithmetic((scores - mean[..., None]) ** 2, weights) * count / np.maximum(count - 1, 1)
    return np.asarray(mean + sign * variance / mean)


def copeland(scores: Floats, weights: Floats) -> Floats:
    """Return for each unit how many others it beats minus how many beat it, pair by pair.

    A pair is won by who is better on more than half of the weight, a tie counting half to each. Nothing is compensated,
    and the result depends on who else takes part: read it as a rank.

    Source: Copeland 1951; Munda & Nardo 2009, Applied Economics 41, 1513-1523.

    >>> copeland(np.array([[3.0, 3.0, 1.0], [2.0, 2.0, 2.0], [1.0, 1.0, 3.0]]), np.ones(3)).tolist()
    [2.0, 0.0, -2.0]
    """
    *many, units, _ = scores.shape
    lead = np.zeros((*many, units, units))
    for at in range(scores.shape[-1]):
        one = scores[..., at]
        with np.errstate(invalid="ignore"):  # a missing score neither wins nor loses
            ahead = (one[..., :, None] > one[..., None, :]).astype(float) - (one[..., :, None] < one[..., None, :])
        lead += weights[..., at, None, None] * ahead
    won = (lead > 1e-12 * weights.sum(-1)[..., None, None]).sum(-1)
    lost = (lead < -1e-12 * weights.sum(-1)[..., None, None]).sum(-1)
    return np.where(np.isnan(scores).all(-1), np.nan, won - lost)


def aggregate(method: Method, scores: Floats, weights: Floats, floor: float | None = None) -> Floats:
    """Return the scores aggregated by a method; geometric and harmonic means see nothing below ``floor``.

    Raises:
        InputError: when there is no such method, or scores are not above zero where they must be.

    >>> aggregate("geometric", np.array([[0.0, 100.0]]), np.ones(2), floor=1.0).round(9).tolist()
    [10.0]
    """
    if method in ("geometric", "harmonic") and floor is not None:
        scores = np.maximum(scores, floor)
    if method == "arithmetic":
        return arithmetic(scores, weights)
    if method == "geometric":
        return geometric(scores, weights)
    if method == "harmonic":
        return harmonic(scores, weights)
    if method == "mazziotta-pareto":
        return mazziotta_pareto(scores, weights)
    if method == "mazziotta-pareto-plus":
        return mazziotta_pareto(scores, weights, 1.0)
    if method == "copeland":
        return copeland(scores, weights)
    raise InputError("aggregation", f"{method!r}: expected one of {', '.join(METHODS)}")
