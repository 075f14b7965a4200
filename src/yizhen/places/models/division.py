"""Divisions of the country: the code is the path in the tree."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from .category import Category

CODE_LENGTHS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12, "grid": 15}
models.CharField.register_lookup(Length)


class Division(models.Model):
    """A place with a national code of 2, 4, 6, 9 or 12 digits (grids: 3 more).

    "Everything under this county" is a prefix range of the code. Codes are never used again once retired.
    Source: GB/T 2260 and the statistics bureau's 12-digit codes.
    """

    code = models.CharField(primary_key=True, max_length=15)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=12, choices=[(level, level) for level in CODE_LENGTHS])
    kind = models.CharField(max_length=24)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="divisions")
    population = models.PositiveBigIntegerField(null=True, blank=True, help_text="常住人口（人）")
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    population_source = models.CharField(max_length=80, blank=True)
    profile = models.JSONField(default=dict, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="division_code_fits_level",
                condition=Q(
                    *[Q(level=level, code__length=length) for level, length in CODE_LENGTHS.items()], _connector=Q.OR
                ),
                violation_error_message="区划代码位数与层级不符 · The code's length does not fit the level",
            ),
            models.CheckConstraint(
                name="division_population_has_year_and_source",
                condition=Q(population__isnull=True) | (Q(population_year__isnull=False) & ~Q(population_source="")),
                violation_error_message="人口数须注明年份和来源 · A population needs its year and source",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def is_real(self) -> bool:
        """Whether the code belongs to a real place: prefix 99 is assigned to nobody and carries the fictional city."""
        return not self.code.startswith("99")

    def covers(self, code: str) -> bool:
        """Return whether a place lies in this one."""
        return code.startswith(self.code)
