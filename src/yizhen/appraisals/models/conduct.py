"""What keeps a campaign fair: versions of its rules, conflicts of interest, findings beside the claims."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .campaign import Campaign, Speaker
from .report import DutyReport


class CampaignVersion(models.Model):
    """The rules as they were frozen once. Append-only: changing them after publication makes a new one, with a reason."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    by_label = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="campaign_version_numbers_differ"),
            models.CheckConstraint(name="campaign_version_has_reason", condition=Q(number=1) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} v{self.number}"


CONFLICT_REASONS = {
    "self": _("本人"),
    "own_unit": _("本单位"),
    "relative": _("已申报的亲属"),
    "declared": _("本人申报回避"),
}


class Conflict(models.Model):
    """A decision on a conflict of interest: declared, pinned by the office, or overridden with a reason.

    What names and units show by themselves is computed (``conflicts.py``); only decisions are stored.
    """

    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="conflicts")
    party = models.CharField(max_length=60)
    reason = models.CharField(max_length=12, choices=list(CONFLICT_REASONS.items()))
    pinned = models.BooleanField(default=False)
    overridden = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    by_label = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["speaker", "party"]
        constraints = [
            models.UniqueConstraint(fields=["speaker", "party"], name="conflict_decided_once"),
            models.CheckConstraint(name="conflict_override_has_note", condition=Q(overridden=False) | ~Q(note="")),
            models.CheckConstraint(
                name="conflict_pinned_or_overridden", condition=Q(pinned=False) | Q(overridden=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} – {self.speaker}"


class Finding(models.Model):
    """What a pre-inspection on site found about a claim of a report. Append-only."""

    OUTCOMES = {"agrees": _("属实"), "differs": _("与报告不符"), "not_seen": _("未能核实")}
    report = models.ForeignKey(DutyReport, models.CASCADE, related_name="findings")
    section = models.CharField(max_length=24)
    claim = models.CharField(max_length=200)
    outcome = models.CharField(max_length=10, choices=list(OUTCOMES.items()))
    text = models.CharField(max_length=400)
    seen_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=60)

    class Meta:
        ordering = ["section", "pk"]
        constraints = [
            models.CheckConstraint(name="finding_says_what_was_seen", condition=~Q(claim="") & ~Q(text="")),
            models.UniqueConstraint(fields=["report", "claim", "text"], name="finding_is_entered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim[:30]}: {self.outcome}"
