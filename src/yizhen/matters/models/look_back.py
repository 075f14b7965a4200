"""The look-backs of a closed matter (回头看): one row each, never before its day, never twice."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .matter import Matter


class LookBack(models.Model):
    """One look-back: which closing it belongs to, which in the sequence, when it was due and what was found.

    ``spell`` counts the reopenings before this closing, so that a matter closed again is looked back upon anew.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="look_backs")
    spell = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    looked_on = models.DateField()
    holds = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["matter", "spell", "number"]
        indexes = [models.Index(fields=["looked_on"])]
        constraints = [
            models.UniqueConstraint(fields=["matter", "spell", "number"], name="look_back_is_done_once"),
            models.UniqueConstraint(fields=["matter", "spell", "looked_on"], name="look_back_is_one_a_day"),
            models.CheckConstraint(
                name="look_back_not_before_its_day",
                condition=Q(looked_on__gte=F("due_on")),
                violation_error_message="回头看的日子还没有到 · The day of the look-back has not come",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.spell}/{self.number}"
