"""Stated coverage holds, in small: many meetings from a known truth, seeds fixed. The full study is ``make study``."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from yizhen.scoring import stratified_interval
from yizhen.scoring.crossed import CrossedModel, paired_scores
from yizhen.scoring.facets import ManyFacetRasch
from yizhen.scoring.ranks import competition, rank_intervals, rank_sets
from yizhen.scoring.screening import coalition_test
from yizhen.scoring.simulate import simulate_ballots, simulate_points

BALLOTS = {"ratee": "town", "rater": "rater", "score": "score"}


def test_standard_errors_of_severities_are_honest() -> None:
    gaps, errors = [], []
    for seed in range(60):
        data, truth = simulate_ballots(seed, ratees=30, raters=12, missing=0.2)
        made = ManyFacetRasch().fit(data, **BALLOTS)
        gaps.append(made.raters["measure"] - truth["severity"])
        errors.append(made.raters["se"])
    assert np.std(gaps) / np.mean(errors) == pytest.approx(1, abs=0.07)
    assert (np.abs(gaps) < 1.96 * np.array(errors)).mean() == pytest.approx(0.95, abs=0.025)


def test_standard_errors_of_measures_are_honest() -> None:
    z = []
    for seed in range(60):
        data, truth = simulate_ballots(seed, ratees=10, raters=25)
        made = ManyFacetRasch().fit(data, **BALLOTS)
        covariance = made.ratee_covariance()
        centre = np.eye(10) - 0.1
        spread = np.sqrt(np.diag(centre @ covariance @ centre))
        z.append(centre @ (made.ratees["wle"] - truth["measure"]) / spread)
    assert np.std(z) == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(("sizes", "weights"), [((5, 15, 40), (40, 40, 20)), ((3, 10, 60), (40, 40, 20))])
def test_satterthwaite_covers_with_groups_of_three_to_five(sizes: Any, weights: Any) -> None:
    share = dict(zip("ABC", weights, strict=True))
    covered: dict[str, list[float]] = {"crossed": [], "differences": [], "paired": [], "stratified": []}
    for seed in range(150):
        data, cells = simulate_points(seed, ratees=8, sizes=sizes)
        truth = np.array(weights) @ cells / 100
        made = CrossedModel().fit(data, **BALLOTS, group="group", weights=share)
        scores, gap = made.scores, made.differences
        covered["crossed"].append(((scores["low"] <= truth) & (truth <= scores["high"])).mean())
        true_gap = truth[:, None] - truth
        inside = np.abs(gap.estimate - true_gap) <= stats.t.ppf(0.975, gap.df) * gap.se
        covered["differences"].append(inside[np.triu_indices(8, 1)].mean())
        paired = paired_scores(data, **BALLOTS, group="group", weights=share).scores
        covered["paired"].append(((paired["low"] <= truth) & (truth <= paired["high"])).mean())
        own = data["town"] == 0
        sheets = {code: data["score"][own & (data["group"] == code)].clip(0, 100) for code in "ABC"}
        interval = stratified_interval(sheets, share, {})
        assert interval is not None
        covered["stratified"].append(interval.low <= truth[0] <= interval.high)
    found = {name: float(np.mean(values)) for name, values in covered.items()}
    assert {name: 0.91 <= value <= 0.99 for name, value in found.items()} == dict.fromkeys(found, True), found


@pytest.mark.parametrize(("spread", "least"), [(0.0, 0.93), (0.5, 0.97)])
def test_rank_sets_hold_all_true_ranks(spread: float, least: float) -> None:
    truth, generator = np.linspace(0, spread, 12), np.random.default_rng(0)
    best = competition(truth) if spread else np.ones(12)
    worst = best if spread else np.full(12, 12)
    held, pictured = [], []
    for _ in range(150):
        estimates = truth + generator.normal(0, 0.2, 12)
        sets = rank_sets(estimates, se=np.full(12, 0.2), kind="simultaneous", draws=1000)
        held.append(((sets.low <= best) & (worst <= sets.high)).all())
        picture = rank_intervals(estimates, se=np.full(12, 0.2), draws=1000)
        pictured.append(((picture["low"] <= best) & (worst <= picture["high"])).all())
    assert np.mean(held) >= least
    if not spread:  # a picture, not a confidence set: with all tied it hardly ever holds every rank
        assert np.mean(pictured) < 0.1


def test_the_coalition_test_has_its_size_and_finds_fifteen_percent() -> None:
    alarms = {0: 0, 9: 0}
    for seed in range(12):
        data, _ = simulate_ballots(seed, raters=60)
        friends = np.random.default_rng(seed).choice(18, 2, replace=False)
        for members in alarms:
            own = data["rater"] < members
            lower = np.maximum(data["score"] - 1, 0)
            score = np.where(own, np.where(np.isin(data["town"], friends), 3, lower), data["score"])
            made = ManyFacetRasch().fit({**data, "score": score}, **BALLOTS)
            alarms[members] += coalition_test(made, simulations=39).p <= 0.05
    assert alarms[0] <= 2
    assert alarms[9] >= 10
