"""What a person keeps at the desk: a calendar feed, saved searches, runs of bulk steps, and a unit's reply templates."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import STATE_NAMES, VERB_NAMES, State, Verb
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .matter import Matter

STEPS = ("accept", "insist", "withdraw", "remind")


class CalendarFeed(models.Model):
    """The address of one account's calendar feed; only the hash of its token is kept, and never when it was read."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(revoked_at__isnull=True), name="account_has_one_live_feed"
            ),
            models.CheckConstraint(
                name="feed_not_revoked_before_issued",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("issued_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"feed of {self.account}"


class SavedSearch(models.Model):
    """A name for a set of the list page's filters, with the lines beyond which its owner wants to be told."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=40)
    filters = models.JSONField()
    more_than = models.PositiveIntegerField(null=True, blank=True)
    any_red = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "saved searches"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_search_has_a_name_of_its_own",
                violation_error_message="您已经有一个同名的常用查询 · You have a saved search of this name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkRun(models.Model):
    """One step asked for many matters at once; the same ``client_id`` of the same account is the same run."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=64)
    step = models.CharField(max_length=24, choices=[(step, step) for step in STEPS])
    text = models.TextField(max_length=4000, blank=True)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["by", "client_id"], name="bulk_run_happens_once"),
            models.CheckConstraint(name="bulk_step_is_allowed", condition=Q(step__in=STEPS)),
        ]

    def __str__(self) -> str:
        return f"{self.step} by {self.by}"


class BulkItem(models.Model):
    """One matter of a run: waiting, done, or not done and why."""

    WAITING, DONE, REFUSED = "waiting", "done", "refused"

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, default=WAITING)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["run", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "matter"], name="bulk_run_holds_a_matter_once"),
            models.CheckConstraint(
                name="bulk_item_says_why_not",
                condition=Q(outcome__in=("waiting", "done"), why="") | (Q(outcome="refused") & ~Q(why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.outcome}"


class ReplyTemplate(models.Model):
    """Words that a unit offers for a step: for one kind, state and step, or for any. It is never sent by itself.

    It belongs to a department (``unit``), or to the office of a place when ``unit`` is empty.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=12, blank=True)
    verb = models.CharField(max_length=24, blank=True)
    title = models.CharField(max_length=60)
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "title"], name="reply_title_is_once_in_a_department"),
            models.UniqueConstraint(
                fields=["division", "title"], condition=Q(unit__isnull=True), name="reply_title_is_once_in_an_office"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_name(self) -> Any:
        """The kind in the page's language; None for any."""
        return KINDS[self.kind].name if self.kind in KINDS else None

    @property
    def state_name(self) -> Any:
        """The state in the page's language; None for any."""
        return STATE_NAMES[State(self.state)] if self.state else None

    @property
    def verb_name(self) -> Any:
        """The step in the page's language; None for any."""
        return VERB_NAMES[Verb(self.verb)] if self.verb else None
