"""Months and quarters, as addresses name them: 2026-11, 2026Q4."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

NAMED = re.compile(r"(20\d\d)(?:Q([1-4])|-(0[1-9]|1[0-2]))", re.ASCII)
BACK = 8  # quarters and months offered


@dataclass(frozen=True)
class Period:
    """A month or a quarter, first and last day included."""

    code: str
    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        first, after = (datetime.combine(day, time.min) for day in (self.first, self.last + timedelta(days=1)))
        return timezone.make_aware(first), timezone.make_aware(after)

    @property
    def seen_to(self) -> date:
        """The last day of it that is over: what is due later may still be done in time."""
        return min(self.last, timezone.localdate() - timedelta(days=1))

    @property
    def name(self) -> str:
        """The period in the page's language."""
        year, quarter, month = _parts(self.code)
        if quarter:
            return _("%(year)s年第%(quarter)s季度") % {"year": year, "quarter": quarter}
        return _("%(year)s年%(month)s月") % {"year": year, "month": month}


def _parts(code: str) -> tuple[int, int, int]:
    match = NAMED.fullmatch(code)
    if match is None:
        raise ValueError(f"{code} names no month or quarter")
    year, quarter, month = match.groups()
    return int(year), int(quarter or 0), int(month or 0)


def period_of(code: str) -> Period:
    """Return the period of a code.

    Raises:
        ValueError: when it names none.
    """
    year, quarter, month = _parts(code)
    first, last = (3 * quarter - 2, 3 * quarter) if quarter else (month, month)
    return Period(code, date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def quarter_of(day: date) -> Period:
    """Return the quarter that a day lies in."""
    return period_of(f"{day.year}Q{(day.month + 2) // 3}")


def asked_for(code: str) -> Period:
    """Return the period that an address names; the present quarter when it names none."""
    try:
        return period_of(code)
    except ValueError:
        return quarter_of(timezone.localdate())


def offered() -> list[Period]:
    """Return the last quarters, then the last months, the latest first."""
    today = timezone.localdate()
    quarter = today.year * 4 + (today.month - 1) // 3
    month = today.year * 12 + today.month - 1
    quarters = [period_of(f"{n // 4}Q{n % 4 + 1}") for n in range(quarter, quarter - BACK, -1)]
    return quarters + [period_of(f"{n // 12}-{n % 12 + 1:02}") for n in range(month, month - BACK, -1)]
