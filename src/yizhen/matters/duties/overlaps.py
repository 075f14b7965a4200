"""Who comes to a township in which month, and where visits pile up. Pure: knows no database, no page.

Source: 政府督查工作条例 (2021) art. 15: no repeated inspections, none by several heads at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

Month = tuple[int, int]
"""Year and month."""


@dataclass(frozen=True)
class Visit:
    """One plan: its key, its townships, its first and last day."""

    key: int
    townships: frozenset[str]
    first: date
    last: date


def months_of(first: date, last: date) -> list[Month]:
    """Return the months that a period touches, in order; none when it ends before it begins."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [(month // 12, month % 12 + 1) for month in range(start, end + 1)]


def by_township_and_month(visits: Iterable[Visit]) -> dict[tuple[str, Month], list[int]]:
    """Return township and month → keys of the plans that touch both, in the order given."""
    found: dict[tuple[str, Month], list[int]] = {}
    for visit in visits:
        for month in months_of(visit.first, visit.last):
            for township in sorted(visit.townships):
                found.setdefault((township, month), []).append(visit.key)
    return found


def overlaps_with(visit: Visit, others: Iterable[Visit]) -> dict[tuple[str, Month], list[int]]:
    """Return where a plan meets others: township and month → keys of the others; the plan itself is left out."""
    own = set(by_township_and_month([visit]))
    there = by_township_and_month(other for other in others if other.key != visit.key)
    return {cell: keys for cell, keys in there.items() if cell in own}


def more_than_one(counts: Mapping[str, int] | Counter[str]) -> set[str]:
    """Return who assesses more than once a year (整治形式主义为基层减负若干规定: in principle one comprehensive assessment)."""
    return {name for name, number in counts.items() if number > 1}
