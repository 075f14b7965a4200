"""Supervision notices (督办单): what was asked of whom, by when, and what came back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yizhen.matters.colours import COLOUR_NAMES, SHAPES, Colour

from .matter import Matter


class SupervisionNotice(models.Model):
    """One notice about an overdue matter. Issued once, answered once, then neither changed nor deleted.

    ``spell`` counts the reopenings before it: a matter that is reopened and late begins again at blue. An orange one
    follows a blue one, or stands alone for a major matter with the reason written down.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="notices")
    spell = models.PositiveSmallIntegerField()
    colour = models.CharField(max_length=8, choices=[(colour.value, colour.value) for colour in Colour])
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    major_reason = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField()
    answer_due_on = models.DateField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["issued_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "spell", "colour"], name="notice_is_one_of_a_colour"),
            models.CheckConstraint(
                name="notice_colours_follow",
                condition=Q(colour="blue", follows__isnull=True, major_reason="")
                | (Q(colour="orange") & (Q(follows__isnull=False, major_reason="") | Q(follows__isnull=True)))
                | Q(colour="red", follows__isnull=False, major_reason=""),
                violation_error_message="督办单按蓝、橙、红的次序发 · Blue, then orange, then red",
            ),
            models.CheckConstraint(
                name="notice_orange_alone_has_a_reason",
                condition=~Q(colour="orange") | Q(follows__isnull=False) | ~Q(major_reason=""),
                violation_error_message="直接发橙色督办单，须写明为什么是重大事项 · Orange at once needs its reason",
            ),
            models.CheckConstraint(name="notice_leaves_time_to_answer", condition=Q(answer_due_on__gt=F("issued_on"))),
            models.CheckConstraint(
                name="notice_answer_is_whole",
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The notice's number: the matter's, the colour's letter, and the reopening when there was one."""
        again = f"-{self.spell + 1}" if self.spell else ""
        return f"{self.matter.number}-{self.colour[0].upper()}{again}"

    @property
    def colour_name(self) -> Any:
        """The colour in the page's language."""
        return COLOUR_NAMES[Colour(self.colour)]

    @property
    def shape(self) -> str:
        """The colour's shape, so that colour never carries the meaning alone."""
        return SHAPES[Colour(self.colour)]
