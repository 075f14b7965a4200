"""Playing steps over a kind without a matter: what a table of cases is checked with. No database, no clock of the wall.

It asks the same table, traits and clocks as the actions do. It does not ask who acts, and not for the words, fields and
recipients that a step must bring along.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.clocks import ClockRefused, Deadline, extend, fixed_deadline, resume, suspend
from yizhen.matters.clockwork import count, started_by, stopped_by
from yizhen.matters.lifecycle import (
    REOPENING,
    STATE_NAMES,
    TABLE,
    VERB_NAMES,
    State,
    Verb,
)

from .spec import KindClock, MatterKind
from .traits import LIMITED, REVIEW_STEPS, has_trait, target_of

ORDER = "order"
NOON = time(12)
ENDING = {Verb.DISMISS, Verb.WITHDRAW}


@dataclass(frozen=True)
class CaseStep:
    """One step of a case. ``due`` is the day that an order names, ``reason`` why clocks stand still."""

    verb: str
    day: date
    due: date | None = None
    reason: str = ""


class WalkRefused(ValueError):
    """A step that is not possible: its number, counted from one, and why in the page's language."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(f"{number}: {why}")


@dataclass
class WalkedClock:
    """One clock of a case. ``spec`` is None for the day that an order names; ``asked_on`` waits for more time."""

    code: str
    deadline: Deadline
    governs: bool = True
    spec: KindClock | None = None
    stopped_on: date | None = None
    asked_on: date | None = None
    extended: int = 0
    in_hours: bool = False

    @property
    def is_for_work(self) -> bool:
        """Whether it ends when the work is reported done."""
        return self.spec is None or Verb.REPORT_DONE in self.spec.stops


@dataclass
class Walked:
    """Where a case stands after its steps: state, due date, the clock that governs (None: none runs), all clocks.

    ``due_on`` stays when no clock governs any more, as it does for matters.
    """

    kind: MatterKind
    state: State
    due_on: date
    clocks: list[WalkedClock] = field(default_factory=list)
    passed: list[State] = field(default_factory=list)
    closed_on: date | None = None
    look_back_on: date | None = None
    looked: int = 0
    review: int = 0

    @property
    def running(self) -> list[WalkedClock]:
        """The clocks that run, in the order in which they were started."""
        return [clock for clock in self.clocks if clock.stopped_on is None]

    @property
    def governing(self) -> WalkedClock | None:
        """The running clock that is due first and sets the due date."""
        return min((one for one in self.running if one.governs), key=lambda one: one.deadline.due, default=None)

    @property
    def asked(self) -> WalkedClock | None:
        """The clock for which more time is asked."""
        return next((clock for clock in self.running if clock.asked_on is not None), None)


def walk(kind: MatterKind, steps: Sequence[CaseStep]) -> Walked:
    """Play steps over a kind, each at noon of its day, and return where the case stands.

    Raises:
        WalkRefused: at the first step that is unknown, not possible in its state, not known to the kind, before its day
            or after it, or on an earlier day than the step before.
    """
    if not steps or steps[0].verb != Verb.OPEN:
        raise WalkRefused(1, _("第一步须是“%(verb)s”（open）。") % {"verb": VERB_NAMES[Verb.OPEN]})
    walked = begin(kind, steps[0])
    for number, (before, step) in enumerate(zip(steps, steps[1:], strict=False), start=2):
        if step.day < before.day:
            raise WalkRefused(number, _("日期早于上一步。"))
        why = go_on(walked, step)
        if why:
            raise WalkRefused(number, str(why))
    return walked


def go_on(walked: Walked, step: CaseStep) -> str:
    """Play one more step over a case; return why it is not possible, or an empty text."""
    why = _refusal(walked, step) or _play(walked, Verb(step.verb), step)
    if not why:
        walked.passed.append(walked.state)
    return why


def begin(kind: MatterKind, step: CaseStep) -> Walked:
    """Open a case on a day.

    Raises:
        WalkRefused: when the day that an order names is missing, not wanted, or too early.
    """
    if kind.first_clock is not None:
        if step.due is not None:
            raise WalkRefused(1, _("这一种类的期限由期限钟计算，登记时不能另外指定。"))
        first, order = count(kind.first_clock, _moment(step.day))[0], None
    else:
        if step.due is None:
            raise WalkRefused(1, _("这一种类登记时没有期限钟，请在 open 后面写 due 和交办单载明的日子。"))
        if step.due < step.day:
            raise WalkRefused(1, _("期限不能早于交办日。"))
        first = fixed_deadline(step.due, step.day, "")
        order = WalkedClock(ORDER, first)
    walked = Walked(kind, State(kind.entry), first.due, [order] if order else [], [State(kind.entry)])
    _keep_time(walked, Verb.OPEN, step.day)
    return walked


def _refusal(walked: Walked, step: CaseStep) -> str:
    """Return why a step is not possible, or an empty text."""
    if step.verb not in set(Verb):
        return _("没有这个步骤：%(verb)s。") % {"verb": step.verb}
    verb = Verb(step.verb)
    names = {"verb": VERB_NAMES[verb], "state": STATE_NAMES[walked.state]}
    transition = TABLE.get((verb, walked.state))
    if transition is None:
        return _("事项这时是“%(state)s”，不能“%(verb)s”。") % names
    if not has_trait(transition, walked.kind):
        return _("这一种类没有“%(verb)s”这一步。") % names
    if not _is_ripe(walked, verb, step.day):
        return _("“%(verb)s”的日子还没到，已经过了，或者次数已满。") % names
    if verb in {Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION} and walked.asked is None:
        return _("没有等待答复的延期申请。")
    if verb == Verb.SUSPEND and step.reason not in walked.kind.suspensions:
        return _("请在 suspend 后面写这一种类列出的理由：%(reasons)s。") % {
            "reasons": "、".join(walked.kind.suspensions)
        }
    return ""


def _is_ripe(walked: Walked, verb: Verb, today: date) -> bool:
    """Return whether the day of a step has come, and has not passed: as ``rules.is_ripe`` does for matters."""
    if verb == Verb.LOOK_BACK_HOLDS:
        return walked.look_back_on is not None and walked.look_back_on <= today
    if verb == Verb.LAPSE:
        waiting = [one for one in walked.running if one.spec and Verb.LAPSE in one.spec.stops]
        return bool(waiting) and all(one.deadline.due < today for one in waiting)
    if verb == Verb.ASK_EXTENSION:
        clock = walked.governing
        if clock is None or clock.spec is None or clock.spec.extension is None or walked.asked:
            return False
        return clock.extended < clock.spec.extension.times and today <= clock.deadline.due
    if verb in REVIEW_STEPS and walked.review != REVIEW_STEPS[verb]:
        return False
    limit = next((one for one in walked.running if one.code == LIMITED.get(verb)), None)
    return limit is None or today <= limit.deadline.due


def _play(walked: Walked, verb: Verb, step: CaseStep) -> str:
    """Let a possible step happen; return why its clocks refuse it, or an empty text."""
    effect = EFFECTS.get(verb)
    try:
        if effect is not None:
            effect(walked, step)
    except ClockRefused as refused:
        return _("期限钟不允许：%(why)s。") % {"why": refused.refusal.value}
    before, walked.state = walked.state, target_of(TABLE[verb, walked.state], walked.kind)
    if walked.state == State.CLOSED and before != State.CLOSED:
        walked.closed_on, walked.looked = step.day, 0
        walked.look_back_on = _next_look_back(walked, step.day)
    _keep_time(walked, verb, step.day)
    return ""


# --- what each step changes besides the state ------------------------------------------------------------------------


def _ask_extension(walked: Walked, step: CaseStep) -> None:
    clock = walked.governing
    assert clock is not None
    clock.asked_on = step.day


def _grant_extension(walked: Walked, _step: CaseStep) -> None:
    clock = walked.asked
    assert clock is not None
    assert clock.spec is not None
    assert clock.asked_on is not None
    allowed = clock.spec.may_extend
    assert allowed is not None
    clock.deadline = extend(clock.deadline, allowed, asked_on=clock.asked_on)
    clock.asked_on = None
    clock.extended += 1


def _refuse_extension(walked: Walked, _step: CaseStep) -> None:
    clock = walked.asked
    assert clock is not None
    clock.asked_on = None


def _suspend(walked: Walked, step: CaseStep) -> None:
    for clock in walked.running:
        if not clock.in_hours:
            clock.deadline = suspend(clock.deadline, step.day, None, step.reason)


def _resume(walked: Walked, step: CaseStep) -> None:
    for clock in walked.running:
        if clock.deadline.is_suspended:
            clock.deadline = resume(clock.deadline, step.day)


def _ask_review(walked: Walked, _step: CaseStep) -> None:
    walked.review += 1


def _look_back(walked: Walked, step: CaseStep) -> None:
    if walked.look_back_on is not None and step.day >= walked.look_back_on:
        walked.looked += 1
        walked.look_back_on = _next_look_back(walked, step.day)


def _reopen(walked: Walked, _step: CaseStep) -> None:
    walked.closed_on = walked.look_back_on = None


def _overturn(walked: Walked, _step: CaseStep) -> None:
    walked.review = 0


EFFECTS: dict[Verb, Callable[[Walked, CaseStep], None]] = {
    Verb.ASK_EXTENSION: _ask_extension,
    Verb.GRANT_EXTENSION: _grant_extension,
    Verb.REFUSE_EXTENSION: _refuse_extension,
    Verb.SUSPEND: _suspend,
    Verb.RESUME: _resume,
    Verb.ASK_FIRST_REVIEW: _ask_review,
    Verb.ASK_SECOND_REVIEW: _ask_review,
    Verb.OVERTURN: _overturn,
    Verb.LOOK_BACK_HOLDS: _look_back,
    Verb.LOOK_BACK_REOPENS: _reopen,
    Verb.PART_REOPENS: _reopen,
}


def _next_look_back(walked: Walked, today: date) -> date | None:
    days = walked.kind.look_back_days[walked.looked :]
    if not days or walked.closed_on is None:
        return None
    planned = walked.closed_on + timedelta(days=days[0])
    return max(planned, today + timedelta(days=1)) if walked.looked else planned


def _keep_time(walked: Walked, verb: Verb, day: date) -> None:
    """Stop and start clocks after a step, and follow the one that governs: as ``actions.clocks.keep_time`` does."""
    running = {clock.code: clock for clock in walked.running}
    stops = set(stopped_by(walked.kind, verb, running))
    if verb in ENDING:
        stops |= set(running)
    elif verb == Verb.REPORT_DONE and ORDER in running:
        stops.add(ORDER)
    for code in stops:
        running[code].stopped_on = day
    if verb in REOPENING or verb == Verb.SEND_BACK:
        worked = [clock for clock in walked.clocks if clock.governs and clock.is_for_work]
        if worked:
            worked[-1].stopped_on = None
    for spec in started_by(walked.kind, verb, running.keys() - stops):
        deadline, due_at = count(spec, _moment(day))
        walked.clocks.append(WalkedClock(spec.code, deadline, spec.governs, spec, in_hours=due_at is not None))
    if walked.governing is not None:
        walked.due_on = walked.governing.deadline.due


def _moment(day: date) -> datetime:
    return datetime.combine(day, NOON, timezone.get_default_timezone())
