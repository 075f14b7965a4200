"""Readings: appended and never changed; a correction is a reading of its own that stands for the one before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .watch import Series, Token

WAYS = {"form": _("填报"), "table": _("表格导入"), "api": _("接口")}


class Reading(models.Model):
    """One value of a series at one time: the reading's own time, not that of its arrival.

    A correction names the reading that it stands for; without a value it withdraws it. Each reading is corrected once at most,
    so what is valid now is what nobody has corrected.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    value = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)
    way = models.CharField(max_length=8, choices=list(WAYS.items()))
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    reason = models.CharField(max_length=120, blank=True)
    token = models.ForeignKey(Token, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ["series", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "at"], condition=Q(corrects__isnull=True), name="reading_is_taken_once"
            ),
            models.CheckConstraint(
                name="reading_without_value_withdraws", condition=Q(value__isnull=False) | Q(corrects__isnull=False)
            ),
            models.CheckConstraint(
                name="reading_correction_has_reason", condition=Q(corrects__isnull=True) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="reading_came_from_somebody", condition=Q(by__isnull=False) | Q(token__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.at:%Y-%m-%d %H:%M} {self.value}"
