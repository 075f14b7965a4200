"""The hall: check-in by code, questions from phones, what the projector shows, notices to everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import arrivals, ballot, campaigns, publishing, session, speech
from yizhen.appraisals.models import Phase, Question, RollEntry, Session
from yizhen.appraisals.views.screens import wifi_text
from yizhen.audit.models import Record


@pytest.fixture
def hall(prepared: Hall) -> Hall:
    session.set_screen(prepared.office, prepared.campaign, phone_questions=True)
    session.move_to(prepared.office, prepared.campaign, prepared.speaker(), Phase.QUESTIONS)
    return prepared


def slide(hall: Hall) -> str:
    return factories.signed_in(hall.office).get(f"/appraisals/{hall.campaign.pk}/projector/slide/").content.decode()


# --- the door --------------------------------------------------------------------------------------------------------


def test_everybody_on_the_roll_has_a_code_of_the_own(published: Hall) -> None:
    badges = list(RollEntry.objects.filter(campaign=published.campaign).values_list("badge", flat=True))
    assert len(set(badges)) == len(badges) == 30
    assert all(len(badge) == 8 for badge in badges)


def test_check_in_by_code_says_who_it_was(published: Hall) -> None:
    entry = published.campaign.roll.filter(class_code="B")[0]
    assert arrivals.check_in(published.office, published.campaign, f" {entry.badge.lower()} ") == entry
    entry.refresh_from_db()
    assert (entry.present, entry.card_handed_out) == (True, False)
    with pytest.raises(ValidationError) as caught:
        arrivals.check_in(published.office, published.campaign, "ZZZZZZZZ")
    assert list(caught.value.message_dict) == ["badge"]


def test_a_code_of_another_campaign_is_not_known(published: Hall) -> None:
    other = room.published(office=published.office, heads=published.heads, title="另一期")
    with pytest.raises(ValidationError):
        arrivals.check_in(published.office, published.campaign, other.campaign.roll.all()[0].badge)


def test_people_are_found_by_part_of_their_name(published: Hall) -> None:
    page = factories.signed_in(published.office).get(f"/appraisals/{published.campaign.pk}/attendance/?q=类代表03")
    assert [entry.class_code for entry, _leave in page.context["entries"]] == list("ABCDE")


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_question_from_a_phone_waits_for_the_host(hall: Hall) -> None:
    question = speech.propose_question(hall.campaign, " 路灯何时修？ ")
    assert (question.text, question.proposed, question.source) == ("路灯何时修？", True, "floor")
    assert "路灯" not in slide(hall)
    speech.take_question(hall.office, question, "take")
    assert "路灯何时修？" in slide(hall)
    speech.answer_question(hall.office, Question.objects.get(), commitment="下周")
    assert "路灯" not in slide(hall)
    assert all("路灯" not in str(details) for details in Record.objects.values_list("details", flat=True))


def test_a_dropped_question_is_kept_and_not_shown(hall: Hall) -> None:
    question = speech.propose_question(hall.campaign, "某某是谁的亲戚？")
    speech.take_question(hall.office, question, "drop")
    page = factories.signed_in(hall.office).get(f"/appraisals/{hall.campaign.pk}/console/").content.decode()
    assert "亲戚" not in page
    assert Question.objects.get().dropped


def test_a_question_for_later_needs_a_day(hall: Hall) -> None:
    question = speech.put_question(hall.office, hall.speaker(), text="何时通水？", source="deputy")
    for day in (None, timezone.localdate() - timedelta(days=1)):
        with pytest.raises(ValidationError) as caught:
            speech.take_question(hall.office, question, "later", follow_up_on=day)
        assert list(caught.value.message_dict) == ["follow_up_on"]
    speech.take_question(hall.office, question, "later", follow_up_on=timezone.localdate())
    assert Question.objects.get().follow_up_on == timezone.localdate()


def test_phones_ask_only_when_the_host_wants_it_and_somebody_has_the_floor(prepared: Hall) -> None:
    with pytest.raises(ValidationError):
        speech.propose_question(prepared.campaign, "现在可以问吗？")
    session.set_screen(prepared.office, prepared.campaign, phone_questions=True)
    with pytest.raises(ValidationError):
        speech.propose_question(prepared.campaign, "没有人在讲")
    session.move_to(prepared.office, prepared.campaign, prepared.speaker(), Phase.COMMENT)
    with pytest.raises(ValidationError):
        speech.propose_question(prepared.campaign, "点评时不问")


def test_a_flood_of_questions_is_stopped_and_nothing_typed_is_lost(hall: Hall) -> None:
    for number in range(speech.PROPOSALS):
        speech.propose_question(hall.campaign, f"问题{number}")
    client = Client()
    answer = client.post(f"/now/{hall.campaign.token}/", {"text": "最后一个问题"})
    assert (answer.status_code, "最后一个问题" in answer.content.decode()) == (400, True)
    assert Question.objects.count() == speech.PROPOSALS


def test_a_phone_asks_without_an_account(hall: Hall) -> None:
    client = Client()
    assert client.get(f"/now/{hall.campaign.token}/status").json()["questions"] is True
    answer = client.post(f"/now/{hall.campaign.token}/", {"text": "水压为何低？"})
    assert answer["Location"] == f"/now/{hall.campaign.token}/?sent=1"
    assert Question.objects.get().text == "水压为何低？"


# --- screens ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "password", "text"),
    [
        ("会场", "12345678", "WIFI:T:WPA;S:会场;P:12345678;;"),
        ("open", "", "WIFI:T:nopass;S:open;P:;;"),
        ('a;b:c,"d\\', "p", 'WIFI:T:WPA;S:a\\;b\\:c\\,\\"d\\\\;P:p;;'),
    ],
)
def test_wifi_code_as_phones_read_it(name: str, password: str, text: str) -> None:
    assert wifi_text(name, password) == text


@pytest.mark.parametrize(
    ("code", "shown"),
    [("order", "述职次序"), ("agenda", "清点人数"), ("message", "休息十分钟"), ("wifi", "扫码连会场网络")],
)
def test_projector_shows_what_the_host_chooses(prepared: Hall, code: str, shown: str) -> None:
    wifi = {"name": "会场", "password": "12345678"}
    session.set_screen(prepared.office, prepared.campaign, slide=code, message="休息十分钟", wifi=wifi)
    assert shown in slide(prepared)


def test_projector_follows_the_hall_again_when_the_floor_is_given(prepared: Hall) -> None:
    session.set_screen(prepared.office, prepared.campaign, slide="blank")
    assert "<h1>" not in slide(prepared)
    session.move_to(prepared.office, prepared.campaign, prepared.speaker(), Phase.REPORT)
    assert prepared.speaker().person in slide(prepared)


def test_a_notice_reaches_every_phone(prepared: Hall) -> None:
    before = Session.objects.get(campaign=prepared.campaign).version
    session.set_screen(prepared.office, prepared.campaign, message="休息十分钟")
    status = Client().get(f"/now/{prepared.campaign.token}/status").json()
    assert (status["message"], status["version"] > before) == ("休息十分钟", True)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"slide": "cinema"}, "slide"),
        ({"message": "长" * 121}, "message"),
        ({"wifi": {"name": "名" * 11, "password": ""}}, "wifi"),
        ({"wifi": {"name": "x", "password": "1" * 64}}, "wifi"),
    ],
)
def test_impossible_screens_are_refused(prepared: Hall, fields: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        session.set_screen(prepared.office, prepared.campaign, **fields)
    assert list(caught.value.message_dict) == [key]


def test_results_are_announced_in_the_hall_only_when_the_rules_say_so(city: Any) -> None:
    quiet = room.counted()
    assert "100.000" not in slide(quiet)
    loud = room.draft(office=quiet.office, scrutineer=quiet.scrutineer, heads=quiet.heads, title="另一期")
    rules = {**loud.campaign.config["rules"], "announce": "hall"}
    campaigns.change_part(loud.office, loud.campaign, "rules", rules)
    publishing.publish(loud.office, loud.campaign)
    loud.fresh()
    session.begin_session(loud.office, loud.campaign)
    session.draw_lots(loud.office, loud.campaign, "5")
    room.give_cards(loud)
    arrivals.mark_attendance(loud.office, loud.campaign, room.entries(loud), present=True, handed_out=True)
    ballot.open_ballot(loud.office, loud.campaign)
    loud.vote_all()
    room.count(loud)
    shown = slide(loud)
    assert shown.count("100.000") == 3
    assert "不排名次" in shown
