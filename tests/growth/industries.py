"""Makers of declared industries and figures by sector for tests."""

from datetime import date
from typing import Any

from tests.factories import LIUAN, place
from yizhen.growth.industry.actions import decide_industry, declare_industry
from yizhen.growth.industry.keeping import import_sectors
from yizhen.growth.industry.table import TITLES, SectorTable, check_table
from yizhen.growth.models import IndustryDeclaration
from yizhen.people.models import Account

FIELDS: dict[str, Any] = {
    "name_zh": "汽车零部件", "direction": "industry", "sectors": ["C36"], "position": 3, "aimed": 4, "reason": "配套齐全。",
}  # fmt: skip
DAY = date(2026, 1, 31)


def declared(office: Account, township: str = LIUAN, by: Account | None = None, **changes: Any) -> IndustryDeclaration:
    """Declare an industry, and confirm it when ``by`` is given."""
    number = IndustryDeclaration.objects.count()
    made = declare_industry(office, client_id=str(number), division=place(township), **{**FIELDS, **changes})
    if by is not None:
        decide_industry(by, made, "confirmed")
        made.refresh_from_db()
    return made


def line(township: str, sector: str, output: Any = "", jobs: Any = "", units: Any = 9, year: Any = 2025) -> list[Any]:
    """Return one row of a table of figures by sector."""
    return [township, year, sector, output, jobs, units, "统计年报", DAY.isoformat()]


def checked(user: Account, *rows: list[Any]) -> SectorTable:
    """Check rows as a table."""
    return check_table(user, [TITLES, *rows])


def imported(user: Account, *rows: list[Any], reason: str = "") -> dict[str, int]:
    """Check and import rows."""
    return import_sectors(user, checked(user, *rows), reason)
