"""Whether an indicator moved where a practice was adopted: what was before, what is now, and what the city did. Pure.

It says what happened after, never what caused it. Beside the change stands the city's change between the same two periods,
because what moved everywhere was not moved by a practice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yizhen.indicators.periods import bounds, year_before

TOO_EARLY, NO_BEFORE, BETTER, WORSE, SAME, CHANCE, SHOWN = (
    "too_early", "no_before", "better", "worse", "same", "chance", "shown",
)  # fmt: skip
Span = tuple[float, float]


@dataclass(frozen=True)
class Moved:
    """The two periods that are compared, the change in the indicator's unit, the city's, and what may be said of it."""

    verdict: str
    before: str | None = None
    after: str | None = None
    change: Decimal | None = None
    city_change: Decimal | None = None


def judge(
    own: Mapping[str, Decimal],
    city: Mapping[str, Decimal],
    since: date,
    direction: str,
    spans: Mapping[str, Span] | None = None,
) -> Moved:
    """Compare the latest period after an adoption with what was before it.

    A period counts as before when it ended before the day, as after when it began on the day or later. Of a series with
    seasons the same period of an earlier year is taken where there is one, otherwise the last one before.

    Args:
        own: period → value of the place that adopted.
        city: period → value of the city.
        since: the day of the adoption.
        direction: ``up`` or ``down`` is better; with anything else the change is shown and not judged.
        spans: period → 95 % interval of the own value, where chance plays a part; two that overlap are no movement.
    """
    earlier = sorted(period for period in own if bounds(period)[1] < since)
    later = sorted((period for period in own if bounds(period)[0] >= since), key=lambda period: bounds(period)[1])
    if not later:
        return Moved(TOO_EARLY, before=earlier[-1] if earlier else None)
    after = later[-1]
    if not earlier:
        return Moved(NO_BEFORE, after=after)
    before = _before(after, earlier)
    change = own[after] - own[before]
    in_city = city[after] - city[before] if after in city and before in city else None
    spans = spans or {}
    overlap = after in spans and before in spans and _overlap(spans[before], spans[after])
    return Moved(_verdict(change, direction, overlap=overlap), before, after, change, in_city)


def _before(after: str, earlier: list[str]) -> str:
    """Return the last of the earlier periods of the same season, or else the last of all."""
    season = year_before(after)
    while season >= min(earlier):
        if season in earlier:
            return season
        season = year_before(season)
    return max(earlier, key=lambda period: bounds(period)[1])


def _overlap(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _verdict(change: Decimal, direction: str, *, overlap: bool) -> str:
    if direction not in {"up", "down"}:
        return SHOWN
    if change == 0:
        return SAME
    if overlap:
        return CHANCE
    return BETTER if (change > 0) == (direction == "up") else WORSE
