"""Filling: a window in which a form is filled, what each place hands in, and who approves it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division

from .form import RegisteredForm

SUBMISSION_STATES = {
    "open": _("填报中"), "submitted": _("已报送"), "returned": _("已退回"), "approved": _("已核准"),
}  # fmt: skip


class Collection(models.Model):
    """One form in one period: from when to when it is filled, in which part of the country.

    ``asked`` are the codes that it asks, as they stood when it was opened: a form that ends later orphans nothing.
    """

    form = models.ForeignKey(RegisteredForm, models.PROTECT, related_name="collections")
    period = models.CharField(max_length=8)
    scope = models.ForeignKey(Division, models.PROTECT, related_name="+")
    opens_on = models.DateField()
    closes_on = models.DateField()
    asked = models.JSONField(default=list)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-closes_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "period"], name="form_is_filled_once_a_period"),
            models.CheckConstraint(
                name="collection_closes_after_it_opens",
                condition=Q(closes_on__gte=F("opens_on")),
                violation_error_message="截止日不能早于开始日 · It cannot close before it opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.period}"


class Submission(models.Model):
    """What one place fills in one collection; locked from the day it is handed in until it is returned."""

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="submissions")
    division = models.ForeignKey(Division, models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=10, default="open", choices=list(SUBMISSION_STATES.items()))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=200, blank=True)
    open_until = models.DateField(null=True, help_text="逾期仍可填报到")
    open_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["collection", "division"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "division"], name="place_hands_a_form_in_once"),
            models.CheckConstraint(
                name="submission_was_handed_in",
                condition=Q(state__in=["open", "returned"]) | Q(submitted_by__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(name="return_has_a_reason", condition=~Q(state="returned") | ~Q(return_reason="")),
            models.CheckConstraint(
                name="lock_exception_has_a_reason", condition=Q(open_until__isnull=True) | ~Q(open_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.division_id}"

    @property
    def state_name(self) -> Any:
        """The state in words."""
        return SUBMISSION_STATES[self.state]


class Approval(models.Model):
    """A level of a collection that somebody has approved: a township its villages, a county its townships, and so on.

    ``replaced`` are imported figures that its own took the place of: they stand again when it is taken back.
    """

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="approvals")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    missing = models.JSONField(default=list)
    missing_reason = models.CharField(max_length=200, blank=True)
    replaced = models.JSONField(default=list)

    class Meta:
        ordering = ["collection", "division"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "division"], name="level_is_approved_once"),
            models.CheckConstraint(
                name="approval_without_all_has_a_reason", condition=Q(missing=[]) | ~Q(missing_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.division_id}"
