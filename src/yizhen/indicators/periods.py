"""Periods that figures belong to: 2025, 2025H1, 2025Q4, 2026-03, 2026W09 (ISO 8601 weeks, Monday to Sunday)."""

import re
from datetime import date, timedelta

from yizhen.documents.cells import typed

PATTERNS = {
    "yearly": r"(19|20)\d\d",
    "half_yearly": r"(19|20)\d\dH[12]",
    "quarterly": r"(19|20)\d\dQ[1-4]",
    "monthly": r"(19|20)\d\d-(0[1-9]|1[0-2])",
    "weekly": r"(19|20)\d\dW(0[1-9]|[1-4]\d|5[0-3])",
    "ad_hoc": r"(19|20)\d\d-(0[1-9]|1[0-2])",
}
EXAMPLES = {
    "yearly": "2025", "half_yearly": "2025H2", "quarterly": "2025Q4", "monthly": "2026-03", "weekly": "2026W09",
    "ad_hoc": "2026-03",
}  # fmt: skip


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
    if "W" in period:
        return f"{year}年第{int(period[5:])}周"
    return f"{year}年{int(period[5:])}月"


def bounds(period: str) -> tuple[date, date]:
    """Return the first and the last day of a period.

    Raises:
        ValueError: when no frequency writes periods so.
    """
    year = int(period[:4])
    if "W" in period:
        first = date.fromisocalendar(year, int(period[5:]), 1)
        return first, first + timedelta(days=6)
    if "Q" in period:
        month, months = int(period[-1]) * 3 - 2, 3
    elif "H" in period:
        month, months = int(period[-1]) * 6 - 5, 6
    elif "-" in period:
        month, months = int(period[5:]), 1
    else:
        month, months = 1, 12
    after = month + months
    end = date(year + (after > 12), after - 12 if after > 12 else after, 1) - timedelta(days=1)
    return date(year, month, 1), end


def containing(day: date, frequency: str) -> str:
    """Return the period of a frequency that a day lies in."""
    if frequency == "weekly":
        year, week, _day = day.isocalendar()
        return f"{year}W{week:02d}"
    if frequency == "yearly":
        return str(day.year)
    if frequency == "half_yearly":
        return f"{day.year}H{(day.month + 5) // 6}"
    if frequency == "quarterly":
        return f"{day.year}Q{(day.month + 2) // 3}"
    return f"{day.year}-{day.month:02d}"


def before(period: str, frequency: str) -> str:
    """Return the period of the same frequency just before."""
    return containing(bounds(period)[0] - timedelta(days=1), frequency)


def year_before(period: str) -> str:
    """Return the same period a year earlier, as growth on the year compares it."""
    return f"{int(period[:4]) - 1}{period[4:]}"
