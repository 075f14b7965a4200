"""A city's weights for the three rates."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yizhen.places.models import Division


class RateWeights(models.Model):
    """What a city gives response, resolution and satisfaction, in percent, and where it says so. The latest row holds.

    Weights are local everywhere; a city without a row of its own is shown Zhungeer Banner's 30, 35, 35 as an example.
    """

    city = models.ForeignKey(Division, models.PROTECT, related_name="+")
    response = models.PositiveSmallIntegerField()
    resolution = models.PositiveSmallIntegerField()
    satisfaction = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=120)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["city", "pk"]
        verbose_name_plural = "rate weights"
        constraints = [
            models.CheckConstraint(
                name="rate_weights_sum_to_a_hundred",
                condition=Q(response=100 - F("resolution") - F("satisfaction")),
                violation_error_message="三项权重之和须为 100 · The three weights sum to 100",
            ),
            models.CheckConstraint(name="rate_weights_have_a_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.response}/{self.resolution}/{self.satisfaction}"
