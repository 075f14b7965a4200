"""Hysteresis: when a series of readings is beyond its level, and when it has come back. Pure: no database, no clock.

Between the two levels nothing happens, so a value that trembles about one of them neither raises nor clears again and again.
A reading at or past the clear level leads to one and the same state, whatever was before: the state of a series follows from
the readings after the last such one, and never from the order in which they arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

UPPER, LOWER = "upper", "lower"


class Point(NamedTuple):
    """A reading: when it was taken, and its value."""

    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """Two levels. Raised at ``level`` or beyond, by ``count`` readings one after the other that span ``lasting``; cleared
    by one reading at ``clear`` or calmer.

    Readings further apart than ``hole`` are not one after the other: nobody knows what was between them.

    Raises:
        ValueError: when the clear level is not on the calm side, the count is below 1, or a time is negative.
    """

    side: str
    level: Decimal
    clear: Decimal
    count: int = 1
    lasting: timedelta = timedelta(0)
    hole: timedelta | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that could raise and clear on one value."""
        if self.side not in {UPPER, LOWER} or not self._calmer(self.clear, self.level):
            raise ValueError("the clear level lies on the calm side of the level")
        if self.count < 1 or self.lasting < timedelta(0):
            raise ValueError("a run has at least one reading and lasts no negative time")

    def _calmer(self, one: Decimal, other: Decimal) -> bool:
        return one < other if self.side == UPPER else one > other

    def is_beyond(self, value: Decimal) -> bool:
        """Return whether a value is at the level or beyond it."""
        return not self._calmer(value, self.level)

    def is_calm(self, value: Decimal) -> bool:
        """Return whether a value is at the clear level or calmer."""
        return value == self.clear or self._calmer(value, self.clear)


@dataclass(frozen=True, slots=True)
class State:
    """Where a series stands: the reading that raised it, or the run of readings beyond the level that has not raised it yet."""

    raised: Point | None = None
    run: int = 0
    since: datetime | None = None
    last: datetime | None = None


CALM = State()


def step(state: State, point: Point, rule: Rule) -> State:
    """Return the state after one more reading, which is later than those before."""
    if rule.is_calm(point.value):
        return CALM
    if state.raised is not None:
        return state
    if not rule.is_beyond(point.value):
        return CALM
    broken = state.last is None or (rule.hole is not None and point.at - state.last > rule.hole)
    run, since = (1, point.at) if broken or state.since is None else (state.run + 1, state.since)
    if run >= rule.count and point.at - since >= rule.lasting:
        return State(raised=point)
    return State(run=run, since=since, last=point.at)


def play(points: Iterable[Point], rule: Rule, state: State = CALM) -> State:
    """Return the state after some readings, in whatever order they are given; no two of one time."""
    for point in sorted(points):
        state = step(state, point, rule)
    return state


def episodes(points: Iterable[Point], rule: Rule) -> list[tuple[Point, Point | None]]:
    """Return each time that the series was raised, with the reading that cleared it (None: it still is)."""
    found: list[tuple[Point, Point | None]] = []
    state = CALM
    for point in sorted(points):
        before, state = state, step(state, point, rule)
        if before.raised is None and state.raised is not None:
            found.append((point, None))
        elif before.raised is not None and state.raised is None:
            found[-1] = (found[-1][0], point)
    return found
