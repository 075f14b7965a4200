"""Tables of people as grids of cells: .xlsx, .xls and text in UTF-8 or GB18030, read row by row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO, StringIO
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .hidden import Look, look_of
from .unpacking import check_workbook_file

ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = ",\t;"
SAMPLE = 20  # lines that tell which separator a text has

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, counted from nought."""


class UnreadableFile(ValueError):
    """The file is no table that can be read."""


@dataclass(frozen=True)
class Grid:
    """One sheet: its cells from A1, what is merged, and what its reader does not see at first sight."""

    name: str
    merged: tuple[Merge, ...] = ()
    _content: bytes = b""
    _sheet: CalamineSheet | None = None
    _text: tuple[str, str] = ("", ",")

    @cached_property
    def look(self) -> Look:
        """What is hidden, and what is shown as percent."""
        return Look() if self._sheet is None else look_of(self._content, self.name)

    def rows(self) -> Iterator[list[Any]]:
        """Iterate over the rows from the first one, each from column A."""
        if self._sheet is None:
            text, separator = self._text
            return csv.reader(StringIO(text, newline=""), delimiter=separator)
        if self._sheet.start is None:
            return iter(())
        left: list[Any] = [""] * self._sheet.start[1]
        rows: Iterator[list[Any]] = iter(self._sheet.iter_rows())
        return (left + row for row in rows) if left else rows


class Book:
    """A file with its sheets. Hidden sheets are named so; charts and macro sheets are none.

    Raises:
        UnsafeFile: what must not be opened.
        UnreadableFile: what is no workbook and no text table.
    """

    def __init__(self, content: bytes, name: str = "") -> None:
        self._content = content
        self._text = _text_table(content)
        if self._text is not None:
            self.sheets = {name or "1": False}
            return
        check_workbook_file(content)
        try:
            self._book = CalamineWorkbook.from_filelike(BytesIO(content))
        except (CalamineError, OSError, ValueError) as error:
            raise UnreadableFile from error
        self.sheets = {
            sheet.name: sheet.visible != SheetVisibleEnum.Visible
            for sheet in self._book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        }
        if not self.sheets:
            raise UnreadableFile

    def grid(self, name: str) -> Grid:
        """Return one sheet."""
        if self._text is not None:
            return Grid(name, _text=self._text)
        try:
            sheet = self._book.get_sheet_by_name(name)
        except (CalamineError, OSError, ValueError) as error:
            raise UnreadableFile from error
        merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
        return Grid(name, merged, self._content, sheet)


def _text_table(content: bytes) -> tuple[str, str] | None:
    """Return the text of a table and its separator (what Excel writes in China), or None when it is none."""
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or b"\0" in content[:4096]:
        return None
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = "".join(text.splitlines(keepends=True)[:SAMPLE]) if len(text) < 65_536 else text[:65_536]
        found = {mark: _wide_rows(head, mark) for mark in SEPARATORS}
        best = max(found, key=lambda mark: found[mark])
        if found[best] >= 2 and _is_clean(text, best):
            return text, best
    return None


def _wide_rows(text: str, separator: str) -> int:
    try:
        return sum(len(row) > 1 for row in csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return 0


def _is_clean(text: str, separator: str) -> bool:
    try:
        for _row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            pass
    except csv.Error:
        return False
    return True
