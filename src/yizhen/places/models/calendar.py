"""The calendar that a city keeps: versions of each year's table, and days on which a place was closed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yizhen.clocks import TABLE_KINDS

from .division import Division

YEARS = (2000, 2100)


class CalendarVersion(models.Model):
    """One state of a year's table. Never changed: a correction is the next version, and old deadlines keep theirs.

    ``digest`` stands for its content (``yizhen.clocks.digest_of``); ``source`` is the notice it was taken from.
    """

    city = models.ForeignKey(Division, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=120)
    published_on = models.DateField()
    digest = models.CharField(max_length=12, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["city", "year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["city", "year", "version"], name="calendar_version_is_one"),
            models.CheckConstraint(name="calendar_year_is_plausible", condition=Q(year__range=YEARS)),
            models.CheckConstraint(
                name="calendar_has_its_notice",
                condition=~Q(source=""),
                violation_error_message="请写明依据的通知 · Name the notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}#{self.version}"


class CalendarDay(models.Model):
    """One row of a version: what a day is, where it is not as the week has it."""

    version = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="days")
    day = models.DateField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in TABLE_KINDS])
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["version", "day"]
        constraints = [
            models.UniqueConstraint(fields=["version", "day"], name="calendar_day_is_said_once"),
            models.CheckConstraint(
                name="calendar_day_kind_is_known", condition=Q(kind__in=[kind.value for kind in TABLE_KINDS])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class LocalClosure(models.Model):
    """Days, both ends counted, on which offices in a place were closed by an order. Withdrawn, never changed."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="closures")
    first = models.DateField()
    last = models.DateField()
    reason = models.CharField(max_length=60)
    basis = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-first", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="closure_ends_after_it_begins",
                condition=Q(last__gte=F("first")),
                violation_error_message="停工的最后一天不能早于第一天 · The last day is before the first",
            ),
            models.CheckConstraint(
                name="closure_has_reason_and_basis",
                condition=~Q(reason="") & ~Q(basis=""),
                violation_error_message="请写明停工的原因和依据 · State the reason and the order",
            ),
            models.CheckConstraint(
                name="closure_withdrawn_has_its_time",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.first}–{self.last}"

    @property
    def days(self) -> Any:
        """How many days it lasts."""
        return (self.last - self.first).days + 1
