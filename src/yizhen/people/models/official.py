"""Officials and their appointments: who answers for a place, and since when."""

from django.db import models
from django.db.models import F, Q

from yizhen.places.models import Division

from .account import Account


class Official(models.Model):
    """A person in office. Fields: those the roster statistics of the speech need, no others (PIPL art. 6)."""

    name = models.CharField(max_length=40)
    birth_month = models.CharField(max_length=7, blank=True, help_text="YYYY-MM")
    education = models.CharField(max_length=20, blank=True)
    account = models.OneToOneField(Account, models.PROTECT, null=True, blank=True, related_name="official")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """An official in a post over a place, from a day on."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="appointments")
    division = models.ForeignKey(Division, models.PROTECT, related_name="appointments")
    title = models.CharField(max_length=60)
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-began_on"]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.official} {self.title}"
