"""Drafting dispatch rules, extending their cases, and putting a version in force."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import RoutingCase, RoutingRule, RoutingRuleSet
from yizhen.matters.routing.versions import Version
from yizhen.matters.rules import may_write_routing
from yizhen.people.models import Account
from yizhen.places.models import Division

ASIDE = 32_000  # an order that no rule has: where one waits while two change places
MOST_RULES = 100


@event("matters.routing_drafted")
class RoutingDrafted:
    """A new version of dispatch rules was begun."""

    version: int


@event("matters.routing_edited")
class RoutingEdited:
    """A draft's rule or case was added, changed, moved or removed."""

    version: int
    what: str
    change: str


@event("matters.routing_in_force")
class RoutingInForce:
    """A version of dispatch rules was put in force; ``changed`` are the cases that now expect another unit."""

    version: int
    rules: int
    cases: int
    reason: str
    changed: list[str]


def _check(actor: Account, city: str) -> None:
    if not (may_write_routing(actor) and actor.covers(city)):
        raise PermissionDenied(_("派件规则由市级评议办起草和生效。"))


def draft_to_change(actor: Account, rule_set: RoutingRuleSet) -> RoutingRuleSet:
    """Return a version, locked, that may still be changed.

    Raises:
        PermissionDenied: when the actor may not write the city's rules.
        ValidationError: when it is in force.
    """
    _check(actor, rule_set.city_id)
    rule_set = RoutingRuleSet.objects.select_for_update().get(pk=rule_set.pk)
    if rule_set.is_frozen:
        raise ValidationError(_("这一版已经生效，不能再改。请先起草新版本。"))
    return rule_set


def tell_edit(actor: Account, rule_set: RoutingRuleSet, what: str, change: str) -> None:
    """Record what was changed in a draft."""
    record(
        actor,
        RoutingEdited(version=rule_set.number, what=what, change=change),
        f"matters.routing:{rule_set.pk}",
        scope=rule_set.city_id,
    )


@transaction.atomic
def draft_routing(actor: Account, city: Division) -> RoutingRuleSet:
    """Begin a new version with the rules and cases of the one before; the draft that is there already is returned.

    Raises:
        PermissionDenied: when the actor is not the office over this city.
    """
    _check(actor, city.code)
    Division.objects.select_for_update().get(pk=city.pk)  # two at once: the second finds the first one's draft
    last = RoutingRuleSet.objects.filter(city=city).order_by("-number").first()
    if last is not None and not last.is_frozen:
        return last
    made = RoutingRuleSet.objects.create(city=city, number=last.number + 1 if last else 1, created_by=actor)
    if last is not None:
        RoutingRule.objects.bulk_create([_copy(rule, made) for rule in last.rules.all()])
        RoutingCase.objects.bulk_create([_inherited(case, made) for case in last.cases.all()])
    record(actor, RoutingDrafted(version=made.number), f"matters.routing:{made.pk}", scope=city.code)
    return made


def _copy(rule: RoutingRule, made: RoutingRuleSet) -> RoutingRule:
    rule.pk, rule.rule_set = None, made
    return rule


def _inherited(case: RoutingCase, made: RoutingRuleSet) -> RoutingCase:
    case.pk, case.rule_set, case.inherited, case.changed_reason, case.expected_before = None, made, True, "", ""
    return case


# --- rules ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rule(actor: Account, rule_set: RoutingRuleSet, rule: RoutingRule | None = None, **fields: Any) -> RoutingRule:
    """Add a rule at the end of a draft, or change one.

    Raises:
        PermissionDenied: when the actor may not write the city's rules.
        ValidationError: keyed by field; without a field when the version is in force or full.
    """
    rule_set = draft_to_change(actor, rule_set)
    added = rule is None
    if rule is None:
        last = rule_set.rules.aggregate(last=Max("order"))["last"] or 0
        if last >= MOST_RULES:
            raise ValidationError(_("一个版本最多 %(n)s 条规则。") % {"n": MOST_RULES})
        rule = RoutingRule(rule_set=rule_set, order=last + 1)
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.full_clean(exclude=["rule_set", "unit"])
    rule.save()
    tell_edit(actor, rule_set, f"rule {rule.order}", "added" if added else "changed")
    return rule


@transaction.atomic
def move_rule(actor: Account, rule: RoutingRule, *, up: bool) -> None:
    """Let a rule change places with the one before or after it; the first stays first, the last stays last.

    Raises:
        PermissionDenied, ValidationError: as :func:`save_rule`.
    """
    rule_set = draft_to_change(actor, rule.rule_set)
    rules = list(rule_set.rules.all())
    at = next(number for number, each in enumerate(rules) if each.pk == rule.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rules):
        return
    one, other = rules[at], rules[to]
    for each, order in ((one, ASIDE), (other, one.order), (one, other.order)):
        RoutingRule.objects.filter(pk=each.pk).update(order=order)
    tell_edit(actor, rule_set, f"rule {one.order}", f"moved to {other.order}")


@transaction.atomic
def switch_rule(actor: Account, rule: RoutingRule, *, active: bool) -> None:
    """Switch a rule off, or on again; it keeps its place.

    Raises:
        PermissionDenied, ValidationError: as :func:`save_rule`.
    """
    rule_set = draft_to_change(actor, rule.rule_set)
    rule.active = active
    rule.save(update_fields=["active"])
    tell_edit(actor, rule_set, f"rule {rule.order}", "switched on" if active else "switched off")


@transaction.atomic
def remove_rule(actor: Account, rule: RoutingRule) -> None:
    """Take a rule out of a draft; those behind it move up. Earlier versions keep it.

    Raises:
        PermissionDenied, ValidationError: as :func:`save_rule`.
    """
    rule_set = draft_to_change(actor, rule.rule_set)
    order = rule.order
    RoutingRule.objects.filter(pk=rule.pk).delete()
    for each in rule_set.rules.filter(order__gt=order):
        RoutingRule.objects.filter(pk=each.pk).update(order=each.order - 1)
    tell_edit(actor, rule_set, f"rule {order}", "removed")


# --- in force ------------------------------------------------------------------------------------------------------


@transaction.atomic
def put_in_force(
    actor: Account,
    rule_set: RoutingRuleSet,
    *,
    reason: str,
    changes: Mapping[int, str] | None = None,
) -> RoutingRuleSet:
    """Put a draft in force: every case passes, or is changed in this very step with a reason.

    Args:
        actor: the office over the city.
        rule_set: the draft.
        reason: why this version.
        changes: case id → why it expects from now on what the rules make of it; only for cases that fail.

    Raises:
        PermissionDenied: when the actor may not write the city's rules.
        ValidationError: ``reason`` or ``case-<id>`` as field; without one when the version is in force or has no rules.
    """
    rule_set = draft_to_change(actor, rule_set)
    changes = {pk: why.strip()[:200] for pk, why in (changes or {}).items() if why.strip()}
    version = Version(rule_set)
    errors: dict[str, str] = {}
    if not reason.strip():
        errors["reason"] = _("请写明为什么改，依据什么。")
    for proven in version.failing:
        if proven.case.pk not in changes:
            errors[f"case-{proven.case.pk}"] = _("案例 %(n)s 没有通过：请改规则，或写明理由改案例。") % {
                "n": proven.case.number
            }
    if errors:
        raise ValidationError(errors)
    if not any(rule.active for rule in version.rules):
        raise ValidationError(_("没有一条启用的规则，不能生效。"))
    if not version.cases:
        raise ValidationError(_("没有案例的规则不能生效：请先添加案例。"))
    told = []
    for proven in version.failing:
        case = proven.case
        case.expected_before, case.changed_reason = case.expected_id or "—", changes[case.pk]
        case.expected_id = proven.proof.route.unit or None
        case.save(update_fields=["expected", "expected_before", "changed_reason"])
        told.append(f"{case.number}: {case.expected_before} → {case.expected_id or '—'}, {case.changed_reason}")
    rule_set.state, rule_set.reason = "frozen", reason.strip()[:200]
    rule_set.frozen_by, rule_set.frozen_at = actor, timezone.now()
    rule_set.save(update_fields=["state", "reason", "frozen_by", "frozen_at"])
    record(
        actor,
        RoutingInForce(
            version=rule_set.number,
            rules=len(version.rules),
            cases=len(version.cases),
            reason=rule_set.reason,
            changed=told,
        ),
        f"matters.routing:{rule_set.pk}",
        scope=rule_set.city_id,
    )
    return rule_set
