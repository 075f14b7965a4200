"""Tables as people lay them out: whatever stands around the numbers, the same numbers are read."""

import csv
from decimal import Decimal, InvalidOperation
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.documents.cells import date_of, number_of
from yizhen.documents.grids import Book, UnreadableFile
from yizhen.documents.tables import Table, find_table, is_note, is_total

NAMES = ["柳岸镇", "西塘桥镇", "古渡镇", "石门镇", "江风街道"]
TITLES = [
    "清澜市2025年基本情况表",
    "（内部资料）",
    "单位：万元",
    "填报单位：统计局    填报日期：2026年1月5日",
    "表号：清统1表",
]
NOTES = ["注：含开发区。", "资料来源：统计公报", "说明：2025年为快报数", "※ 不含飞地", "填表人：某某  审核人：某某"]
numbers = st.one_of(st.integers(-(10**9), 10**12), st.decimals(-(10**6), 10**6, places=2))


def plain(number):
    return float(number)


def thousands(number):
    return f"{number:,}"


def wide(number):
    return f"{number:,}".translate(
        {ord(a): ord(b) for a, b in zip("0123456789,.-", "０１２３４５６７８９，．－", strict=True)}
    )


@st.composite
def layouts(draw):
    """Return numbers by name and heading, and the rows and merged cells of a sheet that shows them."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, unique=True))
    width, levels = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    values = [[draw(numbers) for _column in range(width)] for _name in names]
    above = draw(st.lists(st.sampled_from(TITLES), max_size=3, unique=True))
    rows = [[title] + [""] * width for title in above]
    merged = [(at, 0, at, width) for at in range(len(above)) if draw(st.booleans())]
    top = len(rows)
    for level in range(levels - 1):
        rows.append(["地区" if level == 0 else ""] + [f"组{level}" if column == 0 else "" for column in range(width)])
        merged.append((top + level, 1, top + level, width))
    rows.append([("地区" if levels == 1 else "")] + [f"指标{'甲乙丙丁戊己'[column]}" for column in range(width)])
    if levels > 1:
        merged.append((top, 0, top + levels - 1, 0))
    first = len(rows)
    if draw(st.booleans()):
        rows.append(["合计", *[1.0] * width])
    for name, line in zip(names, values, strict=True):
        spaced = draw(st.sampled_from([name, " ".join(name), f" {name} "]))
        rows.append([spaced, *[draw(st.sampled_from([plain, thousands, wide]))(number) for number in line]])
        if draw(st.integers(0, 4)) == 0:
            rows.append([""] * (width + 1))
    rows += [[note] + [""] * width for note in draw(st.lists(st.sampled_from(NOTES), max_size=2, unique=True))]
    left = draw(st.integers(0, 2))
    rows = [[""] * left + row for row in rows]
    merged = [(a, b + left, c, d + left) for a, b, c, d in merged]
    return dict(zip(names, values, strict=True)), rows, merged, (top, first - 1, left)


def workbook(rows, merged=()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell if cell != "" else None for cell in row])
    for top, left, bottom, right in merged:
        if (top, left) != (bottom, right):
            book.active.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def known(text: str) -> bool:
    return text.replace(" ", "") in NAMES


def table_of(content: bytes, **said) -> Table:
    book = Book(content)
    found = find_table(book.grid(next(iter(book.sheets))), known, **said)
    assert found is not None
    return found


def read(table: Table) -> dict:
    columns = [column.at for column in table.columns if column.at != table.names]
    found = {}
    for _at, cells in table.rows():
        name = str(cells[table.names]).replace(" ", "")
        if name and not is_total(name):
            found[name] = [number_of(cells[at]) for at in columns]
    return found


def as_read(number) -> Decimal:
    return Decimal(str(float(number))) if isinstance(number, Decimal) else Decimal(number)


@settings(max_examples=40)
@given(layouts())
def test_a_table_in_any_layout_gives_the_same_numbers(layout):
    values, rows, merged, (first, last, left) = layout

    table = table_of(workbook(rows, merged))

    assert (table.first, table.last, table.names, table.across) == (first, last, left, False)
    assert read(table) == {name: [as_read(number) for number in line] for name, line in values.items()}


@settings(max_examples=20)
@given(layouts())
def test_a_table_on_its_side_gives_the_same_numbers(layout):
    values, rows, merged, (first, last, left) = layout
    turned = [list(column) for column in zip(*rows, strict=True)]

    table = table_of(workbook(turned, [(b, a, d, c) for a, b, c, d in merged]), across=True)

    assert read(table) == {name: [as_read(number) for number in line] for name, line in values.items()}


@settings(max_examples=20)
@given(layouts(), st.sampled_from(["utf-8-sig", "gb18030"]), st.sampled_from([",", "\t", ";"]))
def test_a_text_table_gives_the_same_numbers(layout, encoding, separator):
    values, rows, _merged, _places = layout
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)

    assert read(table_of(text.getvalue().encode(encoding))) == {
        name: [as_read(number) for number in line] for name, line in values.items()
    }


def test_addresses_are_those_of_the_file():
    rows = [["表"], ["地区", "甲", "乙"], ["柳岸镇", 1, 2], ["古渡镇", 3, 4]]

    assert table_of(workbook(rows)).address(2, 1) == "B3"
    turned = [["地区", "柳岸镇", "古渡镇"], ["甲", 1, 2], ["乙", 3, 4]]
    assert table_of(workbook(turned)).across is True
    assert table_of(workbook(turned)).address(1, 2) == "B3"


@pytest.mark.parametrize(
    ("row", "expected"),
    [(["注：略"], True), (["备注:略", ""], True), (["资料来源：公报"], True), (["※不含"], True), (["柳岸镇", 1], False), (["注资", 5.0], False), ([], False)],
)  # fmt: skip
def test_notes_are_told_from_rows(row, expected):
    assert is_note(row) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("合计", True), ("合 计", True), ("总　计", True), ("全市", True), ("全市合计", True), ("小计", True), ("全市平均", True), ("全州镇", False), ("合计镇", False)],
)  # fmt: skip
def test_totals_are_told_from_places(text, expected):
    assert is_total(text) is expected


@pytest.mark.parametrize(
    ("cell", "number"),
    [("74①", 74), ("74²", 74), ("1,234※", 1234), ("１，２３４．５", "1234.5"), ("－3", -3), (12.0, 12), (0.1, "0.1"), ("—", None), ("…※", None), ("", None)],
)  # fmt: skip
def test_numbers_are_read_without_the_marks_of_footnotes(cell, number):
    assert number_of(cell) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("cell", ["=1+1", "=cmd|' /C calc'!A1", "#REF!", "NaN", "Infinity", "1e15", True, "一百"])
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(InvalidOperation):
        number_of(cell)


@pytest.mark.parametrize("cell", ["2025-02-30", "去年", 5.0, ""])
def test_what_is_no_day_is_none(cell):
    assert date_of(cell) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a",
        b"one column\nof words\n",
        b"\x00\x01,\x02\n\x00,\x00\n",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ],
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(UnreadableFile):
        Book(content)


# --- what the reader of cells does not tell ------------------------------------------------------------------------


def test_hidden_rows_and_columns_and_percents_of_xlsx_are_seen():
    book = openpyxl.Workbook()
    book.active.append(["柳岸镇", 0.5, 3, 4])
    book.active.append(["古渡镇", 0.6, 3, 4])
    book.active["B1"].number_format = "0.0%"
    book.active.column_dimensions["C"].hidden = True
    book.active.column_dimensions.group("D", "F", hidden=True)
    book.active.row_dimensions[2].hidden = True
    book.create_sheet("底稿").sheet_state = "hidden"
    made = BytesIO()
    book.save(made)

    opened = Book(made.getvalue())
    look = opened.grid("Sheet").look

    assert opened.sheets == {"Sheet": False, "底稿": True}
    assert (sorted(look.hidden_columns), sorted(look.hidden_rows), sorted(look.percent)) == ([2, 3, 4, 5], [1], [1])
