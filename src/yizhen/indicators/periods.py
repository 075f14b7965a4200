"""Periods that figures belong to: 2025, 2025H1, 2025Q4, 2026-03."""

import calendar
import re
from datetime import date

from yizhen.documents.cells import typed

PATTERNS = {
    "yearly": r"(19|20)\d\d",
    "half_yearly": r"(19|20)\d\dH[12]",
    "quarterly": r"(19|20)\d\dQ[1-4]",
    "monthly": r"(19|20)\d\d-(0[1-9]|1[0-2])",
}
EXAMPLES = {"yearly": "2025", "half_yearly": "2025H2", "quarterly": "2025Q4", "monthly": "2026-03"}


DIGITS = {word: at for at, word in enumerate("一二三四五六七八九十", start=1)} | {"十一": 11, "十二": 12}
YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)\s*年?度?"
ORDINAL = r"(\d{1,2}|十[一二]?|[一二三四五六七八九])"
UP_TO = {3: "Q1", 6: "H1", 12: ""}  # from January on: the first quarter, the first half, the year
IN_WORDS = re.compile(
    rf"截至|{YEAR}|(?<!\d)(?:19|20)\d\d[-.](?:0[1-9]|1[0-2])(?!\d)|[上下]半年|全年|H[12](?!\d)|Q[1-4](?!\d)"
    rf"|第?[一二三四1-4]季度?|(?:{ORDINAL}[-—–~至])?{ORDINAL}月份?|年?[底末]"
)


def read_period(text: str, year: str = "") -> str:
    """Return the period that words name, or nothing: 2025年, 一季度, 上半年, 2026年3月, 1-6月, 2026-03.

    Args:
        text: a heading or a title.
        year: the year where the words name none.
    """
    words = re.sub(r"\s", "", typed(text))
    if found := re.search(r"(?<!\d)((?:19|20)\d\d)[-./]?(0[1-9]|1[0-2])(?![\d])(?!月?[-./]\d)", words):
        return f"{found[1]}-{found[2]}"
    said = re.search(YEAR, words)
    year = said[1] if said else year
    if not year:
        return ""
    if found := re.search(r"H([12])(?!\d)|([上下])半年", words):
        return f"{year}H{found[1] or ('1' if found[2] == '上' else '2')}"
    if found := re.search(r"Q([1-4])(?!\d)|([一二三四1-4])季", words):
        return f"{year}Q{found[1] or DIGITS.get(found[2], found[2])}"
    if found := re.search(rf"{ORDINAL}月?[-—–~至]{ORDINAL}月", words):
        first, last = (DIGITS.get(each) or int(each) for each in found.groups())
        return f"{year}{UP_TO[last]}" if first == 1 and last in UP_TO else ""
    if found := re.search(rf"{ORDINAL}月", words):
        month = DIGITS.get(found[1]) or int(found[1])
        return f"{year}-{month:02d}" if 1 <= month <= 12 else ""
    return year if said or "全年" in words else ""


def last_day(period: str) -> date:
    """Return the day on which a period ends."""
    year, rest = int(period[:4]), period[4:]
    month = int(rest[1:]) * {"": 12, "H": 6, "Q": 3, "-": 1}[rest[:1]] if rest else 12
    return date(year, month, calendar.monthrange(year, month)[1])


def fits(period: str, frequency: str) -> bool:
    """Return whether a period is written as its frequency asks."""
    return re.fullmatch(PATTERNS[frequency], period) is not None


def words(period: str, *, chinese: bool = True) -> str:
    """Write a period in words."""
    if not chinese:
        return period
    year = period[:4]
    if len(period) == 4:
        return f"{year}年"
    if "H" in period:
        return f"{year}年{'上' if period.endswith('1') else '下'}半年"
    if "Q" in period:
        return f"{year}年第{period[-1]}季度"
    return f"{year}年{int(period[5:])}月"
