"""Funnel limits: how far from the average a place of its size may be by chance alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from yizhen.scoring.inputs import Floats, InputError
from yizhen.scoring.tables import Language, Table, names_joined, said

from .rates import Counted, check_level, read_counts, refuse_no_proportion


@dataclass(frozen=True, repr=False)
class Funnel:
    """Units against limits: ``target`` is the average rate, ``warn`` and ``act`` the (n,) low and high limits.

    All rates are times ``per``. With ``kind`` "proportion" limits are binomial, with "rate" Poisson.
    """

    read: Counted
    kind: Literal["proportion", "rate"]
    per: float
    target: float

    def __repr__(self) -> str:
        return f"<Funnel: {len(self.read.names)} units around {self.target * self.per:g}>"

    def limits(self, base: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the low and high limits (times ``per``) at a two-sided ``level`` for bases (n,).

        A count at a limit or beyond it comes about by chance in at most half of 1 - ``level`` of the cases on its side.
        The tails are those of the Poisson or binomial distribution, continued between whole counts, so that the lines
        are smooth. Where not even 0 would be too low, the low limit is negative.

        Source: Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202, with exact tails.
        """
        tail = (1 - level) / 2
        middle, room = base * self.target, 40 * np.sqrt(base * self.target) + 40
        low = _crossing(lambda at: self._at_most(at, base) - tail, np.full(len(base), -1.0), middle)
        high = _crossing(lambda at: tail - self._at_least(at, base), middle, middle + room)
        return low / base * self.per, high / base * self.per

    def lines(self, level: float, points: int = 200) -> tuple[Floats, Floats, Floats]:
        """Return bases from below the smallest to above the largest, and the limits there: what a picture draws."""
        base = np.geomspace(self.read.base.min() * 0.8, self.read.base.max() * 1.25, points)
        return base, *self.limits(np.ceil(base) if self.kind == "proportion" else base, level)

    def _at_most(self, count: Floats, base: Floats) -> Floats:
        """Return P(X <= count), continued between whole counts."""
        if self.kind == "rate":
            return np.asarray(special.gammaincc(count + 1, base * self.target))
        return np.asarray(1 - special.betainc(count + 1, np.maximum(base - count, 1e-9), self.target))

    def _at_least(self, count: Floats, base: Floats) -> Floats:
        """Return P(X >= count), continued between whole counts."""
        if self.kind == "rate":
            return np.asarray(special.gammainc(np.maximum(count, 1e-9), base * self.target))
        inside = np.clip(count, 1e-9, base)
        made = special.betainc(inside, base - inside + 1, self.target)
        return np.where(count > base, 0.0, made)

    @property
    def table(self) -> Table:
        """Table of unit, count, base, rate, low, high (99.8 %), warn_low, warn_high (95 %), finding.

        ``finding``: within, warn (beyond 95 %), low or high (beyond 99.8 %: chance is no likely explanation).
        """
        read = self.read
        rate = read.events / read.base * self.per
        warn_low, warn_high = self.limits(read.base, 0.95)
        low, high = self.limits(read.base, 0.998)
        finding = np.select(
            [rate <= low, rate >= high, (rate <= warn_low) | (rate >= warn_high)], ["low", "high", "warn"], "within"
        )
        return Table(
            unit=read.names, count=read.events, base=read.base, rate=rate, low=low, high=high,
            warn_low=warn_low, warn_high=warn_high, finding=finding,
        )  # fmt: skip

    def summary(self, language: Language = "zh") -> str:
        """Say who is beyond what chance explains; everybody else cannot be told apart by this rate."""
        finding = self.table["finding"]
        low, high = (names_joined(self.read.names[finding == one], language) for one in ("low", "high"))
        rest = int(np.isin(finding, ["within", "warn"]).sum())
        return said(
            language,
            f"平均 {self.target * self.per:.4g}。低得不像偶然：{low}；高得不像偶然：{high}。其余 {rest} 个的差别可能只是偶然，"
            "不宜据此排先后。",
            f"Average {self.target * self.per:.4g}. Lower than chance explains: {low}; higher: {high}. The other {rest} may "
            "differ by chance alone: do not rank them by it.",
        )


def funnel(
    count: Any,
    base: Any,
    *,
    kind: Literal["proportion", "rate"] = "rate",
    names: Sequence[object] | None = None,
    per: float = 1.0,
    target: float | None = None,
) -> Funnel:
    """Return the funnel of some rates around ``target`` (times ``per``), or around their ratio of sums.

    Raises:
        InputError: when counts and bases do not fit the kind, or the target is out of range.

    >>> made = funnel([2, 30], [1500, 60_000], per=10_000, names=["small", "large"])
    >>> made.table["finding"].tolist()
    ['within', 'within']
    """
    if kind not in ("proportion", "rate"):
        raise InputError("kind", f"{kind!r} is neither 'proportion' nor 'rate'")
    read = read_counts(count, base, names)
    check_level(0.95, per)
    if kind == "proportion":
        refuse_no_proportion(read)
    middle = float(read.events.sum() / read.base.sum()) if target is None else target / per
    if not 0 < middle < np.inf or (kind == "proportion" and middle >= 1):
        raise InputError("target", f"{middle * per:g}: nothing varies around it")
    return Funnel(read, kind, per, middle)


def _crossing(rising: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where a rising function crosses zero between two bounds, by halving; the bounds where it does not."""
    for _ in range(60):
        middle = (low + high) / 2
        below = rising(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high
