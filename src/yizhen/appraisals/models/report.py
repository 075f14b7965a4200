"""Duty reports: versions of text over frozen figures."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from yizhen.clocks import light

from .campaign import Campaign, Speaker


class SnapshotFigure(models.Model):
    """A figure as it was when the campaign was published, with all that a listener may ask about it. Append-only."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="figures")
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="figures")
    indicator = models.ForeignKey("indicators.Indicator", models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["speaker", "indicator"]
        constraints = [models.UniqueConstraint(fields=["speaker", "indicator"], name="snapshot_figure_once")]

    def __str__(self) -> str:
        return f"{self.speaker_id} {self.indicator_id} {self.period}"


class DutyReport(models.Model):
    """The report of one speaker."""

    speaker = models.OneToOneField(Speaker, models.CASCADE, related_name="report")
    submitted_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return f"report of {self.speaker}"

    @property
    def light(self) -> str:
        """Green when handed in on time, yellow when its day is near, red when late; empty where there is no day."""
        due = self.speaker.campaign.reports_due_on
        if due is None:
            return ""
        done = timezone.localtime(self.submitted_at).date() if self.submitted_at else None
        return light(due, timezone.localdate(), done_on=done).value

    @property
    def is_locked(self) -> bool:
        """Whether the text can no longer be changed by its author."""
        return self.submitted_at is not None


class ReportVersion(models.Model):
    """One saved version of a report. Append-only."""

    report = models.ForeignKey(DutyReport, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    sections = models.JSONField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="report_version_numbers_differ")]

    def __str__(self) -> str:
        return f"{self.report} v{self.number}"

    def text_of(self, section: dict[str, Any]) -> str:
        """Return the text of a section of the outline."""
        return str(self.sections.get(section["code"], ""))
