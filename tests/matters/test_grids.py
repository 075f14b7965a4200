"""One grid, one worker, one list: what is posted, what may be sent to a grid, and what it refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import SHIMEN, place, signed_in
from tests.matters.gridded import GRID, listed, posted
from yizhen.demo.clock import days_ago
from yizhen.documents.official import write_official
from yizhen.matters.actions import (
    answer_refusal,
    draw_micro_grid,
    open_matter,
    post_worker,
    refuse_demand,
    retire_micro_grid,
    take_step,
    withdraw_service,
)
from yizhen.matters.grids.alike import items_like
from yizhen.matters.grids.letters import grid_reply
from yizhen.matters.grids.queries import demands_by_unit, grids_visible_to, refusals_of_grids, services_in_force
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import GridPost, GridRefusal


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def refused(actor, *, asked: str = "统计辖区养犬数量", client_id: str = "1", unit: str = "EMG") -> GridRefusal:
    return refuse_demand(
        actor,
        place(GRID),
        factories.unit(unit),
        asked=asked,
        channel="chat",
        asked_on=timezone.localdate(),
        client_id=client_id,
    )


def event(people, kind: str, code: str, actor: str = "township_office"):
    return open_matter(
        people[actor],
        kind=kind,
        title="井盖松动",
        text="前湾村东口井盖松动。",
        division=place(code),
        work_line="safety",
        client_id=f"{kind}{code}{actor}",
        fields={"spot": "东口", "source": "网格员"} if kind == "grid_event" else {"said_at": "大会", "said_to": "群众"},
        due_on=timezone.localdate() + timedelta(days=9) if kind == "own_promise" else None,
    )


def test_next_worker_of_a_grid_ends_the_post_of_the_one_before(people):
    office = people["township_office"]
    first = posted(office, people["grid_worker"])
    other = factories.account("grid_worker", scope_code=GRID, username="another")
    second = posted(office, other)
    again = posted(office, other)

    first.refresh_from_db()
    assert (first.until, second.until, again) == (timezone.localdate(), None, second)
    assert [grid.post_now[0].worker for grid in grids_visible_to(office)] == [other]


def test_worker_has_one_grid_and_a_grid_one_worker_in_the_database_too(people):
    first = posted(people["township_office"], people["grid_worker"])
    for worker in (people["grid_worker"], factories.account("grid_worker", scope_code=GRID, username="another")):
        copy = GridPost(grid=first.grid, worker=worker, shown_name="某", phone="1", supervision_phone="1", covers="某")
        copy.since = first.since
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()


@pytest.mark.parametrize("role", ["village", "grid_worker", "department"])
def test_only_the_township_and_above_post_workers(people, role):
    with pytest.raises(PermissionDenied):
        posted(people[role], people["grid_worker"])


def test_only_a_grid_worker_of_the_village_is_posted(people):
    with pytest.raises(ValidationError) as refusal:
        post_worker(
            people["township_office"],
            place(GRID),
            people["village"],
            shown_name="某",
            phone="1",
            supervision_phone="1",
            covers="某",
        )
    assert list(refusal.value.message_dict) == ["worker"]


def test_number_of_a_micro_grid_is_not_used_again(people):
    office, grid = people["township_office"], place(GRID)
    one = draw_micro_grid(office, grid, name="一号院", covers="1—3 号楼", households=60)
    assert draw_micro_grid(office, grid, name="一号院", covers="1—3 号楼", households=60) == one
    retire_micro_grid(office, one)
    two = draw_micro_grid(office, grid, name="一号院", covers="1—2 号楼", households=40)

    assert (one.number, two.number) == (1, 2)
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        type(two).objects.filter(pk=two.pk).update(number=1)


def test_matter_of_a_kind_that_is_not_on_the_list_is_not_sent_to_a_grid(people):
    listed(people["city_office"])

    event(people, "grid_event", GRID)
    with pytest.raises(ValidationError) as refusal:
        event(people, "own_promise", GRID)
    assert "recipient" in refusal.value.message_dict
    event(people, "own_promise", GRID[:12])  # the village has no such list


def test_grid_without_a_list_takes_what_it_took_before(people):
    assert event(people, "own_promise", GRID).division_id == GRID


def test_dispatch_to_a_grid_keeps_to_the_list(people):
    item = listed(people["city_office"])
    matter = event(people, "grid_event", GRID[:12])
    take_step(people["township_office"], matter, Verb.CONFIRM)
    take_step(people["township_office"], matter, Verb.FILE)
    withdraw_service(people["city_office"], item, "已由部门承担")
    listed(people["city_office"], "W-2", ("hazard",), "隐患排查")

    with pytest.raises(ValidationError) as refusal:
        take_step(people["township_office"], matter, Verb.DISPATCH, to_division=place(GRID))
    assert list(refusal.value.message_dict) == ["recipient"]


def test_item_is_in_force_from_its_day_until_it_is_withdrawn(people):
    with days_ago(10):
        item = listed(people["city_office"])
    withdraw_service(people["city_office"], item, "已由部门承担")

    day = timezone.localdate()
    shown = [list(services_in_force("9901", day - timedelta(days=n))) for n in (11, 10, 1, 0)]
    assert shown == [[], [item], [item], []]
    with pytest.raises(ValidationError, match="代码"):
        listed(people["city_office"])


def test_reply_cites_the_list_and_the_count_is_the_departments(people):
    listed(people["city_office"])
    refusal = refused(people["grid_worker"])
    again = refused(people["grid_worker"])

    assert (again, refusal.number) == (refusal, f"{GRID}-{timezone.localdate().year}-J001")
    assert "共 1 项" in refusal.text
    assert "W-1 公共设施巡查" in refusal.text
    assert "工作群要求第1网格承担“统计辖区养犬数量”" in refusal.text
    assert [(row.name_zh, row.refused, row.answered) for row in demands_by_unit(people["city_office"])] == [
        (factories.unit("EMG").name_zh, 1, 0)
    ]
    assert write_official(grid_reply(refusal)).startswith(b"PK")


def test_nothing_is_refused_without_a_list_to_cite(people):
    with pytest.raises(ValidationError, match="还没有公布"):
        refused(people["grid_worker"])


def test_department_answers_once_and_others_not_at_all(people):
    listed(people["city_office"])
    refusal = refused(people["village"])
    other = factories.account("department", unit=factories.unit("HEA"))

    for stranger in (other, people["city_office"], people["grid_worker"]):
        with pytest.raises(PermissionDenied):
            answer_refusal(stranger, refusal, "知道了")
    answer_refusal(people["department"], refusal, "已收回")
    assert answer_refusal(people["department"], refusal, "已收回").answer == "已收回"
    with pytest.raises(ValidationError, match="已经答复"):
        answer_refusal(people["department"], refusal, "又要")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        GridRefusal.objects.filter(pk=refusal.pk).update(answer="改")
    assert list(refusals_of_grids(other)) == []


def test_demand_that_sounds_like_an_item_is_asked_about_first(people):
    item = listed(people["city_office"])
    given = {
        "grid": GRID, "unit": "EMG", "asked": "每天巡查公共设施", "channel": "phone",
        "asked_on": str(timezone.localdate()), "client_id": "x",
    }  # fmt: skip
    client = signed_in(people["village"])

    asked = client.post("/matters/grids/refuse/", given)
    assert (asked.status_code, asked.context["alike"], GridRefusal.objects.count()) == (200, [item], 0)
    sent = client.post("/matters/grids/refuse/", given | {"sure": "1"})
    assert (sent.status_code, GridRefusal.objects.get().asked) == (302, "每天巡查公共设施")
    assert items_like("统计养犬数量", [item]) == []


def test_posted_page_needs_no_account_and_shows_what_the_law_wants(people):
    listed(people["city_office"])
    posted(people["township_office"], people["grid_worker"])
    draw_micro_grid(people["township_office"], place(GRID), name="一号院", covers="1—3 号楼", households=60)

    page = Client().get(f"/ask/grids/{GRID}/").content.decode()
    for word in ("张某某", "0990-7001", "0990-7002", "1—6 号楼", "一号院", "公共设施巡查", "<svg"):
        assert word in page
    assert people["grid_worker"].username not in page
    assert Client().get("/ask/grids/990181101201/").status_code == 404
    assert "张某某" in Client().get("/ask/grids/", {"place": GRID[:9]}).content.decode()


def test_grids_of_another_township_are_nobodys(people):
    office = factories.account("township_office", scope_code=SHIMEN, username="shimen")
    assert list(grids_visible_to(office)) == []
    assert signed_in(office).get(f"/matters/grids/{GRID}/").status_code == 404


def test_list_of_grids_asks_the_same_number_of_queries_for_one_and_for_three(people, django_assert_num_queries):
    listed(people["city_office"])
    posted(people["township_office"], people["grid_worker"])
    client = signed_in(people["township_office"])
    refused(people["grid_worker"], client_id="0")
    client.get("/matters/grids/")
    with django_assert_num_queries(10):
        client.get("/matters/grids/")
    for number in (1, 2):
        refused(people["grid_worker"], client_id=str(number))
        draw_micro_grid(people["township_office"], place(GRID), name=f"{number} 号院", covers="某", households=None)
    with django_assert_num_queries(10):
        client.get("/matters/grids/")
