"""Reading columns: what is taken, what is refused, and how the place is named."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from yizhen.scoring.connect import check_connected, components
from yizhen.scoring.facets import ManyFacetRasch
from yizhen.scoring.inputs import InputError, Labels, is_missing, labels, matrix_of, read_ratings, shares
from yizhen.scoring.tables import Table, names_joined, said


def test_names_of_any_kind_are_sorted() -> None:
    assert labels(np.array(["b", "a", "b"]), "x").names.tolist() == ["a", "b"]
    assert labels(np.array([3, 1, 3]), "x").codes.tolist() == [1, 0, 1]
    mixed = labels(np.array([2, "a", 2], dtype=object), "x")
    assert (mixed.names.tolist(), len(mixed)) == ([2, "a"], 2)
    assert labels(pd.Series(["乙", "甲"]).to_numpy(), "x").names.tolist() == ["乙", "甲"]


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT, np.float64("nan")])
def test_every_sign_for_nothing_is_known(value: Any) -> None:
    assert is_missing(value)
    with pytest.raises(InputError, match="x, row 1: the name is missing"):
        labels(np.array(["a", value], dtype=object), "x")


def test_frames_and_mappings_read_alike() -> None:
    data = {"t": ["a", "a", "b"], "r": [1, 2, 1], "s": [1.0, None, 3.0], "i": ["x", "x", "x"]}
    for made in (data, pd.DataFrame(data), pl.DataFrame(data)):
        read = read_ratings(made, "t", "r", "s", "i", missing="drop")
        assert (read.score.tolist(), read.rows.tolist(), len(read)) == ([1.0, 3.0], [0, 2], 2)
        assert (read.rater.names.tolist(), read.item.names.tolist()) == ([1], ["x"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"s": [None, None, None]}, "s: there is no rating"),
        ({"s": []}, "there is no rating|has 3 rows"),
        ({"r": [[1], [2], [3]]}, "r: has 2 dimensions"),
    ],
)
def test_bad_columns_are_named(change: dict[str, Any], message: str) -> None:
    data = {"t": ["a", "a", "b"], "r": [1, 2, 1], "s": [1.0, 2.0, 3.0]}
    with pytest.raises(InputError, match=message):
        read_ratings(data | change, "t", "r", "s", missing="drop")
    with pytest.raises(InputError, match="missing: 'skip'"):
        read_ratings(data, "t", "r", "s", missing="skip")  # type: ignore[arg-type]


def test_rows_are_numbered_as_the_caller_has_them() -> None:
    data = {"t": ["a", "a", "a"], "r": [1, 2, 1], "s": [1.0, None, 3.0]}
    with pytest.raises(InputError, match="s, row 2: r 1 rates t a a second time") as caught:
        read_ratings(data, "t", "r", "s", missing="drop")
    assert (caught.value.column, caught.value.row) == ("s", 2)


def test_matrices() -> None:
    assert np.isnan(matrix_of([[1, None], [2, 3]])[0, 1])
    assert matrix_of(pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [3, 4]})).shape == (2, 2)
    with pytest.raises(InputError, match=r"matrix: has shape \(0,\)"):
        matrix_of([])


def test_shares_may_be_in_percent() -> None:
    assert shares({"A": 30, "B": 70}, ["B", "A"]).tolist() == [0.7, 0.3]
    assert shares({"A": 0.25, "B": 0.75, "C": 0.0}, ["A", "B"]).tolist() == [0.25, 0.75]


def test_components_ignore_items() -> None:
    data = {"t": ["a", "b", "b", "c"], "r": [1, 1, 2, 3], "s": [1, 2, 3, 4], "i": ["x", "x", "y", "x"]}
    count, group = components(read_ratings(data, "t", "r", "s", "i"))
    assert count == 2
    assert group.tolist()[:3] == [group[0]] * 3
    with pytest.raises(InputError, match="2 groups share neither t nor r"):
        check_connected(read_ratings(data, "t", "r", "s", "i"), "refuse", ("t", "r"))


def test_links_are_those_whose_loss_splits_the_rest() -> None:
    rings = [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 2), ("c", 3), ("d", 3), ("c", 4), ("d", 4)]
    data = dict(zip("trs", (*zip(*rings, strict=True), range(9)), strict=True))
    found = check_connected(read_ratings(data, "t", "r", "s"), "refuse", ("town", "rater"))
    assert [note.en for note in found] == [
        f"{who} is the only link between two parts of the design" for who in ("town c", "one rater")
    ]


def test_tables_are_frames_in_waiting() -> None:
    made = Table(name=["a", "b"], value=[1, 2])
    assert list(made.rows()) == [{"name": "a", "value": 1}, {"name": "b", "value": 2}]
    assert pd.DataFrame(made).shape == (2, 2)
    assert pl.DataFrame(made)["value"].to_list() == [1, 2]
    with pytest.raises(KeyError):
        made.row("c")
    with pytest.raises(ValueError, match="columns differ in length"):
        Table(name=["a"], value=[1, 2])


def test_sentences() -> None:
    assert said("zh", "是", "yes") == "是"
    assert names_joined(["甲", "乙"], "zh") == "甲、乙"
    assert names_joined([], "en") == "none"
    assert isinstance(labels(np.array([1]), "x"), Labels)


def test_rows_of_names_and_levels_are_the_callers() -> None:
    with pytest.raises(InputError, match="t, row 3: the name is missing"):
        read_ratings(
            {"t": ["A", "A", "B", None], "r": [1, 1, 2, 1], "s": [None, 1, 2, 3]}, "t", "r", "s", missing="drop"
        )
    data = {"t": ["a", "a", "b", "b"], "r": [1, 2, 1, 2], "s": [1, None, 9, 2]}
    with pytest.raises(InputError, match="s, row 2: unknown level 9"):
        ManyFacetRasch().fit(data, ratee="t", rater="r", score="s", missing="drop")


def test_lists_are_not_turned_into_texts() -> None:
    with pytest.raises(InputError, match="t, row 1: the name is missing"):
        read_ratings({"t": ["A", float("nan")], "r": [1, 2], "s": [1, 2]}, "t", "r", "s")
    assert len(read_ratings({"t": [1, "1"], "r": [1, 2], "s": [1, 2]}, "t", "r", "s").ratee) == 2
    with pytest.raises(InputError, match="t, row 1: the name is empty"):
        read_ratings({"t": ["A", " "], "r": [1, 2], "s": [1, 2]}, "t", "r", "s")


def test_columns_may_be_numbers_and_errors_are_short() -> None:
    frame = pd.DataFrame([[1, 1, 2], [1, 2, 1], [2, 1, 0]])
    assert len(read_ratings(frame, 0, 1, 2)) == 3  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        read_ratings({"t": ["A" * 100_000, "A" * 100_000], "r": [1, 1], "s": [1, 2]}, "t", "r", "s")
    assert len(str(caught.value)) < 200
    with pytest.raises(InputError, match="code grades as 0 … K - 1"):
        read_ratings({"t": ["A", "B"], "r": [1, 1], "s": ["优秀", "称职"]}, "t", "r", "s")
    with pytest.raises(InputError, match="rows of different length"):
        matrix_of([[1, 2], [1]])


def test_errors_travel_between_processes() -> None:
    error = pickle.loads(pickle.dumps(InputError("a", "b", 1)))
    assert (str(error), error.row) == ("a, row 1: b", 1)


@pytest.mark.parametrize("weight", ["40", None, float("nan"), -1])
def test_weights_that_are_none_are_named(weight: Any) -> None:
    with pytest.raises(InputError, match="weights: the weight of A is"):
        shares({"A": weight, "B": 1.0}, ["A", "B"])
