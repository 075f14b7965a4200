"""What a township thought of how a department came when it was called (吹哨报到)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .matter import Matter

LEVELS = {5: _("非常满意"), 4: _("满意"), 3: _("基本满意"), 2: _("不满意"), 1: _("非常不满意")}


class WhistleRating(models.Model):
    """One rating of one closed call, by the township that called. Append-only.

    Source: Beijing ordinance on prompt handling art. 33 (who calls and who is called are both assessed); the five levels
    of 国办发〔2019〕51号.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="whistle_rating")
    level = models.PositiveSmallIntegerField(choices=list(LEVELS.items()))
    text = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rated_on = models.DateField()

    class Meta:
        ordering = ["matter"]
        constraints = [
            models.CheckConstraint(
                name="whistle_rating_has_five_levels",
                condition=Q(level__gte=1, level__lte=5),
                violation_error_message="评价分五级 · A rating has five levels",
            ),
            models.CheckConstraint(
                name="whistle_rating_below_three_has_a_reason",
                condition=Q(level__gte=3) | ~Q(text=""),
                violation_error_message="评不满意须写明理由 · A low rating needs its reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.level}"

    @property
    def level_name(self) -> Any:
        """The level in the page's language."""
        return LEVELS[self.level]
