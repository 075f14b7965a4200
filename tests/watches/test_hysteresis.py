"""Hysteresis: never two at once, nothing between the levels, no matter in which order readings come."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.watches.hysteresis import CALM, LOWER, UPPER, Point, Rule, State, episodes, play, step

START = datetime(2026, 7, 1, tzinfo=UTC)


def at(minute: int, value: float) -> Point:
    return Point(START + timedelta(minutes=minute), Decimal(str(value)))


def points(*values: float, every: int = 10) -> list[Point]:
    return [at(every * number, value) for number, value in enumerate(values)]


values = st.decimals(min_value=0, max_value=10, places=1)
series = st.dictionaries(st.integers(0, 2000), values, max_size=30).map(
    lambda found: [at(minute, value) for minute, value in found.items()]
)


@st.composite
def rules(draw):
    side = draw(st.sampled_from([UPPER, LOWER]))
    low, high = sorted(draw(st.lists(values, min_size=2, max_size=2, unique=True)))
    level, clear = (high, low) if side == UPPER else (low, high)
    hole = draw(st.none() | st.integers(1, 500).map(lambda n: timedelta(minutes=n)))
    lasting = timedelta(minutes=draw(st.integers(0, 100)))
    return Rule(side, level, clear, draw(st.integers(1, 4)), lasting, hole)


@settings(max_examples=50)
@given(series, rules(), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_change_the_state(readings, rule, chance):
    mixed = list(readings)
    chance.shuffle(mixed)
    assert play(mixed, rule) == play(readings, rule)
    assert episodes(mixed, rule) == episodes(readings, rule)


@settings(max_examples=50)
@given(series, rules())
def test_from_scratch_and_one_by_one_and_from_the_last_calm_reading_are_the_same(readings, rule):
    readings.sort()
    state = CALM
    for number, point in enumerate(readings, start=1):
        state = step(state, point, rule)
        assert state == play(readings[:number], rule)
    calm = [point.at for point in readings if rule.is_calm(point.value)]
    rest = [point for point in readings if not calm or point.at > max(calm)]
    assert state == play(rest, rule)


@settings(max_examples=50)
@given(series, rules())
def test_never_two_at_once_and_nothing_happens_between_the_levels(readings, rule):
    readings.sort()
    found = episodes(readings, rule)
    for (raised, cleared), (again, _later) in zip(found, found[1:], strict=False):
        assert raised.at < cleared.at < again.at
    for raised, cleared in found:
        assert rule.is_beyond(raised.value)
        assert not rule.is_calm(raised.value)
        assert cleared is None or rule.is_calm(cleared.value)
    assert (bool(found) and found[-1][1] is None) == (play(readings, rule).raised is not None)


@settings(max_examples=50)
@given(series, rules(), st.integers(1, 1999), st.integers(1, 9))
def test_a_value_between_the_levels_neither_raises_nor_clears(readings, rule, minute, tenth):
    inside = rule.level + (rule.clear - rule.level) * tenth / 10
    state = play(readings, rule)
    after = step(state, Point(START + timedelta(minutes=2001 + minute), inside), rule)
    assert (after.raised is None) == (state.raised is None)


@settings(max_examples=50)
@given(series, rules())
def test_both_sides_are_each_others_mirror(readings, rule):
    other = LOWER if rule.side == UPPER else UPPER
    mirrored = Rule(other, -rule.level, -rule.clear, rule.count, rule.lasting, rule.hole)
    turned = play([Point(point.at, -point.value) for point in readings], mirrored)
    state = play(readings, rule)
    assert (turned.raised and turned.raised.at, turned.run) == (state.raised and state.raised.at, state.run)


@pytest.mark.parametrize(
    ("values", "raised"),
    [
        ((5.0,), True),  # reached is crossed
        ((4.9,), False),
        ((5.0, 4.5), True),  # between the levels it stays
        ((5.0, 4.0), False),  # reached is cleared
        ((5.0, 4.0, 4.9), False),
        ((5.0, 4.0, 5.0), True),
        ((), False),
    ],
)
def test_upper_level(values, raised):
    assert (play(points(*values), Rule(UPPER, Decimal(5), Decimal(4))).raised is not None) == raised


def test_run_of_readings_is_broken_by_one_between_the_levels():
    rule = Rule(LOWER, Decimal(3), Decimal(4), count=3)
    assert play(points(2, 2, 3.5, 2, 2), rule) == State(run=2, since=at(30, 2).at, last=at(40, 2).at)
    assert play(points(2, 2, 3.5, 2, 2, 2), rule).raised == at(50, 2)


def test_duration_is_not_proved_across_a_hole():
    rule = Rule(UPPER, Decimal(5), Decimal(4), lasting=timedelta(minutes=30), hole=timedelta(minutes=20))
    assert play([at(0, 6), at(20, 6), at(40, 6)], rule).raised == at(40, 6)
    assert play([at(0, 6), at(21, 6), at(40, 6)], rule).raised is None


@pytest.mark.parametrize(
    ("side", "level", "clear", "more"),
    [(UPPER, 5, 5, {}), (UPPER, 5, 6, {}), (LOWER, 5, 4, {}), ("between", 5, 4, {}), (UPPER, 5, 4, {"count": 0})],
)
def test_rule_that_could_raise_and_clear_on_one_value_is_refused(side, level, clear, more):
    with pytest.raises(ValueError):
        Rule(side, Decimal(level), Decimal(clear), **more)
