"""Leaving matters out of the rates: a second person decides, the requester appeals, a third decides, the public counts."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, request, signed_in, task
from yizhen.matters.actions.exclusion import appeal_exclusion, ask_exclusion, decide_appeal, decide_exclusion
from yizhen.matters.exclusions import public_counts, waiting_for, without_excluded
from yizhen.matters.models import Exclusion, Matter


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def asked(people, township=LIUAN, reason="in_petition", actor=None):
    matter, code = request(township)
    actor = actor or people["township_office"]
    return ask_exclusion(actor, matter, reason, "已在信访系统登记，编号见台账。"), code


def granted(people, **kwargs):
    exclusion, code = asked(people, **kwargs)
    return decide_exclusion(people["city_office"], exclusion, "属实。", granted=True), code


def counted() -> int:
    return without_excluded(Matter.objects.all()).count()


def test_matter_counts_until_a_second_person_has_granted(people):
    exclusion, _code = asked(people)
    assert (exclusion.in_effect, counted()) == (False, 1)

    made = decide_exclusion(people["county"], exclusion, "属实。", granted=True)
    assert (made.in_effect, counted()) == (True, 0)


def test_refused_request_changes_nothing_and_may_be_made_again(people):
    exclusion, _code = asked(people)
    decide_exclusion(people["county"], exclusion, "没有登记。", granted=False)

    again = ask_exclusion(people["township_head"], exclusion.matter, "concluded", "2025年已答复。")
    assert (counted(), again.granted) == (1, None)
    with pytest.raises(PermissionDenied):
        ask_exclusion(people["township_office"], exclusion.matter, "concluded", "再问一次。")


def test_matter_counts_again_while_an_appeal_waits_and_for_good_when_it_succeeds(people):
    exclusion, code = granted(people)

    appeal_exclusion(code, "信访已经撤回。")
    assert counted() == 1
    exclusion.refresh_from_db()
    decide_appeal(people["county"], exclusion, "诉求人说得对。", upheld=False)
    assert counted() == 1
    with pytest.raises(PermissionDenied):
        ask_exclusion(people["township_office"], exclusion.matter, "concluded", "换个理由。")


def test_upheld_appeal_leaves_the_matter_out(people):
    exclusion, code = granted(people)
    exclusion = appeal_exclusion(code, "信访已经撤回。")
    decide_appeal(people["county"], exclusion, "信访没有撤回。", upheld=True)

    assert counted() == 0
    with pytest.raises(ValidationError, match="申诉过"):
        appeal_exclusion(code, "还是不同意。")


@pytest.mark.parametrize("role", ["county", "department", "village", "grid_worker", "city_office"])
def test_only_who_handles_it_asks(people, role):
    with pytest.raises(PermissionDenied):
        asked(people, actor=people[role])


@pytest.mark.parametrize("role", ["township_office", "township_head", "department", "village"])
def test_only_city_or_county_decides(people, role):
    exclusion, _code = asked(people)
    with pytest.raises(PermissionDenied):
        decide_exclusion(people[role], exclusion, "同意。", granted=True)


def test_county_decides_for_its_own_townships_only(people):
    far = factories.account("township_office", SHIMEN)
    exclusion, _code = asked(people, SHIMEN, actor=far)

    with pytest.raises(PermissionDenied):
        decide_exclusion(people["county"], exclusion, "同意。", granted=True)
    assert (waiting_for(people["county"]), waiting_for(people["city_office"])) == ([], [exclusion])
    queues = {
        role: signed_in(people[role]).get("/matters/queue/").content.decode() for role in ("county", "city_office")
    }
    assert [exclusion.matter.number in queues[role] for role in ("county", "city_office")] == [False, True]


def test_who_granted_does_not_decide_the_appeal(people):
    exclusion, code = granted(people)
    exclusion = appeal_exclusion(code, "不同意。")

    with pytest.raises(PermissionDenied):
        decide_appeal(people["city_office"], exclusion, "维持。", upheld=True)
    assert waiting_for(people["city_office"]) == []
    assert waiting_for(people["county"]) == [exclusion]


def test_kinds_without_a_requester_are_never_left_out(people):
    with pytest.raises(PermissionDenied):
        ask_exclusion(people["township_office"], task(people["department"]), "concluded", "不该办。")


@pytest.mark.parametrize(("reason", "text", "wrong"), [("laziness", "难。", "reason_code"), ("concluded", " ", "text")])
def test_reason_is_listed_and_explained(people, reason, text, wrong):
    with pytest.raises(ValidationError) as refused:
        ask_exclusion(people["township_office"], request()[0], reason, text)
    assert list(refused.value.message_dict) == [wrong]


def test_database_keeps_the_three_apart_and_decisions_as_they_were(people):
    exclusion, _code = granted(people)
    today = timezone.localdate()
    mine = {"decided_by": exclusion.asked_by, "decided_on": today, "granted": True, "decision_text": "好"}
    row = {"text": "理由", "asked_by": exclusion.asked_by, "asked_on": today, "reason_code": "concluded"}
    for wrong in ({}, mine, {"reason_code": "laziness"}, {"text": ""}):
        matter = exclusion.matter if not wrong else request()[0]
        with pytest.raises(IntegrityError), transaction.atomic():
            Exclusion.objects.create(matter=matter, **(row | wrong))
    waiting, _code = asked(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.filter(pk=waiting.pk).update(appealed_at=timezone.now(), appeal_text="不同意")
    own = Exclusion.objects.filter(pk=exclusion.pk)
    appeal = {"appealed_at": timezone.now(), "appeal_text": "不同意"}
    closing = {"upheld": True, "appeal_decided_on": today}
    changes = [
        {"granted": False},
        {"text": "别的理由"},
        {"decided_by": people["county"]},
        closing | {"appeal_decided_by": people["county"]},  # nobody appealed
        appeal | closing | {"appeal_decided_by": people["city_office"]},  # who granted
        appeal | closing | {"appeal_decided_by": exclusion.asked_by},
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            own.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        own.delete()
    assert own.update(**appeal) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        own.update(appeal_text="改了")


def test_public_counts_hide_small_ones_and_what_gives_them_away(people):
    other = factories.account("township_office", XITANG)
    for _n in range(6):
        granted(people)
    for _n in range(7):
        granted(people, reason="concluded")
    for _n in range(2):
        granted(people, township=XITANG, actor=other)

    rows = public_counts(timezone.localdate().year)
    page = Client().get("/ask/excluded/").content.decode()

    assert [row.division.code for row in rows] == [LIUAN, XITANG]
    assert (rows[0].counts, rows[0].total) == ([0, 0, "※", 0, 7, 0], "※")  # 15 in all less 13 would give the 2 away
    assert (rows[1].counts[2], rows[1].total) == ("<5", "<5")
    assert "&lt;5" in page
    assert "路灯" not in page


def test_year_without_any_says_so(people):
    assert "没有不计入的诉求" in Client().get("/ask/excluded/?year=2019").content.decode()
    assert Client().get("/ask/excluded/?year=abcd").status_code == 200


def test_requester_reads_the_reason_and_appeals_with_the_code(people):
    exclusion, code = granted(people)
    client = Client()

    shown = client.post("/ask/appeal/", {"code": code})
    wrong = client.post("/ask/appeal/", {"code": code, "appeal": "1", "text": " "})
    sent = client.post("/ask/appeal/", {"code": code, "appeal": "1", "text": "信访已经撤回。"})
    nobody = client.post("/ask/appeal/", {"code": "AAAAA-AAAAA"})

    assert "已在信访系统登记" in shown.content.decode()
    assert (wrong.status_code, sent.status_code, nobody.status_code) == (400, 200, 400)
    exclusion.refresh_from_db()
    assert (exclusion.appeal_text, exclusion.is_appealed) == ("信访已经撤回。", True)


def test_panel_leads_from_asking_to_the_decision(people):
    matter, _code = request()
    office, county = signed_in(people["township_office"]), signed_in(people["county"])

    def panel(role):
        return render_to_string("matters/_exclusion.html", {"me": people[role], "matter": matter})

    assert "申请不计入比率" in panel("township_office")
    assert panel("county").strip() == ""
    office.post(f"/matters/{matter.number}/exclusion/", {"reason_code": "concluded", "text": "去年已答复。"})
    assert "同意不计入" in panel("county")
    assert 'name="answer"' not in panel("township_office")
    county.post(f"/matters/{matter.number}/exclusion/decision/", {"answer": "yes", "text": "属实。"})
    assert Exclusion.objects.get().in_effect
    assert 'name="answer"' not in panel("county")


@pytest.mark.parametrize("rows", [1, 3])
def test_public_page_asks_as_much_for_three_as_for_one(people, rows, django_assert_num_queries):
    for _n in range(rows):
        granted(people)
    with django_assert_num_queries(2):
        Client().get("/ask/excluded/")
