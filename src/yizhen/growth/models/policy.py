"""An enterprise policy, one version of it: who may have what, on which basis. What is in force is never changed."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yizhen.growth.policies.conditions import FACTS, OPERATORS, Condition, PolicyRule
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .project import FAIR

KINDS = {
    "credit": _("信贷担保"),
    "fee": _("税费减免"),
    "procurement": _("政府采购"),
    "rent": _("租金减免"),
    "employment": _("稳岗就业"),
    "upgrade": _("技术改造"),
    "other": _("其他"),
}
MODES = {
    "no_application": _("免申即享"),
    "quick": _("快享"),
    "apply": _("申请兑现"),
    "automatic_in_tender": _("招标采购中自动适用"),
}
REDEEMED = ("no_application", "quick", "apply")
CHANGES = {"abolished": pgettext_lazy("of fees", "取消"), "exempted": _("免征"), "reduced": _("降低标准")}
OPERATOR_CODES = [code for codes in OPERATORS.values() for code in codes]


class Policy(models.Model):
    """One version of a policy. ``clock_days`` are working days from application or confirmation to payment.

    It has no force without a passed fair-competition review (公平竞争审查条例 art. 18), and reaches firms that work in
    ``division``. ``until`` is its last day where it has one; ``ended_on`` the day on which another version or a decision ended it.
    """

    client_id = models.CharField(max_length=80, unique=True, editable=False)
    code = models.SlugField(_("编号"), max_length=24)
    number = models.PositiveSmallIntegerField(default=1, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="policies")
    department = models.ForeignKey(Unit, models.PROTECT, related_name="policies")
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    kind = models.CharField(_("类别"), max_length=16, choices=list(KINDS.items()))
    target_zh = models.CharField(_("适用对象（一句话）"), max_length=120)
    benefit_zh = models.CharField(_("给什么"), max_length=300)
    mode = models.CharField(_("怎样兑现"), max_length=24, choices=list(MODES.items()))
    clock_days = models.PositiveSmallIntegerField(
        _("兑现时限（工作日）"), null=True, blank=True, validators=[MaxValueValidator(250)]
    )
    basis_zh = models.CharField(_("依据"), max_length=200)
    fair_competition = models.CharField(
        _("公平竞争审查"), max_length=12, choices=list(FAIR.items()), default="not_started"
    )
    review = models.CharField(_("审查结论和文号"), max_length=200, blank=True)
    until = models.DateField(_("有效期至"), null=True, blank=True)
    in_force_from = models.DateField(null=True, blank=True, editable=False)
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True, editable=False)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    drafted_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["division", "code", "number"], name="policy_versions_are_numbered"),
            models.UniqueConstraint(
                fields=["division", "code"],
                condition=Q(in_force_from__isnull=False, ended_on__isnull=True),
                name="policy_is_in_force_in_one_version",
            ),
            models.CheckConstraint(
                name="policy_in_force_passed_its_review",
                condition=Q(in_force_from__isnull=True) | Q(fair_competition="passed"),
                violation_error_message=_("没有通过公平竞争审查的政策不得出台（公平竞争审查条例第十八条）。"),
            ),
            models.CheckConstraint(
                name="policy_that_is_paid_has_its_time",
                condition=Q(mode="automatic_in_tender") | Q(clock_days__isnull=False),
                violation_error_message=_("请写兑现时限：几个工作日内兑付。"),
            ),
            models.CheckConstraint(
                name="policy_ends_after_it_began",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def is_in_force_on(self, day: date) -> bool:
        """Return whether it is in force on a day."""
        if self.in_force_from is None or self.in_force_from > day:
            return False
        return (self.ended_on is None or self.ended_on > day) and (self.until is None or self.until >= day)

    @property
    def state(self) -> str:
        """``draft``, ``in_force`` or ``ended``, today."""
        if self.in_force_from is None:
            return "draft"
        return "in_force" if self.is_in_force_on(timezone.localdate()) else "ended"

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return {"draft": _("草稿"), "in_force": _("生效"), "ended": _("已失效")}[self.state]

    @property
    def is_redeemed(self) -> bool:
        """Whether firms are paid or granted something under it, one by one."""
        return self.mode in REDEEMED

    @property
    def rule(self) -> PolicyRule:
        """What is matched; conditions should be prefetched."""
        return PolicyRule(self.pk, self.division_id, tuple(one.condition for one in self.conditions.all()))


class PolicyCondition(models.Model):
    """One condition of a policy. The database knows no fact of ownership, registration or a single firm."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="conditions")
    fact = models.CharField(max_length=24)
    operator = models.CharField(max_length=12)
    value = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "fact", "operator"], name="policy_asks_each_thing_once"),
            models.CheckConstraint(
                name="policy_asks_for_no_ownership_nor_registration",
                condition=Q(fact__in=list(FACTS)),
                violation_error_message=_("不能按所有制或者注册地设条件（公平竞争审查条例第八条、第九条、第十条）。"),
            ),
            models.CheckConstraint(name="policy_operator_is_known", condition=Q(operator__in=OPERATOR_CODES)),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.operator} {self.value}"

    @property
    def condition(self) -> Condition:
        """The condition as it is matched."""
        return Condition(self.fact, self.operator, self.value)


class FeeItem(models.Model):
    """One line of the burden-reduction checklist: a fee that a policy abolishes, waives or lowers, and on which basis.

    It reaches the firms that its policy reaches, and is frozen with it. Source: 中小企业促进法 art. 55.
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="fee_items")
    name_zh = models.CharField(_("收费项目"), max_length=80)
    change = models.CharField(_("怎样减"), max_length=12, choices=list(CHANGES.items()))
    before = models.CharField(_("原来的标准"), max_length=80)
    after = models.CharField(_("现在的标准"), max_length=80, blank=True)
    basis_zh = models.CharField(_("依据"), max_length=200)

    class Meta:
        ordering = ["policy", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "name_zh"],
                name="fee_is_listed_once",
                violation_error_message=_("这个项目已经在清单里。"),
            ),
            models.CheckConstraint(
                name="lowered_fee_says_to_what",
                condition=~Q(change="reduced") | ~Q(after=""),
                violation_error_message=_("请写降到多少。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh
