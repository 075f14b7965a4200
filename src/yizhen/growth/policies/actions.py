"""The writers of policies: draft, change, fees, in force, ended."""

import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import FeeItem, Policy, PolicyCondition
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account, Unit
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.web.changed import refuse_stale

from .conditions import FORBIDDEN, Condition, telling_words
from .rules import may_change, may_draft
from .words import refusal

UNCHECKED = ["division", "department", "drafted_by"]
PROSE = ("name_zh", "target_zh", "benefit_zh")  # where a condition could be hidden in words
COPIED = (
    "code", "division", "department", "name_zh", "name_en", "kind", "target_zh", "benefit_zh", "mode", "clock_days", "basis_zh", "until",
)  # fmt: skip


@event("growth.policy_drafted")
class PolicyDrafted:
    """A version of a policy was drafted."""

    code: str
    number: int


@event("growth.policy_changed")
class PolicyChanged:
    """A draft was changed."""

    fields: list[str]


@event("growth.policy_in_force")
class PolicyInForce:
    """A version of a policy was put in force, with its conditions."""

    code: str
    number: int
    conditions: list[list[Any]]
    review: str


@event("growth.policy_ended")
class PolicyEnded:
    """A policy was ended."""

    reason: str


@event("growth.fee_listed")
class FeeListed:
    """A fee was put on the burden-reduction checklist of a draft, or taken off."""

    fee: str
    removed: bool = False


@in_turn
def draft_policy(
    actor: Account, *, client_id: str, department: Unit, conditions: Sequence[Condition], **fields: Any
) -> Policy:
    """Draft a policy once: the same ``client_id`` gives the same draft.

    Raises:
        PermissionDenied: when the actor drafts none for this department.
        ValidationError: keyed by field; where a condition excludes by ownership or place of registration, with the articles.
    """
    if not may_draft(actor) or (actor.role == "department" and actor.unit_id != department.pk):
        raise PermissionDenied(_("政策由主管部门起草。"))
    key = key_of(actor, client_id)
    if before := taken(Policy, key):
        return before
    made = Policy(
        client_id=key, division=actor.scope, department=department, drafted_by=actor, drafted_at=timezone.now(), **fields
    )  # fmt: skip
    made.number = _next_number(made)
    return _keep(actor, made, conditions)


def _next_number(policy: Policy) -> int:
    Division.objects.select_for_update().get(pk=policy.division_id)  # two first drafts take turns
    last = Policy.objects.filter(division=policy.division, code=policy.code).order_by("-number").first()
    if last is not None and last.in_force_from is None:
        raise ValidationError({"code": _("这个编号已经有一份草稿，请改那一份。")})
    return last.number + 1 if last else 1


def _keep(actor: Account, made: Policy, conditions: Sequence[Condition]) -> Policy:
    _refuse_unfair(made, conditions)
    made.full_clean(exclude=UNCHECKED)
    made.save(force_insert=True)
    _set_conditions(made, conditions)
    happened = PolicyDrafted(code=made.code, number=made.number)
    record(actor, happened, f"growth.policy:{made.pk}", scope=made.division_id)
    return made


def _refuse_unfair(policy: Policy, conditions: Sequence[Condition]) -> None:
    """Refuse what excludes by ownership, registration, name or contribution, in conditions or in prose.

    Source: 公平竞争审查条例 arts. 8(4), 9(2), 9(5), 10(1)–(3).
    """
    errors: dict[str, list[str]] = {}
    for one in conditions:
        if one.fact in FORBIDDEN:
            errors.setdefault("conditions", []).append(refusal(one.fact, one.fact))
        elif not one.is_sound:
            errors.setdefault("conditions", []).append(_("“%(fact)s”不是能用的条件。") % {"fact": one.fact})
    for name in PROSE:
        for word, code in telling_words(getattr(policy, name) or "")[:1]:
            errors.setdefault(name, []).append(refusal(code, word))
    if len({(one.fact, one.operator) for one in conditions}) != len(conditions):
        errors.setdefault("conditions", []).append(_("同一个条件只能写一次。"))
    if errors:
        raise ValidationError(errors)


def _set_conditions(policy: Policy, conditions: Sequence[Condition]) -> bool:
    """Set the conditions and return whether they are others than before."""
    wanted = [(one.fact, one.operator, json.loads(json.dumps(one.value))) for one in conditions]
    kept = [(one.fact, one.operator, one.value) for one in policy.conditions.all()]
    if kept == wanted:
        return False
    policy.conditions.all().delete()
    PolicyCondition.objects.bulk_create(
        PolicyCondition(policy=policy, fact=fact, operator=operator, value=value) for fact, operator, value in wanted
    )
    return True


def _draft(actor: Account, policy: Policy) -> Policy:
    """Return the draft, locked.

    Raises:
        PermissionDenied: when the actor may not change it.
        ValidationError: when it is in force.
    """
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    if not may_change(actor, policy):
        raise PermissionDenied(_("您不能修改这项政策。"))
    if policy.in_force_from is not None:
        raise ValidationError(_("生效的政策不能修改，只能另出一版。"))
    return policy


@transaction.atomic
def change_policy(
    actor: Account, policy: Policy, *, conditions: Sequence[Condition], seen: str = "", **fields: Any
) -> Policy:
    """Change a draft. ``seen`` is the state in which the form had read it.

    Raises:
        PermissionDenied: when the actor may not.
        ValidationError: keyed by field; when it is in force already.
    """
    policy = _draft(actor, policy)
    refuse_stale(policy, seen, fields)
    changed = [name for name, value in fields.items() if getattr(policy, name) != value]
    for name in changed:
        setattr(policy, name, fields[name])
    _refuse_unfair(policy, conditions)
    policy.full_clean(exclude=UNCHECKED)
    if _set_conditions(policy, conditions):
        changed.append("conditions")
    if changed:
        policy.save()
        record(actor, PolicyChanged(fields=changed), f"growth.policy:{policy.pk}", scope=policy.division_id)
    return policy


@transaction.atomic
def new_version(actor: Account, policy: Policy) -> Policy:
    """Draft the next version of a policy that is in force or has ended, to be reviewed anew.

    Raises:
        PermissionDenied: when the actor may not.
        ValidationError: when there is a draft already.
    """
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    if not may_change(actor, policy):
        raise PermissionDenied(_("您不能修改这项政策。"))
    made = Policy(drafted_by=actor, drafted_at=timezone.now(), **{name: getattr(policy, name) for name in COPIED})
    made.number = _next_number(made)
    made.client_id = f"version:{policy.division_id}:{policy.code}:{made.number}"
    _keep(actor, made, [one.condition for one in policy.conditions.all()])
    FeeItem.objects.bulk_create(
        FeeItem(
            policy=made, name_zh=one.name_zh, change=one.change, before=one.before, after=one.after, basis_zh=one.basis_zh
        )
        for one in policy.fee_items.all()
    )  # fmt: skip
    return made


@transaction.atomic
def list_fee(actor: Account, policy: Policy, **fields: Any) -> FeeItem:
    """Put a fee on the burden-reduction checklist of a draft.

    Raises:
        PermissionDenied: when the actor may not.
        ValidationError: keyed by field; when the policy is in force.
    """
    policy = _draft(actor, policy)
    made = FeeItem(policy=policy, **fields)
    made.full_clean(exclude=["policy"])
    made.validate_constraints()
    made.save(force_insert=True)
    record(actor, FeeListed(fee=made.name_zh), f"growth.policy:{policy.pk}", scope=policy.division_id)
    return made


@transaction.atomic
def unlist_fee(actor: Account, policy: Policy, key: int) -> None:
    """Take a fee off the checklist of a draft; one that is not on it is no error.

    Raises:
        PermissionDenied: when the actor may not.
        ValidationError: when the policy is in force.
    """
    policy = _draft(actor, policy)
    one = FeeItem.objects.filter(policy=policy, pk=key).first()
    if one is not None:
        one.delete()
        happened = FeeListed(fee=one.name_zh, removed=True)
        record(actor, happened, f"growth.policy:{policy.pk}", scope=policy.division_id)


@transaction.atomic
def put_policy_in_force(actor: Account, policy: Policy) -> Policy:
    """Put a draft in force from today; the version before it ends today. Nothing of it is changed afterwards.

    Raises:
        PermissionDenied: when the actor may not.
        ValidationError: when its fair-competition review is not passed or has no conclusion, or it is in force already.
    """
    policy = _draft(actor, policy)
    conditions = [one.condition for one in policy.conditions.all()]
    _refuse_unfair(policy, conditions)
    if policy.fair_competition != "passed":
        raise ValidationError(_("没有通过公平竞争审查的政策不得出台（公平竞争审查条例第十八条）。"))
    if not policy.review.strip():
        raise ValidationError(_("请写审查结论和文号（公平竞争审查条例第十七条）。"))
    today = timezone.localdate()
    if policy.until is not None and policy.until < today:
        raise ValidationError(_("有效期已经过了。"))
    earlier = Policy.objects.filter(
        division=policy.division, code=policy.code, in_force_from__isnull=False, ended_on__isnull=True
    )
    earlier.update(ended_on=today)
    policy.in_force_from, policy.in_force_by = today, actor
    policy.full_clean(exclude=[*UNCHECKED, "in_force_by"])
    policy.save(update_fields=["in_force_from", "in_force_by"])
    plain = [[one.fact, one.operator, one.value] for one in conditions]
    happened = PolicyInForce(code=policy.code, number=policy.number, conditions=plain, review=policy.review)
    record(actor, happened, f"growth.policy:{policy.pk}", scope=policy.division_id)
    return policy


@transaction.atomic
def end_policy(actor: Account, policy: Policy, reason: str) -> Policy:
    """End a policy from today, with a reason. What was granted under it is still paid.

    Raises:
        PermissionDenied: when the actor may not.
        ValidationError: when it is not in force, or no reason is given.
    """
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    if not may_change(actor, policy):
        raise PermissionDenied(_("您不能修改这项政策。"))
    if policy.in_force_from is None or policy.ended_on is not None:
        raise ValidationError(_("这项政策没有生效，或者已经失效。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明原因。")})
    policy.ended_on = timezone.localdate()
    policy.save(update_fields=["ended_on"])
    record(actor, PolicyEnded(reason=reason.strip()), f"growth.policy:{policy.pk}", scope=policy.division_id)
    return policy
