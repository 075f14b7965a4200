"""The duty list as a workbook: its columns, what is wrong with each cell, and the same columns to take away."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.cells import column_letters, date_of, text_of
from yizhen.documents.grids import Book, UnreadableFile
from yizhen.documents.unpacking import UnsafeFile
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.models import DutyItem
from yizhen.people.models import Unit

from .gate import DutyKind

TITLES = ("事项代码", "事项名称", "英文名称", "类别", "条线", "牵头部门", "依据", "开始日", "结束日")
KIND_WORDS = {DutyKind.BASIC: "基本", DutyKind.COOPERATING: "配合", DutyKind.WITHDRAWN: "收回"}
LINE_WORDS = {"development": "促发展", "livelihood": "惠民生", "safety": "保平安", "party_style": "党建作风"}
TOWNSHIP = "乡镇（街道）"
MAX_ROWS = 2_000
CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,23}")


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell, in the page's language."""

    cell: str
    value: str
    text: str


@dataclass(frozen=True)
class ReadList:
    """What a workbook holds: fields of items, and the errors by cell. With an error nothing is taken."""

    items: list[dict[str, Any]]
    errors: list[CellError]


class _Wrong(ValueError):
    """A cell that cannot be read; the message says what to write there."""


def read_list(content: bytes, units: Mapping[str, Unit]) -> ReadList:
    """Read a workbook of duty items.

    Args:
        content: the uploaded file.
        units: the city's departments by code.
    """
    try:
        book = Book(content)
        rows = [*islice(book.grid(next(iter(book.sheets))).rows(), MAX_ROWS + 2)]
    except (UnreadableFile, UnsafeFile):
        return ReadList([], [CellError("", "", _("打不开这个文件：请上传 .xlsx，不带宏，不链接到别的文件。"))])
    titles = tuple(text_of(cell) for cell in rows[0][: len(TITLES)]) if rows else ()
    if titles != TITLES:
        return ReadList(
            [],
            [CellError("A1", "", _("第一行的列名应为：%(titles)s。请下载模板填写。") % {"titles": "、".join(TITLES)})],
        )
    if len(rows) > MAX_ROWS + 1:
        return ReadList([], [CellError("", "", _("一次最多导入 %(n)s 行，请分成几个文件。") % {"n": MAX_ROWS})])
    reader = _Reader(units)
    for number, row in enumerate(rows[1:], start=2):
        cells = (list(row) + [""] * len(TITLES))[: len(TITLES)]
        if any(text_of(cell) for cell in cells):
            reader.take(number, cells)
    if not reader.items and not reader.errors:
        reader.errors.append(CellError("A2", "", _("表里没有数据行。")))
    return ReadList(reader.items, reader.errors)


class _Reader:
    """Reads rows one after the other and collects what is wrong."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self.units = {**units, **{unit.name_zh: unit for unit in units.values()}}
        self.items: list[dict[str, Any]] = []
        self.errors: list[CellError] = []
        self.seen: dict[str, int] = {}

    def take(self, number: int, cells: list[Any]) -> None:
        """Read one row: its item, or its errors."""
        before = len(self.errors)
        readers = (self._code, self._name, self._english, _kind, _line, self._lead, self._basis, _day, _day)
        values: list[Any] = []
        for column, (read, cell) in enumerate(zip(readers, cells, strict=True)):
            try:
                values.append(read(cell if read is _day else text_of(cell)))
            except _Wrong as error:
                self._wrong(number, column, cell, str(error))
                values.append(None)
        code, name, english, kind, line, lead, basis, first, last = values
        if code in self.seen:
            self._wrong(number, 0, code, _("和第 %(n)s 行的代码相同。") % {"n": self.seen[code]})
        elif code:
            self.seen[code] = number
        if kind is not None and len(self.errors) == before:
            self._fitting(number, kind, lead, first, last)
        if len(self.errors) == before:
            self.items.append(
                {
                    "code": code, "name_zh": name, "name_en": english, "kind": kind, "work_line": line, "lead": lead,
                    "basis": basis, "starts_on": first, "ends_on": last,
                }
            )  # fmt: skip

    def _fitting(self, number: int, kind: str, lead: Unit | None, first: Any, last: Any) -> None:
        if kind == DutyKind.BASIC and lead is not None:
            self._wrong(number, 5, lead.code, _("基本事项由乡镇（街道）牵头，这一格留空。"))
        elif kind != DutyKind.BASIC and lead is None:
            self._wrong(number, 5, "", _("配合和收回的事项须写明牵头部门。"))
        if first and last and last < first:
            self._wrong(number, 8, last, _("结束日早于开始日。"))

    def _wrong(self, number: int, column: int, value: Any, text: str) -> None:
        self.errors.append(CellError(f"{column_letters(column)}{number}", str(value)[:40], text))

    def _code(self, text: str) -> str:
        code = unicodedata.normalize("NFKC", text).upper()
        if not CODE.fullmatch(code):
            raise _Wrong(_("代码用大写字母、数字、点和短横，最多 24 个，例如 B-DEV-03。"))
        return code

    def _name(self, text: str) -> str:
        if not text or len(text) > 80:
            raise _Wrong(_("请写事项名称，最多 80 字。"))
        return text

    def _english(self, text: str) -> str:
        if len(text) > 160:
            raise _Wrong(_("最多 160 个字符。"))
        return text

    def _basis(self, text: str) -> str:
        if len(text) > 120:
            raise _Wrong(_("最多 120 字。"))
        return text

    def _lead(self, text: str) -> Unit | None:
        if text in {"", TOWNSHIP, "乡镇", "街道"}:
            return None
        unit = self.units.get(text) or self.units.get(text.upper())
        if unit is None:
            raise _Wrong(_("没有这个部门：写部门代码或全称。"))
        return unit


def _kind(text: str) -> str:
    for kind, word in KIND_WORDS.items():
        if text == kind.value or word in text:
            return kind.value
    raise _Wrong(_("类别写：基本、配合或收回。"))


def _line(text: str) -> str:
    for code, word in LINE_WORDS.items():
        if text in {code, word}:
            return code
    raise _Wrong(_("条线写：%(lines)s。") % {"lines": "、".join(LINE_WORDS.values())})


def _day(cell: Any) -> Any:
    if not text_of(cell):
        return None
    day = date_of(cell)
    if day is None:
        raise _Wrong(_("日期写成 2026-03-02。"))
    return day


def write_list(items: Iterable[DutyItem], footer: str = "") -> bytes:
    """Return items as a workbook with the columns that are read; without items it is the template."""
    rows = [
        [
            item.code, item.name_zh, item.name_en, KIND_WORDS[DutyKind(item.kind)], LINE_WORDS[item.work_line],
            item.lead_id or TOWNSHIP, item.basis, item.starts_on and item.starts_on.isoformat(),
            item.ends_on and item.ends_on.isoformat(),
        ]
        for item in items
    ]  # fmt: skip
    return write_workbook([Sheet("履职事项清单", [list(TITLES), *rows], footer)])
