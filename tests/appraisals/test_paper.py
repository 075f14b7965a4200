"""Paper: the box, two blind entries by two people, differences by cell, one counting code."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from tests.memory import remembered
from yizhen.appraisals.actions import arrivals, ballot, campaigns, carding, paper, publishing, results, session
from yizhen.appraisals.double_entry import differences, paper_progress, paper_round
from yizhen.appraisals.models import PaperEntry, PaperSheet, Result
from yizhen.people.actions import declare_relation
from yizhen.people.models import Account

PAPER = 6


@pytest.fixture
@remembered
def hall(city: Any) -> Hall:
    """A closed ballot in which class E voted on paper and the others by phone."""
    made = room.draft(items=room.ONE_ITEM)
    classes = [
        {**row, "channel": "paper" if row["code"] == "E" else "phone"} for row in made.campaign.config["classes"]
    ]
    campaigns.change_part(made.office, made.campaign, "classes", classes)
    rules = {**made.campaign.config["rules"], "headline": "overall"}
    campaigns.change_part(made.office, made.campaign, "rules", rules)
    publishing.publish(made.office, made.campaign)
    made.fresh()
    session.begin_session(made.office, made.campaign)
    session.draw_lots(made.office, made.campaign, "1")
    made.campaign.config["classes"] = classes[:-1]
    room.give_cards(made)
    made.fresh()
    arrivals.mark_attendance(made.office, made.campaign, room.entries(made), present=True, handed_out=True)
    ballot.open_ballot(made.office, made.campaign)
    for code in "ABCD":
        for n in range(6):
            assert made.vote(code, n, made.marks("excellent")).state == "counted"
    ballot.close_ballot(made.office, made.campaign)
    return made


@pytest.fixture
def tellers(hall: Hall) -> tuple[Account, Account]:
    return factories.account("teller"), factories.account("teller")


def enter_all(hall: Hall, tellers: tuple[Account, Account], grade: str = "competent") -> None:
    paper.count_box(tellers[0], hall.round, "E", PAPER)
    for teller in tellers:
        for number in range(1, PAPER + 1):
            paper.enter_paper(teller, hall.round, "E", number, hall.marks(grade))


def test_no_cards_are_made_for_a_class_on_paper(hall: Hall) -> None:
    assert set(hall.round.cards.values_list("class_code", flat=True)) == set("ABCD")
    assert hall.round.classes.get(code="E").paper
    with pytest.raises(ValidationError):
        carding.make_cards(hall.office, room.published(title="另一期").campaign, "Z", 3)


def test_turnout_on_the_screen_is_that_of_the_phones(hall: Hall) -> None:
    assert ballot.turnout(hall.campaign) == {"returned": 24, "issued": 24}


def test_paper_and_phones_are_counted_by_the_same_code(hall: Hall, tellers: tuple[Account, Account]) -> None:
    enter_all(hall, tellers)
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    result = Result.objects.filter(speaker=hall.speaker()).get()
    assert result.counts["overall"]["E"] == {
        "issued": 6, "returned": 6, "void": 0, "abstained": 0, "not_informed": 0,
        "excellent": 0, "competent": 6, "basically_competent": 0, "not_competent": 0,
    }  # fmt: skip
    assert result.declared["class_scores"]["E"] == "80.000000"
    assert str(result.total) == "96.000"  # 80 × 100 + 20 × 80


def test_nothing_is_counted_before_the_paper_is_settled(hall: Hall, tellers: tuple[Account, Account]) -> None:
    with pytest.raises(ValidationError, match="没有清点票箱"):
        results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    paper.count_box(tellers[0], hall.round, "E", 1)
    paper.enter_paper(tellers[0], hall.round, "E", 1, hall.marks())
    with pytest.raises(ValidationError, match="E 0/1"):
        results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])


def test_the_second_entry_is_by_another_person(hall: Hall, tellers: tuple[Account, Account]) -> None:
    paper.count_box(tellers[0], hall.round, "E", 1)
    first = paper.enter_paper(tellers[0], hall.round, "E", 1, hall.marks())
    again = paper.enter_paper(tellers[0], hall.round, "E", 1, hall.marks())  # a double tap
    assert (first.pk, again.entries.count()) == (again.pk, 1)
    with pytest.raises(ValidationError, match="另一个人"):
        paper.enter_paper(tellers[0], hall.round, "E", 1, hall.marks("competent"))
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperEntry.objects.create(sheet=first, turn=2, marks={}, by=tellers[0])
    assert paper.enter_paper(tellers[1], hall.round, "E", 1, hall.marks()).settled


def test_differences_are_shown_by_cell_and_settled_by_a_third_look(
    hall: Hall, tellers: tuple[Account, Account]
) -> None:
    paper.count_box(tellers[0], hall.round, "E", 1)
    key = str(hall.speaker().pk)
    paper.enter_paper(tellers[0], hall.round, "E", 1, hall.marks())
    other = hall.marks() | {key: {}}
    sheet = paper.enter_paper(tellers[1], hall.round, "E", 1, other)
    assert not sheet.settled
    assert differences(sheet) == [(key, "overall", "excellent", "")]
    assert [row["differ"] for row in paper_progress(hall.campaign, hall.round)] == [[sheet]]
    with pytest.raises(ValidationError, match="两遍"):
        paper.enter_paper(factories.account("teller"), hall.round, "E", 1, hall.marks())
    settled = paper.settle_paper(tellers[0], hall.round, "E", 1, other)
    assert (settled.settled, settled.marks) == (True, other)
    with pytest.raises(ValidationError):
        paper.settle_paper(tellers[0], hall.round, "E", 1, hall.marks())


def test_a_void_sheet_is_void_twice_and_counted_as_void(hall: Hall, tellers: tuple[Account, Account]) -> None:
    paper.count_box(tellers[0], hall.round, "E", PAPER)
    for number in range(1, PAPER + 1):
        for teller in tellers:
            paper.enter_paper(
                teller, hall.round, "E", number, hall.marks(), void_reason="marked" if number == 1 else ""
            )
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    assert hall.round.classes.get(code="E").void == 1
    with pytest.raises(ValidationError):
        paper.enter_paper(tellers[0], hall.round, "E", 2, hall.marks())


def test_more_sheets_in_the_box_than_handed_out_make_the_round_void(
    hall: Hall, tellers: tuple[Account, Account]
) -> None:
    with pytest.raises(ValidationError, match="再数一遍"):
        paper.count_box(tellers[0], hall.round, "E", 77, 7)
    assert hall.round.state == "closed"
    page, desk = f"/appraisals/{hall.campaign.pk}/paper/", factories.signed_in(tellers[0])
    asked = desk.post(page, {"class": "E", "number": "7"}, follow=True)
    assert 'name="again" value="7"' in asked.content.decode()
    desk.post(page, {"class": "E", "number": "7", "again": "7"})
    assert hall.round.state == "void"
    assert ballot.prepare_revote(hall.office, hall.campaign).state == "prepared"


def test_the_box_may_be_counted_again_until_somebody_types(hall: Hall, tellers: tuple[Account, Account]) -> None:
    paper.count_box(tellers[0], hall.round, "E", 4)
    paper.count_box(tellers[1], hall.round, "E", 5)
    assert PaperSheet.objects.count() == 5
    paper.enter_paper(tellers[0], hall.round, "E", 1, {})
    with pytest.raises(ValidationError, match="已经开始录入"):
        paper.count_box(tellers[0], hall.round, "E", 6)


@pytest.mark.parametrize(("code", "number"), [("A", 3), ("Z", 3), ("E", -1), ("E", 2001)])
def test_boxes_that_there_are_not(hall: Hall, tellers: tuple[Account, Account], code: str, number: int) -> None:
    with pytest.raises(ValidationError):
        paper.count_box(tellers[0], hall.round, code, number)


def test_what_is_not_on_the_sheet_is_refused(hall: Hall) -> None:
    layout, key = hall.round.layout, str(hall.speaker().pk)
    assert paper.read_paper(layout, {key: {"overall": "excellent"}, "0": {}}) == {key: {"overall": "excellent"}}
    assert paper.read_paper(layout, {key: {"overall": ""}}) == {}
    for typed in ({key: {"overall": "best"}}, {"0": {"overall": "excellent"}}, {key: {"looks": "excellent"}}):
        with pytest.raises(ValidationError):
            paper.read_paper(layout, typed)


@pytest.mark.parametrize("role", [role for role in factories.SCOPES if role not in {"teller", "scrutineer"}])
def test_paper_is_for_tellers_and_scrutineers(hall: Hall, role: str) -> None:
    with pytest.raises(PermissionDenied):
        paper.count_box(factories.account(role), hall.round, "E", 3)


def test_paper_of_several_rounds_is_typed_round_by_round_and_counted_together(city: Any) -> None:
    made = room.draft(items=room.ONE_ITEM)
    classes = [{**row, "channel": "paper"} for row in made.campaign.config["classes"]]
    campaigns.change_part(made.office, made.campaign, "classes", classes)
    rules = {**made.campaign.config["rules"], "headline": "overall", "ballot": "speaker"}
    campaigns.change_part(made.office, made.campaign, "rules", rules)
    publishing.publish(made.office, made.campaign)
    session.begin_session(made.office, made.fresh())
    session.draw_lots(made.office, made.campaign, "1")
    arrivals.mark_attendance(made.office, made.campaign, room.entries(made), present=True, handed_out=True)
    for _round in range(3):
        ballot.open_ballot(made.office, made.campaign)
        ballot.close_ballot(made.office, made.campaign)
    tellers = factories.account("teller"), factories.account("teller")
    for number in (1, 2, 3):
        found = paper_round(made.campaign)
        assert found is not None
        assert found.number == number
        marks = {str(pk): {"overall": "excellent"} for pk in found.speaker_ids}
        for code in room.VOTERS:
            paper.count_box(tellers[0], found, code, 2)
            for teller in tellers:
                for sheet in (1, 2):
                    paper.enter_paper(teller, found, code, sheet, marks)
    first = made.campaign.live_rounds[0]
    typed = {f"{pk}.overall": "excellent" for pk in first.speaker_ids}
    before = PaperEntry.objects.count()
    address = f"/appraisals/{made.campaign.pk}/paper/A/2/?round=1"
    factories.signed_in(tellers[1]).post(address, typed)  # a second tap stays in its round
    assert PaperEntry.objects.count() == before
    assert len(results.count_rounds(made.scrutineer, made.campaign, [])) == 3


def test_a_speakers_relative_counts_nothing(hall: Hall, tellers: tuple[Account, Account]) -> None:
    official = hall.speaker().official
    assert official is not None
    Account.objects.filter(pk=tellers[0].pk).update(display_name="示例计票人")
    tellers[0].refresh_from_db()
    declare_relation(hall.office, official, name="示例计票人", relation="in_law")
    with pytest.raises(PermissionDenied, match="不能担任"):
        paper.count_box(tellers[0], hall.round, "E", 3)


def test_entries_are_append_only(hall: Hall, tellers: tuple[Account, Account]) -> None:
    paper.count_box(tellers[0], hall.round, "E", 1)
    paper.enter_paper(tellers[0], hall.round, "E", 1, {})
    for attempt in (lambda: PaperEntry.objects.update(turn=2), lambda: PaperEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_pages_from_the_box_to_the_last_difference(hall: Hall, tellers: tuple[Account, Account]) -> None:
    one, other = (factories.signed_in(teller) for teller in tellers)
    base = f"/appraisals/{hall.campaign.pk}/paper/"
    assert one.post(base, {"class": "E", "number": "二"}).status_code == 302
    assert one.post(base, {"class": "E", "number": "2"}).status_code == 302
    key = hall.speaker().pk
    typed = {f"{pk}.overall": "excellent" for pk in hall.round.layout["speakers"]}
    assert one.get(base).context["rows"][0]["next"] == 1
    assert one.post(f"{base}E/1/", typed)["Location"] == f"{base}E/2/?round=1"
    assert one.post(f"{base}E/2/", typed)["Location"] == base
    blind = other.get(f"{base}E/1/").content.decode()
    assert blind.count("checked") == len(typed)  # the blanks: nothing of the first entry shows
    other.post(f"{base}E/1/", typed)
    other.post(f"{base}E/2/", typed | {f"{key}.overall": "competent"})
    third = one.get(f"{base}E/2/")
    assert third.context["third"]
    assert "优秀 / 称职" in " ".join(third.content.decode().split())
    assert one.post(f"{base}E/2/", typed)["Location"] == base
    assert PaperSheet.objects.filter(settled=True).count() == 2
    assert one.post(f"{base}E/2/", typed)["Location"] == base  # a double tap
    assert one.post(f"{base}E/2/", {}).status_code == 400
    assert one.get(f"{base}E/9/").status_code == 404
