"""Paper sheets: numbered after the stack was shuffled, entered twice by two people, compared cell by cell."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .ballot import Round


class PaperSheet(models.Model):
    """One sheet of paper from a class's box. ``marks`` is what counts: set when two entries agree, or by a third look.

    The number is written on the sheet after shuffling, so that entries can be compared; it says nothing of a voter.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="paper_sheets")
    class_code = models.CharField(max_length=8)
    number = models.PositiveSmallIntegerField()
    marks = models.JSONField(null=True, blank=True)
    void_reason = models.CharField(max_length=40, blank=True)
    settled = models.BooleanField(default=False)

    class Meta:
        ordering = ["class_code", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "class_code", "number"], name="paper_sheet_numbers_differ"),
            models.CheckConstraint(
                name="paper_settled_is_marked_or_void",
                condition=Q(settled=False) | Q(marks__isnull=False) | ~Q(void_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code}{self.number}"


class PaperEntry(models.Model):
    """What one person typed from a sheet. The second one types blind, and is another person. Append-only."""

    sheet = models.ForeignKey(PaperSheet, models.PROTECT, related_name="entries")
    turn = models.PositiveSmallIntegerField()
    marks = models.JSONField()
    void_reason = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["sheet", "turn"]
        verbose_name_plural = "paper entries"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "turn"], name="paper_entry_once_a_turn"),
            models.UniqueConstraint(fields=["sheet", "by"], condition=Q(turn__lte=2), name="paper_entry_by_two_people"),
            models.CheckConstraint(name="paper_entry_turns", condition=Q(turn__gte=1, turn__lte=3)),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.turn}"
