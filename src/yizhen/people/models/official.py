"""Officials and their appointments: who answers for a place, and since when."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q

from yizhen.people.roster.posts import DEGREES, POSTS
from yizhen.places.models import Division

from .account import Account

MONTHS = Q(*(Q(birth_month__endswith=f"-{month:02d}") for month in range(1, 13)), _connector=Q.OR)


class Official(models.Model):
    """A person in office. Fields: those the roster statistics of the speech need, no others (PIPL art. 6)."""

    number = models.CharField(max_length=20, blank=True)  # the office's own; tells people of one name apart
    name = models.CharField(max_length=40)
    birth_month = models.CharField(max_length=7, blank=True, help_text="YYYY-MM")
    education = models.CharField(max_length=20, blank=True)
    account = models.OneToOneField(Account, models.PROTECT, null=True, blank=True, related_name="official")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="official_number_is_ones_own"),
            models.CheckConstraint(
                name="official_birth_is_a_month",
                # Not as a pattern: SQLite has none of its own, and backups are read without Django.
                condition=Q(birth_month="") | (Q(birth_month__range=("1900-01", "2099-12")) & MONTHS),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def degree_name(self) -> Any:
        """The degree in the page's language."""
        return DEGREES.get(self.education, self.education)

    @cached_property
    def _declared(self) -> tuple[tuple[str, datetime], ...]:
        return tuple(self.relations.values_list("name", "declared_at"))

    @property
    def relatives(self) -> tuple[str, ...]:
        """The names that the official has declared: to find conflicts of interest by, never to be shown."""
        return tuple(name for name, _at in self._declared)

    def relatives_before(self, moment: datetime) -> tuple[str, ...]:
        """The names that were declared before a moment: those declared after it could have been declared to try them out."""
        return tuple(name for name, at in self._declared if at < moment)


class Appointment(models.Model):
    """An official in a post over a place, from a day on."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="appointments")
    division = models.ForeignKey(Division, models.PROTECT, related_name="appointments")
    post = models.CharField(max_length=16, choices=[(code, code) for code in POSTS], default="other")
    title = models.CharField(max_length=60)
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-began_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["official", "post", "division", "began_on"], name="appointment_is_entered_once"
            ),
            models.CheckConstraint(
                name="appointment_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official} {self.title}"

    @property
    def post_name(self) -> Any:
        """The kind of post in the page's language."""
        return POSTS[self.post]
