"""What a place makes beside what the places around it make: location quotients, shares, how alike two structures are.

Structures are mappings of sector → amount (output in one unit of money, or persons). A sector that a mapping does not name counts
as nought. Nothing here knows Django.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np

from .small_area.rates import poisson_limits

FEW_EXPECTED = 5.0  # persons below whom a quotient of counts is not shown
LEAST_SHARE = 0.005  # share of a base below which a quotient of amounts is not shown


@dataclass(frozen=True, slots=True)
class Quotient:
    """A location quotient with its derivation.

    ``value`` is ``share`` ÷ ``base_share``; None where it is withheld, and ``reason`` then says why: ``no_own``, ``no_base`` (nothing
    to divide by), ``tiny_base`` (the base has too little of the sector for the ratio to mean anything). ``low`` and ``high`` are
    the limits of chance, for counts alone.
    """

    own: float
    own_total: float
    base: float
    base_total: float
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """The sector's share of the place: the numerator."""
        return self.own / self.own_total if self.own_total > 0 else None

    @property
    def base_share(self) -> float | None:
        """The sector's share of the base: the denominator."""
        return self.base / self.base_total if self.base_total > 0 else None


def location_quotient(
    own: float, own_total: float, base: float, base_total: float, *, counts: bool = False, level: float = 0.95
) -> Quotient:
    """Return (own / own_total) ÷ (base / base_total).

    Above 1 the place has more of the sector than the base has. With ``counts`` (persons) the limits are the exact ones of a Poisson
    count beside what would be expected at the base's share, and below five expected nothing is shown; amounts of money
    are no counts, they have no limits, and nothing is shown where the sector is below 0.5 % of the base.

    Raises:
        ValueError: when an amount is negative or not finite, or a part is larger than its whole.

    Source: Isserman 1977, Journal of the American Institute of Planners 43(1), 33-41; limits: Garwood 1936, Biometrika 28, 437-442.

    >>> location_quotient(30, 100, 100, 1000).value
    3.0
    """
    if not all(isfinite(one) and one >= 0 for one in (own, own_total, base, base_total)):
        raise ValueError("amounts must be finite and not negative")
    if own > own_total * (1 + 1e-9) or base > base_total * (1 + 1e-9):
        raise ValueError("a sector is larger than its whole")
    parts = (float(own), float(own_total), float(base), float(base_total))
    if own_total == 0:
        return Quotient(*parts, None, reason="no_own")
    if base_total == 0 or base == 0:
        return Quotient(*parts, None, reason="no_base")
    expected = own_total * (base / base_total)
    if (counts and expected < FEW_EXPECTED) or (not counts and base / base_total < LEAST_SHARE):
        return Quotient(*parts, None, reason="tiny_base")
    low = high = None
    if counts:
        limits = poisson_limits(np.array([float(own)]), level)
        low, high = (float(limit[0]) / expected for limit in limits)
    return Quotient(*parts, own / expected, low, high)


def shares(structure: Mapping[str, float]) -> dict[str, float]:
    """Return each sector's share of the whole; empty when the whole is nought.

    Raises:
        ValueError: when an amount is negative or not finite.
    """
    if not all(isfinite(amount) and amount >= 0 for amount in structure.values()):
        raise ValueError("amounts must be finite and not negative")
    whole = sum(structure.values())
    return {sector: amount / whole for sector, amount in structure.items()} if whole > 0 else {}


def herfindahl(structure: Mapping[str, float]) -> float | None:
    """Return the sum of squared shares: 1 when all is one sector, 1/n when n sectors are equal. None for nothing.

    Source: Hirschman 1964, American Economic Review 54(5), 761-762.
    """
    own = shares(structure)
    return sum(share * share for share in own.values()) if own else None


def krugman_index(structure: Mapping[str, float], base: Mapping[str, float]) -> float | None:
    """Return the sum of absolute differences of shares: 0 when the structures are the same, 2 when they share no sector.

    Source: Krugman 1991, Geography and Trade, MIT Press, ch. 3.
    """
    one, other = shares(structure), shares(base)
    if not one or not other:
        return None
    return sum(abs(one.get(sector, 0.0) - other.get(sector, 0.0)) for sector in one.keys() | other.keys())


def similarity(one: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    """Return what two structures have in common: the sum of the smaller share in each sector, 0 to 1.

    Source: Finger & Kreinin 1979, The Economic Journal 89(356), 905-912.

    >>> similarity({"C36": 60, "A01": 40}, {"C36": 30, "H61": 70})
    0.3
    """
    first, second = shares(one), shares(other)
    if not first or not second:
        return None
    return sum(min(share, second[sector]) for sector, share in first.items() if sector in second)
