"""A duty roster as a table: read cell by cell, checked, and compared with what is kept. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.carried import CheckedTable, numbered_rows
from yizhen.documents.cells import date_of, text_of, typed
from yizhen.watches.models import Shift
from yizhen.watches.models.emergency import PARTS

from .actions import Duty, wrong_duty

TITLES = ("日期", "班次", "岗位", "电话")
TITLES_EN = ("date", "shift", "post", "telephone")
COLUMNS = {"day": "A", "part": "B", "post": "C", "telephone": "D"}
WORDS = {"白班": "day", "白": "day", "夜班": "night", "夜": "night", **{code: code for code in PARTS}}
MOST_ROWS = 800


@dataclass
class ShiftRow:
    """One row: its texts, what it means, what stands now, and what is wrong in which cell."""

    number: int
    texts: tuple[str, ...]
    duty: Duty | None = None
    before: Shift | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Error, new, changed or same."""
        if self.errors or self.duty is None:
            return "error"
        standing = (self.before.post, self.before.telephone) if self.before else ("", "")
        if standing == (self.duty.post, self.duty.telephone):
            return "same"
        return "changed" if standing[0] else "new"


class ShiftTable(CheckedTable[ShiftRow]):
    """A whole table of shifts, checked."""

    titles = TITLES

    @property
    def duties(self) -> list[Duty]:
        """What the rows mean."""
        return [row.duty for row in self.rows if row.duty]


def check_shifts(lines: Iterable[Sequence[Any]], kept: Mapping[tuple[date, str], Shift]) -> ShiftTable:
    """Check a table of shifts against itself and against the roster that stands.

    Raises:
        UnreadableTable: when the columns are others, there are no rows, or too many.
    """
    seen: dict[tuple[date, str], int] = {}
    rows = [
        _check(number, cells, kept, seen) for number, cells in numbered_rows(lines, TITLES, TITLES_EN, most=MOST_ROWS)
    ]
    return ShiftTable(rows)


def _check(
    number: int, cells: Sequence[Any], kept: Mapping[tuple[date, str], Shift], seen: dict[tuple[date, str], int]
) -> ShiftRow:
    day = date_of(cells[0])
    part = WORDS.get(typed(text_of(cells[1])).lower(), "")
    post, telephone = text_of(cells[2]), typed(text_of(cells[3]))
    row = ShiftRow(number, (day.isoformat() if day else text_of(cells[0]), text_of(cells[1]), post, telephone))
    if day is None:
        row.errors[f"A{number}"] = _("不是日期，请写成 2026-10-01。")
        day = date.min
    row.duty = Duty(day, part, post, telephone)
    row.errors |= {f"{COLUMNS[name]}{number}": text for name, text in wrong_duty(row.duty).items()}
    if not row.errors:
        above = seen.setdefault((day, part), number)
        if above != number:
            row.errors[f"B{number}"] = _("与第 %(n)s 行是同一班。") % {"n": above}
        row.before = kept.get((day, part))
    return row
