"""An industrial park, its target in versions, and its yearly figures with every correction."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.places.models import Division

TEN_BILLION = Decimal(100)  # 百亿, in units of 100 million yuan: the target where no other was set


def _amount(name: Any, digits: int, places: int, **kwargs: Any) -> Any:
    return models.DecimalField(
        name, max_digits=digits, decimal_places=places, validators=[MinValueValidator(0)], **kwargs
    )


class Park(models.Model):
    """A township's industrial park (工业集中区)."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="parks")
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    industry_zh = models.CharField(_("主导产业"), max_length=40)
    industry_en = models.CharField(_("产业英文名称"), max_length=80, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ["division", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "name_zh"],
                name="park_is_entered_once",
                violation_error_message=_("这个集中区已经登记过。"),
            )
        ]

    def __str__(self) -> str:
        return self.name_zh


class ParkTarget(models.Model):
    """A version of a park's target: output in 100 million yuan, to be reached in a year. Never changed."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="targets")
    number = models.PositiveSmallIntegerField()
    output = models.DecimalField(
        _("目标产值（亿元）"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    year = models.PositiveSmallIntegerField(_("到哪一年"))
    basis = models.CharField(_("依据"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["park", "number"], name="park_targets_are_numbered"),
            models.CheckConstraint(name="park_target_is_above_nought", condition=Q(output__gt=0)),
            models.CheckConstraint(name="park_target_year", condition=Q(year__gte=1990, year__lte=2100)),
        ]

    def __str__(self) -> str:
        return f"{self.park_id} #{self.number}"


class ParkFigure(models.Model):
    """A park's figures of one year: one version of them; a correction is the next version, with its reason."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="figures")
    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.PositiveSmallIntegerField()
    output = _amount(_("产值（亿元）"), 10, 3)
    tax = _amount(_("税收（万元）"), 12, 2, null=True, blank=True)
    jobs = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    land = _amount(_("已用地（亩）"), 9, 1, null=True, blank=True)
    energy = _amount(_("能耗（吨标准煤）"), 12, 1, null=True, blank=True)
    firms = models.PositiveIntegerField(_("规上企业（家）"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    reason = models.CharField(_("更正的原因"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "number"], name="park_figure_versions_are_numbered"),
            models.CheckConstraint(
                name="park_figure_is_corrected_with_reason",
                condition=Q(number=1, reason="") | (Q(number__gt=1) & ~Q(reason="")),
                violation_error_message=_("更正要写原因。"),
            ),
            models.CheckConstraint(name="park_figure_year", condition=Q(year__gte=1990, year__lte=2100)),
            models.CheckConstraint(
                name="park_figure_not_negative",
                condition=Q(output__gte=0)
                & (Q(tax=None) | Q(tax__gte=0))
                & (Q(land=None) | Q(land__gte=0))
                & (Q(energy=None) | Q(energy__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.park_id} {self.year} #{self.number}"
