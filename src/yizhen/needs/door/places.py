"""Choosing a place from lists, without a script: county, then township, then village."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label

Groups = list[tuple[Any, list[tuple[str, str]]]]
TOWNSHIP = 9  # digits of its code


def places_in_use() -> QuerySet[Division]:
    """Return the townships and villages that a request may name."""
    return Division.objects.filter(level__in=["township", "village"], retired_on=None)


def townships(scope: str = "") -> QuerySet[Division]:
    """Return the townships in use inside a scope, by code, with their counties. One query."""
    inside = Division.objects.filter(level="township", retired_on=None, code__startswith=scope)
    return inside.select_related("parent").order_by("code")


def by_county(places: Iterable[Division]) -> list[tuple[Division | None, list[Division]]]:
    """Return townships under their counties, both by code."""
    found: dict[str, tuple[Division | None, list[Division]]] = {}
    for place in places:
        found.setdefault(place.code[:6], (place.parent, []))[1].append(place)
    return list(found.values())


def township_choices(scope: str = "") -> Groups:
    """Return every township as choices of a list box, under its county."""
    return [
        (label(county) if county else "", [(place.code, label(place)) for place in places])
        for county, places in by_county(townships(scope))
    ]


def village_choices(township: Division, scope: str = "") -> list[tuple[str, str]]:
    """Return a township and its villages as choices of a list box. One query."""
    villages = Division.objects.filter(parent=township, level="village", retired_on=None, code__startswith=scope)
    whole = _("%(place)s（不清楚哪个村、社区）") % {"place": label(township)}
    return [(township.code, whole), *((place.code, label(place)) for place in villages.order_by("code"))]
