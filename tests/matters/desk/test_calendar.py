"""The calendar page and its feed: which days, for whom, and text that another reader of RFC 5545 understands."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import SHIMEN, XITANG, at_once, bring_to, rectification, request, signed_in, task
from tests.matters.desk.calendars import read, unescape
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import issue_feed, revoke_feed
from yizhen.matters.desk import dates
from yizhen.matters.desk.dates import month_sheet, neighbours
from yizhen.matters.desk.feed import calendar_text, escaped, feed_of, folded
from yizhen.matters.lifecycle import State
from yizhen.matters.models import CalendarFeed, Matter

ADMINS = ("system_admin", "security_admin", "audit_admin", "scrutineer", "teller")


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def closed(people, days: int, title: str = "已销号") -> Matter:
    """Return a rectification item that was closed so many days ago: looked back at 30 days after."""
    with days_ago(days):
        matter = rectification(people["city_office"], title=title, days=10)
        return bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["county"])


def on_sheet(user, day: date) -> dict[date, list[str]]:
    weeks = month_sheet(user, day.year, day.month)
    return {d.day: [matter.title for matter in d.matters] for week in weeks for d in week if d.total}


# --- the month -----------------------------------------------------------------------------------------------------


def test_month_holds_due_dates_of_open_and_look_backs_of_closed_matters(people):
    today = timezone.localdate()
    task(people["department"], title="今天到期", days=0)
    closed(people, 30)
    bring_to(
        State.WITHDRAWN,
        task(people["department"], days=0),
        handler=people["township_office"],
        verifier=people["department"],
    )

    assert on_sheet(people["township_office"], today)[today] == ["今天到期", "已销号"]


def test_month_holds_the_scope_only(people):
    today = timezone.localdate()
    task(people["department"], title="柳岸", days=0)
    task(people["department"], XITANG, title="西塘", days=0)
    task(people["city_office"], SHIMEN, title="石门", days=0, dispatcher=None)
    seen = {role: sorted(on_sheet(user, today).get(today, [])) for role, user in people.items()}

    assert seen == dict.fromkeys([*ADMINS, "village", "grid_worker"], []) | {
        "city_office": ["柳岸", "石门", "西塘"],
        "department": ["柳岸", "西塘"],
        "county": ["柳岸", "西塘"],
        "township_head": ["柳岸"],
        "township_office": ["柳岸"],
    }


def test_month_shows_the_first_of_a_full_day_and_its_own_page_all(people, monkeypatch):
    monkeypatch.setattr(dates, "SHOWN", 4)
    today = timezone.localdate()
    for number in range(6):
        task(people["department"], title=f"任务{number}", days=0)
    client = signed_in(people["township_office"])

    page = client.get("/matters/calendar/").context
    (day,) = page["days"]

    assert (day.total, len(day.matters), day.rest) == (6, 4, 3)
    assert len(client.get(f"/matters/calendar/?day={today}").context["page"].object_list) == 6


@pytest.mark.parametrize(
    ("asked", "shown"), [("2026-02", date(2026, 2, 1)), ("2024-12", date(2024, 12, 1)), ("1-1", None), ("9999-12", None),
                         ("2026-13", None), ("", None), ("x", None)]
)  # fmt: skip
def test_month_asked_for_or_this_one(people, asked, shown):
    page = signed_in(people["county"]).get("/matters/calendar/", {"month": asked})

    assert page.context["first"] == (shown or timezone.localdate().replace(day=1))


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_neighbours_of_a_month_touch_it(day):
    before, after = neighbours(day.year, day.month)

    assert neighbours(before.year, before.month)[1] == day.replace(day=1) == neighbours(after.year, after.month)[0]


def test_weekend_work_and_holidays_are_marked(people):
    days = {d.day: d for week in month_sheet(people["county"], 2026, 2) for d in week}

    assert (days[date(2026, 2, 17)].is_off, days[date(2026, 2, 28)].is_make_up) == (True, True)
    assert (days[date(2026, 2, 28)].is_off, days[date(2026, 2, 10)].is_off) == (False, False)


# --- the text ------------------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_any_text_survives_escaping_and_folding(text):
    line = "SUMMARY:" + escaped(text)
    parts = list(folded(line))

    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(part[0] == " " for part in parts[1:])
    kept = "".join(c for c in "\n".join(text.splitlines()) if c == "\n" or " " <= c != "\x7f")
    assert unescape(line.removeprefix("SUMMARY:")) == kept


def test_line_of_75_octets_is_not_folded_and_of_76_is():
    assert list(folded("a" * 75)) == ["a" * 75]
    assert list(folded("a" * 76)) == ["a" * 75, " a"]
    assert list(folded("字" * 26)) == ["字" * 25, " 字"]  # 78 octets: three each, none cut


def test_feed_is_a_calendar_of_whole_days_with_number_and_title(people):
    title = "排查；,；\\ 第一;第二," + "长" * 60
    due, looked = task(people["department"], title=title, days=3), closed(people, 20)
    now = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)

    events = read(calendar_text(dates.dated(people["county"], date(2000, 1, 1), date(2099, 1, 1)), now))

    assert [event["SUMMARY"] for event in events] == [
        ({}, f"{due.number} {title}"),
        ({}, f"回头看 {looked.number} 已销号"),
    ]
    assert [event["DTSTART"] for event in events] == [
        ({"VALUE": "DATE"}, f"{due.due_on:%Y%m%d}"),
        ({"VALUE": "DATE"}, f"{looked.look_back_on:%Y%m%d}"),
    ]
    assert {event["DTSTAMP"][1] for event in events} == {"20260301T010203Z"}
    assert {frozenset(event) for event in events} == {
        frozenset({"UID", "DTSTAMP", "DTSTART", "SUMMARY", "CLASS", "TRANSP"})
    }


def test_id_stays_when_the_day_moves_and_differs_between_matters(people):
    first, second = task(people["department"], days=3), task(people["department"], days=4)
    now = timezone.now()

    def ids_and_days(moved: int) -> list[tuple[str, str]]:
        for matter in (first, second):
            matter.on = matter.due_on + timedelta(days=moved)
        return [(event["UID"][1], event["DTSTART"][1]) for event in read(calendar_text([first, second], now))]

    before, after = ids_and_days(0), ids_and_days(5)

    assert [uid for uid, _day in before] == [uid for uid, _day in after]
    assert (len({uid for uid, _day in before}), set(before) & set(after)) == (2, set())


def test_feed_leaves_out_what_has_no_words(people, monkeypatch):
    kept, sealed = task(people["department"], title="公开"), task(people["department"], title="密封")
    monkeypatch.setattr(
        "yizhen.matters.desk.feed.feed_text", lambda matter: "" if matter.pk == sealed.pk else matter.number
    )

    assert [event["SUMMARY"][1] for event in read(feed_of(people["county"], timezone.now()))] == [kept.number]
    assert "密封" not in feed_of(people["county"], timezone.now())


def test_feed_holds_at_most_a_fixed_number_of_days(people, monkeypatch):
    monkeypatch.setattr("yizhen.matters.desk.feed.MOST", 2)
    made = [task(people["department"], days=days) for days in (9, 3, 6)]

    events = read(feed_of(people["county"], timezone.now()))

    assert [event["SUMMARY"][1].split()[0] for event in events] == [made[1].number, made[2].number]


# --- the address ---------------------------------------------------------------------------------------------------


def address_of(client: Client) -> str:
    page = client.post("/matters/calendar/feed/")
    assert page.headers["Cache-Control"].split(", ").count("no-store") == 1
    return str(page.context["address"]).removeprefix("http://testserver")


def test_feed_is_read_without_an_account_and_follows_what_its_owner_may_see_now(people):
    user = people["township_office"]
    mine, far = task(people["department"], title="柳岸"), task(people["department"], XITANG, title="西塘")
    address, stranger = address_of(signed_in(user)), Client()

    def numbers() -> list[str]:
        answer = stranger.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert "sessionid" not in answer.cookies
        return [event["SUMMARY"][1].split()[0] for event in read(answer.content.decode())]

    assert numbers() == [mine.number]
    user.scope = factories.place(XITANG)
    user.save()
    assert numbers() == [far.number]
    user.is_active = False
    user.save()
    assert stranger.get(address).status_code == 404


def test_token_is_kept_as_a_hash_and_shown_once(people):
    client = signed_in(people["county"])
    address = address_of(client)
    token = address.removeprefix("/matters/calendar/").removesuffix(".ics")

    feed = CalendarFeed.objects.get()

    assert len(token) == 32
    assert token not in feed.token_hash + "".join(str(record.details) for record in Record.objects.all())
    assert token not in client.get("/matters/calendar/").content.decode()


def test_new_address_ends_the_old_one_and_revoking_ends_it_too(people):
    client, stranger = signed_in(people["county"]), Client()
    old, new = address_of(client), address_of(client)
    assert [stranger.get(address).status_code for address in (old, new)] == [404, 200]

    client.post("/matters/calendar/feed/revoke/")
    client.post("/matters/calendar/feed/revoke/")

    assert stranger.get(new).status_code == 404
    assert [r.event for r in Record.objects.filter(event__startswith="matters.feed").order_by("number")] == [
        "matters.feed_issued",
        "matters.feed_issued",
        "matters.feed_revoked",
    ]


def test_reading_a_feed_writes_nothing_down(people, django_assert_num_queries):
    task(people["department"])
    address, stranger = address_of(signed_in(people["county"])), Client()
    before = (Record.objects.count(), list(CalendarFeed.objects.values()))

    with django_assert_num_queries(2) as asked:
        stranger.get(address)

    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    assert (Record.objects.count(), list(CalendarFeed.objects.values())) == before


@pytest.mark.parametrize("token", ["", "x", "🪡", "' OR 1=1 --", "a" * 500])
def test_wrong_token_is_not_found(people, token):
    assert Client().get(f"/matters/calendar/{token}.ics").status_code == 404


@pytest.mark.parametrize("role", ADMINS)
def test_administrators_have_no_feed(people, role):
    for act in (issue_feed, revoke_feed):
        with pytest.raises(PermissionDenied):
            act(people[role])


def test_database_refuses_a_second_live_feed(people):
    issue_feed(people["county"])

    with pytest.raises(IntegrityError):
        CalendarFeed.objects.create(account=people["county"], token_hash="0" * 64)


def test_two_addresses_asked_at_once_leave_one_that_works(committing):
    factories.fictional_city()
    county = factories.account("county")

    tokens = at_once([lambda: issue_feed(county), lambda: issue_feed(county)])

    answers = [Client().get(f"/matters/calendar/{token}.ics").status_code for token in tokens]
    assert sorted(answers) == [200, 404]


def test_request_of_a_resident_shows_its_title_only(people):
    matter, code = request(title="路灯不亮")

    text = feed_of(people["township_office"], timezone.now())

    assert f"{matter.number} 路灯不亮" in text
    assert [word for word in (code, "村口三盏", "柳岸") if word in text] == []
