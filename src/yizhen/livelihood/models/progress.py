"""How far a project is: milestones with all dates that were promised, payments, photographs."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .project import Project

MOMENTS = {"before": _("实施前"), "during": _("实施中"), "after": _("完成后")}


class Milestone(models.Model):
    """A step of a project. ``planned_on`` is what holds now, ``first_on`` what was promised first."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones")
    name = models.CharField(_("节点"), max_length=60)
    first_on = models.DateField()
    planned_on = models.DateField(_("计划日期"))
    actual_on = models.DateField(_("实际日期"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["planned_on", "pk"]

    def __str__(self) -> str:
        return self.name


class Delay(models.Model):
    """Why a date was not or will not be kept, and the new date, if it is known. Never changed."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="delays")
    old_on = models.DateField()
    new_on = models.DateField(_("新的日期"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="delay_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.old_on} → {self.new_on or '?'}"


class Payment(models.Model):
    """Money that was paid, in 10,000 yuan; a correction is a payment below nought. Never changed."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("金额（万元，冲正填负数）"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("支付日期"))
    source = models.CharField(_("凭证或者来源"), max_length=120)
    reason = models.CharField(_("原因（超过预算或者冲正时必填）"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["paid_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="payment_correction_says_why", condition=Q(amount__gt=0) | (Q(amount__lt=0) & ~Q(reason=""))
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.amount}"


class Photo(models.Model):
    """A photograph as it was drawn anew, with a small one beside it: nothing that a camera wrote is in the file.

    Only its withdrawal, with the reason, may come later; a withdrawn one is shown to nobody.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="photos")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="photos")
    moment = models.CharField(_("什么时候拍的"), max_length=8, choices=list(MOMENTS.items()))
    caption = models.CharField(_("说明"), max_length=80)
    file = models.FileField(upload_to="livelihood/%Y/%m/")
    thumbnail = models.FileField(upload_to="livelihood/%Y/%m/")
    size = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.caption

    @property
    def moment_name(self) -> Any:
        """When it was taken, in words."""
        return MOMENTS[self.moment]
