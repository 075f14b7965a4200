"""Series that follow their place: what a merged place was before is the sum of what it was made of.

A ratio's parts add up, and the ratio is taken again of their sums; figures without parts (growth rates, scores) do not add
up, and nothing is made of them. Nothing is stored: the figures stay with the places that they were recorded for.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from yizhen.places.queries import lineage

from .checking import PLACES
from .models import Indicator, Observation
from .periods import bounds

Key = tuple[str, str]  # indicator, period
Steps = dict[str, list[tuple[date, list[str]]]]  # code → day and what it was made of, the latest first


def made_of(places: Iterable[str]) -> tuple[Steps, set[str]]:
    """Return how places came to be, and the codes whose figures are needed besides their own."""
    steps = lineage(places)
    return steps, {code for changes in steps.values() for _on, befores in changes for code in befores}


def ancestry(places: Iterable[str], steps: Steps) -> set[str]:
    """Return the codes of places and of everything they were ever made of."""
    found: set[str] = set()
    waiting = list(places)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += [before for _on, befores in steps.get(code, []) for before in befores]
    return found


def follow(figures: Iterable[Observation], places: Iterable[str], steps: Steps) -> list[Observation]:
    """Return the figures of places, with those of the places that they were made of added up where they have none.

    Args:
        figures: of the places and of what they were made of.
        places: the codes that are asked for.
        steps: how they came to be, from :func:`made_of`.

    Returns:
        Stored figures, and unsaved ones whose ``note`` names what they were made of.
    """
    by_place: dict[str, dict[Key, Observation]] = defaultdict(dict)
    for figure in figures:
        by_place[figure.division_id][figure.indicator_id, figure.period] = figure
    found: list[Observation] = []
    for place in places:
        own = _series(place, by_place, steps)
        found += own.values()
    return found


def _series(place: str, by_place: dict[str, dict[Key, Observation]], steps: Steps) -> dict[Key, Observation]:
    """Return a place's figures as it stands now: each change, the oldest first, makes anew what lies before it."""
    own = dict(by_place.get(place, {}))
    for on, befores in reversed(steps.get(place, [])):
        parts = []
        for code in befores:
            # A place that goes on under its code was smaller before: what it has so far is one of the parts.
            series = own if code == place else _series(code, by_place, steps)
            parts.append({key: figure for key, figure in series.items() if bounds(key[1])[1] < on})
        if place in befores:
            own = {key: figure for key, figure in own.items() if bounds(key[1])[1] >= on}
        for key in set.intersection(*(set(part) for part in parts)) if parts else set():
            if key not in own and (whole := _whole(place, [part[key] for part in parts])):
                own[key] = whole
    return own


def _whole(place: str, parts: list[Observation]) -> Observation | None:
    """Return the figure of a place as the sum of its parts; of one part, that one under the new code."""
    first = parts[0]
    indicator: Indicator = first.indicator
    top, bottom, value = first.numerator, first.denominator, first.value
    if len(parts) > 1:
        tops, bottoms = [one.numerator for one in parts], [one.denominator for one in parts]
        if not indicator.per or None in tops or None in bottoms:
            return None
        top = sum((one for one in tops if one is not None), Decimal(0))
        bottom = sum((one for one in bottoms if one is not None), Decimal(0))
        value = (top / bottom * indicator.per).quantize(PLACES)
    return Observation(
        indicator=indicator, division_id=place, period=first.period, value=value, numerator=top, denominator=bottom,
        source=first.source, as_of=max(one.as_of for one in parts), note="、".join(one.division.name_zh for one in parts)[:120],
    )  # fmt: skip
