"""Readings as a table: read cell by cell, checked, and compared with what is kept. Nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, DecimalException
from typing import Any

from django.utils import timezone

from yizhen.documents.carried import CheckedTable, numbered_rows
from yizhen.documents.cells import date_of, number_of, text_of, typed
from yizhen.watches.models import Series
from yizhen.web.templatetags.yizhen import bilingual

from .checking import MESSAGES, Checked, Sent, check

TITLES = ("地方", "时间", "数值", "备注", "更正原因")
TITLES_EN = ("place", "time", "value", "note", "reason")
COLUMNS = {"place": "A", "at": "B", "value": "C", "note": "D", "reason": "E"}


@dataclass
class TableRow:
    """One row: its number in the file, its texts, and what checking it found."""

    number: int
    texts: tuple[str, ...]
    checked: Checked

    @property
    def status(self) -> str:
        """New, changed, same or error."""
        return self.checked.status

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by address of the cell, in the page's language."""
        found = self.checked.errors.items()
        return {f"{COLUMNS[name]}{self.number}": bilingual(MESSAGES[code]) for name, code in found}


class ReadingTable(CheckedTable[TableRow]):
    """A whole table of readings, checked."""

    titles = TITLES

    @property
    def sent(self) -> list[Sent]:
        """The readings."""
        return [row.checked.sent for row in self.rows]


def check_table(lines: Iterable[Sequence[Any]], series: Sequence[Series], now: datetime) -> ReadingTable:
    """Check a table of readings against itself and against what is kept.

    Raises:
        UnreadableTable: when the columns are others, there are no rows, or too many.
    """
    names = _names(series)
    read = [(number, *_read(cells, names)) for number, cells in numbered_rows(lines, TITLES, TITLES_EN)]
    checked = check([sent for _number, _texts, sent, _wrong in read], series, now)
    made = []
    for (number, texts, _sent, wrong), found in zip(read, checked, strict=True):
        for name, code in wrong.items():
            found.errors[name] = code  # what could not be read says more than that it is missing
            found.status = "error"
        made.append(TableRow(number, texts, found))
    return ReadingTable(made)


def _names(series: Sequence[Series]) -> dict[str, str]:
    """Return the codes of places by code and by name; a name that two places share is none."""
    codes = {one.division_id: one.division_id for one in series}
    names = [one.division.name_zh for one in series]
    return codes | {one.division.name_zh: one.division_id for one in series if names.count(one.division.name_zh) == 1}


def _read(cells: Sequence[Any], names: dict[str, str]) -> tuple[tuple[str, ...], Sent, dict[str, str]]:
    wrong: dict[str, str] = {}
    place, at, value, note, reason = cells
    moment = time_of(at)
    try:
        number = number_of(value)
        if number is None and text_of(reason) == "":
            wrong["value"] = "bad_value"
            number = Decimal(0)
    except DecimalException:
        wrong["value"], number = "bad_value", Decimal(0)
    shown = timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else text_of(at)
    texts = (text_of(place), shown, text_of(value), text_of(note), text_of(reason))
    sent = Sent(names.get(typed(text_of(place)), ""), moment, number, text_of(note), text_of(reason))
    return texts, sent, wrong


def time_of(cell: Any) -> datetime | None:
    """Return the time in a cell, in the site's time zone; a day alone is its midnight; None where there is none."""
    if isinstance(cell, datetime):
        local: datetime | None = cell.replace(second=0, microsecond=0)
    elif isinstance(cell, date):
        local = datetime.combine(cell, time())
    else:
        local = _written(typed(text_of(cell)))
    if local is None or not 1900 <= local.year <= 9990:
        return None
    return local.astimezone(UTC) if local.tzinfo else timezone.make_aware(local).astimezone(UTC)


def _written(text: str) -> datetime | None:
    day, _mark, rest = text.replace("T", " ").partition(" ")
    found = date_of(day)
    try:
        hour, minute = (int(part) for part in rest.strip().split(":")[:2]) if rest.strip() else (0, 0)
        return datetime.combine(found, time(hour, minute)) if found else None
    except ValueError:
        return None
