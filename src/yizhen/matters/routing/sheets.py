"""The table of cases as a workbook that an official extends: its columns, and how its cells are read."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.cells import column_letters, date_of, number_of, text_of, typed
from yizhen.documents.grids import Book, UnreadableFile
from yizhen.documents.unpacking import UnsafeFile
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.kinds import KINDS, WORK_LINES
from yizhen.matters.models import RoutingCase
from yizhen.people.models import Unit
from yizhen.places.models import Division

SHEET = "案例"
TITLES = ("编号", "种类代码", "条线代码", "区划代码", "日期", "钟点(0-23)", "来件文字", "应派部门代码(空=人工派)")
MOST_CASES = 500
TEXT_LENGTH = 400
Errors = list[tuple[str, str]]
"""Address of a cell ("" for the file) and what is wrong there."""


class WrongCells(ValueError):
    """A workbook that is not taken: ``errors`` are addresses and messages in the page's language."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(errors)


@dataclass(frozen=True)
class CaseRow:
    """One row: a case as it was written. ``number`` is None where a new one is wanted; ``line`` is its row in the file."""

    line: int
    number: int | None
    kind: str
    work_line: str
    place: str
    on: date
    hour: int
    text: str
    expected: str

    @property
    def content(self) -> tuple[Any, ...]:
        """What makes it the same case as another."""
        return (self.kind, self.work_line, self.place, self.on, self.hour, self.text, self.expected)


def content_of(case: RoutingCase) -> tuple[Any, ...]:
    """Return what makes a kept case the same as a row."""
    return (case.kind, case.work_line, case.place_id, case.on, case.hour, case.text, case.expected_id or "")


def write_cases(cases: Iterable[RoutingCase], units: Iterable[Unit], places: Iterable[Division]) -> bytes:
    """Return the workbook: the cases, and beside them the codes that may be written."""
    rows = [
        [
            case.number,
            case.kind,
            case.work_line,
            case.place_id,
            str(case.on),
            case.hour,
            case.text,
            case.expected_id or "",
        ]
        for case in cases
    ]
    return write_workbook(
        [
            Sheet(SHEET, [list(TITLES), *rows]),
            Sheet("种类", [["种类代码", "名称"], *([code, str(kind.name)] for code, kind in KINDS.items())]),
            Sheet("条线", [["条线代码", "名称"], *([code, str(name)] for code, name in WORK_LINES.items())]),
            Sheet("部门", [["部门代码", "名称"], *([unit.code, unit.name_zh] for unit in units)]),
            Sheet("区划", [["区划代码", "名称"], *([place.code, place.name_zh] for place in places)]),
        ]
    )


def read_cases(content: bytes, units: Mapping[str, Unit], places: Mapping[str, Division]) -> list[CaseRow]:
    """Read a workbook of cases.

    Raises:
        WrongCells: with the address of each cell that is wrong; no row is taken then.
    """
    try:
        book = Book(content)
        rows = list(book.grid(SHEET if SHEET in book.sheets else next(iter(book.sheets))).rows())
    except (UnsafeFile, UnreadableFile) as error:
        raise WrongCells(
            [("", _("打不开这个文件：请下载案例表，在里面添加后再上传（.xlsx，不带宏和外部链接）。"))]
        ) from error
    if [text_of(cell) for cell in (rows[0] if rows else [])][: len(TITLES)] != list(TITLES):
        raise WrongCells(
            [("A1", _("第一行的列名应为：%(titles)s。请下载案例表填写。") % {"titles": "、".join(TITLES)})]
        )
    filled = [(line, row) for line, row in enumerate(rows[1:], start=2) if any(text_of(cell) for cell in row)]
    if len(filled) > MOST_CASES:
        raise WrongCells([("", _("一个版本最多 %(n)s 个案例。") % {"n": MOST_CASES})])
    errors: Errors = []
    read = [_row(line, row, units, places, errors) for line, row in filled]
    numbers: dict[int, int] = {}
    for row in read:
        if row and row.number is not None and numbers.setdefault(row.number, row.line) != row.line:
            errors.append((f"A{row.line}", _("编号与第 %(line)s 行重复。") % {"line": numbers[row.number]}))
    if errors:
        raise WrongCells(errors)
    return [row for row in read if row is not None]


def _row(
    line: int, cells: list[Any], units: Mapping[str, Unit], places: Mapping[str, Division], errors: Errors
) -> CaseRow | None:
    number, kind, work_line, place, on, hour, text, expected = (*cells, *[""] * len(TITLES))[: len(TITLES)]
    before = len(errors)

    def wrong(column: int, message: str) -> None:
        errors.append((f"{column_letters(column)}{line}", message))

    words = text_of(text)
    codes = [typed(text_of(cell)) for cell in (kind, work_line, place, expected)]
    known: tuple[Collection[str], ...] = (KINDS, WORK_LINES, places, units)
    for column, code, choice in zip((1, 2, 3, 7), codes, known, strict=True):
        if code not in choice and not (column == 7 and not code):
            wrong(column, _("没有代码“%(code)s”，可写的代码在后面的表里。") % {"code": code[:20]})
    day = date_of(on)
    if day is None:
        wrong(4, _("日期请写成 2026-03-02。"))
    clock = _whole(hour)
    if clock is None or not 0 <= clock <= 23:
        wrong(5, _("钟点应为 0 到 23 的整数。"))
    if not words or len(words) > TEXT_LENGTH:
        wrong(6, _("来件文字不能空，最多 %(n)s 字。") % {"n": TEXT_LENGTH})
    own = None if text_of(number) == "" else _whole(number)
    if text_of(number) != "" and (own is None or not 1 <= own <= 32_000):
        wrong(0, _("编号应为正整数；新案例留空。"))
    if len(errors) > before or day is None or clock is None:
        return None
    return CaseRow(line, own, codes[0], codes[1], codes[2], day, clock, words, codes[3])


def _whole(cell: Any) -> int | None:
    try:
        number = number_of(cell)
    except ArithmeticError:
        return None
    return int(number) if number is not None and number == number.to_integral_value() else None
