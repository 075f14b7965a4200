"""Admission of work to villages and communities (村（社区）工作事项准入)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import Deadline
from yizhen.matters.duties.clocks import Terms
from yizhen.matters.kinds import WORK_LINES
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .duty import DutyItem

ADMISSION_STATES = {"applied": _("待审"), "granted": _("准予进入"), "refused": _("不予进入")}


class AdmissionTerms(models.Model):
    """A city's own working days before the start and for the decision, and the rule they come from."""

    division = models.OneToOneField(Division, models.PROTECT, related_name="admission_terms")
    lead_days = models.PositiveSmallIntegerField(default=Terms.lead_days)
    decide_days = models.PositiveSmallIntegerField(default=Terms.decide_days)
    source = models.CharField(max_length=120, default=Terms.source)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="admission_is_decided_before_work_starts",
                condition=Q(decide_days__gte=1, lead_days__lte=250) & Q(decide_days__lte=F("lead_days")),
                violation_error_message="审定的天数不能多于提前的天数 · The decision cannot take longer than the notice",
            ),
        ]
        verbose_name_plural = "admission terms"

    def __str__(self) -> str:
        return f"{self.division_id} {self.lead_days}/{self.decide_days}"


class AdmissionRequest(models.Model):
    """A department's request to bring work to villages and communities.

    ``minutes`` is what it takes a community a month, ``funds`` the money that comes along for each community (yuan).
    """

    number = models.CharField(max_length=20, unique=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="admissions")
    department = models.ForeignKey(Unit, models.PROTECT, related_name="admissions")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=160, blank=True)
    purpose = models.CharField(max_length=300)
    basis = models.CharField(max_length=120)
    work_line = models.CharField(max_length=16, choices=list(WORK_LINES.items()))
    starts_on = models.DateField()
    ends_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    funds = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=8, default="applied", choices=list(ADMISSION_STATES.items()))
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applied_on = models.DateField()
    lead_clock = models.JSONField()
    clock = models.JSONField()
    due_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    item = models.OneToOneField(DutyItem, models.PROTECT, null=True, blank=True, related_name="admission")
    client_id = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="admission_is_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("applied_by")),
                violation_error_message="申请人不能审定自己的申请 · The applicant cannot decide",
            ),
            models.CheckConstraint(
                name="admission_decision_is_whole",
                condition=Q(state="applied", decided_by__isnull=True, decided_on__isnull=True, item__isnull=True)
                | Q(state="granted", decided_by__isnull=False, decided_on__isnull=False, item__isnull=False)
                | (
                    Q(state="refused", decided_by__isnull=False, decided_on__isnull=False, item__isnull=True)
                    & ~Q(reason="")
                ),
                violation_error_message="不予进入须写明理由 · A refusal needs its reason",
            ),
            models.CheckConstraint(
                name="admission_days_follow",
                condition=Q(starts_on__gt=F("applied_on"), ends_on__gte=F("starts_on"), due_on__gte=F("applied_on")),
                violation_error_message="开始须在申请之后，结束不早于开始 · It starts after the request and ends after it starts",
            ),
            models.CheckConstraint(
                name="admission_takes_time_and_no_money",
                condition=Q(minutes__gte=1, funds__gte=0),
                violation_error_message="每月至少 1 分钟，经费不能是负数 · At least 1 minute a month, and no negative money",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name_zh}"

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return ADMISSION_STATES[self.state]

    @property
    def work_line_name(self) -> Any:
        """The work line in the page's language."""
        return WORK_LINES[self.work_line]

    @property
    def deadline(self) -> Deadline:
        """By when it is decided, with the derivation."""
        return Deadline.from_json(self.clock)

    @property
    def earliest(self) -> Deadline:
        """The first day on which the work may start, with the derivation."""
        return Deadline.from_json(self.lead_clock)
