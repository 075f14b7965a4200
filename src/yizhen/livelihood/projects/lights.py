"""Where a milestone stands on a day: done, in time, near, moved, late with its reason, or late without one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

NEAR = timedelta(days=14)
REASON_HOLDS = timedelta(days=30)  # a reason without a new date does not excuse for ever
STATES = {
    "silent": ("red", "⬤", _("超期，没有说明原因")),
    "explained": ("yellow", "◆", _("超期，已说明原因")),
    "moved": ("yellow", "◆", _("已改期")),
    "near": ("yellow", "◆", _("临近")),
    "in_time": ("green", "✓", _("正常")),
    "done_late": ("green", "✓", _("已完成，晚于最初计划")),
    "done": ("green", "✓", _("已完成")),
}
WORST_FIRST = list(STATES)


@dataclass(frozen=True)
class Said:
    """A reason that was given: for which date, on which day, and the new date, if any."""

    old_on: date
    new_on: date | None
    on: date


def state_of(planned: date, first: date, actual: date | None, reasons: Iterable[Said], today: date) -> str:
    """Return the state of a milestone by its dates and the reasons that were given."""
    if actual is not None:
        return "done_late" if actual > first else "done"
    if today > planned:
        given = [one for one in reasons if one.old_on == planned and one.new_on is None]
        return "explained" if any(today <= one.on + REASON_HOLDS for one in given) else "silent"
    if planned > first:
        return "moved"
    return "near" if planned - today <= NEAR else "in_time"


def worst(states: Sequence[str]) -> str:
    """Return the state that stands for all of them; nothing where there is none."""
    return min(states, key=WORST_FIRST.index, default="")


def light(state: str) -> tuple[str, str, Any] | None:
    """Return colour, shape and words of a state."""
    return STATES.get(state)
