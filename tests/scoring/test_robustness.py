"""Ranks under other choices: against COINr, against computing each run by itself, and against known variances."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.scoring import asem
from tests.scoring.meetings import table
from yizhen.scoring.composite import (
    CompositeIndex,
    Framework,
    Gate,
    Goalposts,
    Group,
    Imputation,
    Indicator,
    MinMax,
    Treatment,
    ZScore,
)
from yizhen.scoring.composite.result import rank_rows
from yizhen.scoring.inputs import Floats, InputError
from yizhen.scoring.robustness import (
    Choices,
    DirichletWeights,
    WeightNoise,
    robustness,
    sensitivity,
    variance_shares,
)
from yizhen.scoring.robustness.choices import FACTORS, draw_runs
from yizhen.scoring.robustness.runs import make_plan, ranks_of


@pytest.fixture(scope="module")
def analysed() -> Any:
    return robustness(asem.index(), asem.raw(), unit="unit", choices=asem.CHOICES, draws=4000, seed=1)


def test_uncertainty_is_that_of_coinr(analysed: Any) -> None:
    made = analysed.ranks
    assert made["nominal"].tolist() == asem.column("uncertainty", "Nominal").tolist()
    assert np.abs(made["median"] - asem.column("uncertainty", "Median")).max() <= 2
    assert np.abs(made["low"] - asem.column("uncertainty", "Q5")).max() <= 4
    assert np.abs(made["high"] - asem.column("uncertainty", "Q95")).max() <= 4
    assert np.abs(made["mean"] - asem.column("uncertainty", "Mean")).max() <= 1


def test_uncertainty_of_weights_alone_is_that_of_coinr() -> None:
    choices = Choices(weights=WeightNoise(0.25, levels=(2, 3)))
    made = robustness(asem.index(), asem.raw(), unit="unit", choices=choices, draws=4000).ranks
    for column, name, most in (("median", "Median", 2), ("low", "Q5", 4), ("high", "Q95", 4), ("mean", "Mean", 1)):
        assert np.abs(made[column] - asem.column("uncertainty_weights", name)).max() <= most


TREE = Framework(
    [
        Indicator("a", "p", worst=0, best=10), Indicator("b", "p", weight=2, worst=0, best=10),
        Indicator("c", "q", direction=-1, worst=10, best=0), Indicator("d", "q", worst=0, best=10),
        Indicator("e", "index", weight=0.5, worst=0, best=10),
    ],
    [Group("index"), Group("p", "index", weight=2), Group("q", "index")],
)  # fmt: skip


def towns(units: int = 7, seed: int = 0, missing: float = 0.0) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    values = generator.uniform(1, 9, (units, 5))
    values[0] = values[0] * 0.1 + 8.5  # skewed columns, so that treatments differ
    values[generator.random(values.shape) < missing] = np.nan
    made: dict[str, Any] = {"town": [f"t{at}" for at in range(units)], "kind": ["x", "y"] * units}
    made["kind"] = made["kind"][:units]
    return made | dict(zip("abcde", values.T, strict=True))


ALL = Choices(
    weights=WeightNoise(0.3),
    imputations=[Imputation("mean"), Imputation("median", "kind"), Imputation("none")],
    treatments=[None, Treatment(skew=0.3, kurtosis=-1, most=1), Treatment(skew=0.3, kurtosis=-1, most=3)],
    normalisations=[Goalposts(70, 130), MinMax(70, 130), ZScore(100, 5)],
    aggregations=[
        "arithmetic",
        "geometric",
        "harmonic",
        {2: "arithmetic", 3: "geometric"},
        {2: "arithmetic", 3: "copeland"},
        "mazziotta-pareto",
        {2: "mazziotta-pareto-plus", 3: "arithmetic"},
    ],
    floors=[75.0, 95.0],
    dropout=0.2,
    errors={"a": 0.5, "c": 0.2},
    versions=3,
)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_every_run_is_what_the_index_itself_would_give(missing: float) -> None:
    data = towns(9, seed=4, missing=missing)
    index = CompositeIndex(TREE, imputation=Imputation("mean"), least=0.0, floor=1.0)
    assert ALL.factors == FACTORS
    plan = make_plan(index, ALL, data, "town", 3)
    runs = draw_runs(ALL, TREE, 150, np.random.default_rng(5))
    runs.kept[:] = runs.kept | (runs.kept.sum(1, keepdims=True) < 3)  # with missing values a unit shall keep something
    made = ranks_of(plan, runs)
    for number in range(len(runs)):
        pick = {name: int(values[number]) for name, values in runs.picks.items()}
        weight = dict(zip(TREE.position, runs.weights[number], strict=True))
        kept = [one for one, keep in zip(TREE.indicators, runs.kept[number], strict=True) if keep]
        groups = [one for one in TREE.groups if one.parent is None or any(leaf.parent == one.code for leaf in kept)]
        aggregation = ALL.aggregations[pick["aggregation"]]
        if not isinstance(aggregation, str):  # levels may vanish with what was dropped: name the groups
            named = {"p": aggregation[2], "q": aggregation[2], "index": aggregation[3]}
            aggregation = {code: method for code, method in named.items() if code in {one.code for one in groups}}
        single = CompositeIndex(
            Framework(
                [replace(one, weight=weight[one.code]) for one in kept],
                [replace(one, weight=weight[one.code]) for one in groups],
            ),
            ALL.imputations[pick["imputation"]], ALL.treatments[pick["treatment"]],
            ALL.normalisations[pick["normalisation"]], aggregation, ALL.floors[pick["floor"]], 0.0,
        )  # fmt: skip
        version = plan.versions[pick["measurement"]]
        score = single.fit(data | dict(zip("abcde", version.T, strict=True)), unit="town").node("index")
        near = np.abs(score[:, None] - score) < 1e-9  # what is equal but for the last bit may fall either way
        expected = (score > score[:, None] + 1e-9).sum(1) + 1
        slack = near.sum(1) - 1
        assert (np.abs(made[number] - expected) <= slack).all(), number


def test_ranks_inside_groups_are_those_of_the_groups_alone() -> None:
    data, index = (
        towns(9, seed=4, missing=0.1),
        CompositeIndex(TREE, imputation=Imputation("none"), least=0.0, floor=1.0),
    )
    choices = Choices(weights=WeightNoise(0.3), aggregations=["arithmetic", {2: "arithmetic", 3: "geometric"}])
    plan, runs = make_plan(index, choices, data, "town", 3), draw_runs(choices, TREE, 60, np.random.default_rng(5))
    groups = [np.array([0, 2, 4]), np.array([1, 3, 5, 6, 7, 8])]
    everywhere, inside = ranks_of(plan, runs), ranks_of(plan, runs, groups)
    for members in groups:
        order = everywhere[:, members]
        expected = (order[:, :, None] > order[:, None, :]).sum(2) + 1
        assert (inside[:, members] == expected).all()


POSTS: Any = {"worst": 0, "best": 100}
TWO = Framework([Indicator("a", "all", **POSTS), Indicator("b", "all", **POSTS)], [Group("all")])


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_what_is_known_too_little_stays_without_a_score_in_every_run(noise: float) -> None:
    groups = [Group("all"), *(Group(code, "all") for code in "pqrs")]
    leaves = [Indicator(code, group, **POSTS) for code, group in zip("abcde", "ppqrs", strict=True)]
    index = CompositeIndex(Framework(leaves, groups), imputation=Imputation("none"))
    data = {
        "town": ["x", "y", "z"], "a": [100, 50, 40], "b": [None, 50, 40], "c": [40, 50, 20], "d": [40, 50, 30], "e": [40, 50, 30],
    }  # fmt: skip
    made = robustness(index, data, unit="town", choices=Choices(weights=WeightNoise(noise)), draws=200)
    assert made.nominal.tolist() == [2, 1, 3]
    assert (made.drawn == made.nominal).all()


def test_what_weighs_nothing_decides_nothing_when_the_rest_is_dropped() -> None:
    tree = Framework([Indicator("a", "all", 0, **POSTS), Indicator("b", "all", 1, **POSTS)], [Group("all")])
    data = {"town": ["x", "y"], "a": [100, 0], "b": [50, 60]}
    made = robustness(CompositeIndex(tree), data, unit="town", choices=Choices(dropout=0.5), draws=300)
    assert made.top_probability(1).tolist() == [0, 1]


def test_ranks_follow_the_rule_of_the_index_and_say_when_a_veto_comes_after() -> None:
    data = {"town": ["x", "y", "z"], "a": [50, 50.003, 20], "b": [50, 50, 20], "veto": [0, 1, 0]}
    index = CompositeIndex(TWO, decimals=1, gates=[Gate("veto")])
    made = robustness(index, data, unit="town", choices=Choices(weights=WeightNoise(0.3)), draws=200)
    assert made.nominal.tolist() == [1, 1, 3]
    assert (made.drawn == [1, 1, 3]).all()
    assert made.sentence("y").endswith("这是否决或封顶之前的名次。")
    assert "veto" in made.sentence("y", language="en")
    assert "否决" not in made.sentence("x")


def test_nothing_moves_where_nothing_is_moved() -> None:
    made = robustness(CompositeIndex(TREE), towns(), unit="town", choices=Choices(weights=WeightNoise(0)), draws=100)
    assert (made.drawn == made.nominal).all()
    assert made.wide == 0
    assert made.top_probability(2).tolist() == (made.nominal <= 2).tolist()


def test_counts_pairs_and_chances_agree(analysed: Any) -> None:
    n = len(analysed.names)
    assert (analysed.counts.sum(1) == len(analysed.drawn)).all()
    pairs = analysed.pairwise()
    assert pairs + pairs.T == pytest.approx(np.ones((n, n)))
    assert (pairs - 0.5).sum(1) == pytest.approx((n + 1) / 2 - analysed.ranks["mean"], abs=0.05)
    assert analysed.pairwise(["unit 07", "unit 01"])[0, 1] == pairs[6, 0]
    assert analysed.top_probability(10).sum() == pytest.approx(10, abs=0.05)
    assert (analysed.ranks["low"] <= analysed.ranks["median"]).all()


def test_every_unit_has_a_plain_sentence(analysed: Any) -> None:
    first = str(analysed.names[int(np.argmin(analysed.nominal))])
    assert analysed.sentence(first, 10).endswith("名次牢靠；进前 10 的可能 > 95 %。")
    wide = analysed.ranks["high"] - analysed.ranks["low"]
    loose = str(analysed.names[int(np.argmax(wide))])
    assert analysed.sentence(loose, language="en").endswith("the rank says little.")
    assert "不是抽样误差" in analysed.summary()
    assert "weights, outliers, normalisation, aggregation" in analysed.summary("en")


def test_equal_scores_share_the_better_rank() -> None:
    assert rank_rows(np.array([[2.0, 5.0, 5.0, 1.0], [4.0, 3.0, 2.0, 1.0]])).tolist() == [[3, 1, 1, 4], [1, 2, 3, 4]]


def test_dirichlet_weights_stay_near_what_was_stated() -> None:
    generator = np.random.default_rng(1)
    drawn = DirichletWeights(200).draw(generator, TREE, 4000)
    for code in TREE.upwards:
        below = TREE.below(code)
        assert drawn[:, below].sum(1) == pytest.approx(np.ones(4000))
        assert drawn[:, below].mean(0) == pytest.approx(TREE.weights[below] / TREE.weights[below].sum(), abs=0.01)
    some = DirichletWeights(50, levels=[2]).draw(generator, TREE, 50)
    varied = {code: bool(np.ptp(some[:, at]) > 0) for code, at in TREE.position.items()}
    assert [code for code, moves in varied.items() if moves] == ["p", "q"]
    assert some[:, TREE.below("index")].sum(1) == pytest.approx(np.ones(50))
    tiny = DirichletWeights(0.001).draw(generator, TREE, 500)
    assert tiny[:, TREE.below("p")].sum(1) == pytest.approx(np.ones(500))


def ishigami(at: Floats) -> Floats:
    return np.asarray(np.sin(at[:, 0]) + 7 * np.sin(at[:, 1]) ** 2 + 0.1 * at[:, 2] ** 4 * np.sin(at[:, 0]))


def test_shares_of_variance_are_the_known_ones() -> None:
    # Ishigami & Homma 1990: first order .3139 .4424 0, total .5576 .4424 .2437.
    generator = np.random.default_rng(2)
    a, b = np.pi * (2 * generator.random((2, 20_000, 3)) - 1)
    mixed = [np.column_stack([b[:, at] if at == one else a[:, at] for at in range(3)]) for one in range(3)]
    made = variance_shares(ishigami(a), ishigami(b), [ishigami(one) for one in mixed])
    assert made.first == pytest.approx([0.3139, 0.4424, 0], abs=0.02)
    assert made.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    for low, value, high in (
        (made.first_low, [0.3139, 0.4424, 0], made.first_high),
        (made.total_low, [0.5576, 0.4424, 0.2437], made.total_high),
    ):
        assert (low - 0.005 <= value).all()
        assert (value <= high + 0.005).all()
    assert made.estimable.all()
    few = variance_shares(*(ishigami(one)[:40] for one in (a, b)), [ishigami(one)[:40] for one in mixed])
    assert not few.estimable.all()


def test_a_choice_that_changes_nothing_has_no_share() -> None:
    choices = Choices(weights=WeightNoise(0.5), normalisations=[Goalposts(0, 100), Goalposts(0, 1)])
    made = sensitivity(CompositeIndex(TREE), towns(12, seed=2), unit="town", choices=choices, base=600)
    rows = {str(row["factor"]): row for row in made.table.rows()}
    assert rows["normalisation"]["total"] == 0
    assert rows["weights"]["total"] == pytest.approx(1, abs=0.15)
    assert made.runs == 2400
    assert "权重" in made.summary()


def test_sensitivity_finds_what_coinr_finds() -> None:
    made = sensitivity(asem.index(), asem.raw(), unit="unit", choices=asem.CHOICES, base=1500, seed=2)
    total = {str(row["factor"]): row["total"] for row in made.table.rows()}
    theirs = table("coinr_asem/sensitivity.csv")
    names = {
        "Winmax": "treatment",
        "Normalisation": "normalisation",
        "Weights": "weights",
        "Aggregation": "aggregation",
    }
    for name, low, high in zip(theirs["Variable"], theirs["STi_q5"], theirs["STi_q95"], strict=True):
        assert float(low) - 0.02 <= total[names[name]] <= float(high) + 0.02
    assert sorted(total, key=total.__getitem__) == ["treatment", "weights", "normalisation", "aggregation"]
    one = made.unit("unit 01")
    assert one["factor"].tolist() == list(asem.CHOICES.factors)
    assert np.nansum(one["first"]) <= 1.15


def test_choices_that_move_no_rank_say_so() -> None:
    data = {"town": ["x", "y"], "a": [90, 10], "b": [80, 10]}
    choices = Choices(weights=WeightNoise(0.5), normalisations=[Goalposts(0, 100), Goalposts(0, 1)])
    made = sensitivity(CompositeIndex(TWO), data, unit="town", choices=choices, base=50)
    assert made.summary() == "这些做法都不改变名次。"
    assert made.summary("en") == "None of these choices moves a rank."


@pytest.mark.parametrize("times", [1e-7, 1e6])
def test_shares_do_not_depend_on_the_unit_of_the_target(times: float) -> None:
    a, b = np.random.default_rng(3).random((2, 500, 2))
    mixed = [np.column_stack([b[:, 0], a[:, 1]]), np.column_stack([a[:, 0], b[:, 1]])]
    runs = [2 * at[:, 0] + at[:, 1] for at in (a, b, *mixed)]
    expected = variance_shares(runs[0], runs[1], runs[2:]).total
    runs = [times * one for one in runs]
    assert variance_shares(runs[0], runs[1], runs[2:]).total == pytest.approx(expected)


def test_few_runs_say_that_they_cannot_tell() -> None:
    choices = Choices(weights=WeightNoise(0.5), aggregations=["arithmetic", "geometric"])
    made = sensitivity(CompositeIndex(TREE, floor=1), towns(12, seed=2), unit="town", choices=choices, base=16)
    assert not made.table["estimable"].all()
    assert "not estimable" in made.summary("en")
    assert "估计不准，不作判断" in made.summary()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Choices(), "nothing varies"),
        (lambda: Choices(weights=WeightNoise(1.5)), "amount: 1.5"),
        (lambda: Choices(dropout=1), "dropout: 1"),
        (lambda: Choices(errors={"a": 1}, versions=1), "versions: 1"),
        (lambda: DirichletWeights(0), "concentration: 0"),
        (lambda: run(Choices(errors={"z": 1})), "z is no indicator"),
        (lambda: run(Choices(errors={"a": -1})), "errors, row 0: a has -1, expected 0 or more"),
        (lambda: run(Choices(weights=WeightNoise(0.1, levels=[9]))), "there is no level 9"),
        (lambda: run(Choices(weights=WeightNoise(0.1)), draws=5), "draws: 5"),
        (lambda: run(Choices(aggregations=["geometric", "arithmetic"]), normalisation=ZScore()), "needs scores above 0"),
        (lambda: run(Choices(errors={"a": "short"})), "short: has 2 rows, expected 7"),
        (lambda: Choices(aggregations=["geometric"]), "one alternative is no choice"),
        (lambda: Choices(normalisations=MinMax()), "expected a list of alternatives"),  # type: ignore[arg-type]
        (lambda: Choices(treatments=["log", None]), "expected alternatives such as the index takes"),  # type: ignore[list-item]
        (lambda: Choices(weights=0.25), "expected WeightNoise"),  # type: ignore[arg-type]
        (lambda: run(Choices(weights=WeightNoise(0.1)), draws=1e3), "draws: 1000.0"),  # type: ignore[arg-type]
        (lambda: run(Choices(weights=WeightNoise(0.1))).pairwise([]), "0 units"),
        (lambda: sensitivity(CompositeIndex(TREE), towns(), unit="town", choices=Choices(dropout=0.1)), "only one factor varies"),
        (lambda: variance_shares([1.0] * 9, [1.0] * 8, [[1.0] * 9]), "do not fit"),
        (lambda: variance_shares([1.0] * 3, [1.0] * 3, [[1.0] * 3]), "3 runs"),
    ],
)  # fmt: skip
def test_what_cannot_be_analysed_is_refused(make: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make()


def run(choices: Choices, draws: int = 100, **changes: Any) -> Any:
    return robustness(
        CompositeIndex(TREE, **changes), {**towns(), "short": [1.0, 2.0]}, unit="town", choices=choices, draws=draws
    )


def test_measurement_error_alone_moves_those_who_are_near() -> None:
    data = (
        {"town": ["a", "b", "c"]}
        | {code: [8.0, 7.9, 2.0] for code in "abde"}
        | {"c": [2.0, 2.1, 8.0], "se": [0.5, 0.5, 0.5]}
    )
    made = robustness(CompositeIndex(TREE), data, unit="town", choices=Choices(errors={"a": "se", "b": 0.4}), draws=400)
    assert made.ranks["low"].tolist() == [1, 1, 3]
    assert made.ranks["high"].tolist() == [2, 2, 3]
    assert 0.5 < made.pairwise()[0, 1] < 0.9
