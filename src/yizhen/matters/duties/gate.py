"""The gate: may this sender give this duty to townships on this day? Pure: knows no database, no page.

Source: 乡镇（街道）履行职责事项清单 (2025; basic, cooperating, withdrawn by superiors); 整治形式主义为基层减负若干规定 (2024).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class DutyKind(StrEnum):
    """The three lists: what a township does, what it helps with, what its superiors took back."""

    BASIC = "basic"
    COOPERATING = "cooperating"
    WITHDRAWN = "withdrawn"


DUTY_KINDS = {
    DutyKind.BASIC: _("基本履职事项"),
    DutyKind.COOPERATING: _("配合履职事项"),
    DutyKind.WITHDRAWN: _("上级部门收回事项"),
}


class Ground(StrEnum):
    """Why the gate is open or shut."""

    NO_LIST = "no_list"
    BASIC = "basic"
    LEAD = "lead"
    NOT_LEAD = "not_lead"
    WITHDRAWN = "withdrawn"
    OUTSIDE = "outside"
    NOT_IN_FORCE = "not_in_force"


OPEN = frozenset({Ground.NO_LIST, Ground.BASIC, Ground.LEAD})
TO_BE_ADMITTED = frozenset({Ground.OUTSIDE, Ground.NOT_IN_FORCE})  # an admission request would open the gate


@dataclass(frozen=True)
class Duty:
    """What the gate needs to know of a duty item.

    ``lead`` is the code of the leading department, None where the township leads; ``last`` None: without an end.
    """

    kind: DutyKind
    lead: str | None
    first: date
    last: date | None = None

    def is_in_force(self, day: date) -> bool:
        """Return whether the item is in force on a day; both ends count."""
        return self.first <= day and (self.last is None or day <= self.last)


def gate(item: Duty | None, sender: str | None, on_day: date, *, list_in_force: bool = True) -> Ground:
    """Return whether, and why, a sender may give an item to townships.

    Args:
        item: the duty item that the task cites; None for a task outside the list.
        sender: code of the sending department; None for the city office or a county, which lead no item.
        on_day: the day of sending.
        list_in_force: whether the city has a list on that day. Without one the gate is open, and says so.
    """
    if not list_in_force:
        return Ground.NO_LIST
    if item is None:
        return Ground.OUTSIDE
    if not item.is_in_force(on_day):
        return Ground.NOT_IN_FORCE
    if item.kind == DutyKind.BASIC:
        return Ground.BASIC
    if item.kind == DutyKind.WITHDRAWN:
        return Ground.WITHDRAWN
    return Ground.LEAD if sender is not None and sender == item.lead else Ground.NOT_LEAD
