"""A livelihood project, from the candidate to the works that others have accepted."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yizhen.indicators.models import Indicator
from yizhen.people.models import Unit
from yizhen.places.models import Division

STAGES = {
    "candidate": _("候选"),
    "listed": _("已票决"),
    "building": _("实施中"),
    "reported": _("已报完工"),
    "accepted": _("已验收"),
    "dropped": _("已终止"),
}
KINDS = {
    "sewage": _("污水管网"),
    "waste": _("垃圾分类"),
    "housing": _("老旧小区"),
    "road": _("道路"),
    "school": _("学校、幼儿园"),
    "health": _("卫生院、医院"),
    "elderly": _("养老助残"),
    "culture": _("文化体育"),
    "jobs": _("就业"),
    "other": _("其他民生实事"),
}


class Project(models.Model):
    """A livelihood project of a year in a place.

    ``budget`` is in 10,000 yuan. Without ``lead_unit`` the township itself leads. ``indicator`` is the gap that it should
    move. ``registered_by`` proposed it, ``reported_by`` said that it is done: neither accepts it, nor does the leading unit.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("地方"))
    year = models.PositiveSmallIntegerField(_("年度"), validators=[MinValueValidator(2000), MaxValueValidator(2099)])
    kind = models.CharField(_("类别"), max_length=12, choices=list(KINDS.items()))
    what = models.CharField(_("做什么、做多少"), max_length=600)
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("牵头部门")
    )
    acceptance_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("验收部门")
    )
    budget = models.DecimalField(_("预算（万元）"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    money_source = models.CharField(_("资金来源"), max_length=120)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("要补的短板指标")
    )
    stage = models.CharField(max_length=12, choices=[(code, code) for code in STAGES], default="candidate")
    started_on = models.DateField(null=True, blank=True)
    reported_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    drop_reason = models.CharField(max_length=300, blank=True)
    public = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["division", "-year", "pk"]
        constraints = [
            models.CheckConstraint(
                name="livelihood_acceptance_is_by_another_unit",
                condition=Q(lead_unit=None) | Q(acceptance_unit=None) | ~Q(lead_unit=F("acceptance_unit")),
                violation_error_message=_("验收部门不能就是牵头部门。"),
            ),
            models.CheckConstraint(name="livelihood_budget_is_not_negative", condition=Q(budget__gte=0)),
            models.CheckConstraint(
                name="livelihood_candidate_is_not_public", condition=~Q(stage="candidate") | Q(public=False)
            ),
            models.CheckConstraint(
                name="livelihood_accepted_has_its_dates",
                condition=~Q(stage="accepted")
                | Q(started_on__isnull=False, reported_on__isnull=False, accepted_on__isnull=False),
            ),
            models.CheckConstraint(
                name="livelihood_dropped_says_why", condition=~Q(stage="dropped") | ~Q(drop_reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def stage_name(self) -> Any:
        """The stage in the page's language."""
        return STAGES[self.stage]
