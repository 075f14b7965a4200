"""Campaigns, their speakers and their roll of voters."""

import secrets
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Official, Unit
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
    is_rehearsal = models.BooleanField(default=False, help_text="in no list, never counted, deleted when it is over")

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
    def live_rounds(self) -> Any:
        """The rounds that count, in the order of their numbers: void ones that were voted again are left out."""
        return self.rounds.filter(replaced_by__isnull=True).order_by("number")

    @property
    def current_round(self) -> Any:
        """The round that the hall is at, or None before publication.

        That is the open one; else a void one that has to be voted again; else the prepared one of whoever speaks now,
        or the first prepared one; else the last.
        """
        rounds = list(self.live_rounds)
        for state in ("open", "void"):
            if found := [round_ for round_ in rounds if round_.state == state]:
                return found[0]
        waiting = [round_ for round_ in rounds if round_.state == "prepared"]
        if len(waiting) > 1:
            speaking = self.session.speaker_id
            order = {pk: at for at, pk in enumerate(self.speakers.order_by("position").values_list("pk", flat=True))}
            waiting.sort(key=lambda one: (speaking not in one.speaker_ids, min(order[pk] for pk in one.speaker_ids)))
        return waiting[0] if waiting else rounds[-1] if rounds else None

    @property
    def is_counted(self) -> bool:
        """Whether every round is counted, so that there are results."""
        return self.state in {CampaignState.COUNTED, CampaignState.ISSUED}

    @property
    def is_announced(self) -> bool:
        """Whether the rules have the totals announced in the hall, as soon as they are counted."""
        return bool(self.config["rules"].get("announce") == "hall")

    @property
    def is_frozen(self) -> bool:
        """Whether the rules can no longer be changed."""
        return self.state != CampaignState.DRAFT


class Speaker(models.Model):
    """A person who reports on the work of a place, or a department that townships rate (upward appraisal, no person).

    The only people in the system beside whom a score may stand.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="speakers")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    official = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=60)
    batch = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    heard = models.BooleanField(default=False)

    class Meta:
        ordering = ["campaign", F("position").asc(nulls_last=True), "division"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "division"], condition=Q(unit__isnull=True), name="speaker_place_reports_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "unit"], condition=Q(unit__isnull=False), name="speaker_unit_reports_once"
            ),
            models.CheckConstraint(
                name="speaker_is_person_or_unit", condition=Q(official__isnull=False) | Q(unit__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["campaign", "position"],
                name="speaker_positions_differ",
                condition=Q(position__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.title}".strip()

    @property
    def subject(self) -> Any:
        """Whose work it is about: the department in an upward appraisal, else the place."""
        return self.unit if self.unit_id else self.division

    @property
    def person(self) -> str:
        """The name of who reports; empty for a department."""
        return self.official.name if self.official is not None else ""

    @property
    def key(self) -> str:
        """The public name in lots and files: the unit's code, else the place's."""
        return str(self.unit_id or self.division_id)


def new_badge() -> str:
    """Return a random code for the attendance list's QR; it opens nothing, and no ballot card carries it."""
    return "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _unused in range(8))


class RollEntry(models.Model):
    """A person entitled to vote: present or not, card handed out or not. Never which card (ADR 1)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="roll")
    class_code = models.CharField(max_length=8)
    label = models.CharField(max_length=60)
    badge = models.CharField(max_length=8, default=new_badge)
    present = models.BooleanField(default=False)
    card_handed_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["class_code", "label"]
        verbose_name_plural = "roll entries"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "class_code", "label"], name="roll_names_each_once"),
            models.UniqueConstraint(fields=["campaign", "badge"], name="roll_badges_differ"),
            models.CheckConstraint(
                name="roll_card_only_to_the_present", condition=Q(card_handed_out=False) | Q(present=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.label}"
