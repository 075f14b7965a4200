"""The ballot's tables. ADR 1 explains each column that is here, and each that is not.

Nothing here carries a user, an address, a device or a time of a sheet; no table joins a card to a sheet.
"""

import secrets
from typing import Any

from django.db import models
from django.db.models import F, Q

from .campaign import Campaign, Speaker


def random_id() -> int:
    """Return a random key, so that no key tells the order in which rows were made."""
    return secrets.randbits(62)


class Round(models.Model):
    """One round of voting over the speakers of its layout. Times are the round's, never a sheet's.

    A campaign has one round for all, one for each batch, or one for each speaker. A void round is voted again in one
    that ``replaces`` it. ``holders`` are the scrutineers who keep a share of the secret. ``firmness`` says, after the
    count, how firm the differences are (see ``firmness.py``); ``statistics`` what the sheets say beyond the declared
    figures (see ``estimates.py``).
    """

    STATES = ("prepared", "open", "closed", "counted", "void")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="prepared")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    public_key = models.CharField(max_length=64, blank=True, help_text="hex")
    paper_only = models.BooleanField(default=False, help_text="all classes vote on paper: nothing is sealed to a key")
    holders = models.JSONField(default=list, blank=True)
    layout = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    root = models.CharField(max_length=64, blank=True)
    firmness = models.JSONField(null=True, blank=True)
    statistics = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["campaign", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="round_numbers_differ"),
            models.UniqueConstraint(fields=["campaign"], condition=Q(state="open"), name="round_one_open_at_a_time"),
            models.CheckConstraint(
                name="round_open_has_key",
                condition=Q(state="prepared") | Q(paper_only=True) | ~Q(public_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} #{self.number}"

    @property
    def speaker_ids(self) -> list[int]:
        """The speakers that this round is about, in the order of the sheet."""
        return list(self.layout.get("speakers", []))


class RoundClass(models.Model):
    """A voter class in a round: who was entitled and present when it opened, and how many sheets were handed out.

    ``issued`` counts cards on the phone channel and sheets of paper on the other; ``returned`` is what came back.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="classes")
    code = models.CharField(max_length=8)
    paper = models.BooleanField(default=False)
    entitled = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    issued = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(null=True, blank=True)
    void = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["round", "code"]
        verbose_name_plural = "round classes"
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="round_class_once"),
            models.CheckConstraint(
                name="round_class_counts_fit", condition=Q(present__lte=F("entitled"), issued__lte=F("present"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.code}"


class Card(models.Model):
    """A card drawn by hand from a shuffled heap. Only the hash of its code is kept; never who drew it."""

    id = models.BigIntegerField(primary_key=True, default=random_id)
    round = models.ForeignKey(Round, models.PROTECT, related_name="cards")
    class_code = models.CharField(max_length=8)
    code_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, default="fresh", choices=[(s, s) for s in ("fresh", "used", "revoked")])

    class Meta:
        ordering = ["code_hash"]

    def __str__(self) -> str:
        return f"card of class {self.class_code}"


class SealedSheet(models.Model):
    """A sheet as the phone sealed it to the round's key. The receipt is the hash of these bytes."""

    id = models.BigIntegerField(primary_key=True, default=random_id)
    round = models.ForeignKey(Round, models.PROTECT, related_name="sealed_sheets")
    class_code = models.CharField(max_length=8)
    sealed = models.BinaryField(max_length=8192)
    receipt = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["receipt"]

    def __str__(self) -> str:
        return f"sealed sheet of class {self.class_code}"


class SealedOpinion(models.Model):
    """A free-text opinion, sealed apart from the grades and without a class: style identifies authors."""

    id = models.BigIntegerField(primary_key=True, default=random_id)
    round = models.ForeignKey(Round, models.PROTECT, related_name="sealed_opinions")
    sealed = models.BinaryField(max_length=4096)
    fingerprint = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["fingerprint"]

    def __str__(self) -> str:
        return "sealed opinion"


class OpenedSheet(models.Model):
    """A whole sheet after the count, under a new random id. Read only by the counting rules; in nothing public."""

    id = models.BigIntegerField(primary_key=True, default=random_id)
    round = models.ForeignKey(Round, models.PROTECT, related_name="opened_sheets")
    class_code = models.CharField(max_length=8)
    marks = models.JSONField(default=dict)
    void_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"sheet of class {self.class_code}"

    def grades_of(self, speaker: Any) -> dict[str, str]:
        """Return item → grade of one speaker's row; empty when the sheet is void."""
        return dict(self.marks.get(str(speaker.pk), {}))


class Opinion(models.Model):
    """An opinion after the count. The organisation office summarises; originals are not passed on.

    ``text`` is emptied when the results are issued: only what was decided remains (see ``opinion.py``).
    """

    id = models.BigIntegerField(primary_key=True, default=random_id)
    round = models.ForeignKey(Round, models.PROTECT, related_name="opinions")
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="opinions")
    text = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]
