"""Inspection plans (政府督查工作条例 2021 arts. 6, 7, 15, 16) and comprehensive assessments."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

PLAN_KINDS = {"inspection": _("督查检查"), "assessment": _("综合性考核")}


class InspectionPlan(models.Model):
    """Who comes to which townships, for what, when and on what basis. Made before anybody goes (art. 15).

    ``unit`` is the department; None where a city or county inspects itself. A department inspects only as designated
    (art. 7): ``designation`` names the document. ``coordination`` says why it goes although others go there too.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=list(PLAN_KINDS.items()), default="inspection")
    division = models.ForeignKey(Division, models.PROTECT, related_name="inspection_plans")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="inspection_plans")
    title = models.CharField(max_length=80)
    content = models.TextField(max_length=1000)
    scope = models.CharField(max_length=300)
    basis = models.CharField(max_length=120)
    designation = models.CharField(max_length=120, blank=True)
    townships = models.ManyToManyField(Division, related_name="inspections")
    starts_on = models.DateField()
    ends_on = models.DateField()
    coordination = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_on = models.DateField()
    cancelled_on = models.DateField(null=True, blank=True)
    conclusion = models.TextField(max_length=2000, blank=True)
    concluded_on = models.DateField(null=True, blank=True)
    client_id = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["starts_on", "number"]
        constraints = [
            models.CheckConstraint(name="inspection_kind_is_known", condition=Q(kind__in=list(PLAN_KINDS))),
            models.CheckConstraint(
                name="inspection_by_department_is_designated",
                condition=Q(unit__isnull=True) | ~Q(designation=""),
                violation_error_message="部门须经本级政府指定 · A department must be designated",
            ),
            models.CheckConstraint(
                name="inspection_is_planned_before_it_ends",
                condition=Q(ends_on__gte=F("starts_on"), starts_on__gte=F("made_on")),
                violation_error_message="先有方案再督查，结束不早于开始 · Planned before it starts, and no end before the start",
            ),
            models.CheckConstraint(
                name="inspection_conclusion_is_whole",
                condition=Q(conclusion="", concluded_on__isnull=True)
                | (
                    ~Q(conclusion="")
                    & Q(concluded_on__isnull=False, concluded_on__gte=F("starts_on"), cancelled_on__isnull=True)
                ),
                violation_error_message="督查开始之后才有结论 · A conclusion comes after the start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def kind_name(self) -> Any:
        """The kind in the page's language."""
        return PLAN_KINDS[self.kind]

    @property
    def organiser(self) -> Unit | Division:
        """Who comes: the department, or the city or county itself."""
        return self.unit or self.division

    @property
    def organiser_code(self) -> str:
        """The code of who comes."""
        return self.unit_id or self.division_id

    def is_cancellable(self, today: date) -> bool:
        """Return whether the plan can still be called off."""
        return self.cancelled_on is None and self.concluded_on is None and today <= self.ends_on
