"""My queue: everything that waits for one user in one list, by the day until which it can wait."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter, SupervisionNotice
from yizhen.matters.queries import look_backs_due, waiting_with
from yizhen.matters.supervision import NeededNotice, needed_notices, notices_to_answer
from yizhen.people.models import Account


class What(StrEnum):
    """What an entry waits for."""

    HANDLE = "handle"
    VERIFY = "verify"
    OBJECTION = "objection"
    LOOK_BACK = "look_back"
    NOTICE = "notice"
    REMIND = "remind"


class When(StrEnum):
    """The group of an entry: against today and the Sunday of this week."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


WHAT_NAMES = {
    What.HANDLE: _("待办理"),
    What.VERIFY: _("待核验"),
    What.OBJECTION: _("异议待答复"),
    What.LOOK_BACK: _("该回头看的"),
    What.NOTICE: _("督办单待答复"),
    What.REMIND: _("该发的督办单"),
}
WHEN_NAMES = {
    When.OVERDUE: _("已过期限"),
    When.TODAY: _("今天"),
    When.WEEK: _("本周内"),
    When.LATER: _("以后"),
}
WAITS_FOR = {State.HANDLED: What.VERIFY, State.RETURNED: What.OBJECTION}


@dataclass(frozen=True)
class Entry:
    """One thing that waits: what for, about which matter, until when."""

    what: What
    matter: Matter
    due: date
    notice: SupervisionNotice | NeededNotice | None = None

    @property
    def what_name(self) -> Any:
        """What it waits for, in the page's language."""
        return WHAT_NAMES[self.what]

    def when(self, today: date) -> When:
        """Return the group that the entry belongs to on a day."""
        if self.due < today:
            return When.OVERDUE
        if self.due == today:
            return When.TODAY
        return When.WEEK if self.due <= today + timedelta(days=6 - today.weekday()) else When.LATER


@dataclass(frozen=True)
class Group:
    """Entries of one group on one page, and how many the whole group has."""

    when: When
    total: int
    entries: list[Entry]

    @property
    def name(self) -> Any:
        """The group in the page's language."""
        return WHEN_NAMES[self.when]


def waiting_for(user: Account) -> list[Entry]:
    """Return everything that waits for the user, longest waiting first. Six queries, however much it is.

    A supervision notice to issue waits since the matter's own due date.
    """
    entries = [
        Entry(WAITS_FOR.get(State(matter.state), What.HANDLE), matter, matter.due_on) for matter in waiting_with(user)
    ]
    entries += [Entry(What.LOOK_BACK, matter, matter.look_back_on or matter.due_on) for matter in look_backs_due(user)]
    entries += [Entry(What.NOTICE, notice.matter, notice.answer_due_on, notice) for notice in notices_to_answer(user)]
    entries += [Entry(What.REMIND, need.matter, need.matter.due_on, need) for need in needed_notices(user)]
    return sorted(entries, key=lambda entry: (entry.due, entry.matter.number, entry.what))


def counted(entries: list[Entry]) -> list[tuple[What, Any, int]]:
    """Return what waits with its name and how many, in the order of :class:`What`; nothing that has none."""
    numbers = Counter(entry.what for entry in entries)
    return [(what, WHAT_NAMES[what], numbers[what]) for what in What if numbers[what]]


def grouped(entries: list[Entry], page: list[Entry], today: date | None = None) -> list[Group]:
    """Return the groups of a page of entries, each with its number among all entries."""
    day = today or timezone.localdate()
    totals = Counter(entry.when(day) for entry in entries)
    groups = ((when, [entry for entry in page if entry.when(day) == when]) for when in When)
    return [Group(when, totals[when], found) for when, found in groups if found]
