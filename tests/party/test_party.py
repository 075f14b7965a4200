"""The fourth board: lists checked by another than the doer, meetings without attendance, counts without persons."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, signed_in, task
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import end_team, form_team, take_step
from yizhen.matters.actions.supervision import issue_notice
from yizhen.matters.colours import Colour
from yizhen.matters.lifecycle import State, Verb
from yizhen.party.actions import check_item, drop_item, list_item, plan_meeting, record_meeting, report_item
from yizhen.party.board import board_lines
from yizhen.party.models import Meeting, ResponsibilityItem
from yizhen.party.queries import Counts, counts_of
from yizhen.people.actions import appoint
from yizhen.people.models import ROLES

READERS = {"city_office", "county", "township_head", "township_office"}
YEAR = timezone.localdate().year


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def item(people, actor: str = "township_office", **changes) -> ResponsibilityItem:
    fields = {"year": YEAR, "what": "专题研究全面从严治党", "basis": "主体责任规定第五条", "due_on": date(YEAR, 12, 31)}
    return list_item(
        people[actor], client_id=str(ResponsibilityItem.objects.count()), division=people[actor].scope,
        **fields | changes,
    )  # fmt: skip


def reported(people, **changes) -> ResponsibilityItem:
    return report_item(
        people["township_office"],
        item(people, **changes),
        evidence="会议纪要3号，存党政办",
        done_on=timezone.localdate(),
    )


def meeting(people, ahead: int = 3, **changes) -> Meeting:
    planned = timezone.localdate() + timedelta(days=ahead)
    fields = {"sort": "study", "planned_on": planned, "subject": "学习示例文件"}
    office = people["township_office"]
    return plan_meeting(office, client_id=str(Meeting.objects.count()), division=office.scope, **fields | changes)


def test_item_is_reported_by_the_township_and_checked_by_the_office_alone(people):
    one = reported(people)
    for role in set(ROLES) - {"city_office"}:
        with pytest.raises(PermissionDenied):
            check_item(people[role], one, holds=True, said="看了")
    with pytest.raises(ValidationError):
        check_item(people["city_office"], one, holds=True, said=" ")
    back = check_item(people["city_office"], one, holds=False, said="没有附纪要")
    assert (back.state, back.returned, back.done_on) == ("open", 1, None)
    again = report_item(people["township_head"], back, evidence="已补纪要", done_on=timezone.localdate())
    assert check_item(people["city_office"], again, holds=True, said="看了纪要原件").state == "checked"


def test_items_are_listed_and_reported_by_the_own_township_alone(people):
    one = item(people)
    for role in set(ROLES) - {"township_head", "township_office"}:
        with pytest.raises(PermissionDenied):
            list_item(
                people[role], client_id="x", division=factories.place(LIUAN), year=YEAR, what="x", basis="x",
                due_on=date(YEAR, 1, 1),
            )  # fmt: skip
        with pytest.raises(PermissionDenied):
            report_item(people[role], one, evidence="x", done_on=timezone.localdate())
    stranger = factories.account("township_office", XITANG)
    with pytest.raises(PermissionDenied):
        report_item(stranger, one, evidence="x", done_on=timezone.localdate())


def test_database_refuses_the_doer_as_checker_and_changes_of_what_was_listed(people):
    one = reported(people)
    office = people["township_office"]
    open_one = item(people)
    now = timezone.localdate()
    for change in (
        lambda: ResponsibilityItem.objects.filter(pk=one.pk).update(
            state="checked", checked_by=office, checked_on=now, said="x"
        ),
        lambda: ResponsibilityItem.objects.filter(pk=one.pk).update(what="别的事"),
        lambda: ResponsibilityItem.objects.filter(pk=one.pk).update(evidence=""),
        lambda: ResponsibilityItem.objects.filter(pk=one.pk).update(state="checked", checked_by=None),
        lambda: ResponsibilityItem.objects.filter(pk=open_one.pk).update(
            state="checked", evidence="x", done_by=office, done_on=now, checked_by=people["city_office"], checked_on=now,
            said="x",
        ),
        lambda: ResponsibilityItem.objects.filter(pk=open_one.pk).update(state="dropped"),
        lambda: ResponsibilityItem.objects.filter(pk=one.pk).delete(),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_wrong_item_is_dropped_with_a_reason_and_stays_uncounted(people):
    one = item(people)
    for role in set(ROLES) - {"city_office"}:
        with pytest.raises(PermissionDenied):
            drop_item(people[role], one, said="重复")
    with pytest.raises(ValidationError):
        drop_item(people["city_office"], one, said="")
    assert drop_item(people["city_office"], one, said="重复").state == "dropped"
    assert counts_of(people["city_office"], [LIUAN], YEAR, timezone.localdate())[LIUAN].items == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"due_on": date(YEAR + 1, 1, 1)}, "due_on"), ({"what": ""}, "what"), ({"basis": ""}, "basis")],
)
def test_item_that_is_incomplete_is_refused_at_its_field(people, changes, field):
    with pytest.raises(ValidationError) as refused:
        item(people, **changes)
    assert field in refused.value.message_dict


def test_same_form_sent_twice_is_one_item_and_one_meeting(people):
    office = people["township_office"]
    fields = {"year": YEAR, "what": "x", "basis": "y", "due_on": date(YEAR, 6, 1)}
    assert len({list_item(office, client_id="a", division=office.scope, **fields).pk for _ in range(2)}) == 1
    plan = {"sort": "study", "planned_on": timezone.localdate(), "subject": "x"}
    assert len({plan_meeting(office, client_id="a", division=office.scope, **plan).pk for _ in range(2)}) == 1


def test_meeting_is_planned_ahead_and_held_with_a_number_or_not_with_a_reason(people):
    with pytest.raises(ValidationError):
        meeting(people, ahead=-1)
    office, today = people["township_office"], timezone.localdate()
    one, other = meeting(people, ahead=0), meeting(people, ahead=0)
    with pytest.raises(ValidationError) as refused:
        record_meeting(office, one, held=True, held_on=today + timedelta(days=1), attendees=None)
    assert set(refused.value.message_dict) == {"held_on", "attendees"}
    with pytest.raises(ValidationError, match="没有到"):
        record_meeting(office, meeting(people), held=False, reason="台风")
    assert record_meeting(office, one, held=True, held_on=today, attendees=31).attendees == 31
    with pytest.raises(ValidationError):
        record_meeting(office, other, held=False, reason=" ")
    assert record_meeting(office, other, held=False, reason="防汛").reason == "防汛"
    with pytest.raises(ValidationError, match="已经记过"):
        record_meeting(office, one, held=False, reason="x")
    for role in set(ROLES) - {"township_head", "township_office"}:
        with pytest.raises(PermissionDenied):
            record_meeting(people[role], one, held=True, held_on=today, attendees=9)


def test_database_refuses_meetings_without_their_number_or_reason_and_changed_plans(people):
    office, today = people["township_office"], timezone.localdate()
    one = record_meeting(office, meeting(people, ahead=0), held=True, held_on=today, attendees=31)
    plan = meeting(people)
    for change in (
        lambda: Meeting.objects.filter(pk=one.pk).update(attendees=30),
        lambda: Meeting.objects.filter(pk=plan.pk).update(planned_on=today),
        lambda: Meeting.objects.filter(pk=plan.pk).update(held=True, held_on=today, recorded_by=office),
        lambda: Meeting.objects.filter(pk=plan.pk).update(held=False, recorded_by=office),
        lambda: Meeting.objects.filter(pk=plan.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def promised(people, state: State, kept: str, due: int = 30):
    said = {"said_at": "党代会", "said_to": "代表"}
    matter = task(people["city_office"], kind="own_promise", dispatcher=None, days=due, fields=said)
    if state != State.NEW:
        office = people["township_office"]
        matter = take_step(office, matter, Verb.ACCEPT)
        matter = take_step(office, matter, Verb.REPORT_DONE, text="办了", disposition="solved", fields={"kept": kept})
        take_step(people["county"], matter, Verb.PASS, text="属实")
    return matter


def test_counts_read_promises_teams_and_notices_through_what_the_reader_sees(people):
    promised(people, State.CLOSED, "兑现")
    promised(people, State.CLOSED, "部分兑现")
    promised(people, State.CLOSED, "没有兑现，已说明")
    with days_ago(min(20, timezone.localdate().timetuple().tm_yday - 1)):
        late = promised(people, State.NEW, "", due=1)
    issue_notice(people["city_office"], late, Colour.BLUE)
    helped = task(people["department"])
    team = form_team(people["township_office"], helped, "action_branch", name="一支部", task="搬运", members=6)
    end_team(people["township_office"], team, "搬完了")
    reported(people)
    item(people, due_on=date(YEAR, 1, 1))
    meeting(people)
    today = timezone.localdate()
    wanted = Counts(
        items=2, items_late=1 if today > date(YEAR, 1, 1) else 0, promises=4, promises_kept=1, promises_partly=1, promises_not_kept=1,
        promises_late=1, branches=1, notices=1, notices_open=1,
        meetings=1 if (today + timedelta(days=3)).year == YEAR else 0,
    )  # fmt: skip
    found = {role: counts_of(people[role], [LIUAN, XITANG], YEAR, today) for role in ROLES}
    assert {role for role, each in found.items() if each[LIUAN] == wanted} == READERS
    assert all(each[XITANG] == Counts() for each in found.values())


def test_pages_are_read_in_their_scope_and_name_no_persons(people):
    head = people["township_head"]
    appoint(
        None, name="示例干部甲", division=factories.place(LIUAN), title="书记", post="town_secretary",
        began_on=date(2020, 1, 1), account=head,
    )  # fmt: skip
    small = meeting(people, ahead=0)
    record_meeting(people["township_office"], small, held=True, held_on=timezone.localdate(), attendees=3)
    reported(people)
    expected = {
        (role, code): (403 if role not in READERS else 200 if people[role].covers(code) else 404)
        for role in ROLES
        for code in (LIUAN, XITANG, SHIMEN, GUDU)
    }
    found = {}
    for role in ROLES:
        client = signed_in(people[role])
        for code in (LIUAN, XITANG, SHIMEN, GUDU):
            answer = client.get(f"/party/{code}/")
            found[role, code] = answer.status_code
            if (answer.status_code, code) == (200, LIUAN):
                page = answer.content.decode()
                assert "示例干部甲" not in page, role
                assert ("&lt; 5" in page) == (role == "county"), role
                assert ("少于 5 人" in page) == (role == "county"), role
        city = client.get("/party/")
        assert city.status_code == (200 if role in READERS else 403)
        if city.status_code == 200:
            assert "示例干部甲" not in city.content.decode()
            codes = [row.division.pk for row in city.context["rows"]]
            assert codes == sorted(code for code in factories.TOWNSHIPS if people[role].covers(code))
    assert found == expected


def test_pages_lead_an_item_and_a_meeting_from_form_to_check(people):
    office, city = signed_in(people["township_office"]), signed_in(people["city_office"])
    sent = {"client_id": "1", "year": str(YEAR), "what": "专题研究", "basis": "规定第五条", "due_on": f"{YEAR}-12-31"}
    wrong = office.post(f"/party/{LIUAN}/items/new/", sent | {"due_on": "2001-01-01"})
    assert (wrong.status_code, "专题研究" in wrong.content.decode()) == (400, True)
    assert office.post(f"/party/{LIUAN}/items/new/", sent).status_code == 302
    assert city.post(f"/party/{LIUAN}/items/new/", sent).status_code == 403
    assert office.post(f"/party/{XITANG}/items/new/", sent).status_code == 404
    page = f"/party/items/{ResponsibilityItem.objects.get().pk}/"
    today = str(timezone.localdate())
    assert city.post(f"{page}check/", {"said": "x", "holds": "yes"}).status_code == 403  # nothing to check yet
    assert office.post(f"{page}report/", {"evidence": "", "done_on": today}).status_code == 400
    assert office.post(f"{page}report/", {"evidence": "纪要3号", "done_on": today}).status_code == 302
    assert office.post(f"{page}check/", {"said": "x", "holds": "yes"}).status_code == 403
    assert city.post(f"{page}check/", {"said": "", "holds": "yes"}).status_code == 400
    assert city.post(f"{page}check/", {"said": "看了原件", "holds": "yes"}).status_code == 302
    assert ResponsibilityItem.objects.get().state == "checked"
    plan = {"client_id": "1", "sort": "study", "planned_on": today, "subject": "学习"}
    assert office.post(f"/party/{LIUAN}/meetings/new/", plan | {"planned_on": "2001-01-01"}).status_code == 400
    assert office.post(f"/party/{LIUAN}/meetings/new/", plan).status_code == 302
    record = f"/party/meetings/{Meeting.objects.get().pk}/record/"
    assert city.get(record).status_code == 403
    assert office.post(record, {"held": "no"}).status_code == 400
    assert office.post(record, {"held": "yes", "held_on": today, "attendees": "20"}).status_code == 302
    assert office.get(record).status_code == 403


def test_lines_of_the_board_are_those_of_the_own_circle(people):
    item(people)
    lines = {role: board_lines(people[role], factories.place(LIUAN)) for role in ROLES}
    assert {role for role, found in lines.items() if found} == READERS
    assert [line.value for line in lines["county"]][0] == "0 / 1 项已核对"
    assert board_lines(people["township_office"], factories.place(XITANG)) == []


@pytest.mark.parametrize("number", [1, 4])
def test_pages_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    for _ in range(number):
        reported(people)
        meeting(people, ahead=0)
        factories.rectification(people["city_office"])
    client = signed_in(people["city_office"])
    client.get(f"/party/{LIUAN}/")
    with django_assert_num_queries(14):
        client.get(f"/party/{LIUAN}/")
    with django_assert_num_queries(11):
        client.get("/party/")
