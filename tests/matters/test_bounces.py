"""Dispatches that came back, counted against the sender."""

import pytest

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, request, signed_in, task
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import take_step
from yizhen.matters.bounces import bounces_by_dispatcher
from yizhen.matters.lifecycle import Verb
from yizhen.people.models import ROLES


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def returned(people, matter, *answers: Verb):
    """Have a township return a matter, and the sender answer; INSIST is followed by another objection if more follow."""
    handler = factories.account("township_office", matter.division_id)
    for answer in answers or (None,):
        take_step(handler, matter, Verb.OBJECT, text="不在清单内。")
        if answer:
            take_step(people["department"], matter, answer, text="已核对。")


def rows(user, **fields):
    return [
        (row.unit.code, row.sent, row.returned, row.withdrawn, row.insisted, row.waiting)
        for row in bounces_by_dispatcher(user, **fields)
    ]


def test_each_dispatch_counts_once_by_what_became_of_it(people):
    sender = people["department"]
    task(sender)
    returned(people, task(sender), Verb.WITHDRAW)
    returned(people, task(sender, GUDU), Verb.INSIST)
    returned(people, task(sender, GUDU), Verb.INSIST, Verb.INSIST)
    returned(people, task(sender, SHIMEN))
    task(factories.account("department", unit=factories.unit("HEA")))
    request(LIUAN)  # nobody dispatched it

    assert rows(people["city_office"]) == [("EMG", 5, 4, 1, 2, 1), ("HEA", 1, 0, 0, 0, 0)]


def test_share_has_wilsons_interval(people):
    sender = people["department"]
    for number in range(4):
        matter = task(sender, title=f"任务{number}")
        if number == 0:
            returned(people, matter, Verb.INSIST)

    (row,) = bounces_by_dispatcher(people["city_office"])

    # Wilson 1927 for 1 of 4 at z = 1.96: (0.25 + 0.4802 ± 1.96·√(0.046875 + 0.06003)) / 1.9604
    assert (row.percent, round(row.low, 1), round(row.high, 1), row.few) == (25, 4.6, 69.9, True)


def test_days_before_the_period_do_not_count(people):
    with days_ago(40):
        returned(people, task(people["department"]))
        since = factories.yesterday()
    task(people["department"])

    assert rows(people["city_office"], since=since) == [("EMG", 2, 1, 0, 0, 1)]
    assert rows(people["city_office"], since=factories.yesterday()) == [("EMG", 1, 0, 0, 0, 0)]


def test_department_sees_its_own_and_a_county_its_townships(people):
    health = factories.account("department", unit=factories.unit("HEA"))
    task(people["department"], LIUAN)
    task(health, SHIMEN)

    assert rows(people["department"]) == [("EMG", 1, 0, 0, 0, 0)]
    assert rows(people["county"]) == [("EMG", 1, 0, 0, 0, 0)]
    assert rows(health) == [("HEA", 1, 0, 0, 0, 0)]


def test_pages_name_departments_and_neither_townships_nor_persons(people):
    returned(people, task(people["department"], GUDU, title="防汛检查"), Verb.WITHDRAW)

    for address in (
        "/matters/bounces/",
        "/matters/bounces/?days=90",
        "/matters/bounces/?days=",
        "/matters/bounces/?days=x",
    ):
        page = signed_in(people["city_office"]).get(address).content.decode()
        assert "EMG局" in page
        assert "古渡镇" not in page
        assert people["department"].display_name not in page
    assert "EMG局" in signed_in(people["city_office"]).get("/headquarters/").content.decode()


def test_pages_without_dispatches_say_how_they_begin(people):
    assert "这段时间没有部门派件" in signed_in(people["county"]).get("/matters/bounces/").content.decode()


def test_page_is_for_those_who_dispatch(people):
    assert {role: signed_in(people[role]).get("/matters/bounces/").status_code for role in ROLES} == {
        role: 200 if role in {"city_office", "department", "county"} else 403 for role in ROLES
    }


@pytest.mark.parametrize("units", [1, 3])
def test_page_takes_as_many_queries_for_three_as_for_one(people, units, django_assert_num_queries):
    for code in ("HEA", "EDU", "CUL")[:units]:
        task(factories.account("department", unit=factories.unit(code)))
    client = signed_in(people["city_office"])
    client.get("/matters/bounces/")

    with django_assert_num_queries(5):
        client.get("/matters/bounces/")
