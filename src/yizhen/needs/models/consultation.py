"""A question that an office asks people, what they answered, and what was done with it.

No column leads from an answer to a person: an answer has no time, no account and no invitation; a free text stands by
itself, apart from what was ticked beside it; an invitation is deleted when it is used. What the database itself knows of the
order in which rows came is told in the room's README.
"""

import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.matters.models import Matter
from yizhen.people.models import Unit
from yizhen.places.models import Division

AUDIENCES = {"everybody": _("所有人"), "places": _("指定地方的居民"), "invited": _("凭邀请码")}
RED_AFTER = 30  # days since closing without a word on what was done


def new_key() -> str:
    """Return a name of chance: rows that are read in its order are shuffled."""
    return secrets.token_hex(12)


class Consultation(models.Model):
    """A question with options. Once it is open, neither the question nor who may answer can change (trigger)."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="consultations")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="consultations")
    title = models.CharField(_("问题"), max_length=80)
    text = models.TextField(_("说明：为什么问、结果怎样用"), max_length=2000)
    options = models.JSONField(default=list)
    several = models.BooleanField(_("可以选几项"), default=False)
    wants_text = models.BooleanField(_("可以写几句话"), default=True)
    audience = models.CharField(_("谁来答"), max_length=12, choices=list(AUDIENCES.items()), default="everybody")
    by_lot = models.BooleanField(_("邀请码随机抽取发放（结果才有区间）"), default=False)
    places = models.ManyToManyField(Division, blank=True, related_name="+")
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期（当天仍可答）"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_on = models.DateField(null=True, blank=True, editable=False)
    stop_reason = models.CharField(_("停止的原因"), max_length=400, blank=True)
    version = models.PositiveSmallIntegerField(default=1, editable=False)  # of the draft: how often it was written

    class Meta:
        ordering = ["-closes_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="consultation_closes_after_it_opens",
                condition=Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("截止日期不能早于开始日期。"),
            ),
            models.CheckConstraint(
                name="consultation_lot_needs_invitations",
                condition=Q(by_lot=False) | Q(audience="invited"),
                violation_error_message=_("只有凭邀请码的，才能说是随机抽取。"),
            ),
            models.CheckConstraint(
                name="consultation_stopped_with_a_reason",
                condition=Q(stopped_on=None, stop_reason="")
                | Q(stopped_on__isnull=False, opened_at__isnull=False) & ~Q(stop_reason=""),
                violation_error_message=_("请写停止的原因。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asker(self) -> Any:
        """The office that asks: a department, or a place."""
        return self.unit or self.division

    @property
    def audience_name(self) -> Any:
        """Who may answer, in the page's language."""
        return AUDIENCES[self.audience]

    @property
    def state(self) -> str:
        """draft, announced, open, owed or answered: derived from what is stored and today."""
        today = timezone.localdate()
        if self.opened_at is None:
            return "draft"
        if self.stopped_on is None and today < self.opens_on:
            return "announced"
        if self.stopped_on is None and today <= self.closes_on:
            return "open"
        return "answered" if self.outcomes.all() else "owed"

    @property
    def ended_on(self) -> date:
        """The last day on which it was answered: the day of its stop, or the one that was announced."""
        return self.stopped_on or self.closes_on

    @property
    def debt(self) -> int | None:
        """Days since it ended, while nothing has been said on what was done; None where nothing is owed."""
        return (timezone.localdate() - self.ended_on).days if self.state == "owed" else None

    @property
    def light(self) -> str:
        """Red when an answer has been owed for more than 30 days, yellow before; "" where nothing is owed."""
        return debt_light(self.debt)


def debt_light(days: int | None) -> str:
    """Return the light of a debt of so many days."""
    if days is None:
        return ""
    return "red" if days > RED_AFTER else "yellow"


class InvitationBatch(models.Model):
    """How many codes were printed at once: what the share of answers is of."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="batches")
    client_id = models.CharField(max_length=80, unique=True)
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.consultation_id}: {self.number}"


class Invitation(models.Model):
    """A code that was printed and not used yet, kept as its hash. It is deleted when it is used: nothing is left to join."""

    code_hash = models.CharField(primary_key=True, max_length=64)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="invitations")

    def __str__(self) -> str:
        return self.code_hash[:8]


class Answer(models.Model):
    """What was ticked on one sheet. ``sheet`` is a hash of the form's id, so that the same form counts once."""

    key = models.CharField(primary_key=True, max_length=24, default=new_key)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="answers")
    sheet = models.CharField(max_length=64, unique=True)
    choices = models.JSONField(default=list)
    place = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.key


class FreeText(models.Model):
    """What somebody wrote beside his ticks; which ticks, no column tells and no page shows."""

    key = models.CharField(primary_key=True, max_length=24, default=new_key)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="texts")
    text = models.TextField(max_length=1000)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Outcome(models.Model):
    """What was done with a consultation, and which matters and projects came of it. Said for good; more may follow."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="outcomes")
    client_id = models.CharField(max_length=80, unique=True)
    text = models.TextField(_("采纳了什么、没采纳什么、为什么"), max_length=4000)
    projects = models.CharField(_("形成的项目（写名称）"), max_length=200, blank=True)
    matters = models.ManyToManyField(Matter, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.pk}"
