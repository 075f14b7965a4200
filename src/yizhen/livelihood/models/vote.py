"""A deputies' vote as its totals: which candidates, how many votes for each. Who voted how is nowhere."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division

from .project import Project


class Vote(models.Model):
    """One vote of a people's congress on candidates: at most ``seats`` are chosen on each ballot. Never changed.

    ``minutes`` is the number or the name of the minutes. Source of quorum and majority: 地方各级人民代表大会和地方各级人民政府组织法
    (two thirds of the deputies present; more than half of all deputies).
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("哪一级人大"))
    body = models.CharField(_("会议"), max_length=80)
    held_on = models.DateField(_("票决日期"))
    seats = models.PositiveSmallIntegerField(_("每张票最多选几项"), validators=[MinValueValidator(1)])
    entitled = models.PositiveIntegerField(_("应到代表（人）"), validators=[MinValueValidator(1)])
    present = models.PositiveIntegerField(_("实到代表（人）"))
    ballots = models.PositiveIntegerField(_("收回表决票（张）"))
    invalid = models.PositiveIntegerField(_("其中无效（张）"), default=0)
    minutes = models.CharField(_("会议纪要（文号或者名称）"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="vote_chooses_something", condition=Q(seats__gt=0)),
            models.CheckConstraint(
                name="vote_present_are_entitled",
                condition=Q(present__lte=F("entitled")),
                violation_error_message=_("实到不能多于应到。"),
            ),
            models.CheckConstraint(
                name="vote_ballots_are_of_those_present",
                condition=Q(ballots__lte=F("present")),
                violation_error_message=_("收回的票不能多于实到代表。"),
            ),
            models.CheckConstraint(
                name="vote_invalid_are_ballots",
                condition=Q(invalid__lte=F("ballots")),
                violation_error_message=_("无效票不能多于收回的票。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.held_on}"

    @property
    def valid(self) -> int:
        """Ballots that count."""
        return self.ballots - self.invalid


class Tally(models.Model):
    """The votes for one candidate, and whether they chose it. Never changed."""

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="tallies")
    project = models.ForeignKey(Project, models.PROTECT, related_name="tallies")
    votes = models.PositiveIntegerField()
    chosen = models.BooleanField()

    class Meta:
        ordering = ["vote", "project"]
        constraints = [models.UniqueConstraint(fields=["vote", "project"], name="tally_is_entered_once")]

    def __str__(self) -> str:
        return f"{self.vote_id}/{self.project_id}: {self.votes}"
