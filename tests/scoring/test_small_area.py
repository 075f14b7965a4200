"""Rates of small places: intervals that cover, shrinkage that helps, funnels with the false alarms they state."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from yizhen.scoring.frontier import benefit_of_the_doubt, undominated
from yizhen.scoring.inputs import InputError
from yizhen.scoring.small_area import (
    funnel,
    proportion_intervals,
    rate_intervals,
    ratio_of_sums,
    shrunk_rates,
    shrunk_scores,
)


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from(["wilson", "exact"]), st.sampled_from([0.8, 0.95, 0.99]))
def test_proportions_are_those_of_scipy(base: int, share: float, method: Any, level: float) -> None:
    count = round(base * share)
    made = proportion_intervals([count], [base], method=method, level=level)
    expected = stats.binomtest(count, base).proportion_ci(level, method=method)
    assert (made["low"][0], made["high"][0]) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_poisson_intervals_are_those_of_the_tables() -> None:
    # Garwood's limits as tabulated by Pearson & Hartley: 0, 1, 5, 20 events at 95 %.
    made = rate_intervals([0, 1, 5, 20], [1, 1, 1, 1])
    assert made["low"] == pytest.approx([0, 0.0253, 1.623, 12.217], abs=5e-4)
    assert made["high"] == pytest.approx([3.689, 5.572, 11.668, 30.888], abs=5e-4)
    assert made["few"].tolist() == [True, True, True, False]


@pytest.mark.parametrize("share", [0.003, 0.02, 0.3])
@pytest.mark.parametrize("people", [300, 1500, 20_000])
def test_intervals_cover_as_often_as_they_say(people: int, share: float) -> None:
    counts = np.arange(people + 1)
    chance = stats.binom.pmf(counts, people, share)
    likely = counts[chance > 1e-12]
    for method, least, most in (("exact", 0.95, 1.0), ("wilson", 0.92, 0.985)):
        made = proportion_intervals(likely, np.full(len(likely), people), method=method)  # type: ignore[arg-type]
        covers = (made["low"] <= share) & (share <= made["high"])
        assert least <= chance[likely][covers].sum() <= most + 1e-9
    events = np.arange(0, int(people * share * 4 + 60))
    made = rate_intervals(events, np.full(len(events), people))
    covers = (made["low"] <= share) & (share <= made["high"])
    assert stats.poisson.pmf(events[covers], people * share).sum() >= 0.95


def test_the_average_of_a_city_is_the_ratio_of_its_sums() -> None:
    assert ratio_of_sums([30, 400], [1500, 40_000]) == 430 / 41_500
    assert ratio_of_sums([30, None, 5], [1500, 9, None]) == 0.02
    with pytest.raises(InputError, match="sums to 0"):
        ratio_of_sums([1], [0])


counted = st.lists(st.tuples(st.integers(0, 400), st.integers(500, 90_000)), min_size=3, max_size=20)


@given(counted)
def test_shrinking_moves_towards_the_peers_and_large_places_least(pairs: list[tuple[int, int]]) -> None:
    count, base = np.array(pairs).T
    made = shrunk_rates(count, base)
    low, high = np.minimum(made["rate"], made["peer_rate"]), np.maximum(made["rate"], made["peer_rate"])
    assert ((low - 1e-12 <= made["shrunk"]) & (made["shrunk"] <= high + 1e-12)).all()
    assert ((made["trust"] >= 0) & (made["trust"] < 1)).all()
    order = np.argsort(base)
    assert (np.diff(made["trust"][order]) >= -1e-12).all()
    assert made["peer_rate"][0] == pytest.approx(count.sum() / base.sum())


def test_shrunk_rates_are_nearer_to_the_truth() -> None:
    generator = np.random.default_rng(6)
    base = generator.integers(800, 40_000, 200)
    truth = generator.gamma(20, 0.004 / 20, 200)
    raw, shrunk = [], []
    for _ in range(40):
        made = shrunk_rates(generator.poisson(base * truth), base)
        raw.append(((made["rate"] - truth) ** 2).sum())
        shrunk.append(((made["shrunk"] - truth) ** 2).sum())
    assert np.mean(shrunk) < 0.65 * np.mean(raw)


def test_peers_are_a_group_of_their_own() -> None:
    made = shrunk_rates([10, 12, 90, 110], [1000] * 4, peers=["山区", "山区", "城区", "城区"], per=1000)
    assert made["peer_rate"].tolist() == [11, 11, 100, 100]
    with pytest.raises(InputError, match="has 1 entries for 4"):
        shrunk_rates([10, 12, 90, 110], [1000] * 4, peers=["x"])


def test_scores_are_shrunk_by_hand() -> None:
    value, error = np.array([60.0, 70.0, 90.0]), np.array([2.0, 5.0, 10.0])
    weight = 1 / error**2
    fixed = (weight @ value) / weight.sum()
    between = (weight @ (value - fixed) ** 2 - 2) / (weight.sum() - (weight**2).sum() / weight.sum())
    both = 1 / (between + error**2)
    middle = (both @ value) / both.sum()
    made = shrunk_scores(value, error)
    assert made["peer_value"] == pytest.approx(np.full(3, middle))
    assert made["shrunk"] == pytest.approx(middle + between / (between + error**2) * (value - middle))
    assert shrunk_scores([5.0, 5.1], [3.0, 3.0])["trust"].tolist() == [0, 0]
    with pytest.raises(InputError, match="se, row 1: not above zero"):
        shrunk_scores([1, 2], [1, 0])


@pytest.mark.parametrize("kind", ["rate", "proportion"])
@pytest.mark.parametrize("target", [0.00003, 0.004, 0.3])
def test_a_funnel_finds_by_chance_no_more_than_it_states(kind: Any, target: float) -> None:
    for base in np.geomspace(100, 400_000, 12).round():
        spread = 7 * np.sqrt(base * target) + 9
        most = base if kind == "proportion" else np.inf
        counts = np.arange(max(int(base * target - spread), 0), int(min(base * target + spread, most)) + 1)
        law = stats.poisson(base * target) if kind == "rate" else stats.binom(int(base), target)
        made = funnel(counts, np.full(len(counts), base), kind=kind, target=target).table
        for finding, beyond, tail in (
            (["low"], law.cdf(counts), 0.001), (["high"], law.sf(counts - 1), 0.001),
            (["low", "warn"], law.cdf(counts), 0.025), (["high", "warn"], law.sf(counts - 1), 0.025),
        ):  # fmt: skip
            side = counts < base * target if "low" in finding else counts > base * target
            flagged = np.isin(made["finding"], finding) & side
            assert flagged.tolist() == ((beyond <= tail) & side).tolist()


def test_a_town_of_fifteen_hundred_is_not_last_by_chance() -> None:
    count = [0, 12, 40, 900, 60]
    base = [1500, 30_000, 100_000, 300_000, 140_000]
    made = funnel(count, base, per=10_000, names=["小镇", "中镇", "大镇", "城区", "乡"], target=5)
    findings = dict(zip(made.table["unit"].tolist(), made.table["finding"].tolist(), strict=True))
    assert findings["小镇"] == "within"
    assert findings["城区"] == "high"
    assert "高得不像偶然：城区" in made.summary()
    assert "do not rank them" in made.summary("en")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: rate_intervals([-1], [10]), "count, row 0: -1 is no number of events"),
        (lambda: rate_intervals([1.5], [10]), "1.5 is no number of events"),
        (lambda: rate_intervals([1], [0]), "base, row 0: 0"),
        (lambda: rate_intervals([1, 2], [10]), "have 2 and 1 entries"),
        (lambda: proportion_intervals([11], [10]), "count, row 0: 11 of 10"),
        (lambda: proportion_intervals([1], [10], method="guess"), "'guess'"),  # type: ignore[arg-type]
        (lambda: rate_intervals([1], [10], level=1), "level: 1"),
        (lambda: rate_intervals([1], [10], per=0), "per: 0"),
        (lambda: funnel([0, 0], [10, 10]), "nothing varies around it"),
        (lambda: funnel([1], [10], kind="odds"), "'odds'"),  # type: ignore[arg-type]
        (lambda: funnel([11], [10], kind="proportion"), "11 of 10"),
        (lambda: benefit_of_the_doubt([[1, None]]), "scores, indicator 1, row 0: missing"),
        (lambda: benefit_of_the_doubt([[1, -1]]), "negative"),
        (lambda: benefit_of_the_doubt([[0, 0]]), "every score is 0"),
        (lambda: benefit_of_the_doubt([[1, 2]], names=["a", "b"]), "names: has 2 entries for 1 units"),
        (lambda: benefit_of_the_doubt([[1, 2]], share_limits=(0.6, 1)), "shares of 1.2 at least"),
        (lambda: benefit_of_the_doubt([[1, 2]], share_limits=(0.5, 0.2)), "0 ≤ least ≤ largest"),
        (lambda: benefit_of_the_doubt([[1, 2]], share_limits=0.4), "expected two numbers"),  # type: ignore[arg-type]
        (lambda: benefit_of_the_doubt([[1, 2]], indicators=["x", "x"]), "each once"),
        (lambda: benefit_of_the_doubt([[1, 2]]).sentence("z"), "there is no z"),
        (lambda: rate_intervals(3, 1000), r"count: has shape \(\), expected a sequence"),
        (lambda: rate_intervals([None, 3], [10, 10]), "count, row 0: missing"),
        (lambda: rate_intervals(np.array(["2026-01-01"], "M8[D]"), [10]), "these are dates"),
        (lambda: funnel([1], [10], target=float("nan")), "nothing varies around it"),
        (lambda: funnel([1], [10], per=0), "per: 0"),
        (lambda: funnel([0], [0.5], kind="proportion"), "0 of 0.5"),
    ],
)  # fmt: skip
def test_what_is_no_rate_is_refused(make: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make()


def test_best_cases_are_those_of_cold_programs() -> None:
    from scipy.optimize import linprog

    scores = np.random.default_rng(0).random((80, 4)) * 100
    made = benefit_of_the_doubt(scores)
    for unit in range(80):
        cold = linprog(-scores[unit], A_ub=scores, b_ub=np.ones(80))
        assert made.score[unit] == pytest.approx(-cold.fun, abs=1e-8)
    assert ((scores @ made.weights.T) <= 1 + 1e-7).all()


def test_units_of_measurement_and_dominated_units_change_no_best_case() -> None:
    scores = np.random.default_rng(1).random((30, 3)) * 100
    made = benefit_of_the_doubt(scores)
    assert benefit_of_the_doubt(scores * [1, 7, 0.01]).score == pytest.approx(made.score, abs=1e-7)
    more = np.vstack([scores, scores[undominated(scores)] * 0.9])
    assert benefit_of_the_doubt(more).score[:30] == pytest.approx(made.score, abs=1e-7)
    limited = benefit_of_the_doubt(scores, share_limits=([0.1, 0.2, 0.1], 0.6))
    assert (limited.score <= made.score + 1e-7).all()
    assert (limited.shares >= np.array([0.1, 0.2, 0.1]) - 1e-6).all()
    assert (limited.shares <= 0.6 + 1e-6).all()


def test_one_zero_is_not_the_bottom_of_everything() -> None:
    made = benefit_of_the_doubt([[0, 100, 100, 100], [50] * 4], share_limits=(0.02, 0.4), names=["好", "中"])
    assert made.score == pytest.approx([1, 5 / 6])
    assert made.shares[0].tolist() == pytest.approx([0, 0.4, 0.4, 0.2], abs=0.2)
    narrow = benefit_of_the_doubt([[0, 100, 0], [50, 50, 50]], share_limits=(0, 0.4), names=["好", "中"])
    assert np.isnan(narrow.score[0])
    assert "限度之内没有权重" in narrow.sentence("好")
    assert "within the limits" in narrow.sentence("好", "en")


@pytest.mark.parametrize("scale", [1e-10, 1e10, (1, 1e12, 1e-9)])
def test_a_best_case_does_not_depend_on_the_units_of_measurement(scale: Any) -> None:
    scores = np.random.default_rng(2).random((30, 3))
    for limits in (None, (0.05, 0.7)):
        expected = benefit_of_the_doubt(scores, share_limits=limits).score
        assert benefit_of_the_doubt(scores * scale, share_limits=limits).score == pytest.approx(expected, abs=1e-6)


def test_a_best_case_is_said_in_a_sentence() -> None:
    made = benefit_of_the_doubt(
        [[9, 1], [1, 9], [4, 4], [0, 0]], names=["甲", "乙", "丙", "丁"], indicators=["路", "校"]
    )
    assert made.sentence("甲").endswith("没有单位比它好。")
    assert "也只到同一权重下最好的单位的 80%" in made.sentence("丙")
    assert "it reaches 80% of the best" in made.sentence("丙", "en")
    assert "没有有利的权重" in made.sentence("丁")
    assert np.isnan(made.shares[3]).all()
    assert made.table["路"][0] > 0.5
