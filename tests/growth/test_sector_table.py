"""The import of figures by sector: errors by cell, the dry run, corrections as versions, and who may."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.factories import LIUAN, XITANG, signed_in
from tests.growth.industries import checked, imported, line
from yizhen.audit.models import Record
from yizhen.documents.carried import MOST_ROWS, UnreadableTable
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.growth.industry.keeping import import_sectors
from yizhen.growth.industry.sectors import SECTORS, SPLIT
from yizhen.growth.industry.table import TITLES, check_table
from yizhen.growth.models import SectorFigure
from yizhen.people.models import ROLES


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def test_list_of_sectors_overlaps_nowhere_and_leaves_out_no_section():
    assert {code[0] for code in SECTORS} == set("ABCDEFGHIJKLMNOPQRS")  # T, international bodies, is in no township
    assert not SPLIT & SECTORS.keys()
    assert [code for code in SECTORS if code[0] == "C"] == [f"C{number}" for number in range(13, 44)]
    assert list(SECTORS) == sorted(SECTORS)
    assert all(sector.name_zh and sector.name_en for sector in SECTORS.values())


@pytest.mark.parametrize(
    ("column", "text", "cell", "said"),
    [
        (0, "石门镇", "A2", "范围里没有"),
        (0, "", "A2", "范围里没有"),
        (1, "2125", "B2", "不是年份"),
        (1, "去年", "B2", "不是年份"),
        (2, "C", "C2", "按大类填，例如 C13"),
        (2, "C99", "C2", "没有这个行业代码"),
        (3, "-1", "D2", "不是数"),
        (3, "很多", "D2", "不是数"),
        (3, "1.234", "D2", "最多两位小数"),
        (3, "", "D2", "至少填一项"),
        (4, "1.5", "E2", "不是整数"),
        (5, "", "F2", "单位数"),
        (5, "-3", "F2", "不是整数"),
        (6, "", "G2", "请写来源"),
        (7, "2125-01-31", "H2", "数据日期"),
        (7, "不知道", "H2", "数据日期"),
    ],
)
def test_error_stands_at_its_cell(people, column, text, cell, said):
    row = line(LIUAN, "C36", 60)
    row[column] = text
    table = checked(people["county"], row)
    assert list(table.rows[0].errors) == [cell]
    assert said in table.rows[0].errors[cell]
    with pytest.raises(ValidationError, match="整份表都没有写入"):
        import_sectors(people["county"], table)
    assert SectorFigure.objects.count() == 0


def test_typed_on_a_chinese_keyboard_is_read_as_it_was_meant(people):
    imported(
        people["county"], ["柳岸镇", "２０２５年", "ｃ３６", "1，280，00.50", "１２", "３", "年报", "2026年1月31日"]
    )
    found = SectorFigure.objects.get()
    assert (found.division_id, found.year, found.sector, found.output, found.jobs) == (LIUAN, 2025, "C36", Decimal("128000.50"), 12)  # fmt: skip


def test_same_sector_twice_names_the_line_above(people):
    table = checked(people["county"], line(LIUAN, "C36", 60), line("柳岸镇", "C36", 70))
    assert table.rows[1].errors == {"C3": "与第 2 行是同一个地方、年份和行业。"}


def test_measure_is_given_for_all_sectors_of_a_year_or_for_none(people):
    table = checked(people["county"], line(LIUAN, "C36", 60, 600), line(LIUAN, "C38", 40))
    assert [list(row.errors) for row in table.rows] == [[], ["E3"]]
    imported(people["county"], line(LIUAN, "C36", 60), line(XITANG, "C36", 60, 600))
    later = checked(people["county"], line(LIUAN, "C38", 40, 400))
    assert "已入库的其他行业没有这一项" in later.rows[0].errors["E2"]
    whole = checked(people["county"], line(LIUAN, "C36", 60, 600), line(LIUAN, "C38", 40, 400))
    assert (whole.is_whole, whole.counts) == (True, {"new": 1, "changed": 1, "same": 0, "error": 0})


def test_correction_is_a_version_with_a_reason_and_the_old_value_stays(people):
    county = people["county"]
    assert imported(county, line(LIUAN, "C36", 60), line(LIUAN, "C38", 40)) == {"new": 2, "changed": 0, "same": 0}
    assert imported(county, line(LIUAN, "C36", 60)) == {"new": 0, "changed": 0, "same": 1}
    with pytest.raises(ValidationError) as refused:
        imported(county, line(LIUAN, "C36", 61))
    assert "reason" in refused.value.message_dict
    assert imported(county, line(LIUAN, "C36", 61), reason="漏报") == {"new": 0, "changed": 1, "same": 0}
    versions = SectorFigure.objects.filter(sector="C36").values_list("number", "output", "reason")
    assert list(versions) == [(1, 60, ""), (2, 61, "漏报")]
    page = signed_in(people["township_office"]).get(f"/growth/industry/{LIUAN}/")
    assert [(old.output, new.output) for old, new, _sector in page.context["corrections"]] == [(60, 61)]
    assert Record.objects.filter(event="growth.sectors_imported").count() == 3


@pytest.mark.parametrize("rows", [[], [["别的", "列名"]], [list(TITLES)], [list(TITLES), [""] * 8]])
def test_what_is_no_such_table_is_refused_whole(people, rows):
    with pytest.raises(UnreadableTable):
        check_table(people["county"], rows)


def test_too_many_rows_are_refused(people):
    rows = (line(LIUAN, "C36", number) for number in range(MOST_ROWS + 1))
    with pytest.raises(UnreadableTable, match="5000"):
        check_table(people["county"], [TITLES, *rows])


def test_only_who_may_takes_over_and_only_inside_the_scope(people):
    table = checked(people["county"], line(XITANG, "C36", 60))
    for role in set(ROLES) - {"county", "city_office"}:
        with pytest.raises(PermissionDenied):
            import_sectors(people[role], table)
    assert "A2" in checked(people["township_office"], line(XITANG, "C36", 60)).rows[0].errors
    assert checked(people["township_office"], line(LIUAN, "C36", 60)).is_whole


def test_page_checks_first_and_takes_over_what_was_seen(people):
    client = signed_in(people["county"])
    page = "/growth/industry/import/"

    def sent(*rows):
        content = write_workbook([Sheet("表", [list(TITLES), *rows])])
        return client.post(page, {"file": SimpleUploadedFile("t.xlsx", content)})

    wrong = sent(line(LIUAN, "C", 60), line(LIUAN, "C38", 40))
    assert (wrong.status_code, "C2" in wrong.content.decode()) == (400, True)
    seen = sent(line(LIUAN, "C36", 60))
    assert (seen.status_code, SectorFigure.objects.count()) == (200, 0)
    assert client.post(page, {"table": seen.context["table"].as_text}).status_code == 302
    changed = sent(line(LIUAN, "C36", 61))
    assert "原为 60" in changed.content.decode()
    carried = {"table": changed.context["table"].as_text}
    refused = client.post(page, carried | {"reason": ""})
    assert (refused.status_code, "更正的原因" in refused.content.decode()) == (400, True)
    assert client.post(page, carried | {"reason": "漏报"}).status_code == 302
    assert client.post(page, {"table": "什么也不是"}).status_code == 400
    assert client.post(page, {"file": SimpleUploadedFile("t.xlsx", b"nothing")}).status_code == 400
    assert client.post(page, {}).status_code == 400


def test_template_is_a_table_that_its_own_reader_takes(people):
    town = people["township_office"]
    content = signed_in(town).get("/growth/industry/import/template/").content
    book = openpyxl.load_workbook(BytesIO(content))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert check_table(town, rows).is_whole
    assert [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)] == list(SECTORS)
