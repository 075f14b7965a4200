"""What became of matters after they were closed, by township, peer group and department."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, bring_to, request, signed_in
from tests.matters.led import filled, opened, step
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import call_departments, take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.periods import Period
from yizhen.matters.rates import rate_table, unit_rows
from yizhen.matters.spans import Rate


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def lately(days: int = 100) -> Period:
    today = timezone.localdate()
    return Period("2026Q4", today - timedelta(days=days), today)


def pair(rate: Rate) -> tuple[int, int]:
    return rate.count, rate.should


def hazard_closed(people, days: float, township: str = LIUAN):
    """Open a hazard so many days ago and close it on that day."""
    city = people["city_office"]
    office = people["township_office"] if township == LIUAN else factories.account("township_office", township)
    with days_ago(days):
        matter = opened("hazard", city, township=township)
        matter = step(city, matter, Verb.DISPATCH, to_division=matter.division)
        matter = step(office, matter, Verb.ACCEPT)
        matter = step(office, matter, Verb.REPORT_DONE, disposition="solved", fields=filled("hazard", "result"))
        return step(city, matter, Verb.PASS)


def after(people, code: str = LIUAN, period: Period | None = None):
    table = rate_table(people["city_office"], period or lately())
    return next(row for row in table.rows if row.place.code == code).after


def test_look_back_that_finds_a_rebound_counts_against_the_closing(people):
    good, bad = hazard_closed(people, 80), hazard_closed(people, 200)
    with days_ago(40):
        step(people["county"], good, Verb.LOOK_BACK_HOLDS)
        step(people["county"], bad, Verb.LOOK_BACK_REOPENS)

    found = after(people)
    assert pair(found["held"]) == (1, 2)
    assert pair(found["kept_closed"]) == (1, 1)  # the other was closed before the period
    assert pair(after(people, period=lately(250))["kept_closed"]) == (1, 2)
    assert pair(after(people, SHIMEN)["held"]) == (0, 0)


def test_request_that_its_requester_closed_is_kept_closed(people):
    with days_ago(50):
        matter, code = request()
        bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["county"], code=code)
    assert pair(after(people)["kept_closed"]) == (1, 1)


def test_same_thing_in_the_same_place_within_sixty_days_was_not_gone(people):
    hazard_closed(people, 90)
    hazard_closed(people, 45)  # 45 days after the first: the first was not gone, this one is
    hazard_closed(people, 90, SHIMEN)

    assert pair(after(people)["not_repeated"]) == (1, 2)
    assert pair(after(people, SHIMEN)["not_repeated"]) == (1, 1)
    assert pair(after(people, XITANG)["not_repeated"]) == (0, 0)


def test_peer_group_is_the_sum_of_all_its_townships_in_the_city(people):
    hazard_closed(people, 30)
    hazard_closed(people, 30, SHIMEN)
    table = rate_table(people["township_office"], lately())

    assert [row.place.code for row in table.rows] == [LIUAN]
    assert [(row.place.code, pair(row.after["kept_closed"])) for row in table.groups] == [("industry_strong", (2, 2))]
    assert table.groups[0].per_ten_thousand is not None


def test_departments_count_what_was_addressed_to_them_and_townships_do_not(people):
    with days_ago(30):
        call = call_departments(
            people["township_office"], request()[0], [factories.unit()], title="到场", text="请到场。", client_id="1"
        )[0]
        for actor, verb in (("department", Verb.ACCEPT), ("department", Verb.REPORT_DONE), ("county", Verb.PASS)):
            done = "solved" if verb == Verb.REPORT_DONE else ""
            call = take_step(people[actor], call, verb, text="已办。", disposition=done)

    rows = unit_rows(people["city_office"], lately())
    assert [(row.place.code, pair(row.after["kept_closed"])) for row in rows] == [("EMG", (1, 1))]
    assert pair(after(people)["kept_closed"]) == (0, 0)
    assert unit_rows(people["county"], lately()) == []
    page = signed_in(people["city_office"]).get("/matters/rates/").content.decode()
    assert "按承办部门" in page
