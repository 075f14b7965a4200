"""The figures of an index with where they come from, as plain values: what is hashed, frozen and computed from."""

from collections.abc import Iterable, Mapping
from typing import Any

from yizhen.indicators.comparison import UNCLASSIFIED
from yizhen.indicators.models import Indicator, Observation
from yizhen.places.models import Division

from .timing import end_of, last_ended

Data = dict[str, Any]


def gather(spec: Mapping[str, Any], city: str) -> Data:
    """Return what is known for an index in a city, in three queries.

    Keys: ``places`` (code, names, category), ``categories``, ``indicators`` (what the catalogue says, with the period
    taken), ``figures`` (place, indicator, value, numerator, denominator, source, as_of), ``absent``: the place and
    indicator of what does not apply to a category, whether or not somebody entered a figure for it.
    """
    catalogue = Indicator.objects.in_bulk([one["code"] for one in spec["indicators"]])
    end = end_of(spec["period"])
    taken = {code: last_ended(found.frequency, end) for code, found in catalogue.items()}
    places = _places(spec, city)
    absent = {
        (place.code, code)
        for place in places
        for code in (place.category.not_applicable if place.category else ())
        if code in catalogue
    }
    return {
        "places": [
            {"code": place.code, "name_zh": place.name_zh, "name_en": place.name_en,
             "category": place.category_id or UNCLASSIFIED}
            for place in places
        ],
        "categories": {
            place.category.code: {"name_zh": place.category.name_zh, "name_en": place.category.name_en}
            for place in places if place.category
        },
        "indicators": {code: _described(found, taken[code]) for code, found in sorted(catalogue.items())},
        "figures": _figures(taken, {place.code for place in places}, absent, city),
        "absent": sorted([place, code] for place, code in absent),
    }  # fmt: skip


def _places(spec: Mapping[str, Any], city: str) -> list[Division]:
    townships = Division.objects.filter(code__startswith=city, level="township", retired_on__isnull=True)
    if spec["category"]:
        townships = townships.filter(category=spec["category"])
    return list(townships.select_related("category").order_by("category_id", "code"))


def _described(found: Indicator, period: str) -> dict[str, Any]:
    return {
        "name_zh": found.name_zh, "name_en": found.name_en, "unit": found.unit, "direction": found.direction,
        "per": found.per, "chance": found.chance, "period": period,
    }  # fmt: skip


def _figures(
    taken: Mapping[str, str], places: Iterable[str], absent: set[tuple[str, str]], city: str
) -> list[dict[str, Any]]:
    wanted = set(places)
    observations = (
        Observation.objects.filter(
            indicator__in=list(taken), period__in=sorted(set(taken.values())),
            division__code__startswith=city, division__level="township",
        )
        .order_by("division_id", "indicator_id")
        .values_list(
            "division_id", "indicator_id", "period", "value", "numerator", "denominator", "source_id", "as_of"
        )
    )  # fmt: skip
    return [
        {
            "place": place, "indicator": code, "value": str(value),
            "numerator": None if top is None else str(top), "denominator": None if bottom is None else str(bottom),
            "source": source, "as_of": as_of.isoformat(),
        }
        for place, code, period, value, top, bottom, source, as_of in observations
        if period == taken[code] and place in wanted and (place, code) not in absent
    ]  # fmt: skip


def revised(before: Data, now: Data) -> list[dict[str, Any]]:
    """Return the figures that are no longer what they were: place, indicator, before, now; None where there is none."""
    old, new = ({(one["place"], one["indicator"]): one["value"] for one in data["figures"]} for data in (before, now))
    return [
        {"place": key[0], "indicator": key[1], "before": old.get(key), "now": new.get(key)}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]
