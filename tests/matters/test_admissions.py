"""Admission of work to communities: two clocks, decided by another, and what is granted joins the list until it expires."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import signed_in
from tests.matters.duties import asked, at, in_force
from yizhen.audit.models import Record
from yizhen.matters.actions import decide_admission, set_admission_terms
from yizhen.matters.duties.clocks import Terms, decision_due, earliest_start
from yizhen.matters.duties.gate import Ground
from yizhen.matters.duties.queries import ground_for, items_in_force
from yizhen.matters.models import AdmissionRequest, AdmissionTerms
from yizhen.people.models import ROLES


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


# Worked out by hand on the State Council's calendars: in 2025, 1–8 October off, Sunday 28 September and Saturday 11
# October on; in 2026, 15–23 February off, Saturdays 14 and 28 February on.
@pytest.mark.parametrize(
    ("applied", "decided_by", "earliest"),
    [
        ("2025-06-03", "2025-06-24", "2025-07-15"),
        ("2025-09-15", "2025-10-11", "2025-10-31"),
        ("2025-09-27", "2025-10-23", "2025-11-13"),
        ("2026-02-02", "2026-02-28", "2026-03-20"),
    ],
)
def test_clocks_count_working_days_of_the_calendar(applied, decided_by, earliest):
    day = date.fromisoformat(applied)

    due, start = decision_due(Terms(), day), earliest_start(Terms(), day)

    assert (due.due.isoformat(), start.due.isoformat()) == (decided_by, earliest)
    assert [sum(step.counted for step in clock.steps) for clock in (due, start)] == [15, 30]
    assert "西城区" in due.rule.source


def test_request_keeps_both_clocks_with_their_derivation(people):
    with at("2025-09-15"):
        made = asked(people["department"], date(2025, 10, 31))

    assert (made.number, made.due_on, made.deadline.due, made.earliest.due) == (
        "A2025-001", date(2025, 10, 11), date(2025, 10, 11), date(2025, 10, 31),
    )  # fmt: skip
    assert made.deadline.steps[-1].reason == "make_up_workday"


@pytest.mark.parametrize(("starts_on", "is_late"), [("2025-10-30", True), ("2025-10-31", False)])
def test_request_comes_thirty_working_days_before_the_work(people, starts_on, is_late):
    with at("2025-09-15"):
        if not is_late:
            assert asked(people["department"], date.fromisoformat(starts_on)).starts_on.isoformat() == starts_on
            return
        with pytest.raises(ValidationError, match="2025-10-31") as refused:
            asked(people["department"], date.fromisoformat(starts_on))
    assert list(refused.value.message_dict) == ["starts_on"]


def test_same_form_again_makes_one_request(people):
    first = asked(people["department"], client_id="c")

    assert asked(people["department"], client_id="c") == first
    assert AdmissionRequest.objects.count() == 1


@pytest.mark.parametrize("role", ROLES)
def test_only_departments_ask_and_only_the_city_office_decides(people, role):
    in_force(people["city_office"])
    request = asked(people["department"])
    if role != "department":
        with pytest.raises(PermissionDenied):
            asked(people[role])
    if role != "city_office":
        with pytest.raises(PermissionDenied):
            decide_admission(people[role], request, granted=True)
        with pytest.raises(PermissionDenied):
            set_admission_terms(people[role], lead_days=20, decide_days=10, source="x")
        return
    assert decide_admission(people[role], request, granted=True).state == "granted"


def test_granted_work_becomes_a_cooperating_item_until_it_expires(people):
    in_force(people["city_office"])
    made = decide_admission(people["city_office"], asked(people["department"]), granted=True)
    item = items_in_force(factories.CITY, made.starts_on).get(code=made.number)
    day = timedelta(days=1)

    assert (item.kind, item.lead, item.ends_on, made.item) == ("cooperating", factories.unit(), made.ends_on, item)
    grounds = [
        ground_for(people["department"], item, on)
        for on in (made.starts_on - day, made.starts_on, made.ends_on, made.ends_on + day)
    ]
    assert grounds == [Ground.NOT_IN_FORCE, Ground.LEAD, Ground.LEAD, Ground.NOT_IN_FORCE]
    assert ground_for(people["county"], item, made.starts_on) == Ground.NOT_LEAD


def test_refusal_needs_its_reason_and_makes_no_item(people):
    in_force(people["city_office"])
    request = asked(people["department"])
    with pytest.raises(ValidationError) as refused:
        decide_admission(people["city_office"], request, granted=False, reason=" ")
    assert list(refused.value.message_dict) == ["reason"]

    made = decide_admission(people["city_office"], request, granted=False, reason="没有依据。")

    assert (made.state, made.item, made.reason) == ("refused", None, "没有依据。")
    with pytest.raises(ValidationError, match="已经审定"):
        decide_admission(people["city_office"], request, granted=True)


def test_nothing_is_granted_without_a_list_to_take_it(people):
    request = asked(people["department"])

    with pytest.raises(ValidationError, match="先导入"):
        decide_admission(people["city_office"], request, granted=True)


def test_decision_after_the_clock_is_recorded_as_late(people):
    in_force(people["city_office"], ago=400)
    with at("2026-03-02"):
        requests = [asked(people["department"], date(2026, 6, 1)) for _unused in range(2)]
    assert requests[0].due_on == date(2026, 3, 23)
    for request, day in zip(requests, ("2026-03-23", "2026-03-24"), strict=True):
        with at(day):
            decide_admission(people["city_office"], request, granted=False, reason="没有依据。")

    told = Record.objects.filter(event="matters.admission_decided").order_by("number")
    assert [record.details["in_time"] for record in told] == [True, False]


def test_city_sets_its_own_days_and_requests_on_the_way_keep_theirs(people):
    with at("2025-09-15"):
        before = asked(people["department"], date(2025, 10, 31))
        set_admission_terms(people["city_office"], lead_days=10, decide_days=5, source="清澜市准入办法（虚构）")
        after = asked(people["department"], date(2025, 10, 31))

    before.refresh_from_db()
    assert (before.due_on, after.due_on, after.deadline.rule.source) == (
        date(2025, 10, 11), date(2025, 9, 22), "清澜市准入办法（虚构）",
    )  # fmt: skip
    with pytest.raises(ValidationError):
        set_admission_terms(people["city_office"], lead_days=5, decide_days=10, source="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        AdmissionTerms.objects.update(decide_days=11)


def test_database_refuses_what_is_no_request(people):
    items = in_force(people["city_office"])
    made = asked(people["department"])
    rows, office, today = AdmissionRequest.objects.filter(pk=made.pk), people["city_office"], timezone.localdate()
    decided = {"state": "granted", "decided_by": office, "decided_on": today, "item": items["C-1"]}
    wrong = (
        decided | {"decided_by": people["department"]},
        decided | {"item": None},
        decided | {"state": "refused"},
        decided | {"state": "refused", "item": None},
        {"decided_by": office},
        {"item": items["C-1"]},
    )
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    copy = {
        field.attname: getattr(made, field.attname) for field in AdmissionRequest._meta.fields if field.name != "id"
    }
    copy |= {"number": "A1", "client_id": "x"}
    for change in (
        {"starts_on": made.applied_on},
        {"ends_on": made.starts_on - timedelta(days=1)},
        {"due_on": made.applied_on - timedelta(days=1)},
        {"minutes": 0},
        {"funds": Decimal(-1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AdmissionRequest.objects.create(**(copy | change))


def test_database_keeps_what_was_asked_and_decided(people):
    in_force(people["city_office"])
    made = asked(people["department"])
    rows = AdmissionRequest.objects.filter(pk=made.pk)
    with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic():
        rows.update(purpose="另一个目的")
    decide_admission(people["city_office"], made, granted=True)
    with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic():
        rows.update(reason="改过")
    with pytest.raises(DatabaseError, match="refuses delete"), transaction.atomic():
        rows.delete()


# --- pages ---------------------------------------------------------------------------------------------------------


def test_request_goes_through_its_pages(people):
    in_force(people["city_office"])
    department, office = signed_in(people["department"]), signed_in(people["city_office"])
    page = department.get("/matters/admissions/new/")
    start = page.context["earliest"].due
    content = {
        "name_zh": "用气安全提醒", "purpose": "通知", "basis": "要点", "work_line": "safety", "minutes": "20", "funds": "300",
        "ends_on": (start + timedelta(days=9)).isoformat(), "client_id": "c",
    }  # fmt: skip

    early = department.post("/matters/admissions/new/", content | {"starts_on": timezone.localdate().isoformat()})
    sent = department.post("/matters/admissions/new/", content | {"starts_on": start.isoformat()})
    made = AdmissionRequest.objects.get()
    assert (early.status_code, list(early.context["form"].errors)) == (400, ["starts_on"])
    assert sent.headers["Location"] == f"/matters/admissions/{made.number}/"
    assert department.post(sent.headers["Location"], {"decision": "granted"}).status_code == 403
    wordless = office.post(sent.headers["Location"], {"decision": "refused"})
    assert (wordless.status_code, list(wordless.context["form"].errors)) == (400, ["reason"])
    assert office.post(sent.headers["Location"], {"decision": "granted"}).status_code == 302
    assert made.number in signed_in(people["village"]).get("/matters/admissions/").content.decode()


def test_what_waits_is_seen_by_who_asked_and_who_decides(people):
    made = asked(people["department"])
    people["other"] = factories.account("department", unit=factories.unit("HEA"))

    seen = {
        role: signed_in(user).get(f"/matters/admissions/{made.number}/").status_code for role, user in people.items()
    }

    assert {role for role, status in seen.items() if status == 200} == {"city_office", "department"}
    assert set(seen.values()) == {200, 404}


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_queries_for_one_and_three_requests(people, number):
    in_force(people["city_office"])
    for state in (True, False, None):
        for _unused in range(number):
            request = asked(people["department"])
            if state is not None:
                decide_admission(people["city_office"], request, granted=state, reason="理由")
    client = signed_in(people["city_office"])
    client.get("/matters/admissions/")

    with CaptureQueriesContext(connection) as queries:
        assert client.get("/matters/admissions/").status_code == 200

    assert len(queries) == 7
