"""Other readings of the same estimates: intervals for a picture, probabilities, quota lists and bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from yizhen.scoring.inputs import Floats, InputError, Integers
from yizhen.scoring.tables import Language, Table, names_joined, said

from .estimates import default_draws, read_estimates
from .sets import competition, rank_sets, significantly_better


def rank_intervals(
    estimates: Any,
    *,
    se: Any = None,
    covariance: Any = None,
    df: float | None = None,
    names: Sequence[object] | None = None,
    level: float = 0.95,
    draws: int = 20_000,
    seed: int = 0,
) -> Table:
    """Return Goldstein-Spiegelhalter intervals: where ranks fall when the estimates are drawn anew.

    Columns name, rank, low, median, high. A good picture, but no confidence set: when units are truly tied the
    interval of a rank misses it almost always. Use :func:`rank_sets` for statements with consequences.

    Raises:
        InputError: when the estimates and their errors do not fit.

    Source: Goldstein & Spiegelhalter 1996, JRSS A 159, 385-443.

    >>> [int(low) for low in rank_intervals([3.0, 2.9, 0.0], se=[0.2, 0.2, 0.2])["low"]]
    [1, 1, 3]
    """
    read = read_estimates(estimates, se=se, covariance=covariance, df=df, names=names, level=level, draws=draws)
    ranks = drawn_ranks(read.value + read.errors(draws, seed))
    tail = (1 - level) / 2
    low, median, high = np.quantile(ranks, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf").astype(np.int64)
    return Table(name=read.names, rank=competition(read.value), low=low, median=median, high=high)


def drawn_ranks(values: Floats) -> Integers:
    """Return ranks within each row of (draws, p), 1 for the highest."""
    order = np.argsort(-values, axis=1)
    ranks = np.empty(values.shape, np.int64)
    np.put_along_axis(ranks, order, np.arange(1, values.shape[1] + 1)[None, :], axis=1)
    return ranks


def top_probabilities(
    estimates: Any,
    quota: int,
    *,
    se: Any = None,
    covariance: Any = None,
    df: float | None = None,
    names: Sequence[object] | None = None,
    draws: int = 20_000,
    seed: int = 0,
) -> Table:
    """Return the share of draws in which each unit is among the best ``quota``; columns name, probability.

    Print it in steps of 5 % (:func:`in_steps`): more digits would pretend.

    Raises:
        InputError: when the quota is not between 1 and p - 1, or the estimates and their errors do not fit.

    >>> [in_steps(p) for p in top_probabilities([3.0, 2.9, 0.0], 1, se=[0.2, 0.2, 0.2])["probability"]]
    ['65 %', '35 %', '< 5 %']
    """
    read = read_estimates(estimates, se=se, covariance=covariance, df=df, names=names, draws=draws)
    _check_quota(quota, len(read))
    ranks = drawn_ranks(read.value + read.errors(draws, seed))
    return Table(name=read.names, probability=(ranks <= quota).mean(0))


def pairwise_probabilities(estimates: Any, *, se: Any = None, covariance: Any = None) -> Floats:
    """Return P(j better than k) at [j, k] under a flat prior, shape (p, p); ½ on the diagonal.

    Raises:
        InputError: when the estimates and their errors do not fit.

    >>> pairwise_probabilities([1.0, 1.0], se=[0.3, 0.4]).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    from scipy.stats import norm

    read = read_estimates(estimates, se=se, covariance=covariance)
    made: Floats = norm.cdf((read.value[:, None] - read.value) / read.difference_se)
    return made


def in_steps(probability: float) -> str:
    """Return a probability to the nearest 5 %, never as certain.

    >>> in_steps(0.37), in_steps(0.999)
    ('35 %', '> 95 %')
    """
    rounded = round(float(probability) * 20) * 5
    return "< 5 %" if rounded < 5 else "> 95 %" if rounded > 95 else f"{rounded} %"


@dataclass(frozen=True)
class QuotaLists:
    """Who is among the best ``quota``: ``inside`` and ``outside`` for certain, ``open`` where nobody can say."""

    inside: NDArray[np.object_]
    open: NDArray[np.object_]
    outside: NDArray[np.object_]
    quota: int
    level: float

    def summary(self, language: Language = "zh") -> str:
        """Say the three lists in plain words."""
        inside, open_, outside = (names_joined(one, language) for one in (self.inside, self.open, self.outside))
        return said(
            language,
            f"前 {self.quota} 名（{self.level:.0%} 把握）：一定在内：{inside}；分不出来：{open_}；一定不在：{outside}。",
            f"Best {self.quota} (at {self.level:.0%}): certainly in: {inside}; cannot be separated: {open_}; "
            f"certainly out: {outside}.",
        )


def quota_lists(
    estimates: Any,
    quota: int,
    *,
    se: Any = None,
    covariance: Any = None,
    df: float | None = None,
    names: Sequence[object] | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 0,
) -> QuotaLists:
    """Return the three lists of a quota such as 优秀 ≤ q, best estimate first, all right together at ``level``.

    Raises:
        InputError: when the quota is not between 1 and p - 1, or the estimates and their errors do not fit.

    Source: the τ-best sets of Mogstad, Romano, Shaikh & Wilhelm 2024, from simultaneous rank sets.

    >>> lists = quota_lists([9.0, 5.0, 4.9, 1.0], 2, se=[0.5] * 4, names=["A", "B", "C", "D"])
    >>> [str(name) for name in lists.open]
    ['B', 'C']
    """
    sets = rank_sets(
        estimates, se=se, covariance=covariance, df=df, names=names, level=level, kind="simultaneous",
        draws=draws, seed=seed,
    )  # fmt: skip
    _check_quota(quota, len(sets.rank))
    order = np.argsort(sets.rank, kind="stable")
    inside, outside = sets.high[order] <= quota, sets.low[order] > quota
    ranked = sets.names[order]
    return QuotaLists(ranked[inside], ranked[~inside & ~outside], ranked[outside], quota, level)


def bands(
    estimates: Any,
    *,
    se: Any = None,
    covariance: Any = None,
    df: float | None = None,
    names: Sequence[object] | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 0,
) -> Table:
    """Return bands within which the first cannot be told from the others; columns name, rank, band (1 the best).

    From the top: a new band opens at the first unit that is significantly below the first of the band. Bands depend
    on where one starts; read them with the pairwise picture.

    Raises:
        InputError: when the estimates and their errors do not fit.

    >>> [int(band) for band in bands([9.0, 5.0, 4.9, 1.0], se=[0.5] * 4)["band"]]
    [1, 2, 2, 3]
    """
    read = read_estimates(estimates, se=se, covariance=covariance, df=df, names=names, level=level, draws=draws)
    count = default_draws(len(read)) if draws is None else draws
    better = significantly_better(read, read.errors(count, seed), level)
    order = np.argsort(-read.value, kind="stable")
    band = np.zeros(len(read), np.int64)
    first, number = order[0], 1
    for unit in order:
        if better[first, unit]:
            first, number = unit, number + 1
        band[unit] = number
    return Table(name=read.names, rank=competition(read.value), band=band)


def _check_quota(quota: int, units: int) -> None:
    if isinstance(quota, bool) or not isinstance(quota, int | np.integer) or not 1 <= quota < units:
        raise InputError("quota", f"{quota} of {units} units; expected a whole number from 1 to {units - 1}")


def comparison_errors(covariance: Any) -> Floats:
    """Return one error for each unit, such that √(q_j² + q_k²) comes as near as can be to the error of j - k.

    For bars in a picture: where errors are shared (the same raters marked all), a unit's own standard error is too
    large for comparing. Exact for three units or for independent ones; else least squares on the logarithms.

    Raises:
        InputError: when it is no covariance matrix of two units or more.

    Source: quasi-variances, Firth & de Menezes 2004, Biometrika 91, 65-80.

    >>> comparison_errors(np.diag([1.0, 4.0, 9.0])).round(6).tolist()
    [1.0, 2.0, 3.0]
    """
    read = read_estimates(np.zeros(len(np.asarray(covariance))), covariance=covariance)
    row, column = np.triu_indices(len(read), 1)
    target = np.log(read.difference_se[row, column] ** 2)
    if len(read) == 2:
        return np.full(2, float(np.exp(target[0] / 2)) / np.sqrt(2))
    start = np.log(np.maximum(np.diag(read.covariance), np.exp(target.min()) / 4))

    def gaps(at: Floats) -> Floats:
        return np.asarray(np.log(np.exp(at[row]) + np.exp(at[column])) - target)

    return np.asarray(np.exp(least_squares(gaps, start).x / 2))
