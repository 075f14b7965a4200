"""Public facilities with their capacity, how they are used, and from where on that is too little or too much."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Indicator
from yizhen.people.models import Unit
from yizhen.places.models import Division

FACILITY_KINDS = {
    "sewage": _("污水处理设施"),
    "waste": _("垃圾分类、转运设施"),
    "school": _("学校、幼儿园"),
    "health": _("卫生院、医院"),
    "elderly": _("养老、助餐设施"),
    "culture": _("文化体育设施"),
    "jobs": _("就业服务点"),
    "other": _("其他公共设施"),
}


class Facility(models.Model):
    """A public facility in a township. ``capacity`` and use are in ``capacity_unit``; ``counts_people`` where that is persons."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("乡镇（街道）"))
    kind = models.CharField(_("类别"), max_length=12, choices=list(FACILITY_KINDS.items()))
    capacity = models.DecimalField(
        _("设计能力"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    capacity_unit = models.CharField(_("能力的单位（如：吨/日、张、人/日）"), max_length=16)
    counts_people = models.BooleanField(_("使用量数的是人（小于 5 不显示）"), default=False)
    opened_on = models.DateField(_("投用日期"))
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对应的指标")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主管部门"))
    source = models.CharField(_("数据来源"), max_length=120)
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["division", "kind", "pk"]
        verbose_name_plural = "facilities"
        constraints = [
            models.CheckConstraint(name="facility_can_do_something", condition=Q(capacity__gt=0)),
            models.CheckConstraint(
                name="facility_closes_after_it_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("停用日期不能早于投用日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def kind_name(self) -> Any:
        """The kind in the page's language."""
        return FACILITY_KINDS[self.kind]


class FacilityUse(models.Model):
    """How much of a facility was used in a period, on an average day of it."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="uses")
    period = models.CharField(_("周期（如 2026-03、2026Q1、2026）"), max_length=8)
    used = models.DecimalField(
        _("使用量（与能力同一单位）"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("数据日期"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["facility", "-as_of"]
        constraints = [
            models.UniqueConstraint(fields=["facility", "period"], name="facility_use_is_entered_once_a_period"),
            models.CheckConstraint(name="facility_use_is_not_negative", condition=Q(used__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.period}: {self.used}"


class UseRule(models.Model):
    """Below and above which share of its capacity a kind of facility is flagged, in percent: one version. Never changed."""

    city = models.ForeignKey(Division, models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=12, choices=list(FACILITY_KINDS.items()))
    number = models.PositiveSmallIntegerField()
    low = models.DecimalField(
        _("低于多少算闲置（%）"), max_digits=5, decimal_places=1,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    high = models.DecimalField(
        _("高于多少算超负荷（%）"), max_digits=5, decimal_places=1,
        validators=[MinValueValidator(1), MaxValueValidator(300)],
    )  # fmt: skip
    basis = models.CharField(_("依据"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["city", "kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["city", "kind", "number"], name="use_rules_are_numbered"),
            models.CheckConstraint(
                name="use_rule_low_is_below_high",
                condition=Q(low__lt=F("high")),
                violation_error_message=_("闲置线要低于超负荷线。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.kind} #{self.number}"
