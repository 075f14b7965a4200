"""Inspection plans: who may, overlaps by township and month, one comprehensive assessment a year, conclusions."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, signed_in
from tests.matters.duties import at, planned
from yizhen.audit.models import Record
from yizhen.matters.actions import cancel_inspection, conclude_inspection
from yizhen.matters.duties.overlaps import Visit, by_township_and_month, months_of, overlaps_with
from yizhen.matters.duties.warnings import warnings_of
from yizhen.matters.duties.year import year_of
from yizhen.matters.models import InspectionPlan
from yizhen.people.models import ROLES

NOW = "2026-03-02"
MARCH, APRIL = (date(2026, 3, 10), date(2026, 3, 20)), (date(2026, 4, 10), date(2026, 4, 20))


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.fixture
def health(people):
    return factories.account("department", unit=factories.unit("HEA"))


@pytest.fixture(autouse=True)
def march():
    with at(NOW):
        yield


# --- months --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-03-01", "2026-03-31", [(2026, 3)]),
        ("2026-03-31", "2026-04-01", [(2026, 3), (2026, 4)]),
        ("2026-11-30", "2027-02-01", [(2026, 11), (2026, 12), (2027, 1), (2027, 2)]),
        ("2026-03-02", "2026-03-01", [(2026, 3)]),
        ("2026-03-02", "2026-02-28", []),
    ],
)
def test_months_that_a_period_touches(first, last, months):
    assert months_of(date.fromisoformat(first), date.fromisoformat(last)) == months


VISITS = st.builds(
    lambda key, places, first, days: Visit(key, frozenset(places), first, first + timedelta(days=days)),
    st.integers(1, 6), st.sets(st.sampled_from("ABC")), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 90),
)  # fmt: skip


@given(st.lists(VISITS, max_size=6, unique_by=lambda visit: visit.key))
def test_overlaps_are_mutual_and_are_what_the_table_counts_twice(visits):
    table = by_township_and_month(visits)

    for visit in visits:
        for cell, keys in overlaps_with(visit, visits).items():
            assert visit.key not in keys
            assert sorted([*keys, visit.key]) == sorted(table[cell])
    mutual = {(v.key, key, cell) for v in visits for cell, keys in overlaps_with(v, visits).items() for key in keys}
    assert mutual == {(there, here, cell) for here, there, cell in mutual}


# --- plans ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_county_and_above_and_departments_plan_and_nobody_below(people, role):
    if role in {"city_office", "county", "department"}:
        plan = planned(people[role], [LIUAN], *MARCH)
        assert (plan.number, plan.unit, plan.division_id) == ("D2026-001", people[role].unit, people[role].scope_id)
        return
    with pytest.raises(PermissionDenied):
        planned(people[role], [LIUAN], *MARCH)


def test_county_inspects_its_own_townships_only(people):
    with pytest.raises(PermissionDenied):
        planned(people["county"], [LIUAN, SHIMEN], *MARCH)
    with pytest.raises(PermissionDenied):
        planned(people["city_office"], [factories.GRID], *MARCH)


def test_department_inspects_only_as_designated(people):
    with pytest.raises(ValidationError) as refused:
        planned(people["department"], [LIUAN], *MARCH, designation=" ")

    assert list(refused.value.message_dict) == ["designation"]
    assert planned(people["city_office"], [LIUAN], *MARCH, designation="").designation == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"townships": []}, "townships"),
        ({"starts_on": date(2026, 3, 1)}, "starts_on"),
        ({"ends_on": date(2026, 3, 9)}, "ends_on"),
        ({"ends_on": date(2027, 3, 12)}, "ends_on"),
        ({"content": ""}, "content"),
        ({"scope": ""}, "scope"),
        ({"basis": ""}, "basis"),
    ],
)
def test_plan_names_content_objects_scope_and_period(people, change, field):
    values = {"starts_on": MARCH[0], "ends_on": MARCH[1], "townships": [LIUAN]} | change

    with pytest.raises(ValidationError) as refused:
        planned(people["city_office"], **values)
    assert list(refused.value.message_dict) == [field]


def test_second_visit_to_a_township_in_a_month_is_warned_and_needs_an_arrangement(people, health):
    first = planned(people["department"], [LIUAN, XITANG], *MARCH)
    with pytest.raises(ValidationError) as refused:
        planned(health, [LIUAN, GUDU], date(2026, 3, 30), date(2026, 4, 2))
    found = warnings_of(health, "inspection", [factories.place(LIUAN), factories.place(GUDU)], *MARCH)

    assert list(refused.value.message_dict) == ["coordination"]
    assert [(o.township.code, o.month, o.plans) for o in found.overlaps] == [(LIUAN, (2026, 3), (first,))]
    plan = planned(health, [LIUAN, GUDU], date(2026, 3, 30), date(2026, 4, 2), coordination="同日前往。")
    assert plan.coordination == "同日前往。"
    assert Record.objects.filter(event="matters.inspection_planned").latest("number").details["overlapping"] == 1


@pytest.mark.parametrize(("townships", "period"), [([GUDU], MARCH), ([LIUAN], APRIL), ([SHIMEN, JIANGFENG], MARCH)])
def test_other_townships_and_other_months_are_not_warned_of(people, health, townships, period):
    planned(people["department"], [LIUAN], *MARCH)

    assert planned(health, townships, *period).coordination == ""


def test_plan_called_off_is_no_overlap_and_is_not_counted(people, health):
    plan = planned(people["department"], [LIUAN], *MARCH)
    cancel_inspection(people["department"], plan)

    assert planned(health, [LIUAN], *MARCH).coordination == ""
    assert [row.inspections for row in year_of(people["city_office"], 2026).rows if row.township.code == LIUAN] == [1]


def test_second_comprehensive_assessment_of_a_year_is_warned_and_counted(people, health):
    planned(people["department"], [LIUAN], *MARCH, kind="assessment")
    again = {"kind": "assessment"}
    with pytest.raises(ValidationError) as refused:
        planned(people["department"], [XITANG], *APRIL, **again)
    planned(health, [GUDU], *APRIL, kind="assessment")
    planned(people["department"], [XITANG], date(2027, 3, 1), date(2027, 3, 2), **again)
    planned(people["department"], [XITANG], *APRIL, coordination="市政府批准。", **again)

    year = year_of(people["city_office"], 2026)
    assert list(refused.value.message_dict) == ["coordination"]
    assert [(o.organiser.code, o.assessments, o.visits, o.too_many) for o in year.organisers] == [
        ("EMG", 2, 2, True), ("HEA", 1, 1, False),
    ]  # fmt: skip
    assert year.assessors_of_more_than_one == 1
    assert {row.township.code: row.assessments for row in year.rows} == {
        JIANGFENG: 0, SHIMEN: 0, LIUAN: 1, XITANG: 1, GUDU: 1,
    }  # fmt: skip


def test_assessment_over_new_year_counts_for_the_year_in_which_it_starts(people):
    planned(people["city_office"], [LIUAN], date(2026, 12, 20), date(2027, 1, 10), kind="assessment")
    planned(people["city_office"], [LIUAN], date(2027, 12, 1), date(2027, 12, 9), kind="assessment")

    assert [year_of(people["city_office"], year).assessors_of_more_than_one for year in (2026, 2027)] == [0, 0]


def test_year_table_counts_by_township_and_month(people, health):
    planned(people["department"], [LIUAN, XITANG], date(2026, 3, 30), date(2026, 4, 2))
    planned(health, [LIUAN], *APRIL, coordination="同日前往。")

    year = year_of(people["county"], 2026)

    counts = {row.township.code: [len(cell.plans) for cell in row.cells] for row in year.rows}
    assert counts == {
        LIUAN: [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0], XITANG: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], GUDU: [0] * 12,
    }  # fmt: skip
    assert year.overlapping == 1


def test_conclusion_is_written_once_after_the_start_by_who_inspects(people, health):
    plan = planned(people["department"], [LIUAN], *MARCH)
    with pytest.raises(ValidationError, match="开始之后"):
        conclude_inspection(people["department"], plan, "属实。")
    with at("2026-03-20"):
        for other in (health, people["city_office"], people["township_head"]):
            with pytest.raises(PermissionDenied):
                conclude_inspection(other, plan, "属实。")
        with pytest.raises(ValidationError, match="写明"):
            conclude_inspection(people["department"], plan, " ")
        conclude_inspection(people["department"], plan, "抽查属实。")
        with pytest.raises(ValidationError, match="一次"):
            conclude_inspection(people["department"], plan, "另一个结论。")
        with pytest.raises(ValidationError, match="已经结束"):
            cancel_inspection(people["department"], plan)
    assert "抽查属实。" in signed_in(people["village"]).get(f"/matters/inspections/{plan.number}/").content.decode()


def test_database_refuses_what_is_no_plan(people):
    plan = planned(people["department"], [LIUAN], *MARCH)
    rows = InspectionPlan.objects.filter(pk=plan.pk)
    copy = {f.attname: getattr(plan, f.attname) for f in InspectionPlan._meta.fields if f.name != "id"}
    copy |= {"number": "D1", "client_id": "x"}
    for change in (
        {"designation": ""},
        {"ends_on": MARCH[0] - timedelta(days=1)},
        {"made_on": MARCH[0] + timedelta(days=1)},
        {"kind": "visit"},
        {"conclusion": "x"},
        {"conclusion": "x", "concluded_on": MARCH[0] - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            InspectionPlan.objects.create(**(copy | change))
    for change in ({"content": "另一件"}, {"ends_on": APRIL[1]}, {"unit": factories.unit("HEA")}):
        with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="refuses delete"), transaction.atomic():
        plan.townships.clear()


# --- pages ---------------------------------------------------------------------------------------------------------


def form(**changes):
    content = {
        "kind": "inspection", "title": "专项督查", "content": "抽查。", "scope": "今年", "basis": "计划", "designation": "指定函",
        "starts_on": "2026-03-10", "ends_on": "2026-03-20", "townships": [LIUAN, XITANG], "client_id": "c",
    }  # fmt: skip
    return content | changes


def test_plan_form_shows_overlaps_before_anything_is_registered(people, health):
    planned(people["department"], [LIUAN], *MARCH, title="安全督查")
    client = signed_in(health)

    warned = client.post("/matters/inspections/new/", form())
    page = warned.content.decode()
    assert (warned.status_code, list(warned.context["form"].errors)) == (400, ["coordination"])
    assert ("EMG局 安全督查" in page, "2026年3月" in page, InspectionPlan.objects.count()) == (True, True, 1)
    sent = [client.post("/matters/inspections/new/", form(coordination="同去。")).status_code for _unused in range(2)]
    assert (sent, InspectionPlan.objects.count()) == ([302, 302], 2)


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("city_office", {"a", "b", "c"}), ("department", {"a", "b", "c"}), ("county", {"a", "b"}), ("township_office", {"a"}),
        ("village", {"a"}), ("grid_worker", {"a"}), ("teller", set()), ("system_admin", set()),
    ],
)  # fmt: skip
def test_plans_are_seen_by_whom_they_concern(people, role, seen):
    plans = {
        "a": planned(people["department"], [LIUAN], *MARCH, title="a"),
        "b": planned(people["county"], [GUDU], *MARCH, title="b"),
        "c": planned(people["city_office"], [SHIMEN], *MARCH, title="c"),
    }
    client = signed_in(people[role])

    statuses = {name: client.get(f"/matters/inspections/{plan.number}/").status_code for name, plan in plans.items()}

    assert {name for name, status in statuses.items() if status == 200} == seen
    assert {plan.title for plan in client.get("/matters/inspections/?year=2026").context["year"].plans} == seen


def test_table_marks_have_words_and_calendar_says_who_comes(people, health):
    planned(people["department"], [LIUAN], *MARCH, title="安全督查")
    planned(health, [LIUAN], *MARCH, title="卫生督查", coordination="同日前往。")
    client = signed_in(people["township_office"])

    table = client.get("/matters/inspections/?year=2026").content.decode()
    calendar = client.get(f"/matters/inspections/at/{LIUAN}/?year=2026")

    assert ("▲2" in table, "2 次，重叠" in table, "西塘桥镇" in table) == (True, True, False)
    assert [len(cell.plans) for cell in calendar.context["row"].cells][:4] == [0, 0, 2, 0]
    assert client.get(f"/matters/inspections/at/{XITANG}/?year=2026").status_code == 404


def test_plan_page_does_not_name_the_other_townships_to_one_of_them(people):
    plan = planned(people["city_office"], [LIUAN, XITANG], *MARCH)

    page = signed_in(people["township_office"]).get(f"/matters/inspections/{plan.number}/").content.decode()

    assert ("柳岸镇" in page, "西塘桥镇" in page) == (True, False)


@pytest.mark.parametrize("change", [{"do": "cancel"}, {"do": "conclude", "conclusion": "x"}, {}, {"do": "nonsense"}])
def test_others_change_no_plan(people, health, change):
    plan = planned(people["department"], [LIUAN], *MARCH)

    assert signed_in(health).post(f"/matters/inspections/{plan.number}/", change).status_code == 403


def test_headquarters_has_a_line_about_inspections(people, health):
    planned(people["department"], [LIUAN], *MARCH)
    planned(health, [LIUAN], *MARCH, coordination="同日前往。")

    page = signed_in(people["county"]).get("/headquarters/").content.decode()

    assert ("登记方案 2 个" in page, "1 处重叠" in page) == (True, True)


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_queries_for_one_and_three_plans(people, number):
    for turn in range(number):
        planned(people["department"], [LIUAN, XITANG], *MARCH, coordination="同日前往。", title=str(turn))
    client = signed_in(people["city_office"])
    found = []
    for page in ("/matters/inspections/", f"/matters/inspections/at/{LIUAN}/", "/matters/inspections/D2026-001/"):
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        found.append(len(queries))

    assert found == [8, 9, 5]


def test_year_is_the_present_one_unless_another_is_asked_for(people):
    client = signed_in(people["city_office"])

    years = [
        client.get("/matters/inspections/", {"year": year}).context["year"].year for year in ("", "2025", "x", "0000")
    ]

    assert years == [timezone.localdate().year, 2025, timezone.localdate().year, timezone.localdate().year]
