"""Tables that are not our template: the file until it is imported, and what was understood of its shape."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yizhen.people.models import Unit
from yizhen.places.models import Division


class UploadedTable(models.Model):
    """A file of another shape, waiting until somebody has said what its columns are.

    ``choices`` is what was chosen on the mapping page, as it was last sent. The file itself is forgotten once its figures
    are committed, or a week later.
    """

    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    choices = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"


class ImportMapping(models.Model):
    """What the columns and names of tables of one shape mean: chosen once by an office, proposed the next time.

    ``fingerprint`` is of the headings without years and months; ``content`` holds the columns in their order, the names of
    places that had to be asked for, and the source. One per shape and office: a department of a place, or the place's own.
    """

    fingerprint = models.CharField(max_length=64)
    scope = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "scope", "unit"], name="mapping_of_a_shape_is_one_per_unit"),
            models.UniqueConstraint(
                fields=["fingerprint", "scope"],
                condition=Q(unit__isnull=True),
                name="mapping_of_a_shape_is_one_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint[:8]} {self.scope_id} {self.unit_id or ''}"
