import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import arrivals, ballot, carding, session, speech
from yizhen.appraisals.actions.session import lot_order
from yizhen.appraisals.models import Phase, RollEntry, Session, Speaker
from yizhen.appraisals.queries import attendance
from yizhen.audit.models import Record


@pytest.fixture
def hall(published: Hall) -> Hall:
    """A session that has begun, with lots drawn."""
    session.begin_session(published.office, published.campaign)
    session.draw_lots(published.office, published.campaign, "3-5-1-6")
    published.fresh()
    return published


def state(hall: Hall) -> Session:
    return Session.objects.get(campaign=hall.campaign)


# --- lots ------------------------------------------------------------------------------------------------------------


def test_lots_anybody_can_check_the_order(hall: Hall) -> None:
    drawn = list(hall.campaign.speakers.order_by("position").values_list("division_id", flat=True))
    assert drawn == sorted(room.PLACES, key=lambda code: hashlib.sha256(f"3-5-1-6|{code}".encode()).hexdigest())
    assert state(hall).lot_seed == "3-5-1-6"
    assert Record.objects.get(event="appraisals.lots_drawn").details == {"seed": "3-5-1-6", "order": drawn}


def test_lots_worked_example() -> None:
    # printf '3-5-1-6|990181101' | sha256sum → c789b234…; …102 → 9c0cc79c…; …103 → 31d32638…
    assert lot_order("3-5-1-6", ["990181101", "990181102", "990181103"]) == ["990181103", "990181102", "990181101"]


def test_lots_depend_on_the_seed_and_not_on_the_order_given() -> None:
    codes = [f"99018110{n}" for n in range(9)]
    assert lot_order("a", codes) == lot_order("a", codes[::-1])
    assert lot_order("a", codes) != lot_order("b", codes)


def test_lots_without_a_seed_draw_one(published: Hall) -> None:
    session.draw_lots(published.office, published.campaign)
    assert len(state(published).lot_seed) == 16


def test_lots_may_be_drawn_again_until_somebody_speaks(hall: Hall) -> None:
    session.draw_lots(hall.office, hall.campaign, "other")
    assert Record.objects.filter(event="appraisals.lots_drawn").count() == 2
    session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.REPORT)
    with pytest.raises(ValidationError):
        session.draw_lots(hall.office, hall.campaign, "third")


def test_next_speaker_follows_the_order(hall: Hall) -> None:
    first, second, _third = hall.campaign.speakers.order_by("position")
    assert session.next_speaker(hall.fresh()) == first
    session.move_to(hall.office, hall.campaign, first, Phase.REPORT)
    session.move_to(hall.office, hall.campaign, first, Phase.COMMENT)
    assert session.next_speaker(hall.fresh()) == second
    for speaker in hall.campaign.speakers.all():
        session.move_to(hall.office, hall.campaign, speaker, Phase.COMMENT)
    assert session.next_speaker(hall.fresh()) is None


# --- the floor and the countdown -------------------------------------------------------------------------------------


def test_move_to_starts_the_countdown_of_the_phase(hall: Hall) -> None:
    before = timezone.now()
    made = session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.REPORT)
    assert made.ends_at is not None
    assert before + timedelta(minutes=8) <= made.ends_at <= timezone.now() + timedelta(minutes=8)
    assert (made.phase, made.speaker_id, made.version) == ("report", hall.speaker().pk, 4)


def test_move_to_comment_marks_the_speaker_heard(hall: Hall) -> None:
    session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.QUESTIONS)
    assert not hall.speaker().heard
    session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.COMMENT)
    assert hall.speaker().heard


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.BALLOT, Phase.RESULTS])
def test_move_to_a_phase_that_is_not_given(hall: Hall, phase: Phase) -> None:
    with pytest.raises(ValidationError):
        session.move_to(hall.office, hall.campaign, hall.speaker(), phase)


def test_move_to_before_lots(published: Hall) -> None:
    session.begin_session(published.office, published.campaign)
    with pytest.raises(ValidationError):
        session.move_to(published.office, published.campaign, published.speaker(), Phase.REPORT)


def test_move_to_after_the_ballot_opened(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        session.move_to(opened.office, opened.campaign, opened.speaker(), Phase.REPORT)


def test_timer_pause_resume_add(hall: Hall) -> None:
    session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.REPORT)
    Session.objects.update(ends_at=timezone.now() + timedelta(seconds=100, milliseconds=400))
    paused = session.change_timer(hall.office, hall.campaign, "pause")
    assert (paused.ends_at, paused.paused_seconds, paused.remaining) == (None, 100, 100.0)
    assert session.change_timer(hall.office, hall.campaign, "add").paused_seconds == 160
    before = timezone.now()
    running = session.change_timer(hall.office, hall.campaign, "resume")
    assert running.paused_seconds is None
    assert running.ends_at is not None
    assert before + timedelta(seconds=160) <= running.ends_at <= timezone.now() + timedelta(seconds=160)
    longer = session.change_timer(hall.office, hall.campaign, "add").ends_at
    assert longer == running.ends_at + timedelta(minutes=1)
    assert [r.details for r in Record.objects.filter(event="appraisals.timer_changed").order_by("number")] == [
        {"what": what} for what in ("pause", "add", "resume", "add")
    ]


def test_timer_in_overtime_keeps_counting(hall: Hall) -> None:
    session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.REPORT)
    Session.objects.update(ends_at=timezone.now() - timedelta(seconds=30))
    assert session.change_timer(hall.office, hall.campaign, "pause").paused_seconds == -30


@pytest.mark.parametrize("what", ["resume", "rewind", ""])
def test_timer_change_without_effect(hall: Hall, what: str) -> None:
    before = session.move_to(hall.office, hall.campaign, hall.speaker(), Phase.REPORT)
    assert session.change_timer(hall.office, hall.campaign, what).version == before.version


def test_timer_when_there_is_none(hall: Hall) -> None:
    with pytest.raises(ValidationError):
        session.change_timer(hall.office, hall.campaign, "pause")


def test_database_refuses_a_timer_that_runs_and_is_paused(hall: Hall) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.update(ends_at=timezone.now(), paused_seconds=5)


# --- check-in --------------------------------------------------------------------------------------------------------


def test_attendance_is_counted_by_class(published: Hall) -> None:
    first, second, third, *_rest = room.entries(published, "A")
    arrivals.mark_attendance(published.office, published.campaign, [first, second], present=True)
    arrivals.mark_attendance(published.office, published.campaign, [first, third], handed_out=True)
    row = next(row for row in attendance(published.campaign) if row["code"] == "A")
    assert (row["entitled"], row["present"], row["handed"]) == (6, 2, 1)  # no card to the absent
    event = Record.objects.filter(event="appraisals.attendance_marked").order_by("-number")[0]
    assert event.details == {"class_code": "A", "present": 2, "handed_out": 1}


def test_attendance_marking_absent_takes_the_card_back(published: Hall) -> None:
    entry = room.entries(published, "A")[:1]
    arrivals.mark_attendance(published.office, published.campaign, entry, present=True, handed_out=True)
    arrivals.mark_attendance(published.office, published.campaign, entry, present=False)
    assert RollEntry.objects.filter(pk__in=entry).values_list("present", "card_handed_out").get() == (False, False)


def test_attendance_of_another_campaign_is_not_touched(hall: Hall) -> None:
    other = room.published(office=hall.office, scrutineer=hall.scrutineer, heads=hall.heads, title="另一次")
    assert arrivals.mark_attendance(hall.office, hall.campaign, room.entries(other), present=True) == 0
    assert not other.campaign.roll.filter(present=True).exists()


def test_entitled_and_present_are_frozen_when_the_ballot_opens(prepared: Hall) -> None:
    absent = room.entries(prepared, "B")[:2]
    arrivals.mark_attendance(prepared.office, prepared.campaign, absent, present=False)
    ballot.open_ballot(prepared.office, prepared.campaign)
    frozen = {row.code: (row.entitled, row.present, row.issued) for row in prepared.round.classes.all()}
    assert frozen == {"A": (6, 6, 6), "B": (6, 4, 4), "C": (6, 6, 6), "D": (6, 6, 6), "E": (6, 6, 6)}
    with pytest.raises(ValidationError):
        arrivals.mark_attendance(prepared.office, prepared.campaign, absent, present=True)
    from yizhen.appraisals.actions.campaigns import set_roll

    with pytest.raises(ValidationError):
        set_roll(prepared.office, prepared.campaign, {"A": ["甲"]})


@pytest.mark.parametrize(("present", "opens"), [(15, False), (16, True)])
def test_quorum_strictly_more_than_half(prepared: Hall, present: int, opens: bool) -> None:
    arrivals.mark_attendance(prepared.office, prepared.campaign, room.entries(prepared)[present:], present=False)
    if opens:
        assert ballot.open_ballot(prepared.office, prepared.campaign).state == "open"
        return
    with pytest.raises(ValidationError):
        ballot.open_ballot(prepared.office, prepared.campaign)
    assert prepared.round.state == "prepared"


def test_database_refuses_a_card_to_somebody_absent(published: Hall) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        published.campaign.roll.update(card_handed_out=True)


# --- questions and comments ------------------------------------------------------------------------------------------


def test_question_is_put_and_answered(hall: Hall) -> None:
    question = speech.put_question(hall.office, hall.speaker(), text=" 东堤何时修好? ", source="resident")
    assert (question.text, question.answered) == ("东堤何时修好?", False)
    answered = speech.answer_question(hall.office, question, commitment="六月底")
    assert (answered.answered, answered.commitment) == (True, "六月底")


@pytest.mark.parametrize(("text", "source"), [("", "leader"), ("问", "rumour"), ("问" * 401, "leader")])
def test_question_refused(hall: Hall, text: str, source: str) -> None:
    with pytest.raises(ValidationError):
        speech.put_question(hall.office, hall.speaker(), text=text, source=source)


def test_comment_with_a_problem(hall: Hall) -> None:
    comment = speech.make_comment(hall.office, hall.speaker(), strengths=" 数据实。 ", problems=[room.problem()])
    assert (comment.strengths, comment.problems.count()) == ("数据实。", 1)
    again = speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[room.problem("第二个")])
    assert (again.pk, again.strengths, again.problems.count()) == (comment.pk, "数据实。", 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fact": " "}, "fact"),
        ({"requirement": ""}, "requirement"),
        ({"owner": ""}, "owner"),
        ({"due_on": None}, "due_on"),
        ({"due_on": "2031-01-01"}, "due_on"),
        ({"due_on": timezone.localdate() - timedelta(days=1)}, "due_on"),
    ],
)
def test_comment_needs_fact_requirement_owner_and_date(hall: Hall, change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        speech.make_comment(
            hall.office, hall.speaker(), strengths="", problems=[room.problem(), room.problem(**change)]
        )
    assert list(caught.value.message_dict) == [f"problems.1.{field}"]
    assert not hasattr(hall.speaker(), "comment")


def test_comment_without_a_problem(hall: Hall) -> None:
    assert speech.make_comment(hall.office, hall.speaker(), strengths="好。", problems=[]).problems.count() == 0


# --- who runs the hall -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in factories.SCOPES if role != "city_office"])
def test_hall_is_run_by_the_city_office_alone(hall: Hall, role: str) -> None:
    user, speaker = factories.account(role), hall.speaker()
    attempts = [
        lambda: session.draw_lots(user, hall.campaign, "x"),
        lambda: arrivals.mark_attendance(user, hall.campaign, [], present=True),
        lambda: session.move_to(user, hall.campaign, speaker, Phase.REPORT),
        lambda: session.change_timer(user, hall.campaign, "pause"),
        lambda: speech.put_question(user, speaker, text="问", source="leader"),
        lambda: speech.make_comment(user, speaker, strengths="", problems=[]),
        lambda: carding.make_cards(user, hall.campaign, "A", 5),
        lambda: ballot.open_ballot(user, hall.campaign),
        lambda: ballot.close_ballot(user, hall.campaign),
    ]
    before = state(hall).version
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert state(hall).version == before
    assert Speaker.objects.filter(heard=True).count() == 0


def test_question_and_problem_of_a_double_tap_are_kept_once(opened: Hall) -> None:
    hall = opened
    speaker = hall.campaign.speakers.first()
    assert speaker is not None
    first = speech.put_question(hall.office, speaker, text="怎么补？", source="leader")
    assert speech.put_question(hall.office, speaker, text="怎么补？ ", source="leader").pk == first.pk
    problem = {"fact": "床位少", "requirement": "补床位", "owner": "卫生院", "due_on": timezone.localdate()}
    speech.make_comment(hall.office, speaker, strengths="", problems=[problem])
    comment = speech.make_comment(hall.office, speaker, strengths="", problems=[problem])
    assert comment.problems.count() == 1
