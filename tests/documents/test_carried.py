"""Tables of a dry run: which rows are read, and what is told of a whole table."""

from dataclasses import dataclass, field

import pytest

from yizhen.documents.carried import CheckedTable, UnreadableTable, numbered_rows, rows_of_text

TITLES, ENGLISH = ("名称", "数"), ("name", "number")


@dataclass
class One:
    texts: tuple[str, ...]
    status: str = "new"
    errors: dict[str, str] = field(default_factory=dict)


class Table(CheckedTable[One]):
    titles = TITLES


def test_rows_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    rows = [["Name", "NUMBER", "备注"], ["甲"], ["", " "], ["乙", 2, "多一列"]]
    assert list(numbered_rows(rows, TITLES, ENGLISH)) == [(2, ["甲", ""]), (4, ["乙", 2])]


@pytest.mark.parametrize(
    "rows", [[], [["名称"]], [["数", "名称"], ["甲", 1]], [["名称", "数"]], [["名称", "数"], ["", ""]]]
)
def test_other_titles_or_no_rows_are_no_table(rows: list[list[str]]) -> None:
    with pytest.raises(UnreadableTable):
        list(numbered_rows(rows, TITLES))


def test_too_many_rows_are_refused_and_as_many_as_allowed_are_not() -> None:
    rows = [TITLES, *[("甲", 1)] * 3]
    assert len(list(numbered_rows(rows, TITLES, most=3))) == 3
    with pytest.raises(UnreadableTable, match="2"):
        list(numbered_rows(rows, TITLES, most=2))


def test_table_shows_what_is_wrong_first_and_carries_every_row() -> None:
    wrong = One(("丙", "x"), errors={"B4": "不是数"})
    table = Table([One(("甲", "1"), "same"), One(("乙", "2"), "changed"), wrong])
    assert (table.is_whole, table.rest) == (False, 0)
    assert table.counts == {"new": 0, "changed": 1, "same": 1, "error": 1}
    assert [row.texts[0] for row in table.shown] == ["丙", "乙", "甲"]
    assert list(rows_of_text(table.as_text)) == [["名称", "数"], ["甲", "1"], ["乙", "2"], ["丙", "x"]]
