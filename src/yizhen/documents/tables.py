"""Finding the table in a sheet that people have laid out for people: titles above, headings in levels, notes below.

Knows rows and headings, knows no domain: what names a row is asked of the caller.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from .cells import NOTHING, column_letters, number_of, text_of, typed
from .grids import Grid, Merge

SAMPLE = 400  # rows in which the table is looked for
HIGHEST = 8  # rows that a heading may have
ACROSS = 5_000  # rows of a sheet that may be turned round
UNIT_LINE = re.compile(r"(?:计量)?单位(?:名称)?[:：]\s*([^\s。;；]+)")
META = re.compile(r"(?:单位|填报|填表|制表|报送|日期|时间|表号|文号|制定|有效期|机关)[^:：]{0,8}[:：]")
NOTE = re.compile(
    r"^[（(*※]?\s*(?:注|备注|说明|附注|资料来源|数据来源|来源|填表人|填报人|制表人?|审核人?|单位负责人|负责人|联系人|复核人?|统计负责人)"
    r"\s*\d*\s*[:：.、)）]|^[*※]"
)
TOTAL = re.compile(
    r"^(?:总计|合计|总\s*计|合\s*计|小\s*计|共计|累计|平均|全[国省市县区镇乡]|全[市县区]?(?:合计|平均|总计))(?:[（(].*)?$"
)
CIRCLED = re.compile("[①-⑳⑴-⒇]+")
IN_BRACKETS = re.compile(r"[（(\[【]([^（）()\[\]【】]*)[）)\]】]")


@dataclass(frozen=True)
class Column:
    """One column of a table: what stands over it, from the widest heading to the own one."""

    at: int
    heading: tuple[str, ...]
    hidden: bool = False
    percent: bool = False
    samples: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table found in a sheet. Rows and columns count from nought; where it lies ``across`` they have changed places.

    ``first`` to ``last`` are the rows of the heading, ``names`` is the column that names the rows. ``titles`` and ``notes``
    are the lines above and below; ``unit`` is what a line above says of every column, ``known`` how many names are known.
    """

    across: bool
    first: int
    last: int
    names: int
    columns: tuple[Column, ...]
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unit: str = ""
    known: int = 0
    hidden_rows: frozenset[int] = field(default=frozenset(), repr=False)
    _grid: Grid | None = field(default=None, repr=False)

    @property
    def sheet(self) -> str:
        """The name of the sheet."""
        return self._grid.name if self._grid else ""

    def address(self, row: int, column: int) -> str:
        """Return where a cell stands in the file that was uploaded."""
        return f"{column_letters(row)}{column + 1}" if self.across else f"{column_letters(column)}{row + 1}"

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the rows below the heading, merged names filled in; what is empty, repeated or a note is left out."""
        assert self._grid is not None
        heads = _texts(islice(_rows(self._grid, self.across), self.first, self.last + 1))
        fill = _fill_down(_merged(self._grid, self.across), self.last)
        for at, row in enumerate(_rows(self._grid, self.across)):
            filled = fill(at, row)
            if at <= self.last or not any(cell != "" and str(cell).strip() for cell in row):
                continue
            if is_note(row) or tuple(map(text_of, row)) in heads:
                continue
            yield at, filled


def is_total(text: str) -> bool:
    """Return whether a name stands for the sum of rows: 合计, 全市, 小计 …"""
    return TOTAL.match(typed(text).replace(" ", "")) is not None


def is_note(row: Sequence[Any]) -> bool:
    """Return whether a row is a line of words under a table, and no row of it."""
    filled = [cell for cell in row if cell != "" and str(cell).strip()]
    return (
        bool(filled)
        and isinstance(filled[0], str)
        and NOTE.search(filled[0].strip()) is not None
        and not any(is_number(cell) for cell in filled[1:])
    )


def is_number(cell: Any) -> bool:
    """Return whether a cell holds a number, however it is written."""
    if isinstance(cell, float | int):
        return not isinstance(cell, bool)
    if not isinstance(cell, str) or not cell.strip():
        return False
    text = typed(cell.strip())
    try:
        return number_of(text.rstrip("%‰")) is not None
    except ArithmeticError:
        return False


def find_table(
    grid: Grid,
    known: Callable[[str], bool],
    *,
    across: bool | None = None,
    heading: tuple[int, int] | None = None,
) -> Table | None:
    """Find the table of a sheet, or None where there is none.

    Args:
        grid: the sheet.
        known: whether a text names a row (a place, say). Where nothing is known, the first column of text names the rows.
        across: whether the names stand in a row instead of a column; found out when it is not said.
        heading: first and last row of the heading; found out when it is not said.
    """
    if across is None:
        down, side = (_find(grid, known, turned, heading) for turned in (False, True))
        return side if side and (not down or side.known > down.known) else down
    return _find(grid, known, across, heading)


def _find(grid: Grid, known: Callable[[str], bool], across: bool, heading: tuple[int, int] | None) -> Table | None:
    rows = list(islice(_rows(grid, across), SAMPLE))
    width = max((len(row) for row in rows), default=0)
    if not width:
        return None
    rows = [row + [""] * (width - len(row)) for row in rows]
    merged = _merged(grid, across)
    names, hits = _names(rows, known)
    begin = heading[1] + 1 if heading else _first_of_data(rows, names, known)
    if begin is None or begin >= len(rows) or begin < 1:
        return None
    spread = _spread(rows, merged, begin)
    first = heading[0] if heading else _top(spread, begin, names)
    if not 0 <= first < begin:
        return None
    look = grid.look
    hidden = look.hidden_rows if across else look.hidden_columns
    heads = _texts(rows[first:begin])
    below = [row for row in rows[begin:] if tuple(map(text_of, row)) not in heads]
    body = [row for row in below if not is_note(row)]
    columns = []
    for at in range(width):
        path = _path(spread, first, begin, at)
        samples = tuple(row[at] for row in body if row[at] != "")[:5]
        if path or samples:
            columns.append(Column(at, path, at in hidden, not across and at in look.percent, samples))
    lines = [" ".join(_distinct(row)) for row in spread[:first]]
    lines = [line for line in lines if line]
    if across:  # lines above and below the table are columns of words with nothing in them
        alone = [column for column in columns if not column.samples and column.at != names]
        lines += [" ".join(column.heading) for column in alone]
        columns = [column for column in columns if column not in alone]
    notes = tuple(text_of(row[0]) or " ".join(_distinct(row)) for row in below if is_note(row))
    return Table(
        across, first, begin - 1, names, tuple(columns), tuple(lines), notes, _line_unit(lines), hits,
        look.hidden_columns if across else look.hidden_rows, grid,
    )  # fmt: skip


def _rows(grid: Grid, across: bool) -> Iterator[list[Any]]:
    if not across:
        yield from grid.rows()
        return
    rows = list(islice(grid.rows(), ACROSS))
    width = max((len(row) for row in rows), default=0)
    for at in range(width):
        yield [row[at] if at < len(row) else "" for row in rows]


def _merged(grid: Grid, across: bool) -> list[Merge]:
    return [(left, top, right, bottom) for top, left, bottom, right in grid.merged] if across else list(grid.merged)


def _names(rows: list[list[Any]], known: Callable[[str], bool]) -> tuple[int, int]:
    """Return the column that names the rows, and how many names in it are known."""
    width = len(rows[0])
    found = [{row[at] for row in rows if isinstance(row[at], str) and known(row[at])} for at in range(width)]
    best = max(range(width), key=lambda at: (len(found[at]), at))  # townships stand to the right of their counties
    if found[best]:
        return best, len(found[best])
    words = [sum(isinstance(row[at], str) and bool(row[at].strip()) and not is_number(row[at]) for row in rows) for at in range(width)]  # fmt: skip
    return next((at for at in range(width) if words[at] >= max(words) / 2), 0), 0


def _first_of_data(rows: list[list[Any]], names: int, known: Callable[[str], bool]) -> int | None:
    """Return the first row that has a name and numbers; a row of years or of column numbers is none."""
    for at, row in enumerate(rows):
        name = text_of(row[names])
        others = [cell for place, cell in enumerate(row) if place != names and cell != "" and str(cell).strip()]
        if not name or not others or is_note(row):
            continue
        sure = known(name) or is_total(name)
        figures = [cell for cell in others if is_number(cell) or text_of(cell) in NOTHING]
        if figures and (sure or (2 * len(figures) >= len(others) and not is_number(row[names]))):
            if not sure and (_are_years(figures) or _count_up(figures)):
                continue
            return at
    return None


def _are_years(cells: list[Any]) -> bool:
    texts = [text_of(cell) for cell in cells]
    return all(re.fullmatch(r"(19|20)\d\d", text) for text in texts) and len(set(texts)) * 2 >= min(len(texts), 2)


def _count_up(cells: list[Any]) -> bool:
    numbers = [text_of(cell) for cell in cells]
    return len(numbers) > 1 and numbers == [str(int(numbers[0]) + at) for at in range(len(numbers))] if numbers[0].isdecimal() and numbers[0] in {"1", "2"} else False  # fmt: skip


def _spread(rows: list[list[Any]], merged: list[Merge], begin: int) -> list[list[Any]]:
    """Return the rows above the data with merged cells filled in everywhere."""
    spread = [list(row) for row in rows[:begin]]
    for top, left, bottom, right in merged:
        if top >= begin:
            continue
        value = rows[top][left] if left < len(rows[top]) else ""
        for at in range(top, min(bottom + 1, begin)):
            spread[at][left : right + 1] = [value] * (min(right + 1, len(spread[at])) - left)
    return spread


def _texts(rows: Iterable[Sequence[Any]]) -> set[tuple[str, ...]]:
    return {tuple(map(text_of, row)) for row in rows}


def _distinct(row: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(text for cell in row if (text := text_of(cell))))


def _top(spread: list[list[Any]], begin: int, names: int) -> int:
    """Return the first row of the heading: upwards from the data, until a line of words that stands alone."""
    top = begin
    for at in range(begin - 1, max(begin - 1 - HIGHEST, -1), -1):
        words = _distinct(spread[at])
        first = next((place for place, cell in enumerate(spread[at]) if text_of(cell)), 0)
        meta = any(META.search(word) for word in words) or is_note(spread[at])
        if not words:
            if top == begin:
                continue
            break
        if meta or (len(words) < 2 and (first <= names or top == begin) and top < begin):
            break
        if len(words) < 2 and first <= names and len(spread[at]) > 2:
            break
        top = at
    return top if top < begin else begin - 1


def _path(spread: list[list[Any]], first: int, begin: int, column: int) -> tuple[str, ...]:
    """Return the headings over a column; a blank to the right of a group belongs to the group."""
    path: list[str] = []
    for at in range(first, begin):
        text = _heading(spread[at][column])
        if not text and at < begin - 1:
            text = _group(spread, at, begin, column)
        if text and (not path or path[-1] != text) and not (at == begin - 1 and path and _is_ordinal(spread[at])):
            path.append(text)
    return tuple(path)


def _group(spread: list[list[Any]], at: int, begin: int, column: int) -> str:
    below = any(text_of(spread[row][column]) for row in range(at + 1, begin))
    left = column - 1
    while below and left >= 0:
        if text := _heading(spread[at][left]):
            own = any(text_of(spread[row][left]) not in {"", text_of(spread[at][left])} for row in range(at + 1, begin))
            return text if own else ""
        left -= 1
    return ""


def _is_ordinal(row: Sequence[Any]) -> bool:
    """Return whether a row only numbers the columns: 甲 乙 1 2 3."""
    cells = [text_of(cell) for cell in row if text_of(cell)]
    rest = [cell for cell in cells if cell not in {"甲", "乙", "丙", "丁", "栏次", "序号"}]
    return len(rest) > 1 and all(cell.isdecimal() for cell in rest) and rest == [str(int(rest[0]) + n) for n in range(len(rest))] and rest[0] in {"1", "2"}  # fmt: skip


def _heading(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell.year}年{cell.month}月"
    return re.sub(r"\s+", " ", typed(CIRCLED.sub("", text_of(cell))))


def _line_unit(lines: Sequence[str]) -> str:
    """Return the unit that a line above the table gives, where it is one and not a list of them."""
    for line in lines:
        found = UNIT_LINE.search(typed(line)) or UNIT_LINE.search(" ".join(IN_BRACKETS.findall(typed(line))))
        if (
            found
            and not re.search(r"[、,，;；和]", found[1])
            and len(found[1]) <= 8
            and not re.search(r"[局委办部]$", found[1])
        ):
            return found[1].rstrip(")）")
    return ""


def _fill_down(merged: list[Merge], last: int) -> Callable[[int, list[Any]], list[Any]]:
    """Return what fills the cells of merged rows below the heading in, row after row."""
    tall = {(row, column): (top, left) for top, left, bottom, right in merged if bottom > last and bottom > top
            for row in range(top, bottom + 1) for column in range(left, right + 1)}  # fmt: skip
    kept: dict[tuple[int, int], Any] = {}
    starts = set(tall.values())
    width = max((column for _row, column in tall), default=-1) + 1

    def fill(at: int, row: list[Any]) -> list[Any]:
        if not tall:
            return row
        filled = list(row) + [""] * (width - len(row))
        for column in range(width):
            if (at, column) in starts:
                kept[at, column] = filled[column]
            if filled[column] == "" and (at, column) in tall:
                filled[column] = kept.get(tall[at, column], "")
        return filled

    return fill
