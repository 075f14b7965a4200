"""What the columns of a table mean: as proposed, as remembered, as chosen."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yizhen.documents.cells import date_of, text_of, typed
from yizhen.documents.tables import Column, Table, is_total
from yizhen.indicators.models import Indicator
from yizhen.indicators.periods import bounds, read_period

from .headings import Guess, guesses, part_unit, unit_of, words_of
from .names import Gazetteer, Match
from .units import UnitMismatch, factor

FIGURES = ("value", "numerator", "denominator")
ROLES = ("", "place", "county", "indicator", "period", *FIGURES, "note")
SKIP = "-"  # a name that is left out on purpose
NOTE_WORDS = re.compile(r"^(?:备注|说明|注)$")
BY_ROW = dict.fromkeys(("数值", "指标值", "值", "数据", "完成值"), "value") | {
    "分子": "numerator",
    "分母": "denominator",
}
PERIOD_WORDS = re.compile(r"^(?:期间|年份?|年度|月份?|季度|时间|时期|统计期|报告期)$")


@dataclass(frozen=True)
class Use:
    """What a column is used for. ``why`` says how that is known: remembered, sure, likely, perhaps, or nothing."""

    role: str = ""
    indicator: str = ""
    unit: str = ""
    period: str = ""
    why: str = ""


@dataclass
class Reading:
    """How a table is read: its columns by number, the names that were asked for, and what holds for the whole file."""

    uses: dict[int, Use]
    places: dict[str, str] = field(default_factory=dict)
    period: str = ""
    as_of: str = ""
    source: str = ""
    hidden_rows: bool = False
    remembered: bool = False

    def column(self, role: str) -> int | None:
        """Return the column of a role that only one may have."""
        return next((at for at, use in self.uses.items() if use.role == role), None)

    @property
    def names(self) -> int | None:
        """The column that names the places."""
        return self.column("place")


def fingerprint(table: Table) -> str:
    """Return what tables of one shape have in common: their headings in order, without years and months."""
    shape = [table.across, [[*words_of(column.heading), unit_of(column.heading)] for column in table.columns]]
    return hashlib.sha256(json.dumps(shape, ensure_ascii=False).encode()).hexdigest()


def propose(
    table: Table,
    indicators: Mapping[str, Indicator],
    gazetteer: Gazetteer,
    *,
    file_name: str = "",
    remembered: dict[str, Any] | None = None,
) -> Reading:
    """Say what each column may be: as the last time, or else by its heading and what stands below."""
    period = file_period(table, file_name)
    if remembered and len(remembered["columns"]) == len(table.columns):
        uses = {
            column.at: Use(**kept, period=read_period(" ".join(column.heading), period[:4]), why="remembered")
            for column, kept in zip(table.columns, remembered["columns"], strict=True)
        }
        places, source = dict(remembered["places"]), remembered["source"]
    else:
        uses, places, source = _propose_columns(table, indicators, gazetteer, period), {}, ""
    return Reading(uses, places, period, _as_of(table, uses, period), source, remembered=bool(remembered))


def _as_of(table: Table, uses: Mapping[int, Use], period: str) -> str:
    """Return the day that a line says (截至…), or the last one of the latest period in the table."""
    days = [day for line in (*table.titles, *table.notes) if (day := _day_in(line))]
    if days:
        return str(days[0].isoformat())
    periods = {period, *(use.period for use in uses.values())}
    for column in table.columns:
        if uses[column.at].role == "period":
            periods |= {read_period(text_of(cell), period[:4]) for cell in column.samples}
    return max((bounds(each)[1].isoformat() for each in periods if each), default="")


def file_period(table: Table, file_name: str = "") -> str:
    """Return the period that titles, the sheet's name or the file's name say, the longest words first."""
    assert table._grid is not None  # a table that was found has its grid
    texts = [*table.titles, table._grid.name, file_name]
    found = [period for text in texts if (period := read_period(_without_days(text)))]
    return found[0] if found else ""


def _without_days(text: str) -> str:
    return re.sub(r"(?:填报|填表|制表|报送|打印)[^:：]{0,4}[:：]\s*\S+", "", typed(text))


def _day_in(line: str) -> Any:
    found = re.search(r"截[至止]\s*((?:19|20)\d\d年\d{1,2}月\d{1,2}日)", typed(line))
    return date_of(found[1]) if found else None


def _propose_columns(
    table: Table, indicators: Mapping[str, Indicator], gazetteer: Gazetteer, period: str
) -> dict[int, Use]:
    context = "".join(words_of(table.titles))
    uses: dict[int, Use] = {}
    found: dict[int, list[Guess]] = {}
    units: dict[int, str] = {}
    for column in table.columns:
        at = column.at
        units[at] = unit_of(column.heading) or ("" if column.percent else table.unit)
        uses[at] = Use("place", why="sure") if at == table.names else _by_cells(column, indicators, gazetteer)
        if (
            uses[at].role == ""
            and not column.hidden
            and not re.fullmatch("序号|编号|排名|位次", "".join(column.heading))
        ):
            found[at] = guesses(column.heading, units[at], context, indicators.values())
            if not words_of(column.heading) and read_period(
                " ".join(column.heading), "2000"
            ):  # only the title says of what
                found[at] = guesses([*table.titles, *column.heading], units[at], "", indicators.values())
            elif (
                not found[at] and units[at] == table.unit and not unit_of(column.heading)
            ):  # the line above is not of it
                found[at] = guesses(column.heading, "", context, indicators.values())
                units[at] = ""
    headings = {column.at: read_period(" ".join(column.heading), period[:4]) for column in table.columns}
    if any(
        use.role == "indicator" for use in uses.values()
    ):  # one figure in a row: its columns are named after its parts
        for column in table.columns:
            if role := BY_ROW.get("".join(words_of(column.heading))):
                uses[column.at], found[column.at] = Use(role, why="sure"), []
    for at, guess in _settle(found, headings).items():
        uses[at] = Use(guess.part, guess.indicator, "", headings[at], guess.why)
    _share_denominators(uses, found, indicators, headings)
    for column in table.columns:
        use = uses[column.at]
        if use.role in FIGURES:
            unit = _scaled(column, units[column.at], indicators.get(use.indicator), use.role)
            uses[column.at] = Use(use.role, use.indicator, unit, use.period, use.why)
    return uses


def _by_cells(column: Column, indicators: Mapping[str, Indicator], gazetteer: Gazetteer) -> Use:
    """Say what a column is by what stands in it: counties, periods, indicators, remarks."""
    texts = [text_of(cell) for cell in column.samples]
    if column.hidden:
        return Use()
    if NOTE_WORDS.match("".join(words_of(column.heading[-1:]))):
        return Use("note", why="sure")
    if texts and all(len(gazetteer.find(text).code) in {4, 6} for text in texts):
        return Use("county", why="likely")
    names = {indicator.name_zh for indicator in indicators.values()}
    if texts and all(text.upper() in indicators or text in names for text in texts):
        return Use("indicator", why="sure")
    if texts and all(read_period(text) for text in texts) and PERIOD_WORDS.match("".join(column.heading[-1:])):
        return Use("period", why="sure")
    return Use()


def _settle(found: dict[int, list[Guess]], periods: dict[int, str]) -> dict[int, Guess]:
    """Give each part of each indicator to one column in a period: the surest guess first."""
    ranked = sorted(
        ((guess, at) for at, each in found.items() for guess in each), key=lambda pair: (-pair[0].score, pair[1])
    )
    taken: set[tuple[str, str, str]] = set()
    given: dict[int, Guess] = {}
    for guess, at in ranked:
        key = (guess.indicator, guess.part, periods[at])
        if at not in given and key not in taken:
            given[at] = guess
            taken.add(key)
    return given


def _share_denominators(
    uses: dict[int, Use], found: dict[int, list[Guess]], indicators: Mapping[str, Indicator], periods: dict[int, str]
) -> None:
    """Let one column, such as the residents, stand below every figure whose denominator it names; alone it is no figure."""
    tops = {use.indicator for use in uses.values() if use.role in {"numerator", "value"}}
    for at, use in list(uses.items()):
        if use.role != "denominator" or not use.indicator:
            continue
        name = indicators[use.indicator].denominator_zh
        same = {code for code in tops if indicators[code].denominator_zh == name and indicators[code].per}
        own = {guess.indicator for guess in found[at] if guess.part == "denominator"} & tops
        if len(same) > 1:
            uses[at] = Use("denominator", "", "", periods[at], use.why)
        elif use.indicator not in tops:
            chosen = next(iter(sorted(same or own)), None)
            uses[at] = Use("denominator", chosen, "", periods[at], use.why) if chosen else Use()


def _scaled(column: Column, unit: str, indicator: Indicator | None, role: str) -> str:
    """Return a column's unit; shares that are written as 0.92 are told by their cells."""
    target = part_unit(indicator, role) if indicator else "人" if role == "denominator" else ""
    numbers = [cell for cell in column.samples if isinstance(cell, float)]
    fractions = bool(numbers) and all(abs(cell) <= 1 for cell in numbers) and any(cell % 1 for cell in numbers)
    if target in {"%", "‰"} and (column.percent or (fractions and not unit)):
        return "倍"
    try:
        factor(unit, target)
    except UnitMismatch:
        return unit
    return unit


def asked_names(table: Table, reading: Reading, gazetteer: Gazetteer) -> dict[str, tuple[str, Match]]:
    """Return every name of a row with figures, where it stands first, and what it may mean."""
    names: dict[str, tuple[str, Match]] = {}
    at = reading.names
    county = reading.column("county")
    figures = [place for place, use in reading.uses.items() if use.role in FIGURES]
    if at is None:
        return names
    for row, cells in used_rows(table, reading):
        name = text_of(cells[at]) if at < len(cells) else ""
        within = text_of(cells[county]) if county is not None and county < len(cells) else ""
        key = named(name, within)
        if name and key not in names and any(place < len(cells) and text_of(cells[place]) for place in figures):
            match = Match("", "total") if is_total(name) else gazetteer.find(name, within)
            names[key] = (table.address(row, at), match)
    return names


def named(name: str, county: str) -> str:
    """Return the key of a name: with the county where another column says it."""
    return f"{county} {name}" if county and county != name else name


def used_rows(table: Table, reading: Reading) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a table, hidden ones only where they were asked for."""
    for row, cells in table.rows():
        if reading.hidden_rows or row not in table.hidden_rows:
            yield row, cells
