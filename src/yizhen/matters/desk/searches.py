"""Saved searches: their numbers now, the alerts that follow, and what changed since a day. Worked out when asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.clocks import Light
from yizhen.matters.lifecycle import OPEN_STATES, VERB_NAMES, Verb
from yizhen.matters.lights import has_light
from yizhen.matters.models import Event, Matter, SavedSearch
from yizhen.matters.queries import matters_visible_to
from yizhen.people.models import Account
from yizhen.web.templatetags.yizhen import day as day_in_words
from yizhen.web.templatetags.yizhen import label

from .filters import Filters

MOST_STEPS = 500


@dataclass(frozen=True)
class Standing:
    """How a saved search stands now: its open matters, and how many of them are red."""

    search: SavedSearch
    filters: Filters
    open: int
    red: int

    @property
    def query(self) -> str:
        """The query string of the list page that shows the open matters meant."""
        return Filters.of({"state": "open"} | self.filters.as_dict()).query

    @property
    def is_over(self) -> bool:
        """Whether more are open than its owner wanted to be told of."""
        return self.search.more_than is not None and self.open > self.search.more_than

    @property
    def is_red(self) -> bool:
        """Whether its owner wanted to be told of red ones and there are some."""
        return self.search.any_red and self.red > 0

    @property
    def tells(self) -> bool:
        """Whether there is something to tell."""
        return self.is_over or self.is_red


def standings(user: Account, searches: Iterable[SavedSearch]) -> list[Standing]:
    """Return how saved searches stand among the user's visible matters. One query for all of them."""
    kept = [(search, Filters.of(search.filters)) for search in searches]
    if not kept:
        return []
    visible, today = matters_visible_to(user), timezone.localdate()
    red = has_light(Light.RED, today)
    counts: dict[str, Count] = {}
    for number, (_search, filters) in enumerate(kept):
        found = Q(pk__in=filters.among(visible, today).order_by().values("pk"))
        counts |= {f"open_{number}": Count("pk", filter=found), f"red_{number}": Count("pk", filter=found & red)}
    row = visible.filter(state__in=OPEN_STATES).order_by().aggregate(**counts)
    return [
        Standing(search, filters, row[f"open_{number}"], row[f"red_{number}"])
        for number, (search, filters) in enumerate(kept)
    ]


def alerts_for(user: Account) -> list[Standing]:
    """Return the user's saved searches that have something to tell."""
    watched = SavedSearch.objects.filter(Q(more_than__isnull=False) | Q(any_red=True), owner=user)
    return [standing for standing in standings(user, watched) if standing.tells]


@dataclass(frozen=True)
class Change:
    """What happened to one matter since a day: its steps in order."""

    matter: Matter
    steps: list[Event]

    @property
    def words(self) -> str:
        """The steps in words."""
        return _("，").join(str(VERB_NAMES[Verb(step.verb)]) for step in self.steps)


@dataclass(frozen=True)
class Chapter:
    """The changes of one saved search."""

    name: str
    filters: Filters
    changes: list[Change]


def digest(user: Account, searches: Iterable[SavedSearch], since: date) -> tuple[list[Chapter], bool]:
    """Return what changed since the beginning of a day, by saved search, and whether there was more than is shown.

    A search's state and light are left out: what was closed today is no longer open and would be missing. Without a
    saved search there is one chapter of everything. Two queries, however many searches.
    """
    start = timezone.make_aware(datetime.combine(since, time.min))
    visible = matters_visible_to(user)
    recent = Event.objects.filter(matter__in=visible.order_by(), at__gte=start).order_by("-at", "-pk")
    steps = list(recent.only("matter_id", "verb", "at", "sequence")[: MOST_STEPS + 1])
    more, steps = len(steps) > MOST_STEPS, steps[:MOST_STEPS]
    by_matter: dict[int, list[Event]] = {}
    for step in reversed(steps):
        by_matter.setdefault(step.matter_id, []).append(step)
    kept = [(search.name, _for_digest(Filters.of(search.filters))) for search in searches]
    kept = kept or [(_("全部事项"), Filters())]
    inside = {
        f"in_{number}": ExpressionWrapper(
            Q(pk__in=filters.among(visible).order_by().values("pk")), output_field=BooleanField()
        )
        for number, (_name, filters) in enumerate(kept)
    }
    touched = list(visible.filter(pk__in=by_matter).defer("text", "clock").order_by("number").annotate(**inside))
    return [
        Chapter(
            name,
            filters,
            [Change(matter, by_matter[matter.pk]) for matter in touched if getattr(matter, f"in_{number}")],
        )
        for number, (name, filters) in enumerate(kept)
    ], more


def _for_digest(filters: Filters) -> Filters:
    return Filters.of(filters.as_dict() | {"state": "", "light": ""})


def as_plain_text(chapters: list[Chapter], since: date) -> str:
    """Return a digest as text to copy into a message."""
    lines: list[Any] = [_("一针 · %(day)s以来的变化") % {"day": day_in_words(since)}]
    for chapter in chapters:
        lines += ["", _("【%(name)s】%(n)s 件") % {"name": chapter.name, "n": len(chapter.changes)}]
        lines += [
            f"{change.matter.number} {change.matter.title} · {label(change.matter.division)} · {change.words}"
            for change in chapter.changes
        ] or [_("没有变化")]
    return "\n".join(lines)
