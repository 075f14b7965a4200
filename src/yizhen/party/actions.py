"""The writers of the fourth board."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division

from .models import ITEM_STATES, Meeting, ResponsibilityItem
from .rules import may_check, may_drop, may_enter, may_record


@event("party.item_listed")
class ItemListed:
    """An item was put on a township's list of responsibilities."""

    year: int
    what: str


@event("party.item_moved")
class ItemMoved:
    """An item was reported done, checked, sent back or dropped."""

    before: str
    after: str
    said: str


@event("party.meeting_planned")
class MeetingPlanned:
    """A study or a meeting was planned."""

    sort: str
    planned_on: str


@event("party.meeting_recorded")
class MeetingRecorded:
    """It was written down that a meeting was held, or why it was not. Numbers, no names."""

    held: bool


@in_turn
def list_item(actor: Account, *, client_id: str, division: Division, **fields: Any) -> ResponsibilityItem:
    """Put an item on a township's list, once: the same ``client_id`` gives the same item.

    Raises:
        PermissionDenied: when the actor is not the township's own head or office.
        ValidationError: keyed by field.
    """
    if not may_enter(actor, division):
        raise PermissionDenied(_("责任清单由本乡镇（街道）填写。"))
    key = key_of(actor, client_id)
    if before := taken(ResponsibilityItem, key):
        return before
    made = ResponsibilityItem(client_id=key, division=division, listed_by=actor, listed_at=timezone.now(), **fields)
    if made.due_on is not None and made.year is not None and made.due_on.year != made.year:
        raise ValidationError({"due_on": _("完成时限不在这一年度里。")})
    made.full_clean(exclude=["division", "listed_by"])
    made.save(force_insert=True)
    happened = ItemListed(year=made.year, what=made.what)
    record(actor, happened, f"party.item:{made.pk}", scope=division.code)
    return made


@transaction.atomic
def report_item(actor: Account, item: ResponsibilityItem, *, evidence: str, done_on: date) -> ResponsibilityItem:
    """Report that an item was done, with what shows it.

    Raises:
        PermissionDenied: when the actor is not the township's own head or office.
        ValidationError: keyed by field; when it is not open.
    """
    item = _locked(item)
    if not may_enter(actor, item.division_id):
        raise PermissionDenied(_("责任清单由本乡镇（街道）填写。"))
    _refuse_unless(item, "open")
    errors: dict[str, str] = {}
    if not evidence.strip():
        errors["evidence"] = _("请写做了什么，材料在哪里。")
    if done_on > timezone.localdate():
        errors["done_on"] = _("不能晚于今天。")
    if errors:
        raise ValidationError(errors)
    item.evidence, item.done_by, item.done_on = evidence.strip(), actor, done_on
    item.checked_by, item.checked_on, item.said = None, None, ""
    return _moved(actor, item, "reported", item.evidence)


@transaction.atomic
def check_item(actor: Account, item: ResponsibilityItem, *, holds: bool, said: str) -> ResponsibilityItem:
    """Check an item that was reported: it holds, or goes back to the township with what is missing.

    Raises:
        PermissionDenied: when the actor is not the organisation office, or reported it.
        ValidationError: keyed ``said``, when nothing is said; when it is not reported.
    """
    item = _locked(item)
    _refuse_unless(item, "reported")
    if not may_check(actor, item):
        raise PermissionDenied(_("由组织部门核对，报告完成的人不能核对。"))
    if not said.strip():
        raise ValidationError({"said": _("请写怎样核对的，看到什么。")})
    item.checked_by, item.checked_on, item.said = actor, timezone.localdate(), said.strip()
    if not holds:
        item.returned += 1
        item.done_on = None
    return _moved(actor, item, "checked" if holds else "open", item.said)


@transaction.atomic
def drop_item(actor: Account, item: ResponsibilityItem, *, said: str) -> ResponsibilityItem:
    """Take a wrong item off the list, with a reason; it stays on the page as dropped.

    Raises:
        PermissionDenied: when the actor is not the organisation office.
        ValidationError: keyed ``said``, when no reason is given; when it is not open.
    """
    item = _locked(item)
    _refuse_unless(item, "open")
    if not may_drop(actor, item):
        raise PermissionDenied(_("责任事项由组织部门取消。"))
    if not said.strip():
        raise ValidationError({"said": _("请写取消的原因。")})
    item.said = said.strip()
    return _moved(actor, item, "dropped", item.said)


def _locked(item: ResponsibilityItem) -> ResponsibilityItem:
    return ResponsibilityItem.objects.select_for_update().get(pk=item.pk)


def _refuse_unless(item: ResponsibilityItem, state: str) -> None:
    if item.state != state:
        raise ValidationError(_("这一项现在是“%(state)s”，请刷新查看。") % {"state": ITEM_STATES[item.state]})


def _moved(actor: Account, item: ResponsibilityItem, state: str, said: str) -> ResponsibilityItem:
    before, item.state = item.state, state
    item.full_clean(exclude=["division", "listed_by", "done_by", "checked_by"])
    item.save()
    happened = ItemMoved(before=before, after=state, said=said)
    record(actor, happened, f"party.item:{item.pk}", scope=item.division_id)
    return item


@in_turn
def plan_meeting(actor: Account, *, client_id: str, division: Division, **fields: Any) -> Meeting:
    """Plan a study or a meeting for a day to come, once: the same ``client_id`` gives the same plan.

    Raises:
        PermissionDenied: when the actor is not the township's own head or office.
        ValidationError: keyed by field; what is over is no plan.
    """
    if not may_enter(actor, division):
        raise PermissionDenied(_("学习和会议计划由本乡镇（街道）填写。"))
    key = key_of(actor, client_id)
    if before := taken(Meeting, key):
        return before
    made = Meeting(client_id=key, division=division, planned_by=actor, planned_at=timezone.now(), **fields)
    if made.planned_on is not None and made.planned_on < timezone.localdate():
        raise ValidationError({"planned_on": _("计划填今天或者以后的日子。")})
    made.full_clean(exclude=["division", "planned_by"])
    made.save(force_insert=True)
    happened = MeetingPlanned(sort=made.sort, planned_on=str(made.planned_on))
    record(actor, happened, f"party.meeting:{made.pk}", scope=division.code)
    return made


@transaction.atomic
def record_meeting(
    actor: Account, meeting: Meeting, *, held: bool, held_on: date | None = None, attendees: int | None = None,
    reason: str = "",
) -> Meeting:  # fmt: skip
    """Write down that a meeting was held, on which day and with how many, or why it was not; once.

    Raises:
        PermissionDenied: when the actor is not the township's own head or office.
        ValidationError: keyed by field; when it was recorded before.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not may_enter(actor, meeting.division_id):
        raise PermissionDenied(_("学习和会议计划由本乡镇（街道）填写。"))
    if not may_record(actor, meeting):
        raise ValidationError(_("这次会议已经记过，不能再改。"))
    errors = _wrong_record(meeting, held=held, held_on=held_on, attendees=attendees, reason=reason)
    if errors:
        raise ValidationError(errors)
    meeting.held, meeting.recorded_by = held, actor
    meeting.held_on, meeting.attendees = (held_on, attendees) if held else (None, None)
    meeting.reason = "" if held else reason.strip()
    meeting.full_clean(exclude=["division", "planned_by", "recorded_by"])
    meeting.save()
    record(actor, MeetingRecorded(held=held), f"party.meeting:{meeting.pk}", scope=meeting.division_id)
    return meeting


def _wrong_record(
    meeting: Meeting, *, held: bool, held_on: date | None, attendees: int | None, reason: str
) -> dict[str, str]:
    today = timezone.localdate()
    if held:
        errors = {}
        if held_on is None or held_on > today:
            errors["held_on"] = _("请填召开的日子，不能晚于今天。")
        if not attendees:
            errors["attendees"] = _("请填到会人数，只填数字。")
        return errors
    if meeting.planned_on > today:
        return {"held": _("计划的日子还没有到。")}
    return {} if reason.strip() else {"reason": _("请写没开的原因。")}
