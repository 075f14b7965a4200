"""What an office enters for somebody on the telephone or at the counter: the resident's own, with a code shown once."""

import pytest
from django.core.exceptions import PermissionDenied

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, request, signed_in, upload
from yizhen.audit.models import Record
from yizhen.matters.actions import give_verdict, take_request
from yizhen.matters.kinds import WORK_LINES
from yizhen.matters.models import Evidence, Follower, Matter
from yizhen.matters.rules import DOOR_ROLES, possible_steps
from yizhen.needs.door.forms import LINES
from yizhen.people.models import ROLES

SENT = {
    "client_id": "1", "channel": "phone", "about": "request", "division": LIUAN, "work_line": "livelihood",
    "title": "路灯不亮", "text": "村口三盏路灯不亮。",
}  # fmt: skip
PAGE = "/needs/behalf/"


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def test_hotline_and_counters_enter_for_others_and_nobody_else(people):
    for role in ROLES:
        client = signed_in(people[role])
        assert client.get(PAGE).status_code == (200 if role in DOOR_ROLES else 403), role
        sent = client.post(PAGE, SENT | {"client_id": role, "title": f"{role} {SENT['title']}", "own": "1"})
        assert sent.status_code == (200 if role in DOOR_ROLES else 403), role
    assert Matter.objects.count() == len(DOOR_ROLES)


def test_place_is_the_counters_own_until_another_is_chosen(people):
    for role in ("village", "township_office"):
        form = signed_in(people[role]).get(PAGE).context["form"]
        assert form["division"].value() == people[role].scope_id


def test_residents_words_name_every_line_of_work():
    assert {code for code, _words in LINES} == set(WORK_LINES)


def test_place_outside_the_counters_own_is_refused(people):
    assert signed_in(people["township_office"]).post(PAGE, SENT | {"division": GUDU}).status_code == 403
    with pytest.raises(PermissionDenied):
        take_request(
            people["village"], kind="resident_request", division=factories.place(SHIMEN), title="x", text="x",
            work_line="safety", client_id="1", channel="counter",
        )  # fmt: skip
    assert not Matter.objects.exists()


def test_matter_is_the_residents_own_and_the_channel_is_on_record(people):
    client = signed_in(people["village"])
    made = client.post(PAGE, SENT | {"photo": upload()})
    code, matter = made.context["code"], Matter.objects.get()
    assert (matter.raised_by, matter.kind, matter.division_id) == (None, "resident_request", LIUAN)
    assert made.context["seen"] is False
    assert f"/matters/{matter.number}/" not in made.content.decode()
    assert Evidence.objects.get().event.matter == matter
    told = Record.objects.get(event="matters.taken_at_the_door")
    assert (told.actor, told.details) == (people["village"], {"number": matter.number, "channel": "phone"})
    assert possible_steps(people["village"], matter) == []

    again = client.post(PAGE, SENT)
    assert (again.context["code"], Matter.objects.count(), Record.objects.filter(event=told.event).count()) == (
        "",
        1,
        1,
    )
    with pytest.raises(Exception, match="还没有|不能|刷新"):
        give_verdict(code, solved=True)


def test_what_is_there_already_is_shown_as_a_resident_sees_it_and_can_be_followed(people):
    request(title="路灯不亮")
    client = signed_in(people["city_office"])
    hinted = client.post(PAGE, SENT)
    assert [hint.division.code for hint, _token in hinted.context["hints"]] == [LIUAN]
    assert Matter.objects.get().number not in hinted.content.decode()
    followed = client.post(PAGE, SENT | {"follow": hinted.context["hints"][0][1]})
    assert (len(followed.context["code"]), Follower.objects.count(), Matter.objects.count()) == (11, 1, 1)


def test_wrong_photograph_is_told_at_its_field_and_what_was_typed_stays(people):
    wrong = signed_in(people["county"]).post(PAGE, SENT | {"photo": upload("x.pdf", b"%PDF-1.7 x")})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["photo"])
    assert SENT["text"] in wrong.content.decode()
