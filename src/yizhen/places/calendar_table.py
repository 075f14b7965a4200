"""The table of a year's holidays as people hand it in: read cell by cell, checked, compared with what stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yizhen.clocks import DayKind, TableDay, WorkCalendar, national_calendar
from yizhen.documents.carried import UnreadableTable, text_of_rows
from yizhen.documents.cells import date_of, text_of, typed

from .calendars import KIND_NAMES, cell_of, exceptions_of

TITLES = ("日期", "类型", "名称")
TITLES_EN = ("date", "kind", "name")
KINDS = {
    "放假": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "调休上班": DayKind.MAKE_UP_WORKDAY,
    "调休": DayKind.MAKE_UP_WORKDAY,
    "班": DayKind.MAKE_UP_WORKDAY,
    "上班": DayKind.WORKING_DAY,
    "工作日": DayKind.WORKING_DAY,
    "半天上班": DayKind.HALF_DAY,
    "半天": DayKind.HALF_DAY,
    **{kind.value: kind for kind in (DayKind.HOLIDAY, DayKind.MAKE_UP_WORKDAY, DayKind.WORKING_DAY, DayKind.HALF_DAY)},
}
WRITTEN = {kind: word for word, kind in reversed(list(KINDS.items())) if not word.isascii() and len(word) > 1}
MOST_ROWS = 366
STATUTORY = (
    (1, 1),
    (5, 1),
    (5, 2),
    (10, 1),
    (10, 2),
    (10, 3),
)  # the fixed ones of 全国年节及纪念日放假办法, since 2025


@dataclass
class CheckedRow:
    """One row of the file: what it says, what stands now, and what is wrong in which cell."""

    number: int
    texts: tuple[str, str, str]
    day: date | None = None
    kind: DayKind | None = None
    name: str = ""
    before: DayKind | None = None
    before_name: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Error, same, or changed against what stands now."""
        if self.errors:
            return "error"
        return "same" if (self.kind, self.name) == (self.before, self.before_name) else "changed"

    @property
    def kind_name(self) -> Any:
        """What it makes of the day, in words."""
        return KIND_NAMES[self.kind] if self.kind else ""

    @property
    def before_kind_name(self) -> Any:
        """What the day is now, in words."""
        return KIND_NAMES[self.before] if self.before else ""


@dataclass
class CheckedTable:
    """A whole table, checked. ``dropped`` are days that the table before said something of and this one does not."""

    year: int
    rows: list[CheckedRow]
    problems: list[str]
    dropped: list[date]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and not any(row.errors for row in self.rows)

    @property
    def days(self) -> list[TableDay]:
        """The rows of a table in which nothing is wrong, in the order of days."""
        rows = (TableDay(row.day, row.kind, row.name) for row in self.rows if row.day and row.kind)
        return sorted(rows, key=lambda row: row.day)

    @property
    def as_text(self) -> str:
        """The table as it is carried from the dry run to the import, where it is checked again."""
        return text_of_rows(TITLES, (row.texts for row in self.rows))


def check_table(rows: Iterable[Sequence[Any]], year: int, stands: WorkCalendar) -> CheckedTable:
    """Check a table of a year against itself and against the calendar that stands now.

    Raises:
        UnreadableTable: when the columns are others, there are no rows, or too many.
    """
    lines = iter(rows)
    heads = tuple(text_of(cell).lower() for cell in next(lines, ()))[:3]
    if heads not in (TITLES, TITLES_EN):
        raise UnreadableTable(_("第一行的列名应为：%(titles)s。") % {"titles": "、".join(TITLES)})
    checked: list[CheckedRow] = []
    seen: dict[date, int] = {}
    for number, cells in enumerate(lines, start=2):
        row = [*cells, "", "", ""][:3]
        if not any(text_of(cell) for cell in row):
            continue
        if len(checked) == MOST_ROWS:
            raise UnreadableTable(_("一年最多 %(n)s 行。") % {"n": MOST_ROWS})
        checked.append(_check_row(number, row, year, seen, stands))
    if not checked:
        raise UnreadableTable(_("表里没有日子。"))
    dropped = [
        cell.day
        for cell in exceptions_of(stands, year)
        if cell.day not in seen and cell != cell_of(national_calendar(), cell.day)
    ]
    return CheckedTable(year, checked, _whole_year(checked, year), dropped)


def _check_row(number: int, cells: list[Any], year: int, seen: dict[date, int], stands: WorkCalendar) -> CheckedRow:
    day = date_of(cells[0])
    kind = KINDS.get(typed(text_of(cells[1])).lower())
    name = text_of(cells[2])
    row = CheckedRow(number, (day.isoformat() if day else text_of(cells[0]), text_of(cells[1]), name), day, kind, name)
    if day is None:
        row.errors[f"A{number}"] = _("不是日期，请写成 2026-10-01。")
    elif day.year != year:
        row.errors[f"A{number}"] = _("不是 %(year)s 年的日子。") % {"year": year}
    elif day in seen:
        row.errors[f"A{number}"] = _("与第 %(n)s 行是同一天。") % {"n": seen[day]}
    else:
        seen[day] = number
        row.before, row.before_name = stands.describe(day), stands.holiday_name(day)
    if kind is None:
        row.errors[f"B{number}"] = _("类型只能写：放假、调休上班、上班、半天上班。")
    elif day is not None and kind is DayKind.MAKE_UP_WORKDAY and day.weekday() < 5:
        row.errors[f"B{number}"] = _("调休上班只能在周六、周日；平日请写“上班”。")
    elif day is not None and kind is DayKind.WORKING_DAY and day.weekday() >= 5:
        row.errors[f"B{number}"] = _("周六、周日上班请写“调休上班”。")
    if len(name) > 40:
        row.errors[f"C{number}"] = _("名称最多 40 字。")
    elif kind in (DayKind.HOLIDAY, DayKind.HALF_DAY) and not name:
        row.errors[f"C{number}"] = _("放假和半天上班要写明名称。")
    return row


def _whole_year(rows: list[CheckedRow], year: int) -> list[str]:
    """Return what is missing from the table of a year that the national calendar does not know: it must be whole."""
    if national_calendar().is_published(year):
        return []
    off = {row.day for row in rows if row.kind is DayKind.HOLIDAY}
    lacking = [f"{month}-{day}" for month, day in STATUTORY if date(year, month, day) not in off]
    if not lacking:
        return []
    text = _("系统还不知道 %(year)s 年的全国放假安排，这份表要写全：缺少法定假日 %(days)s。")
    return [text % {"year": year, "days": "、".join(lacking)}]
