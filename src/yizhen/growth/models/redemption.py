"""What was granted: lists of firms that need not apply, and redemptions with their clocks."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import Deadline, light

from .enterprise import Enterprise
from .policy import Policy


class BenefitList(models.Model):
    """Firms that qualify for a policy without applying, as of a day. Who made it never confirms it."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="benefit_lists")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="benefit_list_is_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("made_by")),
                violation_error_message=_("生成名单的人不能确认它。"),
            ),
            models.CheckConstraint(
                name="benefit_list_is_confirmed_at_a_time",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.made_at:%Y-%m-%d}"


class BenefitListItem(models.Model):
    """One firm on a list, with the facts by which it qualified."""

    benefit_list = models.ForeignKey(BenefitList, models.PROTECT, related_name="items")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    facts = models.JSONField()

    class Meta:
        ordering = ["enterprise__division", "enterprise"]
        constraints = [
            models.UniqueConstraint(fields=["benefit_list", "enterprise"], name="firm_is_on_a_list_once"),
        ]

    def __str__(self) -> str:
        return f"{self.benefit_list_id}/{self.enterprise_id}"


class Redemption(models.Model):
    """A policy's benefit for one firm, from application or confirmation until it is paid. ``amount`` in yuan.

    ``facts`` are those by which it qualified. Late or not is computed when asked.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="redemptions")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="redemptions")
    benefit_list = models.ForeignKey(BenefitList, models.PROTECT, null=True, blank=True, related_name="redemptions")
    facts = models.JSONField()
    started_on = models.DateField()
    due_on = models.DateField()
    clock = models.JSONField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    paid_on = models.DateField(_("兑付日期"), null=True, blank=True)
    amount = models.DecimalField(
        _("金额（元；减免、展期的填减免额，没有金额填 0）"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    refused_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "enterprise"],
                condition=Q(refused_on__isnull=True),
                name="firm_is_granted_a_policy_once",
            ),
            models.CheckConstraint(
                name="redemption_is_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("registered_by")),
                violation_error_message=_("登记的人不能办结它：由政策的主管部门兑付。"),
            ),
            models.CheckConstraint(
                name="redemption_paid_has_an_amount",
                condition=Q(paid_on__isnull=True) | Q(amount__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="redemption_refused_has_a_reason",
                condition=Q(refused_on__isnull=True) | (~Q(reason="") & Q(decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="redemption_is_paid_or_refused",
                condition=Q(paid_on__isnull=True) | Q(refused_on__isnull=True),
            ),
            models.CheckConstraint(
                name="redemption_is_paid_after_it_began",
                condition=Q(paid_on__isnull=True) | Q(paid_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.enterprise_id}"

    @property
    def deadline(self) -> Deadline:
        """The deadline with its derivation."""
        return Deadline.from_json(self.clock)

    @property
    def is_open(self) -> bool:
        """Whether it is neither paid nor refused."""
        return self.paid_on is None and self.refused_on is None

    @property
    def light(self) -> str:
        """Red when late, yellow when near, green otherwise; computed now."""
        return light(self.due_on, timezone.localdate(), done_on=self.paid_on or self.refused_on).value

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        if self.refused_on:
            return _("不予兑现")
        return _("已兑现") if self.paid_on else _("兑现中")
