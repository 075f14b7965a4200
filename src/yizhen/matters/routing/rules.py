"""The matcher: the first rule that fits wins, and every rule up to it says why it fits or does not.

Pure: it knows neither the database nor who asks, so that a table of cases proves it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from yizhen.matters.wording import normalised


class Aspect(StrEnum):
    """What a rule looks at, in the order in which it looks."""

    ACTIVE = "active"
    KIND = "kind"
    LINE = "line"
    PLACE = "place"
    MONTH = "month"
    WEEKDAY = "weekday"
    HOUR = "hour"
    ANY_OF = "any_of"
    NONE_OF = "none_of"


@dataclass(frozen=True)
class Rule:
    """One rule. What is empty is not looked at.

    ``place`` is the beginning of a division code; ``months`` are 1 to 12, ``weekdays`` 1 (Monday) to 7; ``hours`` reach
    from the first full hour to before the second, over midnight when the first is later. One of ``any_of`` must stand in
    the text and none of ``none_of``; spacing, punctuation, width and case do not count.
    """

    unit: str
    key: int = 0
    active: bool = True
    kind: str = ""
    line: str = ""
    place: str = ""
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thing:
    """What is to be dispatched: kind and work line, division code, local time, and text."""

    kind: str
    line: str
    place: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Ground:
    """One thing that a rule looked at: whether it fits, and the words that were found."""

    aspect: Aspect
    fits: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a rule says of a thing: all of its grounds when it fits, else those up to the first that does not."""

    rule: Rule
    grounds: tuple[Ground, ...]

    @property
    def fits(self) -> bool:
        """Whether every ground fits."""
        return all(ground.fits for ground in self.grounds)


@dataclass(frozen=True)
class Route:
    """The judgements up to the first rule that fits, and its unit; "" when none does: then people decide."""

    judgements: tuple[Judgement, ...] = field(default=())

    @property
    def unit(self) -> str:
        """The code of the unit, or nothing."""
        return self.winner.rule.unit if self.winner else ""

    @property
    def winner(self) -> Judgement | None:
        """The judgement that decided."""
        return self.judgements[-1] if self.judgements and self.judgements[-1].fits else None


def route(rules: Iterable[Rule], thing: Thing) -> Route:
    """Return where a thing goes by ordered rules, with the reasons."""
    text = normalised(thing.text)
    judged = []
    for rule in rules:
        judged.append(judge(rule, thing, text))
        if judged[-1].fits:
            break
    return Route(tuple(judged))


def judge(rule: Rule, thing: Thing, text: str | None = None) -> Judgement:
    """Return what one rule says of a thing, looking no further than to the first thing that does not fit."""
    grounds: list[Ground] = []
    for ground in _grounds(rule, thing, normalised(thing.text) if text is None else text):
        grounds.append(ground)
        if not ground.fits:
            break
    return Judgement(rule, tuple(grounds))


def _grounds(rule: Rule, thing: Thing, text: str) -> Iterable[Ground]:
    if not rule.active:
        yield Ground(Aspect.ACTIVE, fits=False)
    if rule.kind:
        yield Ground(Aspect.KIND, rule.kind == thing.kind)
    if rule.line:
        yield Ground(Aspect.LINE, rule.line == thing.line)
    if rule.place:
        yield Ground(Aspect.PLACE, thing.place.startswith(rule.place))
    if rule.months:
        yield Ground(Aspect.MONTH, thing.at.month in rule.months)
    if rule.weekdays:
        yield Ground(Aspect.WEEKDAY, thing.at.isoweekday() in rule.weekdays)
    if rule.hours:
        yield Ground(Aspect.HOUR, within(rule.hours, thing.at.hour))
    if rule.any_of:
        found = found_in(text, rule.any_of)
        yield Ground(Aspect.ANY_OF, bool(found), found)
    if rule.none_of:
        found = found_in(text, rule.none_of)
        yield Ground(Aspect.NONE_OF, not found, found)


def within(hours: tuple[int, int], hour: int) -> bool:
    """Return whether an hour lies from the first to before the second, over midnight when the first is later."""
    first, end = hours
    return first <= hour < end if first < end else hour >= first or hour < end


def found_in(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return which words stand in a normalised text, in the rule's order."""
    return tuple(word for word in words if (plain := _plain(word)) and plain in text)


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    """Return a rule's word as texts are compared: once, since every case is held against it."""
    return normalised(word)


@dataclass(frozen=True)
class Proof:
    """One case: where it should go, and where the rules send it."""

    key: int
    expected: str
    route: Route

    @property
    def passes(self) -> bool:
        """Whether the rules send it where it should go."""
        return self.route.unit == self.expected


def prove(rules: Sequence[Rule], cases: Iterable[tuple[int, Thing, str]]) -> list[Proof]:
    """Send every case (key, thing, expected unit or "") through the rules."""
    return [Proof(key, expected, route(rules, thing)) for key, thing, expected in cases]
