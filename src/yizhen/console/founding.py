"""Making a new city: its divisions, categories, departments and catalogue, through the rooms' actions."""

from collections import Counter

from django.db import transaction

from yizhen.indicators.catalogue import load_catalogue
from yizhen.places.actions import load_categories, load_divisions
from yizhen.places.models import Division
from yizhen.places.national import city_divisions, find_city, full_name


class AlreadyFounded(Exception):
    """The data directory holds a city already."""


@transaction.atomic
def found_city(text: str, *, villages: bool = True) -> tuple[Division, Counter[str]]:
    """Load a real city from the national table. A second call for the same city completes and renames, deletes nothing.

    Returns the city and how many divisions there are by level.

    Raises:
        UnknownDivision: with the nearest names.
        AlreadyFounded: when the data directory belongs to another city.
    """
    found = find_city(text)
    roots = list(Division.objects.filter(parent__isnull=True).values_list("code", flat=True))
    if roots and roots != [found.code]:
        raise AlreadyFounded(
            f"这个数据目录已属于 {roots[0]},请换一个目录 · this data directory belongs to {roots[0]}: choose another with --data"
        )
    load_divisions(None, city_divisions(found.code, villages=villages), f"national table: {full_name(found.code)}")
    city = Division.objects.get(code=found.code)
    load_categories(None)
    load_catalogue(None, city)
    return city, Counter(Division.objects.order_by("code").values_list("level", flat=True))
