"""Who may take which step: a table of kinds, states and roles (tables/transitions.csv) against the real actions.

Each row names the roles that may take a step of a matter in a state; every other role, and every step without a row, is refused.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from tests import factories
from tests.factories import request
from tests.matters.gridded import GRID
from tests.matters.led import filled, opened, step
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import ask_review, call_departments, give_verdict, new_follow_code
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import TABLE, State, Verb
from yizhen.people.models import ROLES

SHORT = {
    "city": "city_office", "county": "county", "dept": "department", "head": "township_head",
    "office": "township_office", "village": "village", "grid": "grid_worker",
}  # fmt: skip
Allowed = dict[Verb, set[str]]


def the_table() -> dict[tuple[str, str], Allowed]:
    """Return kind and state → verb → roles."""
    table: dict[tuple[str, str], Allowed] = defaultdict(dict)
    with (Path(__file__).parent / "tables/transitions.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            allowed = table[row["kind"], row["state"]]
            if row["verb"]:
                allowed[Verb(row["verb"])] = {SHORT[role] for role in row["roles"].split()}
    return table


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def begun(kind: str, people):
    """Open a matter as the table supposes, and return it with the code of whoever asked."""
    code = new_follow_code()
    if kind == "assigned_task":
        return factories.task(people["department"]), ""
    if kind == "rectification":
        return factories.rectification(people["city_office"]), ""
    if kind == "common_problem":
        return factories.common_problem(people["city_office"]), ""
    if kind == "resident_request":
        return request()
    if kind == "whistle":
        return call_departments(
            people["township_office"], request()[0], [factories.unit()], title="到场", text="请到场。", client_id="1"
        )[0], ""
    by = {"grid_event": "grid_worker", "hazard": "department", "own_promise": "township_head"}
    actor = people[by.get(kind, "township_office" if kind == "enterprise_request" else "county")]
    given = {"township": GRID} if kind == "grid_event" else {}
    if kind == "hazard":
        given["dispatcher"] = actor.unit
    follow = {"follow_code": code} if KINDS[kind].asks_verdict else {}
    return opened(kind, actor, **given, **follow), code


WAY = {
    State.REPORTED: lambda kind: Verb.CONFIRM if kind.checks else Verb.FILE,
    State.CHECKED: lambda _kind: Verb.FILE,
    State.FILED: lambda _kind: Verb.DISPATCH,
    State.NEW: lambda _kind: Verb.ACCEPT,
    State.HANDLING: lambda _kind: Verb.REPORT_DONE,
    State.HANDLED: lambda _kind: Verb.PASS,
}
ASIDE = {
    "returned": (State.NEW, Verb.OBJECT), "withdrawn": (State.NEW, Verb.OBJECT),
    "suspended": (State.HANDLING, Verb.SUSPEND), "asked": (State.HANDLING, Verb.ASK_EXTENSION),
    "reviewing": (State.VERIFIED, Verb.ASK_FIRST_REVIEW),
}  # fmt: skip


def brought_to(kind: str, state: str, people):
    """Lead a matter to a state: the township's office works, the county or the sender verifies."""
    matter, code = begun(kind, people)
    until, last = ASIDE.get(state, (State(state) if state in set(State) else None, None))
    sender = people["department" if kind in {"assigned_task", "hazard"} else "county"]
    sender = people["city_office"] if kind == "common_problem" else sender
    worker = people["department" if matter.addressee_id else "township_office"]
    for _turn in range(8):
        if matter.state == until:
            break
        if matter.state == State.VERIFIED:
            matter = give_verdict(code, solved=True)
            continue
        verb = WAY[State(matter.state)](KINDS[kind])
        inside = verb in {Verb.ACCEPT, Verb.REPORT_DONE}
        place_of = {"to_division": matter.division} if verb == Verb.DISPATCH else {}
        matter = step(worker if inside else sender, matter, verb, **place_of, **result_of(kind, verb))
    assert matter.state == until
    if last == Verb.ASK_FIRST_REVIEW:
        matter = ask_review(code, "不服")
    elif last is not None:
        matter = step(worker, matter, last, reason=(KINDS[kind].suspensions or ("",))[0])
    if state == "withdrawn":
        matter = step(sender, matter, Verb.WITHDRAW)
    return matter


def result_of(kind: str, verb: Verb) -> dict[str, object]:
    done = {Verb.REPORT_DONE, Verb.SOLVE_AT_ONCE}
    return {"disposition": "solved", "fields": filled(kind, "result")} if verb in done else {}


def taken_by(people, matter, verb: Verb, kind: str) -> set[str]:
    """Return the roles that can really take a step."""
    able = set()
    for role in ROLES if (verb, State(matter.state)) in TABLE else ["city_office"]:
        brought = result_of(kind, verb)
        if verb == Verb.DISPATCH:
            brought = {"to_division": matter.division}
        if verb == Verb.SUSPEND:
            brought = {"reason": (KINDS[kind].suspensions or ("",))[0]}
        try:
            with transaction.atomic():
                step(people[role], matter, verb, **brought)
                able.add(role)
                transaction.set_rollback(True)
        except (PermissionDenied, ValidationError):
            pass
    return able


@pytest.mark.parametrize(("kind", "state"), sorted(the_table()))
def test_every_step_by_every_role_is_taken_or_refused_as_the_table_says(people, kind, state):
    with days_ago(40 if state == "closed" else 0):  # a look-back is due
        matter = brought_to(kind, state, people)

    found = {verb: taken_by(people, matter, verb, kind) for verb in Verb}

    assert {verb: roles for verb, roles in found.items() if roles} == the_table()[kind, state]


def test_table_holds_every_row_of_the_lifecycle():
    """Every arrow of the lifecycle is taken by somebody in the table, but those of requesters, of waited-out days and of the system."""
    named = {verb for allowed in the_table().values() for verb in allowed}
    by_code = {Verb.SATISFIED, Verb.UNSATISFIED, Verb.ASK_FIRST_REVIEW, Verb.ASK_SECOND_REVIEW, Verb.UPHOLD_SECOND}

    assert {verb for verb, _source in TABLE} - named == by_code | {Verb.LAPSE, Verb.PART_REOPENS, Verb.DATA_BACK}
