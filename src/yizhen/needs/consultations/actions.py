"""The writers of consultations."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import Matter
from yizhen.matters.queries import matters_visible_to
from yizhen.needs.models import Answer, Consultation, FreeText, Outcome
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.web.changed import ChangedSince

from .invitations import use_invitation
from .rules import may_ask, may_be_asked, may_run
from .wording import names_somebody

MOST_OPTIONS, LONGEST_OPTION = 12, 60
LONGEST_REASON = 400
WRITTEN = ("title", "text", "options", "several", "wants_text", "audience", "by_lot", "opens_on", "closes_on")


@event("needs.consultation_drafted")
class ConsultationDrafted:
    """A question was drafted, or a draft changed."""

    title: str


@event("needs.consultation_opened")
class ConsultationOpened:
    """A question was opened; from now on it stands as it is."""

    title: str
    options: list[str]
    audience: str
    opens_on: str
    closes_on: str


@event("needs.consultation_stopped")
class ConsultationStopped:
    """A question was stopped before its last day."""

    reason: str


@event("needs.outcome_told")
class OutcomeTold:
    """An office said what was done with a consultation."""

    matters: list[str]


@in_turn
def draft_consultation(
    actor: Account,
    *,
    client_id: str,
    places: Iterable[Division] = (),
    before: Consultation | None = None,
    version: int | None = None,
    **written: Any,
) -> Consultation:
    """Draft a question, or change a draft. The same ``client_id`` gives the same draft.

    Raises:
        PermissionDenied: when the actor's office asks nobody, or the draft is another office's.
        ValidationError: keyed by field; when the question is open already, or the draft is no longer the ``version`` that
            was on the page.
    """
    if not may_ask(actor):
        raise PermissionDenied(_("您的单位不发起问需问计。"))
    key = key_of(actor, client_id)
    if before is None:
        if known := taken(Consultation, key):
            return known
        unit = actor.unit if actor.role == "department" else None
        draft = Consultation(
            client_id=key, division=actor.scope, unit=unit, asked_by=actor, made_at=timezone.now(), **written
        )
    else:
        draft = _own(actor, before)
        _refuse_opened(draft)
        if version != draft.version:
            raise ChangedSince(draft, written, version=draft.version)
        draft.version += 1
        for name in WRITTEN:
            setattr(draft, name, written[name])
    chosen = list(places)
    _check(draft, chosen)
    draft.full_clean(exclude=["division", "unit", "asked_by"])
    draft.save()
    draft.places.set(chosen if draft.audience == "places" else [])
    record(actor, ConsultationDrafted(title=draft.title), _name(draft), scope=draft.division_id)
    return draft


def _check(draft: Consultation, places: list[Division]) -> None:
    errors: dict[str, str] = {}
    options = draft.options
    if not 2 <= len(options) <= MOST_OPTIONS:
        errors["options"] = _("请写 2 到 %(n)s 个选项，每行一个。") % {"n": MOST_OPTIONS}
    elif len(set(options)) < len(options):
        errors["options"] = _("有两个选项一样。")
    elif any(len(option) > LONGEST_OPTION for option in options):
        errors["options"] = _("每个选项最多 %(n)s 个字。") % {"n": LONGEST_OPTION}
    if draft.audience == "places" and not places:
        errors["places"] = _("请选择请哪些地方的居民来答。")
    if any(not may_be_asked(draft, place) for place in places):
        errors["places"] = _("只能问本地的居民。")
    if draft.closes_on < timezone.localdate():
        errors["closes_on"] = _("截止日期已经过了。")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def open_consultation(actor: Account, consultation: Consultation) -> Consultation:
    """Open a question: published at once, answered from its first day; it stands as it is from now on.

    Raises:
        PermissionDenied: when it is another office's.
        ValidationError: when it is open already, or its last day is over.
    """
    found = _own(actor, consultation)
    _refuse_opened(found)
    _check(found, list(found.places.all()))
    found.opened_at = timezone.now()
    found.save(update_fields=["opened_at"])
    happened = ConsultationOpened(
        title=found.title, options=found.options, audience=found.audience, opens_on=str(found.opens_on), closes_on=str(found.closes_on)
    )  # fmt: skip
    record(actor, happened, _name(found), scope=found.division_id)
    return found


@transaction.atomic
def stop_consultation(actor: Account, consultation: Consultation, reason: str) -> Consultation:
    """Stop a question that is announced or open, with a reason that everybody reads. What came in stays, and is answered for.

    Raises:
        PermissionDenied: when it is another office's.
        ValidationError: when it is not open, has ended, or no reason is given.
    """
    found = _own(actor, consultation)
    if found.state not in {"announced", "open"}:
        raise ValidationError(_("没有公开，或者已经截止，不用停止。"))
    found.stopped_on, found.stop_reason = timezone.localdate(), reason.strip()
    if not found.stop_reason or len(found.stop_reason) > LONGEST_REASON:
        raise ValidationError({"stop_reason": _("请写明停止的原因，不超过 %(n)s 个字。") % {"n": LONGEST_REASON}})
    found.save(update_fields=["stopped_on", "stop_reason"])
    record(actor, ConsultationStopped(reason=found.stop_reason), _name(found), scope=found.division_id)
    return found


def _own(actor: Account, consultation: Consultation) -> Consultation:
    found = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if not may_run(actor, found):
        raise PermissionDenied(_("这是别的单位发起的。"))
    return found


def _refuse_opened(consultation: Consultation) -> None:
    if consultation.opened_at is not None:
        raise ValidationError(_("已经公开，问题和选项不能再改。"))


def _name(consultation: Consultation) -> str:
    return f"needs.consultation:{consultation.pk}"


@transaction.atomic
def give_answer(
    consultation: Consultation,
    *,
    client_id: str,
    choices: Sequence[int],
    text: str = "",
    place: str = "",
    code: str = "",
) -> bool:
    """Take somebody's answer; the same ``client_id`` counts once. Return whether it is new.

    No audit record: one with a time beside an answer would lead back to who gave it.

    Raises:
        ValidationError: keyed by field; when the question is not open.
    """
    if consultation.state != "open":
        raise ValidationError(_("现在不能答：还没开始，或者已经截止。"))
    if not client_id:
        raise ValidationError(_("请重新打开页面再填。"))
    sheet = hashlib.sha256(f"{consultation.pk}:{client_id}".encode()).hexdigest()
    if Answer.objects.filter(sheet=sheet).exists():
        return False
    ticked, written = sorted(set(choices)), text.strip() if consultation.wants_text else ""
    _check_answer(consultation, ticked, written)
    where = _asked_place(consultation, place)
    if consultation.audience == "invited" and not use_invitation(consultation, code):
        if Answer.objects.filter(sheet=sheet).exists():  # of two taps at once the first one used the code
            return False
        raise ValidationError({"code": _("没有这个邀请码，或者已经用过。")})
    _made, new = Answer.objects.get_or_create(
        sheet=sheet, defaults={"consultation": consultation, "choices": ticked, "place": where}
    )
    if new and written:
        FreeText.objects.create(consultation=consultation, text=written)
    return new


def _check_answer(consultation: Consultation, ticked: list[int], text: str) -> None:
    errors: dict[str, str] = {}
    known = range(len(consultation.options))
    if not ticked or any(number not in known for number in ticked):
        errors["choices"] = _("请至少选一项。") if consultation.several else _("请选一项。")
    elif len(ticked) > 1 and not consultation.several:
        errors["choices"] = _("只能选一项。")
    if len(text) > 1000:
        errors["text"] = _("最多 1000 字。")
    elif names_somebody(text):
        errors["text"] = _("请不要写电话和身份证号：这里不收能认出您是谁的内容。")
    if errors:
        raise ValidationError(errors)


def _asked_place(consultation: Consultation, code: str) -> Division | None:
    if consultation.audience != "places":
        return None
    place = next((one for one in consultation.places.all() if one.code == code), None)
    if place is None:
        raise ValidationError({"place": _("请选择您住在哪里；名单以外的地方这次不问。")})
    return place


@in_turn
def tell_outcome(
    actor: Account,
    consultation: Consultation,
    *,
    client_id: str,
    text: str,
    numbers: Sequence[str] = (),
    projects: str = "",
) -> Outcome:
    """Say what was done with a consultation, with the matters that came of it. The same ``client_id`` says it once.

    Raises:
        PermissionDenied: when it is another office's.
        ValidationError: keyed by field; before it has ended.
    """
    found = _own(actor, consultation)
    key = key_of(actor, client_id)
    if known := taken(Outcome, key):
        return known
    if found.state not in {"owed", "answered"}:
        raise ValidationError(_("截止以后才答复怎样用了结果。"))
    if not text.strip():
        raise ValidationError({"text": _("请写明采纳了什么、没采纳什么、为什么。")})
    matters = _matters_of(actor, numbers)
    told = Outcome(
        consultation=found, client_id=key, text=text.strip(), projects=projects.strip(), by=actor, on=timezone.localdate()
    )  # fmt: skip
    told.full_clean(exclude=["consultation", "by"])
    told.save(force_insert=True)
    told.matters.set(matters)
    record(actor, OutcomeTold(matters=[one.number for one in matters]), _name(found), scope=found.division_id)
    return told


def _matters_of(actor: Account, numbers: Sequence[str]) -> list[Matter]:
    """Return the matters of some numbers; only those that the actor sees, and none that is sealed: they are named in public."""
    wanted = list(dict.fromkeys(number.strip().upper() for number in numbers if number.strip()))
    seen = matters_visible_to(actor).filter(number__in=wanted).select_related("frozen")
    found = {one.number: one for one in seen if not one.kind_info.sealed}
    missing = [number for number in wanted if number not in found]
    if missing:
        raise ValidationError({"numbers": _("没有这些编号的事项：%(numbers)s。") % {"numbers": _("、").join(missing)}})
    return [found[number] for number in wanted]
