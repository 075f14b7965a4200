"""Writing .xlsx: knows layout, knows no domain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")  # no sheet may be called so
LONGEST_NAME, LONGEST_FOOTER = 31, 120


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, rows (the first is the head), and what stands in the print footer."""

    name: str
    rows: Sequence[Sequence[Any]]
    footer: str = ""


def sheet_name(text: str, taken: Sequence[str] = ()) -> str:
    """Return a text as Excel takes it for a sheet's name: without its signs, short, and unlike those that are taken.

    >>> sheet_name("稳岗返还[2026]/延续"), sheet_name("A", ["a"]), sheet_name("'")
    ('稳岗返还 2026 延续', 'A 2', 'Sheet')
    """
    plain = " ".join(FORBIDDEN.sub(" ", text).split()).strip("'")[:LONGEST_NAME].strip("' ")
    if not plain or plain.lower() == "history":
        plain = "Sheet"
    made, number = plain, 1
    while made.lower() in {one.lower() for one in taken}:
        number += 1
        made = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
    return made


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook. Text stays text: a cell that begins with "=" is never a formula (formula injection)."""
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1E3E1", "text_wrap": True, "valign": "top"})
        taken: list[str] = []
        for sheet in sheets:
            taken.append(sheet_name(sheet.name, taken))
            page = book.add_worksheet(taken[-1])
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.set_footer("&L" + sheet.footer[:LONGEST_FOOTER].replace("&", "&&") + "&R&P / &N")
            page.set_column(0, max((len(row) for row in sheet.rows), default=1), 14)
            for line, row in enumerate(sheet.rows):
                for column, value in enumerate(row):
                    written = float(value) if isinstance(value, Decimal) else value
                    page.write(line, column, written, head if line == 0 else None)
            page.freeze_panes(1, 0)
    return buffer.getvalue()
