"""The kinds of matters: those that are shipped, as data, and the clock that each one runs by."""

import json
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from yizhen.clocks import Deadline, DeadlineRule, WorkCalendar, compute_deadline, fixed_deadline

from .spec import KindClock, KindExtension, KindField, MatterKind, from_json

__all__ = [
    "KINDS",
    "WORK_LINES",
    "KindClock",
    "KindExtension",
    "KindField",
    "MatterKind",
    "deadline_for",
    "from_json",
]

KINDS = {
    kind.code: kind
    for kind in map(from_json, json.loads(Path(__file__).with_name("shipped.json").read_text(encoding="utf-8")))
}
WORK_LINES = {
    "development": _("促发展"),
    "livelihood": _("惠民生"),
    "safety": _("保平安"),
    "party_style": _("党建作风"),
}
ORDERED = gettext_noop("交办单载明的期限")


def deadline_for(
    rule: DeadlineRule | None, opened: date, due: date | None, calendar: WorkCalendar | None = None
) -> Deadline:
    """Return the deadline of a new matter that its kind gives no clock: by the order's rule, or the day that it names.

    Raises:
        ValueError: when there is neither a rule nor a day.
    """
    if rule is not None:
        return compute_deadline(rule, opened, calendar)
    if due is None:
        raise ValueError("a matter needs a due date")
    return fixed_deadline(due, opened, source=ORDERED)
