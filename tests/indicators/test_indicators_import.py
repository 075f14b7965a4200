"""Workbooks: a dry run that names each wrong cell, a commit of all or nothing, an undo."""

import zipfile
from datetime import date, timedelta
from decimal import ROUND_05UP, ROUND_HALF_UP, Decimal, localcontext
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, beds, observation_workbook, row, signed_in, unit, upload
from yizhen.audit.models import Record
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators import checking, dry_run, workbook
from yizhen.indicators.actions import check_workbook, commit_batch, define_indicator, undo_batch
from yizhen.indicators.models import ImportBatch, Indicator, Observation
from yizhen.indicators.queries import batches_visible_to
from yizhen.people.models import ROLES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def city(db):
    city = factories.fictional_city()
    factories.catalogue()
    return city


@pytest.fixture
def office(city):
    return factories.account("city_office")


def check(actor, *rows):
    return check_workbook(actor, "figures.xlsx", observation_workbook(rows))


def rows(batch) -> list[dict]:
    return sorted(batch.rows(), key=lambda each: each["number"])


def compare(batch) -> list[dict]:
    return dry_run.compare(rows(batch))


def errors(batch) -> dict[str, list[str]]:
    return {error["cell"]: [error["message"]] for each in rows(batch) for error in each["errors"]}


def figures() -> list[tuple]:
    return list(
        Observation.objects.order_by("indicator_id", "division_id", "period").values_list(
            "indicator_id", "division_id", "period", "value", "numerator", "denominator", "source_id", "as_of", "note"
        )
    )


def formulas(content: bytes) -> list[str]:
    """Return the formulas of a workbook, by looking into its XML."""
    import zipfile

    with zipfile.ZipFile(BytesIO(content)) as archive:
        return [
            name for name in archive.namelist() if name.startswith("xl/worksheets/") and b"<f>" in archive.read(name)
        ]


# --- dry run -------------------------------------------------------------------------------------------------------


def test_dry_run_writes_no_figure(office):
    batch = check(office, *beds({LIUAN: 142, XITANG: 118}))

    assert (batch.state, batch.size, errors(batch)) == ("checked", 2, {})
    assert Observation.objects.count() == 0


def test_dry_run_computes_the_value_from_its_parts(office):
    batch = check(office, *beds({LIUAN: 142}))

    assert rows(batch)[0]["values"] == {
        "indicator": "L01", "division": LIUAN, "period": "2025", "note": "", "numerator": "142.0000",
        "denominator": "74200.0000", "value": "19.1374", "source": "HEA", "as_of": "2025-12-31",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "cell", "message"),
    [
        ({"indicator": "Z99", "source": "HEA"}, "A2", "指标目录里没有“Z99”。"),
        ({"indicator": "", "source": "HEA"}, "A2", "指标目录里没有“”。"),
        ({"division": "990181999"}, "B2", "您的管辖范围内没有区划“990181999”。"),
        ({"period": "2025Q1"}, "C2", "期间应写成“2025”的样子。"),
        ({"numerator": "很多"}, "D2", "“很多”不是数字。"),
        ({"numerator": "NaN"}, "D2", "“NaN”不是数字。"),
        ({"numerator": "Infinity"}, "D2", "“Infinity”不是数字。"),
        ({"numerator": "1e15"}, "D2", "“1e15”不是数字。"),
        ({"numerator": "1e999999"}, "D2", "“1e999999”不是数字。"),
        ({"denominator": "=1+1"}, "E2", "“=1+1”不是数字。"),
        ({"denominator": 0}, "E2", "分母必须大于零。"),
        ({"denominator": -5}, "E2", "分母必须大于零。"),
        ({"denominator": "0.00001"}, "E2", "分母必须大于零。"),
        ({"numerator": 9e14, "denominator": "0.001"}, "E2", "分子除以分母的结果大得不合理，请核对。"),
        ({"numerator": ""}, "D2", "按人口计算的指标要填分子（数量）和分母（常住人口，人）。"),
        ({"value": "25"}, "F2", "与分子、分母算出的 19.14 不符。"),
        ({"source": "NOPE"}, "G2", "没有代码为“NOPE”的部门。"),
        ({"as_of": ""}, "H2", "请填写数据日期，例如 2026-03-31。"),
        ({"as_of": "去年年底"}, "H2", "请填写数据日期，例如 2026-03-31。"),
        ({"as_of": "2025-02-30"}, "H2", "请填写数据日期，例如 2026-03-31。"),
        ({"as_of": (timezone.localdate() + timedelta(days=1)).isoformat()}, "H2", "数据日期在将来。"),
    ],
)
def test_wrong_cell_is_named_with_its_address(office, change, cell, message):
    content = {"indicator": "L01", "division": LIUAN, "period": "2025", "numerator": 142, "denominator": 74_200}

    batch = check(office, row(**(content | change)))

    assert errors(batch) == {cell: [message]}
    assert [each["status"] for each in compare(batch)] == ["error"]


def test_missing_value_of_a_plain_figure_is_named(office):
    assert errors(check(office, row("D04", LIUAN, "2025-01"))) == {"F2": ["请填写数值。"]}


def test_several_wrong_cells_are_all_named(office):
    batch = check(office, row("L01", "1", "2025Q1", numerator="x", denominator="y", source="z", as_of=""))

    assert list(errors(batch)) == ["B2", "C2", "D2", "E2", "G2", "H2"]


def test_repeated_row_is_named_with_the_first_one(office):
    batch = check(office, *beds({LIUAN: 142}), *beds({XITANG: 1}), *beds({LIUAN: 143}))

    assert errors(batch) == {"A4": ["与第 2 行重复。"]}


def test_rows_are_named_by_their_number_in_the_sheet_despite_empty_ones(office):
    batch = check(office, *beds({LIUAN: 142}), [""] * 9, row("Z99", LIUAN, "2025", value=1, source="EMG"))

    assert [each["number"] for each in rows(batch)] == [2, 4]
    assert list(errors(batch)) == ["A4"]


@pytest.mark.parametrize("value", ["19.14", 19.1375, "19.13", 19.2])
def test_value_that_agrees_with_its_parts_is_accepted(office, value):
    batch = check(office, row("L01", LIUAN, "2025", numerator=142, denominator=74_200, value=value))

    assert (errors(batch), rows(batch)[0]["values"]["value"]) == ({}, "19.1374")


@pytest.mark.parametrize(
    "written", [date(2025, 12, 31), "2025-12-31", "2025/12/31", "2025.12.31", "2025年12月31日", "２０２５－１２－３１"]
)
def test_date_may_be_written_in_several_ways(office, written):
    book = BytesIO()
    with xlsxwriter.Workbook(book, {"default_date_format": "yyyy-mm-dd"}) as file:
        sheet = file.add_worksheet("数据")
        sheet.write_row(0, 0, workbook.TITLES)
        sheet.write_row(1, 0, row("D04", LIUAN, "2025-01", value=2, as_of=""))
        sheet.write(1, 7, written)

    batch = check_workbook(office, "a.xlsx", book.getvalue())

    assert (errors(batch), rows(batch)[0]["values"]["as_of"]) == ({}, "2025-12-31")


def test_codes_and_years_typed_as_numbers_are_read_as_text(office):
    batch = check(office, row("L01", int(LIUAN), 2025, numerator="1,142", denominator=74_200.0))

    assert errors(batch) == {}
    assert [rows(batch)[0]["values"][key] for key in ("division", "period", "numerator")] == [
        LIUAN,
        "2025",
        "1142.0000",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("１４２", "142.0000"), ("1，142", "1142.0000"), ("1 142", "1142.0000"), (" 142※", "142.0000"), ("１４２．５", "142.5000"),
        ("1,142", "1142.0000"), ("－3", "-3.0000"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(office, written, read):
    batch = check(office, row("D04", "９９０１８１１０１", "２０２５－０１", value=written))

    assert (errors(batch), rows(batch)[0]["values"]["value"]) == ({}, read)
    assert (rows(batch)[0]["values"]["division"], rows(batch)[0]["values"]["period"]) == (LIUAN, "2025-01")


@pytest.mark.parametrize("written", ["92.5%", "92.5％", "92.5 %"])
def test_a_percent_sign_is_read_where_the_unit_is_percent(office, written):
    assert rows(check(office, row("S06", LIUAN, "2025-01", value=written)))[0]["values"]["value"] == "92.5000"
    assert errors(check(office, row("D04", LIUAN, "2025-01", value=written))) == {
        "F2": [f"“{written.replace('％', '%')}”不是数字。"]
    }


@pytest.mark.parametrize("written", ["—", "——", "…", "……", "…※", "－", "/"])
def test_marks_for_no_number_are_no_number(office, written):
    assert errors(check(office, row("D04", LIUAN, "2025-01", value=written))) == {"F2": ["请填写数值。"]}


def test_notes_keep_the_signs_they_were_written_with(office):
    batch = check(office, row("D04", LIUAN, "2025-01", value=1, note="含开发区，（见附件）"))

    assert rows(batch)[0]["values"]["note"] == "含开发区，（见附件）"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_tables_are_read_in_both_encodings(office, encoding, separator):
    lines = [workbook.TITLES, ["L01", LIUAN, "2025", "1 142", "74200", "", "", "2025/12/31", "㮾梨镇数据"]]
    content = "\r\n".join(separator.join(line) for line in lines).encode(encoding)

    batch = check_workbook(office, "figures.csv", content)

    assert errors(batch) == {}
    assert rows(batch)[0]["values"]["numerator"] == "1142.0000"
    assert rows(batch)[0]["values"]["note"] == "㮾梨镇数据"


def test_a_workbook_of_the_old_format_is_read(office):
    batch = check_workbook(office, "figures.xls", (Path(__file__).parent / "files" / "figures.xls").read_bytes())

    assert errors(batch) == {}
    values = rows(batch)[0]["values"]
    assert [values[key] for key in ("division", "numerator", "as_of", "note")] == [
        LIUAN,
        "142.0000",
        "2025-12-31",
        "老版本",
    ]


def test_a_text_table_quotes_its_commas(office):
    content = (
        f'"{workbook.TITLES[0]}",'
        + ",".join(workbook.TITLES[1:])
        + f'\nD04,{LIUAN},2025-01,,,"1,142",,2025-01-31,"a, b"\n'
    )

    batch = check_workbook(office, "figures.csv", content.encode())

    assert (errors(batch), rows(batch)[0]["values"]["value"], rows(batch)[0]["values"]["note"]) == (
        {},
        "1142.0000",
        "a, b",
    )


# --- files that are no workbook of figures -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a workbook",
        b"PK\x03\x04 broken zip",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken xls",
        "指标代码，区划代码\n".encode(),
    ],
)
def test_file_that_is_no_workbook_is_refused(office, content):
    with pytest.raises(ValidationError) as caught:
        check_workbook(office, "figures.xlsx", content)

    assert caught.value.message_dict == {
        "file": ["打不开这个文件：请上传 .xlsx、.xls 工作簿，或 .csv（UTF-8、GB18030）。"]
    }
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("xl/vbaProject.bin", "文件带有宏，没有打开。"),
        ("xl/externalLinks/externalLink1.xml", "文件链接到别的文件，没有打开。"),
    ],
)
def test_workbook_that_is_not_safe_is_not_opened(office, part, message):
    content = BytesIO(observation_workbook(beds({LIUAN: 1})))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(part, b"x")

    with pytest.raises(ValidationError) as caught:
        check_workbook(office, "a.xlsx", content.getvalue())

    assert caught.value.message_dict["file"][0].startswith(message)


def test_workbook_with_other_columns_is_refused(office):
    with pytest.raises(ValidationError) as caught:
        check_workbook(office, "a.xlsx", observation_workbook(beds({LIUAN: 1}), titles=("代码", *workbook.TITLES[1:])))

    assert caught.value.message_dict["file"][0].startswith("第一行的列名应为：指标代码、区划代码、期间")


def test_workbook_without_rows_is_refused(office):
    with pytest.raises(ValidationError) as caught:
        check_workbook(office, "a.xlsx", observation_workbook([]))

    assert caught.value.message_dict == {"file": ["“数据”表里没有数据行。"]}


def test_workbook_with_too_many_rows_is_refused(office, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)

    with pytest.raises(ValidationError) as caught:
        check(office, *beds({LIUAN: 1, XITANG: 2, SHIMEN: 3}))

    assert caught.value.message_dict == {"file": ["一次最多导入 2 行，请分成几个文件。"]}


def test_first_sheet_is_read_when_none_has_the_name(office):
    batch = check_workbook(office, "a.xlsx", observation_workbook(beds({LIUAN: 142}), sheet="Sheet1"))

    assert errors(batch) == {}


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_check_workbook_is_for_the_city_office_and_departments(city, role):
    user = factories.account(role)

    if role in {"city_office", "department"}:
        assert check(user, row("S01", LIUAN, "2025-01", numerator=9, denominator=10)).by == user
    else:
        with pytest.raises(PermissionDenied):
            check(user, row("S01", LIUAN, "2025-01", numerator=9, denominator=10))


def test_department_enters_its_own_indicators_only(city):
    emergency = factories.account("department", unit=unit("EMG"))

    batch = check(emergency, row("S01", LIUAN, "2025-01", numerator=9, denominator=10), *beds({LIUAN: 142}))

    assert errors(batch) == {"A3": ["“每万人口医疗卫生机构床位数”由卫生健康委提供，您不能填报。"]}
    with pytest.raises(ValidationError):
        commit_batch(emergency, batch)
    assert Observation.objects.count() == 0


def test_department_of_a_county_enters_no_other_county(city):
    local = factories.account("department", "990181", unit=unit("EMG"))
    rows = [row("S01", code, "2025-01", numerator=9, denominator=10) for code in (LIUAN, SHIMEN)]

    assert errors(check(local, *rows)) == {"B3": [f"您的管辖范围内没有区划“{SHIMEN}”。"]}


def test_commit_of_somebody_elses_batch_is_refused(city):
    emergency = factories.account("department", unit=unit("EMG"))
    batch = check(emergency, row("S01", LIUAN, "2025-01", numerator=9, denominator=10))

    for stranger in (factories.account("department", unit=unit("HEA")), factories.account("county")):
        with pytest.raises(PermissionDenied):
            commit_batch(stranger, batch)

    assert commit_batch(factories.account("city_office"), batch).state == "committed"


def test_commit_checks_again_who_may_enter(city):
    emergency = factories.account("department", unit=unit("EMG"))
    batch = check(emergency, row("S01", LIUAN, "2025-01", numerator=9, denominator=10))
    Indicator.objects.filter(code="S01").update(source=unit("HEA"))

    with pytest.raises(PermissionDenied):
        commit_batch(emergency, batch)

    assert Observation.objects.count() == 0


def test_batches_are_visible_to_their_maker_and_the_city_office(city):
    users = factories.everybody()
    mine = check(users["department"], row("S01", LIUAN, "2025-01", numerator=9, denominator=10))
    other = check(users["city_office"], *beds({LIUAN: 142}))

    seen = {role: {batch.pk for batch in batches_visible_to(user)} for role, user in users.items()}

    assert seen == {
        role: {"city_office": {mine.pk, other.pk}, "department": {mine.pk}}.get(role, set()) for role in ROLES
    }


# --- commit --------------------------------------------------------------------------------------------------------


def test_commit_writes_every_figure(office):
    factories.import_figures(
        office, [*beds({LIUAN: 142, XITANG: 118}), row("D04", GUDU, "2025-01", value=3, note="在建")]
    )

    assert figures() == [
        ("D04", GUDU, "2025-01", Decimal("3.0000"), None, None, "INV", date(2025, 12, 31), "在建"),
        ("L01", LIUAN, "2025", Decimal("19.1374"), Decimal(142), Decimal(74_200), "HEA", date(2025, 12, 31), ""),
        ("L01", XITANG, "2025", Decimal("19.0938"), Decimal(118), Decimal(61_800), "HEA", date(2025, 12, 31), ""),
    ]


def test_commit_with_one_wrong_cell_writes_nothing(office):
    batch = check(office, *beds({LIUAN: 142}), row("L01", XITANG, "2025", numerator="x", denominator=1))

    with pytest.raises(ValidationError, match="整份文件都没有写入"):
        commit_batch(office, batch)

    assert (Observation.objects.count(), ImportBatch.objects.get().state) == (0, "checked")


def test_commit_a_second_time_changes_nothing(office):
    batch = check(office, *beds({LIUAN: 142}))
    commit_batch(office, batch)
    before = figures()
    Observation.objects.update(note="later")

    again = commit_batch(office, batch)

    assert (again.state, again.changes.count(), len(before)) == ("committed", 1, 1)
    assert Observation.objects.get().note == "later"
    assert Record.objects.filter(event="indicators.batch_committed").count() == 1


def test_commit_twice_at_once_writes_once(committing):
    factories.fictional_city()
    factories.catalogue()
    office = factories.account("city_office")
    batch = check(office, *beds({LIUAN: 142, XITANG: 118}))

    results = factories.at_once([lambda: commit_batch(office, batch)] * 4)

    assert [result.state for result in results] == ["committed"] * 4
    assert (Observation.objects.count(), batch.changes.count()) == (2, 2)
    assert Record.objects.filter(event="indicators.batch_committed").count() == 1


def test_compare_tells_new_changed_and_same(office):
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 118}))

    batch = check(office, *beds({LIUAN: 142, XITANG: 120, GUDU: 50}))

    assert [(each["status"], each["changes"]) for each in compare(batch)] == [
        ("same", []),
        ("changed", ["value", "numerator"]),
        ("new", []),
    ]
    assert compare(batch)[1]["before"]["numerator"] == "118.0000"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"note": "修订"}, ["note"]),
        ({"source": "STA"}, ["source"]),
        ({"as_of": "2025-12-30"}, ["as_of"]),
        ({"denominator": 74_201}, ["value", "denominator"]),
    ],
)
def test_compare_names_the_fields_that_changed(office, change, expected):
    content = {"indicator": "L01", "division": LIUAN, "period": "2025", "numerator": 142, "denominator": 74_200}
    factories.import_figures(office, [row(**content)])

    assert [each["changes"] for each in compare(check(office, row(**(content | change))))] == [expected]


def test_commit_of_a_changed_figure_keeps_one_figure(office):
    factories.import_figures(office, beds({LIUAN: 142}))

    batch = factories.import_figures(office, beds({LIUAN: 150}))

    assert [(f.numerator, f.batch) for f in Observation.objects.all()] == [(150, batch)]


def test_commit_is_recorded_with_its_counts(office):
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 118}))

    batch = factories.import_figures(office, beds({LIUAN: 142, XITANG: 120, GUDU: 50}))

    link = Record.objects.get(event="indicators.batch_committed", subject=f"indicators.batch:{batch.pk}")
    assert link.details == {"sha256": batch.sha256, "new": 1, "changed": 1, "same": 1}


# --- undo ----------------------------------------------------------------------------------------------------------


def test_undo_puts_changed_figures_back_and_removes_new_ones(office):
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 118}))
    before = figures()
    batch = factories.import_figures(office, beds({LIUAN: 142, XITANG: 120, GUDU: 50}))

    undone = undo_batch(office, batch)

    assert (undone.state, undone.undone_at is not None) == ("undone", True)
    assert figures() == before


def test_undo_a_second_time_changes_nothing(office):
    batch = factories.import_figures(office, beds({LIUAN: 142}))
    undo_batch(office, batch)
    factories.import_figures(office, beds({LIUAN: 142}))

    assert undo_batch(office, batch).state == "undone"
    assert Observation.objects.count() == 1


def test_undo_after_a_later_change_is_refused_as_a_whole(office):
    batch = factories.import_figures(office, beds({LIUAN: 142, XITANG: 118}))
    factories.import_figures(office, beds({XITANG: 120}))
    before = figures()

    with pytest.raises(ValidationError, match=f"L01 {XITANG} 2025 在这次导入之后又被改过"):
        undo_batch(office, batch)

    assert (figures(), ImportBatch.objects.get(pk=batch.pk).state) == (before, "committed")


def test_undo_in_the_reverse_order_restores_everything(office):
    first = factories.import_figures(office, beds({LIUAN: 142}))
    second = factories.import_figures(office, beds({LIUAN: 150}))

    undo_batch(office, second)
    middle = [f.numerator for f in Observation.objects.all()]
    undo_batch(office, first)

    assert (middle, figures()) == ([142], [])


def test_undo_of_a_figure_that_is_gone_is_refused(office):
    first = factories.import_figures(office, beds({LIUAN: 142}))
    factories.import_figures(office, beds({LIUAN: 150}))
    third = factories.import_figures(office, beds({LIUAN: 142}))
    undo_batch(office, first)

    with pytest.raises(ValidationError, match="又被改过"):
        undo_batch(office, third)


def test_undo_of_what_was_never_committed_changes_nothing(office):
    batch = check(office, *beds({LIUAN: 142}))

    assert undo_batch(office, batch).state == "checked"


def test_undo_of_somebody_elses_batch_is_refused(city):
    emergency = factories.account("department", unit=unit("EMG"))
    batch = factories.import_figures(emergency, [row("S01", LIUAN, "2025-01", numerator=9, denominator=10)])

    with pytest.raises(PermissionDenied):
        undo_batch(factories.account("department", unit=unit("HEA")), batch)

    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "committed", "undone"),
    [("committed", False, False), ("checked", True, False), ("undone", True, False), ("lost", True, True)],
)
def test_batch_state_without_its_time_is_refused_by_the_database(office, state, committed, undone):
    now = timezone.now()

    with pytest.raises(IntegrityError, match="batch_state_has_its_time"), transaction.atomic():
        ImportBatch.objects.create(
            file_name="x",
            sha256="0",
            state=state,
            committed_at=now if committed else None,
            undone_at=now if undone else None,
        )


def test_figure_twice_or_over_nothing_is_refused_by_the_database(office):
    factories.import_figures(office, beds({LIUAN: 142}))
    figure = Observation.objects.get()

    with pytest.raises(IntegrityError, match="denominator"), transaction.atomic():
        Observation.objects.update(denominator=0)
    figure.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        figure.save(force_insert=True)


# --- round trips ---------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    content=st.dictionaries(
        st.tuples(st.sampled_from(sorted(factories.TOWNSHIPS)), st.sampled_from(["2023", "2024", "2025"])),
        st.tuples(
            st.integers(0, 10**6), st.integers(1, 10**7), st.sampled_from(["", "修订", "=1+1", "@SUM(A1)", "-2", "'x"])
        ),
        min_size=1,
        max_size=15,
    )
)
def test_random_figures_survive_the_workbook_and_an_undo(django_db_setup, django_db_blocker, content):
    with django_db_blocker.unblock(), transaction.atomic():
        factories.fictional_city()
        factories.catalogue()
        office = factories.account("city_office")
        rows = [
            row("L01", code, period, numerator=n, denominator=d, note=note)
            for (code, period), (n, d, note) in content.items()
        ]

        batch = factories.import_figures(office, rows)

        kept = {(f.division_id, f.period): (f.numerator, f.denominator, f.note) for f in Observation.objects.all()}
        assert kept == content
        assert {f.value for f in Observation.objects.all()} == {
            (Decimal(n) / Decimal(d) * 10_000).quantize(Decimal("0.0001"), ROUND_05UP)
            for n, d, _note in content.values()
        }
        assert {each["status"] for each in compare(check(office, *rows))} == {"same"}
        undo_batch(office, batch)
        assert Observation.objects.count() == 0
        transaction.set_rollback(True)


@given(n=st.integers(0, 10**7), d=st.integers(1, 10**7))
def test_value_of_a_ratio_rounded_again_is_the_exact_ratio_rounded(n, d):
    cents = Decimal("0.01")
    numbers = {"numerator": Decimal(n), "denominator": Decimal(d), "value": None}

    checking.derive(Indicator(per=10_000), numbers, pytest.fail)

    with localcontext(prec=60):
        assert numbers["value"].quantize(cents, ROUND_HALF_UP) == (Decimal(n) * 10_000 / d).quantize(
            cents, ROUND_HALF_UP
        )


def test_template_filled_in_is_accepted(office):
    client = signed_in(office)
    response = client.get("/indicators/import/template.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(response.content))
    titles = book.get_sheet_by_name("数据").to_python()[0]

    batch = check_workbook(office, "a.xlsx", observation_workbook(beds({LIUAN: 142}), titles=titles))

    assert (response.status_code, response.headers["Content-Type"]) == (200, XLSX)
    assert book.sheet_names == ["数据", "指标目录", "区划"]
    assert (tuple(titles), errors(batch)) == (workbook.TITLES, {})


@pytest.mark.parametrize(
    ("role", "scope", "indicators", "places"),
    [("city_office", "9901", 30, 15), ("department", "9901", 2, 15), ("department", "990122", 2, 3)],
)
def test_template_lists_what_the_user_may_enter(city, role, scope, indicators, places):
    client = signed_in(factories.account(role, scope, unit=unit("EMG") if role == "department" else None))

    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/indicators/import/template.xlsx").content))

    counts = [len(book.get_sheet_by_name(name).to_python()) - 1 for name in ("指标目录", "区划")]
    assert counts == [indicators, places]


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+1", "-1", '=HYPERLINK("http://evil")', "{=1+1}", "http://evil.example"]
)
def test_text_that_looks_like_a_formula_never_becomes_one(office, text):
    define_indicator(None, code="X01", name_zh=text, name_en="x", domain="safety", unit="件", direction="up",
                     frequency="monthly", source=unit("EMG"))  # fmt: skip
    template = signed_in(office).get("/indicators/import/template.xlsx").content
    exported = write_workbook([Sheet("a", [["head"], [text]], footer=text)])

    assert (formulas(template), formulas(exported)) == ([], [])
    cells = CalamineWorkbook.from_filelike(BytesIO(template)).get_sheet_by_name("指标目录").to_python()
    assert text in [each[1] for each in cells]
    assert CalamineWorkbook.from_filelike(BytesIO(exported)).get_sheet_by_name("a").to_python()[1] == [text]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_import_pages_lead_from_dry_run_to_commit_and_undo(office):
    client = signed_in(office)
    content = observation_workbook(beds({LIUAN: 142, XITANG: 118}))

    checked = client.post("/indicators/import/", {"file": upload("床位.xlsx", content)})
    page = checked.headers["Location"]
    dry = client.get(page)
    before = Observation.objects.count()
    client.post(page + "commit/")
    after = Observation.objects.count()
    client.post(page + "undo/")

    assert dry.context["run"].counts == {"error": 0, "new": 2, "changed": 0, "same": 0}
    assert (before, after, Observation.objects.count()) == (0, 2, 0)
    assert client.get(page).context["batch"].state == "undone"


def test_import_page_shows_errors_by_cell_and_commits_nothing(office):
    client = signed_in(office)
    content = observation_workbook([*beds({LIUAN: 142}), row("Z99", XITANG, "2025", value=1, source="EMG")])
    page = client.post("/indicators/import/", {"file": upload("床位.xlsx", content)}).headers["Location"]

    dry = client.get(page)
    committed = client.post(page + "commit/", follow=True)

    assert dry.context["run"].counts == {"error": 1, "new": 1, "changed": 0, "same": 0}
    assert dry.context["run"].rows[0]["errors"][0]["cell"] == "A3"
    assert "指标目录里没有“Z99”" in dry.content.decode()
    assert "整份文件都没有写入" in committed.content.decode()
    assert Observation.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a workbook", "打不开这个文件：请上传 .xlsx、.xls 工作簿，或 .csv（UTF-8、GB18030）。"),
        (b"x" * (21 * 1024 * 1024), "文件超过 20 MB，请分成几个文件。"),
    ],
)
def test_import_page_refuses_what_is_no_workbook_or_too_large(office, content, message):
    response = signed_in(office).post("/indicators/import/", {"file": upload("a.xlsx", content)})

    assert (response.status_code, response.context["form"].errors) == (400, {"file": [message]})
    assert ImportBatch.objects.count() == 0


def test_import_page_without_a_file_asks_for_it(office):
    response = signed_in(office).post("/indicators/import/", {"csrfmiddlewaretoken": "x"})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["file"])


def test_commit_by_a_mere_link_is_refused(office):
    batch = check(office, *beds({LIUAN: 142}))

    assert signed_in(office).get(f"/indicators/import/{batch.pk}/commit/").status_code == 405
    assert Observation.objects.count() == 0
