"""The clocks of a matter: each from the step that started it to the step that stopped it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yizhen.clocks import Deadline

from .matter import Matter

ORDER = "order"


class MatterClock(models.Model):
    """One period that runs: of the kind, or (``order``) the day that the order names.

    ``due_at`` is the moment for clocks that count hours. ``stopped_on`` is null while it runs.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="clocks")
    code = models.CharField(max_length=32)
    spell = models.PositiveSmallIntegerField(default=0)
    governs = models.BooleanField(default=True)
    started_on = models.DateField()
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    derivation = models.JSONField()
    stopped_on = models.DateField(null=True)
    extended = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["matter", "pk"]
        indexes = [models.Index(fields=["due_on", "code"])]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "code"], condition=Q(stopped_on__isnull=True), name="matter_clock_runs_once"
            ),
            models.CheckConstraint(name="matter_clock_due_not_before_start", condition=Q(due_on__gte=F("started_on"))),
            models.CheckConstraint(
                name="matter_clock_stops_not_before_start",
                condition=Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.code} {self.due_on}"

    @property
    def deadline(self) -> Deadline:
        """The deadline with its derivation."""
        return Deadline.from_json(self.derivation)

    @property
    def spec(self) -> Any:
        """The clock's configuration in the matter's kind; None for the day that an order names."""
        return next((clock for clock in self.matter.kind_info.clocks if clock.code == self.code), None)


class ExtensionRequest(models.Model):
    """A request for more time: asked before the due date by the handler, decided by somebody else."""

    clock = models.ForeignKey(MatterClock, models.PROTECT, related_name="extensions")
    reason = models.TextField(max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    due_before = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(granted__isnull=True), name="extension_is_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                name="extension_asked_before_due",
                condition=Q(asked_on__lte=F("due_before")),
                violation_error_message="延期须在到期之前申请 · An extension is asked for before the due date",
            ),
            models.CheckConstraint(
                name="extension_asker_never_decides",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                violation_error_message="申请人不得自己批准延期 · Nobody grants an extension to himself",
            ),
            models.CheckConstraint(
                name="extension_decided_is_complete",
                condition=Q(granted__isnull=True, decided_by__isnull=True, decided_on__isnull=True)
                | Q(granted__isnull=False, decided_by__isnull=False, decided_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.granted}"


class Suspension(models.Model):
    """Days on which a matter's clocks stood still, for a listed reason. ``until`` is the day on which they went on."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="suspensions")
    reason = models.CharField(max_length=24)
    first = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(until__isnull=True), name="matter_is_suspended_once_at_a_time"
            ),
            models.CheckConstraint(
                name="suspension_ends_after_it_began", condition=Q(until__isnull=True) | Q(until__gte=F("first"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.reason}"
