"""Rates and means with what chance does to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from yizhen.scoring.small_area import proportion_intervals

Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True)
class Rate:
    """A share of matters in percent with its 95 % interval; everything None where nothing was due."""

    count: int
    should: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    def includes(self, value: float | None) -> bool:
        """Return whether chance alone may explain the distance to a value."""
        return value is None or self.low is None or self.high is None or self.low <= value <= self.high


def rates_of(pairs: Sequence[tuple[int, int]]) -> list[Rate]:
    """Return the rates of (count, should), in their order, with Wilson's intervals."""
    due = [pair for pair in pairs if pair[1]]
    rows = iter(proportion_intervals([c for c, _n in due], [n for _c, n in due], per=100).rows() if due else [])
    made = []
    for count, should in pairs:
        row = next(rows) if should else None
        span = (float(row["rate"]), float(row["low"]), float(row["high"])) if row else (None, None, None)
        made.append(Rate(count, should, *span))
    return made


def mean_span(mean: float, n: int, lowest: float, highest: float) -> tuple[float, float]:
    """Return a 95 % interval of a mean of n scores between two ends, at least as wide as it must be.

    Wilson's interval of a share with the same mean: no score between the ends varies more. A few equal scores give an
    interval too: that five agree does not show that the next one will.

    Source: Wilson 1927, JASA 22, 209-212.
    """
    width = highest - lowest
    share = (mean - lowest) / width
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return lowest + width * max(middle - half, 0.0), lowest + width * min(middle + half, 1.0)
