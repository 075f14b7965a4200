"""Figures by sector as a table: read cell by cell, checked, and compared with what is kept. Nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.carried import CheckedTable, numbered_rows
from yizhen.documents.cells import date_of, number_of, text_of, typed
from yizhen.growth.models import SectorFigure
from yizhen.people.models import Account
from yizhen.places.models import Division

from .queries import figures_visible_to, latest
from .sectors import SECTORS, SPLIT

TITLES = ("地方", "年份", "行业代码", "营业收入（万元）", "从业人员（人）", "单位数", "来源", "数据日期")
FIRST_YEAR = 1990
Key = tuple[str, int, str]


class Values(NamedTuple):
    """What a row says of a sector."""

    output: Decimal | None
    jobs: int | None
    units: int
    source: str
    as_of: date


@dataclass
class SectorRow:
    """One row: its texts, what they mean, what is wrong in which cell, and what taking it over would do."""

    number: int
    texts: tuple[str, ...]
    division: Division | None = None
    year: int = 0
    sector: str = ""
    values: Values | None = None
    before: SectorFigure | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """``error``, ``new``, ``same`` or ``changed``."""
        if self.errors:
            return "error"
        if self.before is None:
            return "new"
        return "same" if values_of(self.before) == self.values else "changed"

    @property
    def key(self) -> Key:
        """What the row is about."""
        return (self.division.code if self.division else "", self.year, self.sector)


class SectorTable(CheckedTable[SectorRow]):
    """A whole table of figures by sector, checked."""

    titles = TITLES


def values_of(figure: SectorFigure) -> Values:
    """Return what a kept figure says."""
    return Values(figure.output, figure.jobs, figure.units, figure.source, figure.as_of)


def check_table(user: Account, rows: Iterable[Sequence[Any]]) -> SectorTable:
    """Check a table against itself, the townships of the user's scope, and what is kept. Two queries.

    Raises:
        UnreadableTable: when the columns are others, there are no rows, or too many.
    """
    reader = _Reader(user)
    checked = [reader.read(number, cells) for number, cells in numbered_rows(rows, TITLES)]
    _beside_kept(user, checked)
    return SectorTable(checked)


class _Reader:
    """Reads rows one after the other, beside what stood above."""

    def __init__(self, user: Account) -> None:
        self.today = timezone.localdate()
        self.seen: dict[Key, int] = {}
        self.places: dict[str, list[Division]] = {}
        for place in Division.objects.filter(code__startswith=user.scope_id, level="township", retired_on=None):
            for key in (place.code, place.name_zh):
                self.places.setdefault(key, []).append(place)

    def read(self, number: int, cells: list[Any]) -> SectorRow:
        """Return one row, checked by itself."""
        row = SectorRow(number, tuple(text_of(cell) for cell in cells))
        self._place(row)
        self._year(row)
        self._sector(row)
        output = self._number(row, cells[3], "D", places=2)
        jobs, units = self._number(row, cells[4], "E"), self._number(row, cells[5], "F")
        if output is None and jobs is None and not {f"D{number}", f"E{number}"} & row.errors.keys():
            row.errors[f"D{number}"] = _("营业收入和从业人员至少填一项。")
        if units is None and f"F{number}" not in row.errors:
            row.errors[f"F{number}"] = _("请写单位数（企业和其他单位）：少于三家时，别处看不到这个数。")
        source, day = row.texts[6], date_of(cells[7])
        if not source or len(source) > 120:
            row.errors[f"G{number}"] = _("请写来源，最多 120 字。")
        if day is None or day > self.today:
            row.errors[f"H{number}"] = _("不是数据日期，或者还没到。请写成 2026-01-31。")
        if row.errors:
            return row
        assert day is not None
        row.values = Values(output, None if jobs is None else int(jobs), int(units or 0), source, day)
        if row.key in self.seen:
            row.errors[f"C{number}"] = _("与第 %(n)s 行是同一个地方、年份和行业。") % {"n": self.seen[row.key]}
        self.seen.setdefault(row.key, number)
        return row

    def _place(self, row: SectorRow) -> None:
        found = self.places.get(typed(row.texts[0]), ())
        if len(found) == 1:
            row.division = found[0]
        elif found:
            row.errors[f"A{row.number}"] = _("有 %(n)s 个同名的地方，请写区划代码。") % {"n": len(found)}
        else:
            row.errors[f"A{row.number}"] = _("您管的范围里没有这个乡镇（街道）。请写名称或区划代码。")

    def _year(self, row: SectorRow) -> None:
        text = typed(row.texts[1]).removesuffix("年")
        if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:6]) <= self.today.year:
            row.year = int(text)
        else:
            row.errors[f"B{row.number}"] = _("不是年份，或者还没到。请写成 2025。")

    def _sector(self, row: SectorRow) -> None:
        row.sector = typed(row.texts[2]).upper()
        if row.sector in SPLIT:
            row.errors[f"C{row.number}"] = _("%(code)s 门类要按大类填，例如 %(example)s：否则各地不能比。") % {
                "code": row.sector, "example": next(code for code in SECTORS if code[0] == row.sector),
            }  # fmt: skip
        elif row.sector not in SECTORS:
            row.errors[f"C{row.number}"] = _("没有这个行业代码，请看“行业代码”一页。")

    def _number(self, row: SectorRow, cell: Any, column: str, *, places: int = 0) -> Decimal | None:
        try:
            number = number_of(cell)
        except InvalidOperation:
            number = Decimal(-1)
        if number is None:
            return None
        if number < 0 or number >= Decimal(10) ** (12 if places else 9) or number != round(number, places):
            row.errors[f"{column}{row.number}"] = (
                _("不是数，请写不小于 0、最多两位小数的数。") if places else _("不是整数，请写不小于 0 的整数。")
            )
            return None
        return round(number, places)


def _beside_kept(user: Account, rows: list[SectorRow]) -> None:
    """Compare rows with what is kept, and refuse a year of which some sectors have a measure and others have not."""
    years = sorted({row.year for row in rows if row.values})
    kept = {
        (one.division_id, one.year, one.sector): one
        for one in latest(figures_visible_to(user).filter(year__in=years)).select_related(None)
    }
    whole: dict[tuple[str, int], dict[str, Values]] = {}
    for (place, year, sector), one in kept.items():
        whole.setdefault((place, year), {})[sector] = values_of(one)
    for row in rows:
        if row.values:
            row.before = kept.get(row.key)
            whole.setdefault(row.key[:2], {})[row.sector] = row.values
    typed_in: dict[tuple[str, int], list[Values]] = {}
    for row in rows:
        if row.values:
            typed_in.setdefault(row.key[:2], []).append(row.values)
    for row in rows:
        if row.values:
            _refuse_gaps(row, row.values, list(whole[row.key[:2]].values()), typed_in[row.key[:2]])


def _refuse_gaps(row: SectorRow, values: Values, whole: list[Values], here: list[Values]) -> None:
    """Put an error at the cell by which a place's year would have a measure for some sectors and not for others."""
    for name, column in (("output", "D"), ("jobs", "E")):
        gaps = [one for one in whole if getattr(one, name) is None]
        if not gaps or len(gaps) == len(whole):
            continue
        cell = f"{column}{row.number}"
        if getattr(values, name) is None:
            row.errors[cell] = _("这个地方这一年别的行业填了这一项，这里也要填；没有就写 0。")
        elif all(getattr(one, name) is not None for one in here):
            row.errors[cell] = _("已入库的其他行业没有这一项：请把这个地方这一年的行业全部列出，一起填。")
