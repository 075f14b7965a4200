"""The workbook of observations: its columns, its rows, and an empty one to fill in."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.documents.grids import Book, UnreadableFile
from yizhen.documents.unpacking import UnsafeFile
from yizhen.places.models import Division

from .checking import COLUMNS
from .models import Indicator
from .periods import EXAMPLES

TITLES = ("指标代码", "区划代码", "期间", "分子", "分母", "数值", "来源部门代码", "数据日期", "备注")
SHEET = "数据"
MAX_ROWS = 200_000

UNSAFE = {
    "large": gettext_lazy("解开后太大，没有打开。请分成几个文件。"),
    "wide": gettext_lazy("表格的行列太多，没有打开。请只留数据所在的区域，另存后再上传。"),
    "macro": gettext_lazy("文件带有宏，没有打开。请另存为不带宏的 .xlsx。"),
    "links": gettext_lazy("文件链接到别的文件，没有打开。请断开链接、只留数值，另存后再上传。"),
}


class UnreadableWorkbook(ValueError):
    """The file is not a workbook of this form; the message says why, in the page's language."""


def open_book(content: bytes, name: str = "") -> Book:
    """Open an uploaded file.

    Raises:
        UnreadableWorkbook: no .xlsx, .xls or .csv, or one that is not safe to open.
    """
    try:
        return Book(content, name)
    except UnsafeFile as error:
        raise UnreadableWorkbook(str(UNSAFE[error.reason])) from error
    except UnreadableFile as error:
        raise UnreadableWorkbook(_("打不开这个文件：请上传 .xlsx、.xls 工作簿，或 .csv（UTF-8、GB18030）。")) from error


def sheet_of_figures(book: Book) -> str:
    """Return the sheet that holds the figures: the one of that name, or the first."""
    return SHEET if SHEET in book.sheets else next(iter(book.sheets))


def is_template(book: Book) -> bool:
    """Return whether a file is a workbook of observations: its columns are ours."""
    return _titles(next(book.grid(sheet_of_figures(book)).rows(), [])) == list(TITLES)


def read_rows(book: Book) -> Iterator[tuple[int, list[Any]]]:
    """Yield the non-empty rows of the sheet with their Excel row numbers.

    Raises:
        UnreadableWorkbook: other columns, no rows, or too many.
    """
    rows = book.grid(sheet_of_figures(book)).rows()
    if _titles(next(rows, [])) != list(TITLES):
        raise UnreadableWorkbook(_("第一行的列名应为：%(titles)s。请下载模板填写。") % {"titles": "、".join(TITLES)})
    found = 0
    empty = [""] * len(COLUMNS)
    for number, row in enumerate(rows, start=2):
        cells = row if len(row) == len(COLUMNS) else (row + empty)[: len(COLUMNS)]
        if not cells[0] and not any(str(cell).strip() for cell in cells):
            continue
        found += 1
        if found > MAX_ROWS:
            raise UnreadableWorkbook(_("一次最多导入 %(n)s 行，请分成几个文件。") % {"n": MAX_ROWS})
        yield number, cells
    if not found:
        raise UnreadableWorkbook(_("“%(sheet)s”表里没有数据行。") % {"sheet": SHEET})


def _titles(row: list[Any]) -> list[str]:
    return [str(cell).strip() for cell in row][: len(TITLES)]


def template(indicators: list[Indicator], divisions: list[Division]) -> bytes:
    """Return an empty workbook with the catalogue and the places beside it."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1E3E1"})
        text = book.add_format({"num_format": "@"})
        data = book.add_worksheet(SHEET)
        data.set_column(0, 2, 16, text)
        data.set_column(3, 8, 14)
        data.write_row(0, 0, TITLES, head)
        data.freeze_panes(1, 0)
        catalogue = book.add_worksheet("指标目录")
        catalogue.set_column(0, 8, 18)
        catalogue.write_row(
            0, 0, ("指标代码", "名称", "单位", "分子", "分母", "频率", "期间写法", "来源部门代码"), head
        )
        for line, indicator in enumerate(indicators, start=1):
            catalogue.write_row(
                line,
                0,
                (
                    indicator.code,
                    indicator.name_zh,
                    indicator.unit,
                    indicator.numerator_zh,
                    indicator.denominator_zh,
                    str(indicator.frequency_name),
                    EXAMPLES[indicator.frequency],
                    indicator.source_id,
                ),
            )
        places = book.add_worksheet("区划")
        places.set_column(0, 2, 18)
        places.write_row(0, 0, ("区划代码", "名称", "层级", "常住人口（人）"), head)
        for line, division in enumerate(divisions, start=1):
            places.write_row(line, 0, (division.code, division.name_zh, division.level, division.population or ""))
    return buffer.getvalue()
