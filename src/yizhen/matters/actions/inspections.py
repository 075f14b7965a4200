"""The writers of inspection plans: planned before anybody goes, called off, concluded in writing."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.duties.rules import may_change_plan, may_inspect, may_plan_inspection
from yizhen.matters.duties.warnings import PlanWarnings, warnings_of
from yizhen.matters.models import InspectionPlan, NumberSeries
from yizhen.people.models import Account
from yizhen.places.models import Division


@event("matters.inspection_planned")
class InspectionPlanned:
    """An inspection or assessment was planned."""

    number: str
    kind: str
    townships: int
    starts_on: str
    ends_on: str
    overlapping: int


@event("matters.inspection_cancelled")
class InspectionCancelled:
    """A plan was called off."""

    number: str


@event("matters.inspection_concluded")
class InspectionConcluded:
    """An inspection was concluded in writing."""

    number: str


@transaction.atomic
def plan_inspection(
    actor: Account,
    *,
    kind: str,
    title: str,
    content: str,
    scope: str,
    basis: str,
    townships: Sequence[Division],
    starts_on: date,
    ends_on: date,
    client_id: str,
    designation: str = "",
    coordination: str = "",
) -> InspectionPlan:
    """Register a plan (art. 15: content, objects, scope, period); the same ``client_id`` gives the same plan.

    Raises:
        PermissionDenied: when the actor may not inspect at all, or not these townships (arts. 6, 7).
        ValidationError: keyed by field; ``coordination`` when others come in the same months, or it is not the first
            comprehensive assessment of the year, and nothing is said about it.
    """
    if not may_plan_inspection(actor) or not all(may_inspect(actor, place) for place in townships):
        raise PermissionDenied(_("只有县级以上，以及经指定的部门，可以向自己范围内的乡镇（街道）开展督查。"))
    today = timezone.localdate()
    prefix = f"D{today.year}-"
    NumberSeries.objects.get_or_create(prefix=prefix)
    # The lock comes before the look: of two plans at once the second sees the first one's months.
    series = NumberSeries.objects.select_for_update().get(prefix=prefix)
    before = InspectionPlan.objects.filter(client_id=client_id, made_by=actor).first()
    if before is not None:
        return before
    department = actor.unit if actor.role == "department" else None
    _check(today, department is not None, townships, starts_on, ends_on, designation)
    found = warnings_of(actor, kind, townships, starts_on, ends_on)
    if found and not coordination.strip():
        raise ValidationError(
            {"coordination": _("同月有别的督查，或今年已有综合性考核。请合并；确需分开的，写明怎样协调。")}
        )
    series.last += 1
    plan = InspectionPlan(
        number=f"{prefix}{series.last:03d}",
        kind=kind,
        division=actor.scope,
        unit=department,
        title=title.strip(),
        content=content.strip(),
        scope=scope.strip(),
        basis=basis.strip(),
        designation=designation.strip() if department else "",
        starts_on=starts_on,
        ends_on=ends_on,
        coordination=coordination.strip() if found else "",
        made_by=actor,
        made_on=today,
        client_id=client_id,
    )
    plan.full_clean(exclude=["division", "unit", "made_by"])
    plan.save()
    plan.townships.set(townships)
    series.save(update_fields=["last"])
    _tell(actor, plan, found, len(townships))
    return plan


def _check(
    today: date, by_department: bool, townships: Sequence[Division], first: date, last: date, designation: str
) -> None:
    errors = {}
    if not townships:
        errors["townships"] = _("请至少选择一个乡镇（街道）。")
    if first < today:
        errors["starts_on"] = _("先有方案再督查：开始日不能早于今天。")
    if last < first:
        errors["ends_on"] = _("结束日早于开始日。")
    elif (last - first).days > 366:
        errors["ends_on"] = _("一个方案最长一年，请缩短督查时限。")
    if by_department and not designation.strip():
        errors["designation"] = _("部门未经本级政府指定，不得开展督查。请写明指定文件。")
    if errors:
        raise ValidationError(errors)


def _tell(actor: Account, plan: InspectionPlan, found: PlanWarnings, townships: int) -> None:
    told = InspectionPlanned(
        number=plan.number,
        kind=plan.kind,
        townships=townships,
        starts_on=str(plan.starts_on),
        ends_on=str(plan.ends_on),
        overlapping=len(found.overlaps),
    )
    record(actor, told, f"matters.inspection:{plan.pk}", scope=plan.division_id)


def _own(actor: Account, plan: InspectionPlan) -> InspectionPlan:
    plan = InspectionPlan.objects.select_for_update().get(pk=plan.pk)
    if not may_change_plan(actor, plan):
        raise PermissionDenied(_("由开展督查的单位办理。"))
    return plan


@transaction.atomic
def cancel_inspection(actor: Account, plan: InspectionPlan) -> InspectionPlan:
    """Call a plan off; it is kept, and counts no longer.

    Raises:
        PermissionDenied: when somebody else organises it.
        ValidationError: when it is over or concluded.
    """
    plan = _own(actor, plan)
    today = timezone.localdate()
    if plan.cancelled_on is not None:
        return plan
    if not plan.is_cancellable(today):
        raise ValidationError(_("已经结束的督查不能取消。"))
    plan.cancelled_on = today
    plan.save(update_fields=["cancelled_on"])
    record(actor, InspectionCancelled(number=plan.number), f"matters.inspection:{plan.pk}", scope=plan.division_id)
    return plan


@transaction.atomic
def conclude_inspection(actor: Account, plan: InspectionPlan, conclusion: str) -> InspectionPlan:
    """Conclude an inspection in writing, once; the townships read it (art. 16).

    Raises:
        PermissionDenied: when somebody else organises it.
        ValidationError: before it has started, without a text, or when it was concluded or called off.
    """
    plan = _own(actor, plan)
    today = timezone.localdate()
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("请写明督查结论。")})
    if plan.cancelled_on is not None or plan.concluded_on is not None or today < plan.starts_on:
        raise ValidationError({"conclusion": _("督查开始之后、没有取消的，作一次结论。")})
    plan.conclusion, plan.concluded_on = conclusion.strip(), today
    plan.full_clean(exclude=["division", "unit", "made_by"])
    plan.save(update_fields=["conclusion", "concluded_on"])
    record(actor, InspectionConcluded(number=plan.number), f"matters.inspection:{plan.pk}", scope=plan.division_id)
    return plan
