"""Tables that are shown as a dry run before they are taken over: read from a file, carried by the page as text."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .cells import text_of
from .grids import Book, UnreadableFile
from .unpacking import UnsafeFile

MOST_ROWS = 5_000  # what a form carries from the dry run to the import
SHOWN = 200
UNREADABLE = gettext_lazy("打不开这个文件：请上传不带宏的 .xlsx、.xls 工作簿，或 .csv。")
STATES = ("new", "changed", "same", "error")


class UnreadableTable(ValueError):
    """The file is no table of the wanted form; the message says why, in the page's language."""


def rows_of_file(content: bytes, name: str) -> Iterator[list[Any]]:
    """Return the rows of the first sheet of an .xlsx, .xls or .csv.

    Raises:
        UnreadableTable: no such file, or one that is not safe to open.
    """
    try:
        book = Book(content, name)
        return book.grid(next(iter(book.sheets))).rows()
    except (UnsafeFile, UnreadableFile) as error:
        raise UnreadableTable(UNREADABLE) from error


def text_of_rows(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as the text in which a page carries it from the dry run to the import."""
    out = StringIO()
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue()


def rows_of_text(text: str) -> Iterator[list[Any]]:
    """Return the rows of a table that :func:`text_of_rows` wrote.

    Raises:
        UnreadableTable: when it is something else.
    """
    try:
        yield from csv.reader(StringIO(text))
    except csv.Error as error:
        raise UnreadableTable(UNREADABLE) from error


def numbered_rows(
    rows: Iterable[Sequence[Any]], *titles: tuple[str, ...], most: int = MOST_ROWS
) -> Iterator[tuple[int, list[Any]]]:
    """Return the number in the file and the cells of each row that is not empty, under a first row of titles.

    Args:
        titles: what the first row may say, one tuple for each language, all of one length.

    Raises:
        UnreadableTable: when the titles are others, there are no rows, or too many.
    """
    lines, width = iter(rows), len(titles[0])
    heads = tuple(text_of(cell).casefold() for cell in next(lines, ()))[:width]
    if heads not in [tuple(title.casefold() for title in each) for each in titles]:
        raise UnreadableTable(_("第一行的列名应为：%(titles)s。") % {"titles": "、".join(titles[0])})
    found = 0
    for number, line in enumerate(lines, start=2):
        cells = [*line, *[""] * width][:width]
        if not any(text_of(cell) for cell in cells):
            continue
        if found == most:
            raise UnreadableTable(_("一次最多导入 %(n)s 行，请分成几个文件。") % {"n": most})
        found += 1
        yield number, cells
    if not found:
        raise UnreadableTable(_("表里没有数据行。"))


class CheckedRow(Protocol):
    """One row: its texts, what taking it over would do, and what is wrong in which cell."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Its cells as they are carried."""

    @property
    def status(self) -> str:
        """``new``, ``changed`` or ``same``; what it says of a row with errors does not count."""

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by cell."""


Row = TypeVar("Row", bound=CheckedRow)


@dataclass
class CheckedTable(Generic[Row]):
    """A whole table, checked. With an error nothing of it is taken over."""

    titles: ClassVar[tuple[str, ...]]
    rows: list[Row]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not any(row.errors for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, the same, or wrong."""
        kinds = ["error" if row.errors else row.status for row in self.rows]
        return {kind: kinds.count(kind) for kind in STATES}

    @property
    def shown(self) -> list[Row]:
        """The rows of the dry run's page: all that are wrong, then what would change, up to a few hundred."""
        order = sorted(self.rows, key=lambda row: (not row.errors, row.status == "same"))
        return order[: max(SHOWN, self.counts["error"])]

    @property
    def rest(self) -> int:
        """How many rows the page does not show."""
        return len(self.rows) - len(self.shown)

    @property
    def as_text(self) -> str:
        """The table as it is carried from the dry run to the import, where it is checked again."""
        return text_of_rows(self.titles, (row.texts for row in self.rows))
