"""Units: departments and offices."""

from django.db import models

from yizhen.places.models import Division


class Unit(models.Model):
    """A department of a city or county: a thread that leads to the townships."""

    code = models.SlugField(primary_key=True, max_length=24)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="units")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh
