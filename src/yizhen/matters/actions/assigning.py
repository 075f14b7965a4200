"""Assigning through the gate, and refusing what the duty list does not hold."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.duties.gate import OPEN, Ground, gate
from yizhen.matters.duties.letters import letter_text
from yizhen.matters.duties.queries import ground_for, list_in_force
from yizhen.matters.duties.rules import may_refuse_task
from yizhen.matters.duties.words import answer_in_words
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import DutyItem, Matter, TaskDuty, TaskRefusal
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code

from .lifecycle import take_step
from .opening import assign_task


@event("matters.duty_cited")
class DutyCited:
    """A task cited an item of the duty list when it was assigned."""

    number: str
    item: str
    ground: str


@event("matters.task_refused")
class TaskRefused:
    """A township refused a task that the duty list does not hold, with a reply."""

    number: str
    matter: str
    ground: str


@transaction.atomic
def assign_duty(actor: Account, *, duty: DutyItem | None, **fields: Any) -> list[Matter]:
    """Assign a task that cites a duty item, if the gate is open; ``fields`` as :func:`assign_task`.

    Raises:
        PermissionDenied: as :func:`assign_task`.
        ValidationError: as :func:`assign_task`; keyed ``duty`` when the gate is shut.
    """
    if duty is not None:
        duty = DutyItem.objects.select_related("duty_list", "lead").get(pk=duty.pk)
    ground = ground_for(actor, duty)
    if ground not in OPEN:
        raise ValidationError({"duty": answer_in_words(ground, duty)})
    made = assign_task(actor, **fields)
    if duty is None or ground == Ground.NO_LIST:
        return made
    for matter in made:
        cited, new = TaskDuty.objects.get_or_create(matter=matter, defaults={"item": duty, "ground": ground})
        if cited.item_id != duty.pk:
            raise ValidationError(_("这份表单已经提交过，内容不能再改。请重新打开页面填写。"), code="submitted_before")
        if new:
            told = DutyCited(number=matter.number, item=duty.code, ground=ground)
            record(actor, told, f"matters.matter:{matter.pk}", scope=matter.division_id)
    return made


@transaction.atomic
def refuse_task(actor: Account, matter: Matter, *, item: DutyItem | None = None) -> TaskRefusal:
    """Refuse a task that is outside the duty list, or that the list gives to somebody else; it goes back with a reply.

    Args:
        actor: the township's head or office.
        matter: a task that has not been accepted.
        item: the item of the list in force that the task belongs to; None: outside the list. What the task itself cites
            counts before it.

    Raises:
        PermissionDenied: when the actor may not send the task back.
        ValidationError: when no list is in force, or the list does hold the task.
    """
    if not may_refuse_task(actor, matter):
        raise PermissionDenied(_("由承办的乡镇（街道）在接收之前拒绝。"))
    today = timezone.localdate()
    edition = list_in_force(city_code(matter.division_id), today)
    if edition is None:
        raise ValidationError(_("本市还没有生效的履职事项清单，不能据此拒绝；可以写明理由提出异议。"))
    cited = TaskDuty.objects.filter(matter=matter).select_related("item").first()
    if cited is not None:
        item = edition.items.filter(code=cited.item.code).first() or cited.item
    if item is not None:
        item = DutyItem.objects.select_related("duty_list", "lead").get(pk=item.pk)
    ground = gate(item.duty if item else None, matter.dispatcher_id, today)
    if ground in OPEN:
        assert item is not None
        raise ValidationError({"item": _("“%(item)s”在清单之内，派件方可以交办，应当承办。") % {"item": item}})
    place = Division.objects.select_for_update().get(pk=matter.division_id)
    text = letter_text(matter, timezone.localdate(matter.opened_at), edition, ground, item)
    number = _next_number(place, today.year)
    take_step(actor, matter, Verb.OBJECT, text=f"{text}\n{number}")
    made = TaskRefusal.objects.create(
        number=number,
        matter=matter,
        event=matter.events.latest("sequence"),
        division=place,
        item=item,
        ground=ground,
        text=text,
        refused_on=today,
        by=actor,
    )
    told = TaskRefused(number=number, matter=matter.number, ground=ground)
    record(actor, told, f"matters.matter:{matter.pk}", scope=place.code)
    return made


def _next_number(place: Division, year: int) -> str:
    prefix = f"{place.code}-{year}-T"
    return f"{prefix}{TaskRefusal.objects.filter(division=place, number__startswith=prefix).count() + 1:03d}"
