"""My queue and the board: what waits, in which group, in how many queries, and that nothing is counted by person."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.factories import XITANG, bring_to, common_problem, rectification, request, signed_in, task
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import issue_notice, take_step
from yizhen.matters.colours import Colour
from yizhen.matters.desk.board import CARDS, USUAL, board_of
from yizhen.matters.desk.waiting import Entry, Waiting, What, When
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.matters.queries import matters_visible_to


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def waits(user) -> list[tuple[str, str]]:
    return [(entry.what.value, entry.matter.title) for entry in Waiting(user)[:]]


@pytest.fixture
def mixed(people):
    """One thing of every sort, each under a name that says for whom it is."""
    head, office, department, county = (
        people[role] for role in ("township_head", "township_office", "department", "county")
    )
    with days_ago(60):
        closed = rectification(people["city_office"], title="已销号", days=10)
        bring_to(State.CLOSED, closed, handler=office, verifier=county)
        late = rectification(people["city_office"], title="超期", days=20)
        take_step(head, late, Verb.ACCEPT)
    with days_ago(30):
        issue_notice(county, late, Colour.BLUE)
    task(department, title="新任务", days=5)
    bring_to(State.RETURNED, task(department, title="有异议", days=6), handler=office, verifier=department)
    bring_to(State.HANDLED, task(department, title="报办结", days=7), handler=office, verifier=department)
    return people


def test_queue_holds_every_sort_for_whom_it_waits_longest_first(mixed):
    assert waits(mixed["township_office"]) == [("handle", "超期"), ("notice", "超期"), ("handle", "新任务")]
    assert waits(mixed["department"]) == [("objection", "有异议"), ("verify", "报办结")]
    assert waits(mixed["county"]) == [("remind", "超期"), ("look_back", "已销号")]
    assert waits(mixed["grid_worker"]) == []
    assert waits(mixed["system_admin"]) == []


@pytest.mark.parametrize(
    ("due", "when"),
    [
        (date(2026, 3, 3), When.OVERDUE),
        (date(2026, 3, 4), When.TODAY),
        (date(2026, 3, 5), When.WEEK),
        (date(2026, 3, 8), When.WEEK),  # a Sunday
        (date(2026, 3, 9), When.LATER),
    ],
)
def test_groups_go_by_a_week_that_ends_on_sunday(due, when):
    wednesday = date(2026, 3, 4)

    assert Entry(What.HANDLE, Matter(), due).when(wednesday) == when


def test_what_was_reported_done_in_time_is_not_late_for_waiting(people):
    office, department = people["township_office"], people["department"]
    with days_ago(30):
        kept = bring_to(
            State.HANDLED, task(department, title="按期报办结", days=7), handler=office, verifier=department
        )
        missed = task(department, title="超期报办结", days=1)
    with days_ago(10):
        bring_to(State.HANDLED, missed, handler=office, verifier=department)

    waiting = Waiting(department)

    assert waiting.counts[What.VERIFY] == {When.OVERDUE: 1, When.TODAY: 1}
    assert [(entry.matter.title, entry.due) for entry in waiting[:]] == [
        ("超期报办结", missed.due_on),
        ("按期报办结", timezone.localdate()),
    ]
    assert kept.due_on < timezone.localdate()


def test_queue_page_groups_counts_and_shows_one_sort(mixed):
    client = signed_in(mixed["township_office"])

    everything, notices = client.get("/matters/queue/").context, client.get("/matters/queue/?what=notice").context

    assert [(code, n) for code, _name, n in everything["sorts"]] == [("handle", 2), ("notice", 1)]
    assert (everything["total"], everything["overdue"]) == (3, 2)
    assert [(group.when, group.total, len(group.entries)) for group in everything["groups"]][0] == ("overdue", 2, 2)
    assert [entry.what for group in notices["groups"] for entry in group.entries] == ["notice"]


def test_reminder_is_issued_from_the_queue_and_leads_back_to_it(people):
    with days_ago(30):
        late = rectification(people["city_office"], days=20)
    client = signed_in(people["county"])
    assert 'name="colour" value="blue"' in client.get("/matters/queue/").content.decode()

    answer = client.post(
        f"/matters/{late.number}/notices/", {"colour": "blue", "next": "/matters/queue/"}, follow=False
    )

    assert answer.headers["Location"] == "/matters/queue/"
    assert waits(people["county"]) == []


def test_long_queue_has_pages_and_whole_counts(people):
    for number in range(53):
        task(people["department"], title=f"任务{number}", days=40)

    second = signed_in(people["township_office"]).get("/matters/queue/?page=2").context

    assert [(group.total, len(group.entries)) for group in second["groups"]] == [(53, 3)]
    assert second["total"] == 53


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"), [("/matters/queue/", 12), ("/matters/board/", 11), ("/matters/calendar/", 5)]
)
def test_pages_take_the_same_queries_for_one_and_for_three(people, rows, address, queries, django_assert_num_queries):
    department = people["department"]
    for _row in range(rows):
        with days_ago(60):
            closed = rectification(people["city_office"], days=10)
            bring_to(State.CLOSED, closed, handler=people["township_office"], verifier=people["county"])
            common_problem(people["city_office"], days=50)
            late = task(people["county"], dispatcher=department.unit, days=20)
            issue = rectification(people["city_office"], days=30, addressee=department.unit)
        issue_notice(people["city_office"], issue, Colour.BLUE)
        bring_to(State.RETURNED, task(department), handler=people["township_office"], verifier=department)
        bring_to(State.HANDLED, task(department), handler=people["township_office"], verifier=department)
        assert late.pk
    client = signed_in(department)
    client.get(address)

    with django_assert_num_queries(queries):
        answer = client.get(address)

    assert answer.status_code == 200


# --- board ---------------------------------------------------------------------------------------------------------


def test_board_has_a_column_for_each_usual_state_with_red_ones_counted(people):
    office, department = people["township_office"], people["department"]
    with days_ago(40):
        take_step(office, task(department, title="办理中", days=20), Verb.ACCEPT)
    task(department, title="新")
    bring_to(State.CLOSED, task(department, title="完"), handler=office, verifier=department)

    columns = board_of(matters_visible_to(department))

    assert [column.state for column in columns] == list(USUAL)
    assert {c.state: (c.total, c.red, [m.title for m in c.cards]) for c in columns if c.total} == {
        "new": (1, 0, ["新"]),
        "handling": (1, 1, ["办理中"]),
    }


def test_board_shows_the_scope_and_narrows_by_kind_line_and_place(people):
    task(people["department"], title="柳岸任务")
    task(people["department"], XITANG, title="西塘任务", work_line="development")
    request(title="路灯不亮")
    client = signed_in(people["county"])

    def shown(query: str) -> set[str]:
        columns = client.get(f"/matters/board/?{query}").context["columns"]
        return {matter.title for column in columns for matter in column.cards}

    assert shown("") == {"柳岸任务", "西塘任务", "路灯不亮"}
    assert shown("kind=resident_request") == {"路灯不亮"}
    assert shown("line=development") == {"西塘任务"}
    assert shown(f"place={XITANG}") == {"西塘任务"}
    assert {
        matter.title
        for column in signed_in(people["village"]).get("/matters/board/").context["columns"]
        for matter in column.cards
    } == set()


def test_board_column_shows_the_most_urgent_and_says_how_many_more(people):
    for number in range(CARDS + 2):
        task(people["department"], title=f"任务{number}", days=100 - number)

    page = signed_in(people["department"]).get("/matters/board/")

    column = page.context["columns"][0]
    assert (column.total, len(column.cards), column.rest) == (CARDS + 2, CARDS, 2)
    assert column.cards[0].title == f"任务{CARDS + 1}"
    assert "/matters/?state=new" in page.content.decode()


def test_board_names_no_person(people):
    matter = task(people["department"], title="排查", owner="承办某甲", accountable="责任某乙")
    bring_to(State.HANDLED, matter, handler=people["township_office"], verifier=people["department"])

    page = signed_in(people["county"]).get("/matters/board/").content.decode()

    assert "排查" in page
    assert [name for name in ("承办某甲", "责任某乙", people["township_office"].display_name) if name in page] == []


def test_today_is_the_site_day(people):
    matter = task(people["department"], days=0)

    (entry,) = Waiting(people["township_office"])[:]

    assert (entry.matter, entry.when(timezone.localdate())) == (matter, When.TODAY)
    assert entry.when(timezone.localdate() + timedelta(days=1)) == When.OVERDUE
