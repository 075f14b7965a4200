"""The resident's way: ask, follow by code, judge. No account, no name, no cookie that says who."""

import pytest

from tests import factories
from tests.factories import GUDU, LIUAN, bring_to, rectification, request
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter
from yizhen.portal.forms import AskForm

ASK = {
    "client_id": "abc",
    "division": LIUAN,
    "work_line": "livelihood",
    "title": "路灯不亮",
    "text": "村口三盏路灯不亮。",
}


@pytest.fixture
def city(db):
    return factories.fictional_city()


@pytest.fixture
def people(city):
    return factories.everybody()


def verified(people):
    matter, code = request()
    return bring_to(State.VERIFIED, matter, handler=people["township_office"], verifier=people["county"]), code


def test_ask_page_asks_what_and_where_and_nothing_about_the_person(city, client):
    response = client.get("/ask/", {"place": LIUAN})

    form = response.context["form"]
    assert response.status_code == 200
    assert list(form.fields) == ["client_id", "about", "division", "work_line", "title", "text", "photo"]
    assert [code for code, _name in form.fields["division"].choices] == [LIUAN, "990181101201", "990181101202"]


def test_ask_page_offers_a_fresh_client_id_each_time(city):
    assert AskForm()["client_id"].value() != AskForm()["client_id"].value()


def test_ask_follow_and_verdict(people, client):
    received = client.post("/ask/", ASK)
    code = received.context["code"]
    matter = Matter.objects.get()
    bring_to(State.VERIFIED, matter, handler=people["township_office"], verifier=people["county"])

    followed = client.post("/ask/follow/", {"code": code})
    judged = client.post("/ask/follow/", {"code": code, "solved": "1"})

    assert (received.status_code, len(code), code[5]) == (200, 11, "-")
    assert (followed.status_code, followed.context["matter"].number, len(followed.context["steps"])) == (
        200,
        matter.number,
        4,
    )
    assert (judged.status_code, Matter.objects.get().state) == (200, State.CLOSED)


def test_verdict_not_solved_opens_the_matter_again(people, client):
    matter, code = verified(people)

    response = client.post("/ask/follow/", {"code": code, "solved": "0", "text": "还是不亮。"})

    again = Matter.objects.get()
    assert (response.status_code, again.state, again.reopened, again.due_on) == (200, State.HANDLING, 1, matter.due_on)


def test_verdict_not_solved_without_a_reason_is_asked_for_it(people, client):
    _matter, code = verified(people)

    response = client.post("/ask/follow/", {"code": code, "solved": "0", "text": " "})

    assert (response.status_code, response.context["error"], Matter.objects.get().state) == (
        400,
        "请写明情况或理由。",
        State.VERIFIED,
    )


def test_verdict_before_there_is_anything_to_judge_is_refused(people, client):
    _matter, code = request()

    response = client.post("/ask/follow/", {"code": code, "solved": "1"})

    assert (response.status_code, Matter.objects.get().state) == (400, State.NEW)


@pytest.mark.parametrize("code", ["AAAAA-AAAAA", "x", "", "'; DROP TABLE", "é" * 50])
def test_wrong_code_opens_nothing(people, client, code):
    verified(people)

    response = client.post("/ask/follow/", {"code": code, "solved": "1"})

    assert (response.status_code, response.context["matter"], Matter.objects.get().state) == (400, None, State.VERIFIED)


def test_follow_page_empty_shows_no_error(city, client):
    response = client.get("/ask/follow/")

    assert (response.status_code, response.context["error"], response.context["matter"]) == (200, "", None)


def test_code_in_the_address_opens_nothing(people, client):
    _matter, code = verified(people)

    assert client.get("/ask/follow/", {"code": code}).context["matter"] is None


def test_request_sent_twice_is_one_matter_and_shows_its_code_once(city, client):
    first, second = client.post("/ask/", ASK), client.post("/ask/", ASK)

    assert Matter.objects.count() == 1
    assert (len(first.context["code"]), second.context["code"]) == (11, "")
    assert second.context["matter"] == first.context["matter"]


def test_request_sent_again_with_another_text_is_told_so(city, client):
    client.post("/ask/", ASK)

    response = client.post("/ask/", ASK | {"title": "另一件事", "division": GUDU})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["__all__"])
    assert Matter.objects.get().title == "路灯不亮"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"division": "990181"}, "division"),
        ({"division": factories.GRID}, "division"),
        ({"division": ""}, "division"),
        ({"work_line": "leisure"}, "work_line"),
        ({"title": ""}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"text": ""}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x" * 41}, "client_id"),
    ],
)
def test_ask_page_shows_errors_at_their_fields(city, client, change, field):
    response = client.post("/ask/", ASK | change)

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])
    assert Matter.objects.count() == 0


def test_request_lands_in_the_queue_of_its_township_only(people, client):
    client.post("/ask/", ASK)
    number = Matter.objects.get().number

    here = factories.signed_in(people["township_office"]).get("/matters/queue/").content.decode()
    there = factories.signed_in(factories.account("township_office", GUDU)).get("/matters/queue/").content.decode()

    assert (number in here, number in there) == (True, False)


def test_promises_page_hides_rectification_before_its_campaign_is_issued(people, client):
    rectification(people["city_office"], title="未公布的整改")

    response = client.get("/ask/promises/")

    assert (response.status_code, list(response.context["promises"])) == (200, [])
    assert "未公布的整改" not in response.content.decode()


def test_pages_of_residents_leave_no_session(city, client):
    for path in ("/ask/", "/ask/follow/", "/ask/promises/"):
        client.get(path)
    client.post("/ask/", ASK)

    assert set(client.cookies) <= {"csrftoken"}
