"""My queue: everything that waits for one user in one list, by the day until which it can wait."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, DateField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models import When as Then
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yizhen.audit.prepared import Remembered
from yizhen.matters.lifecycle import State
from yizhen.matters.lights import by_day
from yizhen.matters.models import Matter, SupervisionNotice
from yizhen.matters.queries import look_backs_due, matters_visible_to, waiting_with
from yizhen.matters.supervision import NeededNotice, needed_among, notices_needed_from, notices_to_answer
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


STATEMENTS = Remembered()


class Waiting:
    """Everything that waits for a user, or one sort of it, longest waiting first: counted and cut by the database.

    A supervision notice to issue waits since the matter's own due date.
    """

    ordered = True

    def __init__(self, user: Account, what: What | None = None, today: date | None = None) -> None:
        self.user, self.what, self.today = user, what, today or timezone.localdate()
        # What the conditions are made of: they are the same all day, and long.
        self._key = (user.pk, user.role, user.scope_id, user.unit_id, user.is_active, self.today)
        self.counts = self._counts()

    @cached_property
    def _sources(self) -> list[QuerySet[Any]]:
        steps = Case(
            *(Then(state=state, then=Value(sort.value)) for state, sort in WAITS_FOR.items()),
            default=Value(What.HANDLE.value),
        )
        # What was reported done in time is not late for waiting to be verified.
        day = Case(
            Then(done_on__lte=F("due_on"), due_on__lt=self.today, then=Value(self.today)),
            default=by_day(),
            output_field=DateField(),
        )
        return [
            _rows(waiting_with(self.user), steps, day),
            _rows(look_backs_due(self.user, self.today), Value(What.LOOK_BACK.value), by_day("look_back_on")),
            _rows(notices_to_answer(self.user), Value(What.NOTICE.value), by_day("answer_due_on")),
            _rows(notices_needed_from(self.user, self.today), Value(What.REMIND.value), by_day()),
        ]

    def _counts(self) -> dict[What, Counter[When]]:
        """Count each sort by group. One query."""
        found = {
            What(what): Counter({when: number for when, number in zip(When, numbers, strict=True) if number})
            for what, *numbers in STATEMENTS.rows((*self._key, "counts"), self._counting)
        }
        return {what: counts for what, counts in found.items() if counts}

    def _counting(self) -> QuerySet[Any, Any]:
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        groups = {
            When.OVERDUE: Q(due__lt=self.today),
            When.TODAY: Q(due=self.today),
            When.WEEK: Q(due__gt=self.today, due__lte=sunday),
            When.LATER: Q(due__gt=sunday),
        }
        parts = [
            source.order_by()
            .values("what")
            .annotate(**{when.value: Count("pk", filter=groups[when]) for when in When})
            .values_list("what", *(when.value for when in When))
            for source in self._sources
        ]
        return parts[0].union(*parts[1:], all=True)

    def totals(self) -> Counter[When]:
        """Return how many of the chosen sort are in each group."""
        chosen = [self.what] if self.what else list(self.counts)
        return sum((self.counts.get(what, Counter()) for what in chosen), Counter())

    def count(self) -> int:
        """Return how many there are of the chosen sort."""
        return self.totals().total()

    def __len__(self) -> int:
        return self.count()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self[:])

    def __getitem__(self, part: Any) -> Any:
        """Return a page of entries. Four queries."""
        rows = STATEMENTS.rows((*self._key, self.what, part.start, part.stop), lambda: self._listing(part))
        # A day is a text to SQLite.
        dated = ((day if isinstance(day, date) else date.fromisoformat(day), *rest) for day, *rest in rows)
        return _entries(self.user, dated, self.today)

    def _listing(self, part: slice) -> QuerySet[Any, Any]:
        names = ("due", "of", "what", "about", "notice")
        sources = [source.order_by().values_list(*names) for source in self._sources]
        if self.what:
            sources = [source.filter(what=self.what.value) for source in sources]
        return sources[0].union(*sources[1:], all=True).order_by("due", "of", "what")[part]


def _rows(found: QuerySet[Any], what: Any, due: Any) -> QuerySet[Any]:
    """Return what waits with the columns that each source has: day, number, sort, matter and notice (0: none)."""
    sort = ExpressionWrapper(what, output_field=CharField())
    if found.model is SupervisionNotice:
        return found.annotate(due=due, what=sort, of=F("matter__number"), about=F("matter_id"), notice=F("pk"))
    return found.annotate(due=due, what=sort, of=F("number"), about=F("pk"), notice=Value(0))


def _entries(user: Account, rows: Iterable[tuple[Any, ...]], today: date) -> list[Entry]:
    """Return the entries of some rows with their matters and notices."""
    rows = list(rows)
    visible = matters_visible_to(user).defer("text", "clock").prefetch_related("look_backs", "notices", "recusals")
    matters = visible.in_bulk({about for _due, _of, _what, about, _notice in rows})
    notices = SupervisionNotice.objects.in_bulk({notice for *_rest, notice in rows if notice})
    needed = {need.matter.pk: need for need in needed_among(user, matters.values(), today)}
    entries = []
    for due, _of, what, about, number in rows:
        notice: SupervisionNotice | NeededNotice | None = notices.get(number)
        if isinstance(notice, SupervisionNotice):
            notice.matter = matters[about]
        elif what == What.REMIND:
            if about not in needed:  # a declared relative is named in it: somebody else reminds
                continue
            notice = needed[about]
        entries.append(Entry(What(what), matters[about], due, notice))
    return entries


def counted(counts: Mapping[What, Counter[When]]) -> list[tuple[What, Any, int]]:
    """Return what waits with its name and how many, in the order of :class:`What`; nothing that has none."""
    return [(what, WHAT_NAMES[what], counts[what].total()) for what in What if what in counts]


def grouped(totals: Counter[When], page: list[Entry], today: date | None = None) -> list[Group]:
    """Return the groups of a page of entries, each with its number among all entries."""
    day = today or timezone.localdate()
    groups = ((when, [entry for entry in page if entry.when(day) == when]) for when in When)
    return [Group(when, totals[when], found) for when, found in groups if found]
