"""Counts and denominators of rates: a table of what became of matters (tables/rates.csv) against the real actions."""

import csv
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.factories import XITANG, request
from tests.matters.test_rates import DONE, SENT, answered, event, lately, left_late, of, pair
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import give_verdict, take_step
from yizhen.matters.actions.exclusion import ask_exclusion, decide_exclusion
from yizhen.matters.lifecycle import Verb
from yizhen.matters.rates import rate_table

with (Path(__file__).parent / "tables/rates.csv").open(encoding="utf-8") as lines:
    CASES = {case: list(rows) for case, rows in groupby(csv.DictReader(lines), key=lambda row: row["case"])}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def excluded(people, matter, *, granted: bool) -> None:
    asked = ask_exclusion(people["township_office"], matter, "concluded", "去年已答复。")
    decide_exclusion(people["county"], asked, "看过材料。", granted=granted)


def answered_late(people) -> None:
    with days_ago(30):
        matter, code = request()
    with days_ago(10):
        office = people["township_office"]
        matter = take_step(office, matter, Verb.ACCEPT, text="接收。")
        matter = take_step(office, matter, Verb.REPORT_DONE, text="已办。", disposition="solved")
        take_step(people["county"], matter, Verb.PASS, text="看过现场。")
        give_verdict(code, solved=True)


Making = Callable[[Any, int], Any]
MAKING: dict[str, Making] = {
    "solved": lambda people, n: answered(people, 30 + n / 100, solved=True),
    "unsolved": lambda people, n: answered(people, 30 + n / 100, solved=False),
    "silent": lambda people, n: answered(people, 30 + n / 100),
    "late": lambda _people, n: left_late(30 + n / 100),
    "fresh": lambda _people, n: left_late(n / 100),
    "late_elsewhere": lambda _people, _n: left_late(30, XITANG),
    "solved_long_ago": lambda people, _n: answered(people, 100, solved=True),
    "late_long_ago": lambda _people, _n: left_late(100),
    "late_left_out": lambda people, _n: excluded(people, left_late(30), granted=True),
    "late_refused": lambda people, _n: excluded(people, left_late(30), granted=False),
    "solved_left_out": lambda people, _n: excluded(people, answered(people, 30, solved=True), granted=True),
    "answered_late": lambda people, _n: answered_late(people),
    "event_closed": lambda people, n: event(people, 30 + n / 100, *DONE, ("county", Verb.PASS)),
    "event_sent_back": lambda people, n: event(people, 30 + n / 100, *DONE, ("county", Verb.SEND_BACK)),
    "event_sent": lambda people, n: event(people, 30 + n / 100, *SENT),
    "event_objected": lambda people, n: event(people, 30 + n / 100, *SENT, ("township_head", Verb.OBJECT)),
}


@pytest.mark.parametrize("case", CASES)
def test_rates_are_over_what_should_have_been_done(people, case):
    rows = CASES[case]
    for number, name in enumerate(rows[0]["matters"].split("|")):
        MAKING[name](people, number)
    row = of(rate_table(people["county"], lately()))
    found = {**row.three, **row.events}

    for line in rows:
        assert line["matters"] == rows[0]["matters"]
        assert pair(found[line["rate"]]) == (int(line["count"]), int(line["should"])), f"{line['rate']}: {line['why']}"
