"""The city's calendar: tables by year with errors by cell, versions, closures, and deadlines that do not move."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests import factories
from tests.factories import CITY, LIUAN, SHIMEN, place, signed_in
from yizhen.audit.models import Record
from yizhen.clocks import DayKind, Deadline, DeadlineRule, Unit, compute_deadline, national_calendar
from yizhen.documents.carried import UnreadableTable, rows_of_text
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.places.calendar_keeping import declare_closure, import_calendar, withdraw_closure
from yizhen.places.calendar_table import check_table
from yizhen.places.calendars import calendar_for, city_calendar, closures_of, latest_versions
from yizhen.places.models import CalendarDay, CalendarVersion, LocalClosure

HEAD = ["日期", "类型", "名称"]
FIVE = DeadlineRule("dispatched", 5, Unit.WORKING_DAY)
NOTICE = {"source": "清政办发〔2026〕1号", "published_on": date(2026, 1, 5)}
FLOOD = {
    "first": date(2026, 7, 6),
    "last": date(2026, 7, 8),
    "reason": "防汛一级响应停工",
    "basis": "清防指〔2026〕7号",
}


@pytest.fixture
def office(db):
    factories.fictional_city()
    return factories.account("city_office")


def checked(*rows, year=2026):
    return check_table([HEAD, *rows], year, national_calendar())


def imported(office, *rows, year=2026, **changes):
    return import_calendar(office, place(CITY), checked(*rows, year=year), **(NOTICE | changes))


HOLIDAY = ["2026-07-03", "放假", "建市纪念日"]


# --- the table, cell by cell ---------------------------------------------------------------------------------------


def test_each_wrong_cell_is_named():
    table = checked(
        ["2026-07-03", "放假", ""],
        ["3 July", "放假", "x"],
        ["2027-01-01", "放假", "元旦"],
        ["2026-07-04", "上班", ""],
        ["2026-07-06", "调休上班", ""],
        ["2026-07-03", "休息", ""],
        ["2026/7/10", "半天", "下午停办"],
    )
    assert [sorted(row.errors) for row in table.rows] == [["C2"], ["A3"], ["A4"], ["B5"], ["B6"], ["A7", "B7"], []]
    assert table.rows[5].errors["A7"] == "与第 2 行是同一天。"
    assert not table.is_whole
    last = table.rows[-1]
    assert (last.day, last.kind, last.status) == (date(2026, 7, 10), DayKind.HALF_DAY, "changed")


def test_a_row_that_changes_nothing_says_so():
    table = checked(["2026-10-01", "放假", "国庆节"], ["2026-10-10", "调休上班", "国庆节"], ["2026-10-09", "上班", ""])
    assert [row.status for row in table.rows] == ["same", "same", "same"]


def test_a_year_that_the_system_does_not_know_must_be_whole():
    short = checked(["2031-01-01", "放假", "元旦"], year=2031)
    assert short.problems == [
        "系统还不知道 2031 年的全国放假安排，这份表要写全：缺少法定假日 5-1、5-2、10-1、10-2、10-3。"
    ]
    fixed = [f"2031-{day}" for day in ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")]
    assert checked(*([day, "放假", "x"] for day in fixed), year=2031).is_whole


def test_other_columns_or_none():
    with pytest.raises(UnreadableTable, match="列名"):
        check_table([["日期", "名称"], ["2026-07-03", "x"]], 2026, national_calendar())
    with pytest.raises(UnreadableTable, match="没有日子"):
        check_table([HEAD, ["", "", ""]], 2026, national_calendar())
    with pytest.raises(UnreadableTable, match="366"):
        checked(*([f"r{number}", "放假", "x"] for number in range(367)))


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_any_text_is_read_without_failing_and_reads_the_same_again(rows):
    try:
        table = checked(*map(list, rows))
    except UnreadableTable:
        return
    assert table.is_whole is (not any(row.errors for row in table.rows))
    again = check_table(rows_of_text(table.as_text), 2026, national_calendar())
    assert again.days == table.days


# --- versions ------------------------------------------------------------------------------------------------------


def test_the_national_calendar_holds_until_something_is_said(office):
    assert calendar_for(place(LIUAN)) is national_calendar()


def test_a_version_goes_over_the_national_calendar(office):
    made = imported(office, HOLIDAY)
    calendar = calendar_for(LIUAN)
    assert (made.version, made.by, str(made)) == (1, office, "2026#1")
    assert calendar.describe(date(2026, 7, 3)) is DayKind.HOLIDAY
    assert calendar.version == f"{CITY} 2026#1-{made.digest} {national_calendar().version}"
    assert Record.objects.order_by("-number").first().event == "places.calendar_imported"


def test_a_stored_deadline_does_not_move_when_a_new_version_comes(office):
    imported(office, HOLIDAY)
    old = compute_deadline(FIVE, date(2026, 7, 2), calendar_for(LIUAN))
    stored = old.as_json()
    imported(office, HOLIDAY, ["2026-07-08", "放假", "新增假日"])
    new = compute_deadline(FIVE, date(2026, 7, 2), calendar_for(LIUAN))
    assert (Deadline.from_json(stored).due, new.due) == (date(2026, 7, 10), date(2026, 7, 13))
    assert (stored["calendar"], new.calendar != stored["calendar"]) == (old.calendar, True)


def test_the_same_table_again_is_no_new_version(office):
    first = imported(office, HOLIDAY)
    assert imported(office, HOLIDAY, source="另一份通知") == first
    assert imported(office, HOLIDAY, ["2026-07-10", "半天", "下午停办"]).version == 2
    assert imported(office, HOLIDAY).version == 3  # back to the first content: still a step of its own
    assert [one.version for one in latest_versions(CITY)] == [3]


def test_the_calendar_as_it_was_known_on_a_day(office):
    imported(office, HOLIDAY)
    declare_closure(office, place(LIUAN), **FLOOD)
    today = timezone.localdate()
    assert calendar_for(LIUAN, today).describe(date(2026, 7, 3)) is DayKind.HOLIDAY
    assert calendar_for(LIUAN, today).describe(date(2026, 7, 7)) is DayKind.LOCAL_CLOSURE
    assert calendar_for(LIUAN, today - timedelta(days=1)) is national_calendar()


def test_what_the_next_version_drops_is_named(office):
    imported(office, HOLIDAY)
    table = check_table([HEAD, ["2026-07-10", "半天", "下午停办"]], 2026, city_calendar(CITY))
    assert table.dropped == [date(2026, 7, 3)]


def test_versions_can_be_neither_changed_nor_deleted(office):
    made = imported(office, HOLIDAY)
    for change in (
        lambda: CalendarVersion.objects.filter(pk=made.pk).update(source="x"),
        lambda: CalendarDay.objects.update(name="x"),
        lambda: CalendarDay.objects.all()._raw_delete(CalendarDay.objects.db),
    ):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()


def test_who_may_import(office):
    for role in ("county", "department", "system_admin"):
        with pytest.raises(PermissionDenied):
            imported(factories.account(role), HOLIDAY)
    with pytest.raises(ValidationError):
        imported(office, ["2026-07-03", "放假", ""])
    with pytest.raises(ValidationError) as caught:
        imported(office, HOLIDAY, source=" ")
    assert "source" in caught.value.message_dict
    with pytest.raises(ValidationError):
        imported(office, HOLIDAY, published_on=timezone.localdate() + timedelta(days=1))
    assert not CalendarVersion.objects.exists()


# --- closures ------------------------------------------------------------------------------------------------------


def test_a_closure_holds_in_its_place_and_below(office):
    declare_closure(office, place("990181"), **FLOOD)
    assert calendar_for(LIUAN).holiday_name(date(2026, 7, 7)) == "防汛一级响应停工"
    assert calendar_for("990181101201").describe(date(2026, 7, 7)) is DayKind.LOCAL_CLOSURE
    for code in (SHIMEN, CITY):
        assert calendar_for(code) is national_calendar()


def test_a_withdrawn_closure_counts_no_longer(office):
    made = declare_closure(office, place(LIUAN), **FLOOD)
    stored = compute_deadline(FIVE, date(2026, 7, 2), calendar_for(LIUAN))
    assert withdraw_closure(office, made).withdrawn_by == office
    assert withdraw_closure(office, made) == made
    assert calendar_for(LIUAN) is national_calendar()
    assert stored.due == date(2026, 7, 14)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        LocalClosure.objects.filter(pk=made.pk).update(withdrawn_at=None, withdrawn_by=None)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        LocalClosure.objects.filter(pk=made.pk).update(reason="x")


def test_who_may_close_and_what_must_be_said(office):
    county = factories.account("county")
    assert declare_closure(county, place(LIUAN), **FLOOD).by == county
    for actor, code in ((county, SHIMEN), (factories.account("township_office"), LIUAN)):
        with pytest.raises(PermissionDenied):
            declare_closure(actor, place(code), **FLOOD)
    with pytest.raises(PermissionDenied):
        withdraw_closure(county, declare_closure(office, place(SHIMEN), **FLOOD))
    with pytest.raises(ValidationError) as caught:
        declare_closure(office, place(LIUAN), **(FLOOD | {"last": date(2026, 7, 5), "reason": " ", "basis": ""}))
    assert sorted(caught.value.message_dict) == ["basis", "last", "reason"]
    with pytest.raises(ValidationError):
        declare_closure(office, place(LIUAN), **(FLOOD | {"last": date(2026, 9, 4)}))
    assert closures_of(LIUAN).count() == 1


# --- pages ---------------------------------------------------------------------------------------------------------


def upload(client, *rows, year=2026, name="t.xlsx", content=None):
    content = content or write_workbook([Sheet("表", [HEAD, *rows])])
    data = {"year": year, "source": NOTICE["source"], "published_on": "2026-01-05"}
    return client.post("/places/calendars/import/", data | {"file": SimpleUploadedFile(name, content)})


def test_a_table_is_seen_before_it_is_imported(office):
    client = signed_in(office)
    seen = upload(client, HOLIDAY, ["2026-10-01", "放假", "国庆节"])
    assert (seen.status_code, CalendarVersion.objects.count()) == (200, 0)
    table = seen.context["table"]
    assert [row.status for row in table.rows] == ["changed", "same"]
    data = {"year": 2026, "source": NOTICE["source"], "published_on": "2026-01-05", "table": table.as_text}
    done = client.post("/places/calendars/import/", data)
    assert (done.status_code, done.headers["Location"]) == (302, "/places/calendars/?year=2026")
    page = client.get("/places/calendars/?year=2026")
    assert "建市纪念日" in page.content.decode()
    (version,) = CalendarVersion.objects.all()
    assert [(day.day, day.kind) for day in version.days.all()] == [
        (date(2026, 7, 3), "holiday"), (date(2026, 10, 1), "holiday"),
    ]  # fmt: skip


def test_a_table_with_errors_is_not_imported(office):
    client = signed_in(office)
    seen = upload(client, ["2026-07-03", "放假", ""])
    assert seen.status_code == 400
    assert "C2" in seen.content.decode()
    text = seen.context["table"].as_text
    data = {"year": 2026, "source": "x", "published_on": "2026-01-05", "table": text}
    assert client.post("/places/calendars/import/", data).status_code == 400
    assert (
        upload(client, name="t.csv", content="日期,类型,名称\n2026-07-03,放假,\n".encode("gb18030")).status_code == 400
    )
    assert upload(client, name="t.xlsx", content=b"PK broken").status_code == 400
    assert client.post("/places/calendars/import/", data | {"source": ""}).status_code == 400
    assert not CalendarVersion.objects.exists()


def test_the_year_can_be_taken_away_and_brought_back(office):
    imported(office, HOLIDAY, ["2026-07-10", "半天", "下午停办"])
    client = signed_in(office)
    answer = client.get("/places/calendars/table.xlsx?year=2026")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == HEAD
    assert ["2026-07-10", "半天上班", "下午停办"] in rows
    again = upload(client, content=answer.content)
    assert {row.status for row in again.context["table"].rows} == {"same"}
    assert not again.context["table"].dropped


def test_a_closure_is_declared_and_withdrawn_on_the_page(office):
    client = signed_in(office)
    data = {key: str(value) for key, value in FLOOD.items()} | {"division": LIUAN}
    assert client.post("/places/calendars/", data | {"last": "2026-07-01"}).status_code == 400
    assert client.post("/places/calendars/", data).status_code == 302
    page = client.get(f"/places/calendars/?year=2026&place={LIUAN}").content.decode()
    assert page.count("当地停工 · 防汛一级响应停工") == 6  # three squares, three rows of the table twin
    (made,) = LocalClosure.objects.all()
    assert client.post(f"/places/calendars/closures/{made.pk}/withdraw/").status_code == 302
    made.refresh_from_db()
    assert made.withdrawn_by == office


def test_a_place_elsewhere_is_not_shown(office):
    head = signed_in(factories.account("township_head"))
    assert head.get(f"/places/calendars/?place={SHIMEN}").status_code == 200  # public in the city
    assert head.get("/places/calendars/?place=990122101201").status_code == 404
    assert head.get("/places/calendars/?year=20x6&place=").status_code == 200
    assert head.post("/places/calendars/", {}).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(office, number, django_assert_num_queries):
    for day in range(number):
        imported(office, [f"2026-07-0{day + 1}", "放假", "假日"])
        declare_closure(office, place(LIUAN), **FLOOD)
    client = signed_in(office)
    client.get("/places/calendars/?year=2026")
    with django_assert_num_queries(20):
        assert client.get(f"/places/calendars/?year=2026&place={LIUAN}").status_code == 200
    with django_assert_num_queries(4):
        calendar_for(LIUAN)
