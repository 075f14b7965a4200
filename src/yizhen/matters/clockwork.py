"""Which clocks a step stops and which it starts: the same for a matter as for a case in a table."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone

from yizhen.clocks import Deadline, Unit, WorkCalendar, compute_deadline, compute_deadline_at

from .kinds import KindClock, MatterKind
from .lifecycle import REOPENING, Verb


def stopped_by(kind: MatterKind, verb: Verb, running: Collection[str]) -> list[str]:
    """Return the running clocks that a step stops."""
    return [clock.code for clock in kind.clocks if clock.code in running and verb in clock.stops]


def started_by(kind: MatterKind, verb: Verb, running: Collection[str]) -> list[KindClock]:
    """Return the clocks that a step starts. One that still runs goes on: a second dispatch gives no new time."""
    if verb in REOPENING:
        return []  # the due date stays
    return [clock for clock in kind.clocks if verb in clock.starts and clock.code not in running]


def count(clock: KindClock, moment: datetime, calendar: WorkCalendar | None = None) -> tuple[Deadline, datetime | None]:
    """Return the deadline of a clock that starts at a moment, and the moment itself where it counts hours."""
    day = timezone.localtime(moment).date()
    if clock.rule.unit is not Unit.HOUR:
        return (_nationally(clock, day) if calendar is None else compute_deadline(clock.rule, day, calendar)), None
    due_at = compute_deadline_at(clock.rule, timezone.localtime(moment))
    return Deadline(clock.rule, day, due_at.date(), due_at.date(), provisional=False, steps=()), due_at


@lru_cache(maxsize=32_768)
def _nationally(clock: KindClock, day: date) -> Deadline:
    """Count a clock on the national calendar; many cases begin on one day."""
    return compute_deadline(clock.rule, day)
