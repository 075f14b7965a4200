"""Lengthening and halting a period: only as the law lists it, and never by counting again what was counted before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from .calendars import WorkCalendar, national_calendar
from .counting import Count, Remembered
from .deadlines import Deadline
from .periods import Extended, Suspended, Unit


class Refusal(StrEnum):
    """Why a period is not lengthened or halted."""

    BEFORE_START = "before_start"
    AFTER_DUE = "after_due"
    EXTENDED_BEFORE = "extended_before"
    TOO_LONG = "too_long"
    OTHER_UNIT = "other_unit"
    NOT_LISTED = "not_listed"
    BACKWARDS = "backwards"
    SUSPENDED_BEFORE = "suspended_before"
    NOT_SUSPENDED = "not_suspended"


class ClockRefused(ValueError):
    """A change of a clock that the law does not allow; ``amount`` is how much could still be granted."""

    def __init__(self, refusal: Refusal, amount: int = 0) -> None:
        self.refusal = refusal
        self.amount = amount
        super().__init__(refusal.value)


@dataclass(frozen=True)
class Extension:
    """How a period may be lengthened: how much at once, how often, and how much altogether.

    ``total_max`` bounds all extensions together; ``period_max`` the whole period from its start, where the law names
    that. What is left open (None) is bounded by the others. All in ``unit``, which is the unit of the rule.

    Raises:
        ValueError: when nothing bounds it.
    """

    unit: Unit
    amount: int | None = None
    times: int | None = None
    total_max: int | None = None
    period_max: int | None = None
    approver: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if (self.amount, self.total_max, self.period_max) == (None, None, None):
            raise ValueError("an extension needs a bound")

    def room(self, deadline: Deadline) -> int:
        """Return how much may still be granted, in the rule's unit; 0 when nothing more."""
        if self.times is not None and len(deadline.extensions) >= self.times:
            return 0
        bounds = [self.amount] if self.amount is not None else []
        if self.total_max is not None:
            bounds.append(self.total_max - deadline.granted)
        if self.period_max is not None:
            bounds.append(self.period_max - deadline.rule.amount - deadline.granted)
        return max(min(bounds), 0)


@dataclass(frozen=True)
class SuspensionReason:
    """A reason for which the law leaves time out of a period; ``source`` in both languages: 中文 · English.

    ``restarts``: the law does not halt the clock but begins it anew, as when a vague request is put right.
    """

    code: str
    source: str
    restarts: bool = False


SUSPENSION_REASONS = {
    reason.code: reason
    for reason in (
        SuspensionReason("hearing", "信访工作条例第三十六条 · Regulations on Petition Work art. 36"),
        SuspensionReason(
            "third_party_opinion", "政府信息公开条例第三十三条 · Open Government Information Regulations art. 33"
        ),
        SuspensionReason(
            "correction", "政府信息公开条例第三十条 · Open Government Information Regulations art. 30", restarts=True
        ),
        SuspensionReason(
            "technical_appraisal", "生产安全事故报告和调查处理条例第二十七条 · Work Accident Regulations art. 27"
        ),
        SuspensionReason("expert_appraisal", "行政许可法第四十五条 · Administrative Licensing Law art. 45"),
        SuspensionReason(
            "public_notice",
            "重庆市城乡居民最低生活保障条例第十八条、第十九条（地方规定） · Chongqing Minimum Allowance Ordinance arts. 18, 19 (local)",
        ),
    )
}


def extend(
    deadline: Deadline,
    extension: Extension,
    *,
    asked_on: date,
    amount: int | None = None,
    approver: str = "",
    reason: str = "",
    calendar: WorkCalendar | None = None,
) -> Deadline:
    """Lengthen a period; it goes on counting from the unrolled date, and days counted before stay as they were.

    Args:
        deadline: what was due.
        extension: what the law allows.
        asked_on: the day on which it was asked for, the due date at the latest.
        amount: how much is granted, in the rule's unit; all that may be when None.
        approver: who granted it.
        reason: why, in the words of whoever asked.
        calendar: for the days that were not counted yet; the national one when None.

    Raises:
        ClockRefused: when it was asked too early or too late, the law allows no further one, or not so much.
    """
    if extension.unit is not deadline.rule.unit:
        raise ClockRefused(Refusal.OTHER_UNIT)
    if asked_on < deadline.start:
        raise ClockRefused(Refusal.BEFORE_START)
    if asked_on > deadline.due and not deadline.is_suspended:
        raise ClockRefused(Refusal.AFTER_DUE)
    room = extension.room(deadline)
    if room == 0:
        raise ClockRefused(Refusal.EXTENDED_BEFORE)
    granted = room if amount is None else amount
    if not 1 <= granted <= room:
        raise ClockRefused(Refusal.TOO_LONG, room)
    cal = calendar if calendar is not None else national_calendar()
    record = Extended(
        granted, asked_on, deadline.due, approver or extension.approver, reason, extension.source, cal.version
    )
    return _counted_on(replace(deadline, extensions=(*deadline.extensions, record)), deadline, cal)


def suspend(
    deadline: Deadline,
    first: date,
    last: date | None,
    reason: str,
    *,
    listed: Mapping[str, SuspensionReason] = SUSPENSION_REASONS,
    calendar: WorkCalendar | None = None,
) -> Deadline:
    """Leave days out of a period, both ends included; ``last`` is None as long as nobody knows it (see ``resume``).

    Where the reason begins the clock anew, ``last`` is the day on which it begins, such as the day of the corrected request.

    Raises:
        ClockRefused: when the reason is not listed, the days are not within the period, or overlap others left out.
    """
    if reason not in listed:
        raise ClockRefused(Refusal.NOT_LISTED)
    if first < deadline.start:
        raise ClockRefused(Refusal.BEFORE_START)
    if last is not None and last < first:
        raise ClockRefused(Refusal.BACKWARDS)
    if deadline.is_suspended or any(_overlap(one, first, last) for one in deadline.suspensions):
        raise ClockRefused(Refusal.SUSPENDED_BEFORE)
    if first > deadline.due:
        raise ClockRefused(Refusal.AFTER_DUE)
    cal = calendar if calendar is not None else national_calendar()
    law = listed[reason]
    record = Suspended(first, last, reason, law.source, law.restarts, cal.version)
    return _counted_on(replace(deadline, suspensions=(*deadline.suspensions, record)), deadline, cal)


def resume(deadline: Deadline, last: date, *, calendar: WorkCalendar | None = None) -> Deadline:
    """End the open suspension: ``last`` is its last day, and counting goes on the day after.

    Raises:
        ClockRefused: when none is open, or it would end before it began.
    """
    if not deadline.is_suspended:
        raise ClockRefused(Refusal.NOT_SUSPENDED)
    (opened,) = (one for one in deadline.suspensions if one.last is None)
    if last < opened.first:
        raise ClockRefused(Refusal.BACKWARDS)
    cal = calendar if calendar is not None else national_calendar()
    ended = replace(opened, last=last, calendar=cal.version)
    records = tuple(ended if one is opened else one for one in deadline.suspensions)
    return _counted_on(replace(deadline, suspensions=records), deadline, cal)


def recount(deadline: Deadline, calendar: WorkCalendar) -> Deadline:
    """Count a provisional deadline anew once its calendar is published; any other one is returned as it is.

    Extensions and suspensions stay. A date that was certain never moves.
    """
    if not deadline.provisional:
        return deadline
    count = Count(deadline.rule, deadline.start, calendar, deadline.granted, deadline.suspensions).run()
    return replace(
        deadline, due=count.due, warning=count.warning, provisional=count.provisional, steps=tuple(count.steps),
        calendar=calendar.version,
    )  # fmt: skip


def _counted_on(changed: Deadline, before: Deadline, calendar: WorkCalendar) -> Deadline:
    """Count a changed deadline, what was counted before remembered."""
    remembered = Remembered(before.rule, before.steps, calendar)
    count = Count(changed.rule, changed.start, remembered, changed.granted, changed.suspensions).run()
    provisional = before.provisional or count.provisional
    return replace(changed, due=count.due, warning=count.warning, provisional=provisional, steps=tuple(count.steps))


def _overlap(one: Suspended, first: date, last: date | None) -> bool:
    return (last is None or one.first <= last) and (one.last is None or first <= one.last)
