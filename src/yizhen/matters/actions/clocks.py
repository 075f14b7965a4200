"""Keeping a matter's clocks in step with its life: starting, stopping, extending, standing still."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yizhen.audit.prepared import keep_all
from yizhen.clocks import ClockRefused, Deadline, WorkCalendar, extend, resume, suspend
from yizhen.matters.clock_words import REFUSALS
from yizhen.matters.clockwork import count, started_by, stopped_by
from yizhen.matters.kinds import KindClock
from yizhen.matters.lifecycle import REOPENING, Verb
from yizhen.matters.models import ORDER, ExtensionRequest, Matter, MatterClock, Suspension
from yizhen.matters.rules import extension_request, governing_clock, governing_of, running_clocks
from yizhen.people.models import Account
from yizhen.places.calendars import calendar_for


def first_clocks(
    matter: Matter, moment: datetime, calendar: WorkCalendar | None, order: Deadline | None
) -> list[MatterClock]:
    """Return the clocks of a matter to be opened, that of its order with them, and set its due date by the one that governs."""
    clocks = []
    if order is not None:
        clocks.append(MatterClock(code=ORDER, started_on=order.start, due_on=order.due, derivation=order.as_json()))
    clocks += [_begun(matter, clock, moment, calendar) for clock in started_by(matter.kind_info, Verb.OPEN, {ORDER})]
    _follow(matter, governing_of(clocks))
    return clocks


def keep_clocks(matter: Matter, clocks: list[MatterClock]) -> None:
    """Keep clocks that were begun for a matter, which is kept now."""
    keep_all(belonging(matter, clocks))


def belonging(matter: Matter, clocks: list[MatterClock]) -> list[MatterClock]:
    """Return clocks as those of a matter, which is kept now."""
    for clock in clocks:
        clock.matter = matter
    return clocks


def keep_time(matter: Matter, verb: Verb, moment: datetime, today: date) -> None:
    """Stop and start clocks after a step, and set the matter's due date by the clock that governs now.

    Reopening lets the clock go on that stood when the matter was done: the due date stays.
    """
    running = {clock.code: clock for clock in matter.clocks.filter(stopped_on__isnull=True)}
    stops = set(stopped_by(matter.kind_info, verb, running))
    if verb in ENDING:
        stops |= set(running)
    elif verb == Verb.REPORT_DONE and ORDER in running:
        stops.add(ORDER)
    for code in stops:
        running[code].stopped_on = today
        running[code].save(update_fields=["stopped_on"])
    if verb in REOPENING or verb == Verb.SEND_BACK:
        _go_on(matter)
    begun = started_by(matter.kind_info, verb, running.keys() - stops)
    calendar = calendar_for(matter.division) if begun else None
    keep_clocks(matter, [_begun(matter, clock, moment, calendar) for clock in begun])
    follow_clock(matter)


ENDING = {Verb.DISMISS, Verb.WITHDRAW}


def _begun(matter: Matter, clock: KindClock, moment: datetime, calendar: WorkCalendar | None) -> MatterClock:
    deadline, due_at = count(clock, moment, calendar)
    return MatterClock(
        code=clock.code,
        spell=matter.reopened,
        governs=clock.governs,
        started_on=deadline.start,
        due_on=deadline.due,
        due_at=due_at,
        derivation=deadline.as_json(),
    )


def _go_on(matter: Matter) -> None:
    """Let the clock that governed the work run again, with the due date that it had."""
    done = [clock for clock in matter.clocks.filter(governs=True) if is_for_work(clock)]
    if done and done[-1].stopped_on is not None:
        done[-1].stopped_on = None
        done[-1].save(update_fields=["stopped_on"])


def is_for_work(clock: MatterClock) -> bool:
    """Return whether a clock ends when the work is reported done."""
    return clock.code == ORDER or (clock.spec is not None and Verb.REPORT_DONE in clock.spec.stops)


def follow_clock(matter: Matter) -> None:
    """Set the matter's due date to that of the clock that governs it now; without one it stays as it was."""
    _forget_clocks(matter)
    _follow(matter, governing_clock(matter))


def _follow(matter: Matter, clock: MatterClock | None) -> None:
    if clock is not None:
        matter.due_on, matter.clock = clock.due_on, clock.derivation
        matter.warning_on = min(clock.deadline.warning, clock.due_on)


def _forget_clocks(matter: Matter) -> None:
    getattr(matter, "_prefetched_objects_cache", {}).pop("clocks", None)


def ask_extension(matter: Matter, actor: Account, reason: str, today: date) -> None:
    """Keep a request for more time for the clock that governs."""
    clock = governing_clock(matter)
    assert clock is not None
    ExtensionRequest.objects.create(clock=clock, reason=reason, asked_by=actor, asked_on=today, due_before=clock.due_on)


def decide_extension(matter: Matter, actor: Account, *, granted: bool, today: date) -> None:
    """Answer the request for more time; granting moves the due date as far as the kind's rule allows.

    Raises:
        ValidationError: when nobody asked.
    """
    request = extension_request(matter)
    if request is None:
        raise ValidationError(_("没有等待答复的延期申请。"))
    request.decided_by, request.decided_on, request.granted = actor, today, granted
    request.save(update_fields=["decided_by", "decided_on", "granted"])
    if granted:
        clock = request.clock
        try:
            longer = extend(
                clock.deadline,
                clock.spec.may_extend,
                asked_on=request.asked_on,
                reason=request.reason,
                calendar=calendar_for(matter.division),
            )
        except ClockRefused as refused:
            raise ValidationError(_("法规允许的延长时间已经用完，不能再延。")) from refused
        _set(clock, longer)
        clock.extended += 1
        clock.save(update_fields=["extended"])
        follow_clock(matter)


def begin_suspension(matter: Matter, reason: str, today: date) -> None:
    """Let the clocks that count days stand still for a listed reason.

    Raises:
        ValidationError: when the law does not list the reason, or the clock is past its day.
    """
    calendar = calendar_for(matter.division)
    for clock in running_clocks(matter):
        if clock.due_at is None:
            try:
                _set(clock, suspend(clock.deadline, today, None, reason, calendar=calendar))
            except ClockRefused as refused:
                raise ValidationError({"reason": str(REFUSALS[refused.refusal])}) from refused
    Suspension.objects.create(matter=matter, reason=reason, first=today)
    follow_clock(matter)


def end_suspension(matter: Matter, today: date) -> None:
    """Let the clocks go on: this day is counted again, the days of the suspension are not."""
    suspension = matter.suspensions.get(until__isnull=True)
    suspension.until = today
    suspension.save(update_fields=["until"])
    calendar = calendar_for(matter.division)
    for clock in running_clocks(matter):
        if clock.deadline.is_suspended:
            # Ended on the day on which it began, it leaves that one day out.
            _set(clock, resume(clock.deadline, max(suspension.first, today - timedelta(days=1)), calendar=calendar))
    follow_clock(matter)


def _set(clock: MatterClock, deadline: Deadline) -> None:
    clock.due_on, clock.derivation = deadline.due, deadline.as_json()
    clock.save(update_fields=["due_on", "derivation"])
