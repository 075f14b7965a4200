"""Sampled call-back: which closed matters are asked about is drawn, never chosen."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yizhen.places.models import Division

from .matter import Matter


class Draw(models.Model):
    """One draw of closed matters in a scope and period. Anybody who may see the frame can draw it again from the seed.

    ``frame_digest`` is the SHA-256 of the numbers of all matters that could have been drawn, one a line, in order.
    """

    scope = models.ForeignKey(Division, models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    seed = models.CharField(max_length=64)
    per_township = models.PositiveSmallIntegerField()
    frame_size = models.PositiveIntegerField()
    frame_digest = models.CharField(max_length=64)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "period"], name="call_back_is_drawn_once_a_period"),
            models.CheckConstraint(name="call_back_draws_somebody", condition=Q(per_township__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.scope_id} {self.period}"


class CallBack(models.Model):
    """One matter that was drawn, and what its requester said. No contact data: reached by the code or the sealed record.

    Whether it is solved and whether the requester is satisfied are two questions; either may stay open.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="call_backs")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="call_backs")
    reached = models.BooleanField(null=True)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    text = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField(null=True)

    class Meta:
        ordering = ["draw", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "matter"], name="call_back_asks_once"),
            models.CheckConstraint(
                name="call_back_answer_is_whole",
                condition=Q(reached__isnull=True, solved__isnull=True, satisfied__isnull=True, asked_by__isnull=True, asked_on__isnull=True)
                | Q(reached__isnull=False, reached=False, solved__isnull=True, satisfied__isnull=True, asked_by__isnull=False, asked_on__isnull=False)
                | Q(reached__isnull=False, reached=True, solved__isnull=False, asked_by__isnull=False, asked_on__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.draw_id} {self.matter_id}"
