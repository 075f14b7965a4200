"""Tables that are shown as a dry run before they are taken over: read from a file, carried by the page as text."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from .grids import Book, UnreadableFile
from .unpacking import UnsafeFile


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
        raise UnreadableTable(_("打不开这个文件：请上传不带宏的 .xlsx、.xls 工作簿，或 .csv。")) from error


def text_of_rows(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as the text in which a page carries it from the dry run to the import."""
    out = StringIO()
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue()


def rows_of_text(text: str) -> Iterator[list[Any]]:
    """Return the rows of a table that :func:`text_of_rows` wrote."""
    return csv.reader(StringIO(text))
