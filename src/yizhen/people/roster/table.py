"""The roster as a table: read cell by cell, checked, and compared with what is kept. Nothing is written here."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.carried import CheckedTable, numbered_rows
from yizhen.documents.cells import date_of, text_of, typed
from yizhen.people.models import Account, Appointment
from yizhen.places.models import Division

from .posts import DEGREES, LEVELS, POSTS
from .reading import appointments_visible_to, known_officials, unnumbered

TITLES = ("编号", "姓名", "出生年月", "学历", "职务类别", "职务", "地方", "任职日期", "免职日期")
MONTH = re.compile(r"(19|20)(\d\d)-?(0?[1-9]|1[0-2])")
WORDS = {
    "town_secretary": ("乡镇党委书记", "街道党工委书记", "党委书记", "党工委书记", "书记"),
    "town_head": ("乡镇长", "镇长", "乡长", "街道办事处主任", "主任"),
    "county_leader": ("县市区党政领导班子成员", "县领导班子成员", "县处级班子成员"),
    "other": ("其他", "其他职务"),
    "below_bachelor": ("大专", "专科", "大学专科", "高中", "中专", "本科以下", "大学本科以下"),
    "bachelor": ("本科", "大学", "大学本科"),
    "master": ("硕士", "研究生", "硕士研究生"),
    "doctor": ("博士", "博士研究生"),
}


@dataclass
class RosterRow:
    """One row: its texts, what they mean, what is wrong in which cell, and what taking it over would do."""

    number: int
    texts: tuple[str, ...]
    staff: str = ""
    name: str = ""
    birth: str = ""
    degree: str = ""
    post: str = ""
    title: str = ""
    division: Division | None = None
    began: date | None = None
    ended: date | None = None
    status: str = "new"
    errors: dict[str, str] = field(default_factory=dict)


class RosterTable(CheckedTable[RosterRow]):
    """A whole roster, checked."""

    titles = TITLES


def check_roster(user: Account, rows: Iterable[Sequence[Any]]) -> RosterTable:
    """Check a roster against itself, the places of the user's scope, and what is kept. Four queries.

    Raises:
        UnreadableTable: when the columns are others, there are no rows, or too many.
    """
    reader = _Reader(user)
    return RosterTable([reader.read(number, cells) for number, cells in numbered_rows(rows, TITLES)])


class _Reader:
    """Reads rows one after the other, beside what is kept and what stood above."""

    def __init__(self, user: Account) -> None:
        self.today = timezone.localdate()
        self.places: dict[str, list[Division]] = {}
        for place in Division.objects.filter(
            code__startswith=user.scope_id, level__in=["prefecture", "county", "township"]
        ):
            for key in (place.code, place.name_zh):
                self.places.setdefault(key, []).append(place)
        self.officials = known_officials(user)
        self.without = unnumbered(user)
        self.kept: dict[tuple[str, str, str, date], Appointment] = {
            (one.official.number, one.post, one.division_id, one.began_on): one
            for one in appointments_visible_to(user).select_related("official")
        }
        self.people: dict[str, tuple[int, tuple[str, str, str]]] = {}
        self.posts: dict[tuple[Any, ...], int] = {}

    def read(self, number: int, cells: list[Any]) -> RosterRow:
        """Return one row, checked."""
        texts = tuple(text_of(cell) for cell in cells)
        row = RosterRow(number, texts, staff=typed(texts[0]), name=texts[1], title=texts[5])
        wrong = row.errors
        if not row.staff or len(row.staff) > 20:
            wrong[f"A{number}"] = _("请写编号，最多 20 个字符：同名的人靠它区分。")
        if not row.name or len(row.name) > 40:
            wrong[f"B{number}"] = _("请写姓名，最多 40 字。")
        row.birth = _month(cells[2])
        if not row.birth or not 18 <= self.today.year - int(row.birth[:4]) <= 80:
            wrong[f"C{number}"] = _("不是出生年月，请写成 1978-06。")
        row.degree = _code(texts[3], DEGREES)
        if not row.degree:
            wrong[f"D{number}"] = _("学历只能写：%(words)s。") % {"words": _("、").join(map(str, DEGREES.values()))}
        row.post = _code(texts[4], POSTS)
        if not row.post:
            wrong[f"E{number}"] = _("职务类别只能写：%(words)s。") % {"words": _("、").join(map(str, POSTS.values()))}
        if not row.title or len(row.title) > 60:
            wrong[f"F{number}"] = _("请写职务全称，最多 60 字。")
        self._place(row, texts[6])
        self._days(row, cells[7], cells[8])
        if not wrong:
            self._beside(row)
        return row

    def _place(self, row: RosterRow, text: str) -> None:
        level = LEVELS.get(row.post)
        found = [place for place in self.places.get(typed(text), ()) if level in (None, place.level)]
        if len(found) == 1:
            row.division = found[0]
        elif found:
            row.errors[f"G{row.number}"] = _("有 %(n)s 个同名的地方，请写区划代码。") % {"n": len(found)}
        else:
            row.errors[f"G{row.number}"] = _("本市没有这个地方，或者级别与职务类别不符。请写名称或区划代码。")

    def _days(self, row: RosterRow, began: Any, ended: Any) -> None:
        row.began, row.ended = _day(began), _day(ended, last=True)
        if row.began is None or row.began > self.today:
            row.errors[f"H{row.number}"] = _("不是任职日期，或者还没到。请写成 2021-05-18；只知道年月就写 2021-05。")
        if text_of(ended) and row.ended is None:
            row.errors[f"I{row.number}"] = _("不是日期，请写成 2024-10-31；还在任就留空。")
        elif row.began and row.ended and row.ended < row.began:
            row.errors[f"I{row.number}"] = _("免职日期早于任职日期。")

    def _beside(self, row: RosterRow) -> None:
        """Compare a row with those above it and with what is kept."""
        assert row.division is not None
        assert row.began is not None
        said = (row.name, row.birth, row.degree)
        line, before = self.people.setdefault(row.staff, (row.number, said))
        if before != said:
            row.errors[f"A{row.number}"] = _("与第 %(n)s 行编号相同，姓名、出生年月或学历不同。") % {"n": line}
        key = (row.staff, row.post, row.division.code, row.began)
        if key in self.posts:
            row.errors[f"H{row.number}"] = _("与第 %(n)s 行是同一次任职。") % {"n": self.posts[key]}
        self.posts[key] = row.number
        kept, official = self.kept.get(key), self.officials.get(row.staff)
        same_person = official is not None and (official.name, official.birth_month, official.education) == said
        if kept is not None and same_person and (kept.title, kept.ended_on) == (row.title, row.ended):
            row.status = "same"
        elif kept is not None or (official is not None and not same_person) or row.name in self.without:
            row.status = "changed"


def _month(cell: Any) -> str:
    if isinstance(cell, date):
        return f"{cell.year:04d}-{cell.month:02d}"
    text = re.sub(r"[年./]", "-", typed(text_of(cell))).rstrip("月-")
    found = MONTH.fullmatch(text)
    return f"{found[1]}{found[2]}-{int(found[3]):02d}" if found else ""


def _day(cell: Any, *, last: bool = False) -> date | None:
    """Return a day; of a month alone the first one, or the last."""
    found = date_of(cell)
    if found is None and (month := _month(cell)):
        year, number = map(int, month.split("-"))
        found = date(year, number, monthrange(year, number)[1] if last else 1)
    return found


def _code(text: str, names: dict[str, Any]) -> str:
    plain = typed(text).replace("（", "(").replace("(", "").replace("）", "").replace(")", "")
    for code, name in names.items():
        if plain in (code, *WORDS[code], str(name).replace("（", "").replace("）", "")):
            return code
    return ""
