"""Writing .xlsx: knows layout, knows no domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, rows (the first is the head), and what stands in the print footer."""

    name: str
    rows: Sequence[Sequence[Any]]
    footer: str = ""


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook. Text stays text: a cell that begins with "=" is never a formula (formula injection)."""
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1E3E1", "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:31])
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.set_footer("&L" + sheet.footer.replace("&", "&&") + "&R&P / &N")
            page.set_column(0, max((len(row) for row in sheet.rows), default=1), 14)
            for line, row in enumerate(sheet.rows):
                for column, value in enumerate(row):
                    written = float(value) if isinstance(value, Decimal) else value
                    page.write(line, column, written, head if line == 0 else None)
            page.freeze_panes(1, 0)
    return buffer.getvalue()
