"""The table of cases as a workbook: written, read back cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.cells import column_letters, date_of, text_of
from yizhen.documents.grids import Book, UnreadableFile
from yizhen.documents.unpacking import UnsafeFile
from yizhen.documents.workbook import Sheet, write_workbook

from .kinds.cases import Case, read_steps
from .kinds.walk import WalkRefused
from .lifecycle import STATE_NAMES, VERB_NAMES, State

TITLES = ("步骤", "结果状态", "到期日")
TITLES_EN = ("steps", "state", "due")
LONGEST = 2000


class UnreadableCases(ValueError):
    """The file is no table of cases; the message says why, in the page's language."""


@dataclass
class CheckedCases:
    """The cases of a file, and what is wrong in which cell: "B3" → message."""

    cases: list[Case] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def read_cases(content: bytes, name: str) -> CheckedCases:
    """Read the first sheet of an .xlsx, .xls or .csv.

    Raises:
        UnreadableCases: no such file, one that is not safe to open, or another head.
    """
    try:
        book = Book(content, name)
        rows = list(book.grid(next(iter(book.sheets))).rows())
    except (UnsafeFile, UnreadableFile) as error:
        raise UnreadableCases(_("打不开这个文件：请上传不带宏的 .xlsx、.xls 工作簿，或 .csv。")) from error
    head = tuple(text_of(cell).lower() for cell in rows[0][:3]) if rows else ()
    if head not in {TITLES, TITLES_EN}:
        raise UnreadableCases(_("第一行须是：%(titles)s。") % {"titles": "、".join(TITLES)})
    checked = CheckedCases()
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell if cell is not None else "" for cell in (*row, "", "", "")[:3]]
        if any(text_of(cell) for cell in cells):
            case, errors = checked_case(*cells)
            checked.cases.append(case)
            checked.errors |= {f"{column_letters(column)}{number}": text for column, text in errors.items()}
    return checked


def checked_case(steps: Any, state: Any, due: Any) -> tuple[Case, dict[int, str]]:
    """Return a case from what was typed, and what is wrong by column (0 steps, 1 state, 2 due date)."""
    errors: dict[int, str] = {}
    text = text_of(steps)[:LONGEST]
    if len(text_of(steps)) > LONGEST:
        errors[0] = _("步骤最多 %(n)d 个字。") % {"n": LONGEST}
    try:
        if not read_steps(text):
            errors[0] = _("请写步骤，例如：2026-03-02 open; 2026-03-03 dispatch")
    except WalkRefused as refused:
        errors[0] = _("第 %(n)d 步：%(why)s") % {"n": refused.number, "why": refused.why}
    named = {str(name): code.value for code, name in STATE_NAMES.items()}
    code = named.get(text_of(state), text_of(state))
    if code not in set(State):
        errors[1] = _("没有这个状态：%(state)s。") % {"state": code[:40]}
    day = date_of(due) if text_of(due) else None
    if text_of(due) and day is None:
        errors[2] = _("日期请写成 2026-03-02 的样子；不查期限就空着。")
    return Case(text, code, day), errors


def cases_workbook(cases: Sequence[Case], footer: str) -> bytes:
    """Return the cases as a workbook that can be read back, with the codes of steps and states on a second sheet."""
    rows = [TITLES, *((case.steps, case.state, case.due_on.isoformat() if case.due_on else "") for case in cases)]
    codes = [
        (_("代码"), _("名称")),
        *((verb.value, str(name)) for verb, name in VERB_NAMES.items()),
        *((state.value, str(name)) for state, name in STATE_NAMES.items()),
    ]
    return write_workbook([Sheet(_("用例"), rows, footer), Sheet(_("代码"), codes)])
