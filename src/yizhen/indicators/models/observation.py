"""Observations: the figures."""

from django.db import models
from django.db.models import Q

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .batch import ImportBatch
from .filling import Collection
from .indicator import Indicator


class Observation(models.Model):
    """One indicator of one place in one period, with its parts, source and date.

    The denominator is stored for the period and never recomputed from today's status (domain, 2.5).
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    division = models.ForeignKey(Division, models.PROTECT, related_name="observations")
    period = models.CharField(max_length=8)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    source = models.ForeignKey(Unit, models.PROTECT, related_name="observations")
    as_of = models.DateField()
    note = models.CharField(max_length=120, blank=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="observations")
    collection = models.ForeignKey(Collection, models.PROTECT, null=True, related_name="observations")

    class Meta:
        ordering = ["indicator", "division", "period"]
        indexes = [models.Index(fields=["indicator", "period"], name="observation_of_a_period")]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "division", "period"], name="observation_is_entered_once"),
            models.CheckConstraint(
                name="observation_denominator_is_positive", condition=Q(denominator__isnull=True) | Q(denominator__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.division_id} {self.period} = {self.value}"
