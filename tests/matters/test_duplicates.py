"""Duplicates before filing: how well the hint finds them, what it may show to whom, and following the one that is there."""

from datetime import timedelta

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, at_once, bring_to, place, rectification, request, signed_in, task
from tests.matters.alike import PAIRS
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import follow_matter, follow_token
from yizhen.matters.actions.following import SALT
from yizhen.matters.duplicates import ALIKE, Hint, is_near, likeness, possible_duplicates
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Follower, Matter

ASK = {
    "client_id": "a1", "division": LIUAN, "work_line": "livelihood", "title": "前湾村村口路灯坏了",
    "text": "村口三盏路灯不亮，天黑看不见路。",
}  # fmt: skip


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def hints(title="路灯不亮", text="村口三盏路灯不亮。", code=LIUAN, kind="resident_request") -> list[Matter]:
    return [hint.matter for hint in possible_duplicates(kind, [place(code)], title, text)]


def counts(bound: float) -> tuple[int, int, int]:
    """How many pairs of the same thing are found, how many of different things are too, how many are missed."""
    scores = [(likeness((a, b), (c, d)) >= bound, same) for a, b, c, d, same in PAIRS]
    return (
        sum(hit and same for hit, same in scores),
        sum(hit and not same for hit, same in scores),
        sum(same and not hit for hit, same in scores),
    )


def test_precision_and_recall_on_the_labelled_pairs():
    found, wrong, missed = counts(ALIKE)

    assert len(PAIRS) == 40
    assert (found, wrong, missed) == (17, 0, 1)  # precision 17/17, recall 17/18


def test_bound_lies_on_a_plateau():
    """A bound that a hair's breadth would change fits these pairs and no others: four points to either side change little."""
    assert {counts(bound)[:2] for bound in (40.0, ALIKE, 44.0, 46.0)} == {(17, 0)}


def test_likeness_does_not_depend_on_the_order_and_is_whole_for_the_same_text():
    one, other = ("路灯不亮", "村口三盏。"), ("井盖破损", "路口的井盖。")

    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert likeness(one, one) == 100
    assert likeness(one, ("", "")) == 0


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (LIUAN, LIUAN, True),
        (LIUAN, "990181101201", True),
        ("990181101201", "990181101201001", True),
        ("990181101201", "990181101202", False),
        (LIUAN, GUDU, False),
    ],
)
def test_near_is_the_same_township_and_not_another_village(one, other, near):
    assert (is_near(one, other), is_near(other, one)) == (near, near)


def test_hint_is_of_the_same_kind_place_time_and_still_open(people):
    matter = request(LIUAN)[0]
    request(GUDU)
    with days_ago(61):
        request(LIUAN)

    assert hints() == [matter]
    assert hints(title="想办文化活动", text="想看戏。") == []
    assert hints(kind="assigned_task") == []


@pytest.mark.parametrize(("state", "hinted"), [(State.HANDLING, True), (State.VERIFIED, True), (State.CLOSED, False)])
def test_hint_is_of_what_can_still_be_followed(people, state, hinted):
    matter, code = request(LIUAN)
    bring_to(state, matter, handler=people["township_office"], verifier=people["township_head"], code=code)

    assert bool(hints()) is hinted


def test_kinds_that_are_not_open_are_never_hinted_at(people):
    rectification(people["city_office"], title="整改便民服务窗口")

    assert hints("整改便民服务窗口", "整改便民服务窗口", kind="rectification") == []


# --- residents -----------------------------------------------------------------------------------------------------


def test_resident_is_shown_public_facts_and_nobodys_words(people):
    matter = request(LIUAN, title="前湾村路灯不亮")[0]

    response = Client().post("/ask/", ASK)
    page = response.content.decode()

    assert (response.status_code, Matter.objects.count()) == (200, 1)
    assert "可能已经有人提过" in page
    assert "群众诉求 · 柳岸镇" in page
    assert "已交办" in page
    for secret in (matter.number, matter.title, matter.text):
        assert secret not in page
    assert ASK["text"] in page  # what was typed is still there


def test_resident_follows_the_existing_matter_by_an_own_code(people):
    matter, own = request(LIUAN, title="前湾村路灯不亮")
    client = Client()
    ((_hint, token),) = client.post("/ask/", ASK).context["hints"]

    followed = client.post("/ask/", ASK | {"follow": token})
    code = followed.context["code"]
    opened = client.post("/ask/follow/", {"code": code})
    page = opened.content.decode()

    assert Matter.objects.count() == 1
    assert (Follower.objects.get().matter, len(code), own != code) == (matter, 11, True)
    assert opened.context["matter"] is None
    assert "群众诉求 · 柳岸镇" in page
    for secret in (matter.number, matter.title, matter.text):
        assert secret not in page
    judged = client.post("/ask/follow/", {"code": code, "solved": "1"})  # the verdict stays with whoever asked
    assert judged.context["followed"] is not None
    matter.refresh_from_db()
    assert matter.state == State.NEW
    assert "sessionid" not in client.cookies


def test_resident_may_file_it_all_the_same(people):
    request(LIUAN, title="前湾村路灯不亮")

    response = Client().post("/ask/", ASK | {"own": "1"})

    assert response.context["matter"].title == ASK["title"]
    assert Matter.objects.count() == 2


def test_request_sent_again_is_answered_again_and_gets_no_hint_of_itself(people):
    client = Client()
    first, second = client.post("/ask/", ASK), client.post("/ask/", ASK)

    assert first.context["matter"] == second.context["matter"]


def test_following_twice_by_one_form_happens_once(people):
    token = follow_token(request(LIUAN)[0])

    first, second = follow_matter(token, "b1"), follow_matter(token, "b1")

    assert (first[0], len(first[1]), second[1]) == (second[0], 10, "")
    assert Follower.objects.count() == 1
    assert Record.objects.filter(event="matters.followed").count() == 1


def test_following_by_two_taps_at_once_happens_once(committing):
    factories.fictional_city()
    token = follow_token(request(LIUAN)[0])

    answers = at_once([lambda: follow_matter(token, "b1"), lambda: follow_matter(token, "b1")])

    assert Follower.objects.count() == 1
    assert sorted(len(code) for _follower, code in answers) == [0, 10]


def test_hint_that_is_forged_old_or_of_a_closed_matter_is_followed_by_nobody(people):
    matter, code = request(LIUAN)
    sealed = rectification(people["city_office"])
    with days_ago(2):
        old = signing.dumps(matter.pk, salt="another")
    tokens = [str(matter.pk), old, signing.dumps(matter.pk, salt=SALT) + "x", follow_token(sealed), ""]
    for token in tokens:
        with pytest.raises(ValidationError):
            follow_matter(token, "b1")
    with pytest.raises(ValidationError):
        follow_matter(follow_token(matter), "")
    bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["township_head"], code=code)
    with pytest.raises(ValidationError, match="已经办完"):
        follow_matter(follow_token(matter), "b1")
    assert Client().post("/ask/", ASK | {"follow": "forged"}).status_code == 400
    assert Follower.objects.count() == 0


def test_follower_is_a_hash_and_a_day_and_cannot_be_changed(people):
    follow_matter(follow_token(request(LIUAN)[0]), "b1")

    fields = {field.name for field in Follower._meta.fields}
    assert fields == {"id", "matter", "code_hash", "client_id", "since"}
    with pytest.raises(DatabaseError, match="matters_follower refuses"), transaction.atomic():
        Follower.objects.all().delete()


def test_week_is_told_and_not_the_day(people):
    with days_ago(10):
        matter = request(LIUAN)[0]
    opened = timezone.localtime(matter.opened_at).date()

    week = Hint(matter, 50).week

    assert (week.weekday(), opened - week < timedelta(days=7)) == (0, True)


# --- officials -----------------------------------------------------------------------------------------------------


def test_assigning_what_was_assigned_before_is_hinted_at_and_may_be_done_all_the_same(people):
    health = factories.account("department", unit=factories.unit("HEA"))
    before = task(health, title="开展汛前隐患排查")
    client = signed_in(people["department"])
    form = {"client_id": "c1", "title": "汛前隐患排查", "text": before.text, "basis": "文件", "work_line": "safety"}
    form |= {"amount": "10", "unit": "working_day", "townships": [LIUAN, GUDU]}

    hinted = client.post("/matters/assign/", form)
    page = hinted.content.decode()
    assert (hinted.status_code, Matter.objects.count()) == (200, 1)
    assert "交办任务 · 柳岸镇" in page
    assert before.number not in page  # another department's: neither its words nor a way to them
    assert before.title not in page

    seen = signed_in(people["county"]).post("/matters/assign/", form).content.decode()
    assert f'href="/matters/{before.number}/"' in seen

    assert client.post("/matters/assign/", form | {"own": "1"}).status_code == 302
    assert client.post("/matters/assign/", form).status_code == 302  # sent again: answered again
    assert Matter.objects.count() == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_hints_take_as_many_queries_for_three_as_for_one(people, rows, django_assert_num_queries):
    for _unused in range(rows):
        request(LIUAN, title="前湾村路灯不亮")
    client = Client()

    with django_assert_num_queries(6):
        client.post("/ask/", ASK)
