"""Adoptions: another township does what a note tells, from a day on, with what it changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division

from .note import PracticeNote


class Adoption(models.Model):
    """A township adopts a practice, once. Append-only: what became of it is read from the figures, never claimed."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    note = models.ForeignKey(PracticeNote, models.PROTECT, related_name="adoptions")
    division = models.ForeignKey(Division, models.PROTECT, related_name="adoptions")
    since = models.DateField(_("从哪天起"))
    changes = models.CharField(_("本地改了什么"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["division"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "division"],
                name="practice_is_adopted_once_a_township",
                violation_error_message="本乡镇（街道）已经采用 · This township has adopted it already",
            ),
            models.CheckConstraint(name="adoption_says_what_changes", condition=~Q(changes="")),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.division_id}"
