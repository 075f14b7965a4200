"""The writers of emergency plans and duty rosters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from yizhen.watches.models import Contact, Handover, Plan, Roster, Shift
from yizhen.watches.models.emergency import PARTS

from .rules import may_keep_plan, may_keep_roster, may_read, own_office, wrong_telephone

MOST_CONTACTS = 40


@event("watches.plan_issued")
class PlanIssued:
    """A version of an emergency plan was issued."""

    title: str
    number: int


@event("watches.shifts_set")
class ShiftsSet:
    """Shifts of a duty roster were set."""

    shifts: list[str]


@event("watches.handed_over")
class HandedOver:
    """A shift left a note to the next."""

    day: str
    part: str


@in_turn
def issue_plan(
    actor: Account, *, client_id: str, contacts: Sequence[tuple[str, str]], follows: Plan | None = None, **fields: Any
) -> Plan:
    """Issue an emergency plan, or its next version, once: the same ``client_id`` gives the same plan.

    Raises:
        PermissionDenied: when the actor keeps no plans, or this plan is another office's.
        ValidationError: keyed by field; when another version follows already.
    """
    if not may_read(actor) or (follows is not None and not may_keep_plan(actor, follows)):
        raise PermissionDenied(_("预案由编制它的单位管理。"))
    key = key_of(actor, client_id)
    if before := taken(Plan, key):
        return before
    division, office = own_office(actor)
    Division.objects.select_for_update().get(pk=division.pk)  # two next versions take turns
    if follows is not None and Plan.objects.filter(follows=follows).exists():
        raise ValidationError(_("这一版之后已经有新版本。请看过再出；您填的内容还在。"))
    if not contacts or len(contacts) > MOST_CONTACTS:
        raise ValidationError({"contacts": _("联系岗位 1 到 %(n)s 个。") % {"n": MOST_CONTACTS}})
    plan = Plan(
        client_id=key, division=division, office=office, follows=follows, number=follows.number + 1 if follows else 1,
        by=actor, at=timezone.now(), **fields,
    )  # fmt: skip
    plan.full_clean(exclude=["by", "division", "office", "follows"])
    plan.save(force_insert=True)
    Contact.objects.bulk_create(Contact(plan=plan, post=post, telephone=number) for post, number in contacts)
    record(actor, PlanIssued(title=plan.title, number=plan.number), f"watches.plan:{plan.pk}", scope=division.code)
    return plan


@dataclass(frozen=True)
class Duty:
    """Who is on duty in one part of a day; without a post nobody is."""

    day: date
    part: str
    post: str = ""
    telephone: str = ""


def wrong_duty(duty: Duty) -> Mapping[str, str]:
    """Return what is wrong with a duty, by field, in the page's language."""
    wrong: dict[str, str] = {}
    if duty.part not in PARTS:
        wrong["part"] = _("班次只能写：%(parts)s。") % {"parts": _("、").join(str(name) for name in PARTS.values())}
    if len(duty.post) > 40:
        wrong["post"] = _("最多 40 字。")
    if duty.post and not duty.telephone:
        wrong["telephone"] = _("请写值守电话。")
    elif duty.telephone and not duty.post:
        wrong["post"] = _("请写值守岗位；写岗位，不写人名。")
    elif duty.telephone:
        wrong |= {"telephone": text} if (text := telephone_error(duty.telephone)) else {}
    return wrong


def telephone_error(text: str) -> str:
    """Return what is wrong with an office's telephone, in the page's language, or an empty text."""
    found = wrong_telephone(text)
    if found == "mobile":
        return _("不收个人手机号，请写值班室的座机。")
    return _("电话看不懂，请写成 0990-7001001。") if found else ""


def roster_of(user: Account) -> Roster:
    """Return the user's own roster, made when missing. Called in a transaction."""
    division, office = own_office(user)
    Division.objects.select_for_update().get(pk=division.pk)
    return Roster.objects.get_or_create(division=division, office=office)[0]


@transaction.atomic
def set_shifts(actor: Account, duties: Sequence[Duty]) -> int:
    """Set shifts of the actor's own roster; returns how many have changed.

    Raises:
        PermissionDenied: when the actor keeps no roster.
        ValidationError: when one of them is wrong; the pages check field by field before.
    """
    if not may_read(actor):
        raise PermissionDenied(_("排班由各单位自己管理。"))
    for duty in duties:
        if wrong := wrong_duty(duty):
            raise ValidationError(f"{duty.day.isoformat()} {next(iter(wrong.values()))}")
    roster = roster_of(actor)
    kept = {(one.day, one.part): one for one in roster.shifts.filter(day__in={one.day for one in duties})}
    changed, fresh, now = [], [], timezone.now()
    for duty in duties:
        shift = kept.get((duty.day, duty.part))
        if (shift.post, shift.telephone) == (duty.post, duty.telephone) if shift else not duty.post:
            continue
        if shift is None:
            shift = kept[duty.day, duty.part] = Shift(roster=roster, day=duty.day, part=duty.part)
            fresh.append(shift)
        shift.post, shift.telephone, shift.by, shift.at = duty.post, duty.telephone, actor, now
        if shift.pk is not None:
            shift.save()
        changed.append(f"{duty.day.isoformat()} {duty.part}")
    Shift.objects.bulk_create(fresh)
    if changed:
        record(actor, ShiftsSet(shifts=changed), f"watches.roster:{roster.pk}", scope=roster.division_id)
    return len(changed)


@in_turn
def hand_over(actor: Account, roster: Roster, *, client_id: str, day: date, part: str, text: str) -> Handover:
    """Leave a note to the next shift, once: the same ``client_id`` gives the same note.

    Raises:
        PermissionDenied: when it is another office's roster.
        ValidationError: keyed by field; a day to come has nothing to hand over.
    """
    if not may_keep_roster(actor, roster):
        raise PermissionDenied(_("交接由值守的单位自己写。"))
    key = key_of(actor, client_id)
    if before := taken(Handover, key):
        return before
    if day > timezone.localdate():
        raise ValidationError({"day": _("不能晚于今天。")})
    note = Handover(client_id=key, roster=roster, day=day, part=part, text=text.strip(), by=actor, at=timezone.now())
    note.full_clean(exclude=["by", "roster"])
    note.save(force_insert=True)
    happened = HandedOver(day=day.isoformat(), part=part)
    record(actor, happened, f"watches.roster:{roster.pk}", scope=roster.division_id)
    return note
