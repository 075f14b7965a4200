import json
from datetime import date
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from yizhen.clocks import (
    Deadline,
    DeadlineRule,
    Light,
    Unit,
    compute_deadline,
    light,
    national_calendar,
    working_days_between,
)

published = st.dates(date(2025, 9, 1), date(2027, 3, 1))  # dense in 调休 and in the step to an unpublished year
unpublished = st.one_of(st.dates(date(1998, 12, 1), date(2000, 2, 1)), st.dates(date(2030, 12, 1), date(2032, 2, 1)))
starts = st.one_of(published, unpublished, st.dates(date(1900, 1, 1), date(2100, 1, 1)))
units = st.sampled_from([Unit.NATURAL_DAY, Unit.WORKING_DAY])
rules = st.builds(
    DeadlineRule,
    event=st.just("received"),
    amount=st.integers(0, 90),
    unit=units,
    exclude_start_day=st.booleans(),
    roll_last_day=st.booleans(),
    source=st.sampled_from(["", "信访工作条例"]),
)


@given(rules, starts)
@example(DeadlineRule("e", 20, Unit.WORKING_DAY), date(2031, 9, 20))
@example(DeadlineRule("e", 20, Unit.WORKING_DAY), date(1999, 4, 20))
def test_a_deadline_holds_together(rule: DeadlineRule, start: date) -> None:
    made = compute_deadline(rule, start)
    assert made.due >= made.warning >= start
    assert sum(step.counted for step in made.steps) == rule.amount
    assert made.steps[-1].day == made.due
    assert all((b.day - a.day).days == 1 for a, b in pairwise(made.steps))
    if rule.roll_last_day or (rule.unit is Unit.WORKING_DAY and rule.amount):
        assert national_calendar().is_working_day(made.due)
    if not rule.roll_last_day:
        assert made.due == made.warning


@given(rules, starts)
def test_json_round_trip(rule: DeadlineRule, start: date) -> None:
    made = compute_deadline(rule, start)
    assert Deadline.from_json(json.loads(json.dumps(made.as_json()))) == made


@given(rules, starts)
def test_more_days_are_never_sooner(rule: DeadlineRule, start: date) -> None:
    longer = DeadlineRule(
        rule.event, rule.amount + 1, rule.unit,
        exclude_start_day=rule.exclude_start_day, roll_last_day=rule.roll_last_day,
    )  # fmt: skip
    short, long = compute_deadline(rule, start), compute_deadline(longer, start)
    assert (long.warning, long.due) >= (short.warning, short.due)
    assert long.due >= short.due


@given(rules, starts)
def test_runs_cover_the_same_days(rule: DeadlineRule, start: date) -> None:
    made = compute_deadline(rule, start)
    runs = made.collapsed()
    assert sum((run.last - run.first).days + 1 for run in runs) == len(made.steps)
    assert all((a.counted, a.reason) != (b.counted, b.reason) for a, b in pairwise(runs))


@given(starts, st.integers(1, 60))
def test_working_days_between_agrees_with_the_deadline(start: date, amount: int) -> None:
    due = compute_deadline(DeadlineRule("e", amount, Unit.WORKING_DAY), start).due
    assert working_days_between(start, due) == amount
    assert light(due, start, warn_days=amount) is Light.YELLOW
    assert light(due, start, warn_days=amount - 1) is Light.GREEN
