"""Opening matters: once, numbered, with a stored clock; and who finds them where."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, bring_to, rectification, request, signed_in, task, upload
from tests.memory import remembered
from yizhen.clocks import national_calendar
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import assign_task, follow_hash, open_matter, take_request
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Evidence, Matter
from yizhen.matters.queries import (
    board_counts,
    due_from,
    in_thread,
    look_backs_due,
    matters_visible_to,
    threads_into,
)
from yizhen.people.models import ROLES

SENDERS = {"city_office", "department", "county"}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def fields(**changes):
    content = {
        "title": "汛期隐患排查", "text": "报送台账。", "work_line": "safety", "basis": "清应急〔2026〕1号", "client_id": "c1",
        "due_on": timezone.localdate() + timedelta(days=20),
    }  # fmt: skip
    return content | changes


def at(day: str):
    """Let the test happen at noon of a day."""
    then = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return days_ago((timezone.now() - then).total_seconds() / 86_400)


# --- opening -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_task_is_sent_by_city_county_and_department_only(people, role):
    if role in SENDERS:
        assert [m.raised_by for m in assign_task(people[role], townships=[factories.place(LIUAN)], **fields())] == [
            people[role]
        ]
    else:
        with pytest.raises(PermissionDenied):
            assign_task(people[role], townships=[factories.place(LIUAN)], **fields())
        assert Matter.objects.count() == 0


def test_task_to_another_county_is_refused_as_a_whole(people):
    with pytest.raises(PermissionDenied), transaction.atomic():
        assign_task(people["county"], townships=[factories.place(LIUAN), factories.place(SHIMEN)], **fields())

    assert Matter.objects.count() == 0


def test_task_to_several_townships_is_one_matter_each(people):
    made = assign_task(
        people["department"], townships=[factories.place(code) for code in (LIUAN, XITANG, SHIMEN)], **fields()
    )

    year = timezone.localdate().year
    assert [(m.division_id, m.number, m.dispatcher) for m in made] == [
        (code, f"R{year}-0000{n}", people["department"].unit) for n, code in enumerate((LIUAN, XITANG, SHIMEN), start=1)
    ]


def test_task_to_nobody_is_refused(people):
    with pytest.raises(ValidationError) as caught:
        assign_task(people["department"], townships=[], **fields())

    assert list(caught.value.message_dict) == ["townships"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due_on": timezone.localdate() - timedelta(days=1)}, "due_on"),
        ({"due_on": None}, "due_on"),
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"text": ""}, "text"),
        ({"work_line": "leisure"}, "work_line"),
    ],
)
def test_task_with_a_wrong_value_is_an_error_at_its_field(people, change, field):
    with pytest.raises(ValidationError) as caught:
        assign_task(people["department"], townships=[factories.place(LIUAN)], **fields(**change))

    assert list(caught.value.message_dict) == [field]
    assert Matter.objects.count() == 0


def test_numbers_count_by_kind_and_year(people):
    year = timezone.localdate().year

    numbers = [
        task(people["department"]).number,
        request()[0].number,
        task(people["department"]).number,
        rectification(people["city_office"]).number,
    ]

    assert numbers == [f"R{year}-00001", f"S{year}-00001", f"R{year}-00002", f"Z{year}-00001"]


# --- once ----------------------------------------------------------------------------------------------------------


def test_same_client_id_gives_the_same_matters(people):
    townships = [factories.place(LIUAN), factories.place(XITANG)]

    first = assign_task(people["department"], townships=townships, **fields())
    second = assign_task(people["department"], townships=townships, **fields())

    assert (first, Matter.objects.count()) == (second, 2)
    assert [m.events.count() for m in first] == [1, 1]


def test_same_client_id_with_another_content_is_refused(people):
    assign_task(people["department"], townships=[factories.place(LIUAN)], **fields())

    with pytest.raises(ValidationError, match="已经提交过"), transaction.atomic():
        assign_task(
            people["department"],
            townships=[factories.place(XITANG), factories.place(LIUAN)],
            **fields(title="另一件事"),
        )

    assert list(Matter.objects.values_list("title", "division_id")) == [("汛期隐患排查", LIUAN)]


def test_same_client_id_at_once_opens_one_matter(committing):
    factories.fictional_city()
    content = {"division": factories.place(LIUAN), "title": "路灯不亮", "text": "三盏。", "work_line": "livelihood"}

    results = factories.at_once([lambda: take_request(None, kind="resident_request", **content, client_id="twice")] * 6)

    assert [type(result) for result in results] == [tuple] * 6
    assert len({matter.pk for matter, _code in results}) == Matter.objects.count() == 1
    assert sorted(len(code) for _matter, code in results) == [0, 0, 0, 0, 0, 10]


def test_numbers_given_at_once_differ(committing):
    factories.fictional_city()
    year = timezone.localdate().year

    results = factories.at_once([request] * 6)

    assert sorted(matter.number for matter, _code in results) == [f"S{year}-0000{n}" for n in range(1, 7)]


def test_residents_client_id_cannot_take_the_place_of_an_officials(people):
    place = factories.place(LIUAN)
    take_request(
        None, kind="resident_request", division=place, title="假", text="假", work_line="safety", client_id="problem:1"
    )

    made = open_matter(people["city_office"], kind="rectification", division=place, **fields(client_id="problem:1"))

    assert (made.kind, Matter.objects.count()) == ("rectification", 2)


def test_client_id_twice_is_refused_by_the_database(people):
    matter, other = task(people["department"]), task(people["department"])

    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=other.pk).update(client_id=matter.client_id)


# --- the resident's privacy ----------------------------------------------------------------------------------------


def test_request_holds_no_personal_data():
    names = {field.name for field in Matter._meta.get_fields()} - {"addressee"}  # a department, not where one lives

    assert [
        n
        for n in names
        if any(word in n for word in ("phone", "mobile", "tel", "name", "email", "address", "idcard", "ip"))
    ] == []


def test_request_is_raised_by_nobody_and_followed_by_a_hash(people):
    matter, code = request()

    assert (matter.raised_by, matter.follow_hash, len(code)) == (None, follow_hash(code), 10)
    row = Matter.objects.filter(pk=matter.pk).values().get()
    assert [name for name, value in row.items() if code in str(value)] == []
    assert [(e.by, e.by_label) for e in matter.events.all()] == [(None, "诉求人")]


@pytest.mark.parametrize(
    "typed", ["ABCDE-23456", " ABCDE-23456 ", "abcde23456", "abcde 23456", "AB CDE—23 456", "ＡＢＣＤＥ２３４５６"]
)
def test_code_may_be_typed_with_dashes_spaces_or_in_small_or_wide_letters(typed):
    assert follow_hash(typed) == follow_hash("ABCDE23456")
    assert follow_hash(typed) != follow_hash("ABCDE23457")


def test_code_is_of_letters_that_are_not_mixed_up(people):
    codes = "".join(request()[1] for _unused in range(20))

    assert set(codes) & set("01OIL") == set()


# --- the clock -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2025-03-10", "2025-03-17"),  # Monday; five working days
        ("2025-09-25", "2025-10-09"),  # Sunday 28 September is worked, 1–8 October is off
        ("2025-09-29", "2025-10-13"),  # 1–8 October is off, Saturday the 11th is worked
        ("2025-01-24", "2025-02-07"),  # Spring Festival: 26 January worked, 28 January – 4 February off
    ],
)
def test_request_is_due_in_five_working_days_over_moved_holidays(people, opened, due):
    with at(opened):
        matter, _code = request()

    assert (timezone.localtime(matter.opened_at).date().isoformat(), matter.due_on.isoformat()) == (opened, due)
    working = [
        d for d in range(1, 60) if national_calendar().is_working_day(date.fromisoformat(opened) + timedelta(days=d))
    ]
    assert matter.due_on == date.fromisoformat(opened) + timedelta(days=working[4])


def test_deadline_is_stored_with_its_derivation(people):
    with at("2025-09-29"):
        matter, _code = request()

    stored = Matter.objects.get(pk=matter.pk).deadline
    assert (stored.due, stored.warning) == (matter.due_on, matter.warning_on)
    assert [step.day.isoformat() for step in stored.steps][-1] == "2025-10-13"
    assert sum(step.counted for step in stored.steps) == 5


def test_task_is_due_on_the_day_named(people):
    matter = task(people["department"], days=17)

    assert (matter.due_on, matter.deadline.due) == (timezone.localdate() + timedelta(days=17),) * 2


def test_light_is_derived_from_the_stored_clock(people):
    far, near = task(people["department"], days=60), task(people["department"], days=1)
    with days_ago(10):
        late = task(people["department"], days=5)

    assert [m.light for m in (far, near, late)] == ["green", "yellow", "red"]
    assert "light" not in {field.name for field in Matter._meta.get_fields()}
    assert [late.days_left, late.is_late_on(timezone.localdate()), far.is_late_on(timezone.localdate())] == [
        -5,
        True,
        False,
    ]


def test_light_of_work_done_in_time_stays_green_and_of_late_work_red(people):
    with days_ago(10):
        first = bring_to(
            State.HANDLED,
            task(people["department"], days=5),
            handler=people["township_office"],
            verifier=people["county"],
        )
        second = task(people["department"], days=5)
    second = bring_to(State.HANDLED, second, handler=people["township_office"], verifier=people["county"])

    assert [first.light, second.light] == ["green", "red"]


# --- who finds what ------------------------------------------------------------------------------------------------


@pytest.fixture
@remembered
def scattered(people):
    """Matters of two senders in three townships and a village."""
    health = factories.account("department", unit=factories.unit("HEA"))
    return {
        "liuan task": task(people["department"], LIUAN, title="柳岸任务"),
        "liuan health": task(health, LIUAN, title="柳岸卫生"),
        "liuan request": request(LIUAN, title="柳岸路灯")[0],
        "village request": request("990181101201", title="前湾路灯")[0],
        "other village": request("990181101202", title="和平路灯")[0],
        "xitang task": task(people["department"], XITANG, title="西塘任务"),
        "shimen request": request(SHIMEN, title="石门路灯")[0],
        "gudu promise": rectification(people["city_office"], GUDU, title="古渡整改"),
    }


LIUANS = {"liuan task", "liuan health", "liuan request", "village request", "other village"}
SEEN = {
    "city_office": LIUANS | {"xitang task", "shimen request", "gudu promise"},
    "department": {"liuan task", "xitang task"},
    "county": LIUANS | {"xitang task", "gudu promise"},
    "township_head": LIUANS,
    "township_office": LIUANS,
    "village": {"village request"},
    "grid_worker": set(),
}


@pytest.mark.parametrize("role", ROLES)
def test_matters_seen_in_list_search_queue_and_pages_are_those_of_the_scope(people, scattered, role):
    client, user = signed_in(people[role]), people[role]
    names = {matter.pk: name for name, matter in scattered.items()}
    seen = SEEN.get(role, set())

    listed = {names[m.pk] for m in client.get("/matters/").context["page"]}
    searched = {
        names[m.pk]
        for word in ("柳岸", "西塘", "石门", "古渡", "前湾", "和平")
        for m in client.get("/matters/", {"q": word}).context["page"]
    }
    numbered = {
        names[m.pk] for each in scattered.values() for m in client.get("/matters/", {"q": each.number}).context["page"]
    }
    found = {
        names[m.pk]
        for word in ("路灯", "任务", "整改", "卫生")
        for m in client.get("/search/", {"q": word}).context["matters"]
    }
    opened = {name for name, m in scattered.items() if client.get(f"/matters/{m.number}/").status_code == 200}
    closed = {client.get(f"/matters/{m.number}/").status_code for name, m in scattered.items() if name not in seen}
    queued = {names[entry.matter.pk] for entry in client.get("/matters/queue/").context["page"]}

    assert [listed, searched, numbered, found, opened] == [seen] * 5
    assert closed <= {404}
    assert queued == (seen if role in {"township_head", "township_office", "village"} else set())
    assert matters_visible_to(user).count() == len(seen)


@pytest.mark.parametrize("role", ["department", "county", "township_office", "village"])
def test_steps_on_a_matter_elsewhere_are_not_found(people, scattered, role):
    matter = scattered["shimen request"]

    response = signed_in(people[role]).post(f"/matters/{matter.number}/", {"verb": "accept"})

    assert (response.status_code, Matter.objects.get(pk=matter.pk).state) == (404, State.NEW)


def test_queue_holds_what_waits_for_each_party_and_first_for_the_nearest(people):
    sender, office, head = people["department"], people["township_office"], people["township_head"]
    new = task(sender)
    returned = bring_to(State.RETURNED, task(sender), handler=office, verifier=sender)
    handled = bring_to(State.HANDLED, task(sender), handler=office, verifier=sender)
    countys = bring_to(State.HANDLED, task(people["county"]), handler=office, verifier=sender)
    by_office = bring_to(State.HANDLED, request()[0], handler=office, verifier=head)
    by_head = bring_to(State.HANDLED, request()[0], handler=head, verifier=office)

    queues = {role: {m.pk for m in due_from(user)} for role, user in people.items()}

    assert queues == dict.fromkeys(ROLES, set()) | {
        "township_office": {new.pk, by_head.pk},
        "township_head": {new.pk, by_office.pk},
        "department": {returned.pk, handled.pk},
        "county": {countys.pk, by_head.pk},
        "city_office": {countys.pk, by_head.pk},
    }


def test_queue_puts_red_first_then_yellow_then_green(people):
    green, yellow = task(people["department"], days=40), task(people["department"], days=1)
    with days_ago(20):
        red = task(people["department"], days=5)

    assert list(due_from(people["township_office"])) == [red, yellow, green]


def test_look_back_is_due_on_its_day_for_those_who_may_check(people):
    with days_ago(40):
        matter = bring_to(
            State.CLOSED,
            rectification(people["city_office"], days=5),
            handler=people["township_office"],
            verifier=people["county"],
        )
    day = matter.look_back_on

    assert [list(look_backs_due(people["county"], today)) for today in (day - timedelta(days=1), day)] == [[], [matter]]
    assert not look_backs_due(people["township_head"], day)


def test_threads_count_open_matters_by_sender_with_the_worst_light(people, scattered):
    with days_ago(20):
        task(people["department"], LIUAN, days=2)

    threads = threads_into(people["township_office"], factories.place(LIUAN))

    assert [(t.code, t.count, t.light) for t in threads] == [
        ("resident", 3, threads[0].light),
        ("EMG", 2, "red"),
        ("HEA", 1, "green"),
    ]
    visible = matters_visible_to(people["township_office"])
    assert {t.code: in_thread(visible, t.code).count() for t in threads} == {"resident": 3, "EMG": 2, "HEA": 1}


def test_boards_count_open_matters_only(people):
    sender, office = people["department"], people["township_office"]
    bring_to(State.CLOSED, task(sender, days=40), handler=office, verifier=sender)
    bring_to(State.WITHDRAWN, task(sender, days=40), handler=office, verifier=sender)
    task(sender, days=40)
    task(sender, days=40, work_line="development")

    assert board_counts(matters_visible_to(office)) == {
        "safety": {"assigned_task": {"green": 1}},
        "development": {"assigned_task": {"green": 1}},
    }


# --- pages ---------------------------------------------------------------------------------------------------------


def form(**changes):
    content = {key: str(value) for key, value in fields().items()} | {
        "townships": [LIUAN, XITANG],
        "amount": "",
        "unit": "working_day",
    }
    return content | changes


def test_assign_page_sends_a_task_once(people):
    client = signed_in(people["department"])

    answers = [client.post("/matters/assign/", form()).status_code for _unused in range(2)]

    assert answers == [302, 302]
    assert sorted(Matter.objects.values_list("division_id", flat=True)) == [LIUAN, XITANG]


def test_assign_page_with_the_same_form_and_another_content_says_so(people):
    client = signed_in(people["department"])
    client.post("/matters/assign/", form())

    response = client.post("/matters/assign/", form(title="另一件事"))

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["__all__"])
    assert "已经提交过" in response.content.decode()
    assert Matter.objects.count() == 2


@pytest.mark.parametrize(("unit", "due"), [("working_day", "2025-10-13"), ("natural_day", "2025-10-09")])
def test_assign_page_counts_days_over_moved_holidays(people, unit, due):
    client = signed_in(people["department"])

    with at("2025-09-29"):
        response = client.post("/matters/assign/", form(due_on="", amount="5", unit=unit))

    made = Matter.objects.get(division=LIUAN)
    assert (response.status_code, made.due_on.isoformat(), made.deadline.rule.amount) == (302, due, 5)
    assert made.deadline.rule.source == "清应急〔2026〕1号"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"townships": []}, "townships"),
        ({"amount": "5"}, "due_on"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "", "amount": "0"}, "amount"),
        ({"unit": "leap_year"}, "unit"),
        ({"townships": [SHIMEN]}, "townships"),
        ({"due_on": "2001-01-01"}, "due_on"),
        ({"title": ""}, "title"),
    ],
)
def test_assign_page_shows_errors_at_their_fields(people, change, field):
    response = signed_in(people["county"]).post("/matters/assign/", form(**change))

    assert (response.status_code, list(response.context["form"].errors)[0]) == (400, field)
    assert Matter.objects.count() == 0


def test_matter_page_takes_a_step_with_evidence(people):
    matter = bring_to(
        State.HANDLING, task(people["department"]), handler=people["township_office"], verifier=people["county"]
    )
    client = signed_in(people["township_office"])

    response = client.post(
        f"/matters/{matter.number}/",
        {"verb": "report_done", "text": "已办。", "disposition": "solved", "file": upload()},
    )

    assert (response.status_code, Matter.objects.get().state, Evidence.objects.count()) == (302, State.HANDLED, 1)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"verb": "report_done", "text": "", "disposition": "solved"}, "text"),
        ({"verb": "report_done", "text": "已办。", "disposition": ""}, "disposition"),
        ({"verb": "report_done", "text": "已办。", "disposition": "nonsense"}, "disposition"),
        ({"verb": "accept"}, "text"),
        ({"verb": "abracadabra"}, "text"),
        ({}, "verb"),
    ],
)
def test_matter_page_keeps_what_was_typed_and_shows_the_error(people, data, field):
    matter = bring_to(
        State.HANDLING, task(people["department"]), handler=people["township_office"], verifier=people["county"]
    )

    response = signed_in(people["township_office"]).post(f"/matters/{matter.number}/", data)

    assert (response.status_code, list(response.context["errors"])) == (400, [field])
    assert response.context["typed"] == {key: data.get(key, "") for key in ("verb", "text", "disposition")}
    assert Matter.objects.get().state == State.HANDLING


def test_matter_page_refuses_a_step_of_another_party(people):
    matter = bring_to(
        State.HANDLED, task(people["department"]), handler=people["township_office"], verifier=people["county"]
    )

    response = signed_in(people["township_office"]).post(
        f"/matters/{matter.number}/", {"verb": "pass_verification", "text": "x"}
    )

    assert (response.status_code, Matter.objects.get().state) == (403, State.HANDLED)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"kind": "resident_request"}, {"liuan request", "village request", "other village", "shimen request"}),
        ({"state": "open"}, SEEN["city_office"]),
        ({"state": "closed"}, set()),
        ({"line": "livelihood"}, {"liuan request", "village request", "other village", "shimen request"}),
        ({"place": LIUAN}, LIUANS),
        ({"place": "990122"}, {"shimen request"}),
        ({"thread": "HEA"}, {"liuan health"}),
        ({"thread": "rectification"}, {"gudu promise"}),
        ({"kind": "nonsense", "state": "nonsense", "line": "nonsense"}, SEEN["city_office"]),
        ({"place": LIUAN, "thread": "EMG", "q": "任务"}, {"liuan task"}),
    ],
)
def test_list_page_filters(people, scattered, query, names):
    found = signed_in(people["city_office"]).get("/matters/", query).context["page"]

    assert {name for name, matter in scattered.items() if matter in list(found)} == names


@pytest.mark.parametrize(
    "page", ["/matters/", "/matters/queue/", "/", "/headquarters/", f"/township/{LIUAN}/", "/places/"]
)
@pytest.mark.parametrize("role", ["city_office", "township_office"])
def test_page_takes_the_same_queries_for_one_and_three_matters(people, page, role):
    if page == "/headquarters/" and role == "township_office":
        page = "/search/?q=汛期"
    sender = people["department"]
    client = signed_in(people[role])

    def add(township: str) -> None:
        bring_to(
            State.HANDLED, task(sender, township), handler=factories.account("township_head", township), verifier=sender
        )
        task(sender, township)
        bring_to(
            State.RETURNED, task(sender, township), handler=people["township_office"], verifier=sender
        ) if township == LIUAN else None

    add(LIUAN)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for township in (LIUAN, LIUAN):
        add(township)
    with CaptureQueriesContext(connection) as three:
        assert client.get(page).status_code == 200

    assert len(three) == len(one)
    assert len(one) <= (60 if page.startswith("/township/") else 30)  # a post's boards: a few from each room


def test_kinds_have_each_their_letter():
    letters = [kind.letter for kind in KINDS.values()]

    assert len(set(letters)) == len(letters)
    assert {code: KINDS[code].letter for code in ("assigned_task", "resident_request", "rectification")} == {
        "assigned_task": "R",
        "resident_request": "S",
        "rectification": "Z",
    }
