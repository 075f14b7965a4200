"""Cells as people write them: numbers with thousands apart, full-width digits, marks for nothing, dates in several forms."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = Decimal(10) ** 15
# What yearbooks and offices write where there is no number.
NOTHING = frozenset(
    {"", "-", "--", "—", "——", "–", "…", "……", "...", "......", "/", "\\", "※", "…※", "...※", "空", "无", "无数据", "N/A", "n/a"}
)  # fmt: skip
SIGNS = {"%": Decimal(1), "‰": Decimal(1)}
FOOTNOTES = re.compile("[①-⑳⑴-⒇¹²³⁰-⁹]+$")  # they would become digits of the number they stand behind
MARKS_OF_DATES = str.maketrans("/.年月", "----")


def text_of(cell: Any) -> str:
    """Return a cell as text, as it is shown: a whole number without its point."""
    if type(cell) is str:
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def typed(text: str) -> str:
    """Return what was typed on a Chinese keyboard as it was meant: full-width digits, letters and signs."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def unmarked(text: str) -> str:
    """Return a text without the number of a footnote behind it: 柳岸镇① is 柳岸镇, 74² is 74."""
    return FOOTNOTES.sub("", text).rstrip()


def number_of(cell: Any, sign: str = "") -> Decimal | None:
    """Return the number in a cell, or None where there is a mark for nothing.

    Thousands may stand apart, footnote marks may follow, and ``sign`` (% or ‰) too where the unit is one.

    Raises:
        InvalidOperation: when it is no number, or larger than any figure of a city.
    """
    if type(cell) is float and cell.is_integer() and abs(cell) < 1e15:
        return Decimal(int(cell))
    if isinstance(cell, bool | date):
        raise InvalidOperation
    text = typed(unmarked(text_of(cell)))
    if text in NOTHING:
        return None
    plain = text.replace(",", "").replace(" ", "").rstrip("※*")
    if sign in SIGNS:
        plain = plain.removesuffix(sign)
    number = Decimal(plain)
    if abs(number) >= LARGEST:  # also what is not finite: comparing it raises InvalidOperation
        raise InvalidOperation
    return number


def date_of(cell: Any) -> date | None:
    """Return the day in a cell: a date, or 2025-12-31, 2025/12/31, 2025.12.31, 2025年12月31日; None where there is none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = typed(str(cell).strip()).translate(MARKS_OF_DATES).removesuffix("日")
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def column_letters(column: int) -> str:
    """Return the name of a column that is counted from nought: A, B, … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
