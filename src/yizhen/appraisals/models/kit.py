"""Confirmations of recount kits by scrutineers."""

from django.conf import settings
from django.db import models

from .campaign import Campaign


class KitConfirmation(models.Model):
    """A scrutineer's word that the kit with this digest is the one he checked. Append-only."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="kit_confirmations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "by", "digest"], name="kit_confirmed_once_by_each"),
        ]

    def __str__(self) -> str:
        return f"{self.by_label} {self.digest[:12]}"
