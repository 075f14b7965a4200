"""The one lifecycle: every verb in every state by every role, and what holds on every walk through it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, bring_to, common_problem, rectification, request, task
from yizhen.audit.actions import first_broken_link
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import give_verdict, take_step
from yizhen.matters.lifecycle import TABLE, TRANSITIONS, Party, State, Verb
from yizhen.matters.models import Event, Matter
from yizhen.matters.rules import may, possible_steps
from yizhen.people.actions import switch_account
from yizhen.people.models import ROLES

HERE = {"township_head", "township_office"}  # a township's matter: its villages and grids do not hold it
ABOVE = {"city_office", "county"}
# kind → verb → roles that may take it on a township's matter that EMG sent (task) or the city opened (rectification).
ALLOWED: dict[str, dict[Verb, set[str]]] = {
    "assigned_task": {
        Verb.ACCEPT: HERE,
        Verb.OBJECT: HERE,
        Verb.REPORT_DONE: HERE,
        Verb.INSIST: {"department", "city_office"},
        Verb.WITHDRAW: {"department", "city_office"},
        Verb.PASS: {"department", *ABOVE},
        Verb.SEND_BACK: {"department", *ABOVE},
    },
    "resident_request": {
        Verb.ACCEPT: HERE,
        Verb.REPORT_DONE: HERE,
        Verb.PASS: {"township_head", *ABOVE},
        Verb.SEND_BACK: {"township_head", *ABOVE},
    },
    "rectification": {
        Verb.ACCEPT: HERE,
        Verb.REPORT_DONE: HERE,
        Verb.PASS: ABOVE,
        Verb.SEND_BACK: ABOVE,
        Verb.LOOK_BACK_HOLDS: ABOVE,
        Verb.LOOK_BACK_REOPENS: ABOVE,
        Verb.WITHDRAW: {"city_office"},
    },
    "common_problem": {
        Verb.ACCEPT: {"department"},
        Verb.OBJECT: {"department"},
        Verb.REPORT_DONE: {"department"},
        Verb.INSIST: {"city_office"},
        Verb.WITHDRAW: {"city_office"},
        Verb.PASS: {"city_office"},
        Verb.SEND_BACK: {"city_office"},
    },
}
EVERY_KIND = {"", "may_object", "may_withdraw", "look_back_days"}  # traits of the kinds above; the others: test_kinds
REACHED = {
    "assigned_task": [State.NEW, State.HANDLING, State.RETURNED, State.HANDLED, State.CLOSED, State.WITHDRAWN],
    "resident_request": [State.NEW, State.HANDLING, State.HANDLED, State.VERIFIED, State.CLOSED],
    "rectification": [State.NEW, State.HANDLING, State.HANDLED, State.CLOSED],
    "common_problem": [State.NEW, State.HANDLING, State.RETURNED, State.HANDLED, State.CLOSED, State.WITHDRAWN],
}
REACHED_STATES = {state for states in REACHED.values() for state in states}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def opened(kind: str, people) -> tuple[Matter, str]:
    if kind == "resident_request":
        return request()
    sender = people["department"] if kind == "assigned_task" else people["city_office"]
    return {"assigned_task": task, "rectification": rectification, "common_problem": common_problem}[kind](sender), ""


def matter_in(kind: str, state: State, people) -> tuple[Matter, str]:
    """Return a matter that the township office handled and the department, or the county, verified.

    A closed one was closed 40 days ago: its first look-back is due.
    """
    with days_ago(40 if state == State.CLOSED else 0):
        matter, code = opened(kind, people)
        handler, verifier = people["township_office"], people["county"]
        if kind == "common_problem":
            handler, verifier = people["department"], people["city_office"]
        elif kind == "assigned_task":
            verifier = people["department"]
        return bring_to(state, matter, handler=handler, verifier=verifier, code=code), code


def step(actor, matter, verb, text="情况属实。"):
    return take_step(actor, matter, verb, text=text, disposition="solved" if verb == Verb.REPORT_DONE else "")


# --- the whole table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "state"), [(kind, state) for kind, states in REACHED.items() for state in states])
def test_every_verb_by_every_role_is_allowed_or_refused_as_the_table_says(people, kind, state):
    matter, _code = matter_in(kind, state, people)
    assert matter.state == state
    outcome, expected = {}, {}

    for verb in Verb:
        known = (verb, state) in TABLE
        for role, user in people.items():
            key = (verb.value, role)
            right = known and role in ALLOWED[kind].get(verb, set())
            expected[key] = TABLE[verb, state].target if right else ("moved on" if not known else "refused")
            if right and verb == Verb.PASS and kind == "resident_request":
                expected[key] = State.VERIFIED
            try:
                with transaction.atomic():
                    outcome[key] = step(user, matter, verb).state
                    transaction.set_rollback(True)
            except PermissionDenied:
                outcome[key] = "refused"
            except ValidationError:
                outcome[key] = "moved on"

    assert outcome == expected


@pytest.mark.parametrize("kind", REACHED)
def test_possible_steps_are_those_that_may_be_taken(people, kind):
    for state in REACHED[kind]:
        with transaction.atomic():
            matter, _code = matter_in(kind, state, people)
            shown = {(role, t.verb) for role, user in people.items() for t in possible_steps(user, matter)}
            transaction.set_rollback(True)
        assert shown == {
            (role, verb) for verb, roles in ALLOWED[kind].items() if (verb, state) in TABLE for role in roles
        }


def test_states_that_are_never_reached_are_the_ones_without_a_way(people):
    with pytest.raises(PermissionDenied):
        matter_in("rectification", State.RETURNED, people)
    with pytest.raises(PermissionDenied):
        matter_in("resident_request", State.RETURNED, people)


def test_no_verb_is_left_out_of_the_table():
    assert {t.verb for t in TRANSITIONS} == set(Verb) - {Verb.OPEN}
    assert len(TABLE) == len(TRANSITIONS)
    assert [t for t in TRANSITIONS if t.source == State.WITHDRAWN] == []


@pytest.mark.parametrize("transition", TRANSITIONS, ids=str)
def test_nobody_elsewhere_may_take_any_step(people, transition):
    matter, _code = opened("assigned_task", people)
    matter.state = transition.source
    strangers = [
        factories.account("department", unit=factories.unit("HEA")),
        factories.account("county", "990122"),
        *(factories.account(role, XITANG) for role in sorted(HERE)),
        factories.account("village", "990181102201"),
    ]

    assert [may(user, transition, matter) for user in strangers] == [False] * len(strangers)


def test_suspended_account_may_take_no_step(people):
    matter, _code = opened("assigned_task", people)
    switch_account(people["security_admin"], people["township_office"], active=False, reason="离任")
    people["township_office"].refresh_from_db()

    assert possible_steps(people["township_office"], matter) == []
    with pytest.raises(PermissionDenied):
        step(people["township_office"], matter, Verb.ACCEPT)


@pytest.mark.parametrize("role", ["village", "grid_worker"])
def test_villages_and_grids_handle_matters_of_their_own_place(people, role):
    user = people[role]
    matter, _code = request(user.scope_id)

    handled = step(user, step(user, matter, Verb.ACCEPT), Verb.REPORT_DONE)

    assert (handled.state, handled.done_by) == (State.HANDLED, user)
    assert step(people["township_office"], handled, Verb.PASS).state == State.VERIFIED


# --- the doer never verifies ---------------------------------------------------------------------------------------


def test_doer_cannot_verify_and_a_colleague_can(people):
    matter, _code = request()
    head, office = people["township_head"], people["township_office"]
    handled = step(head, step(head, matter, Verb.ACCEPT), Verb.REPORT_DONE)

    with pytest.raises(PermissionDenied):
        step(head, handled, Verb.PASS)
    with pytest.raises(PermissionDenied):
        step(head, handled, Verb.SEND_BACK)

    assert step(office, handled, Verb.PASS).verified_by == office


def test_doer_as_verifier_is_refused_by_the_database(people):
    matter, _code = matter_in("assigned_task", State.HANDLED, people)

    with pytest.raises(IntegrityError, match="matter_doer_never_closes"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(verified_by=people["township_office"])


def test_closing_without_verification_is_refused_by_the_database(people):
    matter, _code = matter_in("assigned_task", State.HANDLED, people)

    with pytest.raises(IntegrityError, match="matter_closed_was_verified"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(state="closed", closed_on=timezone.localdate())


def test_unknown_state_is_refused_by_the_database(people):
    matter, _code = opened("assigned_task", people)

    with pytest.raises(IntegrityError, match="matter_state_is_known"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(state="forgotten")


def test_warning_after_the_due_date_is_refused_by_the_database(people):
    matter, _code = opened("assigned_task", people)

    with pytest.raises(IntegrityError, match="matter_warning_not_after_due"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(warning_on=matter.due_on + timedelta(days=1))


# --- objections, verdicts, look-backs ------------------------------------------------------------------------------


def test_objection_insisted_upon_comes_back_to_the_township(people):
    matter, _code = matter_in("assigned_task", State.RETURNED, people)

    insisted = step(people["department"], matter, Verb.INSIST, "属于履职清单第12项。")

    assert insisted.state == State.NEW
    assert step(people["township_office"], insisted, Verb.ACCEPT).state == State.HANDLING


def test_objection_granted_withdraws_the_matter_for_good(people):
    matter, _code = matter_in("assigned_task", State.RETURNED, people)

    withdrawn = step(people["department"], matter, Verb.WITHDRAW)

    assert (withdrawn.state, withdrawn.light, withdrawn.closed_on) == (State.WITHDRAWN, "", None)
    assert [possible_steps(user, withdrawn) for user in people.values()] == [[]] * len(ROLES)


def test_work_sent_back_forgets_its_doer_so_that_the_other_may_do_it(people):
    matter, _code = matter_in("assigned_task", State.HANDLED, people)

    sent_back = step(people["department"], matter, Verb.SEND_BACK)

    assert (sent_back.state, sent_back.done_by, sent_back.done_on, sent_back.reopened) == (
        State.HANDLING,
        None,
        None,
        0,
    )


def test_verdict_solved_closes_the_request(people):
    matter, code = matter_in("resident_request", State.VERIFIED, people)

    closed = give_verdict(code, solved=True)

    assert (closed.pk, closed.state, closed.closed_on, closed.reopened) == (
        matter.pk,
        State.CLOSED,
        timezone.localdate(),
        0,
    )
    assert closed.verified_by == people["county"]
    assert closed.events.last().by_label == "诉求人"


def test_verdict_not_solved_reopens_and_keeps_the_due_date(people):
    matter, code = matter_in("resident_request", State.VERIFIED, people)

    reopened = give_verdict(code, solved=False, text="第二天又不亮了。")

    assert (reopened.state, reopened.reopened) == (State.HANDLING, 1)
    assert (reopened.due_on, reopened.clock) == (matter.due_on, matter.clock)
    assert (reopened.done_by, reopened.done_on, reopened.verified_by, reopened.closed_on) == (None, None, None, None)


def test_verdicts_not_solved_are_counted(people):
    matter, code = request()
    for _unused in range(3):
        for actor, verb in ((people["township_office"], Verb.REPORT_DONE), (people["county"], Verb.PASS)):
            if matter.state == State.NEW:
                matter = step(people["township_office"], matter, Verb.ACCEPT)
            matter = step(actor, matter, verb)
        matter = give_verdict(code, solved=False, text="没有解决。")

    assert (matter.reopened, matter.state, matter.events.count()) == (3, State.HANDLING, 2 + 3 * 3)


@pytest.mark.parametrize(
    ("state", "text"), [(State.NEW, "x"), (State.HANDLED, "x"), (State.CLOSED, "x"), (State.VERIFIED, "  ")]
)
def test_verdict_too_early_too_late_or_without_a_reason_is_refused(people, state, text):
    matter, code = matter_in("resident_request", state, people)

    with pytest.raises(ValidationError):
        give_verdict(code, solved=False, text=text)

    assert Matter.objects.get(pk=matter.pk).state == state


def test_verdict_with_a_wrong_code_is_refused(people):
    matter_in("resident_request", State.VERIFIED, people)

    with pytest.raises(Matter.DoesNotExist):
        give_verdict("AAAAAAAAAA", solved=True)


def test_verdict_by_the_office_in_the_residents_place_is_refused(people):
    matter, _code = matter_in("resident_request", State.VERIFIED, people)

    for user in people.values():
        with pytest.raises(PermissionDenied):
            step(user, matter, Verb.SATISFIED)


def test_look_back_that_fails_reopens_with_the_old_due_date(people):
    matter, _code = matter_in("rectification", State.CLOSED, people)

    reopened = step(people["city_office"], matter, Verb.LOOK_BACK_REOPENS)

    assert (reopened.state, reopened.reopened, reopened.due_on) == (State.HANDLING, 1, matter.due_on)
    assert (reopened.closed_on, reopened.look_back_on, reopened.done_by, reopened.verified_by) == (
        None,
        None,
        None,
        None,
    )
    assert reopened.disposition == ""


def test_look_back_by_the_doer_is_refused(people):
    matter, _code = matter_in("rectification", State.CLOSED, people)

    with pytest.raises(PermissionDenied):
        step(people["township_office"], matter, Verb.LOOK_BACK_HOLDS)


# --- texts, dispositions, double clicks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "transition",
    [
        t
        for t in TRANSITIONS
        if t.text_required
        and t.party not in {Party.REQUESTER, Party.SYSTEM}
        and t.only in EVERY_KIND
        and t.source in REACHED_STATES
    ],
    ids=lambda t: t.verb,
)
def test_step_without_its_text_is_refused(people, transition):
    kind = "rectification" if transition.source == State.CLOSED else "assigned_task"
    matter, _code = matter_in(kind, transition.source, people)
    actor = people[min(ALLOWED[kind][transition.verb])]

    with pytest.raises(ValidationError) as caught:
        step(actor, matter, transition.verb, "  ")

    assert list(caught.value.message_dict) == ["text"]
    assert Matter.objects.get(pk=matter.pk).state == transition.source


@pytest.mark.parametrize("disposition", ["", "forgotten"])
def test_report_without_a_known_disposition_is_refused(people, disposition):
    matter, _code = matter_in("assigned_task", State.HANDLING, people)

    with pytest.raises(ValidationError) as caught:
        take_step(people["township_office"], matter, Verb.REPORT_DONE, text="已办。", disposition=disposition)

    assert list(caught.value.message_dict) == ["disposition"]


def test_step_pressed_twice_happens_once(people):
    matter, _code = opened("assigned_task", people)
    step(people["township_office"], matter, Verb.ACCEPT)

    with pytest.raises(ValidationError, match="可能已有人先处理"):
        step(people["township_office"], matter, Verb.ACCEPT)

    assert matter.events.count() == 2


def test_step_taken_by_two_at_once_happens_once(committing):
    factories.fictional_city()
    people = factories.everybody()
    matter = task(people["department"])

    results = factories.at_once(
        [lambda role=role: step(people[role], matter, Verb.ACCEPT) for role in ("township_head", "township_office") * 2]
    )

    assert sorted(type(result).__name__ for result in results) == ["Matter", *["ValidationError"] * 3]
    assert list(matter.events.values_list("sequence", "verb")) == [(1, "open"), (2, "accept")]
    assert first_broken_link() is None


# --- history -------------------------------------------------------------------------------------------------------


def test_every_step_is_in_the_history_and_in_the_audit_chain(people):
    matter, _code = matter_in("assigned_task", State.CLOSED, people)

    assert [(e.sequence, e.verb, e.from_state, e.to_state, e.by) for e in matter.events.all()] == [
        (1, "open", "", "new", people["department"]),
        (2, "accept", "new", "handling", people["township_office"]),
        (3, "report_done", "handling", "handled", people["township_office"]),
        (4, "pass_verification", "handled", "closed", people["department"]),
    ]
    links = Record.objects.filter(event="matters.stepped", subject=f"matters.matter:{matter.pk}").order_by("number")
    assert [(link.details["verb"], link.details["after"], link.scope) for link in links] == [
        ("accept", "handling", LIUAN),
        ("report_done", "handled", LIUAN),
        ("pass_verification", "closed", LIUAN),
    ]


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_history_cannot_be_changed_in_the_database(people, verb):
    matter, _code = opened("assigned_task", people)
    events = Event.objects.filter(matter=matter)
    change = {"UPDATE": lambda: events.update(text="改过"), "DELETE": events.delete}[verb]

    with pytest.raises(DatabaseError, match=f"matters_event refuses {verb.lower()}"), transaction.atomic():
        change()

    assert events.get().text == "逐户排查并报送台账。"


def test_two_events_of_one_number_are_refused_by_the_database(people):
    matter, _code = opened("assigned_task", people)

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(
            matter=matter, sequence=1, verb="accept", to_state="handling", by_label="x", at=timezone.now()
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "R2001-00001"),
        ("kind", "rectification"),
        ("title", "改过"),
        ("text", "改过"),
        ("division_id", SHIMEN),
        ("opened_at", timezone.now() - timedelta(days=400)),
        ("due_on", timezone.localdate() + timedelta(days=99)),
        ("clock", {"due": "2099-01-01"}),
    ],
)
def test_what_was_assigned_is_frozen_in_the_database(people, field, value):
    matter, _code = opened("assigned_task", people)

    with pytest.raises(DatabaseError, match="matters_matter refuses update"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(**{field: value})

    assert getattr(Matter.objects.get(pk=matter.pk), field) == getattr(matter, field)


# --- any walk ------------------------------------------------------------------------------------------------------

WALK = st.lists(st.tuples(st.sampled_from(list(Verb)), st.sampled_from(list(ROLES)), st.booleans()), max_size=40)


@pytest.mark.parametrize("kind", REACHED)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(walk=WALK, data=st.data())
def test_any_walk_keeps_the_invariants(people, kind, walk, data):
    with transaction.atomic():
        matter, code = opened(kind, people)
        due, clock = matter.due_on, matter.clock
        for verb, role, sensible in walk:
            steps = [(user, t.verb) for user in people.values() for t in possible_steps(user, matter)]
            try:
                if sensible and matter.state == State.VERIFIED:
                    matter = give_verdict(code, solved=verb < "o", text="见说明。")
                elif sensible and steps:
                    user, possible = data.draw(st.sampled_from(steps))
                    matter = step(user, matter, possible)
                else:
                    matter = step(people[role], matter, verb)
            except (PermissionDenied, ValidationError):
                pass
            matter.refresh_from_db()
        history = list(matter.events.all())

        assert [event.sequence for event in history] == list(range(1, len(history) + 1))
        assert [event.from_state for event in history] == ["", *(event.to_state for event in history[:-1])]
        assert history[-1].to_state == matter.state
        assert [e for e in history[1:] if (Verb(e.verb), State(e.from_state)) not in TABLE] == []
        assert (matter.due_on, matter.clock) == (due, clock)
        assert matter.reopened == sum(e.verb in {"verdict_unsatisfied", "look_back_reopens"} for e in history)
        assert (matter.state == State.CLOSED) == (matter.closed_on is not None)
        if matter.state in {State.CLOSED, State.VERIFIED}:
            assert None not in {matter.verified_by, matter.done_by}
            assert matter.verified_by != matter.done_by
        if matter.state in {State.NEW, State.HANDLING}:
            assert {matter.done_by, matter.done_on, matter.verified_by} == {None}
        assert first_broken_link() is None
        transaction.set_rollback(True)
