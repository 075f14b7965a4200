"""What public bodies owe small and medium firms, and what they reserve for them in procurement."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.clocks import Deadline, light
from yizhen.growth.policies.conditions import SMALL_AND_MEDIUM
from yizhen.people.models import Unit

from .enterprise import CHOICE_NAMES, Enterprise

DAILY_INTEREST = Decimal("0.0005")  # 保障中小企业款项支付条例第十七条，没有约定利率的
USUAL_DAYS, MOST_DAYS = 30, 60  # 第九条
BEGINS = {
    "delivered": _("货物、工程、服务交付（第九条第一款）"),
    "accepted": _("检验、验收合格（第十条）"),
    "settled": _("双方确认结算金额（第九条第四款）"),
}


class PublicPayment(models.Model):
    """A sum that a public body owes a micro, small or medium firm. Late or not is computed when asked.

    ``amount`` in yuan; ``agreed_days`` is what the contract says, 60 at the most; ``scale`` as it was when the contract was
    made. Source: 保障中小企业款项支付条例（2025 年修订）arts. 3, 9, 10, 17.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="payments")
    debtor = models.ForeignKey(Unit, models.PROTECT, related_name="owed_payments")
    subject = models.CharField(_("合同或者项目"), max_length=120)
    amount = models.DecimalField(
        _("金额（元）"), max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    scale = models.CharField(
        _("订立合同时的规模"), max_length=8,
        choices=[(code, CHOICE_NAMES["scale"][code]) for code in SMALL_AND_MEDIUM],
    )  # fmt: skip
    begins = models.CharField(_("从哪天起算"), max_length=12, choices=list(BEGINS.items()), default="delivered")
    began_on = models.DateField(_("起算日"))
    agreed_days = models.PositiveSmallIntegerField(
        _("合同约定的付款期限（天，没有约定的留空）"), null=True, blank=True,
        validators=[
            MinValueValidator(1),
            MaxValueValidator(MOST_DAYS, _("约定的付款期限最长 60 日（保障中小企业款项支付条例第九条）。")),
        ],
    )  # fmt: skip
    due_on = models.DateField()
    clock = models.JSONField()
    source = models.CharField(_("依据（合同、验收单编号）"), max_length=120)
    paid_on = models.DateField(_("付清日期"), null=True, blank=True)
    paid_source = models.CharField(_("到账凭据"), max_length=120, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="payment_is_due_in_60_days_at_most",
                condition=Q(agreed_days__isnull=True) | Q(agreed_days__gte=1, agreed_days__lte=MOST_DAYS),
                violation_error_message=_("约定的付款期限最长 60 日（保障中小企业款项支付条例第九条）。"),
            ),
            models.CheckConstraint(
                name="payment_is_owed_to_a_small_or_medium_firm", condition=Q(scale__in=list(SMALL_AND_MEDIUM))
            ),
            models.CheckConstraint(name="payment_is_of_some_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_is_made_after_it_began", condition=Q(paid_on__isnull=True) | Q(paid_on__gte=F("began_on"))
            ),
            models.CheckConstraint(
                name="payment_is_settled_by_somebody",
                condition=Q(paid_on__isnull=True, settled_by__isnull=True)
                | Q(paid_on__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def deadline(self) -> Deadline:
        """The deadline with its derivation."""
        return Deadline.from_json(self.clock)

    @property
    def light(self) -> str:
        """Red when late, yellow when near, green otherwise; computed now."""
        return light(self.due_on, timezone.localdate(), done_on=self.paid_on).value

    @property
    def days_late(self) -> int:
        """Calendar days after the due date, until it was paid or until today; 0 when it is not late."""
        return max(((self.paid_on or timezone.localdate()) - self.due_on).days, 0)

    @property
    def interest(self) -> Decimal:
        """Interest in yuan at five ten-thousandths a day, where no rate was agreed. Source: art. 17."""
        return (self.amount * DAILY_INTEREST * self.days_late).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def begins_name(self) -> Any:
        """From what the days are counted."""
        return BEGINS[self.begins]


class ProcurementBudget(models.Model):
    """A unit's procurement of a year: the budget, and what of it is reserved. In 10,000 yuan; what is empty is not known.

    ``unavailable`` is what small and medium firms cannot supply, which the law leaves out. Source: 中小企业促进法 art. 40.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="procurement")
    year = models.PositiveSmallIntegerField(_("年度"), validators=[MinValueValidator(2018), MaxValueValidator(2099)])
    total = models.DecimalField(
        _("政府采购项目预算总额（万元）"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    unavailable = models.DecimalField(
        _("其中中小企业无法提供的（万元）"),
        max_digits=14,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    reserved = models.DecimalField(
        _("预留给中小企业（万元）"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    reserved_small = models.DecimalField(
        _("其中预留给小微企业（万元）"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="procurement_is_one_budget_a_year"),
            models.CheckConstraint(
                name="procurement_unavailable_is_part_of_it",
                condition=Q(unavailable__lte=F("total")),
                violation_error_message=_("“无法提供的”不能超过预算总额。"),
            ),
            models.CheckConstraint(
                name="procurement_reserved_is_part_of_it",
                condition=Q(reserved__isnull=True) | Q(reserved__lte=F("total") - F("unavailable")),
                violation_error_message=_("预留额不能超过预算总额减去“无法提供的”。"),
            ),
            models.CheckConstraint(
                name="procurement_small_is_part_of_reserved",
                condition=Q(reserved_small__isnull=True) | Q(reserved_small__lte=F("reserved")),
                violation_error_message=_("预留给小微企业的不能超过预留给中小企业的。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year}"
