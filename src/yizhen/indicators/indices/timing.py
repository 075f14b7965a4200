"""Which period of each indicator an index of a period takes: the last one that had ended by then."""

import calendar
from datetime import date, timedelta


def end_of(period: str) -> date:
    """Return the last day of a period.

    >>> end_of("2026Q3").isoformat(), end_of("2025").isoformat(), end_of("2024-02").isoformat()
    ('2026-09-30', '2025-12-31', '2024-02-29')
    """
    year = int(period[:4])
    month = {"H": 6, "Q": 3}[period[4]] * int(period[5]) if period[4:5] in {"H", "Q"} else int(period[5:] or 12)
    return date(year, month, calendar.monthrange(year, month)[1])


def last_ended(frequency: str, day: date) -> str:
    """Return the last period of a frequency that had ended on a day.

    >>> [last_ended(one, date(2026, 9, 30)) for one in ("monthly", "quarterly", "half_yearly", "yearly")]
    ['2026-09', '2026Q3', '2026H1', '2025']
    """
    months = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}[frequency]
    ended = (
        (day + timedelta(days=1)).year * 12 + (day + timedelta(days=1)).month - 1
    )  # months begun, counted from nought
    year, number = divmod(ended // months * months - months, 12)
    if frequency == "yearly":
        return str(year)
    if frequency == "monthly":
        return f"{year}-{number + 1:02d}"
    return f"{year}{'Q' if frequency == 'quarterly' else 'H'}{number // months + 1}"
