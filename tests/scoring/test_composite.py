"""The index itself: its laws, its refusals, its gates, and what it says of where a score comes from."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring import asem
from yizhen.scoring.composite import (
    CompositeIndex,
    DistanceToTarget,
    Framework,
    Gate,
    Goalposts,
    Group,
    Imputation,
    Indicator,
    MinMax,
    RankScore,
    Treatment,
    ZScore,
    coherence,
    copeland,
    critic_shares,
    diagnostics,
    entropy_shares,
    mazziotta_pareto,
    principal_components,
)
from yizhen.scoring.inputs import InputError

CODES = ("beds", "doctors", "debt", "waste")
TREE = Framework(
    [
        Indicator("beds", "care", worst=0, best=100),
        Indicator("doctors", "care", weight=2, worst=0, best=100),
        Indicator("debt", "money", direction=-1, worst=100, best=0),
        Indicator("waste", "money", weight=3, worst=0, best=100),
    ],
    [Group("index"), Group("care", "index", weight=2, name="医疗"), Group("money", "index")],
)
METHODS: list[Any] = [
    "arithmetic", "geometric", "harmonic", {2: "arithmetic", 3: "geometric"}, {"care": "geometric", 2: "harmonic", 3: "arithmetic"},
    "mazziotta-pareto", {"care": "geometric", "money": "harmonic", "index": "mazziotta-pareto"},
]  # fmt: skip
AROUND_100 = Goalposts(70, 130)  # the scale that the Mazziotta-Pareto penalty is made for
number = st.floats(2, 98)
towns = st.lists(st.lists(number, min_size=4, max_size=4), min_size=3, max_size=9)


def data(rows: Any, **more: Any) -> dict[str, Any]:
    return {
        "town": [f"t{at}" for at in range(len(rows))],
        **dict(zip(CODES, zip(*rows, strict=True), strict=True)),
        **more,
    }


def made(rows: Any, index: CompositeIndex | None = None, **more: Any) -> Any:
    return (index or CompositeIndex(TREE)).fit(data(rows, **more), unit="town")


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


def test_a_missing_value_is_refused_left_to_siblings_or_filled_and_said() -> None:
    rows = [[90, None, 10, 90], [50, 50, 50, 50], [80, 30, 20, 80], [None, None, 20, 80]]
    with pytest.raises(InputError, match="doctors, row 0: t0 has no value"):
        made(rows)
    left = made(rows, CompositeIndex(TREE, imputation=Imputation("none"), least=0.3))
    assert left.node("care")[0] == pytest.approx(90)
    assert np.isnan(left.node("care")[3])
    assert "3 个空格不计" in left.summary()
    strict = made(rows, CompositeIndex(TREE, imputation=Imputation("none"), least=0.5))
    assert np.isnan(strict.node("care")).tolist() == [True, False, False, True]
    assert np.isnan(strict.final["rank"]).tolist() == [True, False, False, True]  # care is two thirds of the index
    assert "没有得分：2 个" in strict.summary()
    filled = made(rows, CompositeIndex(TREE, imputation=Imputation("median", "kind")), kind=["a", "b", "a", "b"])
    assert filled.stages.imputed[:, 1].tolist() == [30, 50, 30, 50]
    assert [row["unit"] for row in filled.stages.filled.rows()] == ["t0", "t3", "t3"]
    with pytest.raises(InputError, match="doctors, row 0: no unit of a has a value"):
        made(rows, CompositeIndex(TREE, imputation=Imputation("mean", "kind")), kind=["a", "b", "b", "b"])


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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"indicators": [Indicator("a", "nowhere")]}, "a belongs to nowhere, which is no group"),
        ({"indicators": [Indicator("a", "all"), Indicator("a", "all")]}, "a occurs twice"),
        ({"indicators": []}, "there is none"),
        ({"indicators": [Indicator("a", "all", weight=-1)]}, "weight: a has -1"),
        ({"indicators": [Indicator("a", "all", weight=0)]}, "everything in all weighs nothing"),
        ({"indicators": [Indicator("a", "all", direction=2)]}, "expected 1"),
        ({"indicators": [Indicator("a", "all", worst=10, best=2)]}, "more is better, but the goalposts go from 10 to 2"),
        ({"indicators": [Indicator("a", "all", per=0)]}, "per: a has 0"),
        ({"indicators": [Indicator("a", "all", weight="2")]}, "weight: a has '2'"),
        ({"indicators": [Indicator("a", "all", worst="2")]}, "worst: a has '2'"),
        ({"indicators": [Indicator("a", None)]}, "a belongs to None, which is no group"),
        ({"indicators": [Indicator("unit", "all")]}, "choose another code"),
        ({"groups": [Group("all"), Group("other")]}, "expected one group without a parent"),
        ({"groups": [Group("all"), Group("empty", "all")]}, "empty has nothing in it"),
        ({"groups": [Group("all"), Group("x", "y"), Group("y", "x")]}, "belongs to itself"),
    ],
)  # fmt: skip
def test_a_broken_framework_is_refused(change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Framework(**{"indicators": [Indicator("a", "all")], "groups": [Group("all")]} | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"aggregation": "median"}, "'median': expected one of arithmetic"),
        ({"aggregation": {2: "arithmetic"}}, "no method for index on level 3"),
        ({"aggregation": {9: "arithmetic"}}, "9 is neither a group nor a level"),
        ({"aggregation": None}, "aggregation: None"),
        ({"imputation": "mean"}, "imputation: mean"),
        ({"treatment": "winsorise"}, "treatment: winsorise"),
        ({"gates": Gate("x")}, "expected a sequence of Gate"),
        ({"floor": "1"}, "floor: 1"),
        ({"floor": 0}, "floor: 0"),
        ({"least": 2}, "least: 2"),
        ({"decimals": 99}, "decimals: 99"),
        ({"normalisation": "minmax"}, "expected Goalposts"),
        ({"treatment": Treatment(then="log")}, "would leave the goalposts' units"),
        ({"aggregation": "geometric", "normalisation": ZScore()}, "needs scores above 0"),
        ({"aggregation": "mazziotta-pareto", "normalisation": ZScore()}, "needs means above 0"),
    ],
)
def test_a_broken_index_is_refused(change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        made([[10, 20, 30, 40], [50, 60, 70, 80], [20, 30, 40, 90]], CompositeIndex(TREE, **change))


def test_bad_data_are_refused_at_their_cell() -> None:
    bare = Framework([Indicator("beds", "all", denominator="people", per=10_000)], [Group("all")])
    index = CompositeIndex(bare, normalisation=MinMax())
    good = {"town": ["a", "b"], "beds": [3, 9], "people": [1000, 2000]}
    assert index.fit(good, unit="town").stages.values.ravel().tolist() == [30, 45]
    for change, said in (
        ({"town": ["a", "a"]}, "town, row 1: a occurs twice"),
        ({"people": [0, 5]}, "people, row 0: is 0, and beds is divided by it"),
        ({"people": [None, 5]}, "beds, row 0: a has no value"),
        ({"beds": ["三", 9]}, "beds, row 0: '三' is not a number"),
        ({"people": [10]}, "people: has 1 rows, expected 2"),
        ({"beds": [1, 2, 3]}, "beds: has 3 rows, expected 2"),
        ({"beds": [1, 2]}, "beds: every unit has the same value"),
    ):
        with pytest.raises(InputError, match=said):
            index.fit(good | change, unit="town")
    with pytest.raises(InputError, match="no goalposts for beds"):
        CompositeIndex(bare).fit(good, unit="town")
    with pytest.raises(InputError, match="beds: there is no such column"):
        index.fit({"town": ["a"]}, unit="town")
    with pytest.raises(InputError, match="no target for beds"):
        CompositeIndex(bare, normalisation=DistanceToTarget()).fit(good, unit="town")


def test_distance_to_target_stops_at_the_target() -> None:
    framework = Framework([Indicator("debt", "all", direction=-1, best=20)], [Group("all")])
    index = CompositeIndex(framework, normalisation=DistanceToTarget())
    result = index.fit({"town": ["a", "b", "c"], "debt": [60, 40, 10]}, unit="town")
    assert result.final["score"].tolist() == [0, 50, 100]
    with pytest.raises(InputError, match="every unit has reached the target of debt"):
        index.fit({"town": ["a", "b"], "debt": [10, 20]}, unit="town")


def test_a_framework_is_read_from_a_table() -> None:
    rows = {
        "code": ["a", "b", "p", "all"],
        "parent": ["p", "p", "all", None],
        "weight": [1, 3, None, None],
        "worst": [0, None, None, None],
    }
    for kind in (dict, pd.DataFrame):
        framework = Framework.from_table(kind(rows))
        assert framework.overall_weights.tolist() == [0.25, 0.75]
        assert framework.level("all") == 3
    with pytest.raises(InputError, match="weight, row 1: 'much' is not a number"):
        Framework.from_table(rows | {"weight": [1, "much", 1, 1]})
    with pytest.raises(InputError, match="code, row 0: the code is missing"):
        Framework.from_table(rows | {"code": [None, "b", "p", "all"]})


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


@pytest.mark.parametrize(
    "make",
    [lambda: Goalposts(100, 0), lambda: MinMax(5, 5), lambda: ZScore(0, -1), lambda: Gate("x", cap=float("nan"))],
)
def test_a_scale_the_wrong_way_round_is_refused(make: Any) -> None:
    with pytest.raises(InputError):
        make()


def test_what_is_the_same_but_for_the_last_digits_is_the_same() -> None:
    framework = Framework([Indicator("x", "all")], [Group("all")])
    values = {"town": list("abcdefghij"), "x": [0.1] * 9 + [0.3 - 0.2]}
    for method in (ZScore(), MinMax()):
        with pytest.raises(InputError, match="every unit has the same value"):
            CompositeIndex(framework, normalisation=method).fit(values, unit="town")
    posts: Any = {"worst": 0, "best": 100}
    tree = Framework(
        [Indicator("a", "all", 3, **posts), Indicator("b", "all", 1.5, **posts), Indicator("c", "all", 1.5, **posts)],
        [Group("all")],
    )
    steady = np.array([10.1, 33.3, 57.7, 81.9])
    flat = CompositeIndex(tree).fit(
        {"town": list("abcd"), "a": steady, "b": 100 - steady, "c": 100 - steady}, unit="town"
    )
    with pytest.raises(InputError, match="no variance"):
        flat.effective_weights()
    assert not any(str(row["finding"]) == "against" for row in coherence(flat)[0].rows())


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


def test_codes_of_whole_numbers_survive_a_frame(tmp_path: Any) -> None:
    (tmp_path / "tree.csv").write_text("code,parent,weight\n1101,11,1\n1102,11,2\n11,1,1\n1,,\n", encoding="utf-8")
    framework = Framework.from_table(pd.read_csv(tmp_path / "tree.csv"))
    assert framework.children("11") == ("1101", "1102")
    assert framework.root == "1"
    with pytest.raises(InputError, match="differ in length"):
        Framework.from_table({"code": ["a"], "parent": ["all", None]})


def test_a_sibling_of_no_weight_does_not_soften_the_penalty() -> None:
    assert mazziotta_pareto(np.array([[90.0, 110.0, 100.0]]), np.array([1.0, 1.0, 0.0])).tolist() == [98.0]
