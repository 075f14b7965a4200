"""Units, periods and malicious files: what converts, what words name, and what is not opened or stays text."""

import zipfile
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from python_calamine import CalamineWorkbook

from tests import factories
from tests.factories import LIUAN, XITANG, beds, observation_workbook, signed_in, upload
from yizhen.documents import unpacking
from yizhen.indicators.actions import check_table, check_workbook, commit_batch, receive_file
from yizhen.indicators.dry_run import PER_PAGE
from yizhen.indicators.models import ImportBatch, Observation, UploadedTable
from yizhen.indicators.models.batch import CHUNK
from yizhen.indicators.periods import bounds, read_period
from yizhen.indicators.tables.desk import Desk
from yizhen.indicators.tables.headings import unit_of, words_of
from yizhen.indicators.tables.units import UnitMismatch, factor


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


@pytest.mark.parametrize(
    ("unit", "target", "times"),
    [
        ("万元", "亿元", Fraction(1, 10_000)), ("元", "万元", Fraction(1, 10_000)), ("百万元", "亿元", Fraction(1, 100)), ("亿元", "亿元", 1),
        ("‰", "%", Fraction(1, 10)), ("倍", "%", 100), ("小数", "%", 100), ("%", "倍", Fraction(1, 100)), ("公顷", "亩", 15), ("平方公里", "亩", 1500),
        ("平方米", "㎡", 1), ("m²", "㎡", 1), ("万平方米", "㎡", 10_000), ("张/千人", "张/万人", 10), ("人/万人", "人/万人", 1), ("㎡/人", "㎡/万人", 10_000),
        ("元/亩", "万元/亩", Fraction(1, 10_000)), ("万元/公顷", "万元/亩", Fraction(1, 15)), ("万人", "人", 10_000), ("名", "人", 1), ("公里", "米", 1000),
        ("吨", "公斤", 1000), ("", "亿元", 1), ("张", "", 1),
    ],
)  # fmt: skip
def test_units_convert(unit, target, times):
    assert factor(unit, target) == times


@pytest.mark.parametrize(
    ("unit", "target"),
    [("万元", "%"), ("亩", "万元"), ("张", "张/万人"), ("张/万人", "张"), ("百分点", "%"), ("个百分点", "%"), ("户", "人"), ("吨", "亩"), ("人/万人", "张/万人")],
)  # fmt: skip
def test_units_of_other_things_are_refused(unit, target):
    with pytest.raises(UnitMismatch):
        factor(unit, target)


@pytest.mark.parametrize(
    ("heading", "unit", "words"),
    [
        (("床位数（张）",), "张", ("床位数",)), (("教育", "专任教师数(人)"), "人", ("教育", "专任教师数")), (("营业收入", "万元"), "万元", ("营业收入",)),
        (("产值（单位：亿元）",), "亿元", ("产值",)), (("办结率%",), "", ("办结率%",)), (("2025年", "一季度", "床位数：张"), "张", ("床位数",)),
        (("占比（%）",), "%", ("占比",)), (("村（社区）数",), "", ("村(社区)数",)), (("面积 m²",), "m2", ("面积",)),
    ],
)  # fmt: skip
def test_headings_are_taken_apart(heading, unit, words):
    assert (unit_of(heading), words_of(heading)) == (unit, words)


@pytest.mark.parametrize(
    ("text", "year", "period"),
    [
        ("2025年", "", "2025"), ("２０２５年度", "", "2025"), ("2026年3月", "", "2026-03"), ("3月份", "2026", "2026-03"), ("十二月", "2025", "2025-12"),
        ("一季度", "2026", "2026Q1"), ("2025年第4季度", "", "2025Q4"), ("2025Q3", "", "2025Q3"), ("上半年", "2025", "2025H1"), ("2025年下半年", "", "2025H2"),
        ("2025-07", "", "2025-07"), ("202507", "", "2025-07"), ("2025年1-6月", "", "2025H1"), ("1—3月", "2026", "2026Q1"), ("2025年1至12月", "", "2025"),
        ("2025年1-9月", "", ""), ("床位数", "2025", ""), ("3月", "", ""), ("13月", "2025", ""), ("2025年末", "", "2025"), ("全年", "2025", "2025"),
    ],
)  # fmt: skip
def test_periods_are_read_from_words(text, year, period):
    assert read_period(text, year) == period


@pytest.mark.parametrize(
    ("period", "day"),
    [("2025", "2025-12-31"), ("2024H1", "2024-06-30"), ("2025Q1", "2025-03-31"), ("2024-02", "2024-02-29")],
)
def test_periods_end_on_their_last_day(period, day):
    assert bounds(period)[1].isoformat() == day


# --- malicious files -----------------------------------------------------------------------------------------------


def table(*rows) -> bytes:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return made.getvalue()


def packed(content: bytes, **parts: bytes) -> bytes:
    made = BytesIO(content)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), body)
    return made.getvalue()


PLAIN = table(["2025年"], ["地区", "床位数", "常住人口"], ["柳岸镇", 1, 100])


def far_sheet() -> bytes:
    """Return a table with a cell in column 1,000,000."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(PLAIN)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name.endswith("sheet1.xml"):
                body = body.replace(b"</row>", b'<c r="BDWGN1"><v>1</v></c></row>', 1)
            new.writestr(name, body)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: packed(PLAIN, xl__bomb_xml=b" " * (unpacking.LARGEST + 1)), "解开后太大"),
        (lambda: packed(PLAIN, xl__externalLinks__externalLink1_xml=b"x"), "文件链接到别的文件"),
        (lambda: packed(PLAIN, xl__vbaProject_bin=b"x"), "文件带有宏"),
        (far_sheet, "表格的行列太多"),
    ],
)
def test_malicious_table_is_not_opened(office, content, message):
    response = signed_in(office).post("/indicators/import/", {"file": upload("a.xlsx", content())})

    assert response.status_code == 400
    assert response.context["form"].errors["file"][0].startswith(message)
    assert (UploadedTable.objects.count(), ImportBatch.objects.count()) == (0, 0)


INJECTIONS = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+cmd",
    '=HYPERLINK("http://evil.example","x")',
    "{=1+1}",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_that_looks_like_a_formula_is_data_and_nothing_else(office, text):
    rows = [
        ["2025年"],
        ["地区", "床位数", "常住人口", "备注"],
        ["柳岸镇", 1, 100, text],
        ["西塘桥镇", text, 100, ""],
        [text, 3, 100, ""],
    ]
    uploaded = receive_file(office, "a.xlsx", table(*rows))
    desk = Desk(office, uploaded)

    assert desk.unanswered == [text]
    uploaded.choices = {"layout": desk.layout, "columns": {}, "places": {text: "-"}, "period": "2025", "as_of": "2025-12-31",
                        "source": "", "hidden_rows": False}  # fmt: skip
    uploaded.save()
    batch = check_table(office, uploaded)
    assert [(row["values"]["note"], [e["cell"] for e in row["errors"]]) for row in batch.rows()] == [
        ("", ["B4"]),
        (text, []),
    ]
    page = signed_in(office).get(f"/indicators/import/{batch.pk}/").content.decode()
    assert text not in page or "<" not in text


def test_of_a_formula_the_computed_value_is_read(office):
    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((["2025年"], ["地区", "床位数", "常住人口"], ["柳岸镇"], ["西塘桥镇"])):
            sheet.write_row(line, 0, row)
        sheet.write_formula("B3", "=100+42", None, 142)
        sheet.write_formula("C3", "=cmd|' /C calc'!A0", None, 74_200)
        sheet.write_formula("B4", "=1/0", None, "#DIV/0!")
        sheet.write("C4", 100)

    batch = check_table(office, receive_file(office, "a.xlsx", made.getvalue()))

    assert [(row["values"]["division"], row["values"]["numerator"]) for row in batch.rows()] == [(LIUAN, "142.0000")]


def test_what_came_in_as_text_goes_out_as_text(office):
    note = "=cmd|' /C calc'!A0"
    commit_batch(office, check_workbook(office, "a.xlsx", observation_workbook(
        [[*row[:8], note] for row in beds({LIUAN: 1, XITANG: 2})])))  # fmt: skip

    content = signed_in(office).get("/indicators/L01/compare/table.xlsx").content

    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets/" in name)
    assert CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[1][0] == LIUAN
    assert {figure.note for figure in Observation.objects.all()} == {note}


# --- many rows -----------------------------------------------------------------------------------------------------


def test_rows_are_kept_in_chunks_and_shown_in_pages_with_the_errors_first(office):
    periods = [f"{year}-{month:02d}" for year in range(1950, 2026) for month in range(1, 13)][: CHUNK + 150]
    rows = [factories.row("D04", LIUAN, period, value=at) for at, period in enumerate(periods)]
    for at in (3, CHUNK + 10):
        rows[at][5] = "x"

    batch = check_workbook(office, "a.xlsx", observation_workbook(rows))
    client = signed_in(office)
    pages = [
        client.get(f"/indicators/import/{batch.pk}/", {"page": page}).context["run"] for page in (1, 2, 7, "x", "99")
    ]

    assert (batch.size, batch.wrong, batch.counts) == (CHUNK + 150, 2, {"new": CHUNK + 148, "changed": 0, "same": 0})
    assert [(chunk.wrong, chunk.first, len(chunk.rows)) for chunk in batch.chunks.all()] == [
        (True, 0, 2), (False, 0, CHUNK), (False, CHUNK, 148)
    ]  # fmt: skip
    assert [row["number"] for row in pages[0].rows[:4]] == [5, CHUNK + 12, 2, 3]
    assert [len(run.rows) for run in pages] == [PER_PAGE, PER_PAGE, 50, PER_PAGE, 50]
    assert sorted(row["number"] for row in batch.rows()) == list(range(2, CHUNK + 152))
    assert [row["number"] for row in batch.rows(CHUNK - 1, 5)] == [
        row["number"] for row in list(batch.rows())[CHUNK - 1 : CHUNK + 4]
    ]


def test_a_table_of_too_many_figures_is_refused_as_a_whole(office, monkeypatch):
    monkeypatch.setattr("yizhen.indicators.actions.tables.MAX_ROWS", 1)
    uploaded = receive_file(
        office, "2025年.xlsx", table(["地区", "床位数", "常住人口"], ["柳岸镇", 1, 9], ["古渡镇", 1, 9])
    )

    with pytest.raises(ValidationError, match="一次最多导入 1 个数"):
        check_table(office, uploaded)
    assert ImportBatch.objects.count() == 0


def test_a_workbook_with_a_shifted_template_is_still_understood(office):
    book = openpyxl.Workbook()
    book.active.append(["某局报送"])
    for line in (
        ["指标代码", "区划代码", "期间", "分子", "分母", "数值", "备注"],
        ["L01", LIUAN, "2025", 142, 74200, None, "有标题行"],
    ):
        book.active.append(line)
    made = BytesIO()
    book.save(made)

    batch = check_table(office, receive_file(office, "a.xlsx", made.getvalue()))

    assert [row["values"]["numerator"] for row in batch.rows()] == [str(Decimal("142.0000"))]
