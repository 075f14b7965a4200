"""A form as a workbook: filled offline, and read back. Knows cells and columns; writes nothing to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

from yizhen.documents.unpacking import UnsafeFile, check_workbook_file
from yizhen.web.templatetags.yizhen import label, unit

from .filling import FilledSheet, SheetCell
from .models import Collection
from .periods import words

HEAD_ROWS = 5  # title, explanation, codes (hidden), names, units
NAME_COLUMNS = 2
VERSIONS = "versions"  # which version of each cell the file was made from: what was written since is not overwritten


class UnreadableSheet(ValueError):
    """The file is not the workbook of this form; the message says why, in the page's language."""


def form_workbook(collection: Collection, sheets: Sequence[FilledSheet], *, chinese: bool) -> bytes:
    """Return the form as a workbook: a line for each place, a column for each field.

    What is known stands in it, grey and locked; what is asked is white, open, and checked by Excel as it is typed.
    Codes stand in a hidden row and a narrow column, so that the file is read back by them and not by position.
    """
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(collection.form.code[:31])
        page.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})
        made = _formats(book)
        cells = sheets[0].cells if sheets else []
        title = f"{label(collection.form)} · {words(collection.period, chinese=chinese)}"
        page.write_string(0, 0, title, made["title"])
        page.write_string(
            1, 0, _("白格由您填写，灰格已有数据、不用填。填好后在网页上传，或在网页直接填写。"), made["quiet"]
        )
        page.write_row(2, 0, ["code", "name", *(cell.field.code for cell in cells), VERSIONS])
        page.set_row(2, None, None, {"hidden": True})
        page.write_row(3, 0, [_("区划代码"), _("地方"), *(label(cell.field) for cell in cells)], made["head"])
        page.write_row(4, 0, ["", "", *(_head(cell) for cell in cells)], made["unit"])
        for line, sheet in enumerate(sheets, start=HEAD_ROWS):
            place = sheet.submission.division
            page.write_string(line, 0, place.code, made["locked"])
            page.write_string(line, 1, label(place), made["locked"])
            for column, cell in enumerate(sheet.cells, start=NAME_COLUMNS):
                _write_cell(page, line, column, cell, made)
            versions = " ".join(f"{cell.field.code}:{cell.version}" for cell in sheet.cells if cell.item.asks)
            page.write_string(line, NAME_COLUMNS + len(sheet.cells), versions, made["locked"])
        page.freeze_panes(HEAD_ROWS, NAME_COLUMNS)
        page.set_column(0, 0, 14)
        page.set_column(1, NAME_COLUMNS + len(cells), 16)
        page.set_column(NAME_COLUMNS + len(cells), NAME_COLUMNS + len(cells), 1, None, {"hidden": True})
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(3, 4)
        page.set_footer(f"&L{collection.form.code} {collection.period}&R&P / &N")
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    line = {"border": 1, "border_color": "#C9CFD6"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "quiet": book.add_format({"font_color": "#5B6776"}),
        "head": book.add_format({"bold": True, "bg_color": "#F1E3E1", "text_wrap": True, "valign": "top", **line}),
        "unit": book.add_format({"font_color": "#5B6776", "bg_color": "#F9F3F2", "text_wrap": True, **line}),
        "locked": book.add_format({"bg_color": "#ECEEF1", **line}),
        "open": book.add_format({"locked": False, **line}),
        "open_text": book.add_format({"locked": False, "num_format": "@", **line}),
    }


def _head(cell: SheetCell) -> str:
    asks = _("必填") if cell.item.required else _("选填")
    return " · ".join(filter(None, [unit(cell.field.unit), asks if cell.item.asks else _("已有")]))


def _write_cell(page: Any, line: int, column: int, cell: SheetCell, made: dict[str, Any]) -> None:
    shown = "" if cell.hidden else cell.text
    if not cell.item.asks:
        _write(page, line, column, shown, cell.field.is_number, made["locked"])
        return
    style = made["open" if cell.field.is_number else "open_text"] if cell.writable else made["locked"]
    _write(page, line, column, shown, cell.field.is_number, style)
    rule = _validation(cell)
    if cell.writable and rule:
        page.data_validation(line, column, line, column, {**rule, "ignore_blank": True})


def _write(page: Any, line: int, column: int, text: str, number: bool, style: Any) -> None:
    if text and number:
        page.write_number(line, column, float(text), style)
    elif text:
        page.write_string(line, column, text, style)
    else:
        page.write_blank(line, column, None, style)


def _validation(cell: SheetCell) -> dict[str, Any] | None:
    kind = cell.field.kind
    if kind == "count":
        return {"validate": "integer", "criteria": ">=", "value": 0, "error_message": _("请填 0 或正整数。")}
    if kind == "amount":
        return {
            "validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15,
            "error_message": _("请填数字。"),
        }  # fmt: skip
    if kind == "yes_no":
        return {"validate": "list", "source": ["是", "否"]}
    if kind == "choice" and sum(len(choice) + 1 for choice in cell.field.choices) < 255:
        return {"validate": "list", "source": cell.field.choices}
    return None


@dataclass(frozen=True)
class ReadCell:
    """A filled cell of an uploaded workbook: whose, which field, what stands in it, where, and what it was made from."""

    division: str
    field: str
    text: str
    address: str
    version: int | None = None


def read_form(content: bytes) -> list[ReadCell]:
    """Return the cells of a filled form by the codes in it; empty cells say nothing and are left out.

    Raises:
        UnreadableSheet: no workbook, or none that was made here.
    """
    try:
        check_workbook_file(content)
        rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (UnsafeFile, CalamineError, IndexError, OSError, ValueError) as error:
        raise UnreadableSheet(_("打不开这个文件：请上传在这里下载、填好的 .xlsx。")) from error
    codes = next((row for row in rows[:10] if [str(cell) for cell in row[:2]] == ["code", "name"]), None)
    if codes is None:
        raise UnreadableSheet(_("这不是本表的工作簿：请从这里下载，填好后原样上传。"))
    start = rows.index(codes) + 1
    found = []
    for number, row in enumerate(rows[start:], start=start + 1):
        place = _text(row[0])
        if not place.isdigit():
            continue
        cells = {_text(codes[at]): (_text(row[at]), at) for at in range(NAME_COLUMNS, min(len(row), len(codes)))}
        versions = _versions(cells.pop(VERSIONS, ("", 0))[0])
        for code, (text, column) in cells.items():
            if text:
                address = xl_rowcol_to_cell(number - 1, column)
                found.append(ReadCell(place, code, text, address, versions.get(code)))
    return found


def _versions(text: str) -> dict[str, int]:
    pairs = (one.partition(":") for one in text.split())
    return {code: int(version) for code, _colon, version in pairs if version.isdecimal() and len(version) < 9}


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "date"):
        return str(cell.date().isoformat())
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return str(cell).strip()
