"""Campaigns, their speakers and their roll of voters."""

import secrets
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Official
from yizhen.places.models import Division


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    IN_SESSION = "in_session"
    COUNTED = "counted"
    ISSUED = "issued"


STATE_NAMES = {
    CampaignState.DRAFT: _("筹备中"),
    CampaignState.PUBLISHED: _("已发布，撰写述职报告"),
    CampaignState.IN_SESSION: _("会议进行中"),
    CampaignState.COUNTED: _("已计票，待反馈"),
    CampaignState.ISSUED: _("已反馈，整改中"),
}


def new_token() -> str:
    """Return a random public token; never derived from anything."""
    return secrets.token_hex(5)


class Campaign(models.Model):
    """One appraisal. Its rules are free until it is published; then they are frozen and hashed (a trigger refuses)."""

    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    period = models.CharField(max_length=24)
    division = models.ForeignKey(Division, models.PROTECT, related_name="campaigns")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in CampaignState], default=CampaignState.DRAFT
    )
    config = models.JSONField()
    config_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    reports_due_on = models.DateField(null=True, blank=True)
    session_on = models.DateField(null=True, blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="next_ones")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=12, unique=True, default=new_token)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaign_published_is_hashed",
                condition=Q(state="draft", config_hash="") | (~Q(state="draft") & ~Q(config_hash="")),
            ),
            models.CheckConstraint(
                name="campaign_is_not_its_own_predecessor", condition=Q(previous__isnull=True) | ~Q(previous=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return STATE_NAMES[CampaignState(self.state)]

    @property
    def current_round(self) -> Any:
        """The latest round of voting, or None before publication: earlier ones are void."""
        return self.rounds.order_by("-number").first()

    @property
    def is_frozen(self) -> bool:
        """Whether the rules can no longer be changed."""
        return self.state != CampaignState.DRAFT


class Speaker(models.Model):
    """A person who reports on the work of a place. The only people in the system beside whom a score may stand."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="speakers")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    official = models.ForeignKey(Official, models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    heard = models.BooleanField(default=False)

    class Meta:
        ordering = ["campaign", F("position").asc(nulls_last=True), "division"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "division"], name="speaker_place_reports_once"),
            models.UniqueConstraint(
                fields=["campaign", "position"],
                name="speaker_positions_differ",
                condition=Q(position__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official} {self.title}"


class RollEntry(models.Model):
    """A person entitled to vote: present or not, card handed out or not. Never which card (ADR 1)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="roll")
    class_code = models.CharField(max_length=8)
    label = models.CharField(max_length=60)
    present = models.BooleanField(default=False)
    card_handed_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["class_code", "label"]
        verbose_name_plural = "roll entries"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "class_code", "label"], name="roll_names_each_once"),
            models.CheckConstraint(
                name="roll_card_only_to_the_present", condition=Q(card_handed_out=False) | Q(present=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.label}"
