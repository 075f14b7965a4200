"""An enterprise: a firm or a shop, the facts that policies ask for, who serves it, its matters and visits.

Nothing is kept of its people: no name, no telephone. Neither is its ownership, nor where it is registered: ``division``
is where it works.
"""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yizhen.growth.policies.conditions import FACTS
from yizhen.matters.models import Matter
from yizhen.people.models import Unit
from yizhen.places.models import Division

CHOICE_NAMES: dict[str, dict[str, Any]] = {
    "scale": {"micro": _("微型"), "small": _("小型"), "medium": _("中型"), "large": _("大型")},
    "industry": {
        "agriculture": _("农林牧渔"), "manufacturing": _("制造业"), "construction": _("建筑业"), "trade": _("批发零售"),
        "transport": _("交通仓储"), "catering": _("住宿餐饮"), "information": _("信息软件"), "services": _("其他服务业"),
        "other": _("其他行业"),
    },
    "tax_credit": {code: f"{code}" for code in FACTS["tax_credit"].choices},
    "tenant_of": {"state_owned": _("承租国有房屋"), "other": _("承租其他房屋"), "own_premises": _("自有房屋")},
    "energy": {"not_above_sector_limit": _("不超过行业限额"), "above_sector_limit": _("超过行业限额")},
}  # fmt: skip


def _choice(name: str, words: Any) -> Any:
    return models.CharField(words, max_length=24, blank=True, choices=list(CHOICE_NAMES[name].items()))


def _number(words: Any, digits: int, places: int) -> Any:
    return models.DecimalField(
        words, max_digits=digits, decimal_places=places, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class Enterprise(models.Model):
    """A firm or a shop. An empty fact is not known: that is neither yes nor no.

    ``officer`` is a post's account, not a person; ``left_on`` is the day on which it was struck off or moved away.
    Amounts in 10,000 yuan, shares in percent.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    credit_code = models.CharField(
        _("统一社会信用代码"), max_length=18, unique=True, error_messages={"unique": _("这个代码已经登记过。")}
    )
    name_zh = models.CharField(_("企业名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="enterprises")
    department = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="enterprises")
    is_key = models.BooleanField(_("重点企业"), default=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="served_enterprises"
    )
    scale = _choice("scale", _("规模"))
    industry = _choice("industry", _("行业"))
    employees = models.PositiveIntegerField(_("从业人数"), null=True, blank=True)
    tax_credit = _choice("tax_credit", _("纳税信用等级"))
    guaranteed_loan = models.BooleanField(_("有政府性融资担保的贷款"), null=True, blank=True)
    loan_due_on = models.DateField(_("贷款到期日"), null=True, blank=True)
    tenant_of = _choice("tenant_of", _("经营用房"))
    layoff_percent = models.DecimalField(
        _("上年度裁员率（%）"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    insured_months = models.PositiveSmallIntegerField(_("连续缴纳失业保险（月）"), null=True, blank=True)
    equipment_wan = _number(_("设备投资（万元）"), 12, 2)
    energy = _choice("energy", _("单位产品能耗"))
    high_tech = models.BooleanField(_("高新技术企业"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    left_on = models.DateField(_("注销或者迁出日期"), null=True, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["division", "pk"]
        constraints = [
            models.CheckConstraint(
                name="enterprise_layoffs_are_a_share",
                condition=Q(layoff_percent__isnull=True) | Q(layoff_percent__lte=100),
            ),
            models.CheckConstraint(
                name="enterprise_officer_is_of_a_key_one",
                condition=Q(officer__isnull=True) | Q(is_key=True),
                violation_error_message=_("服务专员是给重点企业的：请先标为重点企业。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that policies ask for, by code; nothing where nobody knows."""
        return {name: getattr(self, name) for name in FACTS}


class EnterpriseMatter(models.Model):
    """That a matter was asked for by a firm. The matter goes its own way through the one lifecycle."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="asked")
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="enterprise_link")

    class Meta:
        ordering = ["-matter"]

    def __str__(self) -> str:
        return f"{self.enterprise_id}/{self.matter_id}"


class Visit(models.Model):
    """What a firm asked and was answered when the post that serves it came by. No count of visits is made of it."""

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits")
    on = models.DateField(_("走访日期"))
    asked = models.TextField(_("企业问了什么"), max_length=2000)
    answered = models.TextField(_("当场怎样答复，还要办什么"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.on}"
