"""How a project goes on: it is started, reaches milestones or says why not, is paid, and is reported done."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.livelihood.models import Delay, Milestone, Payment, Project
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn

from .events import DelayExplained, MilestoneAdded, MilestoneFinished, MoneyPaid, ProjectMoved
from .keep import led_by, told

PLANNING = {"candidate", "listed", "building"}


@in_turn
def add_milestone(actor: Account, project: Project, *, client_id: str, name: str, planned_on: date) -> Milestone:
    """Plan a milestone.

    Raises:
        PermissionDenied: when the actor does not lead the project, or it is no longer under way.
        ValidationError: keyed by field.
    """
    project = led_by(actor, project, stages=PLANNING)
    key = key_of(actor, client_id)
    if before := taken(Milestone, key):
        return before
    made = Milestone(
        client_id=key, project=project, name=name.strip(), first_on=planned_on, planned_on=planned_on, by=actor
    )
    made.full_clean(exclude=["project", "by"])
    made.save(force_insert=True)
    told(actor, MilestoneAdded(name=made.name, planned_on=planned_on.isoformat()), project)
    return made


@transaction.atomic
def start(actor: Account, project: Project, started_on: date) -> Project:
    """Begin the works of a listed project, once it has milestones to be held to.

    Raises:
        PermissionDenied: when the actor does not lead the project.
        ValidationError: keyed by field; without milestones.
    """
    project = led_by(actor, project, stages={"listed"})
    if started_on > timezone.localdate():
        raise ValidationError({"started_on": _("不能晚于今天。")})
    if not project.milestones.exists():
        raise ValidationError(_("先定节点和计划日期，才能开工。"))
    project.stage, project.started_on = "building", started_on
    project.save(update_fields=["stage", "started_on"])
    told(actor, ProjectMoved(before="listed", after="building", reason=""), project)
    return project


@transaction.atomic
def finish_milestone(actor: Account, project: Project, *, milestone: Milestone, actual_on: date) -> Milestone:
    """Enter the day on which a milestone was reached, or put it right while the works go on.

    Raises:
        PermissionDenied: when the actor does not lead the project.
        ValidationError: keyed by field.
    """
    project = led_by(actor, project, stages={"building"})
    found = Milestone.objects.select_for_update().get(pk=milestone.pk, project=project)
    if actual_on > timezone.localdate():
        raise ValidationError({"actual_on": _("不能晚于今天。")})
    before = found.actual_on.isoformat() if found.actual_on else ""
    if before != actual_on.isoformat():
        found.actual_on = actual_on
        found.save(update_fields=["actual_on"])
        happened = MilestoneFinished(milestone=found.pk, before=before, after=actual_on.isoformat())
        told(actor, happened, project)
    return found


@in_turn
def explain_delay(
    actor: Account, project: Project, *, client_id: str, milestone: Milestone, reason: str, new_on: date | None
) -> Delay:
    """Say why a date is not kept; the old date stays beside the new one for good.

    Raises:
        PermissionDenied: when the actor does not lead the project.
        ValidationError: keyed by field: without a reason; a date in the past or the one that holds already.
    """
    project = led_by(actor, project)
    key = key_of(actor, client_id)
    if before := taken(Delay, key):
        return before
    found = Milestone.objects.select_for_update().get(pk=milestone.pk, project=project)
    errors: dict[str, str] = {}
    if found.actual_on is not None:
        errors["milestone"] = _("这个节点已经完成。")
    if not reason.strip():
        errors["reason"] = _("请写明原因。")
    if new_on is not None and new_on < timezone.localdate():
        errors["new_on"] = _("新的日期不能早于今天。")
    elif new_on == found.planned_on:
        errors["new_on"] = _("和现在的日期一样。")
    if errors:
        raise ValidationError(errors)
    made = Delay(
        client_id=key, milestone=found, old_on=found.planned_on, new_on=new_on, reason=reason.strip(), by=actor,
        at=timezone.now(),
    )  # fmt: skip
    made.full_clean(exclude=["milestone", "by"])
    made.save(force_insert=True)
    if new_on is not None:
        found.planned_on = new_on
        found.save(update_fields=["planned_on"])
    happened = DelayExplained(
        milestone=found.pk, old_on=made.old_on.isoformat(), new_on=new_on.isoformat() if new_on else "",
        reason=made.reason,
    )  # fmt: skip
    told(actor, happened, project)
    return made


@in_turn
def pay(
    actor: Account, project: Project, *, client_id: str, amount: Decimal, paid_on: date, source: str, reason: str = ""
) -> Payment:
    """Enter what was paid, in 10,000 yuan; above the budget, or below nought to put a payment right, only with a reason.

    Raises:
        PermissionDenied: when the actor does not lead the project.
        ValidationError: keyed by field.
    """
    project = led_by(actor, project, stages={"listed", "building", "reported", "accepted"})
    key = key_of(actor, client_id)
    if before := taken(Payment, key):
        return before
    paid = (project.payments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)) + amount
    errors: dict[str, str] = {}
    if paid_on > timezone.localdate():
        errors["paid_on"] = _("不能晚于今天。")
    if amount == 0 or paid < 0:
        errors["amount"] = _("不能是 0，合计也不能小于 0。")
    elif amount < 0 and not reason.strip():
        errors["reason"] = _("冲正要写原因。")
    elif paid > project.budget and not reason.strip():
        errors["reason"] = _("合计 %(paid)s 万元，超过预算 %(budget)s 万元，要写原因。") % {
            "paid": paid, "budget": project.budget,
        }  # fmt: skip
    if errors:
        raise ValidationError(errors)
    made = Payment(
        client_id=key, project=project, amount=amount, paid_on=paid_on, source=source.strip(), reason=reason.strip(),
        by=actor, at=timezone.now(),
    )  # fmt: skip
    made.full_clean(exclude=["project", "by"])
    made.save(force_insert=True)
    told(actor, MoneyPaid(amount=str(amount), reason=made.reason), project)
    return made


@transaction.atomic
def report_done(actor: Account, project: Project) -> Project:
    """Say that the works are done: all milestones are reached, and a photograph shows it. Others accept them.

    Raises:
        PermissionDenied: when the actor does not lead the project.
        ValidationError: when a milestone is open, or no photograph shows the works done.
    """
    project = led_by(actor, project, stages={"building"})
    still_open = [one.name for one in project.milestones.filter(actual_on=None)]
    if still_open:
        raise ValidationError(_("还有节点没有完成：%(names)s。") % {"names": _("、").join(still_open)})
    if not project.photos.filter(moment="after", withdrawn="").exists():
        raise ValidationError(_("先上传完成后的照片。"))
    project.stage, project.reported_on, project.reported_by = "reported", timezone.localdate(), actor
    project.save(update_fields=["stage", "reported_on", "reported_by"])
    told(actor, ProjectMoved(before="building", after="reported", reason=""), project)
    return project
