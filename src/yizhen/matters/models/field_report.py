"""What a phone in the field sent: once for each draft, and never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .matter import Matter


class FieldReport(models.Model):
    """The receipt of one draft: the id that the phone made for it, and a hash of everything that the draft said.

    ``seen_at`` is what the phone's own clock said, kept as words: it starts and stops nothing. The place is the matter's,
    to a ten-thousandth of a degree (about 11 m), and there only if whoever sent it chose to give it; ``accuracy`` is the
    radius in metres that the phone named. Where the sender goes is kept nowhere.
    """

    client_id = models.CharField(max_length=32, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="field_report")
    digest = models.CharField(max_length=64)
    seen_at = models.CharField(max_length=40, blank=True)
    latitude = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    accuracy = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="field_report_place_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True, accuracy__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.client_id}"
