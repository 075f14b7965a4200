"""Confidence sets for ranks that hold whatever the true order is, ties included.

Units are compared in pairs by studentised differences; the critical value is a quantile of the largest of them, taken
again over the pairs not yet rejected until none is added (step-down). A rejected pair leaves only in the direction in
which it was rejected. A unit's rank lies between 1 + the number significantly better and p - the number
significantly worse.

Source: Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies 91, 476-518; Romano & Wolf 2005, JASA 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from yizhen.scoring.inputs import Floats, InputError, Integers
from yizhen.scoring.tables import Language, Table, said

from .estimates import Estimates, default_draws, read_estimates

Kind = Literal["marginal", "simultaneous"]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class RankSets:
    """For each of p units its rank and the ranks it may have: ``low`` is the best, ``high`` the worst.

    ``better`` (p, p) is true at [j, k] where j is significantly better than k. ``kind`` is ``"marginal"`` (right for
    one unit's own page) or ``"simultaneous"`` (right for the table as a whole).
    """

    names: NDArray[np.object_]
    rank: Integers
    low: Integers
    high: Integers
    better: Booleans
    level: float
    kind: Kind

    @property
    def table(self) -> Table:
        """Table of name, rank, low, high."""
        return Table(name=self.names, rank=self.rank, low=self.low, high=self.high)

    def summary(self, language: Language = "zh") -> str:
        """Say each unit's rank with the ranks it may have, best first."""
        percent = f"{self.level:.0%}"
        head = said(
            language,
            f"名次及其 {percent} 置信范围（{'对整张表同时成立' if self.kind == 'simultaneous' else '对单个对象成立'}）：",
            f"Ranks with {percent} confidence sets ({'for the table as a whole' if self.kind == 'simultaneous' else 'for each unit by itself'}):",
        )
        lines = [
            said(
                language,
                f"{self.names[i]}：第 {self.rank[i]} 名，可能在第 {self.low[i]}–{self.high[i]} 名之间",
                f"{self.names[i]}: rank {self.rank[i]}, could be {self.low[i]} to {self.high[i]}",
            )
            if self.low[i] != self.high[i]
            else said(
                language, f"{self.names[i]}：第 {self.rank[i]} 名，确定", f"{self.names[i]}: rank {self.rank[i]}, firm"
            )
            for i in np.argsort(self.rank, kind="stable")
        ]
        return "\n".join([head, *lines])


def rank_sets(
    estimates: Any,
    *,
    se: Any = None,
    covariance: Any = None,
    df: float | None = None,
    names: Sequence[object] | None = None,
    level: float = 0.95,
    kind: Kind = "marginal",
    stepdown: bool = True,
    draws: int | None = None,
    seed: int = 0,
) -> RankSets:
    """Return confidence sets for the ranks of p units, the highest estimate being rank 1.

    ``estimates`` (p,) come with ``se`` (p,) when independent, else with ``covariance`` (p, p): marks of the same
    raters are not independent. ``df`` makes the errors t-distributed. The critical values are simulated from
    ``draws`` errors (by default 20,000 for up to 100 units, fewer beyond), so bounds may move by a rank with the seed.

    Raises:
        InputError: when the estimates and their errors do not fit, the level is not between 0 and 1, or there are
            fewer than 200 draws.

    >>> sets = rank_sets([9.0, 5.0, 4.9, 1.0], se=[0.5, 0.5, 0.5, 0.5])
    >>> [(int(low), int(high)) for low, high in zip(sets.low, sets.high)]
    [(1, 1), (2, 3), (2, 3), (4, 4)]
    """
    read = read_estimates(estimates, se=se, covariance=covariance, df=df, names=names, level=level, draws=draws)
    if kind not in ("marginal", "simultaneous"):
        raise InputError("kind", f"{kind!r} is neither 'marginal' nor 'simultaneous'")
    count = default_draws(len(read)) if draws is None else draws
    errors = read.errors(count, seed)
    if kind == "simultaneous":
        better = significantly_better(read, errors, level, stepdown=stepdown)
        return _sets(read, better, better.T, level, kind)
    ahead, behind = _marginal(read, errors, level, stepdown=stepdown)
    return _sets(read, ahead, behind, level, kind)


def _sets(read: Estimates, ahead: Booleans, behind: Booleans, level: float, kind: Kind) -> RankSets:
    """``ahead[j, k]``: in j's own comparison j is better than k; ``behind[j, k]``: worse."""
    rank = competition(read.value)
    low = 1 + behind.sum(1)
    high = len(read) - ahead.sum(1)
    return RankSets(read.names, rank, low, high, ahead, level, kind)


def competition(values: Floats) -> Integers:
    """Return ranks from the highest value down; ties share the better rank (1-2-2-4).

    >>> competition(np.array([90.0, 85.0, 85.0, 80.0])).tolist()
    [1, 2, 2, 4]
    """
    return np.asarray(rankdata(-np.asarray(values), method="min"), dtype=np.int64)


def _marginal(read: Estimates, errors: Floats, level: float, *, stepdown: bool) -> tuple[Booleans, Booleans]:
    units = len(read)
    ahead, behind = np.zeros((units, units), bool), np.zeros((units, units), bool)
    scale = read.difference_se
    statistic = (read.value[:, None] - read.value) / scale
    across = np.ascontiguousarray(errors.T)  # (p, draws): a row is one unit's errors
    noise = np.empty_like(across)
    for unit in range(units):
        np.subtract(across[unit], across, out=noise)
        noise /= scale[unit].astype(np.float32)[:, None]
        noise[unit] = 0
        ahead[unit], behind[unit] = _step_down(statistic[unit], noise, level, unit, stepdown=stepdown)
    return ahead, behind


def _step_down(
    statistic: Floats, noise: Floats, level: float, unit: int, *, stepdown: bool
) -> tuple[Booleans, Booleans]:
    """Return which units ``unit`` is ahead of, and behind; ``noise`` (p, draws) are its studentised differences.

    The largest statistic of the pairs that stay in both directions is kept, so that each further step only looks at
    the pairs rejected once.
    """
    others = np.arange(len(statistic)) != unit
    ahead = behind = np.zeros(len(statistic), bool)
    largest = None
    while True:
        if largest is None:
            high, low = noise.max(0), noise.min(0)  # the unit's own row is 0 and harmless
            largest = np.maximum(high, -low)
        else:
            both = others & ~ahead & ~behind
            largest = np.zeros(noise.shape[1], np.float32)
            if both.any():
                kept = noise[both]
                largest = np.maximum(kept.max(0), -kept.min(0))
            # Not ahead of: "no better than" stays to be tested; it is rejected by large values.
            if (behind & others).any():
                largest = np.maximum(largest, noise[behind].max(0))
            if (ahead & others).any():
                largest = np.maximum(largest, (-noise[ahead]).max(0))
        critical = float(np.quantile(largest, level))
        now_ahead, now_behind = others & (statistic > critical), others & (statistic < -critical)
        if not stepdown or ((now_ahead == ahead).all() and (now_behind == behind).all()):
            return now_ahead, now_behind
        ahead, behind = now_ahead | ahead, now_behind | behind


def significantly_better(read: Estimates, errors: Floats, level: float, *, stepdown: bool = True) -> Booleans:
    """Return at [j, k] whether j is better than k, all pairs being tested together; shape (p, p)."""
    scale = read.difference_se
    statistic = (read.value[:, None] - read.value) / scale
    np.fill_diagonal(statistic, 0)
    across = np.ascontiguousarray(errors.T)
    better = np.zeros(statistic.shape, bool)
    while True:
        largest = np.zeros(across.shape[1], np.float32)
        for unit in range(len(read)):
            # Hypotheses "unit is no better than k" that still stand.
            stands = ~better[unit]
            stands[unit] = False
            if stands.any():
                noise = (across[unit] - across[stands]) / scale[unit, stands].astype(np.float32)[:, None]
                np.maximum(largest, noise.max(0), out=largest)
        critical = float(np.quantile(largest, level))
        now = statistic > critical
        if not stepdown or (now == better).all():
            return now
        better |= now
