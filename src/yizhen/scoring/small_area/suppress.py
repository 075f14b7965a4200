"""Counts of places with their sums, fit to publish: none below five can be worked out (统计法 art. 28).

Small counts are hidden first, then as many others as keep every hidden one open. What a reader may know: that a hidden
small count is 1 to 4, that another hidden count is 5 or more, and everything that is shown. Reference: Willenborg & de
Waal (2001), Elements of Statistical Disclosure Control, ch. 6 (secondary suppression in hierarchical tables).
"""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5  # persons: what counts fewer, but some, is not shown
SMALL = range(1, FEWEST)
SHOWN, FEW, HIDDEN = "", "<5", "※"


@dataclass(frozen=True)
class Span:
    """From what to what a count may lie, as far as a reader can work it out."""

    low: int
    high: int

    @property
    def values(self) -> int:
        """How many values are left."""
        return self.high - self.low + 1


@dataclass(frozen=True)
class SuppressedTable:
    """A table of groups of counts with their sums, and how each is published: shown, "<5", or "※" (five or more).

    ``cells`` has a mark for each count, ``sums`` one for each group's sum, ``total`` one for the sum of all.
    """

    counts: tuple[tuple[int, ...], ...]
    cells: tuple[tuple[str, ...], ...]
    sums: tuple[str, ...]
    total: str

    def shown(self, group: int, place: int | None = None) -> int | str:
        """Return what is published: of a place in a group, or of the group when no place is given."""
        mark = self.sums[group] if place is None else self.cells[group][place]
        number = sum(self.counts[group]) if place is None else self.counts[group][place]
        return mark or number


class _Table:
    """The table while it is being suppressed: marks, and what a reader can work out from them."""

    def __init__(self, counts: Sequence[Sequence[int]]) -> None:
        self.counts = [list(group) for group in counts]
        self.cells = [[_first(number) for number in group] for group in self.counts]
        self.sums = [_first(sum(group)) for group in self.counts]
        self.total = _first(self.grand)

    @property
    def grand(self) -> int:
        """The sum of all."""
        return sum(map(sum, self.counts))

    def spans(self) -> tuple[list[list[Span]], list[Span], Span]:
        """Return what a reader can work out of each count, group and the total.

        Sums of integer intervals are intervals, so going up the tree and down again gives exactly what is possible.
        """
        most = self.grand if self.total == SHOWN else max(self.grand, SMALL.stop) * 2
        cells = [
            [_known(number, mark, most) for number, mark in zip(group, marks, strict=True)]
            for group, marks in zip(self.counts, self.cells, strict=True)
        ]
        sums = [
            _meet(_known(sum(group), mark, most), _sum(own))
            for group, mark, own in zip(self.counts, self.sums, cells, strict=True)
        ]
        total = _meet(_known(self.grand, self.total, most), _sum(sums))
        sums = _down(total, sums)
        return [_down(whole, own) for whole, own in zip(sums, cells, strict=True)], sums, total

    def leak(self) -> int | None:
        """Return the group in which a small count is given away (-1: a group's sum is); None when nothing is."""
        cells, sums, total = self.spans()
        for number, (group, marks) in enumerate(zip(cells, self.cells, strict=True)):
            if any(mark == FEW and span.values < 2 for span, mark in zip(group, marks, strict=True)):
                return number
        if any(mark == FEW and span.values < 2 for span, mark in zip(sums, self.sums, strict=True)):
            return -1
        return -1 if self.total == FEW and total.values < 2 else None

    def hide_one(self, group: int) -> bool:
        """Hide one more count: the smallest one shown in the group, its sum, the smallest sum, then the total."""
        options: list[tuple[int, list[str], int]] = []
        # A sum that is hidden while all its parts are shown hides nothing: it takes one of them along.
        bare = [at for at, mark in enumerate(self.sums) if mark and not any(self.cells[at]) and any(self.counts[at])]
        if bare or group >= 0:
            chosen = bare[0] if bare else group
            options = [
                (number, self.cells[chosen], at)
                for at, number in enumerate(self.counts[chosen])
                if self.cells[chosen][at] == SHOWN and number
            ]
        if not options:
            rows = range(len(self.sums)) if group < 0 or self.sums[group] != SHOWN else [group]
            options = [
                (sum(self.counts[at]), self.sums, at) for at in rows if self.sums[at] == SHOWN and any(self.counts[at])
            ]
        if options:
            _number, marks, at = min(options, key=lambda option: option[0])
            marks[at] = HIDDEN
            return True
        if self.total == SHOWN:
            self.total = HIDDEN
            return True
        return False


def suppress_counts(counts: Sequence[Sequence[int]]) -> SuppressedTable:
    """Return a table of counts by group fit to publish together with the sums of groups and of all.

    Args:
        counts: groups of whole counts, none below nought; a group is a county, a count a township's.

    Raises:
        ValueError: for a count below nought.

    Example:
        >>> table = suppress_counts([[3, 20, 30], [12, 14]])
        >>> table.cells, table.sums, table.total
        ((('<5', '※', ''), ('', '')), ('', ''), '')
    """
    if any(number < 0 for group in counts for number in group):
        raise ValueError("counts cannot be below nought")
    table = _Table(counts)
    while (leak := table.leak()) is not None:
        if not table.hide_one(leak):
            _hide_everything(table)
            break
    return SuppressedTable(
        tuple(map(tuple, table.counts)), tuple(map(tuple, table.cells)), tuple(table.sums), table.total
    )


def _hide_everything(table: _Table) -> None:
    """Say nothing of how small anything is: where all is small, "1 to 4" may say too much."""
    table.cells = [[HIDDEN for _number in group] for group in table.counts]
    table.sums = [HIDDEN for _group in table.counts]
    table.total = HIDDEN


def _first(number: int) -> str:
    return FEW if number in SMALL else SHOWN


def _known(number: int, mark: str, most: int) -> Span:
    if mark == SHOWN:
        return Span(number, number)
    return Span(SMALL.start, SMALL.stop - 1) if mark == FEW else Span(SMALL.stop, max(most, SMALL.stop))


def _sum(spans: Sequence[Span]) -> Span:
    return Span(sum(span.low for span in spans), sum(span.high for span in spans))


def _meet(one: Span, other: Span) -> Span:
    return Span(max(one.low, other.low), min(one.high, other.high))


def _down(whole: Span, parts: Sequence[Span]) -> list[Span]:
    """Return what each part may be when the whole may lie in a span: what the others leave it."""
    low, high = _sum(parts).low, _sum(parts).high
    return [_meet(part, Span(whole.low - (high - part.high), whole.high - (low - part.low))) for part in parts]
