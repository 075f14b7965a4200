"""What sectors a city's townships are made of in one year, and what that says of a declared industry. Knows no database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from yizhen.scoring.regional import Quotient, herfindahl, krugman_index, location_quotient, shares, similarity

MEASURES = {"output": _("营业收入"), "jobs": _("从业人员")}
FEWEST_UNITS = 3  # fewer give away what one of them earns (统计法 art. 28)
ALIKE, PARTLY = 0.7, 0.4  # proposals of this project, no standard


class Cell(NamedTuple):
    """One sector of one township: output in 10,000 yuan, persons, units."""

    output: Decimal | None
    jobs: int | None
    units: int


@dataclass(frozen=True)
class Structures:
    """The sectors of townships in a year, by place and sector code."""

    cells: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)

    @cached_property
    def _cache(self) -> dict[tuple[str, str], dict[str, float]]:
        return {}

    def of(self, place: str, measure: str) -> dict[str, float]:
        """Return a township's amounts by sector; empty where the measure was not reported."""
        found = self._cache.get((place, measure))
        if found is None:
            own = {sector: getattr(cell, measure) for sector, cell in self.cells.get(place, {}).items()}
            whole = bool(own) and None not in own.values()
            found = self._cache[place, measure] = {s: float(v) for s, v in own.items()} if whole else {}
        return found

    def reported(self, scope: str, measure: str) -> list[str]:
        """Return the townships of a county or city that reported the measure."""
        return [place for place in sorted(self.cells) if place.startswith(scope) and self.of(place, measure)]

    def base(self, scope: str, measure: str) -> dict[str, float]:
        """Return the sums by sector of the townships of a county or city."""
        found = self._cache.get((f"base {scope}", measure))
        if found is None:
            found = {}
            for place in self.reported(scope, measure):
                for sector, amount in self.of(place, measure).items():
                    found[sector] = found.get(sector, 0.0) + amount
            self._cache[f"base {scope}", measure] = found
        return found

    @cached_property
    def _units(self) -> dict[tuple[str, ...], dict[str, int]]:
        return {}

    def units_beyond(self, scope: str, measure: str, *known: str) -> dict[str, int]:
        """Return by sector the units of a scope's townships that reported, without those of some places or scopes."""
        found = self._units.get((scope, measure, *known))
        if found is None:
            found = self._units[scope, measure, *known] = {}
            for place in self.reported(scope, measure):
                if not place.startswith(known):
                    for sector, cell in self.cells[place].items():
                        found[sector] = found.get(sector, 0) + cell.units
        return found

    def units(self, place: str, sectors: Iterable[str]) -> int:
        """Return how many units stand behind some sectors of a township."""
        own = self.cells.get(place, {})
        return sum(own[sector].units for sector in sectors if sector in own)


def few(units: int) -> bool:
    """Return whether so few units stand behind a sum that it gives one of them away."""
    return 0 < units < FEWEST_UNITS


def withheld(made: Structures, place: str, scope: str, beside: str, measure: str, known: str) -> frozenset[str]:
    """Return the sectors whose sums over a scope a reader is not told on a township's page.

    What he sees in full (``known``, the prefix of his own scope) and what the page shows of the township go off a sum; so does
    the sum over the county ``beside`` the city. Where fewer than three units are left the sector is withheld, and with it as
    many more as it takes until three units and two sectors are withheld together, because all shares add up to one.

    Source: 统计法 art. 28.
    """
    own = {} if place.startswith(known) else made.cells.get(place, {})
    beyond = [made.units_beyond(scope, measure, known), made.units_beyond(scope, measure, known, beside)]
    left = {
        sector: [units - (own[sector].units if sector in own else 0), beyond[1].get(sector, 0)]
        for sector, units in beyond[0].items()
    }
    hidden = [sector for sector, units in sorted(left.items()) if any(map(few, units))]
    more = sorted((units[0], sector) for sector, units in left.items() if sector not in hidden and units[0])
    while hidden and (len(hidden) < 2 or any(few(sum(left[sector][at] for sector in hidden)) for at in (0, 1))):
        if not more:  # the total itself would tell
            return frozenset(made.base(scope, measure))
        hidden.append(more.pop(0)[1])
    return frozenset(hidden)


@dataclass(frozen=True, slots=True)
class Argument:
    """What the figures say of a declared industry beside a county or a city.

    ``reason`` says why there is no quotient: the arithmetic's, or ``alone`` (only this township reported in that scope), ``few_units``
    (it would give away a single unit to others), ``few_others`` (it would give away a single unit of another township).
    """

    quotient: Quotient | None
    reported: int
    reason: str = ""

    @property
    def value(self) -> float | None:
        """The location quotient, where it is shown."""
        return self.quotient.value if self.quotient and not self.reason else None

    @property
    def percents(self) -> tuple[float | None, float | None]:
        """The shares in percent: of the place, and of the scope."""
        found = self.quotient
        if found is None:
            return (None, None)
        return (_percent(found.share), _percent(found.base_share))

    @property
    def disagrees(self) -> bool:
        """Whether a declared industry is less at home here than in the base."""
        return self.value is not None and self.value < 1

    @property
    def unsure(self) -> bool:
        """Whether the limits of chance include 1: neither more nor less can be said."""
        found = self.quotient
        return bool(found and found.low is not None and found.high is not None and found.low <= 1 <= found.high)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def argue(
    made: Structures, place: str, scope: str, sectors: Collection[str], measure: str, *, full: bool = True,
    hidden: Collection[str] = (),
) -> Argument | None:  # fmt: skip
    """Return what the figures say of a township's sectors beside a scope, or None where it reported nothing.

    ``hidden`` are the sectors whose sums over the scope are :func:`withheld`: all of them together may be told, some may not.
    """
    own, base = made.of(place, measure), made.base(scope, measure)
    if not own:
        return None
    reported = len(made.reported(scope, measure))
    found = location_quotient(
        sum(own.get(sector, 0.0) for sector in sectors), sum(own.values()),
        sum(base.get(sector, 0.0) for sector in sectors), sum(base.values()), counts=measure == "jobs",
    )  # fmt: skip
    if not full and 0 < made.units(place, sectors) < FEWEST_UNITS:
        return Argument(None, reported, "few_units")
    if reported < 2:
        return Argument(found, reported, "alone")
    told = set(sectors)
    if hidden and (set(base) <= set(hidden) or (told & set(hidden) and not set(hidden) <= told)):
        return Argument(None, reported, "few_others")
    return Argument(found, reported, found.reason)


class Line(NamedTuple):
    """One sector of a township: its amount, and its share here, in the county and in the city, in percent.

    A share that would give another township's unit away is None, and the quotient with it.
    """

    code: str
    amount: float
    share: float
    county_share: float | None
    city_share: float | None
    quotient: Quotient | None
    units: int


def lines_of(made: Structures, place: str, county: str, city: str, measure: str, known: str) -> list[Line]:
    """Return a township's sectors in the order of the standard, as a reader of the scope ``known`` may see them."""
    in_county, in_city = (withheld(made, place, scope, county, measure, known) for scope in (county, city))
    own = made.of(place, measure)
    whole = made.base(city, measure)
    own_shares, of_county, of_city = shares(own), shares(made.base(county, measure)), shares(whole)
    total, city_total = sum(own.values()), sum(whole.values())
    return [
        Line(
            code, amount, 100 * own_shares.get(code, 0.0),
            None if code in in_county else 100 * of_county.get(code, 0.0),
            None if code in in_city else 100 * of_city.get(code, 0.0),
            None if code in in_city
            else location_quotient(amount, total, whole.get(code, 0.0), city_total, counts=measure == "jobs"),
            made.cells[place][code].units,
        )
        for code, amount in sorted(own.items())
    ]  # fmt: skip


class Specialisation(NamedTuple):
    """How concentrated a township is, and how unlike county and city."""

    herfindahl: float | None
    county: float | None
    city: float | None
    sectors: int


def specialisation_of(made: Structures, place: str, county: str, city: str, measure: str) -> Specialisation:
    """Return Herfindahl's index of a township and Krugman's index beside county and city."""
    own = made.of(place, measure)
    return Specialisation(
        herfindahl(own),
        krugman_index(own, made.base(county, measure)),
        krugman_index(own, made.base(city, measure)),
        sum(amount > 0 for amount in own.values()),
    )


def alike(made: Structures, one: str, other: str, measure: str) -> float | None:
    """Return how much two townships' structures have in common, 0 to 1."""
    return similarity(made.of(one, measure), made.of(other, measure))


def how_alike(value: float | None) -> str:
    """Return ``alike``, ``partly`` or ``different``; empty where nothing is known."""
    if value is None:
        return ""
    return "alike" if value >= ALIKE else "partly" if value >= PARTLY else "different"
