"""Crossed models against lme4 and against the same likelihood written out in full."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.scoring.meetings import oracle, table
from yizhen.scoring.crossed import CrossedModel, additive_fixed, bootstrap_raters, paired_scores
from yizhen.scoring.crossed.model import best_ratios
from yizhen.scoring.crossed.reml import Ratios, crossing, deviance_slope, restricted, solve
from yizhen.scoring.inputs import InputError
from yizhen.scoring.ranks import rank_sets
from yizhen.scoring.simulate import simulate_points

COLUMNS = {"ratee": "town", "rater": "rater", "score": "score"}
GROUPED = COLUMNS | {"group": "group"}
WEIGHTS = {"A": 0.4, "B": 0.4, "C": 0.2}


def reviews() -> dict[str, Any]:
    data = table("mixed/immer09.csv")
    return data | {"score": [float(score) for score in data["score"]]}


def fit(data: Any, **options: Any) -> Any:
    return CrossedModel().fit(data, **GROUPED, **({"weights": WEIGHTS} | options))


def test_reviews_are_lme4s() -> None:
    case = oracle("mixed/immer09_lmer.json")
    made = CrossedModel(ratee="random").fit(reviews(), ratee="idpaper", rater="idreviewer", score="score")
    ratee, rater, residual = case["vc"]["vcov"]
    assert made.components.ratee == pytest.approx(ratee, rel=1e-4)
    assert made.components.rater == pytest.approx(rater, rel=1e-4)
    assert made.components.residual == pytest.approx(residual, rel=1e-4)
    assert made.log_likelihood == pytest.approx(case["loglik"], abs=1e-6)
    assert made.solution.level[0] == pytest.approx(case["fixef"], abs=1e-5)
    for names, effects, key in (
        (made.ratings.ratee.names, made.solution.ratee, "paper"),
        (made.ratings.rater.names, made.solution.rater, "reviewer"),
    ):
        mine = dict(zip(names, effects, strict=True))
        theirs = dict(zip(case[key]["id"], case[key]["blup"], strict=True))
        assert mine == pytest.approx(theirs, abs=1e-4)


def test_fixed_raters_are_least_squares() -> None:
    case = oracle("mixed/immer09_lm_fixed.json")
    data = CrossedModel().fit(reviews(), ratee="idpaper", rater="idreviewer", score="score")
    made = additive_fixed(data.data)
    mine = {f"idpaper{name}": effect for name, effect in zip(data.ratings.ratee.names, made.ratee, strict=True)}
    theirs = {name: value for name, value in case["coef"].items() if name.startswith("idpaper")}
    assert mine == pytest.approx(theirs, abs=1e-9)
    assert made.error_variance**0.5 == pytest.approx(case["sigma"], abs=1e-9)
    raters = dict(zip(data.ratings.rater.names, made.rater, strict=True))
    assert raters["7"] == pytest.approx(case["coef"]["idreviewer7"], abs=1e-9)


def in_full(data: dict[str, Any], ratios: Ratios, *, random_ratee: bool) -> tuple[float, Any]:
    """Return the restricted log-likelihood and the cells by the N × N covariance matrix, as textbooks write them."""
    town, rater = np.asarray(data["town"]), np.asarray(data["rater"])
    group = np.array(["ABC".index(one) for one in data["group"]])
    y, n = np.asarray(data["score"], float), len(town)

    def same(values: Any) -> Any:
        return (values[:, None] == values).astype(float)

    cell = group * 100 + town
    v = np.eye(n) + ratios.rater * same(rater) + ratios.interaction * same(cell)
    x = np.eye(town.max() + 1)[town]
    levels = np.eye(group.max() + 1)[group]
    x = np.hstack([x, levels[:, 1:]])
    if random_ratee:
        assert ratios.ratee is not None
        v, x = v + ratios.ratee * same(town), levels
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ y)
    gap = y - x @ beta
    freedom = n - x.shape[1]
    quadratic = float(gap @ inverse @ gap)
    determinant = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
    variance = quadratic / freedom
    return -0.5 * (freedom * np.log(2 * np.pi * variance) + determinant + freedom), variance


@pytest.mark.parametrize("random_ratee", [False, True])
@pytest.mark.parametrize("ratios", [(0.7, 0.2), (0.0, 0.3), (0.4, 0.0), (2.0, 1.5)])
def test_elimination_is_the_full_likelihood(ratios: tuple[float, float], random_ratee: bool) -> None:
    data, _ = simulate_points(1, ratees=6, sizes=(3, 4, 5), missing=0.2)
    at = Ratios(*ratios, 0.9 if random_ratee else None)
    group = np.array(["ABC".index(data["group"][np.flatnonzero(data["rater"] == r)[0]]) for r in range(12)])
    laid = crossing(data["town"], data["rater"], data["score"], group)
    mine = restricted(laid, at)
    expected, variance = in_full(data, at, random_ratee=random_ratee)
    assert mine.log_likelihood(mine.error_variance) == pytest.approx(expected, abs=1e-8)
    assert mine.error_variance == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize("random_ratee", [False, True])
def test_slope_is_the_likelihoods(random_ratee: bool) -> None:
    data, _ = simulate_points(2, ratees=6, sizes=(3, 4, 5), missing=0.2)
    group = np.repeat([0, 1, 2], (3, 4, 5))
    laid = crossing(data["town"], data["rater"], data["score"], group)
    at = np.array([0.6, 0.2, 0.8][: 2 + random_ratee])

    def ratios(values: Any) -> Ratios:
        return Ratios(*values[:2], values[2] if random_ratee else None)

    _, slope = deviance_slope(laid, ratios(at))
    for one in range(len(at)):
        step = np.zeros(len(at))
        step[one] = 1e-5
        difference = deviance_slope(laid, ratios(at + step))[0] - deviance_slope(laid, ratios(at - step))[0]
        assert slope[one] == pytest.approx(difference / 2e-5, abs=1e-5)


def test_complete_meetings_give_weighted_means_and_their_errors() -> None:
    # With everybody present and no interaction the standardised score is the weighted mean of class means.
    data, _ = simulate_points(3, ratees=8, sizes=(6, 10), interaction_sd=0.0)
    weights = {"A": 0.5, "B": 0.5}
    made = CrossedModel().fit(data, **GROUPED, weights=weights)
    frame = pd.DataFrame(data)
    means = frame.groupby(["group", "town"])["score"].mean().unstack()
    if made.ratios.interaction == 0:
        pooled = frame.groupby("town")["score"].mean()
        assert (made.estimate - made.estimate.mean()) == pytest.approx(pooled - pooled.mean())
    assert made.estimate.mean() == pytest.approx(means.mean().mean())
    paired = paired_scores(data, **GROUPED, weights=weights)
    assert paired.estimate == pytest.approx(means.mean().to_numpy())
    # Pairing: errors of differences leave the raters' severity out.
    difference = made.differences.se[0, 1] ** 2
    assert difference < 0.8 * (made.covariance[0, 0] + made.covariance[1, 1])
    assert made.components.residual == pytest.approx(25, rel=0.35)


def test_nobody_gains_from_who_stayed_away() -> None:
    data, truth = simulate_points(4, ratees=10, sizes=(20, 20), interaction_sd=0.0)
    lenient = np.argsort(-np.bincount(data["rater"], data["score"]) / np.bincount(data["rater"]))[:20]
    keep = ~((data["town"] == 0) & np.isin(data["rater"], lenient))
    seen = {key: np.asarray(values)[keep] for key, values in data.items()}
    weights = {"A": 0.5, "B": 0.5}
    full = CrossedModel().fit(data, **GROUPED, weights=weights).estimate[0]
    made = CrossedModel().fit(seen, **GROUPED, weights=weights).estimate[0]
    raw = float(np.mean(np.asarray(seen["score"])[np.asarray(seen["town"]) == 0]))
    assert raw < full - 2
    assert abs(made - full) < 1.2


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_changes_nothing(seed: int, random: Any) -> None:
    data, _ = simulate_points(seed, ratees=5, sizes=(3, 4, 5))
    order = random.sample(range(len(data["score"])), len(data["score"]))
    other = {key: np.asarray(values)[order] for key, values in data.items()}
    assert fit(other).estimate == pytest.approx(fit(data).estimate, abs=1e-4)
    assert paired_scores(other, **GROUPED, weights=WEIGHTS).covariance == pytest.approx(
        paired_scores(data, **GROUPED, weights=WEIGHTS).covariance
    )


def test_shift_and_scale_carry_through() -> None:
    data, _ = simulate_points(5, ratees=6, sizes=(4, 5, 6))
    one, other = fit(data), fit({**data, "score": 3 + 2 * np.asarray(data["score"])})
    assert other.estimate == pytest.approx(3 + 2 * one.estimate, abs=1e-3)
    assert other.scores["se"] == pytest.approx(2 * one.scores["se"], rel=1e-3)
    assert other.scores["df"] == pytest.approx(one.scores["df"], rel=1e-2)


def test_paired_errors_of_two_ratees_are_the_paired_t_test() -> None:
    marks = np.random.default_rng(6).normal(80, 5, (12, 2))
    data = {"town": [0, 1] * 12, "rater": np.repeat(range(12), 2), "score": marks.ravel()}
    made = paired_scores(data, **COLUMNS)
    se = np.sqrt(made.covariance[0, 0] + made.covariance[1, 1] - 2 * made.covariance[0, 1])
    test = stats.ttest_rel(marks[:, 0], marks[:, 1])
    assert (made.estimate[0] - made.estimate[1]) / se == pytest.approx(test.statistic)
    assert made.df[0, 1] == pytest.approx(test.df)
    assert made.shrinkage == {"": 0.0}


def test_two_raters_pool_their_error_over_ratees() -> None:
    data, _ = simulate_points(7, ratees=6, sizes=(2, 8))
    made = paired_scores(data, **GROUPED, weights={"A": 1.0, "B": 0.0})
    assert made.shrinkage["A"] == 1.0
    assert np.ptp(np.diag(made.covariance)) < 1e-12


def test_huber_follows_many_marks_not_one() -> None:
    data, _ = simulate_points(8, ratees=6, sizes=(10, 10, 10))
    plain = fit(data)
    assert not plain.huber().alarming
    score = np.asarray(data["score"]).copy()
    score[np.flatnonzero(np.asarray(data["town"]) == 0)[:3]] -= 60
    odd = fit({**data, "score": score})
    check = odd.huber()
    assert abs(check.table["other"][0] - plain.estimate[0]) < abs(odd.estimate[0] - plain.estimate[0]) / 2
    assert check.table["difference"][0] > 1


def test_absence_by_severity_is_noticed() -> None:
    alarms = {True: 0, False: 0}
    for seed in range(10):
        data, _ = simulate_points(seed, ratees=10, sizes=(30,), interaction_sd=0.0)
        severity = np.bincount(data["rater"], data["score"]) / np.bincount(data["rater"])
        harsh = severity < np.median(severity)
        for biased in alarms:
            drop = harsh[data["rater"]] if biased else data["rater"] % 2 == 0
            keep = ~(drop & (data["town"] < 5) & (data["rater"] % 5 > 0))
            seen = {key: np.asarray(values)[keep] for key, values in data.items()}
            alarms[biased] += CrossedModel().fit(seen, **COLUMNS).fixed_raters().alarming
    assert alarms[False] <= 2
    assert alarms[True] >= alarms[False]


def test_bootstrap_is_as_wide_as_the_formula() -> None:
    data, _ = simulate_points(9, ratees=12, sizes=(30, 40), missing=0.1, interaction_sd=0.0)
    made = CrossedModel().fit(data, **GROUPED, weights={"A": 0.5, "B": 0.5})
    drawn = bootstrap_raters(made.data, draws=600)
    assert drawn.shape == (600, 12)
    centre = np.eye(12) - 1 / 12
    expected = np.sqrt(np.diag(centre @ additive_fixed(made.data).covariance @ centre))
    assert drawn.std(0) == pytest.approx(expected, rel=0.3)
    assert (drawn.std(0) / expected).mean() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"weights": {"A": 0.5, "B": 0.4, "C": 0.2}}, r"weights: the weights sum to 1\.1, expected 1"),
        ({}, {"weights": {"A": 0.5, "B": 0.5}}, "weights: no weight for C"),
        ({}, {"weights": {"A": 0.5, "B": 0.6, "C": -0.1}}, "weights: the weight of C is -0.1"),
        ({}, {"weights": {"A": 0.3, "B": 0.3, "C": 0.2, "D": 0.2}}, "weights: nobody of D has marked anything"),
        ({}, {"weights": None}, "weights: the classes have no weights"),
        ({"group": list("AAAABBBBCCCA") * 5}, {}, "group, row 20: rater 3 is in two classes"),
        ({"group": [*("AAAABBBBBBBC")] * 5}, {}, "group: class C has one rater: its error cannot be estimated"),
        ({"score": [float("nan"), *range(59)]}, {}, "score, row 0: NaN"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], options: dict[str, Any], message: str) -> None:
    town, rater = np.repeat(range(5), 12), np.tile(range(12), 5)
    data = {"town": town, "rater": rater, "score": np.arange(60.0) % 13, "group": list("AAAABBBBCCCC") * 5}
    if "group" in change:  # rows are ratings: ratee by ratee, so the twelve classes repeat
        change = {"group": (change["group"] * 5)[:60]}
        if "two classes" in message:
            change["group"] = [*data["group"][:20], "B", *data["group"][21:]]
            message = "group, row 20: rater 8 is in two classes|is in two classes"
    with pytest.raises(InputError, match=message):
        fit(data | change, **options)


def test_designs_without_a_common_scale_are_refused() -> None:
    data = {"town": [0, 0, 1, 1, 2, 2, 3, 3], "rater": [0, 1, 0, 1, 2, 3, 2, 3], "score": np.arange(8.0)}
    with pytest.raises(InputError, match="not connected"):
        CrossedModel().fit(data, **COLUMNS)
    with pytest.raises(InputError, match="nothing to estimate errors from"):
        CrossedModel().fit({"town": [0, 0, 1], "rater": [0, 1, 0], "score": [1.0, 2.0, 3.0]}, **COLUMNS)
    with pytest.raises(InputError, match="two ratees and two raters at least"):
        paired_scores({"town": [0, 1], "rater": [0, 0], "score": [1.0, 2.0]}, **COLUMNS)


def test_small_classes_are_not_resampled() -> None:
    data, _ = simulate_points(1, ratees=5, sizes=(5, 20))
    made = CrossedModel().fit(data, **GROUPED, weights={"A": 0.5, "B": 0.5})
    with pytest.raises(InputError, match="a class of 5 raters is too small to resample"):
        bootstrap_raters(made.data)


def test_summary_says_when_to_keep_to_the_declared_result() -> None:
    data, _ = simulate_points(2, ratees=6, sizes=(3, 10, 60))
    made = fit(data)
    assert made.effective_raters == pytest.approx(14.3, abs=0.1)
    assert not made.publishable
    assert "print the declared result only" in made.summary("en")
    assert "只公布按规则计算的结果" in made.summary("zh")
    enough = fit(simulate_points(2, ratees=6, sizes=(10, 10, 10))[0])
    assert enough.publishable
    assert "declared result only" not in enough.summary("en")
    assert repr(enough) == "<CrossedResult: 6 ratees, 30 raters, 180 ratings>"


def test_marks_without_error_or_without_difference() -> None:
    town, rater = np.repeat(range(4), 5), np.tile(range(5), 4)
    exact = CrossedModel().fit({"town": town, "rater": rater, "score": 70.0 + 3 * town + rater}, **COLUMNS)
    assert exact.estimate - exact.estimate.mean() == pytest.approx(3 * np.arange(4) - 4.5)
    assert (exact.differences.se < 1e-3).all()
    with pytest.raises(InputError, match="score: every mark is 70"):
        CrossedModel().fit({"town": town, "rater": rater, "score": np.full(20, 70.0)}, **COLUMNS)


def test_vanishing_components_are_zero() -> None:
    town, rater = np.repeat(range(6), 10), np.tile(range(10), 6)
    score = np.random.default_rng(0).normal(0, 1, 60) + town
    laid = crossing(town, rater, score - np.bincount(rater, score)[rater] / 6 + town, np.zeros(10, np.int64))
    found = best_ratios(laid, random_ratee=False)
    assert found == Ratios(0.0, 0.0, None)
    assert np.isfinite(solve(laid, found).cells).all()


def test_ratees_marked_alike_by_everybody_take_no_certainty_from_others() -> None:
    data, _ = simulate_points(10, ratees=4, sizes=(12, 12))
    twins = {key: np.concatenate([data[key], data[key][data["town"] == 0]]) for key in data}
    twins["town"][len(data["town"]) :] = 9
    made = paired_scores(twins, **GROUPED, weights={"A": 0.5, "B": 0.5})
    assert np.isinf(made.df[0, 4])
    alone = paired_scores(data, **GROUPED, weights={"A": 0.5, "B": 0.5})
    assert made.for_ranks["df"] == pytest.approx(alone.for_ranks["df"], rel=0.35)


def test_few_marks_give_few_degrees_of_freedom() -> None:
    data, _ = simulate_points(11, ratees=3, sizes=(40,))
    keep = (data["town"] != 2) | (data["rater"] < 3)
    made = paired_scores({key: values[keep] for key, values in data.items()}, **COLUMNS)
    assert made.own_df.tolist() == pytest.approx([39, 39, 2])
    assert made.df[0, 2] == pytest.approx(2)
    assert made.df[0, 1] == pytest.approx(39)


def test_missing_cells_leave_a_covariance_a_covariance() -> None:
    for seed in range(30):
        data, _ = simulate_points(seed, ratees=8, sizes=(12,), missing=0.4)
        made = paired_scores(data, **COLUMNS)
        assert np.linalg.eigvalsh(made.covariance).min() > -1e-9
        assert not np.isinf(made.df[np.triu_indices(8, 1)]).any()


def test_fixed_raters_change_nothing_in_a_complete_meeting() -> None:
    data, _ = simulate_points(12, ratees=8, sizes=(5, 15, 40), interaction_sd=2.0)
    check = fit(data).fixed_raters()
    assert np.abs(check.table["difference"]).max() < 0.01
    assert (check.largest_rank_change, check.alarming) == (0, False)


def test_draws_that_fall_apart_are_not_numbers() -> None:
    cells = [(t, r) for t in range(4) for r in range(21) if (t < 2) == (r < 10) or r == 20]
    town, rater = (np.array(axis) for axis in zip(*cells, strict=True))
    score = 70 + 10.0 * (town >= 2) + np.random.default_rng(0).normal(0, 1, len(town))
    made = CrossedModel().fit({"town": town, "rater": rater, "score": score}, **COLUMNS)
    assert [note.en for note in made.warnings] == ["one rater is the only link between two parts of the design"]
    assert "只靠一名 rater 联系" in made.summary("zh")
    drawn = bootstrap_raters(made.data, 300)
    lost = np.isnan(drawn).all(1)
    assert lost.mean() == pytest.approx((1 - 1 / 21) ** 21, abs=0.08)
    assert (drawn[~lost][:, 2] - drawn[~lost][:, 0]).mean() == pytest.approx(10, abs=1)


def test_a_class_that_never_marked_a_ratee_is_told() -> None:
    data, _ = simulate_points(13, ratees=5, sizes=(10, 10))
    keep = ~((data["town"] == 3) & (data["group"] == "B"))
    made = CrossedModel().fit(
        {key: values[keep] for key, values in data.items()}, **GROUPED, weights={"A": 0.5, "B": 0.5}
    )
    assert made.unmarked == [(3, "B")]
    assert "a whole class (in brackets) marked none of these" in made.summary("en")
    assert "3 (B)" in made.summary("zh")


def test_results_say_what_ranks_need() -> None:
    data, _ = simulate_points(14, ratees=6, sizes=(10, 10, 10))
    for made in (fit(data), paired_scores(data, **GROUPED, weights=WEIGHTS)):
        sets = rank_sets(**made.for_ranks, kind="simultaneous")
        assert sets.names.tolist() == list(range(6))
    with pytest.raises(InputError, match="group: weights are given, but not the column"):
        CrossedModel().fit(data, **COLUMNS, weights=WEIGHTS)
    series = pd.Series(WEIGHTS)
    assert fit(data, weights=series).estimate == pytest.approx(fit(data).estimate)


def test_paired_scores_say_where_an_error_is_pooled() -> None:
    data, _ = simulate_points(7, ratees=3, sizes=(2, 8))
    made = paired_scores(data, **GROUPED, weights={"A": 0.5, "B": 0.5})
    assert "A 类只有两名评议人，误差借用各对象的平均。" in made.summary("zh")
    first = made.summary("en").splitlines()[1]
    assert first.startswith(f"{made.names[made.estimate.argmax()]}: {made.estimate.max():.2f} (")


def test_pairs_alike_by_chance_are_not_certain() -> None:
    marks = {"town": np.tile(range(3), 3), "rater": np.repeat(range(3), 3)}
    made = paired_scores(marks | {"score": [70, 80, 90, 70, 80, 60, 80, 90, 91]}, **COLUMNS)
    assert made.df[0, 1] == pytest.approx(2)  # one and the same difference, from three raters and a pooled error
    assert (made.df[np.triu_indices(3, 1)] < 3).all()
