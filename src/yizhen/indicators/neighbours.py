"""A township's nearest ones by data, and what makes them so. Two queries, however many townships."""

from dataclasses import dataclass
from math import log
from typing import Any

from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, townships_visible_to
from yizhen.scoring.small_area import nearest
from yizhen.web.templatetags.yizhen import label

from .models import Indicator, NeighbourRule, Observation
from .periods import bounds

NUMBER = 4
DEFAULT = ("population", "density", "villages")
OF_PLACES = {
    "population": _("常住人口（取对数）"),
    "density": _("人口密度（取对数）"),
    "villages": _("村（社区）数"),
}


@dataclass(frozen=True)
class Near:
    """One of the nearest townships: how far it is (1: as two places usually are), and each variable beside one's own."""

    division: Division
    distance: float
    variables: list[tuple[Any, float, float, float]]  # name, own, theirs, share of the distance


@dataclass(frozen=True)
class Neighbourhood:
    """A township with its nearest ones; none when it lacks a variable, which ``lacking`` then names."""

    division: Division
    names: list[Any]
    near: list[Near]
    lacking: list[Any]


def context_choices() -> dict[str, Any]:
    """Return what may be declared: facts of places, and indicators that are context and judge nobody."""
    neutral = Indicator.objects.filter(direction="neutral").order_by("code")
    return {**OF_PLACES, **{one.code: label(one) for one in neutral}}


def rule_of(city: str) -> NeighbourRule:
    """Return a city's rule; where none is declared, size, density and number of villages."""
    return NeighbourRule.objects.filter(city=city).first() or NeighbourRule(
        city_id=city, variables=list(DEFAULT), number=NUMBER
    )


def neighbourhood(user: Account, division: Division) -> Neighbourhood:
    """Return the townships of the city that are nearest to one, by the declared variables."""
    rule = rule_of(city_code(division.code))
    places = list(townships_visible_to(user).filter(retired_on=None).order_by("code"))
    known = context_choices()
    variables = [name for name in rule.variables if name in known]
    figures = _latest([name for name in variables if name not in OF_PLACES])
    table = [[_value(place, name, figures) for name in variables] for place in places]
    names = [known[name] for name in variables]
    own = next((number for number, place in enumerate(places) if place.code == division.code), None)
    if own is None or not variables:
        return Neighbourhood(division, names, [], names)
    lacking = [name for name, value in zip(names, table[own], strict=True) if value != value]  # NaN
    if lacking:
        return Neighbourhood(division, names, [], lacking)
    near = [
        Near(
            places[one.place],
            one.distance,
            list(zip(names, table[own], table[one.place], one.shares, strict=True)),
        )
        for one in nearest(table, own, rule.number)
    ]
    return Neighbourhood(division, names, near, [])


def _latest(codes: list[str]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], Observation] = {}
    for figure in Observation.objects.filter(indicator__in=codes, division__level="township"):
        key = (figure.indicator_id, figure.division_id)
        if key not in found or bounds(found[key].period)[1] < bounds(figure.period)[1]:
            found[key] = figure
    return {key: float(figure.value) for key, figure in found.items()}


def _value(place: Division, name: str, figures: dict[tuple[str, str], float]) -> float:
    area, residents = place.profile.get("area_km2"), place.population
    if name == "population":
        return log(residents) if residents else float("nan")
    if name == "density":
        return log(residents / float(area)) if residents and area else float("nan")
    if name == "villages":
        number = place.profile.get("villages")
        return float(number) + float(place.profile.get("communities") or 0) if number is not None else float("nan")
    return figures.get((name, place.code), float("nan"))
