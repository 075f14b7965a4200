"""From the rows of a table of people to rows of figures, each with the address of every cell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from yizhen.documents.cells import number_of, text_of
from yizhen.documents.tables import Table, is_total
from yizhen.indicators.checking import NoNumber
from yizhen.indicators.models import Indicator
from yizhen.indicators.periods import read_period

from .headings import part_unit
from .mapping import FIGURES, SKIP, Reading, Use, named, used_rows
from .names import Gazetteer
from .units import UnitMismatch, clean, factor

SURE = {"exact", "short", "county"}


@dataclass(frozen=True)
class Figure:
    """One figure of a table: where it stands, its nine columns, and the cell of each."""

    number: int
    at: str
    cells: list[Any]
    address: dict[str, str]


def part_factor(use: Use, indicator: Indicator, uses: Mapping[int, Use]) -> Fraction:
    """Return what a column's numbers are multiplied by; where the catalogue says nothing, a denominator follows its numerator.

    Raises:
        UnitMismatch: when the column's unit does not convert.
    """
    target = part_unit(indicator, use.role)
    if target or use.role != "denominator":
        return factor(use.unit, target)
    tops = (each.unit for each in uses.values() if each.role == "numerator" and each.indicator == indicator.code)
    try:
        return factor(use.unit, next(tops, ""))
    except UnitMismatch:  # people by household, forms by village: both are counted as they are
        return Fraction(1)


def figures_of(
    table: Table, reading: Reading, indicators: Mapping[str, Indicator], gazetteer: Gazetteer
) -> Iterator[Figure]:
    """Yield every figure of a table, row after row; empty cells and marks for nothing are none."""
    lines = _Lines(table, reading, indicators)
    county, period, note, kind = (reading.column(role) for role in ("county", "period", "note", "indicator"))
    for row, cells in used_rows(table, reading):
        place = lines.text(cells, reading.names)
        within = lines.text(cells, county)
        code = _place(reading, gazetteer, place, within)
        if code is None:
            continue
        own_period = lines.text(cells, period)
        own_indicator = lines.indicator(lines.text(cells, kind))
        for (indicator, said), columns in lines.groups(own_indicator, own_period):
            parts, address = lines.parts(row, cells, indicator, columns)
            if all(parts[part] is None for part in ("value", "numerator")):
                continue
            first = address.get("value") or address["numerator"]
            address |= {"indicator": first, "division": table.address(row, reading.names or 0)}
            if period is not None:
                address["period"] = table.address(row, period)
            if kind is not None:
                address["indicator"] = table.address(row, kind)
            values = [indicator, code, said, *(parts[part] for part in ("numerator", "denominator", "value"))]
            yield Figure(row + 1, first, [*values, reading.source, reading.as_of, lines.text(cells, note)], address)


def _place(reading: Reading, gazetteer: Gazetteer, name: str, within: str) -> str | None:
    """Return the code of a row's place; None for a row that is left out; the name itself where it is unknown."""
    chosen = reading.places.get(named(name, within))
    if chosen:
        return None if chosen == SKIP else chosen
    if is_total(name):
        return None
    found = gazetteer.find(name, within)
    return found.code if found.why in SURE else name


class _Lines:
    """Reads the cells of a row by what their columns are used for."""

    def __init__(self, table: Table, reading: Reading, indicators: Mapping[str, Indicator]) -> None:
        self.table, self.reading, self.indicators = table, reading, indicators
        self.names = {indicator.name_zh: code for code, indicator in indicators.items()}
        self.figures = {at: use for at, use in reading.uses.items() if use.role in FIGURES}
        self._groups: dict[tuple[str, str], list[tuple[tuple[str, str], dict[str, int]]]] = {}
        self._factors: dict[tuple[int, str], tuple[Fraction, str]] = {}

    @staticmethod
    def text(cells: list[Any], at: int | None) -> str:
        return text_of(cells[at]) if at is not None and at < len(cells) else ""

    def indicator(self, written: str) -> str:
        return self.names.get(written, written.upper())

    def groups(self, indicator: str, period: str) -> list[tuple[tuple[str, str], dict[str, int]]]:
        """Return the figures of a row: by indicator and period, the column of each part."""
        key = (indicator, period)
        if key not in self._groups:
            self._groups[key] = self._grouped(indicator, period)
        return self._groups[key]

    def _grouped(self, indicator: str, period: str) -> list[tuple[tuple[str, str], dict[str, int]]]:
        said = read_period(period, self.reading.period[:4]) or period if period else ""
        groups: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        shared: list[tuple[int, Use]] = []
        for at, use in self.figures.items():
            code = use.indicator or indicator
            if not code:
                shared.append((at, use))
                continue
            groups[code, said or use.period or self.reading.period][use.role] = at
        for at, use in shared:
            for (code, when), columns in groups.items():
                if use.role not in columns and self.indicators[code].per and use.period in {"", when}:
                    columns[use.role] = at
        return list(groups.items())

    def parts(
        self, row: int, cells: list[Any], indicator: str, columns: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        parts: dict[str, Any] = dict.fromkeys(FIGURES)
        address: dict[str, str] = {}
        for part, at in columns.items():
            address[part] = self.table.address(row, at)
            cell = cells[at] if at < len(cells) else ""
            parts[part] = None if cell == "" else self._number(cell, at, indicator)
        address.setdefault("value", next(iter(address.values())))
        for part in FIGURES:
            address.setdefault(part, address["value"])
        return parts, address

    def _number(self, cell: Any, at: int, code: str) -> Decimal | NoNumber | None:
        if (at, code) not in self._factors:
            use, indicator = self.figures[at], self.indicators.get(code)
            by = part_factor(use, indicator, self.figures) if indicator else Fraction(1)
            sign = clean(use.unit) or (indicator.unit if indicator and use.role == "value" else "")
            self._factors[at, code] = (by, sign)
        by, sign = self._factors[at, code]
        try:
            number = number_of(cell, sign)
        except InvalidOperation:
            return NoNumber(text_of(cell))
        return number if number is None or by == 1 else number * by.numerator / by.denominator
