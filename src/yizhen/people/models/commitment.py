"""Commitments to integrity: the text that leaders commit to, and who has given it in a year."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division

from .official import Official

FIRST_YEAR, LAST_YEAR = 2000, 2100


class CommitmentText(models.Model):
    """A version of the text that a city's leaders commit to. Append-only: a change is a new version."""

    city = models.ForeignKey(Division, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("承诺书正文"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["city", "number"]
        constraints = [
            models.UniqueConstraint(fields=["city", "number"], name="commitment_texts_are_numbered"),
            models.CheckConstraint(name="commitment_text_is_written", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} #{self.number}"


class Commitment(models.Model):
    """A leader's commitment to integrity of a year: given by himself here, or on paper and recorded with its number.

    It says that it was given, and nothing of how it was kept: no score is made of it. Append-only.
    """

    official = models.ForeignKey(Official, models.PROTECT, related_name="commitments")
    year = models.PositiveSmallIntegerField()
    text = models.ForeignKey(CommitmentText, models.PROTECT, related_name="commitments")
    given_on = models.DateField(_("承诺日期"))
    in_person = models.BooleanField()
    paper = models.CharField(_("纸质承诺书编号"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "official"]
        constraints = [
            models.UniqueConstraint(
                fields=["official", "year"],
                name="commitment_is_given_once_a_year",
                violation_error_message="这一年的承诺已有记录 · The commitment of this year is recorded already",
            ),
            models.CheckConstraint(
                name="commitment_on_paper_has_its_number",
                condition=Q(in_person=True, paper="") | (Q(in_person=False) & ~Q(paper="")),
                violation_error_message="代为登记的须有纸质承诺书编号 · What is recorded from paper needs its number",
            ),
            models.CheckConstraint(
                name="commitment_year_is_plausible", condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id} {self.year}"
