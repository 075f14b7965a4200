"""An investment project from lead to production, with what it promises and what became of it."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.growth.projects.three_content import GRADES, Facts
from yizhen.people.models import Unit
from yizhen.places.models import Division

STAGES = {
    "lead": _("在谈"),
    "signed": _("已签约"),
    "started": _("已开工"),
    "producing": _("已投产"),
    "dropped": _("已终止"),
}
FAIR = {"not_started": _("还没审查"), "passed": _("通过"), "failed": _("不通过")}
GRADE_NAMES = {"excellent": _("优"), "good": _("良"), "fair": _("中"), "poor": _("差")}
YEARS = (1, 2, 3)


def _number(digits: int, places: int, **kwargs: Any) -> Any:
    return models.DecimalField(
        max_digits=digits, decimal_places=places, null=True, blank=True, validators=[MinValueValidator(0)], **kwargs
    )


class Project(models.Model):
    """An investment project in a township.

    ``registered_by`` is who entered it, ``changed_by`` who changed it last; neither screens it. ``firm_promise`` says that the draft agreement promises
    this one firm a relief from taxes, fees or land: such a project cannot pass (公平竞争审查条例 art. 10).
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="projects")
    department = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="projects")
    stage = models.CharField(max_length=12, choices=[(code, code) for code in STAGES], default="lead")
    investment = _number(10, 2, verbose_name=_("总投资（亿元）"))
    land = _number(8, 1, verbose_name=_("用地（亩）"))
    tax_per_mu = _number(8, 2, verbose_name=_("承诺亩均税收（万元/亩·年）"))
    research = models.DecimalField(
        _("承诺研发强度（%）"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    grade = models.CharField(
        _("绿色等级"), max_length=10, blank=True, choices=[(code, GRADE_NAMES[code]) for code in GRADES]
    )
    energy = _number(8, 3, verbose_name=_("单位产值能耗（吨标准煤/万元）"))
    jobs = models.PositiveIntegerField(_("承诺就业（人）"), null=True, blank=True)
    safety_land = models.BooleanField(_("用地、安全、环保预审通过"), null=True, blank=True)
    fair_competition = models.CharField(
        _("公平竞争审查"), max_length=12, choices=list(FAIR.items()), default="not_started"
    )
    firm_promise = models.BooleanField(_("协议草案给这一家企业税费、规费或者地价的特别优惠"), default=False)
    source = models.CharField(_("数据来源"), max_length=120)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["division", "pk"]
        constraints = [
            models.CheckConstraint(
                name="project_firm_promise_never_passes",
                condition=~Q(firm_promise=True, fair_competition="passed"),
                violation_error_message=_("协议给一家企业特别优惠，公平竞争审查不能通过（公平竞争审查条例第十条）。"),
            ),
            models.CheckConstraint(
                name="project_is_signed_behind_its_gates",
                condition=Q(stage__in=["lead", "dropped"]) | Q(safety_land=True, fair_competition="passed"),
                violation_error_message=_("用地、安全、环保预审和公平竞争审查都通过，才能签约。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def facts(self) -> Facts:
        """What is screened."""
        return Facts(self.tax_per_mu, self.research, self.grade, self.energy, self.safety_land, self.fair_competition)

    @property
    def stage_name(self) -> Any:
        """The stage in the page's language."""
        return STAGES[self.stage]

    @property
    def promised_tax(self) -> Any:
        """Tax that was promised, in 10,000 yuan a year; None where land or tax are not known."""
        return None if self.tax_per_mu is None or self.land is None else self.tax_per_mu * self.land


class Realised(models.Model):
    """What a project really brought in its first, second or third year of production."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="realised")
    year = models.PositiveSmallIntegerField(_("投产后第几年"), choices=[(year, str(year)) for year in YEARS])
    tax = models.DecimalField(_("实缴税收（万元）"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    jobs = models.PositiveIntegerField(_("实际就业（人）"))
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year"],
                name="realised_is_entered_once_a_year",
                violation_error_message=_("这一年已经填过。"),
            ),
            models.CheckConstraint(
                name="realised_in_three_years", condition=Q(year__gte=YEARS[0], year__lte=YEARS[-1])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.year}"
