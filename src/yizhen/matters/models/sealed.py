"""What sealed matters keep apart: who asked, encrypted; who looked, and why; whom the material accuses."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yizhen.people.models import Unit
from yizhen.places.models import Division

from .matter import Matter


class SealedRecord(models.Model):
    """Who asked and how to reach him or her, encrypted with a key that is not in the database.

    Source: Personal Information Protection Law arts. 6, 28, 51; Regulations on Petition Work art. 30.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="sealed")
    box = models.BinaryField()
    delete_after = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.matter_id}"


class SealedOpening(models.Model):
    """One look into a sealed record: by which role, for which purpose. The requester can see it. Append-only."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["matter", "pk"]
        constraints = [
            models.CheckConstraint(name="sealed_opening_has_a_purpose", condition=~Q(purpose="")),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.role}"


class Accused(models.Model):
    """A unit or a place that the material speaks of: it never sees the matter (Regulations on Petition Work art. 30)."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="accused")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "accused"
        constraints = [
            models.CheckConstraint(
                name="accused_is_a_unit_or_a_place",
                condition=Q(unit__isnull=False, division__isnull=True) | Q(unit__isnull=True, division__isnull=False),
            ),
            models.UniqueConstraint(fields=["matter", "unit"], name="accused_unit_is_named_once"),
            models.UniqueConstraint(fields=["matter", "division"], name="accused_place_is_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.unit_id or self.division_id}"
