from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions.objections import decide_objection, file_objection
from yizhen.appraisals.models import Objection
from yizhen.appraisals.objecting import filing_deadline
from yizhen.appraisals.queries import objections_visible_to
from yizhen.appraisals.rules import may_judge, may_object
from yizhen.audit.models import Record
from yizhen.clocks import compute_deadline
from yizhen.demo.clock import days_ago
from yizhen.people.models import Account
from yizhen.places.models import Division

LIUAN, GUDU = factories.LIUAN, factories.GUDU


@pytest.fixture
def hall(city: Division) -> Hall:
    """A hall whose results are issued."""
    return room.issued()


@pytest.fixture
def county(hall: Hall) -> Account:
    """The county of the speakers, which had no part in the campaign."""
    return factories.account("county")


@pytest.fixture
def filed(hall: Hall) -> Objection:
    return file_objection(hall.heads[LIUAN], hall.speaker(), "安全一项的票数和会上宣布的不同。")


def address(hall: Hall, code: str = LIUAN) -> str:
    return f"/appraisals/{hall.campaign.pk}/results/{hall.speaker(code).pk}/objection/"


# --- filing ----------------------------------------------------------------------------------------------------------


def test_objection_is_filed_with_its_clock_and_recorded_without_its_text(hall: Hall, filed: Objection) -> None:
    assert filed.state == "filed"
    assert (filed.made_by, filed.issued_by) == (hall.office, hall.office)
    assert filed.due_on == filed.deadline.due >= timezone.localdate() + timedelta(days=30)
    assert filed.deadline == compute_deadline(filed.deadline.rule, timezone.localdate())
    record = Record.objects.get(event="appraisals.objection_filed")
    assert record.details == {"speaker": hall.speaker().pk, "due_on": filed.due_on.isoformat()}
    assert "安全" not in str(record.details)


def test_objection_is_filed_once(hall: Hall, filed: Objection) -> None:
    assert not may_object(hall.heads[LIUAN], hall.speaker())
    with pytest.raises(ValidationError):
        file_objection(hall.heads[LIUAN], hall.speaker(), "再来一次。")
    assert Objection.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  ", "长" * 801])
def test_objection_needs_a_text_of_some_length(hall: Hall, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        file_objection(hall.heads[LIUAN], hall.speaker(), text)
    assert list(caught.value.message_dict) == ["text"]


def test_only_the_person_concerned_files(hall: Hall, county: Account) -> None:
    office = factories.account("township_office", LIUAN)
    for other in (hall.heads[GUDU], hall.office, hall.scrutineer, county, office):
        with pytest.raises(PermissionDenied):
            file_objection(other, hall.speaker(), "不同意。")
        assert not may_object(other, hall.speaker())


def test_nobody_files_before_the_issue(city: Division) -> None:
    counted = room.counted()
    assert filing_deadline(counted.campaign) is None
    with pytest.raises(ValidationError):
        file_objection(counted.heads[LIUAN], counted.speaker(), "不同意。")


@pytest.mark.parametrize(("late", "possible"), [(0, True), (1, False)])
def test_time_to_file_ends_with_its_last_day(hall: Hall, late: int, possible: bool) -> None:
    deadline = filing_deadline(hall.campaign)
    assert deadline is not None
    with days_ago(-((deadline.due - timezone.localdate()).days + late)):
        assert may_object(hall.heads[LIUAN], hall.speaker()) == possible
        if possible:
            assert file_objection(hall.heads[LIUAN], hall.speaker(), "不同意。").due_on > deadline.due
        else:
            with pytest.raises(ValidationError):
                file_objection(hall.heads[LIUAN], hall.speaker(), "不同意。")


# --- who decides -----------------------------------------------------------------------------------------------------


def test_whoever_had_a_part_recuses(hall: Hall, county: Account, filed: Objection) -> None:
    judges = {
        "maker": hall.office,
        "scrutineer": hall.scrutineer,
        "person": hall.heads[LIUAN],
        "other county": factories.account("county", "990122"),
        "county": county,
        "uninvolved office": factories.account("city_office"),
    }
    able = {name for name, account in judges.items() if may_judge(account, hall.speaker())}
    assert able == {"county", "uninvolved office"}
    for name in set(judges) - able:
        with pytest.raises(PermissionDenied):
            decide_objection(judges[name], filed, "dismissed", "票数核对无误。")


def test_account_that_ran_a_part_of_the_campaign_recuses(city: Division) -> None:
    """A second account of the office that opened the ballot had a part, though it neither made nor issued anything."""
    hall, second = room.prepared(), factories.account("city_office")
    room.ballot.open_ballot(second, hall.campaign)
    hall.vote_all()
    room.count(hall)
    room.results.issue_results(hall.office, hall.campaign)
    assert not may_judge(second, hall.speaker())


def test_account_that_only_commented_or_questioned_recuses(city: Division) -> None:
    hall = room.prepared()
    commented, asked = factories.account("city_office"), factories.account("city_office")
    room.speech.make_comment(commented, hall.speaker(), strengths="数据实。", problems=[])
    room.speech.put_question(asked, hall.speaker(GUDU), text="堤防何时加固？", source="floor")
    assert not may_judge(commented, hall.speaker())
    assert not may_judge(asked, hall.speaker())
    assert may_judge(factories.account("city_office"), hall.speaker())


def test_decision_is_kept_with_its_reasons(hall: Hall, county: Account, filed: Objection) -> None:
    decided = decide_objection(county, filed, "upheld", "该项计票有误，请复核。")
    assert (decided.state, decided.decided_by, decided.decision) == ("upheld", county, "该项计票有误，请复核。")
    record = Record.objects.get(event="appraisals.objection_decided")
    assert record.details == {"speaker": hall.speaker().pk, "state": "upheld"}
    with pytest.raises(ValidationError):
        decide_objection(county, decided, "dismissed", "改主意。")


@pytest.mark.parametrize(("state", "text", "field"), [("filed", "好", "state"), ("upheld", " ", "decision")])
def test_decision_needs_a_verdict_and_reasons(
    county: Account, filed: Objection, state: str, text: str, field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        decide_objection(county, filed, state, text)
    assert list(caught.value.message_dict) == [field]


def test_database_refuses_a_decision_by_those_who_made_the_result(hall: Hall, filed: Objection) -> None:
    now = timezone.now()
    for judge in (hall.office, hall.heads[LIUAN]):
        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.update(state="upheld", decision="好", decided_by=judge, decided_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.update(state="upheld")


def test_database_keeps_what_was_filed_and_decided(county: Account, filed: Objection) -> None:
    attempts: list[Any] = [filed.delete, lambda: Objection.objects.update(text="改")]
    decide_objection(county, filed, "dismissed", "核对无误。")
    attempts.append(lambda: Objection.objects.update(decision="改"))
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            attempt()


# --- pages -----------------------------------------------------------------------------------------------------------


def test_pages_by_role(hall: Hall, county: Account, filed: Objection) -> None:
    readers = {
        "person": hall.heads[LIUAN],
        "maker": hall.office,
        "county": county,
        "another speaker": hall.heads[GUDU],
        "scrutineer": hall.scrutineer,
        "department": factories.account("department"),
        "township office": factories.account("township_office", LIUAN),
    }
    seen = {name: factories.signed_in(one).get(address(hall)).status_code for name, one in readers.items()}
    allowed = {"person": 200, "maker": 200, "county": 200}
    assert seen == {name: allowed.get(name, 403) for name in readers}
    listed = {name: [o.pk for o in objections_visible_to(one, hall.campaign)] for name, one in readers.items()}
    assert listed == {name: [filed.pk] if name in allowed else [] for name in readers}
    page = f"/appraisals/{hall.campaign.pk}/objections/"
    assert hall.speaker().official.name in factories.signed_in(county).get(page).content.decode()
    assert hall.speaker().official.name not in factories.signed_in(hall.heads[GUDU]).get(page).content.decode()


def test_filing_and_deciding_through_the_page(hall: Hall, county: Account) -> None:
    head = factories.signed_in(hall.heads[LIUAN])
    assert head.get(address(hall)).context["may_object"]
    assert head.get(address(hall, GUDU)).status_code == 403
    assert head.post(address(hall), {"text": " "}).status_code == 400
    assert head.post(address(hall), {"text": "票数不同。"}).status_code == 302
    judge = factories.signed_in(county)
    page = judge.get(address(hall))
    assert page.context["may_decide"]
    assert page.context["row"].result.speaker_id == hall.speaker().pk
    assert judge.post(address(hall), {"state": "dismissed", "text": ""}).status_code == 400
    assert judge.post(address(hall), {"state": "dismissed", "text": "核对无误。"}).status_code == 302
    assert "核对无误。" in head.get(address(hall)).content.decode()


def test_maker_cannot_decide_through_the_page(hall: Hall, filed: Objection) -> None:
    client = factories.signed_in(hall.office)
    assert not client.get(address(hall)).context["may_decide"]
    assert client.post(address(hall), {"state": "dismissed", "text": "核对无误。"}).status_code == 403
    assert Objection.objects.get().state == "filed"


def test_nobody_opens_an_objection_that_is_not_there(hall: Hall, county: Account) -> None:
    for other in (county, hall.office, hall.scrutineer):
        assert factories.signed_in(other).get(address(hall)).status_code == 403
