"""What an index is read from, and what it refuses at which node, column or cell."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.scoring.towns import TREE, made
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
    Treatment,
    ZScore,
    coherence,
)
from yizhen.scoring.inputs import InputError


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


def test_codes_of_whole_numbers_survive_a_frame(tmp_path: Any) -> None:
    (tmp_path / "tree.csv").write_text("code,parent,weight\n1101,11,1\n1102,11,2\n11,1,1\n1,,\n", encoding="utf-8")
    framework = Framework.from_table(pd.read_csv(tmp_path / "tree.csv"))
    assert framework.children("11") == ("1101", "1102")
    assert framework.root == "1"
    with pytest.raises(InputError, match="differ in length"):
        Framework.from_table({"code": ["a"], "parent": ["all", None]})
