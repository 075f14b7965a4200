"""Kinds played over cases: a walk equals what the real actions do, shipped cases come out, broken steps are named."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yizhen.matters.kinds import KINDS, from_json
from yizhen.matters.kinds.cases import Case, read_steps, run_case, shipped_cases
from yizhen.matters.kinds.walk import CaseStep, WalkRefused, walk
from yizhen.matters.lifecycle import TABLE, State, Verb

CASES = [(code, case) for code, cases in shipped_cases().items() for case in cases]


@pytest.mark.parametrize(("code", "case"), CASES, ids=[f"{code}-{number}" for number, (code, _c) in enumerate(CASES)])
def test_shipped_cases_come_out_as_they_were_worked_out_by_hand(code, case):
    outcome = run_case(KINDS[code], case)

    assert (outcome.problem, outcome.differs) == ("", ())


def test_five_kinds_at_least_are_shipped_with_three_cases_each():
    counts = {code: len(cases) for code, cases in shipped_cases().items()}

    assert {"petition", "hotline", "grid_event", "hazard", "foi"} <= set(counts)
    assert min(counts.values()) >= 3


def test_what_differs_is_said_field_by_field():
    outcome = run_case(KINDS["hotline"], Case("2026-03-02 open", "new", date(2026, 3, 4)))

    assert outcome.passed is False
    assert [(str(name), str(wanted), str(got)) for name, wanted, got in outcome.differs] == [
        ("状态", "已交办", "已立案，待派遣"),
        ("期限", "2026-03-04", "2026-03-03"),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("hotline", "", 1),
        ("hotline", "2026-03-02 dispatch", 1),
        ("hotline", "2026-03-02 open; 2026-03-03 fly", 2),
        ("hotline", "2026-03-02 open; dispatch", 2),
        ("hotline", "2026-03-02 open; 2026-03-03 dispatch now please", 2),
        ("hotline", "2026-03-02 open; 2026-03-03 dispatch; 2026-03-02 accept", 3),
        ("hotline", "2026-03-02 open; 2026-03-03 accept", 2),  # not possible in this state
        ("hotline", "2026-03-02 open; 2026-03-03 dispatch; 2026-03-03 accept; 2026-03-03 suspend hearing", 4),
        ("hotline", "2026-03-02 open due 2026-03-20", 1),
        ("assigned_task", "2026-03-02 open", 1),
        ("assigned_task", "2026-03-02 open due 2026-03-01", 1),
        ("assigned_task", "2026-03-02 open due soon", 1),
        ("petition", "2026-03-02 open; 2026-03-02 confirm", 2),  # petitions are filed, not confirmed
        ("petition", "2026-03-02 open; 2026-03-02 file; 2026-03-02 dispatch; 2026-03-10 object", 4),
        ("petition", "2026-03-02 open; 2026-03-02 file; 2026-03-02 dispatch; 2026-03-02 accept; 2026-03-03 suspend busy", 5),
        ("petition", "2026-03-02 open; 2026-03-02 file; 2026-03-02 dispatch; 2026-03-02 accept; 2026-03-03 grant_extension", 5),
    ],
)  # fmt: skip
def test_step_that_cannot_be_is_named_by_its_number(kind, text, number):
    with pytest.raises(WalkRefused) as caught:
        walk(KINDS[kind], read_steps(text))

    assert caught.value.number == number
    assert caught.value.why


def test_steps_are_read_by_code_and_by_name_with_any_separator():
    assert read_steps("2026年3月2日 open；2026/3/3 派遣\n2026-03-04 suspend hearing") == [
        CaseStep("open", date(2026, 3, 2)),
        CaseStep("dispatch", date(2026, 3, 3)),
        CaseStep("suspend", date(2026, 3, 4), None, "hearing"),
    ]


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_walk_leaves_no_kind_without_a_due_date_and_never_closes_without_verification(data):
    kind = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    day = date(2026, 1, 5)
    steps = [CaseStep("open", day, None if kind.first_clock else day + timedelta(days=20))]
    walked = walk(kind, steps)
    for _turn in range(14):
        day += timedelta(days=data.draw(st.integers(0, 40)))
        verb = data.draw(st.sampled_from([verb for verb, state in TABLE if state == walked.state] or [Verb.ACCEPT]))
        step = CaseStep(verb, day, None, kind.suspensions[0] if verb == Verb.SUSPEND and kind.suspensions else "")
        try:
            walked = walk(kind, [*steps, step])
        except WalkRefused:
            continue
        steps.append(step)

    assert walked.due_on >= date(2026, 1, 5)
    assert len({clock.code for clock in walked.running}) == len(walked.running)
    if walked.state == State.CLOSED:
        assert {step.verb for step in steps} & {Verb.PASS, Verb.LAPSE, Verb.UPHOLD_SECOND, Verb.SATISFIED}


def test_a_changed_kind_changes_what_comes_out():
    data = KINDS["hotline"].as_json()
    data["clocks"] = [{**clock, "amount": 2} for clock in data["clocks"]]
    case = Case("2026-03-02 open; 2026-03-03 dispatch", "new", date(2026, 3, 10))

    assert run_case(KINDS["hotline"], case).passed is True
    assert [got for _name, _wanted, got in run_case(from_json(data), case).differs] == [date(2026, 3, 5)]
