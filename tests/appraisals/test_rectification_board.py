"""The board: columns, counts, who sees which sign; the table and the workbook; taking an item back."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import load_workbook

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import speech
from yizhen.appraisals.actions.rectification import unassign_problem
from yizhen.appraisals.board import rectification_board, table_head
from yizhen.appraisals.models import Campaign, CampaignState, Problem
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import issue_notice, take_step
from yizhen.matters.colours import Colour
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.people.models import Account
from yizhen.places.models import Division

LIUAN, GUDU, XITANG = factories.LIUAN, factories.GUDU, factories.XITANG
WORDS = "已与有关单位对接并排出计划，明确专人负责，群众反映良好，请予核验。"


def name(hall: Hall, fact: str, place: str = LIUAN, days: int = 60, ago: float = 0) -> Matter:
    """Name a problem and assign it, so many days ago; due so many days after that."""
    with days_ago(ago):
        speech.make_comment(hall.office, hall.speaker(place), strengths="", problems=[room.problem(fact, days)])
        problem = Problem.objects.get(comment__speaker=hall.speaker(place), fact=fact)
        return speech.assign_problem(hall.office, problem)


def lead(hall: Hall, matter: Matter, *verbs: Verb, ago: float = 0, text: str = "") -> Matter:
    """Lead an item on, so many days ago; the township and the office act in turn."""
    with days_ago(ago):
        for verb in verbs:
            actor = hall.heads[matter.division_id] if verb in {Verb.ACCEPT, Verb.REPORT_DONE} else hall.office
            words = text or f"{matter.title}：看过了。"
            disposition = "solved" if verb == Verb.REPORT_DONE else ""
            matter = take_step(actor, matter, verb, text=words, disposition=disposition)
    return matter


@pytest.fixture
def hall(prepared: Hall) -> Hall:
    return prepared


@pytest.fixture
def full(hall: Hall) -> dict[str, Matter]:
    """One item in each column, and the signs."""
    done = (Verb.ACCEPT, Verb.REPORT_DONE)
    made = {"new": name(hall, "新指出的")}
    made["late"] = lead(hall, name(hall, "超期的", GUDU, days=20, ago=40), Verb.ACCEPT)
    made["first"] = lead(hall, name(hall, "甲", LIUAN), *done, text=WORDS)
    made["second"] = lead(hall, name(hall, "乙", GUDU), *done, text=WORDS)
    made["waits"] = lead(hall, name(hall, "等回头看", ago=50), *done, Verb.PASS, ago=40)
    made["ended"] = lead(hall, name(hall, "看过两次", ago=130), *done, Verb.PASS, ago=120)
    for ago in (85, 25):
        lead(hall, made["ended"], Verb.LOOK_BACK_HOLDS, ago=ago)
    made["again"] = lead(hall, name(hall, "反弹", XITANG, days=90, ago=50), *done, Verb.PASS, ago=45)
    made["again"] = lead(hall, made["again"], Verb.LOOK_BACK_REOPENS, ago=2)
    issue_notice(hall.office, made["late"], Colour.BLUE)
    return made


def columns(user: Account, campaign: Campaign) -> list[list[str]]:
    return [[item.matter.title for item in items] for _title, items in rectification_board(user, campaign).columns]


def test_columns_follow_the_work(hall: Hall, full: dict[str, Matter]) -> None:
    assert columns(hall.office, hall.campaign) == [
        ["新指出的"],
        ["超期的", "反弹"],
        ["甲", "乙"],
        ["等回头看"],
        ["看过两次"],
    ]


def test_counts_hold_a_reopened_item_for_not_solved(hall: Hall, full: dict[str, Matter]) -> None:
    counts = rectification_board(hall.office, hall.campaign).overview

    assert (counts.promised, counts.in_time, counts.verified, counts.reopened, counts.overdue) == (7, 4, 2, 1, 1)


def test_age_of_an_open_item_runs_and_of_a_closed_one_stands(hall: Hall, full: dict[str, Matter]) -> None:
    ages = {item.matter.title: item.age for item in rectification_board(hall.office, hall.campaign).items}

    assert (ages["新指出的"], ages["超期的"], ages["看过两次"]) == (0, 40, 10)


def test_signs_are_for_those_concerned(hall: Hall, full: dict[str, Matter]) -> None:
    county, elsewhere = factories.account("county", "990181"), factories.account("county", "990122")
    seen = {}
    for user in (hall.office, county, elsewhere, hall.heads[GUDU], hall.heads[LIUAN], hall.scrutineer):
        board = rectification_board(user, hall.campaign)
        seen[user.username] = (
            {item.matter.title for item in board.items if item.opens},
            {item.matter.title for item in board.items if item.copies},
            {item.matter.title for item in board.items if item.notice},
            {item.matter.title for item in board.items if item.report},
        )
    everything = {matter.title for matter in full.values()}
    reported = everything - {"新指出的", "超期的"}
    above = (everything, {"甲", "乙"}, {"超期的"}, reported)
    nothing: tuple[set[str], ...] = (set(), set(), set(), set())

    assert seen == {
        hall.office.username: above,
        county.username: above,
        elsewhere.username: nothing,
        hall.heads[GUDU].username: ({"超期的", "乙"}, set(), {"超期的"}, {"乙"}),
        hall.heads[LIUAN].username: (
            {"新指出的", "甲", "等回头看", "看过两次"},
            set(),
            set(),
            {"甲", "等回头看", "看过两次"},
        ),
        hall.scrutineer.username: nothing,
    }


def test_page_shows_signs_with_words_and_links(hall: Hall, full: dict[str, Matter]) -> None:
    page = factories.signed_in(hall.office).get(f"/appraisals/{hall.campaign.pk}/feedback/").content.decode()
    for words in ("同样的文字用在", "蓝色提醒", "重开 1 次", "第 90 天", "现在可看", "点评原话"):
        assert words in page, words
    other = factories.signed_in(hall.heads[LIUAN]).get(f"/appraisals/{hall.campaign.pk}/feedback/").content.decode()
    assert [
        words in other for words in ("同样的文字用在", 'colour-blue"><b aria-hidden="true">●</b> 蓝色提醒</span> ·')
    ] == [
        False,
        False,
    ]
    assert f'href="/matters/{full["second"].number}/"' not in other


def test_board_offers_the_next_notice_in_one_click(hall: Hall) -> None:
    matter = lead(hall, name(hall, "超期的", days=5, ago=40), Verb.ACCEPT)
    client = factories.signed_in(hall.office)
    address = f"/appraisals/{hall.campaign.pk}/feedback/"

    assert "该发的督办单" in client.get(address).content.decode()
    sent = client.post(f"/matters/{matter.number}/notices/", {"colour": "blue", "next": address})

    assert sent["Location"] == address
    assert "该发的督办单" not in client.get(address).content.decode()
    assert "该发的督办单" not in factories.signed_in(hall.heads[LIUAN]).get(address).content.decode()


def test_board_costs_the_same_queries_for_one_and_for_many(hall: Hall) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            for item in rectification_board(hall.office, hall.campaign).items:
                assert str(item.verifier) is not None
                assert item.matter.look_back_plan is not None
        return len(queries)

    done = (Verb.ACCEPT, Verb.REPORT_DONE, Verb.PASS)
    lead(hall, name(hall, "一", ago=50), *done, ago=40, text=WORDS)
    one = cost()
    for fact, place in (("二", GUDU), ("三", XITANG), ("四", GUDU)):
        lead(hall, name(hall, fact, place, ago=50), *done, ago=40, text=WORDS)
    assert cost() == one
    assert one <= 10


def test_table_and_workbook_say_the_same_to_the_same_reader(hall: Hall, full: dict[str, Matter]) -> None:
    def rows(user: Account) -> list[list[Any]]:
        content = factories.signed_in(user).get(f"/appraisals/{hall.campaign.pk}/feedback.xlsx").content
        return load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()

    office, head = rows(hall.office), rows(hall.heads[LIUAN])

    assert office[0] == table_head()
    assert len(office) == 1 + len(full)
    by_title = {row[2]: row for row in office}
    assert (by_title["甲"][9], by_title["甲"][15]) == (WORDS, full["second"].number)
    assert by_title["超期的"][14].startswith("蓝色提醒")
    hidden = {row[2]: row for row in head}
    assert (hidden["乙"][9], hidden["甲"][15], hidden["超期的"][14]) == ("", "", "")
    page = factories.signed_in(hall.office).get(f"/appraisals/{hall.campaign.pk}/feedback/table/").content.decode()
    assert all(row[0] in page and row[3] in page for row in office[1:])


# --- taking back -----------------------------------------------------------------------------------------------------


def test_item_nobody_accepted_is_taken_back_and_may_be_assigned_anew(hall: Hall) -> None:
    first = name(hall, "说错了的")
    problem = Problem.objects.get()

    assert unassign_problem(hall.office, problem).matter is None
    assert unassign_problem(hall.office, problem).matter is None
    first.refresh_from_db()
    second = speech.assign_problem(hall.office, problem)

    assert (first.state, second.state, second.pk == first.pk) == (State.WITHDRAWN, State.NEW, False)
    assert speech.assign_problem(hall.office, Problem.objects.get()) == second
    assert Record.objects.get(event="appraisals.problem_unassigned").details == {"matter": first.number}
    unassign_problem(hall.office, Problem.objects.get())
    assert speech.assign_problem(hall.office, Problem.objects.get()).pk not in {first.pk, second.pk}
    assert [item.matter.state for item in rectification_board(hall.office, hall.campaign).items] == ["new"]


def test_accepted_item_is_not_taken_back(hall: Hall) -> None:
    matter = lead(hall, name(hall, "已经接了"), Verb.ACCEPT)

    with pytest.raises(ValidationError, match=matter.number):
        unassign_problem(hall.office, Problem.objects.get())
    assert Problem.objects.get().matter == matter


def test_item_is_taken_back_by_those_who_run_the_campaign_and_before_the_results_are_issued(hall: Hall) -> None:
    name(hall, "公开承诺")
    with pytest.raises(PermissionDenied):
        unassign_problem(hall.heads[LIUAN], Problem.objects.get())
    Campaign.objects.filter(pk=hall.campaign.pk).update(state=CampaignState.ISSUED)
    with pytest.raises(ValidationError):
        unassign_problem(hall.office, Problem.objects.get())
    assert Problem.objects.get().matter is not None


def test_other_problems_with_a_longer_number_are_not_counted(city: Division) -> None:
    hall = room.prepared()
    facts = [f"问题{number}" for number in range(1, 13)]
    for fact in facts:
        name(hall, fact)
    one = Problem.objects.order_by("pk")[0]
    unassign_problem(hall.office, one)

    assert speech.assign_problem(hall.office, one).client_id == f"problem:{one.pk}:1"
    assert timezone.localdate() + timedelta(days=60) == Problem.objects.get(pk=one.pk).due_on
