"""The gate: who may give which duty to townships on which day, on paper and through the assign page."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, XITANG, signed_in, task
from tests.matters.duties import in_force, row
from yizhen.audit.models import Record
from yizhen.matters.actions import assign_duty
from yizhen.matters.duties.gate import OPEN, Duty, DutyKind, Ground, gate
from yizhen.matters.duties.queries import ground_for
from yizhen.matters.models import Matter, TaskDuty

DAY = date(2026, 3, 2)
BASIC = Duty(DutyKind.BASIC, None, date(2026, 1, 1))
HELPING = Duty(DutyKind.COOPERATING, "EMG", date(2026, 1, 1), date(2026, 12, 31))
TAKEN_BACK = Duty(DutyKind.WITHDRAWN, "MKT", date(2026, 1, 1))


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.mark.parametrize(
    ("item", "sender", "day", "ground", "is_open"),
    [
        (BASIC, "EMG", DAY, Ground.BASIC, True),
        (BASIC, None, DAY, Ground.BASIC, True),
        (HELPING, "EMG", DAY, Ground.LEAD, True),
        (HELPING, "HEA", DAY, Ground.NOT_LEAD, False),
        (HELPING, None, DAY, Ground.NOT_LEAD, False),
        (TAKEN_BACK, "MKT", DAY, Ground.WITHDRAWN, False),
        (TAKEN_BACK, "EMG", DAY, Ground.WITHDRAWN, False),
        (TAKEN_BACK, None, DAY, Ground.WITHDRAWN, False),
        (None, "EMG", DAY, Ground.OUTSIDE, False),
        (None, None, DAY, Ground.OUTSIDE, False),
        (BASIC, "EMG", date(2025, 12, 31), Ground.NOT_IN_FORCE, False),
        (BASIC, "EMG", date(2026, 1, 1), Ground.BASIC, True),
        (HELPING, "EMG", date(2026, 12, 31), Ground.LEAD, True),
        (HELPING, "EMG", date(2027, 1, 1), Ground.NOT_IN_FORCE, False),
        (TAKEN_BACK, "EMG", date(2025, 12, 31), Ground.NOT_IN_FORCE, False),
    ],
)
def test_gate_table(item, sender, day, ground, is_open):
    found = gate(item, sender, day)

    assert (found, found in OPEN) == (ground, is_open)


@pytest.mark.parametrize("item", [None, BASIC, HELPING, TAKEN_BACK])
def test_gate_is_open_while_the_city_has_no_list(item):
    assert gate(item, "HEA", DAY, list_in_force=False) == Ground.NO_LIST
    assert Ground.NO_LIST in OPEN


@given(
    kind=st.sampled_from(DutyKind),
    lead=st.sampled_from(["EMG", "HEA"]),
    sender=st.sampled_from([None, "EMG", "HEA"]),
    first=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    length=st.none() | st.integers(0, 400),
    day=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
)
def test_gate_never_opens_for_what_was_taken_back_nor_outside_its_days(kind, lead, sender, first, length, day):
    last = None if length is None else first + timedelta(days=length)
    is_open = gate(Duty(kind, lead, first, last), sender, day) in OPEN

    within = first <= day and (last is None or day <= last)
    assert is_open == (within and (kind == "basic" or (kind == "cooperating" and sender == lead)))


def fields(**changes):
    content = {
        "title": "隐患排查", "text": "报送台账。", "work_line": "safety", "basis": "清应急〔2026〕1号", "client_id": "c1",
        "due_on": timezone.localdate() + timedelta(days=20), "townships": [factories.place(LIUAN), factories.place(XITANG)],
    }  # fmt: skip
    return content | changes


@pytest.mark.parametrize(
    ("code", "role", "is_open"),
    [
        ("B-1", "department", True), ("B-1", "county", True), ("B-1", "city_office", True), ("C-1", "department", True),
        ("C-2", "department", False), ("C-1", "county", False), ("W-1", "department", False), (None, "department", False),
        (None, "city_office", False),
    ],
)  # fmt: skip
def test_assigning_through_the_gate(people, code, role, is_open):
    items = in_force(people["city_office"])
    item = items.get(code)

    if not is_open:
        with pytest.raises(ValidationError) as refused:
            assign_duty(people[role], duty=item, **fields())
        assert (list(refused.value.message_dict), Matter.objects.count()) == (["duty"], 0)
        return
    made = assign_duty(people[role], duty=item, **fields())

    assert [(m.division_id, m.duty.item, m.duty.ground) for m in made] == [
        (LIUAN, item, "basic" if code == "B-1" else "lead"),
        (XITANG, item, "basic" if code == "B-1" else "lead"),
    ]
    assert Record.objects.filter(event="matters.duty_cited").count() == 2


def test_without_a_list_tasks_are_assigned_and_cite_nothing(people):
    made = assign_duty(people["department"], duty=None, **fields())

    assert (len(made), TaskDuty.objects.count()) == (2, 0)
    assert ground_for(people["department"], None) == Ground.NO_LIST


def test_same_form_again_makes_no_second_citation_and_another_item_is_said_so(people):
    items = in_force(people["city_office"])
    first = assign_duty(people["department"], duty=items["B-1"], **fields())

    assert assign_duty(people["department"], duty=items["B-1"], **fields()) == first
    with pytest.raises(ValidationError, match="已经提交过"):
        assign_duty(people["department"], duty=items["C-1"], **fields())
    assert Record.objects.filter(event="matters.duty_cited").count() == 2


def test_list_that_begins_tomorrow_or_ended_yesterday_is_not_asked(people):
    office, today = people["city_office"], timezone.localdate()
    items = in_force(office, "旧版", ago=30)
    later = in_force(office, "新版", ago=-1)

    assert ground_for(people["department"], items["W-1"]) == Ground.WITHDRAWN
    assert ground_for(people["department"], later["W-1"]) == Ground.NOT_IN_FORCE
    assert ground_for(people["department"], later["W-1"], today + timedelta(days=1)) == Ground.WITHDRAWN
    items["B-1"].duty_list.refresh_from_db()
    assert ground_for(people["department"], items["B-1"], today + timedelta(days=1)) == Ground.NOT_IN_FORCE


def test_database_keeps_citations_that_passed_the_gate_as_they_are(people):
    items = in_force(people["city_office"])
    matter = task(people["department"])
    for ground in ("withdrawn", "outside", "not_lead", "no_list"):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaskDuty.objects.create(matter=matter, item=items["W-1"], ground=ground)
    cited = TaskDuty.objects.create(matter=matter, item=items["B-1"], ground="basic")

    with pytest.raises(IntegrityError), transaction.atomic():
        TaskDuty.objects.create(matter=matter, item=items["C-1"], ground="lead")
    with pytest.raises(DatabaseError, match="matters_taskduty refuses update"), transaction.atomic():
        TaskDuty.objects.filter(pk=cited.pk).update(item=items["C-1"])
    with pytest.raises(DatabaseError, match="matters_taskduty refuses delete"), transaction.atomic():
        TaskDuty.objects.filter(pk=cited.pk).delete()


# --- pages ---------------------------------------------------------------------------------------------------------


def form(item, **changes):
    content = {key: str(value) for key, value in fields().items()} | {"amount": "", "unit": "working_day"}
    return content | {"townships": [LIUAN, XITANG], "duty": str(item.pk) if item else ""} | changes


def test_assign_page_refuses_what_the_gate_refuses_and_leads_to_admission(people):
    items = in_force(people["city_office"])
    client = signed_in(people["department"])

    answers = {code: client.post("/matters/assign/", form(items.get(code))) for code in ("W-1", "C-2", None)}

    assert {code: (r.status_code, list(r.context["form"].errors)) for code, r in answers.items()} == dict.fromkeys(
        ("W-1", "C-2", None), (400, ["duty"])
    )
    pages = {code: r.content.decode() for code, r in answers.items()}
    assert "由MKT局自己承担" in pages["W-1"]
    assert "由牵头部门（HEA局）交办" in pages["C-2"]
    assert ["/matters/admissions/new/" in pages[code] for code in ("W-1", "C-2", None)] == [False, False, True]
    assert "2026年版（清委办〔2026〕1号）W-1" in pages["W-1"]
    assert Matter.objects.count() == 0
    assert client.post("/matters/assign/", form(items["C-1"])).status_code == 302
    assert TaskDuty.objects.filter(item=items["C-1"]).count() == 2


def test_assign_page_asks_the_gate_before_sending_and_keeps_what_was_typed(people):
    items = in_force(people["city_office"])
    client = signed_in(people["department"])

    response = client.post("/matters/assign/", form(items["W-1"], title="", check="1"))

    page = response.context["form"]
    assert (response.status_code, response.context["answer"]["open"], Matter.objects.count()) == (200, False, 0)
    assert (page["basis"].value(), page["townships"].value(), page.is_bound) == (
        "清应急〔2026〕1号",
        [LIUAN, XITANG],
        False,
    )
    assert page["client_id"].value() == "c1"


def test_assign_page_says_that_the_gate_is_open_without_a_list(people):
    page = signed_in(people["department"]).get("/matters/assign/")

    assert page.context["answer"]["open"]
    assert "关口没有启用" in page.content.decode()


@pytest.mark.parametrize(
    ("code", "mark"), [("B-1", "可以交办"), ("W-1", "不能交办"), ("C-2", "不能交办"), ("", "不能交办")]
)
def test_fragment_answers_for_the_item_chosen(people, code, mark):
    items = in_force(people["city_office"])
    query = {"duty": items[code].pk if code else ""}

    answer = signed_in(people["department"]).get("/matters/duties/gate/", query)

    assert mark in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_only_items_in_force_are_offered(people):
    items = in_force(
        people["city_office"], rows=[row("B-1"), row("C-9", "cooperating", "EMG", ends_on=date(2020, 1, 1))]
    )

    offered = signed_in(people["department"]).get("/matters/assign/").context["form"].fields["duty"].queryset

    assert list(offered) == [items["B-1"]]
    assert signed_in(people["department"]).get("/matters/duties/gate/", {"duty": "999999"}).status_code == 404
