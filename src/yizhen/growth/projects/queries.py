"""The readers of projects."""

from django.db.models import Count, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.growth.models import STAGES, Project, Screening, ScreeningRule
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, inside
from yizhen.web.board import BoardLine

from .rules import may_read
from .three_content import Rule


def projects_visible_to(user: Account) -> QuerySet[Project]:
    """Return the projects in the user's scope; a department sees those it is in charge of; villages, grids and
    administrators see none: what a firm promises is nobody else's.
    """
    if not may_read(user):
        return Project.objects.none()
    projects = Project.objects.select_related("division", "department")
    if user.role == "department":
        return projects.filter(department=user.unit_id) if user.unit_id else projects.none()
    return projects.filter(inside(user.scope_id))


def with_last_screening(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Fetch each project's screenings, the last one first, with the rule. One query."""
    return projects.prefetch_related(Prefetch("screenings", Screening.objects.select_related("rule", "by")))


def rule_in_force(division: Division) -> tuple[Rule, ScreeningRule | None]:
    """Return the screening rule of a place's city, and its version; the shipped proposal where the city has none."""
    version = ScreeningRule.objects.filter(city=city_code(division.code)).order_by("-number").first()
    return (version.rule if version else Rule()), version


def rules_visible_to(user: Account) -> QuerySet[ScreeningRule]:
    """Return the versions of the rule of the user's city."""
    if not may_read(user):
        return ScreeningRule.objects.none()
    return ScreeningRule.objects.filter(city=city_code(user.scope_id)).select_related("by")


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return the line of a place's projects on the board: how many at which stage. One query."""
    visible = projects_visible_to(user).filter(inside(division.code)).order_by()
    counts = dict(visible.values_list("stage").annotate(Count("pk")))
    if not counts:
        return []
    stages = " · ".join(f"{STAGES[stage]} {counts[stage]}" for stage in STAGES if stage in counts)
    value = _("%(n)s 个") % {"n": sum(counts.values())}
    return [BoardLine(_("招商项目"), value, f"{reverse('growth:projects')}?place={division.code}", stages)]
