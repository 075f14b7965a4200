"""The index itself: its laws, its gates, and what it says of where a score comes from."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring import asem
from tests.scoring.towns import CODES, TREE, data, made
from yizhen.scoring.composite import (
    CompositeIndex,
    Framework,
    Gate,
    Goalposts,
    Group,
    Imputation,
    Indicator,
    MinMax,
    RankScore,
    Treatment,
    coherence,
    copeland,
    critic_shares,
    diagnostics,
    entropy_shares,
    mazziotta_pareto,
    principal_components,
)
from yizhen.scoring.inputs import InputError

METHODS: list[Any] = [
    "arithmetic", "geometric", "harmonic", {2: "arithmetic", 3: "geometric"}, {"care": "geometric", 2: "harmonic", 3: "arithmetic"},
    "mazziotta-pareto", {"care": "geometric", "money": "harmonic", "index": "mazziotta-pareto"},
]  # fmt: skip
AROUND_100 = Goalposts(70, 130)  # the scale that the Mazziotta-Pareto penalty is made for
number = st.floats(2, 98)
towns = st.lists(st.lists(number, min_size=4, max_size=4), min_size=3, max_size=9)


@given(towns, st.sampled_from(METHODS), st.floats(0.01, 100))
def test_units_of_measurement_do_not_matter(rows: Any, method: Any, times: float) -> None:
    before = made(rows, CompositeIndex(TREE, normalisation=AROUND_100, aggregation=method)).final["score"]
    scaled = [replace(one, worst=one.worst * times, best=one.best * times) for one in TREE.indicators]
    after = CompositeIndex(Framework(scaled, TREE.groups), normalisation=AROUND_100, aggregation=method)
    assert made([[value * times for value in row] for row in rows], after).final["score"] == pytest.approx(before)


@given(towns, st.sampled_from(METHODS), st.randoms())
def test_the_order_of_units_does_not_matter(rows: Any, method: Any, chance: Any) -> None:
    index = CompositeIndex(TREE, normalisation=AROUND_100, aggregation=method)
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    before = {tuple(row): score for row, score in zip(rows, made(rows, index).final["score"], strict=True)}
    after = made(shuffled, index).final["score"]
    assert after == pytest.approx([before[tuple(row)] for row in shuffled])


@given(towns, st.sampled_from(METHODS[:5]), st.integers(0, 3), st.floats(0.1, 50))
def test_doing_better_never_lowers_a_score(rows: Any, method: Any, which: int, more: float) -> None:
    index = CompositeIndex(TREE, aggregation=method)
    before = made(rows, index).final["score"][0]
    better = [row.copy() for row in rows]
    better[0][which] += -min(more, rows[0][2] - 1) if which == 2 else more
    assert made(better, index).final["score"][0] >= before - 1e-9


@given(towns, st.sampled_from(METHODS), st.integers(0, 8))
def test_goalposts_let_nobody_reverse_the_others(rows: Any, method: Any, gone: int) -> None:
    index = CompositeIndex(TREE, normalisation=AROUND_100, aggregation=method)
    full, gone = made(rows, index).final["score"], gone % len(rows)
    rest = made([row for at, row in enumerate(rows) if at != gone], index).final["score"]
    assert rest == pytest.approx(np.delete(full, gone), rel=1e-12)


def test_min_max_lets_a_third_reverse_two() -> None:
    framework = Framework([Indicator("x", "all"), Indicator("y", "all")], [Group("all")])
    index = CompositeIndex(framework, normalisation=MinMax())
    with_third = index.fit({"town": ["a", "b", "c"], "x": [10, 5, 0], "y": [4, 9, 100]}, unit="town").final
    without = index.fit({"town": ["a", "b", "d"], "x": [10, 5, 0], "y": [4, 9, 0]}, unit="town").final
    assert with_third["score"][0] > with_third["score"][1]
    assert without["score"][0] < without["score"][1]


@given(towns, st.sampled_from(METHODS))
def test_lifts_sum_to_the_difference_at_every_group(rows: Any, method: Any) -> None:
    result = made(rows, CompositeIndex(TREE, normalisation=AROUND_100, aggregation=method, floor=75))
    lifts = result.contributions("t1")
    scores = result.scores
    for code in TREE.upwards:
        assert sum(lifts[child] for child in TREE.children(code)) == pytest.approx(lifts[code], abs=1e-8)
    assert lifts["index"] == pytest.approx(scores["index"] - scores["index"][1], abs=1e-8)
    assert lifts["index"][1] == 0


def test_lifts_of_an_arithmetic_index_are_weight_times_difference() -> None:
    result = asem.fitted()
    lifts, scores = result.contributions(), result.stages.normalised
    expected = (scores - scores.mean(0)) * asem.framework().overall_weights
    np.testing.assert_allclose(np.column_stack([lifts[code] for code in asem.framework().codes]), expected, atol=1e-9)


def test_lifts_cross_a_floor_without_a_gap() -> None:
    index = CompositeIndex(TREE, aggregation="geometric", floor=20)
    result = made([[5, 40, 90, 60], [50, 10, 30, 20], [5, 5, 95, 5]], index)
    lifts = result.contributions("t1")
    assert sum(lifts[code] for code in CODES) == pytest.approx(result.node("index") - result.node("index")[1])
    assert made([[5, 40, 90, 60], [10, 40, 90, 60], [30, 30, 30, 30]], index).contributions("t1")["beds"][0] == 0


@pytest.mark.parametrize("method", [METHODS[0], METHODS[1], METHODS[3]])
def test_effective_weights_sum_to_one_and_are_those_of_the_formula(method: Any) -> None:
    result = asem.index(normalisation=MinMax(1, 100), aggregation=method if isinstance(method, str) else (
        {2: "arithmetic", 3: "geometric", 4: "geometric"})).fit(asem.raw(), unit="unit")  # fmt: skip
    for code in ("Index", "Sust", "Physical"):
        weights = result.effective_weights(code)
        assert weights["effective"].sum() == pytest.approx(1)
        assert weights["stated"].sum() == pytest.approx(1)
    if method == "arithmetic":
        score, parts = result.node("Sust"), np.column_stack([result.node(c) for c in ("Environ", "Social", "SusEcFin")])
        expected = [np.cov(part, score)[0, 1] / 3 / score.var(ddof=1) for part in parts.T]
        assert result.effective_weights("Sust")["effective"] == pytest.approx(expected)
        fits = [np.polyval(np.polyfit(part, score, 3), part) for part in parts.T]
        explained = [1 - ((score - fit) ** 2).sum() / 47 / score.var(ddof=1) for fit in fits]
        assert result.effective_weights("Sust")["main_effect"] == pytest.approx(explained)


def test_ranks_are_of_the_rounded_score_where_the_rule_says_so() -> None:
    rows = [[50, 50, 50, 50.004], [50, 50, 50, 50], [10, 10, 90, 10]]
    assert made(rows).final["rank"].tolist() == [1, 2, 3]
    assert made(rows, CompositeIndex(TREE, decimals=1)).final["rank"].tolist() == [1, 1, 3]


def test_gates_act_after_the_score_and_leave_it_visible() -> None:
    gates = [Gate("accident", "重大事故"), Gate("late", cap=40)]
    rows = [[90, 90, 10, 90], [50, 50, 50, 50], [80, 80, 20, 80]]
    result = made(rows, CompositeIndex(TREE, gates=gates), accident=[True, False, False], late=[0, 0, 1])
    assert result.scores["index"] == pytest.approx([90, 50, 80])
    assert result.final["score"] == pytest.approx([90, 50, 40])
    np.testing.assert_array_equal(result.final["rank"], [np.nan, 1, 2])
    assert [(row["unit"], row["gate"], row["before"]) for row in result.gated.rows()] == [
        ("t0", "重大事故", pytest.approx(90)), ("t2", "late", pytest.approx(80)),
    ]  # fmt: skip
    assert result.unranked() == "t0"
    assert "t0、t2" in result.summary()
    with pytest.raises(InputError, match="accident, row 1: 'maybe' is neither true nor false"):
        made(rows, CompositeIndex(TREE, gates=gates), accident=[True, "maybe", False], late=[0, 0, 0])


def test_the_tree_behind_a_score_names_what_was_filled_and_drawn_in() -> None:
    result = asem.fitted()
    nodes = {node.code: node for _, node in result.explain("unit 01").walk()}
    assert nodes["Index"].score == pytest.approx(result.final["score"][0])
    assert nodes["Index"].lift == pytest.approx(sum(nodes[code].lift for code in asem.framework().codes))
    drawn = next(row for row in result.stages.treatment.cells.rows())
    node = {node.code: node for _, node in result.explain(drawn["unit"]).walk()}[str(drawn["indicator"])]
    assert node.drawn_in == pytest.approx(drawn["after"])
    filled = next(row for row in result.stages.filled.rows())
    text = result.explain(filled["unit"]).text("en")
    assert "no value, one was filled in" in text
    assert "moves the index by" in text
    assert "使总分" in result.explain(filled["unit"]).text()


def test_diagnostics_are_those_of_their_papers() -> None:
    # Diakoulaki, Mavrotas & Papayannakis 1995, the firms of their table 1.
    firms = np.array([
        [61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
        [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.10], [-34.6, 3.31, 0.98],
    ])  # fmt: skip
    assert critic_shares(firms) == pytest.approx([0.2022, 0.4809, 0.3169], abs=5e-5)
    components = principal_components(firms)
    assert components.variance.sum() == pytest.approx(1)
    np.testing.assert_allclose((components.loadings**2).sum(1), 1)
    # Entropy by hand: shares 1/2 1/2 diverge by nothing, 1/4 3/4 by 1 - .8113, 1/10 9/10 by 1 - .4690 (in bits).
    assert entropy_shares([[1, 1, 1], [1, 3, 9]]) == pytest.approx(np.array([0, 0.1887, 0.5310]) / 0.7197, abs=1e-4)
    table = diagnostics(asem.fitted(), "Sust")
    scores = np.column_stack([asem.fitted().node(str(code)) for code in table["code"]])
    assert table["critic"] == pytest.approx(critic_shares(scores))
    assert table["entropy"] == pytest.approx(entropy_shares(scores))
    with pytest.raises(InputError, match="one indicator alone"):
        critic_shares([[1.0], [2.0]])
    with pytest.raises(InputError, match="indicator 0 is the same everywhere"):
        principal_components(np.column_stack([[0.1] * 10, np.arange(10)]))


def test_coherence_finds_what_is_counted_twice_and_what_cancels() -> None:
    generator = np.random.default_rng(3)
    one = generator.uniform(20, 80, 60)
    rows = np.column_stack([one, one + generator.normal(0, 2, 60), generator.uniform(20, 80, 60), one])
    rows[:, 2] = rows[:, 3] + generator.normal(0, 12, 60)  # debt grows with waste: as scores they cancel
    found, notes = coherence(made(rows))
    kinds = {(str(row["first"]), str(row["second"])): row["finding"] for row in found.rows()}
    assert kinds["beds", "doctors"] == "redundant"
    assert kinds["debt", "waste"] == "cancelling"
    assert kinds["debt", "money"] == "against"
    assert any("counted twice" in note.en for note in notes)
    assert any("此长彼消" in note.zh for note in notes)
    calm, nothing = coherence(made(generator.uniform(20, 80, (60, 4))))
    assert len(calm["first"]) == 0
    assert nothing == ()


def test_a_missing_pair_neither_wins_nor_loses() -> None:
    assert copeland(np.array([[np.nan, 2.0], [5.0, 1.0]]), np.ones(2)).tolist() == [1, -1]


def test_frames_of_all_kinds_give_the_same() -> None:
    rows = data([[10, 20, 30, 40], [50, 60, 70, 80]])
    results = [
        CompositeIndex(TREE).fit(kind(rows), unit="town").final["score"].tolist()
        for kind in (dict, pd.DataFrame, pl.DataFrame)
    ]
    assert results[0] == results[1] == results[2]
    assert pd.DataFrame(CompositeIndex(TREE).fit(rows, unit="town").final).shape == (2, 3)


@settings(max_examples=30)
@given(towns)
def test_ranks_by_order_keep_their_order(rows: Any) -> None:
    framework = Framework([Indicator("beds", "all")], [Group("all")])
    result = CompositeIndex(framework, normalisation=RankScore()).fit(data(rows), unit="town")
    values = [row[0] for row in rows]
    for one in range(len(rows)):
        for other in range(len(rows)):
            if values[one] > values[other]:
                assert result.final["score"][one] > result.final["score"][other]


def test_outliers_are_not_drawn_in_until_nothing_is_left() -> None:
    framework = Framework([Indicator("accidents", "all", direction=-1, worst=10, best=0)], [Group("all")])
    values = {"town": [f"t{at}" for at in range(30)], "accidents": [0] * 29 + [9]}
    result = CompositeIndex(framework, treatment=Treatment()).fit(values, unit="town")
    assert result.final["score"][-1] == pytest.approx(10)
    assert result.stages.treatment.columns["step"].tolist() == ["left"]
    assert result.stages.treatment.columns["within"].tolist() == [False]


def test_a_logarithm_is_logged_cell_by_cell_and_said() -> None:
    framework = Framework([Indicator("x", "all", name="产值")], [Group("all")])
    values = {
        "town": [f"t{at}" for at in range(40)],
        "x": np.concatenate([np.linspace(1, 2, 33), 10.0 ** np.arange(2, 9)]),
    }
    result = CompositeIndex(framework, treatment=Treatment(most=2, then="log"), normalisation=MinMax()).fit(
        values, unit="town"
    )
    assert len(result.stages.treatment.cells["unit"]) == 40
    assert "取对数" in result.explain("t0").text()
    assert "取对数：产值" in result.summary()
    assert "taken as" not in result.explain("t0").text("en")


def test_lifts_add_up_where_values_are_missing() -> None:
    index = CompositeIndex(
        TREE, imputation=Imputation("none"), aggregation={2: "arithmetic", 3: "geometric"}, least=0.3
    )
    rows = [[90, None, 10, 90], [None, 50, 50, 50], [80, 30, 20, 80], [None, None, 20, 80]]
    result = made(rows, index)
    lifts = result.contributions("t1")
    scored = ~np.isnan(result.node("index"))
    for code in TREE.upwards:
        assert sum(lifts[child] for child in TREE.children(code))[scored] == pytest.approx(
            lifts[code][scored], abs=1e-8
        )
    assert lifts["beds"][0] + lifts["doctors"][0] == pytest.approx(lifts["care"][0])
    assert np.isfinite(lifts["debt"][scored]).all()


def test_a_sibling_of_no_weight_does_not_soften_the_penalty() -> None:
    assert mazziotta_pareto(np.array([[90.0, 110.0, 100.0]]), np.array([1.0, 1.0, 0.0])).tolist() == [98.0]
