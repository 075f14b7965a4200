"""One link of the audit chain."""

from django.conf import settings
from django.db import models


class Record(models.Model):
    """A typed, append-only record of one action; each carries the hash of the one before it.

    Triggers in the database refuse any change or deletion (GB/T 22239-2019, 8.1.4.3). Never written for casting a
    sheet: a time beside a sheet would be a way back to the voter (ADR 1).
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    actor_label = models.CharField(max_length=120)
    event = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=120, db_index=True)
    scope = models.CharField(max_length=15, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.event} {self.subject}"
