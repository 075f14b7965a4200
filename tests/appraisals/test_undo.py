"""Every step of the host goes back, one at a time, from the last."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import arrivals, ballot, session, speech
from yizhen.appraisals.actions.undo import BACK, STEP_NAMES, last_step, undo
from yizhen.appraisals.models import LeaderComment, Phase, Problem, Question, Session
from yizhen.audit.models import Record
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter


def back(hall: Hall) -> str:
    step = last_step(hall.fresh())
    assert step is not None
    undo(hall.office, hall.campaign, step.number)
    return step.what


def state(hall: Hall) -> dict[str, Any]:
    """Return everything in the hall that a step may change."""
    live = Session.objects.get(campaign=hall.campaign)
    hall.fresh()
    return {
        "campaign": hall.campaign.state,
        "session": [getattr(live, name) for name in session.KEPT],
        "speakers": list(hall.campaign.speakers.order_by("pk").values_list("pk", "position", "heard")),
        "questions": list(
            Question.objects.order_by("pk").values_list(
                "pk", "answered", "commitment", "proposed", "dropped", "follow_up_on"
            )
        ),
        "problems": list(Problem.objects.order_by("pk").values_list("pk", "fact", "matter")),
        "strengths": [row for row in LeaderComment.objects.values_list("strengths", flat=True) if row],
        "round": hall.round.state,
        "classes": hall.round.classes.count(),
    }


@pytest.fixture
def hall(published: Hall) -> Hall:
    room.give_cards(published)
    arrivals.mark_attendance(
        published.office, published.campaign, room.entries(published), present=True, handed_out=True
    )
    return published


def test_a_whole_session_goes_back_step_by_step(hall: Hall) -> None:
    office, speaker = hall.office, hall.speaker()
    soon = timezone.localdate() + timedelta(days=9)

    def comment() -> None:
        speech.make_comment(office, hall.speaker(), strengths="实", problems=[room.problem()])

    steps: list[Any] = [
        lambda: session.begin_session(office, hall.campaign),
        lambda: session.draw_lots(office, hall.campaign, "1-1"),
        lambda: session.draw_lots(office, hall.campaign, "2-2"),
        lambda: session.move_to(office, hall.campaign, hall.speaker(), Phase.REPORT),
        lambda: session.change_timer(office, hall.campaign, "add"),
        lambda: session.change_timer(office, hall.campaign, "pause"),
        lambda: speech.put_question(office, hall.speaker(), text="何时修好？", source="resident"),
        lambda: speech.put_question(office, hall.speaker(), text="钱从哪来？", source="leader"),
        lambda: speech.take_question(office, Question.objects.get(text="何时修好？"), "later", follow_up_on=soon),
        lambda: speech.answer_question(office, Question.objects.get(text="钱从哪来？"), commitment="年内"),
        lambda: session.move_to(office, hall.campaign, hall.speaker(), Phase.COMMENT),
        comment,
        lambda: speech.assign_problem(office, Problem.objects.get()),
        lambda: session.set_screen(office, hall.campaign, slide="message", message="休息十分钟"),
        lambda: ballot.open_ballot(office, hall.campaign),
        lambda: ballot.close_ballot(office, hall.campaign),
    ]
    states = []
    for step in steps:
        states.append(state(hall))
        hall.fresh()
        step()
    undone = [back(hall) for _step in steps[-2:]]
    assert undone == ["close", "open"]
    for before in reversed(states[:-2]):
        undone.append(back(hall))
        now = state(hall)
        now["session"], kept = [str(value) for value in now["session"]], [str(value) for value in before["session"]]
        assert now == before | {"session": kept}
    assert set(undone) == set(STEP_NAMES) == set(BACK)
    assert last_step(hall.campaign) is None
    assert speaker.pk == hall.speaker().pk
    assert Record.objects.filter(event="appraisals.step_undone").count() == len(steps)


def test_a_double_tap_takes_back_one_step(prepared: Hall) -> None:
    for phase in (Phase.REPORT, Phase.QUESTIONS):
        session.move_to(prepared.office, prepared.campaign, prepared.speaker(), phase)
    step = last_step(prepared.campaign)
    assert step is not None
    undo(prepared.office, prepared.campaign, step.number)
    with pytest.raises(ValidationError, match="已经撤销"):
        undo(prepared.office, prepared.campaign, step.number)
    assert Session.objects.get(campaign=prepared.campaign).phase == Phase.REPORT


def test_a_ballot_with_a_sheet_is_not_shut_again(opened: Hall) -> None:
    opened.vote("A", 0, opened.marks())
    with pytest.raises(ValidationError, match="已经收到票"):
        back(opened)
    assert opened.round.state == "open"
    ballot.close_ballot(opened.office, opened.campaign)
    assert back(opened) == "close"
    assert opened.vote("A", 1, opened.marks()).state == "counted"


def test_nothing_goes_back_after_the_count(opened: Hall) -> None:
    opened.vote_all()
    room.count(opened)
    with pytest.raises(ValidationError):
        back(opened)


def test_an_accepted_item_is_not_taken_back_and_a_withdrawn_one_can_be_assigned_anew(prepared: Hall) -> None:
    session.move_to(prepared.office, prepared.campaign, prepared.speaker(), Phase.COMMENT)
    speech.make_comment(prepared.office, prepared.speaker(), strengths="", problems=[room.problem()])
    first = speech.assign_problem(prepared.office, Problem.objects.get())
    back(prepared)
    first.refresh_from_db()
    assert (first.state, Problem.objects.get().matter) == ("withdrawn", None)
    second = speech.assign_problem(prepared.office, Problem.objects.get())
    assert (second.pk != first.pk, second.state, Matter.objects.count()) == (True, "new", 2)
    take_step(factories.account("township_office", factories.LIUAN), second, Verb.ACCEPT)
    with pytest.raises(ValidationError):
        back(prepared)
    assert Problem.objects.get().matter == second


@pytest.mark.parametrize("role", [role for role in factories.SCOPES if role not in {"city_office", "county"}])
def test_only_who_runs_the_campaign_takes_back(prepared: Hall, role: str) -> None:
    step = last_step(prepared.campaign)
    assert step is not None
    with pytest.raises(PermissionDenied):
        undo(factories.account(role), prepared.campaign, step.number)


def test_console_offers_the_last_step_and_takes_it_back(prepared: Hall) -> None:
    client = factories.signed_in(prepared.office, staff_mode=True)
    address = f"/appraisals/{prepared.campaign.pk}/console/"
    session.move_to(prepared.office, prepared.campaign, prepared.speaker(), Phase.REPORT)
    page = client.get(address)
    assert "撤销：换环节" in page.content.decode()
    answer = client.post(f"{address}do/", {"what": "undo", "step": page.context["last_step"].number}, follow=True)
    assert "已撤销" in answer.content.decode()
    assert Session.objects.get(campaign=prepared.campaign).phase == Phase.WAITING
