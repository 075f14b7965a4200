"""The readers of indices: who sees which, and one version with its figures and analysis."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from yizhen.indicators.models import IndexDesign, IndexVersion
from yizhen.indicators.rules import may_design
from yizhen.people.models import Account
from yizhen.places.queries import city_code

from .gathering import Data, gather, revised
from .kept import analysed


def indices_visible_to(user: Account) -> QuerySet[IndexDesign]:
    """Return the indices of the user's city that have something to show: drafts are seen by the office alone."""
    if not user.is_active or user.is_admin:
        return IndexDesign.objects.none()
    designs = IndexDesign.objects.filter(division=city_code(user.scope_id))
    return designs if may_design(user, user.scope_id) else designs.filter(versions__state="frozen").distinct()


def versions_visible_to(user: Account) -> QuerySet[IndexVersion]:
    """Return the versions that the user may open, without their stored figures and results."""
    versions = IndexVersion.objects.select_related("design__division", "frozen_by").defer("data", "result")
    versions = versions.filter(design__in=indices_visible_to(user))
    return versions if may_design(user, user.scope_id) else versions.filter(state="frozen")


@dataclass(frozen=True)
class Shown:
    """A version with its figures, its analysis, and the figures that changed since it was frozen."""

    version: IndexVersion
    data: Data
    result: dict[str, Any]
    revised: list[dict[str, Any]]


def shown(version: IndexVersion, draws: int) -> Shown:
    """Return a version as it stands: frozen ones as they were, drafts with the figures of now. At most four queries."""
    now = gather(version.spec, version.design.division_id)
    if version.data is not None and version.result is not None:
        return Shown(version, version.data, version.result, revised(version.data, now))
    return Shown(version, now, analysed(version.spec, now, draws), [])


def figures_of(version: IndexVersion) -> Data:
    """Return the figures of a version: the frozen ones, or for a draft those of now."""
    return gather(version.spec, version.design.division_id) if version.data is None else version.data
