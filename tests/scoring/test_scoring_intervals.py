from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from yizhen.scoring import stratified_interval

WEIGHTS = {"A": 30.0, "B": 20.0, "C": 50.0}
ROSTER = {"A": 40, "B": 40, "C": 40}
score = st.sampled_from([0.0, 60.0, 72.5, 80.0, 96.0, 100.0])
bodies = st.dictionaries(st.sampled_from("ABC"), st.lists(score, max_size=12))
full = st.dictionaries(st.sampled_from("ABC"), st.lists(score, min_size=2, max_size=12), min_size=1)


def test_one_class_is_the_t_interval() -> None:
    scores = [80.0, 60.0, 100.0, 80.0, 70.0]
    made = stratified_interval({"A": scores, "B": []}, WEIGHTS, ROSTER)
    assert made is not None
    low, high = stats.t.interval(0.95, 4, np.mean(scores), stats.sem(scores))
    assert (made.low, min(high, 100)) == pytest.approx((low, made.high))
    assert made.degrees_of_freedom == pytest.approx(4)


def test_two_classes_are_welch() -> None:
    a, b = [80.0, 60.0, 100.0, 80.0, 70.0], [50.0, 55.0, 40.0]
    made = stratified_interval({"A": a, "B": b}, {"A": 1, "B": 1}, {})
    assert made is not None
    # Welch's test has the same variance and degrees of freedom, with weights 1 and -1 for 1/2 and 1/2.
    welch = stats.ttest_ind(a, b, equal_var=False)
    assert made.degrees_of_freedom == pytest.approx(welch.df)
    assert 2 * made.standard_error == pytest.approx(abs(np.mean(a) - np.mean(b)) / abs(welch.statistic))
    assert made.estimate == pytest.approx((np.mean(a) + np.mean(b)) / 2)


def test_a_single_sheet_borrows_the_pooled_variance() -> None:
    a, b = [80.0, 60.0, 100.0], [50.0, 60.0]
    made = stratified_interval({"A": a, "B": b, "C": [70.0]}, WEIGHTS, ROSTER)
    assert made is not None
    va, vb = np.var(a, ddof=1), np.var(b, ddof=1)
    pooled = (2 * va + vb) / 3
    assert made.standard_error == pytest.approx(sqrt(0.09 * va / 3 + 0.04 * vb / 2 + 0.25 * pooled))


def test_finite_population() -> None:
    sheets = {"A": [80.0, 60.0, 100.0, 70.0]}
    plain = stratified_interval(sheets, WEIGHTS, {})
    half = stratified_interval(sheets, WEIGHTS, {"A": 8}, finite_population=True)
    census = stratified_interval(sheets, WEIGHTS, {"A": 4}, finite_population=True)
    assert plain is not None
    assert half is not None
    assert census is not None
    assert half.standard_error == pytest.approx(plain.standard_error * sqrt(0.5))
    assert census.low == census.high == census.estimate


def test_nothing_to_estimate() -> None:
    assert stratified_interval({}, WEIGHTS, ROSTER) is None
    assert stratified_interval({"A": [80.0], "B": [70.0]}, WEIGHTS, ROSTER) is None
    assert stratified_interval({"A": [80.0, 90.0]}, {"A": 0.0}, ROSTER) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sheets": {"A": [80.0, 101.0]}}, "class A: a sheet score"),
        ({"sheets": {"A": [80.0, float("nan")]}}, "class A: a sheet score"),
        ({"weights": {}}, "class A: the weight"),
        ({"level": 1.0}, "level"),
        ({"roster": {"A": 1}, "finite_population": True}, "class A: more sheets"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    given_: dict[str, Any] = {"sheets": {"A": [80.0, 90.0]}, "weights": WEIGHTS, "roster": ROSTER}
    with pytest.raises(ValueError, match=message):
        stratified_interval(**(given_ | change))


@given(bodies, st.randoms(use_true_random=False))
def test_order_changes_nothing(sheets: dict[str, list[float]], random: Any) -> None:
    codes = random.sample(list(sheets), len(sheets))
    shuffled = {code: random.sample(sheets[code], len(sheets[code])) for code in codes}
    assert stratified_interval(shuffled, WEIGHTS, ROSTER) == stratified_interval(sheets, WEIGHTS, ROSTER)


@given(bodies, st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_contains_its_estimate(sheets: dict[str, list[float]], level: float) -> None:
    made = stratified_interval(sheets, WEIGHTS, ROSTER, level)
    if made is not None:
        assert 0 <= made.low <= made.estimate <= made.high <= 100
        assert 0 < made.degrees_of_freedom <= sum(map(len, sheets.values())) + 1e-9


@given(full)
def test_twice_the_sheets_narrow_the_interval(sheets: dict[str, list[float]]) -> None:
    once = stratified_interval(sheets, WEIGHTS, ROSTER)
    twice = stratified_interval({code: rows * 2 for code, rows in sheets.items()}, WEIGHTS, ROSTER)
    assert once is not None
    assert twice is not None
    assert twice.estimate == pytest.approx(once.estimate)
    assert twice.high - twice.low <= once.high - once.low + 1e-9
    assert twice.standard_error < once.standard_error or once.standard_error < 1e-9
