"""Supervision notices: blue, orange, red; when each is due, who issues and answers, and what the database refuses."""

import contextlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, rectification, request, signed_in, task
from yizhen.audit.models import Record
from yizhen.console.views import SHOWN
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import answer_notice, issue_notice, take_step
from yizhen.matters.colours import ORDER, Colour
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter, SupervisionNotice
from yizhen.matters.supervision import needed_notices, notices_to_answer

BLUE, ORANGE, RED = Colour.BLUE, Colour.ORANGE, Colour.RED


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def late(people, days: int = 10, *, make=rectification, sender: str = "city_office") -> Matter:
    """Return a matter that lies with its township and has been overdue for so many days."""
    with days_ago(days + 20):
        matter = make(people[sender], days=20)
        return take_step(people["township_office"], matter, Verb.ACCEPT)


def needed(user) -> list[tuple[int, Colour]]:
    return [(need.matter.pk, need.colour) for need in needed_notices(user)]


def test_blue_is_needed_from_the_day_after_the_due_date(people):
    today, yesterdays = late(people, 0), late(people, 1)

    assert needed(people["county"]) == [(yesterdays.pk, BLUE)]
    assert issue_notice(people["county"], yesterdays, BLUE).answer_due_on == timezone.localdate() + timedelta(days=7)
    with pytest.raises(ValidationError, match="没有超期"):
        issue_notice(people["county"], today, BLUE)


def test_colours_follow_when_the_answer_day_has_passed(people):
    matter, county = late(people, 30), people["county"]
    seen = []
    for days in (20, 13, 12, 5, 4, 0):
        with days_ago(days):
            seen.append([colour for _pk, colour in needed(county)])
            for _pk, colour in needed(county):
                issue_notice(county, matter, colour)

    assert seen == [[BLUE], [], [ORANGE], [], [RED], []]
    assert [(n.colour, n.follows and n.follows.colour, n.number) for n in matter.notices.all()] == [
        ("blue", None, f"{matter.number}-B"),
        ("orange", "blue", f"{matter.number}-O"),
        ("red", "orange", f"{matter.number}-R"),
    ]
    with days_ago(-30):
        assert needed(county) == []


def test_next_colour_comes_also_after_an_answer_when_the_matter_is_still_not_done(people):
    matter = late(people, 20)
    with days_ago(10):
        blue = issue_notice(people["county"], matter, BLUE)
        answer_notice(people["township_office"], blue, "下周完成。")

    (need,) = needed_notices(people["county"])

    assert (need.colour, need.last, need.last.answer) == (ORANGE, blue, "下周完成。")


def test_reported_done_ends_the_supervision(people):
    matter = late(people, 20)
    with days_ago(10):
        issue_notice(people["county"], matter, BLUE)
    take_step(people["township_office"], matter, Verb.REPORT_DONE, text="已完成。", disposition="solved")

    assert needed(people["county"]) == []
    with pytest.raises(ValidationError, match="已报办结"):
        issue_notice(people["county"], matter, ORANGE)


def test_sent_back_continues_and_reopened_begins_again_at_blue(people):
    matter, county, office = late(people, 100), people["county"], people["township_office"]
    with days_ago(90):
        issue_notice(county, matter, BLUE)
    with days_ago(80):
        take_step(office, matter, Verb.REPORT_DONE, text="已完成。", disposition="solved")
        take_step(county, matter, Verb.SEND_BACK, text="没有做完。")
        assert needed(county) == [(matter.pk, ORANGE)]
        take_step(office, matter, Verb.REPORT_DONE, text="已做完。", disposition="solved")
        take_step(county, matter, Verb.PASS, text="属实。")
    with days_ago(40):
        take_step(county, matter, Verb.LOOK_BACK_REOPENS, text="反弹。")

    assert needed(county) == [(matter.pk, BLUE)]
    again = issue_notice(county, matter, BLUE)
    assert (again.spell, again.number) == (1, f"{matter.number}-B-2")


@pytest.mark.parametrize(("colour", "message"), [(ORANGE, "重大事项"), (RED, "蓝色提醒")])
def test_colour_out_of_turn_is_refused(people, colour, message):
    with pytest.raises(ValidationError, match=message):
        issue_notice(people["county"], late(people), colour)


def test_colour_before_the_answer_day_is_refused(people):
    matter = late(people)
    issue_notice(people["county"], matter, BLUE)

    for colour in (ORANGE, RED):
        with pytest.raises(ValidationError, match="可以答复"):
            issue_notice(people["county"], matter, colour)


def test_nothing_comes_after_red(people):
    matter = late(people, 60)
    for days, colour in ((50, BLUE), (40, ORANGE), (30, RED)):
        with days_ago(days):
            issue_notice(people["county"], matter, colour)

    assert needed(people["county"]) == []
    assert issue_notice(people["county"], matter, BLUE).issued_on == timezone.localdate() - timedelta(days=50)


def test_major_matter_begins_at_orange_with_its_reason_and_goes_on_to_red(people):
    matter = late(people, 20)
    with days_ago(15):
        orange = issue_notice(people["city_office"], matter, ORANGE, major_reason=" 汛期安全 ")

    assert (orange.major_reason, orange.follows) == ("汛期安全", None)
    assert needed(people["county"]) == [(matter.pk, RED)]
    with pytest.raises(ValidationError):
        issue_notice(people["county"], matter, BLUE)


def test_double_tap_issues_one_notice(people):
    matter = late(people)

    first, second = (issue_notice(people["county"], matter, BLUE) for _unused in range(2))

    assert first == second
    record = Record.objects.get(event="matters.notice_issued")
    assert (record.scope, record.details) == (
        LIUAN,
        {"notice": first.number, "colour": "blue", "answer_due_on": str(first.answer_due_on), "major": False},
    )


@pytest.mark.parametrize(("days", "fits"), [(0, False), (1, True), (60, True), (61, False)])
def test_days_to_answer(people, days, fits):
    matter = late(people)
    if fits:
        due = issue_notice(people["county"], matter, BLUE, days=days).answer_due_on
        assert due == timezone.localdate() + timedelta(days=days)
        return
    with pytest.raises(ValidationError):
        issue_notice(people["county"], matter, BLUE, days=days)


def test_who_issues_and_who_is_offered_it(people):
    promise, order = late(people), late(people, make=task, sender="department")
    allowed = {}
    for name, matter in {"rectification": promise, "task": order}.items():
        for role, user in people.items():
            with transaction.atomic():
                try:
                    issue_notice(user, matter, BLUE)
                except PermissionDenied:
                    pass
                else:
                    allowed.setdefault(name, set()).add(role)
                transaction.set_rollback(True)

    assert allowed == {
        "rectification": {"city_office", "county"},
        "task": {"city_office", "county", "department"},
    }
    offered = {role: {pk for pk, _colour in needed(user)} for role, user in people.items()}
    assert offered == dict.fromkeys(people, set()) | {
        "city_office": {promise.pk},
        "county": {promise.pk},
        "department": {order.pk},
    }
    elsewhere = factories.account("county", "990122")
    with pytest.raises(PermissionDenied):
        issue_notice(elsewhere, promise, BLUE)


def test_residents_requests_have_their_own_clock_and_no_notices(people):
    with days_ago(40):
        request()

    assert needed(people["county"]) == []


def test_handler_answers_once(people):
    matter = late(people)
    notice = issue_notice(people["county"], matter, BLUE)
    assert list(notices_to_answer(people["township_office"])) == [notice]

    for role in ("county", "city_office", "department", "village"):
        with pytest.raises(PermissionDenied):
            answer_notice(people[role], notice, "代答。")
    with pytest.raises(ValidationError):
        answer_notice(people["township_office"], notice, "  ")
    answered = answer_notice(people["township_office"], notice, "物料晚到，十日内完成。")

    assert (answered.answered_by, answer_notice(people["township_head"], notice, "物料晚到，十日内完成。")) == (
        people["township_office"],
        answered,
    )
    with pytest.raises(ValidationError, match="已经答复"):
        answer_notice(people["township_head"], notice, "另一个说法。")
    assert not notices_to_answer(people["township_office"])
    assert Record.objects.get(event="matters.notice_answered").details == {"notice": notice.number, "in_time": True}
    assert Matter.objects.get(pk=matter.pk).state == "handling"


def test_database_keeps_colours_in_order_one_of_each_and_what_was_written(people):
    matter, county, today = late(people), people["county"], timezone.localdate()
    blue = issue_notice(county, matter, BLUE)
    row = {"matter": matter, "spell": 0, "issued_on": today, "answer_due_on": today + timedelta(7), "issued_by": county}
    refused = (
        {"colour": "blue"},
        {"colour": "orange"},
        {"colour": "red"},
        {"colour": "red", "major_reason": "x"},
        {"colour": "orange", "follows": blue, "major_reason": "x"},
        {"colour": "orange", "follows": blue, "answer_due_on": today},
        {"colour": "orange", "follows": blue, "answer": "没有署名"},
        {"colour": "violet", "follows": blue},
    )

    for change in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            SupervisionNotice.objects.create(**(row | change))
    notices = SupervisionNotice.objects.filter(pk=blue.pk)
    for change in ({"colour": "red"}, {"answer_due_on": today + timedelta(99)}, {"issued_by": people["city_office"]}):
        with pytest.raises(DatabaseError, match="matters_supervisionnotice refuses update"), transaction.atomic():
            notices.update(**change)
    answer_notice(people["township_office"], blue, "十日内完成。")
    with pytest.raises(DatabaseError, match="matters_supervisionnotice refuses update"), transaction.atomic():
        notices.update(answer="改过")
    with pytest.raises(DatabaseError, match="matters_supervisionnotice refuses delete"), transaction.atomic():
        notices.delete()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tries=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(ORDER), st.booleans()), max_size=12))
def test_any_tries_leave_colours_in_order_with_their_answer_days_between(people, tries):
    with transaction.atomic():
        matter = late(people, 60)
        for days, colour, major in sorted(tries, key=lambda each: -each[0]):
            with days_ago(days), contextlib.suppress(ValidationError):
                issue_notice(people["county"], matter, colour, major_reason="汛期" if major else "")
        made = list(matter.notices.all())

        colours = [Colour(notice.colour) for notice in made]
        assert colours in ([list(ORDER[:n]) for n in range(4)] + [list(ORDER[1:n]) for n in (2, 3)])
        for before, after in zip(made, made[1:], strict=False):
            assert after.issued_on > before.answer_due_on
            assert after.follows == before
        transaction.set_rollback(True)


# --- pages ---------------------------------------------------------------------------------------------------------


def test_one_click_from_today_and_back(people):
    matter = late(people)
    client = signed_in(people["county"])

    page = client.get("/").content.decode()
    assert f'action="/matters/{matter.number}/notices/"' in page
    sent = client.post(f"/matters/{matter.number}/notices/", {"colour": "blue", "next": "/"})

    assert (sent.status_code, sent["Location"]) == (302, "/")
    assert f'action="/matters/{matter.number}/notices/"' not in client.get("/").content.decode()
    assert "督办单待答复" in signed_in(people["township_office"]).get("/").content.decode()


def test_return_address_stays_on_the_site(people):
    matter = late(people)

    sent = signed_in(people["county"]).post(
        f"/matters/{matter.number}/notices/", {"colour": "blue", "next": "https://elsewhere.test/"}
    )

    assert sent["Location"] == f"/matters/{matter.number}/"


@pytest.mark.parametrize("data", [{"colour": "violet"}, {"colour": "red"}, {"colour": "blue", "days": "x"}, {}])
def test_wrong_notice_is_said_on_the_matter_page(people, data):
    matter = late(people)

    response = signed_in(people["county"]).post(f"/matters/{matter.number}/notices/", data)

    assert (response.status_code, SupervisionNotice.objects.count()) == (400, 0)
    assert 'role="alert"' in response.content.decode()


def test_answer_from_the_matter_page(people):
    notice = issue_notice(people["county"], late(people), BLUE)
    client = signed_in(people["township_office"])

    assert (
        f'action="/matters/notices/{notice.pk}/answer/"'
        in client.get(f"/matters/{notice.matter.number}/").content.decode()
    )
    empty = client.post(f"/matters/notices/{notice.pk}/answer/", {"answer": ""})
    sent = client.post(f"/matters/notices/{notice.pk}/answer/", {"answer": "十日内完成。"})

    assert (empty.status_code, sent.status_code) == (400, 302)
    assert SupervisionNotice.objects.get().answer == "十日内完成。"


def test_printed_notice_is_chinese_and_for_those_who_see_the_matter(people):
    matter = late(people, 12)
    with days_ago(9):
        issue_notice(people["county"], matter, BLUE)
    orange = issue_notice(people["county"], matter, ORANGE)
    seen = {role: signed_in(user).get(f"/matters/notices/{orange.pk}/").status_code for role, user in people.items()}

    page = signed_in(people["county"])
    page.cookies["django_language"] = "en"
    text = page.get(f"/matters/notices/{orange.pk}/").content.decode()

    assert {role for role, status in seen.items() if status == 200} == {
        "city_office", "county", "township_head", "township_office",
    }  # fmt: skip
    assert set(seen.values()) == {200, 404}
    for words in ("督 办 单", orange.number, "橙色督办", "蓝色提醒", "到期没有答复", "已超期 12 天"):
        assert words in text


def test_today_shows_the_first_of_many_and_leads_to_all_of_them(people):
    notices = [issue_notice(people["county"], late(people, 10 + number), BLUE) for number in range(SHOWN + 1)]
    for number in range(SHOWN + 2):
        late(people, 30 + number)

    handler = factories.signed_in(people["township_office"]).get("/").content.decode()
    assert sum(notice.number in handler for notice in notices) == SHOWN
    assert f'<a href="/matters/queue/?what=notice">全部 {SHOWN + 1} 件</a>' in handler
    issuer = factories.signed_in(people["county"]).get("/").content.decode()
    assert issuer.count('name="colour"') == SHOWN
    assert f'<a href="/matters/queue/?what=remind">全部 {SHOWN + 2} 件</a>' in issuer
