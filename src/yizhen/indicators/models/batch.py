"""Imports: checked first, committed as one batch, undone as one batch."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportBatch(models.Model):
    """One workbook. ``rows`` are the parsed cells of the dry run; the commit reads them, not the file again."""

    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    rows = models.JSONField(default=list)
    state = models.CharField(
        max_length=12,
        default="checked",
        choices=[("checked", "checked"), ("committed", "committed"), ("undone", "undone")],
    )
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="batch_state_has_its_time",
                condition=Q(state="checked", committed_at__isnull=True)
                | Q(state="committed", committed_at__isnull=False)
                | Q(state="undone", committed_at__isnull=False, undone_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"


class BatchChange(models.Model):
    """What a batch did to one figure: enough to undo it."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    indicator = models.ForeignKey("indicators.Indicator", models.PROTECT, related_name="+")
    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "indicator", "division", "period"], name="batch_changes_a_figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.division_id} {self.period}"
