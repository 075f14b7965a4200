"""The writers of assessment schemes: who is weighed how, what is added, taken off or vetoed, and the frozen result."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.forbidden import MEASURES, forbidden_measure
from yizhen.indicators.indices.spec import sha256
from yizhen.indicators.models import AssessmentScheme, IndexVersion, SchemeEntry, SchemeItem, SchemeWeight
from yizhen.indicators.rules import may_decide_entry, may_design, may_enter_item
from yizhen.indicators.schemes.assessing import assess, parts_of_index
from yizhen.people.models import Account
from yizhen.places.models import Category, Division
from yizhen.web.templatetags.yizhen import label


@event("indicators.scheme_changed")
class SchemeChanged:
    """A scheme was made, or its weights or items were changed."""

    what: str
    details: dict[str, Any]


@event("indicators.scheme_entry_made")
class SchemeEntryMade:
    """An item was entered for or against a place."""

    item: int
    division: str
    points: str


@event("indicators.scheme_entry_decided")
class SchemeEntryDecided:
    """An entry was approved or refused."""

    entry: int
    approved: bool


@event("indicators.scheme_frozen")
class SchemeFrozen:
    """A scheme was frozen with its result."""

    sha256: str
    reason: str


@transaction.atomic
def make_scheme(actor: Account, *, code: str, name_zh: str, name_en: str, index: IndexVersion, bonus_cap: Decimal, deduction_cap: Decimal) -> AssessmentScheme:  # fmt: skip
    """Start a scheme on a frozen index; each category begins with the weights that it is declared to have.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field; ``index`` when it is not frozen.
    """
    city = index.design.division
    if not may_design(actor, city.code):
        raise PermissionDenied(_("只有市级评议办可以制定考核方案。"))
    if not index.is_frozen:
        raise ValidationError({"index": _("先把指数定稿，再用它考核。")})
    scheme = AssessmentScheme(
        code=code.lower(), division=city, name_zh=name_zh.strip(), name_en=name_en.strip(), index=index,
        bonus_cap=bonus_cap, deduction_cap=deduction_cap, created_by=actor,
    )  # fmt: skip
    scheme.full_clean()
    scheme.save(force_insert=True)
    parts = [part["code"] for part in parts_of_index(index)]
    SchemeWeight.objects.bulk_create(
        SchemeWeight(scheme=scheme, category=category, part=part, weight=weight)
        for category in Category.objects.filter(pk__in=_categories(index))
        for part, weight in _first_weights(category, parts).items()
    )
    _note(actor, scheme, "made", {"index": f"{index.design_id} {index.number}"})
    return scheme


def _categories(index: IndexVersion) -> set[str]:
    assert index.data is not None
    return {place["category"] for place in index.data["places"]}


def _first_weights(category: Category, parts: list[str]) -> dict[str, int]:
    """Return the declared weights where they are about these parts and sum to 100, else equal ones that do."""
    declared = {part: round(category.domain_weights.get(part, 0)) for part in parts}
    if sum(declared.values()) == 100:
        return declared
    each, rest = divmod(100, len(parts))
    return {part: each + (at < rest) for at, part in enumerate(parts)}


@transaction.atomic
def weigh(actor: Account, scheme: AssessmentScheme, weights: Mapping[str, Mapping[str, int]]) -> AssessmentScheme:
    """Set the weights by category and part, in whole percent.

    Raises:
        PermissionDenied: when the actor may not design it.
        ValidationError: keyed by category, where they do not sum to 100 or are no percentages; unkeyed when it is frozen.
    """
    scheme = _open(actor, scheme)
    errors = {}
    for category, parts in weights.items():
        if any(not 0 <= weight <= 100 for weight in parts.values()):
            errors[category] = [_("权重是 0 到 100 的整数。")]
        elif sum(parts.values()) != 100:
            errors[category] = [_("各部分的权重合计是 %(n)s，应为 100。") % {"n": sum(parts.values())}]
    if errors:
        raise ValidationError(errors)
    for category, parts in weights.items():
        for part, weight in parts.items():
            SchemeWeight.objects.update_or_create(
                scheme=scheme, category_id=category, part=part, defaults={"weight": weight}
            )
    _note(actor, scheme, "weights", {code: dict(parts) for code, parts in weights.items()})
    return scheme


@transaction.atomic
def add_item(actor: Account, scheme: AssessmentScheme, **fields: Any) -> SchemeItem:
    """Add a bonus, a deduction or a veto.

    Raises:
        PermissionDenied: when the actor may not design it.
        ValidationError: keyed by field; ``name_zh`` when it counts complaints, petitions or hazards found.
    """
    scheme = _open(actor, scheme)
    item = SchemeItem(scheme=scheme, **fields)
    found = forbidden_measure(item.name_zh, item.name_en, item.name_zh)
    if found:
        measure_zh, measure_en = MEASURES[found]
        raise ValidationError({
            "name_zh": _("不能设立：这是在数%(measure)s。数量不得用来加分、扣分或否决，否则基层会少登记、少排查。")
            % {"measure": label({"zh": measure_zh, "en": measure_en})}
        })  # fmt: skip
    if item.kind != "veto" and item.cap is None:
        raise ValidationError({"cap": _("加分、扣分要有上限。")})
    item.full_clean()
    item.save(force_insert=True)
    _note(actor, scheme, "item", {"kind": item.kind, "name": item.name_zh, "basis": item.basis})
    return item


@transaction.atomic
def enter_item(actor: Account, item: SchemeItem, division: Division, *, points: Decimal, happened_on: date, reason: str, evidence: str) -> SchemeEntry:  # fmt: skip
    """Enter an item for or against a township; somebody else decides about it.

    Raises:
        PermissionDenied: when the actor may not enter items there.
        ValidationError: keyed by field; ``happened_on`` when the item had ended.
    """
    scheme = AssessmentScheme.objects.select_for_update().get(pk=item.scheme_id)
    if not may_enter_item(actor, scheme, division):
        raise PermissionDenied(_("您不能为这个地方登记加分、扣分或否决。"))
    _refuse_frozen(scheme)
    if division.level != "township" or not scheme.division.covers(division.code):
        raise ValidationError({"division": _("请选择本市的乡镇、街道。")})
    if happened_on > item.expires_on:
        raise ValidationError({"happened_on": _("这一项到 %(day)s 为止，之后的事不算。") % {"day": item.expires_on}})
    if happened_on > timezone.localdate():
        raise ValidationError({"happened_on": _("日期在将来。")})
    if item.kind == "veto":
        points = Decimal(0)
    elif not 0 < points <= (item.cap or 0):
        raise ValidationError({"points": _("分数大于 0，不超过这一项的上限 %(cap)s。") % {"cap": item.cap}})
    entry = SchemeEntry(
        item=item, division=division, points=points, happened_on=happened_on, reason=reason.strip(),
        evidence=evidence.strip(), entered_by=actor,
    )  # fmt: skip
    entry.full_clean()
    entry.save(force_insert=True)
    happened = SchemeEntryMade(item=item.pk, division=division.code, points=str(points))
    record(actor, happened, f"indicators.scheme:{scheme.pk}", scope=division.code)
    return entry


@transaction.atomic
def decide_entry(actor: Account, entry: SchemeEntry, *, approved: bool, note: str = "") -> SchemeEntry:
    """Approve or refuse an entry, once.

    Raises:
        PermissionDenied: when the actor entered it, or is not of the unit that approves this item.
        ValidationError: when it is decided already or the scheme is frozen; keyed ``note`` when refused without a reason.
    """
    entry = SchemeEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.entered_by_id == actor.pk:
        raise PermissionDenied(_("谁登记的，谁不能审批。"))
    if not may_decide_entry(actor, entry):
        raise PermissionDenied(_("只有%(unit)s可以审批这一项。") % {"unit": label(entry.item.approver)})
    _refuse_frozen(AssessmentScheme.objects.select_for_update().get(pk=entry.item.scheme_id))
    if entry.state != "entered":
        raise ValidationError(_("已经审批过了。"))
    if not approved and not note.strip():
        raise ValidationError({"note": _("请写明为什么不认定。")})
    entry.state = "approved" if approved else "refused"
    entry.decided_by, entry.decided_at, entry.decision_note = actor, timezone.now(), note.strip()[:200]
    entry.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    record(
        actor, SchemeEntryDecided(entry=entry.pk, approved=approved),
        f"indicators.scheme:{entry.item.scheme_id}", scope=entry.division_id,
    )  # fmt: skip
    return entry


@transaction.atomic
def freeze_scheme(actor: Account, scheme: AssessmentScheme, reason: str) -> AssessmentScheme:
    """Freeze a scheme with its result and hash it.

    Raises:
        PermissionDenied: when the actor may not design it.
        ValidationError: when the reason is missing, entries wait for a decision, or weights do not sum to 100.
    """
    scheme = _open(actor, scheme)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明为什么定稿，例如依据哪份文件。")})
    waiting = SchemeEntry.objects.filter(item__scheme=scheme, state="entered").count()
    if waiting:
        raise ValidationError(_("还有 %(n)s 条等待审批，不能定稿。") % {"n": waiting})
    result = assess(scheme)
    if result["unweighted"] or not result["places"]:
        raise ValidationError(_("有的类别权重合计不是 100，不能定稿。"))
    scheme.result, scheme.state = result, "frozen"
    scheme.sha256 = sha256([content(scheme), result])
    scheme.reason, scheme.frozen_by, scheme.frozen_at = reason.strip()[:200], actor, timezone.now()
    scheme.save()
    record(
        actor, SchemeFrozen(sha256=scheme.sha256, reason=scheme.reason),
        f"indicators.scheme:{scheme.pk}", scope=scheme.division_id,
    )  # fmt: skip
    return scheme


def content(scheme: AssessmentScheme) -> dict[str, Any]:
    """Return everything that a scheme's result is made from, as plain values."""
    entries = SchemeEntry.objects.filter(item__scheme=scheme).order_by("pk")
    return {
        "index": [scheme.index.design_id, scheme.index.number, scheme.index.spec_sha256, scheme.index.data_sha256],
        "caps": [f"{scheme.bonus_cap:.2f}", f"{scheme.deduction_cap:.2f}"],
        "weights": [[one.category_id, one.part, one.weight] for one in scheme.weights.all()],
        "items": [
            [one.pk, one.kind, one.name_zh, one.basis, None if one.cap is None else f"{one.cap:.2f}", one.approver_id,
             one.expires_on.isoformat()] for one in scheme.items.all()
        ],
        "entries": [
            [one.pk, one.item_id, one.division_id, f"{one.points:.2f}", one.happened_on.isoformat(), one.state, one.reason]
            for one in entries
        ],
    }  # fmt: skip


def _note(actor: Account, scheme: AssessmentScheme, what: str, details: dict[str, Any]) -> None:
    record(actor, SchemeChanged(what=what, details=details), f"indicators.scheme:{scheme.pk}", scope=scheme.division_id)


def _open(actor: Account, scheme: AssessmentScheme) -> AssessmentScheme:
    """Return the scheme as it is now, held until the end of the transaction."""
    if not may_design(actor, scheme.division_id):
        raise PermissionDenied(_("只有市级评议办可以制定考核方案。"))
    found = (
        AssessmentScheme.objects.select_for_update(of=("self",)).select_related("index", "division").get(pk=scheme.pk)
    )
    _refuse_frozen(found)
    return found


def _refuse_frozen(scheme: AssessmentScheme) -> None:
    if scheme.is_frozen:
        raise ValidationError(_("方案已经定稿，不能再改。"))
