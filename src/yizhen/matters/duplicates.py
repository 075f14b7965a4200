"""Matters that may be the one about to be filed: same kind, near in place, time and words.

A hint and never a refusal, and it shows no words of anybody's: the kind, the place, the state, the week. Only open kinds are
compared, so that a petition or an accusation cannot be felt out by typing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone
from rapidfuzz import fuzz

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import inside

from .lifecycle import OPEN_STATES
from .models import Matter
from .queries import matters_visible_to
from .routing.history import may_learn_from
from .wording import grams, normalised

# Of 40 labelled pairs of fictional requests (tests/matters/alike.py) the likest of two things reaches 39.1, and of the same
# thing all but one 46.3: between them, 17 of 18 are found and none of 22 is taken for what it is not. The pair that is missed
# (34.4) shares its place and little else; to find it, two others would be hinted at wrongly.
ALIKE = 42.0
RECENT = timedelta(days=60)
LATEST = 1_000  # matters of a township and kind that are compared
SHOWN = 3
TOWNSHIP, VILLAGE = 9, 12  # digits of a code


@dataclass(frozen=True)
class Hint:
    """A matter that may be the same, as much of it as may be shown to somebody who may not see it."""

    matter: Matter
    likeness: float
    visible: bool = False  # whether the reader may see the matter itself

    @property
    def kind_name(self) -> Any:
        """The kind in the page's language."""
        return self.matter.kind_info.name

    @property
    def division(self) -> Division:
        """Where it is."""
        return self.matter.division

    @property
    def state_name(self) -> Any:
        """The state in the page's language."""
        return self.matter.state_name

    @property
    def week(self) -> date:
        """The Monday of the week in which it came in: the day itself would say more than is needed."""
        opened = timezone.localtime(self.matter.opened_at).date()
        return opened - timedelta(days=opened.weekday())


def likeness(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Return how alike two matters (title, text) are in words, from 0 to 100.

    The mean of two views: the share of two-character runs that both have (Dice), which word order hardly changes, and
    the longest common subsequence of the whole texts, which rewards whole phrases.
    """
    a, runs = _heard(one)
    b = normalised(" ".join(other))
    others = frozenset(grams(b, (2,)))
    if not runs or not others:
        return 0.0
    return (200 * len(runs & others) / (len(runs) + len(others)) + fuzz.ratio(a, b)) / 2


@lru_cache(maxsize=8)
def _heard(texts: tuple[str, str]) -> tuple[str, frozenset[str]]:
    """Return what is compared with many others: its words and their runs, worked out once."""
    words = normalised(" ".join(texts))
    return words, frozenset(grams(words, (2,)))


def possible_duplicates(kind: str, places: Sequence[Division], title: str, text: str) -> list[Hint]:
    """Return open matters that may be the same thing, the likest first, at most three; one query.

    Args:
        kind: only matters of this kind are compared, and only when the kind is open.
        places: where it is; another township, or another village of the same one, is not near.
        title: what it is called.
        text: what it says.
    """
    if not may_learn_from(kind) or not places:
        return []
    near = Q()
    for place in places:
        near |= inside(place.code[:TOWNSHIP])
    candidates = (
        Matter.objects.filter(near, kind=kind, state__in=OPEN_STATES, opened_at__gte=timezone.now() - RECENT)
        .select_related("division")
        .defer("clock", "fields", "results")  # of a thousand matters, none of which a hint shows
        .order_by("-pk")[:LATEST]
    )
    hints = [
        Hint(matter, likeness((title, text), (matter.title, matter.text)))
        for matter in candidates
        if any(is_near(place.code, matter.division_id) for place in places)
    ]
    return sorted(_alike(hints), key=lambda hint: (-hint.likeness, -hint.matter.pk))[:SHOWN]


def seen_by(user: Account, hints: Sequence[Hint]) -> list[Hint]:
    """Return the hints with those marked whose matter the user may open; one query."""
    visible = set(
        matters_visible_to(user).filter(pk__in=[hint.matter.pk for hint in hints]).values_list("pk", flat=True)
    )
    return [replace(hint, visible=hint.matter.pk in visible) for hint in hints]


def sent_before(client_id: str) -> bool:
    """Return whether a form has been taken already, by the beginning of its ids: it is answered again without a hint."""
    return Matter.objects.filter(client_id__startswith=client_id).exists()


def _alike(hints: Iterable[Hint]) -> list[Hint]:
    return [hint for hint in hints if hint.likeness >= ALIKE]


def is_near(one: str, other: str) -> bool:
    """Return whether two places may be the same spot: of one township, and not in two villages of it."""
    if one[:TOWNSHIP] != other[:TOWNSHIP]:
        return False
    return not (len(one) >= VILLAGE and len(other) >= VILLAGE and one[:VILLAGE] != other[:VILLAGE])
