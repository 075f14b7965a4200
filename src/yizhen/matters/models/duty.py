"""The duty list of a city, what tasks cite of it, and replies to tasks that it does not hold."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yizhen.matters.duties.gate import DUTY_KINDS, Duty, DutyKind, Ground
from yizhen.matters.kinds import WORK_LINES
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .event import Event
from .matter import Matter


class DutyList(models.Model):
    """One edition of a city's 履职事项清单. A draft until it is put in force; a later edition ends the one before."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="duty_lists")
    edition = models.CharField(max_length=40)
    basis = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    in_force = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "edition"],
                condition=Q(in_force=True),
                name="duty_list_has_an_edition_once",
                violation_error_message="这个版本已有 · There is such an edition already",
            ),
            models.UniqueConstraint(
                fields=["division", "valid_from"],
                condition=Q(in_force=True),
                name="duty_list_begins_once_a_day",
                violation_error_message="这一天已有一个版本生效 · An edition begins on that day already",
            ),
            models.CheckConstraint(
                name="duty_list_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="结束不能早于开始 · It cannot end before it begins",
            ),
        ]

    def __str__(self) -> str:
        return self.edition


class DutyItem(models.Model):
    """One item of an edition: what townships do, help with, or no longer do.

    ``lead`` is the department that leads, or that took the item back; None where the township leads. ``starts_on`` and
    ``ends_on`` narrow the edition's own days: an admitted item has an expiry.
    """

    duty_list = models.ForeignKey(DutyList, models.CASCADE, related_name="items")
    code = models.CharField(max_length=24)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=12, choices=[(kind.value, name) for kind, name in DUTY_KINDS.items()])
    work_line = models.CharField(max_length=16, choices=list(WORK_LINES.items()))
    lead = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="duty_items")
    basis = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty_list", "code"],
                name="duty_item_is_once_in_an_edition",
                violation_error_message="这个版本里已有这个代码 · This edition has the code already",
            ),
            models.CheckConstraint(name="duty_item_kind_is_known", condition=Q(kind__in=[k.value for k in DutyKind])),
            models.CheckConstraint(
                name="duty_item_has_its_lead",
                condition=Q(kind="basic", lead__isnull=True)
                | Q(kind__in=["cooperating", "withdrawn"], lead__isnull=False),
                violation_error_message="基本事项由乡镇牵头，配合和收回事项须有牵头部门 · Townships lead basic items, departments all others",
            ),
            models.CheckConstraint(
                name="duty_item_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束不能早于开始 · It cannot end before it begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def kind_name(self) -> Any:
        """The kind in the page's language."""
        return DUTY_KINDS[DutyKind(self.kind)]

    @property
    def work_line_name(self) -> Any:
        """The work line in the page's language."""
        return WORK_LINES[self.work_line]

    @property
    def duty(self) -> Duty:
        """What the gate needs to know; read the item with its list. A draft is in force on no day."""
        ends = [day for day in (self.duty_list.valid_to, self.ends_on) if day is not None]
        first = max(self.duty_list.valid_from, self.starts_on or date.min)
        if not self.duty_list.in_force:
            first, ends = date.max, [date.min]
        return Duty(DutyKind(self.kind), self.lead_id, first, min(ends, default=None))


class TaskDuty(models.Model):
    """The duty item that a task cites, and what the gate said on the day. Never changed, never deleted."""

    matter = models.OneToOneField(Matter, models.PROTECT, related_name="duty")
    item = models.ForeignKey(DutyItem, models.PROTECT, related_name="tasks")
    ground = models.CharField(max_length=16, choices=[(ground.value, ground.value) for ground in Ground])

    class Meta:
        constraints = [
            models.CheckConstraint(name="task_duty_passed_the_gate", condition=Q(ground__in=["basic", "lead"])),
        ]
        verbose_name_plural = "task duties"

    def __str__(self) -> str:
        return f"{self.matter_id} {self.item_id}"


class TaskRefusal(models.Model):
    """A township's numbered reply to a task that the duty list does not hold. Never changed, never deleted."""

    number = models.CharField(max_length=24, unique=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="refusals")
    event = models.OneToOneField(Event, models.PROTECT, related_name="refusal")
    division = models.ForeignKey(Division, models.PROTECT, related_name="task_refusals")
    item = models.ForeignKey(DutyItem, models.PROTECT, null=True, blank=True, related_name="refusals")
    ground = models.CharField(max_length=16, choices=[(ground.value, ground.value) for ground in Ground])
    text = models.TextField()
    refused_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="task_refusal_has_a_ground",
                condition=Q(ground="outside", item__isnull=True)
                | Q(ground__in=["withdrawn", "not_lead", "not_in_force"], item__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number
