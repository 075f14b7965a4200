"""The writers of what is granted: lists without application, applications, payment and refusal."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.clocks import Deadline, DeadlineRule, Unit, compute_deadline
from yizhen.growth.enterprises.rules import may_change as may_keep_firm
from yizhen.growth.models import BenefitList, BenefitListItem, Enterprise, Policy, Redemption
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.calendars import calendar_for
from yizhen.places.queries import inside

from .conditions import Answer, Explained, explain
from .queries import matched
from .rules import may_confirm, may_decide, may_make_list
from .words import condition_words, fact_name


@event("growth.benefit_list_made")
class BenefitListMade:
    """A list of firms that qualify without applying was made."""

    policy: str
    firms: int


@event("growth.benefit_list_confirmed")
class BenefitListConfirmed:
    """The department confirmed a list; each firm's clock runs from now."""

    policy: str
    firms: int


@event("growth.redemption_registered")
class RedemptionRegistered:
    """A firm's application for a policy was registered."""

    policy: str
    due_on: str


@event("growth.redemption_paid")
class RedemptionPaid:
    """What a policy grants was paid."""

    amount: str
    paid_on: str


@event("growth.redemption_refused")
class RedemptionRefused:
    """An application was refused with a reason."""

    reason: str


def redemption_deadline(policy: Policy, start: date) -> Deadline:
    """Return until when a policy is paid, in working days of its place from application or confirmation."""
    rule = DeadlineRule(
        "redemption_begins", policy.clock_days or 0, Unit.WORKING_DAY, result="paid", source=policy.basis_zh
    )
    return compute_deadline(rule, start, calendar_for(policy.division))


def facts_used(policy: Policy, enterprise: Enterprise) -> dict[str, Any]:
    """Return the facts of a firm that a policy asks for, as they are kept with what is granted."""
    facts = enterprise.facts
    used = {one.fact: facts[one.fact] for one in policy.conditions.all()}
    return {name: value.isoformat() if isinstance(value, date) else _plain(value) for name, value in used.items()}


def _plain(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def qualifying(policy: Policy) -> list[int]:
    """Return the keys of the firms that qualify now and have not been granted the policy. Two queries."""
    keys = matched(policy, Enterprise.objects.filter(inside(policy.division_id))).keys(Answer.MET)
    granted = set(Redemption.objects.filter(policy=policy, refused_on=None).values_list("enterprise", flat=True))
    return [key for key in keys if key not in granted]


@in_turn
def make_list(actor: Account, policy: Policy, *, client_id: str) -> BenefitList:
    """Make the list of firms that qualify now, for the department to confirm. Once for one ``client_id``.

    Raises:
        PermissionDenied: when the actor makes no lists of this policy.
        ValidationError: when it is not in force, or nobody qualifies who has not been granted it.
    """
    if not may_make_list(actor, policy):
        raise PermissionDenied(_("免申即享名单由主管部门或者市级生成。"))
    key = key_of(actor, client_id)
    if before := taken(BenefitList, key):
        return before
    _refuse_not_in_force(policy)
    firms = Enterprise.objects.filter(pk__in=qualifying(policy)).order_by("division", "pk")
    if not firms:
        raise ValidationError(_("现在没有符合条件、又还没有兑现过的企业。"))
    made = BenefitList.objects.create(client_id=key, policy=policy, made_by=actor, made_at=timezone.now())
    BenefitListItem.objects.bulk_create(
        [BenefitListItem(benefit_list=made, enterprise=one, facts=facts_used(policy, one)) for one in firms]
    )
    happened = BenefitListMade(policy=policy.code, firms=len(firms))
    record(actor, happened, f"growth.benefit_list:{made.pk}", scope=policy.division_id)
    return made


def _refuse_not_in_force(policy: Policy) -> None:
    if not policy.is_in_force_on(timezone.localdate()):
        raise ValidationError(_("这项政策现在没有生效。"))


@transaction.atomic
def confirm_list(actor: Account, benefit_list: BenefitList) -> BenefitList:
    """Confirm a list: every firm on it is granted the policy, and its clock begins.

    Raises:
        PermissionDenied: when the actor is not the policy's department, or made the list.
        ValidationError: when it is confirmed already, or who qualifies has changed since it was made.
    """
    benefit_list = BenefitList.objects.select_for_update().get(pk=benefit_list.pk)
    policy = Policy.objects.select_for_update().select_related("division").get(pk=benefit_list.policy_id)
    if not may_confirm(actor, policy) or actor.pk == benefit_list.made_by_id:
        raise PermissionDenied(_("名单由主管部门的另一个人确认，生成名单的人不能确认。"))
    if benefit_list.confirmed_at is not None:
        raise ValidationError(_("这份名单已经确认过。"))
    _refuse_not_in_force(policy)
    items = {one.enterprise_id: one for one in benefit_list.items.all()}
    if set(qualifying(policy)) != set(items):
        raise ValidationError(_("生成名单以后企业的情况变了，请重新生成。"))
    benefit_list.confirmed_by, benefit_list.confirmed_at = actor, timezone.now()
    benefit_list.save(update_fields=["confirmed_by", "confirmed_at"])
    today = timezone.localdate()
    deadline = redemption_deadline(policy, today)
    Redemption.objects.bulk_create(
        Redemption(
            client_id=f"list:{benefit_list.pk}:{key}", policy=policy, enterprise_id=key, benefit_list=benefit_list,
            facts=one.facts, started_on=today, due_on=deadline.due, clock=deadline.as_json(),
            registered_by_id=benefit_list.made_by_id,
        )
        for key, one in items.items()
    )  # fmt: skip
    happened = BenefitListConfirmed(policy=policy.code, firms=len(items))
    record(actor, happened, f"growth.benefit_list:{benefit_list.pk}", scope=policy.division_id)
    return benefit_list


@in_turn
def register_application(
    actor: Account, policy: Policy, enterprise: Enterprise, *, client_id: str, applied_on: date
) -> Redemption:
    """Register a firm's application, once; its clock counts from the day of the application.

    Raises:
        PermissionDenied: when the actor is not in the firm's circle.
        ValidationError: when the policy is not applied for or not in force, or the firm does not qualify: with the reasons.
    """
    if not may_keep_firm(actor, enterprise):
        raise PermissionDenied(_("您不能替这家企业登记申请。"))
    key = key_of(actor, client_id)
    if before := taken(Redemption, key):
        return before
    if policy.mode not in {"quick", "apply"}:
        raise ValidationError(_("这项政策不用申请。"))
    _refuse_not_in_force(policy)
    enterprise = Enterprise.objects.select_for_update().select_related("division").get(pk=enterprise.pk)
    today = timezone.localdate()
    if policy.in_force_from is None or not policy.in_force_from <= applied_on <= today:
        raise ValidationError({"applied_on": _("要在政策生效以后，不能晚于今天。")})
    _refuse_unfit(explain(policy.rule, enterprise.facts, enterprise.division_id, applied_on))
    if Redemption.objects.filter(policy=policy, enterprise=enterprise, refused_on=None).exists():
        raise ValidationError(_("这家企业已经登记过这项政策。"))
    deadline = redemption_deadline(policy, applied_on)
    made = Redemption.objects.create(
        client_id=key, policy=policy, enterprise=enterprise, facts=facts_used(policy, enterprise), started_on=applied_on,
        due_on=deadline.due, clock=deadline.as_json(), registered_by=actor,
    )  # fmt: skip
    happened = RedemptionRegistered(policy=policy.code, due_on=made.due_on.isoformat())
    record(actor, happened, f"growth.redemption:{made.pk}", scope=enterprise.division_id)
    return made


def _refuse_unfit(made: Explained) -> None:
    if not made.reaches:
        raise ValidationError(_("企业不在这项政策的适用范围内。"))
    failed = [condition_words(one.condition) for one in made.reasons if one.answer is Answer.FAILED]
    if failed:
        raise ValidationError(_("不符合：%(reasons)s。") % {"reasons": _("；").join(failed)})
    if made.missing:
        names = _("、").join(fact_name(fact) for fact in made.missing)
        raise ValidationError(_("还缺数据，先补上再登记：%(names)s。") % {"names": names})


@transaction.atomic
def pay(actor: Account, redemption: Redemption, *, paid_on: date, amount: Decimal) -> Redemption:
    """Record that a benefit was paid or granted: ``amount`` in yuan.

    Raises:
        PermissionDenied: when the actor is not the policy's department, or registered it.
        ValidationError: keyed by field.
    """
    redemption = _undecided(actor, redemption)
    if not redemption.started_on <= paid_on <= timezone.localdate():
        raise ValidationError({"paid_on": _("要在开始那天以后，不能晚于今天。")})
    redemption.paid_on, redemption.amount, redemption.decided_by = paid_on, amount, actor
    redemption.full_clean(
        exclude=["registered_by", "decided_by", "policy", "enterprise", "benefit_list", "facts", "clock"]
    )
    redemption.save(update_fields=["paid_on", "amount", "decided_by"])
    happened = RedemptionPaid(amount=str(amount), paid_on=paid_on.isoformat())
    record(actor, happened, f"growth.redemption:{redemption.pk}", scope=redemption.enterprise.division_id)
    return redemption


@transaction.atomic
def refuse(actor: Account, redemption: Redemption, *, reason: str) -> Redemption:
    """Refuse a redemption with a reason.

    Raises:
        PermissionDenied: when the actor is not the policy's department, or registered it.
        ValidationError: when it is decided already, or no reason is given.
    """
    redemption = _undecided(actor, redemption)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明为什么不予兑现。")})
    redemption.refused_on, redemption.reason, redemption.decided_by = timezone.localdate(), reason.strip()[:400], actor
    redemption.save(update_fields=["refused_on", "reason", "decided_by"])
    happened = RedemptionRefused(reason=redemption.reason)
    record(actor, happened, f"growth.redemption:{redemption.pk}", scope=redemption.enterprise.division_id)
    return redemption


def _undecided(actor: Account, redemption: Redemption) -> Redemption:
    redemption = (
        Redemption.objects.select_for_update(of=("self",)).select_related("policy", "enterprise").get(pk=redemption.pk)
    )
    if not redemption.is_open and may_confirm(actor, redemption.policy):
        raise ValidationError(_("这一笔已经办结。"))
    if not may_decide(actor, redemption):
        raise PermissionDenied(_("兑现由政策的主管部门办结，登记的人不能办结自己登记的。"))
    return redemption
