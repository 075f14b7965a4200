"""The history of a matter: append-only, by triggers in the database."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from yizhen.matters.lifecycle import VERB_NAMES, State, Verb

from .matter import Matter


class Event(models.Model):
    """One step in a matter's life. Never changed, never deleted."""

    # Its history is found by the constraint's index.
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    verb = models.CharField(max_length=24, choices=[(verb.value, verb.value) for verb in Verb])
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=80)
    text = models.TextField(max_length=4000, blank=True)
    data = models.JSONField(default=dict, blank=True)
    client_id = models.CharField(max_length=80, unique=True, null=True, editable=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["matter", "sequence"]
        indexes = [models.Index(fields=["to_state", "at"])]
        constraints = [models.UniqueConstraint(fields=["matter", "sequence"], name="event_sequence_is_unique")]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.sequence} {self.verb}"

    @property
    def verb_name(self) -> Any:
        """The step in the page's language."""
        return VERB_NAMES[Verb(self.verb)]


class Evidence(models.Model):
    """A file that shows what an event says; its hash is kept so that a changed file is noticed.

    A photograph is kept as it was drawn anew, with a small one beside it. Where it was taken is kept only if whoever
    uploaded it said so: two numbers to a thousandth of a degree (about 100 m), never in the file.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="evidence")
    file = models.FileField(upload_to="evidence/%Y/%m/")
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    thumbnail = models.FileField(upload_to="thumbnails/%Y/%m/", blank=True)
    latitude = models.DecimalField(max_digits=5, decimal_places=3, null=True, blank=True)
    longitude = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                name="evidence_place_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name
