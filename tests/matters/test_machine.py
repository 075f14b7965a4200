"""Matters of every kind led in any order by anybody, over weeks: what must always hold, holds."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.matters.led import filled, opened
from yizhen.audit.actions import first_broken_link
from yizhen.clocks import ClockRefused
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import ask_review, give_verdict, new_follow_code, take_step
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import BEFORE_REPORT, OPEN_STATES, REOPENING, REPORTING, TABLE, State, Verb
from yizhen.matters.models import Matter
from yizhen.matters.queries import due_from, matters_visible_to
from yizhen.matters.rules import possible_steps

LED = sorted(set(KINDS) - {"common_problem", "whistle", "resident_request", "rectification"})
WORKERS = ("city_office", "county", "department", "township_head", "township_office", "village", "grid_worker")
ENDING = {Verb.DISMISS, Verb.WITHDRAW, Verb.OBJECT}
CLOSING = {Verb.PASS, Verb.SATISFIED, Verb.LAPSE, Verb.UPHOLD_SECOND, Verb.LOOK_BACK_HOLDS}


class Township(RuleBasedStateMachine):
    """A township's matters, each beside what a clerk with a notebook would have written down about it."""

    people: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.day = 0  # days since the story began, 120 days ago
        self.matters: list[Matter] = []
        self.codes: dict[int, str] = {}

    @initialize(kind=st.sampled_from(LED))
    def begin(self, kind: str) -> None:
        self.open(kind, below=False)

    def teardown(self) -> None:
        try:
            assert first_broken_link() is None
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def today(self) -> Any:
        return days_ago(120 - self.day)

    def one(self, number: int) -> Matter:
        return Matter.objects.get(pk=self.matters[number % len(self.matters)].pk)

    def take(self, user: Any, matter: Matter, verb: Verb, **brought: Any) -> bool:
        before = matter.events.count()
        try:
            with self.today(), transaction.atomic():
                take_step(user, matter, verb, text="情况属实，已经办理。", **brought)
        except (PermissionDenied, ValidationError, ClockRefused):
            matter = Matter.objects.get(pk=matter.pk)
            assert matter.events.count() == before  # what is refused leaves nothing behind
            return False
        return True

    @precondition(lambda self: len(self.matters) < 3)
    @rule(kind=st.sampled_from(LED), below=st.booleans())
    def open(self, kind: str, below: bool) -> None:
        spec = KINDS[kind]
        code = new_follow_code() if spec.asks_verdict else ""
        given: dict[str, Any] = {"follow_code": code} if code else {}
        if below and self.matters:
            given["parent"] = self.one(0)
        try:
            with self.today(), transaction.atomic():
                matter = opened(kind, self.people["county"], **given)
        except ValidationError:
            # Only below something, and only below what is done or as something sealed, is a matter refused.
            assert "parent" in given
            assert spec.sealed or given["parent"].state not in BEFORE_REPORT
            return
        assert not (spec.sealed and matter.parent_id)
        self.matters.append(matter)
        self.codes[matter.pk] = code

    @precondition(lambda self: self.matters)
    @rule(number=st.integers(0, 2), choices=st.lists(st.integers(0, 99), min_size=1, max_size=6))
    def take_offered_steps(self, number: int, choices: list[int]) -> None:
        for choice in choices:
            matter = self.one(number)
            with self.today():
                steps = [
                    (user, step.verb)
                    for role, user in self.people.items()
                    if role in WORKERS
                    for step in possible_steps(user, matter)
                    if step.verb not in ENDING or choice > 90
                ]
            if steps:
                self.take_offered(matter, *steps[choice % len(steps)])

    def take_offered(self, matter: Matter, user: Any, verb: Verb) -> None:
        brought: dict[str, Any] = {}
        if verb == Verb.DISPATCH:
            brought = {"to_division": factories.place(factories.LIUAN)}
        elif verb in REPORTING:
            brought = {"disposition": "solved", "fields": filled(matter.kind, "result")}
        elif verb == Verb.SUSPEND:
            brought = {"reason": matter.kind_info.suspensions[0]}
        unfinished = matter.children.filter(state__in=OPEN_STATES).exists()
        taken = self.take(user, matter, verb, **brought)
        if unfinished and verb in REPORTING:
            assert not taken  # a parent never gets ahead of its children

    @precondition(lambda self: self.matters)
    @rule(number=st.integers(0, 2), role=st.sampled_from(WORKERS), verb=st.sampled_from(list(Verb)))
    def take_any_step(self, number: int, role: str, verb: Verb) -> None:
        matter, user = self.one(number), self.people[role]
        with self.today():
            offered = {step.verb for step in possible_steps(user, matter)}
        known = (verb, State(matter.state)) in TABLE
        if self.take(user, matter, verb, disposition="solved", fields=filled(matter.kind, "result")):
            assert known
            assert verb in offered

    @precondition(lambda self: self.matters)
    @rule(number=st.integers(0, 2), solved=st.booleans())
    def judge(self, number: int, solved: bool) -> None:
        matter = self.one(number)
        code = self.codes[matter.pk]
        if not code:
            return
        try:
            with self.today(), transaction.atomic():
                if matter.kind_info.reviews and not solved:
                    ask_review(code, "不服")
                else:
                    give_verdict(code, solved=solved, text="见说明。")
        except (ValidationError, ClockRefused):
            return
        assert matter.state == State.VERIFIED

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.day = min(self.day + days, 119)

    @invariant()
    def history_is_a_walk_through_the_table(self) -> None:
        for matter in self.matters:
            history = list(matter.events.all())
            assert [event.sequence for event in history] == list(range(1, len(history) + 1))
            assert [event.from_state for event in history] == ["", *(event.to_state for event in history[:-1])]
            assert all((Verb(event.verb), State(event.from_state)) in TABLE for event in history[1:])
            now = Matter.objects.get(pk=matter.pk)
            assert now.state == history[-1].to_state
            assert now.reopened == sum(Verb(event.verb) in REOPENING for event in history)
            assert (now.title, now.text, now.frozen_id) == (matter.title, matter.text, matter.frozen_id)

    @invariant()
    def doer_never_closes(self) -> None:
        for matter in Matter.objects.filter(state__in=[State.VERIFIED, State.CLOSED]):
            assert None not in {matter.done_by_id, matter.verified_by_id}
            assert matter.done_by_id != matter.verified_by_id
            assert Verb(matter.events.latest("sequence").verb) in CLOSING | {Verb.UPHOLD_FIRST}

    @invariant()
    def nothing_is_closed_over_something_open(self) -> None:
        done = [State.HANDLED, State.VERIFIED, State.CLOSED]
        assert not Matter.objects.filter(parent__state__in=done, state__in=OPEN_STATES).exists()

    @invariant()
    def clocks_run_while_work_is_to_be_done(self) -> None:
        for matter in Matter.objects.filter(state__in=[State.CLOSED, State.WITHDRAWN]):
            assert not matter.clocks.filter(stopped_on=None, governs=True).exists()

    @invariant()
    def what_waits_for_somebody_is_seen_by_him(self) -> None:
        with self.today():
            for user in (self.people["township_office"], self.people["county"]):
                visible = set(matters_visible_to(user).values_list("pk", flat=True))
                assert {matter.pk for matter in due_from(user)} <= visible


def test_matters_led_in_any_order_keep_what_must_hold(db):
    factories.fictional_city()
    Township.people = factories.everybody()

    run_state_machine_as_test(Township, settings=settings(max_examples=8, stateful_step_count=15, deadline=None))
