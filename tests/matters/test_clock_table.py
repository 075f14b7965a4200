"""Due dates of the kinds' clocks: a table of matters, steps and days (tables/clocks.csv) against the real actions.

Each row was counted by hand on the calendar of 2026; the last column says how.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from tests import factories
from tests.factories import request
from tests.matters.led import filled, on, opened, step
from yizhen.matters.actions import ask_review, call_departments, new_follow_code
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter

with (Path(__file__).parent / "tables/clocks.csv").open(encoding="utf-8") as lines:
    ROWS = list(csv.DictReader(lines))


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def begun(kind: str, people, code: str) -> Matter:
    if kind == "common_problem":
        return factories.common_problem(people["city_office"])
    if kind == "whistle":
        units = [factories.unit()]
        return call_departments(
            people["township_office"], request()[0], units, title="到场", text="请到场。", client_id="1"
        )[0]
    if kind == "resident_request":
        return request()[0]
    return opened(kind, people["county"], **({"follow_code": code} if KINDS[kind].asks_verdict else {}))


def actor_of(matter: Matter, verb: Verb, people):
    if matter.addressee_id:
        return people["department"]
    inside = {Verb.ACCEPT, Verb.REPORT_DONE, Verb.ASK_EXTENSION, Verb.SUSPEND, Verb.RESUME}
    if verb == Verb.UPHOLD_FIRST:
        return people["city_office"]  # the county verified
    return people["township_office" if verb in inside else "county"]


def brought(matter: Matter, verb: Verb, reason: str) -> dict[str, object]:
    if verb == Verb.DISPATCH:
        return {"to_division": matter.division}
    if verb == Verb.REPORT_DONE:
        return {"disposition": "solved", "fields": filled(matter.kind, "result")}
    return {"reason": reason} if reason else {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']} {row['clock']} {row['opened']}")
def test_clock_is_due_on_the_day_that_was_counted_by_hand(people, row):
    code = new_follow_code()
    with on(date.fromisoformat(row["opened"])):
        matter = begun(row["kind"], people, code)
    for each in filter(None, row["steps"].split("|")):
        name, day, *reason = each.split()
        verb = Verb(name)
        with on(date.fromisoformat(day)):
            if verb in {Verb.ASK_FIRST_REVIEW, Verb.ASK_SECOND_REVIEW}:
                matter = ask_review(code, "不服。")
            else:
                matter = step(actor_of(matter, verb, people), matter, verb, **brought(matter, verb, *(reason or [""])))

    clock = matter.clocks.get(code=row["clock"], stopped_on=None)

    assert str(clock.due_on) == row["due"], row["why"]
    assert clock.deadline.steps[-1].day == clock.due_on  # and every day on the way is told


def test_table_has_every_period_that_is_no_hour_but_a_verdicts():
    """Every shipped clock that governs is in the table, but hours and the requesters' fifteen days."""
    wanted = {
        (kind.code, clock.code)
        for kind in KINDS.values()
        for clock in kind.clocks
        if clock.governs and clock.unit != "hour" and clock.code != "verdict"
    }
    assert sorted(wanted - {(row["kind"], row["clock"]) for row in ROWS}) == []
