"""The walk and the real actions are one: random steps over every shipped kind, played by both on the same days."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from tests import factories
from tests.matters.led import filled, on, opened
from yizhen.clocks import ClockRefused
from yizhen.matters.actions import take_step
from yizhen.matters.kinds import KINDS
from yizhen.matters.kinds.walk import CaseStep, WalkRefused, walk
from yizhen.matters.lifecycle import TABLE, Need, Party, State, Verb

ACTORS = {
    Party.HANDLER: "township_office",
    Party.VERIFIER: "city_office",
    Party.DISPATCHER: "city_office",
    Party.REQUESTER: "city_office",
    Party.FILER: "city_office",
    Party.APPROVER: "county",
    Party.REVIEWER: "county",
}
START = date(2026, 3, 2)
TURNS = 12


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def drawn_step(chance: random.Random, state: State, kind, day: date) -> CaseStep:
    """Draw one of the table's steps for a state, seldom one of another state or one that ends everything."""
    verbs = [
        verb
        for (verb, source), row in TABLE.items()
        if row.party != Party.SYSTEM  # no matter here has parts
        and chance.random() < (0.02 if source != state else 0.1 if verb in {Verb.DISMISS, Verb.WITHDRAW} else 1)
    ]
    verb = chance.choice(verbs or [Verb.ACCEPT])
    reason = chance.choice([*kind.suspensions, "busy"]) if verb == Verb.SUSPEND else ""
    return CaseStep(verb, day, None, reason)


def really_taken(people, matter, step: CaseStep, kind: str) -> bool:
    """Take a step through the actions; return whether it was taken."""
    transition = TABLE.get((Verb(step.verb), State(matter.state)))
    party = transition.party if transition else Party.HANDLER
    brought = {"disposition": "solved", "fields": filled(kind, "result"), "reason": step.reason}
    if transition and Need.RECIPIENT in transition.needs:
        brought["to_division"] = matter.division
    try:
        with on(step.day), transaction.atomic():
            take_step(people[ACTORS[party]], matter, Verb(step.verb), text="情况属实，已经办理。", **brought)
    except (PermissionDenied, ValidationError, ClockRefused):
        return False
    return True


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"common_problem"}))
def test_walk_comes_to_the_same_state_and_due_date_as_the_actions(people, kind):
    chance = random.Random(kind)
    info = KINDS[kind]
    with on(START):
        matter = opened(kind, people["city_office"])
    steps = [CaseStep(Verb.OPEN, START, None if info.first_clock else START + timedelta(days=20))]
    walked, day, taken = walk(info, steps), START, 0
    for _turn in range(TURNS):
        day += timedelta(days=chance.choice([0, 0, 1, 2, 5, 20]))
        step = drawn_step(chance, walked.state, info, day)
        try:
            walked = walk(info, [*steps, step])
            expected = True
        except WalkRefused:
            expected = False
        happened = really_taken(people, matter, step, kind)
        matter.refresh_from_db()

        said = f"{[*steps, step]}"
        assert happened == expected, said
        if expected:
            steps.append(step)
            taken += 1
        assert (matter.state, matter.due_on) == (walked.state, walked.due_on), said
        assert {clock.code: clock.due_on for clock in matter.clocks.filter(stopped_on=None)} == {
            clock.code: clock.deadline.due for clock in walked.running
        }, said
    assert taken >= 3
