"""Thresholds: a figure that crosses one opens a matter, once, and the next only after it has come back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.matters.models import Matter
from yizhen.places.models import Division

from .indicator import Indicator

SIDES = {"below": _("低于"), "above": _("高于")}


class Threshold(models.Model):
    """A line on one indicator. ``release`` lies on the good side of ``level``: between the two nothing happens."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="thresholds")
    side = models.CharField(max_length=8, choices=list(SIDES.items()))
    level = models.DecimalField(max_digits=20, decimal_places=4)
    release = models.DecimalField(max_digits=20, decimal_places=4)
    days = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["indicator", "side"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "side"], condition=Q(is_active=True), name="indicator_has_one_threshold_a_side"
            ),
            models.CheckConstraint(
                name="threshold_releases_on_the_good_side",
                condition=Q(side="below", release__gt=F("level")) | Q(side="above", release__lt=F("level")),
                violation_error_message="解除线要在好的一侧：低于时比警戒线高，高于时比警戒线低 · "
                "The release must lie on the good side of the threshold",
            ),
            models.CheckConstraint(name="threshold_gives_time", condition=Q(days__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.side} {self.level}"

    def is_crossed_by(self, value: object) -> bool:
        """Return whether a value lies beyond the line."""
        return value < self.level if self.side == "below" else value > self.level  # type: ignore[operator]

    def is_released_by(self, value: object) -> bool:
        """Return whether a value has come back far enough for the next crossing to count."""
        return value >= self.release if self.side == "below" else value <= self.release  # type: ignore[operator]


class Crossing(models.Model):
    """One place beyond one threshold, from the figure that crossed it to the one that came back."""

    threshold = models.ForeignKey(Threshold, models.PROTECT, related_name="crossings")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="crossing")
    released_in = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["threshold", "division"], condition=Q(released_in=""), name="place_is_beyond_a_threshold_once"
            ),
            models.UniqueConstraint(fields=["threshold", "division", "period"], name="period_crosses_a_threshold_once"),
        ]

    def __str__(self) -> str:
        return f"{self.threshold_id} {self.division_id} {self.period}"
