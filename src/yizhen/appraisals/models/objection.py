"""Objections of the person concerned to a result, decided by somebody who had no part in it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import Deadline, light

from .campaign import Speaker


class Objection(models.Model):
    """The one objection that a speaker may file to the own result.

    ``made_by`` and ``issued_by`` are who made the campaign and issued its results: copied here, so that the database
    itself refuses a decision by either of them. Source: supervision regulation (2021) art. 17, by analogy.
    """

    STATES = {
        "filed": _("等待决定"),
        "upheld": _("异议成立"),
        "dismissed": _("异议不成立"),
    }
    speaker = models.OneToOneField(Speaker, models.PROTECT, related_name="objection")
    text = models.CharField(max_length=800)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    due_on = models.DateField()
    clock = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="filed")
    decision = models.CharField(max_length=800, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="objection_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="objection_is_decided_with_reasons",
                condition=Q(state="filed", decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(state__in=["upheld", "dismissed"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decision="")
                ),
            ),
            models.CheckConstraint(
                name="objection_is_decided_by_others",
                condition=Q(decided_by__isnull=True)
                | (
                    ~Q(decided_by=F("filed_by"))
                    & (Q(made_by__isnull=True) | ~Q(decided_by=F("made_by")))
                    & (Q(issued_by__isnull=True) | ~Q(decided_by=F("issued_by")))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"objection of {self.speaker}"

    @property
    def deadline(self) -> Deadline:
        """The stored deadline with its derivation."""
        return Deadline.from_json(self.clock)

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return self.STATES[self.state]

    @property
    def light(self) -> str:
        """The light of the decision's deadline today; empty once it is decided."""
        return light(self.due_on, timezone.localdate()).value if self.state == "filed" else ""
