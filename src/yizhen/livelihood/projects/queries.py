"""The readers of livelihood projects."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from yizhen.livelihood.models import Milestone, Photo, Project, Vote
from yizhen.livelihood.models import Payment as Paid
from yizhen.people.models import Account
from yizhen.places.queries import inside

from .lights import Said, light, state_of, worst
from .rules import READING


def projects_visible_to(user: Account) -> QuerySet[Project]:
    """Return the projects in the user's scope; villages, grids, ballot accounts and administrators see the public ones
    on the residents' pages alone.
    """
    if not user.is_active or user.role not in READING:
        return Project.objects.none()
    return with_all(Project.objects.filter(inside(user.scope_id)))


def public_projects() -> QuerySet[Project]:
    """Return the projects that anybody may read."""
    return with_all(Project.objects.filter(public=True))


def with_all(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Fetch what a line needs beside the project: place, units, indicator, milestones with their delays, money paid."""
    paid = Paid.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(sum=Sum("amount"))
    return (
        projects.select_related("division", "division__parent", "lead_unit", "acceptance_unit", "indicator")
        .prefetch_related(Prefetch("milestones", Milestone.objects.prefetch_related("delays")))
        .annotate(paid=Coalesce(Subquery(paid.values("sum")), Decimal(0)))
    )


def photos_visible_to(user: Account) -> QuerySet[Photo]:
    """Return the photographs of the projects that the user sees, without those that were withdrawn."""
    return Photo.objects.filter(project__in=projects_visible_to(user).values("pk"), withdrawn="")


def public_photos() -> QuerySet[Photo]:
    """Return the photographs of published projects, without those that were withdrawn."""
    return Photo.objects.filter(project__public=True, withdrawn="")


def votes_visible_to(user: Account) -> QuerySet[Vote]:
    """Return the votes in the user's scope and those of the levels above it, whose lists reach into it."""
    votes = Vote.objects.select_related("division", "by").prefetch_related("tallies__project")
    if not user.is_active or user.role not in READING:
        return votes.none()
    above = [user.scope_id[:length] for length in (2, 4, 6) if length < len(user.scope_id)]
    return votes.filter(inside(user.scope_id)) | votes.filter(division__in=above)


@dataclass(frozen=True)
class Step:
    """A milestone with where it stands today, and what was said of its dates."""

    milestone: Milestone
    state: str

    @property
    def light(self) -> tuple[str, str, Any] | None:
        """Colour, shape and words."""
        return light(self.state)


def steps_of(project: Project, today: date | None = None) -> list[Step]:
    """Return the milestones of a project that was fetched with them. No query."""
    day = today or timezone.localdate()
    return [Step(one, _state(one, day)) for one in project.milestones.all()]


def _state(milestone: Milestone, today: date) -> str:
    said = [Said(one.old_on, one.new_on, timezone.localdate(one.at)) for one in milestone.delays.all()]
    return state_of(milestone.planned_on, milestone.first_on, milestone.actual_on, said, today)


def state_of_project(project: Project, steps: list[Step]) -> str:
    """Return the worst state of what is not done yet; nothing before works are listed or once they have ended."""
    if project.stage not in {"listed", "building", "reported"}:
        return ""
    return worst([step.state for step in steps])
