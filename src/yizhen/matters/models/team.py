"""Who joins in on a matter: linked units, action branches and the three teams; teams of a task, never files of persons."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .matter import Matter

TEAM_SORTS = {
    "linked_unit": _("包联单位"),
    "action_branch": _("行动党支部"),
    "community_workers": _("社区工作者"),
    "volunteers": _("社区志愿者"),
    "social_org": _("社会组织"),
}
MOST_MEMBERS = 500


class LinkedUnit(models.Model):
    """A department that is linked to a place (包联) by a decision, from a day on; ended, never deleted."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="linked_units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="linked_places")
    basis = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["division", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "unit"],
                condition=Q(until__isnull=True),
                name="linked_unit_is_linked_once",
                violation_error_message="这个单位已经包联这个地方 · The unit is linked to this place already",
            ),
            models.CheckConstraint(
                name="linked_unit_has_its_basis",
                condition=~Q(basis=""),
                violation_error_message="请写明依据 · State the basis",
            ),
            models.CheckConstraint(
                name="linked_unit_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message="结束不能早于开始 · It cannot end before it begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.unit_id}"


class TaskTeam(models.Model):
    """One team at work on one matter: what it is, what it was asked to do, how many take part, and what came of it.

    Organisations and numbers only: no member is named. ``unit`` is the department of a linked unit, which sees the matter
    while its team is at work.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="teams")
    sort = models.CharField(max_length=20, choices=list(TEAM_SORTS.items()))
    name = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="task_teams")
    task = models.CharField(max_length=300)
    members = models.PositiveSmallIntegerField(null=True, blank=True)
    formed_on = models.DateField()
    formed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=500, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "sort", "name"],
                condition=Q(ended_on__isnull=True),
                name="task_team_is_formed_once",
                violation_error_message="这支队伍已在这件事项上 · This team is at work on the matter already",
            ),
            models.CheckConstraint(name="task_team_sort_is_known", condition=Q(sort__in=list(TEAM_SORTS))),
            models.CheckConstraint(
                name="task_team_of_a_unit_names_it",
                condition=Q(sort="linked_unit", unit__isnull=False) | (~Q(sort="linked_unit") & Q(unit__isnull=True)),
                violation_error_message="包联单位须指明部门，其他队伍不指 · A linked unit names its department, others none",
            ),
            models.CheckConstraint(
                name="task_team_ends_with_its_result",
                condition=Q(ended_on__isnull=True, result="", ended_by__isnull=True)
                | Q(ended_on__gte=F("formed_on"), ended_by__isnull=False) & ~Q(result=""),
                violation_error_message="队伍撤出须写明做成了什么 · A team leaves with what came of it",
            ),
            models.CheckConstraint(
                name="task_team_members_are_plausible",
                condition=Q(members__isnull=True) | Q(members__range=(1, MOST_MEMBERS)),
                violation_error_message="人数在 1 至 500 之间 · Members number 1 to 500",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.name}"

    @property
    def sort_name(self) -> Any:
        """The sort of the team in the page's language."""
        return TEAM_SORTS[self.sort]
