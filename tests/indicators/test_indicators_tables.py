"""Workbooks as offices have them: understood, corrected, remembered, imported with the address of every cell."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, signed_in, unit, upload
from yizhen.audit.models import Record
from yizhen.indicators.actions import check_table, choose, commit_batch, forget_mapping, receive_file, undo_batch
from yizhen.indicators.models import ImportBatch, ImportMapping, Observation, UploadedTable
from yizhen.indicators.tables.desk import Desk
from yizhen.people.models import ROLES
from yizhen.places.models import Division

FILES = Path(__file__).parent / "files" / "messy"
QIANWAN, HEPING, TANGXI, YUNLING, JIANGKOU = "990181101201", "990181101202", "990181102201", "990122", "990103"
# file → (indicator, place, period, numerator, denominator, value, cell), worked out by hand from what the file shows; a last digit
# of 0 or 5 with something behind it goes up by one, so that rounding it again is right
EXPECTED = {
    "beds.xlsx": [  # two levels, merged; full-width digits, thousands, spaces in names and numbers, a total, notes
        ("L01", LIUAN, "2025", "142", "74200", "19.1374", "B6"),
        ("L01", XITANG, "2025", "118", "61800", "19.0938", "B7"),
        ("L01", GUDU, "2025", "169", "52000", "32.5", "B8"),
    ],
    "parks.xlsx": [  # 万元 in a line above, 亿元 in the catalogue; county and city before the names; the month in the title
        ("D02", JIANGFENG, "2026-03", None, None, "2.3457", "B5"),
        ("D02", LIUAN, "2026-03", None, None, "6", "B6"),
        ("D02", SHIMEN, "2026-03", None, None, "4", "B7"),
    ],
    "schools.xlsx": [  # three levels, one column of residents, in 万人, below two figures
        ("L02", LIUAN, "2025", "12", "74200", "1.6172", "B5"),
        ("L03", LIUAN, "2025", "610", "74200", "82.2102", "C5"),
        ("L02", XITANG, "2025", "9", "61800", "1.4563", "B6"),
        ("L03", XITANG, "2025", "502", "61800", "81.2297", "C6"),
        ("L02", GUDU, "2025", "8", "52000", "1.5384", "B7"),
    ],
    "jobs.xlsx": [  # months across; of what only the title says; names without their endings, and with 办事处
        ("L08", LIUAN, "2026-01", None, None, "120", "B4"),
        ("L08", LIUAN, "2026-02", None, None, "95", "C4"),
        ("L08", LIUAN, "2026-03", None, None, "131", "D4"),
        ("L08", XITANG, "2026-01", None, None, "88", "B5"),
        ("L08", XITANG, "2026-03", None, None, "102", "D5"),
        ("L08", JIANGFENG, "2026-01", None, None, "1020", "B6"),
        ("L08", JIANGFENG, "2026-02", None, None, "998", "C6"),
        ("L08", JIANGFENG, "2026-03", None, None, "1100", "D6"),
    ],
    "across.xlsx": [  # places above, indicators at the side
        ("L01", LIUAN, "2025", "142", "74200", "19.1374", "B3"),
        ("L04", LIUAN, "2025", "3100", "74200", "417.7897", "B4"),
        ("L01", XITANG, "2025", "118", "61800", "19.0938", "C3"),
        ("L04", XITANG, "2025", "2500", "61800", "404.5307", "C4"),
        ("L01", GUDU, "2025", "96", "52000", "18.4616", "D3"),
    ],
    "hidden.xlsx": [  # a hidden column of the same heading, a hidden row, a hidden sheet with more places
        ("S06", LIUAN, "2026-02", "380", "400", "95", "C3"),
        ("S06", GUDU, "2026-02", "90", "100", "90", "C5"),
    ],
    "sheets.xlsx": [  # a cover, the data, an empty sheet; the month is the sheet's name; counties between their townships
        ("D09", JIANGKOU, "2026-05", "27", "30", "90", "B3"),
        ("D09", JIANGFENG, "2026-05", "18", "20", "90", "B4"),
        ("D09", YUNLING, "2026-05", "12", "12", "100", "B5"),
        ("D09", SHIMEN, "2026-05", "9", "10", "90", "B6"),
    ],
    "percent.xlsx": [  # cells of 0.925 that are shown as 92.5 %
        ("L05", LIUAN, "2026Q1", None, None, "92.5", "B3"),
        ("L05", XITANG, "2026Q1", None, None, "80", "B4"),
        ("L05", SHIMEN, "2026Q1", None, None, "77.75", "B6"),
    ],
    "long.xlsx": [  # one figure in a row: place, indicator, year, value
        ("D07", LIUAN, "2025", None, None, "2.31", "D3"),
        ("D07", XITANG, "2025", None, None, "1.9", "D4"),
        ("D07", LIUAN, "2024", None, None, "2.05", "D5"),
    ],
    "land.xlsx": [  # counties merged down, subtotals, numbered columns, the heading once more; 公顷 where 亩 are kept
        ("D06", LIUAN, "2025", "30000", "1500", "20", "C5"),
        ("D06", XITANG, "2025", "15000", "1200", "12.5", "C6"),
        ("D06", SHIMEN, "2025", "6000", "750", "8", "C9"),
        ("D06", JIANGFENG, "2025", "9000", "600", "15", "C10"),
    ],
    "mediation.csv": [  # GB18030, groups without merged cells, the quarter in the title
        ("S05", LIUAN, "2026Q2", "108", "120", "90", "B5"),
        ("S05", XITANG, "2026Q2", "76", "80", "95", "B6"),
    ],
    "projects.csv": [  # UTF-8 with tabs; ‰ where % is kept; the month in the heading
        ("L09", LIUAN, "2025-12", None, None, "95.5", "B2"),
        ("L09", XITANG, "2025-12", None, None, "100", "B3"),
    ],
    "forms.xls": [  # the old format, three levels merged, two quarters, villages by name
        ("P03", QIANWAN, "2025Q3", "6", "1", "6", "B5"),
        ("P03", QIANWAN, "2025Q4", None, None, "5", "D5"),
        ("P03", HEPING, "2025Q3", "8", "1", "8", "B6"),
        ("P03", HEPING, "2025Q4", None, None, "7", "D6"),
        ("P03", TANGXI, "2025Q3", "9", "1", "9", "B7"),
    ],
    "old.xls": [  # the old format with a hidden column
        ("L01", LIUAN, "2025", "142", "74200", "19.1374", "C3"),
        ("L01", XITANG, "2025", "118", "61800", "19.0938", "C4"),
    ],
}  # fmt: skip


@pytest.fixture
def city(db):
    city = factories.fictional_city()
    factories.catalogue()
    return city


@pytest.fixture
def office(city):
    return factories.account("city_office")


def received(actor, name: str) -> UploadedTable:
    found = receive_file(actor, name, (FILES / name).read_bytes())
    assert isinstance(found, UploadedTable)
    return found


def workbook(*rows, merged=(), title="Sheet1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def kept(batch) -> list[tuple]:
    return [
        (
            *(row["values"][name] for name in ("indicator", "division", "period")),
            *(row["values"][name] and Decimal(row["values"][name]) for name in ("numerator", "denominator", "value")),
            row["at"],
        )
        for row in batch.rows()
    ]


def expected(rows) -> list[tuple]:
    return [(*row[:3], *(part and Decimal(part) for part in row[3:6]), row[6]) for row in rows]


def sent(desk, **changes) -> dict:
    """Return what the page sends back when nothing but ``changes`` is chosen."""
    table = desk.table
    fields = {
        "sheet": desk.sheet, "across": str(int(table.across)), "first": str(table.first + 1), "last": str(table.last + 1),
        "layout": desk.layout, "period": desk.reading.period, "as_of": desk.reading.as_of, "source": desk.reading.source,
        "column": [str(column.at) for column in table.columns], "name": [], "place": [], "do": "check",
    }  # fmt: skip
    for column in table.columns:
        use = desk.reading.uses[column.at]
        for name in ("role", "indicator", "unit", "period"):
            fields[f"{name}-{column.at}"] = getattr(use, name)
    return fields | changes


# --- the collection ------------------------------------------------------------------------------------------------


def test_every_file_of_the_collection_is_expected():
    assert sorted(path.name for path in FILES.iterdir()) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_messy_workbook_is_read_as_a_person_reads_it(office, name):
    uploaded = received(office, name)

    desk = Desk(office, uploaded)
    assert desk.problems == {}
    batch = check_table(office, uploaded)

    assert (kept(batch), batch.wrong) == (expected(EXPECTED[name]), 0)
    commit_batch(office, batch)
    again = check_table(office, received(office, name))
    assert again.counts == {"new": 0, "changed": 0, "same": len(EXPECTED[name])}
    commit_batch(office, again)
    assert (again.changes.count(), Observation.objects.count()) == (0, len(EXPECTED[name]))
    undo_batch(office, batch)
    assert Observation.objects.count() == 0


def test_figures_carry_source_date_and_remark(office):
    commit_batch(office, check_table(office, received(office, "beds.xlsx")))

    figure = Observation.objects.get(division=LIUAN)
    assert (figure.source_id, figure.as_of, figure.note) == ("HEA", date(2025, 12, 31), "含妇幼院")


# --- what is asked and never guessed -------------------------------------------------------------------------------


@pytest.fixture
def twins(office):
    """Return an office in whose city two counties have a 城关镇 each."""
    for code in ("990122102", "990181104"):
        Division.objects.create(code=code, name_zh="城关镇", level="township", kind="town", parent_id=code[:6])
    return office


def test_a_name_that_two_townships_have_is_asked(twins):
    content = workbook(
        ["2025年"], ["地区", "床位数", "常住人口"], ["柳岸镇", 1, 100], ["城关镇", 2, 100], ["城关", 3, 100]
    )
    uploaded = receive_file(twins, "a.xlsx", content)
    desk = Desk(twins, uploaded)

    assert {name: (match.why, match.offered) for name, (_at, match) in desk.names.items() if not match.code} == {
        "城关镇": ("twice", ("990122102", "990181104")),
        "城关": ("twice", ("990122102", "990181104")),
    }
    with pytest.raises(ValidationError) as caught:
        check_table(twins, uploaded)
    assert caught.value.message_dict == {"places": ["还有 2 个地名要您指明。"]}
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(
    "rows",
    [
        [["地区", "床位数", "常住人口"], ["柳岸镇", 1, 100], ["云岭县城关镇", 2, 100], ["澄湖城关", 3, 100]],
        [["县区", "乡镇", "床位数", "常住人口"], ["澄湖市", "柳岸镇", 1, 100], ["云岭", "城关镇", 2, 100], ["澄湖市", "城关", 3, 100]],
    ],
)  # fmt: skip
def test_the_county_before_a_name_or_beside_it_answers(twins, rows):
    batch = check_table(twins, receive_file(twins, "2025年.xlsx", workbook(*rows)))

    assert [row["values"]["division"] for row in batch.rows()] == [LIUAN, "990122102", "990181104"]


@pytest.mark.parametrize("written", ["柳案镇", "流岸", "柳岸街道", "外地镇", "第一中学"])
def test_an_unknown_name_is_never_taken_for_another(office, written):
    content = workbook(["地区", "床位数", "常住人口"], ["西塘桥镇", 1, 100], [written, 2, 100])
    desk = Desk(office, receive_file(office, "2025年.xlsx", content))

    assert desk.unanswered == [written]
    assert desk.names[written][1].code == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [("柳岸镇①", LIUAN), ("柳　岸　镇", LIUAN), ("1.柳岸镇", LIUAN), ("其中：柳岸镇", LIUAN), ("柳岸镇人民政府", LIUAN), ("990181101", LIUAN),
     ("990181101000", LIUAN), ("清澜市澄湖市柳岸镇前湾村", QIANWAN), ("前湾村委会", QIANWAN), ("和平社区居委会", HEPING), ("澄湖", "990181")],
)  # fmt: skip
def test_names_are_known_as_offices_write_them(office, written, code):
    desk = Desk(office, receive_file(office, "a.xlsx", workbook(["地区", "床位数"], ["西塘桥镇", 1])))

    assert desk.gazetteer.find(written).code == code


def test_a_row_that_is_answered_with_left_out_is_left_out(office):
    content = workbook(["地区", "床位数", "常住人口"], ["西塘桥镇", 1, 100], ["市直", 2, 100])
    client = signed_in(office)
    page = client.post("/indicators/import/", {"file": upload("2025年.xlsx", content)}).headers["Location"]
    desk = Desk(office, UploadedTable.objects.get())

    done = client.post(page, sent(desk, name=["市直"], place=["-"]))

    assert done.headers["Location"].startswith("/indicators/import/")
    assert [row["values"]["division"] for row in ImportBatch.objects.get().rows()] == [XITANG]


@pytest.mark.parametrize(
    ("heading", "unit", "message"),
    [("工业集中区营业收入（万元）", "%", "单位“%”不能换算成“工业集中区营业收入”所用的单位。"), ("工业集中区营业收入", "吨", "单位“吨”不能换算成“工业集中区营业收入”所用的单位。")],
)  # fmt: skip
def test_a_unit_that_does_not_convert_is_refused_and_the_choices_are_kept(office, heading, unit, message):
    client = signed_in(office)
    content = workbook(["2026年3月"], ["地区", heading], ["柳岸镇", 5])
    page = client.post("/indicators/import/", {"file": upload("a.xlsx", content)}).headers["Location"]
    desk = Desk(office, UploadedTable.objects.get())

    refused = client.post(page, sent(desk) | {"unit-1": unit, "source": "STA"})

    assert (refused.status_code, refused.context["problems"]) == (400, {"c1": message})
    again = Desk(office, UploadedTable.objects.get())
    assert (again.reading.uses[1].unit, again.reading.source) == (unit, "STA")
    assert ImportBatch.objects.count() == 0


def test_a_period_that_is_nowhere_is_asked(office):
    uploaded = receive_file(office, "a.xlsx", workbook(["地区", "床位数", "常住人口"], ["柳岸镇", 1, 100]))

    assert Desk(office, uploaded).problems == {
        "period": "“每万人口医疗卫生机构床位数”的期间应写成“2025”的样子。",
        "as_of": "请填写数据日期，例如 2026-03-31。",
    }


def test_two_columns_for_one_figure_are_refused(office):
    content = workbook(["2025年"], ["地区", "床位数", "床位", "常住人口"], ["柳岸镇", 1, 2, 100])
    uploaded = receive_file(office, "a.xlsx", content)
    columns = {"0": "place", "1": "numerator", "2": "numerator", "3": "denominator"}
    desk = Desk(office, uploaded)
    choices = {
        "layout": desk.layout, "places": {}, "period": "2025", "as_of": "2025-12-31", "source": "", "hidden_rows": False,
        "columns": {at: {"role": role, "indicator": "" if role == "place" else "L01", "unit": "", "period": ""} for at, role in columns.items()},
    }  # fmt: skip
    choose(office, uploaded, choices)

    assert Desk(office, uploaded).problems == {"c2": "与 B 重复：同一用途只能有一列。"}


@pytest.mark.parametrize("rows", [[["只有一句话"]], [["地区", "床位数"]], [["甲", "乙"], ["丙", "丁"]]])
def test_a_file_without_a_table_says_so(office, rows):
    client = signed_in(office)
    page = client.post("/indicators/import/", {"file": upload("a.xlsx", workbook(*rows))}).headers["Location"]

    shown = client.get(page)

    assert shown.status_code == 200
    assert "在这张表里没有找到数据" in shown.content.decode()


# --- wrong cells ---------------------------------------------------------------------------------------------------


def test_wrong_cells_are_named_by_their_address_in_the_file_that_was_sent(office):
    content = workbook(
        ["2025年床位"], ["地区", "床位数", "常住人口"], ["柳岸镇", "一百多", 74200], ["西塘桥镇", 118, 0], ["古渡镇", 50, "=1/0"], ["石门镇", 5, 31000]
    )  # fmt: skip

    batch = check_table(office, receive_file(office, "a.xlsx", content))

    assert [(e["cell"], e["message"]) for row in batch.rows() for e in row["errors"]] == [
        ("B3", "“一百多”不是数字。"),
        ("C4", "分母必须大于零。"),
        ("B5", "按人口计算的指标要填分子（数量）和分母（常住人口，人）。"),
    ]
    with pytest.raises(ValidationError, match="整份文件都没有写入"):
        commit_batch(office, batch)


def test_a_place_that_stands_twice_is_named_with_the_first_cell(office):
    content = workbook(["2025年"], ["地区", "床位数", "常住人口"], ["柳岸镇", 1, 100], ["柳岸", 2, 100])

    batch = check_table(office, receive_file(office, "a.xlsx", content))

    assert [(e["cell"], e["message"]) for row in batch.rows() for e in row["errors"]] == [
        ("B4", "与 B3 重复：同一地方、同一指标、同一期间。")
    ]


# --- what was chosen is remembered ---------------------------------------------------------------------------------


def odd(month: int, *numbers) -> bytes:
    """Return a table whose headings nobody can guess."""
    return workbook([f"2026年{month}月"], ["地区", "甲类", "乙类"], *[[name, *pair] for name, pair in zip(("柳岸镇", "市直"), numbers, strict=True)])  # fmt: skip


def chosen(office, month=3):
    uploaded = receive_file(office, "a.xlsx", odd(month, (9, 10), (1, 1)))
    desk = Desk(office, uploaded)
    columns = {
        "0": ("place", "", "", ""), "1": ("numerator", "S06", "", ""), "2": ("denominator", "S06", "", ""),
    }  # fmt: skip
    fields = ("role", "indicator", "unit", "period")
    choices = {"layout": desk.layout, "columns": {at: dict(zip(fields, use, strict=True)) for at, use in columns.items()},
               "places": {"市直": "-"}, "period": f"2026-{month:02d}", "as_of": f"2026-{month:02d}-28", "source": "", "hidden_rows": False}  # fmt: skip
    choose(office, uploaded, choices)
    return uploaded


def test_next_months_file_of_the_same_shape_is_proposed_entirely(office):
    check_table(office, chosen(office))

    desk = Desk(office, receive_file(office, "b.xlsx", odd(4, (8, 10), (2, 2))))

    assert (desk.reading.remembered, desk.problems, desk.reading.period) == (True, {}, "2026-04")
    assert [(use.role, use.indicator, use.why) for use in desk.reading.uses.values()] == [
        ("place", "", "remembered"),
        ("numerator", "S06", "remembered"),
        ("denominator", "S06", "remembered"),
    ]
    assert kept(check_table(office, desk.uploaded)) == [
        ("S06", LIUAN, "2026-04", Decimal(8), Decimal(10), Decimal(80), "B3")
    ]


def test_what_is_remembered_is_the_offices_own_and_can_be_forgotten(office):
    check_table(office, chosen(office))
    stranger = factories.account("department", unit=unit("SOC"))
    mapping = ImportMapping.objects.get()

    assert Desk(stranger, receive_file(stranger, "b.xlsx", odd(4, (8, 10), (2, 2)))).remembered is None
    with pytest.raises(PermissionDenied):
        forget_mapping(stranger, mapping)
    assert signed_in(stranger).post(f"/indicators/import/mappings/{mapping.pk}/forget/").status_code == 404
    uploaded = receive_file(office, "b.xlsx", odd(4, (8, 10), (2, 2)))
    page = signed_in(office).post(f"/indicators/import/mappings/{mapping.pk}/forget/", {"table": uploaded.pk})

    assert page.headers["Location"] == f"/indicators/import/tables/{uploaded.pk}/"
    assert ImportMapping.objects.count() == 0
    assert Record.objects.filter(event="indicators.mapping_forgotten").count() == 1


def test_a_corrected_choice_is_remembered_instead(office):
    check_table(office, chosen(office))
    uploaded = chosen(office, 4)
    uploaded.choices["columns"]["2"] = {"role": "", "indicator": "", "unit": "", "period": ""}
    uploaded.choices["columns"]["1"] = {"role": "value", "indicator": "L08", "unit": "", "period": ""}
    choose(office, uploaded, uploaded.choices)
    check_table(office, uploaded)

    assert [column["role"] for column in ImportMapping.objects.get().content["columns"]] == ["place", "value", ""]


@pytest.mark.parametrize("with_unit", [True, False])
def test_a_shape_is_remembered_once_for_an_office_by_the_database(office, with_unit):
    fields = {
        "fingerprint": "0",
        "scope": office.scope,
        "unit": unit() if with_unit else None,
        "content": {},
        "by": office,
    }
    ImportMapping.objects.create(**fields)

    with pytest.raises(IntegrityError), transaction.atomic():
        ImportMapping.objects.create(**fields)


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_files_are_taken_from_the_city_office_and_departments(city, role):
    user = factories.account(role)

    if role in {"city_office", "department"}:
        assert received(user, "hidden.xlsx").by == user
    else:
        with pytest.raises(PermissionDenied):
            receive_file(user, "hidden.xlsx", (FILES / "hidden.xlsx").read_bytes())


def test_somebody_elses_file_is_not_found(city):
    mine = received(factories.account("department", unit=unit("HEA")), "beds.xlsx")

    for role in ROLES:
        stranger = factories.account(role)
        client = signed_in(stranger)
        assert client.get(f"/indicators/import/tables/{mine.pk}/").status_code == 404
        assert client.post(f"/indicators/import/tables/{mine.pk}/", {"do": "check"}).status_code == 404
        with pytest.raises(PermissionDenied):
            check_table(stranger, mine)


def test_a_department_is_offered_its_own_figures_only(city):
    health = factories.account("department", unit=unit("HEA"))

    desk = Desk(health, received(health, "schools.xlsx"))

    assert list(desk.indicators) == ["L01"]
    assert {use.indicator for use in desk.reading.uses.values()} <= {"", "L01"}


def test_a_figure_that_is_not_the_departments_is_refused_at_its_cell(city):
    schools = received(factories.account("city_office"), "schools.xlsx")
    education = factories.account("department", unit=unit("EDU"))
    uploaded = receive_file(education, "schools.xlsx", bytes(schools.content))
    desk = Desk(education, uploaded)

    assert sorted({use.indicator for use in desk.reading.uses.values()}) == ["", "L02", "L03"]
    assert desk.problems == {}


# --- pages ---------------------------------------------------------------------------------------------------------


def test_the_page_leads_to_the_dry_run_and_a_second_tap_on_commit_is_harmless(office):
    client = signed_in(office)
    page = client.post("/indicators/import/", {"file": upload("beds.xlsx", (FILES / "beds.xlsx").read_bytes())})
    shown = client.get(page.headers["Location"])
    done = client.post(page.headers["Location"], sent(shown.context["desk"]))
    dry = client.get(done.headers["Location"])

    assert dry.context["run"].counts == {"error": 0, "new": 3, "changed": 0, "same": 0}
    assert "B6" in dry.content.decode()
    for _tap in range(2):
        client.post(done.headers["Location"] + "commit/")
    assert (Observation.objects.count(), UploadedTable.objects.count()) == (3, 0)
    assert Record.objects.filter(event="indicators.batch_committed").count() == 1


def test_another_sheet_can_be_chosen_and_hidden_rows_be_wanted(office):
    client = signed_in(office)
    uploaded = received(office, "hidden.xlsx")
    page = f"/indicators/import/tables/{uploaded.pk}/"
    desk = Desk(office, uploaded)

    with_rows = client.post(page, sent(desk, hidden_rows="1", do="look"))
    other = client.post(page, sent(desk, sheet="底稿", first="", last="", do="look"))

    assert [row["at"] for row in with_rows.context["preview"]] == ["C3", "C4", "C5"]
    assert (other.context["desk"].sheet, other.context["desk"].table.known) == ("底稿", 4)


def test_the_heading_can_be_said(office):
    content = workbook(["地区", "床位数", "常住人口"], ["单位", "张", "人"], ["柳岸镇", 1, 100])
    client = signed_in(office)
    uploaded = receive_file(office, "2025年.xlsx", content)

    shown = client.post(f"/indicators/import/tables/{uploaded.pk}/", {"sheet": "Sheet1", "across": "0", "first": "1", "last": "1", "do": "look"})  # fmt: skip

    assert [column.heading for column in shown.context["desk"].table.columns] == [("地区",), ("床位数",), ("常住人口",)]


@pytest.mark.parametrize("text", ["🪡", "<script>", "-1", "9" * 30, "%s", "', '"])
def test_odd_choices_break_no_page(office, text):
    uploaded = received(office, "beds.xlsx")
    client = signed_in(office)
    fields = dict.fromkeys(
        ("sheet", "across", "first", "last", "layout", "period", "as_of", "source", "role-1", "unit-1"), text
    )
    desk = Desk(office, uploaded)

    odd_ones = client.post(f"/indicators/import/tables/{uploaded.pk}/", fields | {"column": [text, "1"], "name": [text], "place": [text], "do": "check"})  # fmt: skip
    with_layout = client.post(f"/indicators/import/tables/{uploaded.pk}/", sent(desk, period=text, as_of=text, source=text) | {"role-1": text, "indicator-1": text, "unit-1": text, "period-1": text})  # fmt: skip

    assert {odd_ones.status_code, with_layout.status_code} <= {302, 400}
    assert "<script>" not in with_layout.content.decode().replace("<script src", "")


def test_the_page_asks_the_database_as_often_for_many_places_as_for_few(office):
    client = signed_in(office)
    counts = []
    client.get("/indicators/import/")
    for places in (["柳岸镇"], ["柳岸镇", "西塘桥镇", "古渡镇"]):
        content = workbook(["2025年"], ["地区", "床位数", "常住人口"], *[[name, 1, 100] for name in places])
        uploaded = receive_file(office, "a.xlsx", content)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/indicators/import/tables/{uploaded.pk}/").status_code == 200
        counts.append(len(captured))

    assert counts == [7, 7]
