"""Periods that figures belong to: 2025, 2025H1, 2025Q4, 2026-03."""

import re

PATTERNS = {
    "yearly": r"(19|20)\d\d",
    "half_yearly": r"(19|20)\d\dH[12]",
    "quarterly": r"(19|20)\d\dQ[1-4]",
    "monthly": r"(19|20)\d\d-(0[1-9]|1[0-2])",
}
EXAMPLES = {"yearly": "2025", "half_yearly": "2025H2", "quarterly": "2025Q4", "monthly": "2026-03"}


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
