"""Comparing the shares of units of one sort, with chance, honest differences and many looks allowed for."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yizhen.scoring.chance import false_discovery
from yizhen.scoring.inputs import Floats, InputError

RATE = 0.01  # of the alarms of one screening about this share, at most, is chance
PEERS = 5  # units needed to say what is usual
FARTHEST = 37.0  # standard errors; beyond it a probability is no number of a computer any more


@dataclass(frozen=True)
class Rule:
    """When a share is a sign.

    ``tail`` says whether a high or a low share is one. No alarm below ``fewest`` matters, nor for less than ``material``
    (in shares) and ``least`` (in matters) beside what was expected: what is certain but small is nobody's business.
    ``floor`` is the share below which the expectation never falls; ``bound`` a share that a low tail must stay under.
    """

    code: str
    tail: Literal["high", "low"] = "high"
    fewest: int = 30
    material: float = 0.05
    least: int = 5
    floor: float = 0.0
    bound: float = 1.0


@dataclass(frozen=True)
class Finding:
    """One unit: ``count`` of ``n``, the share expected and its chance range (99 %), z, p, q, and whether it is a sign."""

    unit: str
    count: int
    n: int
    expected: float
    low: float
    high: float
    z: float
    p: float
    q: float
    alarm: bool

    @property
    def share(self) -> float:
        """The unit's own share."""
        return self.count / self.n


@dataclass(frozen=True)
class Screening:
    """All units that had enough matters. ``dispersion`` is how much more they differ than chance makes them (1: not)."""

    rule: Rule
    expected: float
    dispersion: float
    findings: tuple[Finding, ...]

    @property
    def alarms(self) -> list[Finding]:
        """The findings that are signs."""
        return [one for one in self.findings if one.alarm]


def trimmed_share(count: Floats, n: Floats) -> float:
    """Return the pooled share of the middle half of the units: a quarter may be anything at either end.

    Half a matter is added, so that the share is never 0 or 1.

    >>> round(trimmed_share(np.array([1.0, 10, 10, 90]), np.array([100.0, 100, 100, 100])), 3)
    0.102
    """
    order = np.lexsort((n, count / n))
    aside = len(order) // 4
    middle = order[aside : len(order) - aside]
    return float((count[middle].sum() + 0.5) / (n[middle].sum() + 1))


def compare(counts: Mapping[str, tuple[int, int]], rule: Rule, *, rate: float = RATE) -> Screening:
    """Compare the shares (count, n) of units of one sort.

    Honest model: each unit's count is binomial around the trimmed share of all, with variances larger by a common
    factor that is read from the middle of the units' own scatter (median absolute deviation), so that a few units
    cannot hide by widening it. One-sided mid-P values become normal scores, these are divided by the factor's root and
    read in Student's t with one degree fewer than units; the false discovery rate is held over the units.

    Raises:
        InputError: when a count is negative or larger than its n.

    Source: Spiegelhalter et al. 2012, JRSS A 175, 1-47 (screening of institutions: over-dispersed z-scores, false
    discovery rate); Benjamini & Hochberg 1995, JRSS B 57, 289-300; Berry & Armitage 1995, JRSS D 44, 417-423 (mid-P).

    >>> found = compare({"a": (9, 100), "b": (11, 100), "c": (10, 100), "d": (8, 100), "e": (12, 100), "f": (70, 100)},
    ...                 Rule("x"))
    >>> [one.unit for one in found.alarms]
    ['f']
    """
    for unit, (hits, total) in counts.items():
        if not 0 <= hits <= total:
            raise InputError("counts", f"{unit}: {hits} of {total}")
    units = [unit for unit, (_hits, total) in counts.items() if total >= rule.fewest]
    if len(units) < PEERS:
        return Screening(rule, float("nan"), 1.0, ())
    count = np.array([counts[unit][0] for unit in units], float)
    n = np.array([counts[unit][1] for unit in units], float)
    expected = max(trimmed_share(count, n), rule.floor)
    z = _scores(count, n, expected, rule.tail)
    dispersion = max(1.0, float(stats.median_abs_deviation(z, scale="normal")) ** 2)
    freedom = len(units) - 1
    p = np.asarray(stats.t.sf(z / sqrt(dispersion), freedom))
    q = false_discovery(p)
    half: Floats = float(stats.t.ppf(0.995, freedom)) * np.sqrt(dispersion * expected * (1 - expected) / n)
    share: Floats = count / n
    beside = (share - expected) * (1 if rule.tail == "high" else -1)
    far = (beside >= rule.material) & (beside * n >= rule.least)
    alarm: NDArray[np.bool_] = (q <= rate) & far & ((share <= rule.bound) | (rule.tail == "high"))
    return Screening(
        rule,
        expected,
        dispersion,
        tuple(
            Finding(
                unit,
                int(count[row]),
                int(n[row]),
                expected,
                max(expected - float(half[row]), 0.0),
                min(expected + float(half[row]), 1.0),
                float(z[row]),
                float(p[row]),
                float(q[row]),
                bool(alarm[row]),
            )  # fmt: skip
            for row, unit in enumerate(units)
        ),
    )


def _scores(count: Floats, n: Floats, expected: float, tail: str) -> Floats:
    """Return the normal scores of one-sided mid-P values, large where the share is far out on the side asked for."""
    exact = stats.binom(n, expected)
    beyond = exact.sf(count) if tail == "high" else exact.cdf(count - 1)
    chance = beyond + exact.pmf(count) / 2
    scores: Floats = np.clip(stats.norm.isf(np.maximum(chance, 1e-300)), -FARTHEST, FARTHEST)
    return scores
