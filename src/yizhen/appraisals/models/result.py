"""Declared results."""

from django.db import models
from django.db.models import Q

from .ballot import Round
from .campaign import Speaker


class Result(models.Model):
    """What the frozen rule declares for one speaker, with every count it rests on. Append-only.

    ``counts`` is item → class → grade → number; ``declared`` the output of the counting rule; ``interval`` what the
    statistics say about its firmness.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="results")
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="results")
    total = models.DecimalField(max_digits=7, decimal_places=3, null=True)
    excellent_rate = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    negative_rate = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    counts = models.JSONField()
    declared = models.JSONField()
    interval = models.JSONField(null=True)

    class Meta:
        ordering = ["speaker__position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "speaker"], name="result_once"),
            models.CheckConstraint(
                name="result_total_in_range", condition=Q(total__isnull=True) | Q(total__gte=0, total__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker} {self.total}"
