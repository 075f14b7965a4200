"""Rates of small places with their intervals: a town of 1,500 is not last by chance.

A proportion counts some of those who are there (pupils who finish); a count's rate counts events against a base they are
not part of, or may hit twice (accidents per 10,000 residents). The first is binomial, the second Poisson.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, names_of, vector
from yizhen.scoring.tables import Table

FEW = 20  # below so many events a rate alone is not shown


class Counted(NamedTuple):
    """Counts and what they are counted against, as read: all (n,)."""

    names: NDArray[np.object_]
    events: Floats
    base: Floats


def read_counts(count: Any, base: Any, names: Sequence[object] | None = None) -> Counted:
    """Read counts and bases.

    Raises:
        InputError: when a count is negative or no whole number, a base is not above zero, or lengths differ.
    """
    made, over = vector(count, "count"), vector(base, "base")
    if len(made) != len(over):
        raise InputError("count, base", f"have {len(made)} and {len(over)} entries")
    who = names_of(names, len(made))
    bad = np.flatnonzero((made < 0) | (made != np.floor(made)))
    if len(bad):
        raise InputError("count", f"{made[bad[0]]:g} is no number of events", int(bad[0]))
    bad = np.flatnonzero(over <= 0)
    if len(bad):
        raise InputError("base", f"{over[bad[0]]:g}; expected a number above 0", int(bad[0]))
    return Counted(who, made, over)


def proportion_intervals(
    count: Any,
    base: Any,
    *,
    names: Sequence[object] | None = None,
    per: float = 1.0,
    level: float = 0.95,
    method: Literal["wilson", "exact"] = "wilson",
) -> Table:
    """Return proportions with their intervals: columns unit, count, base, rate, low, high (times ``per``), few.

    ``wilson`` covers about as often as it says; ``exact`` (Clopper-Pearson) at least as often, and is wider. ``few`` marks
    fewer than 20 events (or non-events): then show the interval, or nothing.

    Raises:
        InputError: when counts and bases are no proportion.

    Source: Wilson 1927, JASA 22, 209-212; Clopper & Pearson 1934, Biometrika 26, 404-413.

    >>> made = proportion_intervals([1], [10])
    >>> made["low"].round(3).tolist(), made["high"].round(3).tolist()
    ([0.018], [0.404])
    """
    from scipy import stats

    check_level(level, per)
    read = read_counts(count, base, names)
    refuse_no_proportion(read)
    rate, n = read.events / read.base, read.base
    if method == "wilson":
        z = float(stats.norm.ppf((1 + level) / 2))
        middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
        low, high = np.where(read.events == 0, 0, middle - half), np.where(read.events == n, 1, middle + half)
    elif method == "exact":
        tail = (1 - level) / 2
        low = np.where(read.events > 0, stats.beta.ppf(tail, read.events, n - read.events + 1), 0.0)
        high = np.where(read.events < n, stats.beta.ppf(1 - tail, read.events + 1, n - read.events), 1.0)
    else:
        raise InputError("method", f"{method!r} is neither 'wilson' nor 'exact'")
    few = np.minimum(read.events, read.base - read.events) < FEW
    return _table(read, per, low, high, few)


def rate_intervals(
    count: Any, base: Any, *, names: Sequence[object] | None = None, per: float = 1.0, level: float = 0.95
) -> Table:
    """Return rates of events with exact Poisson intervals: columns unit, count, base, rate, low, high, few.

    Raises:
        InputError: when a count is no number of events, or a base is not above zero.

    Source: Garwood 1936, Biometrika 28, 437-442.

    >>> made = rate_intervals([0, 10], [1500, 1500], per=10_000)
    >>> made["low"].round(1).tolist(), made["high"].round(1).tolist()
    ([0.0, 32.0], [24.6, 122.6])
    """
    check_level(level, per)
    read = read_counts(count, base, names)
    low, high = poisson_limits(read.events, level)
    return _table(read, per, low / read.base, high / read.base, read.events < FEW)


def poisson_limits(count: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the exact interval of a Poisson mean for counts (n,).

    >>> [round(float(limit[0]), 3) for limit in poisson_limits(np.array([3.0]), 0.95)]
    [0.619, 8.767]
    """
    from scipy import stats

    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(count > 0, stats.chi2.ppf(tail, 2 * count) / 2, 0.0)
    return low, np.asarray(stats.chi2.ppf(1 - tail, 2 * count + 2) / 2)


def ratio_of_sums(numerator: Any, denominator: Any) -> float:
    """Return Σ numerator / Σ denominator over units that have both: the average of a city, not the mean of its ratios.

    Raises:
        InputError: when lengths differ, no unit has both, or the denominators sum to nothing.

    >>> ratio_of_sums([1, 90], [10, 100])
    0.8272727272727273
    """
    over, under = vector(numerator, "numerator", "drop"), vector(denominator, "denominator", "drop")
    if len(over) != len(under):
        raise InputError("numerator, denominator", f"have {len(over)} and {len(under)} entries")
    both = ~np.isnan(over) & ~np.isnan(under)
    total = float(under[both].sum())
    if not total > 0:
        raise InputError("denominator", f"sums to {total:g} over {int(both.sum())} units")
    return float(over[both].sum() / total)


def refuse_no_proportion(read: Counted) -> None:
    """Refuse counts above their base, and bases that are no number of people.

    Raises:
        InputError: at the first such row.
    """
    bad = np.flatnonzero((read.events > read.base) | (read.base != np.floor(read.base)))
    if len(bad):
        raise InputError("count", f"{read.events[bad[0]]:g} of {read.base[bad[0]]:g}", int(bad[0]))


def check_level(level: float, per: float) -> None:
    """Refuse a level that is no probability, or a multiplier that is not above zero.

    Raises:
        InputError: naming it.
    """
    for name, value, most in (("level", level, 1.0), ("per", per, float("inf"))):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < most:
            raise InputError(name, f"{value!r}; expected a number above 0" + (" and below 1" if most == 1 else ""))


def _table(read: Counted, per: float, low: Floats, high: Floats, few: NDArray[np.bool_]) -> Table:
    rate = read.events / read.base
    return Table(
        unit=read.names, count=read.events, base=read.base, rate=rate * per, low=low * per, high=high * per, few=few
    )
