"""Leading a matter through its lifecycle, one step of the table at a time."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.prepared import keep
from yizhen.matters.kinds.traits import has_trait
from yizhen.matters.lifecycle import (
    DISPOSITIONS,
    REOPENING,
    STATE_NAMES,
    TABLE,
    VERB_NAMES,
    Need,
    Party,
    State,
    Transition,
    Verb,
)
from yizhen.matters.models import Event, LookBack, Matter
from yizhen.matters.recusals import stands_aside
from yizhen.matters.rules import is_ripe, may
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .clocks import ask_extension, begin_suspension, decide_extension, end_suspension, keep_time
from .evidence import keep_evidence
from .fields import checked_fields
from .grids import check_grid_list
from .history import RESIDENT, SYSTEM, MatterStepped, step_of
from .opening import follow_hash
from .words import reindex_words

ASKING = {Party.REQUESTER, Party.SYSTEM}
PART_REBOUNDS = "它的一件子事项回头看时反弹，已重新打开。"


@dataclass(frozen=True)
class Step:
    """What a step brings along besides the matter: who, words, and what its row of the table needs."""

    actor: Account | None
    label: str
    text: str = ""
    disposition: str = ""
    file: UploadedFile | None = None
    to_unit: Unit | None = None
    to_division: Division | None = None
    reason: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    client_id: str = ""

    def digest(self, verb: Verb) -> str:
        """Return what tells one step from another with the same client id."""
        places = [self.to_unit.pk if self.to_unit else "", self.to_division.pk if self.to_division else ""]
        said = [verb, self.text.strip(), self.disposition, self.reason, *places, sorted(self.fields.items())]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


@transaction.atomic
def take_step(
    actor: Account, matter: Matter, verb: Verb, *, expected: int | None = None, client_id: str = "", **brought: Any
) -> Matter:
    """Take one step of the lifecycle, once: the same ``client_id`` of the same account changes nothing more.

    Args:
        actor: who acts.
        matter: the matter.
        verb: the step.
        expected: how many events its page showed (None: whatever the state allows is meant).
        client_id: an id of the form that was sent.
        brought: what :class:`Step` names: text, disposition, file, to_unit, to_division, reason, fields.

    Raises:
        PermissionDenied: when this account may not take the step.
        ValidationError: when the matter has moved on meanwhile, or something that the step needs is missing.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    step = Step(actor, str(actor), client_id=f"{actor.pk}:{client_id}" if client_id else "", **brought)
    if step.client_id:
        before = Event.objects.filter(client_id=step.client_id).first()
        if before is not None:
            if before.matter_id != matter.pk or before.data.get("digest") != step.digest(verb):
                raise ValidationError(
                    _("这份表单已经提交过，内容不能再改。请重新打开页面填写。"), code="submitted_before"
                )
            return matter
    transition = _transition(matter, verb)
    if not may(actor, transition, matter):
        if transition.party not in ASKING and stands_aside(actor, matter):
            said = _("您的岗位要回避这件事项，不能“%(verb)s”。请由其他岗位办理。")
            raise PermissionDenied(said % {"verb": VERB_NAMES[verb]})
        raise PermissionDenied(_("您不能对这件事项执行“%(verb)s”。") % {"verb": VERB_NAMES[verb]})
    if expected is not None and expected != matter.events.count():
        raise ValidationError(
            _("您打开页面以后，这件事项又有了新的经过。请看过再提交；您写的内容还在。"), code="moved_on"
        )
    return _move(matter, transition, step)


@transaction.atomic
def give_verdict(code: str, *, solved: bool, text: str = "") -> Matter:
    """Take the verdict of the resident who holds the follow-up code; "not solved" opens the matter again.

    Raises:
        Matter.DoesNotExist: when no matter has this code.
        ValidationError: when there is nothing to judge yet, or no reason is given for "not solved".
    """
    return _step_by_code(code, Verb.SATISFIED if solved else Verb.UNSATISFIED, text)


@transaction.atomic
def ask_review(code: str, text: str) -> Matter:
    """Ask the next level up for a review, with the follow-up code: the first time 复查, the second time 复核.

    Raises:
        Matter.DoesNotExist: when no matter has this code.
        ValidationError: when the period for it is over, or no reason is given.

    Source: Regulations on Petition Work arts. 35, 36.
    """
    matter = Matter.objects.get(follow_hash=follow_hash(code))
    return _step_by_code(code, Verb.ASK_SECOND_REVIEW if matter.review else Verb.ASK_FIRST_REVIEW, text)


@transaction.atomic
def tell_data_back(matter: Matter, text: str) -> Matter:
    """Tell an open matter that the figures which opened it are back in range. It stays where it is: a verifier closes it.

    What is closed or withdrawn is left as it is.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    transition = TABLE.get((Verb.DATA_BACK, State(matter.state)))
    if transition is None or not has_trait(transition, matter.kind_info):
        return matter
    return _move(matter, transition, Step(None, SYSTEM, text))


def _step_by_code(code: str, verb: Verb, text: str) -> Matter:
    matter = Matter.objects.select_for_update().get(follow_hash=follow_hash(code))
    return _move(matter, _transition(matter, verb), Step(None, RESIDENT, text))


def _transition(matter: Matter, verb: Verb) -> Transition:
    transition = TABLE.get((verb, State(matter.state)))
    if transition is None:
        raise ValidationError(
            _("这件事项现在是“%(state)s”，不能“%(verb)s”。可能已有人先处理，请刷新查看。")
            % {"state": STATE_NAMES[State(matter.state)], "verb": VERB_NAMES[verb]}
        )
    return transition


def _move(matter: Matter, transition: Transition, step: Step) -> Matter:
    if transition.text_required and not step.text.strip():
        raise ValidationError({"text": _("请写明情况或理由。")})
    moment = timezone.now()
    today = timezone.localtime(moment).date()
    verb, before = transition.verb, matter.state
    _refuse_unripe(matter, transition, today)
    data = _brought(matter, transition, step)
    EFFECTS.get(verb, _nothing)(matter, step, today)
    matter.state = _target(matter, transition)
    if matter.state in {State.HANDLED, State.VERIFIED, State.CLOSED} and before != matter.state:
        _refuse_unfinished(matter)
    if matter.state == State.CLOSED and before != State.CLOSED:
        matter.closed_on = today
        matter.look_back_on = _next_look_back(matter, 0)
    keep_time(matter, verb, moment, today)
    matter.save()
    if verb in REOPENING:
        _reopen_above(matter)
    made = step_of(
        matter, verb, before, step.actor, step.text.strip(), moment,
        label=step.label, data=data, client_id=step.client_id or None, sequence=matter.events.count() + 1,
    )  # fmt: skip
    keep(made)
    if step.file is not None:
        keep_evidence(made, step.file)
    record(
        step.actor,
        MatterStepped(number=matter.number, verb=verb, before=before, after=matter.state),
        f"matters.matter:{matter.pk}",
        scope=matter.division_id,
    )
    return matter


def _target(matter: Matter, transition: Transition) -> State:
    kind = matter.kind_info
    if transition.asks_verdict is not None and kind.asks_verdict:
        return transition.asks_verdict
    return transition.target


def _refuse_unripe(matter: Matter, transition: Transition, today: date) -> None:
    """Say why the day of a step has not come, or has passed."""
    if is_ripe(transition, matter, today):
        return
    verb = transition.verb
    if verb == Verb.LOOK_BACK_HOLDS:
        if matter.look_back_on is None:
            raise ValidationError(_("这件事项的回头看都已完成，不能再记一次。"))
        raise ValidationError(_("回头看的日子是%(day)s，还没有到。") % {"day": matter.look_back_on.isoformat()})
    if verb == Verb.LAPSE:
        raise ValidationError(_("诉求人评价或者申请复查复核的期限还没有过。"))
    if verb == Verb.ASK_EXTENSION:
        raise ValidationError(_("不能申请延期：已过期限，已经申请过，或者法规只许延一次。"))
    if verb == Verb.OBJECT:
        raise ValidationError(_("提出异议的期限已过，请接收办理。"))
    raise ValidationError(_("申请复查复核的期限已过，或者次数已满。"))


def _refuse_unfinished(matter: Matter) -> None:
    """A matter is never done over the heads of its parts."""
    left = matter.children.exclude(state__in=[State.CLOSED, State.WITHDRAWN])
    if left:
        raise ValidationError(
            _("还有没办结的子事项：%(numbers)s。") % {"numbers": "、".join(child.number for child in left[:10])}
        )


def _reopen_above(matter: Matter) -> None:
    """What was done on the strength of its parts is open again when one of them is; its clocks go on from there."""
    if matter.parent_id is None:
        return
    above = Matter.objects.select_for_update().get(pk=matter.parent_id)
    transition = TABLE.get((Verb.PART_REOPENS, State(above.state)))
    if transition is not None:
        # Without the part's number: who sees the whole need not see every part.
        _move(above, transition, Step(None, SYSTEM, PART_REBOUNDS))


def _brought(matter: Matter, transition: Transition, step: Step) -> dict[str, Any]:
    """Check what the row of the table needs, and return what is kept with the event."""
    data: dict[str, Any] = {"digest": step.digest(transition.verb)} if step.client_id else {}
    if Need.DISPOSITION in transition.needs and step.disposition not in DISPOSITIONS:
        raise ValidationError({"disposition": _("请选择处理结果。")})
    if Need.RESULT_FIELDS in transition.needs:
        data["fields"] = checked_fields(matter.kind_info, "result", step.fields)
        matter.results = data["fields"]
    if Need.REASON in transition.needs:
        if step.reason not in matter.kind_info.suspensions:
            raise ValidationError({"reason": _("请从法规列出的理由中选择。")})
        data["reason"] = step.reason
    if Need.RECIPIENT in transition.needs:
        if step.to_unit is None and step.to_division is None:
            raise ValidationError({"recipient": _("请选择派给哪个部门或哪个乡镇（街道）、村（社区）。")})
        data["to"] = step.to_unit.code if step.to_unit else step.to_division.code if step.to_division else ""
    return data


# --- what each step changes besides the state -----------------------------------------------------------------------


def _nothing(_matter: Matter, _step: Step, _today: date) -> None:
    pass


def _dispatch(matter: Matter, step: Step, _today: date) -> None:
    actor = step.actor
    assert actor is not None
    if step.to_division is not None and not actor.covers(step.to_division.code):
        raise PermissionDenied(_("您不能向这个地方交办事项。"))
    if step.to_unit is not None and matter.accused.filter(unit=step.to_unit).exists():
        raise ValidationError({"recipient": _("材料反映的就是这个单位，不能转给它（信访工作条例第三十条）。")})
    matter.addressee = step.to_unit
    if step.to_division is not None:
        check_grid_list(step.to_division, matter.kind)
        matter.division = step.to_division
        reindex_words(matter)
    matter.dispatcher = actor.unit
    matter.held_above = False


def _pass_up(matter: Matter, step: Step, _today: date) -> None:
    assert step.actor is not None
    matter.held_above = step.actor.role in {"township_head", "township_office"}


def _report(matter: Matter, step: Step, today: date) -> None:
    matter.done_by, matter.done_on, matter.disposition = step.actor, today, step.disposition
    matter.verified_by = None


def _undo_report(matter: Matter, _step: Step, _today: date) -> None:
    matter.done_by, matter.done_on, matter.disposition = None, None, ""


def _pass(matter: Matter, step: Step, _today: date) -> None:
    matter.verified_by = step.actor


def _reopen(matter: Matter, _step: Step, _today: date) -> None:
    # The due date stays: a reopened matter counts as not solved, it does not get a new clock.
    matter.reopened += 1
    matter.done_by, matter.done_on, matter.verified_by, matter.closed_on = None, None, None, None
    matter.look_back_on, matter.disposition, matter.results = None, "", {}


def _overturn(matter: Matter, step: Step, today: date) -> None:
    _reopen(matter, step, today)
    matter.review = 0  # the new answer may be reviewed like the first one


def _ask_review(matter: Matter, _step: Step, _today: date) -> None:
    matter.review += 1


def _ask_extension(matter: Matter, step: Step, today: date) -> None:
    assert step.actor is not None
    ask_extension(matter, step.actor, step.text.strip(), today)


def _grant_extension(matter: Matter, step: Step, today: date) -> None:
    assert step.actor is not None
    decide_extension(matter, step.actor, granted=True, today=today)


def _refuse_extension(matter: Matter, step: Step, today: date) -> None:
    assert step.actor is not None
    decide_extension(matter, step.actor, granted=False, today=today)


def _suspend(matter: Matter, step: Step, today: date) -> None:
    begin_suspension(matter, step.reason, today)


def _resume(matter: Matter, _step: Step, today: date) -> None:
    end_suspension(matter, today)


def _look_back(matter: Matter, step: Step, today: date, *, holds: bool) -> None:
    """Record the look-back that is due, and the next one. A rebound found between two of them reopens all the same."""
    if matter.look_back_on is None or today < matter.look_back_on:
        return
    number = matter.look_backs.filter(spell=matter.reopened).count() + 1
    assert step.actor is not None
    LookBack.objects.create(
        matter=matter,
        spell=matter.reopened,
        number=number,
        due_on=matter.look_back_on,
        looked_on=today,
        holds=holds,
        by=step.actor,
    )
    matter.look_back_on = _next_look_back(matter, number)


def _look_back_holds(matter: Matter, step: Step, today: date) -> None:
    _look_back(matter, step, today, holds=True)


def _look_back_reopens(matter: Matter, step: Step, today: date) -> None:
    _look_back(matter, step, today, holds=False)
    _reopen(matter, step, today)


EFFECTS: dict[Verb, Callable[[Matter, Step, date], None]] = {
    Verb.DISPATCH: _dispatch,
    Verb.PASS_UP: _pass_up,
    Verb.SOLVE_AT_ONCE: _report,
    Verb.REPORT_DONE: _report,
    Verb.SEND_BACK: _undo_report,
    Verb.PASS: _pass,
    Verb.UNSATISFIED: _reopen,
    Verb.OVERTURN: _overturn,
    Verb.ASK_FIRST_REVIEW: _ask_review,
    Verb.ASK_SECOND_REVIEW: _ask_review,
    Verb.ASK_EXTENSION: _ask_extension,
    Verb.GRANT_EXTENSION: _grant_extension,
    Verb.REFUSE_EXTENSION: _refuse_extension,
    Verb.SUSPEND: _suspend,
    Verb.RESUME: _resume,
    Verb.LOOK_BACK_HOLDS: _look_back_holds,
    Verb.LOOK_BACK_REOPENS: _look_back_reopens,
    Verb.PART_REOPENS: _reopen,
}


def _next_look_back(matter: Matter, done: int) -> date | None:
    """Return the day of the look-back after so many: counted from the closing day, and never the day of the last one."""
    days = matter.kind_info.look_back_days[done:]
    if not days or matter.closed_on is None:
        return None
    planned = matter.closed_on + timedelta(days=days[0])
    return max(planned, timezone.localdate() + timedelta(days=1)) if done else planned
