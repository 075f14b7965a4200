"""Saved searches: own only, never about a person, alerts worked out when asked; the digest of what changed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, XITANG, bring_to, request, signed_in, task
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import drop_search, save_search, take_step
from yizhen.matters.actions.desk import MOST_SEARCHES
from yizhen.matters.desk.filters import Filters
from yizhen.matters.desk.searches import alerts_for, as_plain_text, digest, standings
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import SavedSearch


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def saved(user, name: str = "安全", **fields):
    filters = Filters(**fields.pop("filters", {}))
    return save_search(user, name=name, filters=filters, **fields)


# --- saving --------------------------------------------------------------------------------------------------------


def test_search_is_saved_from_the_list_and_leads_back_to_it(people):
    client = signed_in(people["county"])
    assert "/matters/searches/?line=safety#new" in client.get("/matters/?line=safety").content.decode()

    answer = client.post("/matters/searches/", {"name": "安全", "line": "safety", "more_than": "3", "page": "7"})

    search = SavedSearch.objects.get()
    assert answer.status_code == 302
    assert (search.owner, search.filters, search.more_than, search.any_red) == (
        people["county"], {"line": "safety"}, 3, False,
    )  # fmt: skip
    assert 'href="/matters/?line=safety"' in client.get("/matters/searches/").content.decode()


def test_same_name_replaces_and_another_owner_has_a_name_of_the_same(people):
    first = saved(people["county"], more_than=3)
    again = saved(people["county"], filters={"kind": "rectification"})
    saved(people["township_office"])

    assert (first.pk, again.filters, again.more_than) == (again.pk, {"kind": "rectification"}, None)
    assert SavedSearch.objects.count() == 2
    with pytest.raises(IntegrityError):
        SavedSearch.objects.create(owner=people["county"], name="安全", filters={})


@pytest.mark.parametrize("number", ["11010519491231002X", "138 0013 8000", "１３８００１３８０００"])
@pytest.mark.parametrize("field", ["q", "name"])
def test_search_about_a_person_is_refused_with_the_reason(people, number, field):
    data = {"name": "查询", "q": "井盖"} | {field: number}

    page = signed_in(people["county"]).post("/matters/searches/", data)

    assert page.status_code == 400
    assert "身份证号或手机号" in page.content.decode()
    assert not SavedSearch.objects.exists()


def test_twenty_searches_are_enough(people):
    for number in range(MOST_SEARCHES):
        saved(people["county"], f"查询{number}")

    with pytest.raises(ValidationError, match="最多存 20 个"):
        saved(people["county"], "又一个")
    saved(people["county"], "查询0", any_red=True)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin", "scrutineer", "teller"])
def test_administrators_save_nothing(people, role):
    with pytest.raises(PermissionDenied):
        saved(people[role])


def test_somebody_elses_search_cannot_be_dropped(people):
    search = saved(people["county"])

    assert signed_in(people["city_office"]).post(f"/matters/searches/{search.pk}/drop/").status_code == 404
    with pytest.raises(PermissionDenied):
        drop_search(people["city_office"], search)
    assert signed_in(people["county"]).post(f"/matters/searches/{search.pk}/drop/").status_code == 302
    assert not SavedSearch.objects.exists()


def test_audit_says_that_a_search_was_saved_and_not_what_it_looks_for(people):
    saved(people["county"], "很特别的名字", filters={"q": "很特别的字"})

    record = Record.objects.get(event="matters.search_saved")

    assert (record.actor, record.details) == (people["county"], {})


# --- alerts --------------------------------------------------------------------------------------------------------


def test_alert_comes_above_the_line_and_not_on_it(people):
    search = saved(people["county"], filters={"line": "safety"}, more_than=2)
    for _one in range(2):
        task(people["department"])
    assert alerts_for(people["county"]) == []

    last = task(people["department"], XITANG)

    (alert,) = alerts_for(people["county"])
    assert (alert.search, alert.open, alert.red, alert.is_over, alert.is_red) == (search, 3, 0, True, False)
    take_step(people["department"], last, Verb.WITHDRAW, text="重复。")
    assert alerts_for(people["county"]) == []


def test_alert_of_red_ones_counts_open_ones_alone(people):
    saved(people["county"], any_red=True)
    with days_ago(30):
        done, late = task(people["department"], days=10), task(people["department"], days=20)
    bring_to(State.HANDLED, done, handler=people["township_office"], verifier=people["department"])
    take_step(people["department"], done, Verb.PASS, text="属实。")
    assert done.due_on < timezone.localdate()

    (alert,) = alerts_for(people["county"])

    assert (alert.open, alert.red, alert.is_red) == (1, 1, True)
    assert alert.query == "state=open"
    assert late.light == "red"


def test_alerts_count_what_the_owner_may_see(people):
    task(people["department"], XITANG)
    for role in ("county", "township_office"):
        saved(people[role], more_than=0)

    assert [len(alerts_for(people[role])) for role in ("county", "township_office")] == [1, 0]


@pytest.mark.parametrize("address", ["/", "/matters/queue/"])
def test_alert_is_a_line_on_today_and_in_the_queue(people, address):
    task(people["department"])
    saved(people["county"], "盯着安全", more_than=0)

    here, there = (signed_in(people[role]).get(address).content.decode() for role in ("county", "city_office"))

    assert "未销号 1 件，超过您定的 0 件" in here
    assert ("盯着安全" in here, "盯着安全" in there) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/matters/searches/", 4), ("/matters/digest/", 6)])
def test_pages_take_the_same_queries_for_one_and_for_three(people, rows, address, queries, django_assert_num_queries):
    for number in range(rows):
        task(people["department"], [LIUAN, XITANG][number % 2])
        saved(people["county"], f"查询{number}", filters={"line": "safety"}, more_than=0)
    client = signed_in(people["county"])
    client.get(address)

    with django_assert_num_queries(queries):
        client.get(address)


def test_standings_are_worked_out_in_one_query(people, django_assert_num_queries):
    task(people["department"], title="井盖松动")
    request(title="路灯不亮")
    searches = [
        saved(people["county"], name, filters=filters)
        for name, filters in (("一", {"q": "井盖"}), ("二", {"kind": "resident_request"}), ("三", {}))
    ]

    with django_assert_num_queries(1):
        found = standings(people["county"], searches)

    assert [one.open for one in found] == [1, 1, 2]
    assert standings(people["county"], []) == []


# --- the digest ----------------------------------------------------------------------------------------------------


def test_digest_tells_the_steps_since_a_day_by_saved_search(people):
    with days_ago(3):
        old = task(people["department"], title="旧任务")
        take_step(people["township_office"], old, Verb.ACCEPT)
    new = task(people["department"], XITANG, title="新任务")
    take_step(people["township_office"], old, Verb.REPORT_DONE, text="已完成。", disposition="solved")
    search = saved(people["county"], "在办的", filters={"state": "handling", "light": "red", "place": LIUAN})
    today = timezone.localdate()

    def told(days: int) -> list[tuple[str, list[tuple[str, str]]]]:
        chapters, more = digest(people["county"], [search], today - timedelta(days=days))
        assert not more
        return [(c.name, [(change.matter.title, change.words) for change in c.changes]) for c in chapters]

    assert told(0) == [("在办的", [("旧任务", "报告办结")])]
    assert told(3) == [("在办的", [("旧任务", "登记，接收，报告办结")])]
    ((name, changes),) = [
        (c.name, [change.matter for change in c.changes]) for c in digest(people["county"], [], today)[0]
    ]
    assert (name, changes) == ("全部事项", [old, new])


def test_digest_holds_the_scope_only_and_no_words_of_others(people):
    matter = task(people["department"], XITANG, title="西塘任务")
    take_step(people["department"], matter, Verb.WITHDRAW, text="某人打电话来要求撤回。")

    pages = {role: signed_in(user).get("/matters/digest/").content.decode() for role, user in people.items()}

    assert {role for role, page in pages.items() if "西塘任务" in page} == {"city_office", "county", "department"}
    assert [role for role, page in pages.items() if "某人打电话" in page] == []


def test_digest_as_text_to_copy(people):
    matter = task(people["department"], title="排查")
    since = timezone.localdate()
    chapters, _more = digest(people["county"], [], since)

    lines = as_plain_text(chapters, since).splitlines()

    assert lines[2:] == ["【全部事项】1 件", f"{matter.number} 排查 · 柳岸镇 · 登记"]
    assert lines[0].startswith("一针 · ")
    empty = as_plain_text(digest(people["village"], [], since)[0], since).splitlines()
    assert empty[2:] == ["【全部事项】0 件", "没有变化"]


@pytest.mark.parametrize(("since", "days"), [("", 0), ("x", 0), ("2001-01-01", 92), ("2999-01-01", 0)])
def test_digest_looks_back_at_most_three_months_and_never_ahead(people, since, days):
    page = signed_in(people["county"]).get("/matters/digest/", {"since": since})

    assert (page.status_code, page.context["since"]) == (200, timezone.localdate() - timedelta(days=days))


def test_digest_says_when_there_is_more(people, monkeypatch):
    monkeypatch.setattr("yizhen.matters.desk.searches.MOST_STEPS", 2)
    for number in range(3):
        task(people["department"], title=f"任务{number}")

    page = signed_in(people["county"]).get("/matters/digest/")

    assert [change.matter.title for change in page.context["chapters"][0].changes] == ["任务1", "任务2"]
    assert page.context["more"]
