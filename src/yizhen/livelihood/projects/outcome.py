"""What a deputies' vote comes to, from its totals alone."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """Which candidates are chosen, and which are tied for a last seat that none of them gets without another vote."""

    chosen: frozenset[int]
    tied: frozenset[int]


def outcome(votes: Mapping[int, int], seats: int, entitled: int) -> Outcome:
    """Return who is chosen: more than half of all deputies, the most votes first, at most ``seats``.

    Args:
        votes: votes for each candidate.
        seats: how many may be chosen.
        entitled: all deputies, whether they came or not.

    Source: 地方各级人民代表大会和地方各级人民政府组织法: decisions pass with more than half of all deputies.
    """
    passed = {one: number for one, number in votes.items() if 2 * number > entitled}
    if len(passed) <= seats:
        return Outcome(frozenset(passed), frozenset())
    last = sorted(passed.values(), reverse=True)[seats - 1]
    above = frozenset(one for one, number in passed.items() if number > last)
    level = frozenset(one for one, number in passed.items() if number == last)
    if len(above) + len(level) <= seats:
        return Outcome(above | level, frozenset())
    return Outcome(above, level)


def quorum(entitled: int, present: int) -> bool:
    """Return whether two thirds of all deputies are there (same law)."""
    return 3 * present >= 2 * entitled
