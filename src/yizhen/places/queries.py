"""The readers of places."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from yizhen.audit.prepared import Prepared

from .models import Division, PlaceChange, Succession

WIDE = 6  # digits of a county's code, or of what it lies in


ROOTS = Prepared(
    lambda *codes: Division.objects.filter(parent__isnull=True, code__in=codes).order_by("code").values_list("code")[:1]
)


def city_code(code: str) -> str:
    """Return the code of the city that a place belongs to: the root of its tree (2 digits in a municipality)."""
    root = ROOTS.first(code[:2], code[:4], code[:6])
    return str(root[0]) if root else code[:4]


def inside(code: str, field: str = "division") -> Q:
    """Return the condition that a place lies in another: a range, which an index serves on both databases, as LIKE is not.

    Letters come after digits in every collation, so the range ends before the next code. A city or a county is too much
    to be fetched by place: SQLite, which keeps no histogram, would do it all the same, so it is not offered the range.
    """
    if connection.vendor == "sqlite" and len(code) <= WIDE:
        return Q(**{f"{field}__code__startswith": code})
    return Q(**{f"{field}__gte": code, f"{field}__lt": f"{code}Z"})


def divisions_visible_to(user: Any) -> QuerySet[Division]:
    """Return the places in the user's scope.

    A township office sees all townships of its city (names, categories, population: public facts that peers are
    compared by), and villages only of its own; departments and the city see everything under the city.
    """
    if not getattr(user, "is_active", False) or not user.scope_id:
        return Division.objects.none()
    city = city_code(user.scope_id)
    within = Division.objects.filter(code__startswith=user.scope_id)
    return (
        within | Division.objects.filter(code__startswith=city, level__in=["prefecture", "county", "township"])
    ).order_by("code")


def townships_visible_to(user: Any) -> QuerySet[Division]:
    """Return the townships, sub-districts and township-level units that the user may see, with their categories."""
    return divisions_visible_to(user).filter(level="township").select_related("category", "parent")


def peer_group(division: Division) -> QuerySet[Division]:
    """Return the other townships of the same city and category: what a township may fairly be compared with."""
    if division.category_id is None:
        return Division.objects.none()
    return Division.objects.filter(
        code__startswith=city_code(division.code), level="township", category=division.category_id, retired_on=None
    ).exclude(code=division.code)


def lineage(codes: Iterable[str]) -> dict[str, list[tuple[date, list[str]]]]:
    """Return how each place came to be: code → (day, what it was made of), the latest change first. Two queries a step.

    Only mergers and new codes: what a split place was made of has its own figures, and nobody knows a part's share.
    """
    found: dict[str, list[tuple[date, list[str]]]] = {}
    wanted = set(codes)
    while wanted:
        rows = Succession.objects.filter(after__in=wanted, change__kind__in=["merger", "recode"]).select_related(
            "change"
        )
        steps: dict[tuple[str, date], list[str]] = {}
        for row in rows:
            steps.setdefault((row.after_id, row.change.on), []).append(row.before_id)
        wanted = set()
        for (after, on), befores in sorted(steps.items(), key=lambda step: step[0][1], reverse=True):
            found.setdefault(after, []).append((on, sorted(befores)))
            wanted |= {code for code in befores if code not in found and code != after}
    return found


def changes_visible_to(user: Any) -> QuerySet[PlaceChange]:
    """Return the changes of the map: public facts, open to whoever sees places."""
    return (
        PlaceChange.objects.all() if getattr(user, "is_active", False) and user.scope_id else PlaceChange.objects.none()
    )
