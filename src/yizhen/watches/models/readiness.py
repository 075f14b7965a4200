"""Readiness as resources; emergencies, during which it is collected more often; and the certificate of the purge after them."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .emergency import KINDS

RESOURCES = {
    "beds": (_("床位"), "张"),
    "icu": (_("重症床位"), "张"),
    "staff": (_("医护人员"), "人"),
    "ambulances": (_("救护车"), "辆"),
    "protective": (_("防护物资"), "件"),
    "medicine": (_("常备药品"), "份"),
}
PEOPLE = {"staff"}  # counts of people: small ones are not shown to others
PURGE_DAYS = 30  # the law says "after the work has ended"; the days are this project's
BASIS = "突发事件应对法（2024年修订）第八十四条、第八十五条"


class Emergency(models.Model):
    """An emergency that the city's office or a department opened, and ended: its detailed records are deleted afterwards.

    Source: Emergency Response Law (突发事件应对法, 2024) arts. 84–85: what was collected for an emergency is used for it alone,
    and destroyed when the work has ended.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    office = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("种类"), max_length=8, choices=list(KINDS.items()))
    basis = models.CharField(_("启动依据"), max_length=120)
    every_hours = models.PositiveSmallIntegerField(_("多少小时报一次"), default=24)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-started_at"]
        verbose_name_plural = "emergencies"
        constraints = [
            models.CheckConstraint(
                name="emergency_was_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(name="emergency_collects_by_the_hour", condition=Q(every_hours__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_name(self) -> Any:
        """The kind in the page's language."""
        return KINDS[self.kind]

    @property
    def purge_by(self) -> date | None:
        """The last day for the purge; None while it goes on."""
        return timezone.localtime(self.ended_at).date() + timedelta(days=PURGE_DAYS) if self.ended_at else None

    @property
    def is_purged(self) -> bool:
        """Whether the purge has been done."""
        return hasattr(self, "certificate")

    @property
    def light(self) -> str:
        """Red when the purge is overdue, yellow while it is still to be done. Derived when asked."""
        if self.purge_by is None or self.is_purged:
            return ""
        return "red" if timezone.localdate() > self.purge_by else "yellow"


class Readiness(models.Model):
    """How much of a resource an institution has, and how much of it is free: numbers, never persons.

    Without an emergency it is the regular count. Kept as it was sent; the latest one is valid.
    """

    emergency = models.ForeignKey(Emergency, models.PROTECT, null=True, blank=True, related_name="readiness")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    facility = models.CharField(_("机构"), max_length=40)
    kind = models.CharField(
        _("资源"), max_length=12, choices=[(code, name) for code, (name, _unit) in RESOURCES.items()]
    )
    capacity = models.PositiveIntegerField(_("总量"))
    available = models.PositiveIntegerField(_("可用"))
    as_of = models.DateTimeField(_("截至"))
    source = models.CharField(_("数据来源"), max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["division", "facility", "kind", "-as_of"]
        verbose_name_plural = "readiness"
        constraints = [
            models.UniqueConstraint(
                fields=["division", "facility", "kind", "as_of"],
                condition=Q(emergency__isnull=True),
                name="readiness_is_counted_once",
            ),
            models.UniqueConstraint(
                fields=["emergency", "division", "facility", "kind", "as_of"],
                condition=Q(emergency__isnull=False),
                name="readiness_is_counted_once_an_emergency",
            ),
            models.CheckConstraint(
                name="readiness_available_within_capacity",
                condition=Q(available__lte=F("capacity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} {self.kind}"

    @property
    def kind_name(self) -> Any:
        """The resource in the page's language."""
        return RESOURCES[self.kind][0]

    @property
    def unit(self) -> str:
        """The unit of its counts."""
        return RESOURCES[self.kind][1]


class Situation(models.Model):
    """What a place reports during an emergency, in words: never a person's name. Deleted with the purge."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    emergency = models.ForeignKey(Emergency, models.PROTECT, related_name="situations")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    text = models.TextField(_("现在怎样"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.emergency_id} {self.division_id}"


class Certificate(models.Model):
    """That an emergency's detailed records were deleted: how many of what, the hash of their canonical form, who, when, why."""

    emergency = models.OneToOneField(Emergency, models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=20, unique=True)
    counts = models.JSONField()
    digest = models.CharField(max_length=64)
    basis = models.CharField(max_length=120)
    due_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def was_late(self) -> bool:
        """Whether it was done after its last day."""
        return timezone.localtime(self.at).date() > self.due_on
