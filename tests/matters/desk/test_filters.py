"""The list's filters as a value; lights asked of the database are the lights that matters show; personal numbers."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, XITANG, bring_to, request, signed_in, task
from yizhen.clocks import Light, last_near_day, light
from yizhen.demo.clock import days_ago
from yizhen.matters.desk.filters import Filters
from yizhen.matters.desk.personal import looks_personal
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import State
from yizhen.matters.lights import has_light
from yizhen.matters.models import Matter, OwnKind


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.mark.django_db
def test_filters_keep_what_is_known_and_leave_out_what_is_not():
    given_values = {"kind": "rectification", "state": "open", "line": "nonsense", "light": "red", "q": " 井盖 ", "x": 1}

    filters = Filters.of(given_values)

    assert filters.as_dict() == {"kind": "rectification", "state": "open", "q": "井盖", "light": "red"}
    assert Filters.of(filters.as_dict()) == filters
    assert filters.words == ["种类：整改事项", "状态：未销号", "灯：超期", "字词：井盖"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"柳岸任务", "西塘任务", "路灯不亮"}),
        ({"kind": "resident_request"}, {"路灯不亮"}),
        ({"state": "handling"}, set()),
        ({"place": XITANG}, {"西塘任务"}),
        ({"thread": "EMG", "place": LIUAN}, {"柳岸任务"}),
        ({"q": "任务", "line": "safety"}, {"柳岸任务", "西塘任务"}),
        ({"light": "yellow"}, {"西塘任务"}),
        ({"light": "red"}, set()),
    ],
)
def test_list_page_filters(people, query, found):
    task(people["department"], title="柳岸任务")
    task(people["department"], XITANG, title="西塘任务", days=1)
    request(title="路灯不亮")

    page = signed_in(people["county"]).get("/matters/", query).context["page"]

    assert {matter.title for matter in page} == found


@given(today=st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_last_near_day_is_the_last_yellow_one(today):
    near = last_near_day(today)

    assert [light(near, today), light(near + timedelta(days=1), today)] == [Light.YELLOW, Light.GREEN]


def test_lights_asked_of_the_database_are_those_that_matters_show(people):
    department, office = people["department"], people["township_office"]
    with days_ago(30):
        open_ones = [task(department, days=days) for days in range(20, 45)]
        done_late, done_in_time, withdrawn = (task(department, days=days) for days in (10, 29, 5))
    with days_ago(15):
        bring_to(State.HANDLED, done_late, handler=office, verifier=department)
        bring_to(State.HANDLED, done_in_time, handler=office, verifier=department)
        bring_to(State.WITHDRAWN, withdrawn, handler=office, verifier=department)

    asked = {
        matter.pk: wanted.value
        for wanted in Light
        for matter in Matter.objects.filter(has_light(wanted, timezone.localdate()))
    }

    assert asked == {matter.pk: matter.light for matter in Matter.objects.exclude(pk=withdrawn.pk)}
    assert (asked[done_late.pk], asked[done_in_time.pk], len(asked)) == ("red", "green", len(open_ones) + 2)
    assert set(asked.values()) == {"red", "yellow", "green"}


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X", "110105194912310021", "张 110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ", "13800138000",
        "+86 138-0013-8000", "电话138 0013 8000", "8613800138000", "138.0013.8000", "13800138000 990181101",
    ],
)  # fmt: skip
def test_personal_numbers_are_recognised(text):
    assert looks_personal(text)


@pytest.mark.parametrize(
    "text", ["", "井盖", "R2026-00001", "990181101201", "2026-03-02", "12345", "23800138000", "1380013800", "2026-2030"]
)
def test_numbers_of_matters_and_places_are_not_personal(text):
    assert not looks_personal(text)


def test_kinds_made_in_the_browser_are_offered_and_filtered_by(people):
    spec = KINDS["assigned_task"].as_json() | {"code": "tree_felling", "letter": "TF", "name_zh": "砍树申请"}
    OwnKind.objects.create(
        code="tree_felling", spec=spec, state="in_force", by=people["city_office"], put_in_force_by=people["county"]
    )
    OwnKind.objects.create(code="not_yet", spec=spec | {"code": "not_yet"}, by=people["city_office"])
    task(people["department"], kind="tree_felling", title="砍一棵")
    task(people["department"])

    pages = [signed_in(people["township_office"]).get(f"/matters/{page}") for page in ("?kind=tree_felling", "board/")]

    assert [matter.title for matter in pages[0].context["page"]] == ["砍一棵"]
    assert all("砍树申请" in page.content.decode() and "not_yet" not in page.content.decode() for page in pages)
    assert Filters.of({"kind": "tree_felling"}).words == ["种类：砍树申请"]
    assert Filters.of({"kind": "not_yet"}).as_dict() == {}
