"""What a township declares as its industry, the steps by which it moves up the chain, and who else is after the same."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.growth.industry.sectors import Sector, named
from yizhen.places.models import Division

DIRECTIONS = {"agriculture": _("宜农"), "industry": _("宜工"), "trade": _("宜商"), "tourism": _("宜游")}
POSITIONS = {
    1: _("原料、资源、种养"),
    2: _("初加工、代工、单店经营"),
    3: _("深加工、关键配套、专业市场"),
    4: _("自有产品、整机、综合服务"),
    5: _("品牌、标准、研发、平台"),
}
DECISIONS_OF_INDUSTRY = {"confirmed": _("已确认"), "returned": _("已退回")}


def _account(**kwargs: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **kwargs)


def _position(name: Any) -> Any:
    return models.PositiveSmallIntegerField(name, choices=list(POSITIONS.items()))


class IndustryDeclaration(models.Model):
    """One version of a township's declared industry. It never changes; the county or the city confirms it or sends it back.

    In force is the last confirmed version. ``sectors`` are codes of the list of sectors.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="industry_declarations")
    number = models.PositiveSmallIntegerField()
    name_zh = models.CharField(_("特色产业"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    direction = models.CharField(_("方向"), max_length=12, choices=list(DIRECTIONS.items()))
    sectors = models.JSONField(_("由哪些行业组成"))
    position = _position(_("现在在产业链的哪一段"))
    aimed = _position(_("要到哪一段"))
    reason = models.TextField(_("为什么适合这里"), max_length=400)
    declared_by = _account()
    declared_at = models.DateTimeField()
    decision = models.CharField(max_length=12, blank=True, choices=list(DECISIONS_OF_INDUSTRY.items()))
    opinion = models.CharField(max_length=400, blank=True)
    decided_by = _account(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["division", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["division", "number"], name="industry_versions_are_numbered"),
            models.UniqueConstraint(
                fields=["division"],
                condition=Q(decision=""),
                name="industry_waits_once_a_place",
                violation_error_message=_("已有一版在等确认，先等它有结果。"),
            ),
            models.CheckConstraint(name="industry_direction_is_known", condition=Q(direction__in=list(DIRECTIONS))),
            models.CheckConstraint(
                name="industry_moves_up",
                condition=Q(position__gte=1, aimed__gte=F("position"), aimed__lte=5),
                violation_error_message=_("要到的一段不能低于现在的一段。"),
            ),
            models.CheckConstraint(
                name="industry_decision_is_whole",
                condition=Q(decision="", decided_by=None, decided_at=None)
                | Q(decision__in=list(DECISIONS_OF_INDUSTRY), decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="industry_is_confirmed_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("declared_by"))
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def made_of(self) -> list[Sector]:
        """The sectors with their names."""
        return named(self.sectors)


class UpgradeStep(models.Model):
    """One step up the chain: what is to be done by when, and which position it reaches."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    declaration = models.ForeignKey(IndustryDeclaration, models.PROTECT, related_name="steps")
    title = models.CharField(_("要做成什么"), max_length=100)
    reaches = _position(_("做成后到哪一段"))
    due_on = models.DateField(_("什么时候"))
    by = _account()
    at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.CheckConstraint(name="upgrade_step_reaches", condition=Q(reaches__gte=1, reaches__lte=5))]

    def __str__(self) -> str:
        return self.title


class StepReport(models.Model):
    """What came of a step, as its township reports it; the county or the city looks whether it is so."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    step = models.ForeignKey(UpgradeStep, models.PROTECT, related_name="reports")
    result = models.CharField(_("做成了什么"), max_length=200)
    done_on = models.DateField(_("哪天做成"))
    source = models.CharField(_("凭什么说做成了"), max_length=120)
    by = _account()
    at = models.DateTimeField()
    passed = models.BooleanField(null=True, blank=True)
    opinion = models.CharField(max_length=200, blank=True)
    checked_by = _account(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["step"],
                condition=Q(passed=None),
                name="step_report_waits_once",
                violation_error_message=_("已报过，正在等核实。"),
            ),
            models.UniqueConstraint(
                fields=["step"],
                condition=Q(passed=True),
                name="step_is_done_once",
                violation_error_message=_("这一步已核实完成。"),
            ),
            models.CheckConstraint(
                name="step_check_is_whole",
                condition=Q(passed=None, checked_by=None, checked_at=None)
                | Q(passed__isnull=False, checked_by__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="step_is_checked_by_another", condition=Q(checked_by=None) | ~Q(checked_by=F("by"))
            ),
        ]

    def __str__(self) -> str:
        return self.result


class OutsideIndustry(models.Model):
    """A place outside the city that is after the same industry, as the city's office has noted it."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    city = models.ForeignKey(Division, models.PROTECT, related_name="+")
    place_zh = models.CharField(_("市外的地方"), max_length=60)
    place_en = models.CharField(_("英文地名"), max_length=120, blank=True)
    industry_zh = models.CharField(_("它的产业"), max_length=40)
    industry_en = models.CharField(_("产业英文名称"), max_length=80, blank=True)
    sectors = models.JSONField(_("由哪些行业组成"))
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    by = _account()
    at = models.DateTimeField()
    withdrawn_by = _account(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-as_of", "pk"]
        constraints = [
            models.CheckConstraint(
                name="outside_withdrawal_is_whole",
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_zh} {self.industry_zh}"

    @property
    def made_of(self) -> list[Sector]:
        """The sectors with their names."""
        return named(self.sectors)


class IndustryCommunity(models.Model):
    """A community where people of one industry live and are served: where it is and for which industry."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="industry_communities")
    name_zh = models.CharField(_("产业社区"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    address = models.CharField(_("在哪里"), max_length=100)
    industry_zh = models.CharField(_("为哪个产业"), max_length=40)
    industry_en = models.CharField(_("产业英文名称"), max_length=80, blank=True)
    by = _account()
    at = models.DateTimeField()

    class Meta:
        ordering = ["division", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "name_zh"],
                name="community_is_entered_once",
                violation_error_message=_("这个产业社区已有了，请在它下面填新的数。"),
            )
        ]

    def __str__(self) -> str:
        return self.name_zh


class CommunityCount(models.Model):
    """What an industry community holds on a day. Counts stay as they were entered; a later count follows them."""

    community = models.ForeignKey(IndustryCommunity, models.PROTECT, related_name="counts")
    number = models.PositiveSmallIntegerField()
    homes = models.PositiveIntegerField(_("住房（套）"))
    services = models.PositiveIntegerField(_("服务设施（处）"))
    firms = models.PositiveIntegerField(_("入驻企业（家）"))
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    by = _account()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["community", "number"], name="community_counts_are_numbered")]

    def __str__(self) -> str:
        return f"{self.community_id} #{self.number}"


class SectorFigure(models.Model):
    """One sector of one township in one year: output in 10,000 yuan, persons employed, and how many units it comes from.

    A correction is a new version with its reason; the old value stays. What a year's table does not name counts as nought.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="sector_figures")
    year = models.PositiveSmallIntegerField()
    sector = models.CharField(max_length=3)
    number = models.PositiveSmallIntegerField()
    output = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    jobs = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField()
    source = models.CharField(max_length=120)
    as_of = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    by = _account()
    at = models.DateTimeField()

    class Meta:
        ordering = ["division", "year", "sector", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year", "sector", "number"], name="sector_figure_versions_are_numbered"
            ),
            models.CheckConstraint(
                name="sector_figure_says_something", condition=Q(output__isnull=False) | Q(jobs__isnull=False)
            ),
            models.CheckConstraint(
                name="sector_figure_output_not_negative", condition=Q(output=None) | Q(output__gte=0)
            ),
            models.CheckConstraint(name="sector_figure_year", condition=Q(year__gte=1990, year__lte=2100)),
            models.CheckConstraint(
                name="sector_figure_is_corrected_with_reason",
                condition=Q(number=1, reason="") | (Q(number__gt=1) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["year", "division"], name="sector_figure_year_place")]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year} {self.sector} #{self.number}"
