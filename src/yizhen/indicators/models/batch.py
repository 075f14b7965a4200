"""Imports: checked first, committed as one batch, undone as one batch."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

CHUNK = 500  # rows kept together
VALUES = ("indicator", "division", "period", "numerator", "denominator", "value", "source", "as_of", "note")


def packed(row: dict[str, Any]) -> list[Any]:
    """Return a checked row as it is kept: its number, address and errors, then its values in the order of ``VALUES``."""
    return [row["number"], row.get("at", ""), row["errors"], *row["values"].values()]


def unpacked(kept: list[Any]) -> dict[str, Any]:
    """Return a checked row as it was before it was kept."""
    row = {"number": kept[0], "values": dict(zip(VALUES, kept[3:], strict=True)), "errors": kept[2]}
    return row | {"at": kept[1]} if kept[1] else row


class ImportBatch(models.Model):
    """One file, checked. The commit reads the rows that the dry run kept, not the file again.

    ``size`` counts its rows, ``wrong`` those with errors; ``counts`` are what the others would have done when the file
    was checked: new, changed, same.
    """

    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    table = models.ForeignKey("indicators.UploadedTable", models.SET_NULL, null=True, related_name="batches")
    created_at = models.DateTimeField(auto_now_add=True)
    size = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
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
            ),
            models.CheckConstraint(name="batch_has_no_more_errors_than_rows", condition=Q(wrong__lte=models.F("size"))),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def rows(self, first: int = 0, most: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the checked rows from one on, a chunk in memory at a time: those with errors first."""
        last = self.size if most is None else min(first + most, self.size)
        for wrong, begin, end in ((True, 0, self.wrong), (False, self.wrong, self.size)):
            low, high = max(first, begin) - begin, min(last, end) - begin
            if low < high:
                chunks = self.chunks.filter(wrong=wrong, first__gt=low - CHUNK, first__lt=high).order_by("first")
                for chunk in chunks.iterator(chunk_size=4):
                    yield from map(unpacked, chunk.rows[max(low - chunk.first, 0) : high - chunk.first])


class BatchChunk(models.Model):
    """Some hundred checked rows of a batch, either all with errors or all without.

    ``first`` counts the rows of its kind before it; ``rows`` are lists, see ``packed``.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks")
    wrong = models.BooleanField()
    first = models.IntegerField()
    rows = models.JSONField()

    class Meta:
        ordering = ["batch", "-wrong", "first"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "wrong", "first"], name="chunk_begins_where_no_other_does")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.first}"


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
