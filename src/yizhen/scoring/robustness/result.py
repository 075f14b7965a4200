"""How the ranks of an index move under other plausible choices, in numbers and in one sentence a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.composite.model import CompositeIndex
from yizhen.scoring.inputs import Floats, InputError, Integers, place_of
from yizhen.scoring.tables import Language, Table, names_joined, said

from .choices import Choices, draw_runs
from .runs import make_plan, ranks_of

FIRM, WIDE = 0.05, 0.2  # an interval over no more of all places is firm, over more is wide
MOST_PAIRED = 400


def robustness(
    index: CompositeIndex, data: Any, *, unit: str, choices: Choices, draws: int = 10_000, seed: int = 0
) -> "RobustnessResult":
    """Rank the units again and again, each time with other plausible choices, all varied together.

    This is about choices (and measurement error where it is given), not about sampling: it says what a rank owes to
    those who made the index. ``data`` and ``unit`` as for :meth:`CompositeIndex.fit`. Gates act later and are left aside.

    Raises:
        InputError: as ``fit``; when a unit has no score, or an alternative cannot be computed.

    Source: Saisana, Saltelli & Tarantola 2005, JRSS A 168, 307-323.

    >>> from yizhen.scoring.composite import CompositeIndex, Framework, Group, Indicator, MinMax
    >>> from yizhen.scoring.robustness import Choices, WeightNoise, robustness
    >>> framework = Framework([Indicator("a", "all"), Indicator("b", "all")], [Group("all")])
    >>> data = {"town": ["x", "y", "z"], "a": [9, 8, 1], "b": [5, 5.6, 1]}
    >>> index = CompositeIndex(framework, normalisation=MinMax())
    >>> made = robustness(index, data, unit="town", choices=Choices(weights=WeightNoise(0.5)), draws=1000)
    >>> made.ranks["low"].tolist(), made.ranks["high"].tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    if not isinstance(draws, int) or draws < 100:
        raise InputError("draws", f"{draws!r}: expected a whole number from 100 up")
    plan = make_plan(index, choices, data, unit, seed)
    runs = draw_runs(choices, index.framework, draws, np.random.default_rng(seed))
    return RobustnessResult(plan.cells.names, plan.nominal, ranks_of(plan, runs), choices.factors, plan.gated)


@dataclass(frozen=True, repr=False)
class RobustnessResult:
    """Ranks under other choices: ``drawn`` (draws, n), 1 the best; ``nominal`` (n,) as the index stands.

    ``factors`` names what was varied, ``gated`` the units that a veto concerns: it acts after the ranks here.
    """

    names: NDArray[np.object_]
    nominal: Integers
    drawn: Integers
    factors: tuple[str, ...]
    gated: frozenset[object] = frozenset()

    def __repr__(self) -> str:
        return f"<RobustnessResult: {len(self.names)} units, {len(self.drawn)} draws of {', '.join(self.factors)}>"

    @cached_property
    def counts(self) -> Integers:
        """How often each unit had each rank: (n, n), the best rank first."""
        units = len(self.names)
        made = np.zeros(units * units, np.int64)
        shift = np.arange(units) * units - 1
        for first in range(0, len(self.drawn), 1000):
            made += np.bincount((self.drawn[first : first + 1000] + shift).ravel(), minlength=units * units)
        return made.reshape(units, units)

    @cached_property
    def ranks(self) -> Table:
        """Table of unit, nominal, mean, median, low and high (5 and 95 %) ranks."""
        places = np.arange(1, len(self.names) + 1)
        below = self.counts.cumsum(1)
        low, median, high = ((below < share * len(self.drawn)).sum(1) + 1 for share in (0.05, 0.5, 0.95))
        mean = self.counts @ places / len(self.drawn)
        return Table(unit=self.names, nominal=self.nominal, mean=mean, median=median, low=low, high=high)

    def top_probability(self, quota: int) -> Floats:
        """Return in what share of the draws each unit is among the best ``quota`` (n,).

        Raises:
            InputError: when the quota is not between 1 and n - 1.
        """
        if not 1 <= quota < len(self.names):
            raise InputError("quota", f"{quota} of {len(self.names)} units; expected 1 to {len(self.names) - 1}")
        return np.asarray(self.counts[:, :quota].sum(1) / len(self.drawn))

    def pairwise(self, units: Sequence[object] | None = None) -> Floats:
        """Return in what share of the draws unit j is before unit k, at [j, k]; a tie counts half to each.

        ``units`` chooses and orders them; all by default, if they are no more than 400.

        Raises:
            InputError: when a unit is unknown, or there are too many pairs.
        """
        at = np.arange(len(self.names)) if units is None else np.array([place_of(self.names, one) for one in units])
        if not 0 < len(at) <= MOST_PAIRED:
            raise InputError("units", f"{len(at)} units; name 1 to {MOST_PAIRED}, for more have too many pairs to read")
        drawn = self.drawn[:, at].T.copy()
        made = np.empty((len(at), len(at)))
        for j, own in enumerate(drawn):
            made[j] = ((own < drawn).sum(1) + 0.5 * (own == drawn).sum(1)) / len(self.drawn)
        return made

    @property
    def wide(self) -> float:
        """The share of units whose 5-95 % interval spans more than a fifth of all places."""
        ranks = self.ranks
        return float((ranks["high"] - ranks["low"] > WIDE * len(self.names)).mean())

    def sentence(self, unit: object, quota: int | None = None, language: Language = "zh") -> str:
        """Say in one sentence how firm a unit's rank is, and with a ``quota`` how likely it is among the best so many.

        Raises:
            InputError: when there is no such unit, or the quota is out of range.
        """
        at = place_of(self.names, unit)
        row = {name: values[at] for name, values in self.ranks.items()}
        low, high, n = row["low"], row["high"], len(self.names)
        firm = (
            said(language, "名次牢靠", "the rank is firm") if high - low <= FIRM * n
            else said(language, "名次大致可信", "the rank is roughly right") if high - low <= WIDE * n
            else said(language, "名次不说明什么", "the rank says little")
        )  # fmt: skip
        span = said(language, f"在第 {low}–{high}", f"between {low} and {high}") if low < high else (
            said(language, f"都是第 {low}", f"at {low}"))  # fmt: skip
        made = said(
            language,
            f"{unit}：现列第 {row['nominal']}；换合理的做法，十次有九次{span}（共 {n} 个），{firm}",
            f"{unit}: ranked {row['nominal']}; under other plausible choices nine times out of ten {span} of {n}: {firm}",
        )
        if quota is not None:
            from yizhen.scoring.ranks.readings import in_steps  # brings scipy.stats, which most callers need not load

            chance = in_steps(float(self.top_probability(quota)[at]))
            made += said(language, f"；进前 {quota} 的可能 {chance}", f"; among the best {quota}: {chance}")
        if unit in self.gated:
            made += said(language, "；这是否决或封顶之前的名次", "; this is before its veto or cap")
        return made + said(language, "。", ".")

    def summary(self, language: Language = "zh") -> str:
        """Say what was varied, how much of the table is firm, and what this is not."""
        ranks, n = self.ranks, len(self.names)
        moved = np.abs(self.drawn - self.nominal).mean()
        firm = self.names[ranks["high"] - ranks["low"] <= FIRM * n]
        varied = "、".join(FACTOR_NAMES[one][0] for one in self.factors)
        varied_en = ", ".join(FACTOR_NAMES[one][1] for one in self.factors)
        listed = names_joined(firm[:12], language) + ("…" if len(firm) > 12 else "")
        return said(
            language,
            f"同时改变{varied}，重算 {len(self.drawn):,} 次：名次平均移动 {moved:.1f} 位；{self.wide:.0%} 的单位名次"
            f"范围超过全部的五分之一。名次牢靠的：{listed}。这说的是做法的影响，不是抽样误差。",
            f"Varying {varied_en} together, {len(self.drawn):,} times: ranks move by {moved:.1f} places on average; "
            f"{self.wide:.0%} of the units have ranges wider than a fifth of all places. Firm: {listed}. This is about "
            "choices, not about sampling.",
        )


FACTOR_NAMES = {
    "weights": ("权重", "weights"),
    "imputation": ("补缺办法", "imputation"),
    "treatment": ("离群值处理", "outliers"),
    "normalisation": ("标准化", "normalisation"),
    "aggregation": ("汇总办法", "aggregation"),
    "floor": ("保底分", "floor"),
    "dropout": ("指标取舍", "indicators left out"),
    "measurement": ("测量误差", "measurement error"),
}
