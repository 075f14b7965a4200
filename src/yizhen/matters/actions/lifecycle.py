"""Opening a matter and leading it through its lifecycle."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.clocks import DeadlineRule
from yizhen.matters.kinds import KINDS, deadline_for
from yizhen.matters.lifecycle import (
    DISPOSITIONS,
    LOOKING_BACK,
    REOPENING,
    STATE_NAMES,
    TABLE,
    VERB_NAMES,
    State,
    Transition,
    Verb,
)
from yizhen.matters.models import Event, LookBack, Matter, NumberSeries
from yizhen.matters.rules import is_ripe, may, may_assign
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .evidence import keep_evidence

FOLLOW_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RESIDENT = gettext_noop("诉求人")


@event("matters.opened")
class MatterOpened:
    """A matter was opened."""

    number: str
    kind: str
    due_on: str


@event("matters.stepped")
class MatterStepped:
    """A matter took a step of the lifecycle."""

    number: str
    verb: str
    before: str
    after: str


def follow_hash(code: str) -> str:
    """Return the hash by which a resident's code is kept."""
    return hashlib.sha256(("follow:" + code.strip().upper().replace("-", "")).encode()).hexdigest()


@transaction.atomic
def open_matter(
    actor: Account | None,
    *,
    kind: str,
    title: str,
    text: str,
    division: Division,
    work_line: str,
    client_id: str,
    due_on: date | None = None,
    rule: DeadlineRule | None = None,
    dispatcher: Unit | None = None,
    addressee: Unit | None = None,
    basis: str = "",
    owner: str = "",
    accountable: str = "",
    source: str = "",
    indicator: str = "",
    follow_code: str | None = None,
) -> Matter:
    """Open a matter once: the same ``client_id`` gives the same matter (double tap, lost network).

    Raises:
        PermissionDenied: when the actor may not assign to this place.
        ValidationError: keyed by field; without a field when ``client_id`` came before with another content.
    """
    if actor is not None and not (may_assign(actor) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能向这个地方交办事项。"))
    moment = timezone.now()
    opened = timezone.localtime(moment).date()
    # The lock comes before the look: the second of two posts at once waits here and then finds the first one's matter.
    series = _lock_series(KINDS[kind].letter, opened.year)
    before = Matter.objects.filter(client_id=client_id).first()
    if before is not None:
        if (before.kind, before.division_id, before.title, before.text) != (
            kind,
            division.pk,
            title.strip(),
            text.strip(),
        ):
            raise ValidationError(_("这份表单已经提交过，内容不能再改。请重新打开页面填写。"), code="submitted_before")
        return before
    if due_on is not None and due_on < opened:
        raise ValidationError({"due_on": _("期限不能早于交办日。")})
    try:
        deadline = deadline_for(KINDS[kind], opened, due_on, rule)
    except ValueError as error:
        raise ValidationError({"due_on": _("请填写完成期限。")}) from error
    matter = Matter(
        number=_next_number(series),
        kind=kind,
        title=title.strip(),
        text=text.strip(),
        division=division,
        work_line=work_line,
        dispatcher=dispatcher,
        addressee=addressee,
        raised_by=actor,
        follow_hash=follow_hash(follow_code) if follow_code else None,
        basis=basis.strip(),
        owner=owner.strip(),
        accountable=accountable.strip(),
        source=source,
        indicator=indicator,
        opened_at=moment,
        due_on=deadline.due,
        warning_on=deadline.warning,
        clock=deadline.as_json(),
        client_id=client_id,
    )
    matter.full_clean(exclude=["division", "dispatcher", "raised_by"])
    matter.save(force_insert=True)
    _append(matter, Verb.OPEN, "", State.NEW, actor, matter.text, moment)
    record(
        actor,
        MatterOpened(number=matter.number, kind=kind, due_on=str(matter.due_on)),
        f"matters.matter:{matter.pk}",
        scope=division.code,
    )
    return matter


@transaction.atomic
def assign_task(actor: Account, *, townships: list[Division], client_id: str, **fields: Any) -> list[Matter]:
    """Assign one task to several townships: one matter each, so that each is closed on its own.

    Raises:
        PermissionDenied, ValidationError: as :func:`open_matter`.
    """
    if not townships:
        raise ValidationError({"townships": _("请至少选择一个乡镇（街道）。")})
    return [
        open_matter(
            actor,
            kind="assigned_task",
            division=township,
            dispatcher=actor.unit,
            client_id=f"task:{client_id}:{township.code}",
            **fields,
        )
        for township in townships
    ]


def receive_request(*, division: Division, title: str, text: str, work_line: str, client_id: str) -> tuple[Matter, str]:
    """Take a resident's request and return it with the code by which it is followed. No personal data is taken.

    The same ``client_id`` gives the same matter; its code was shown once and cannot be read again.
    """
    code = "".join(secrets.choice(FOLLOW_ALPHABET) for _unused in range(10))
    matter = open_matter(
        None,
        kind="resident_request",
        title=title,
        text=text,
        division=division,
        work_line=work_line,
        client_id=f"ask:{client_id}",  # a name space of its own: the id comes from a stranger's browser
        follow_code=code,
    )
    return matter, (code if matter.follow_hash == follow_hash(code) else "")


@transaction.atomic
def take_step(
    actor: Account,
    matter: Matter,
    verb: Verb,
    *,
    text: str = "",
    disposition: str = "",
    file: UploadedFile | None = None,
) -> Matter:
    """Take one step of the lifecycle.

    Raises:
        PermissionDenied: when this account may not take the step.
        ValidationError: when the matter has moved on meanwhile, or a required text or evidence is missing.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    transition = _transition(matter, verb)
    if not may(actor, transition, matter):
        raise PermissionDenied(_("您不能对这件事项执行“%(verb)s”。") % {"verb": VERB_NAMES[verb]})
    return _move(matter, transition, actor, str(actor), text, disposition, file)


@transaction.atomic
def give_verdict(code: str, *, solved: bool, text: str = "") -> Matter:
    """Take the verdict of the resident who holds the follow-up code; "not solved" opens the matter again.

    Raises:
        Matter.DoesNotExist: when no matter has this code.
        ValidationError: when there is nothing to judge yet, or no reason is given for "not solved".
    """
    matter = Matter.objects.select_for_update().get(follow_hash=follow_hash(code))
    transition = _transition(matter, Verb.SATISFIED if solved else Verb.UNSATISFIED)
    return _move(matter, transition, None, RESIDENT, text, "", None)


def _transition(matter: Matter, verb: Verb) -> Transition:
    transition = TABLE.get((verb, State(matter.state)))
    if transition is None:
        raise ValidationError(
            _("这件事项现在是“%(state)s”，不能“%(verb)s”。可能已有人先处理，请刷新查看。")
            % {"state": STATE_NAMES[State(matter.state)], "verb": VERB_NAMES[verb]}
        )
    return transition


def _move(
    matter: Matter,
    transition: Transition,
    actor: Account | None,
    label: str,
    text: str,
    disposition: str,
    file: UploadedFile | None,
) -> Matter:
    text = text.strip()
    if transition.text_required and not text:
        raise ValidationError({"text": _("请写明情况或理由。")})
    moment = timezone.now()
    today = timezone.localtime(moment).date()
    before = matter.state
    if transition.verb in LOOKING_BACK:
        assert actor is not None
        _look_back(matter, transition, actor, today)
    target = transition.asks_verdict if transition.asks_verdict and matter.kind_info.asks_verdict else transition.target
    if transition.verb == Verb.REPORT_DONE:
        if disposition not in DISPOSITIONS:
            raise ValidationError({"disposition": _("请选择处理结果。")})
        matter.done_by, matter.done_on, matter.disposition = actor, today, disposition
        matter.verified_by = None
    elif transition.verb == Verb.SEND_BACK:
        matter.done_by, matter.done_on, matter.disposition = None, None, ""
    elif transition.verb == Verb.PASS:
        matter.verified_by = actor
    elif transition.verb in REOPENING:
        # The due date stays: a reopened matter counts as not solved, it does not get a new clock.
        matter.reopened += 1
        matter.done_by, matter.done_on, matter.verified_by, matter.closed_on = None, None, None, None
        matter.look_back_on, matter.disposition = None, ""
    if target == State.CLOSED and before != State.CLOSED:
        matter.closed_on = today
        matter.look_back_on = _next_look_back(matter, 0)
    matter.state = target
    matter.save()
    step = _append(matter, transition.verb, before, target, actor, text, moment, label)
    if file is not None:
        keep_evidence(step, file)
    record(
        actor,
        MatterStepped(number=matter.number, verb=transition.verb, before=before, after=target),
        f"matters.matter:{matter.pk}",
        scope=matter.division_id,
    )
    return matter


def _look_back(matter: Matter, transition: Transition, actor: Account, today: date) -> None:
    """Record the look-back that is due, and the next one. A rebound found between two of them reopens all the same."""
    if not is_ripe(transition, matter, today):
        if matter.look_back_on is None:
            raise ValidationError(_("这件事项的回头看都已完成，不能再记一次。"))
        raise ValidationError(_("回头看的日子是%(day)s，还没有到。") % {"day": matter.look_back_on.isoformat()})
    if matter.look_back_on is None or today < matter.look_back_on:
        return
    number = matter.look_backs.filter(spell=matter.reopened).count() + 1
    holds = transition.verb == Verb.LOOK_BACK_HOLDS
    LookBack.objects.create(
        matter=matter,
        spell=matter.reopened,
        number=number,
        due_on=matter.look_back_on,
        looked_on=today,
        holds=holds,
        by=actor,
    )
    matter.look_back_on = _next_look_back(matter, number)


def _next_look_back(matter: Matter, done: int) -> date | None:
    """Return the day of the look-back after so many: counted from the closing day, and never the day of the last one."""
    days = matter.kind_info.look_back_days[done:]
    if not days or matter.closed_on is None:
        return None
    planned = matter.closed_on + timedelta(days=days[0])
    return max(planned, timezone.localdate() + timedelta(days=1)) if done else planned


def _append(
    matter: Matter,
    verb: Verb,
    before: str,
    after: str,
    actor: Account | None,
    text: str,
    moment: datetime,
    label: str | None = None,
) -> Event:
    return Event.objects.create(
        matter=matter,
        sequence=matter.events.count() + 1,
        verb=verb,
        from_state=before,
        to_state=after,
        by=actor,
        by_label=label or (str(actor) if actor else RESIDENT),
        text=text,
        at=moment,
    )


def _lock_series(letter: str, year: int) -> NumberSeries:
    prefix = f"{letter}{year}-"
    NumberSeries.objects.get_or_create(prefix=prefix)
    return NumberSeries.objects.select_for_update().get(prefix=prefix)


def _next_number(series: NumberSeries) -> str:
    series.last += 1
    series.save(update_fields=["last"])
    return f"{series.prefix}{series.last:05d}"
