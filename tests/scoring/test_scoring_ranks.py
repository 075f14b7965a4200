"""Rank sets against csranks and against the definition written out draw by draw."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring.meetings import oracle
from yizhen.scoring.inputs import InputError
from yizhen.scoring.ranks import (
    bands,
    competition,
    in_steps,
    pairwise_probabilities,
    quota_lists,
    rank_intervals,
    rank_sets,
    top_probabilities,
)
from yizhen.scoring.ranks.estimates import read_estimates

values = st.lists(st.floats(-3, 3), min_size=3, max_size=9, unique=True)


@pytest.mark.parametrize("kind", ["marginal", "simultaneous"])
def test_pisa_is_csranks(kind: Any) -> None:
    case = oracle("ranks/csranks_pisa2018.json")
    made = rank_sets(case["data"]["math_score"], se=case["data"]["math_se"], kind=kind, draws=60_000)
    theirs = case[f"{kind}95"]
    assert made.rank.tolist() == theirs["rank"]
    for mine, expected in ((made.low, theirs["L"]), (made.high, theirs["U"])):
        gaps = np.abs(mine - np.array(expected))
        assert (gaps > 0).mean() <= 0.1
        # One unit has two rivals within .005 of the critical value (3.045, 3.046 against 3.042, which 20,000 draws
        # know to .015): they fall together, so its bound may differ by two.
        assert np.sort(gaps)[-2] <= 1
        assert gaps.max() <= 2


def by_definition(estimates: list[float], errors: Any, se: Any, level: float, unit: int | None) -> Any:
    """Return at [j, k] whether j is better than k, by the textbook step-down with every draw looked at."""
    p = len(estimates)
    scale = np.sqrt(se[:, None] ** 2 + se**2)
    noise = (errors[:, :, None] - errors[:, None, :]) / scale
    statistic = (np.array(estimates)[:, None] - np.array(estimates)) / scale
    stands = ~np.eye(p, dtype=bool)
    if unit is not None:
        stands &= (np.arange(p)[:, None] == unit) | (np.arange(p) == unit)
    better = np.zeros((p, p), bool)
    while True:
        critical = np.quantile(np.where(stands & ~better, noise, 0).max((1, 2)), level)
        now = stands & (statistic > critical)
        if (now == better).all():
            return better
        better |= now


@settings(deadline=None, max_examples=25)
@given(values, st.integers(0, 99))
def test_fast_sets_are_the_definition(estimates: list[float], seed: int) -> None:
    se = np.random.default_rng(seed).uniform(0.1, 0.6, len(estimates))
    errors = read_estimates(estimates, se=se).errors(400, seed).astype(float)
    made = rank_sets(estimates, se=se, kind="simultaneous", draws=400, seed=seed)
    expected = by_definition(estimates, errors, se, 0.95, None)
    assert (made.better == expected).mean() > 0.97  # single precision may tip a draw at the quantile
    marginal = rank_sets(estimates, se=se, draws=400, seed=seed)
    own = [by_definition(estimates, errors, se, 0.95, unit) for unit in range(len(se))]
    low = [1 + int(better[:, unit].sum()) for unit, better in enumerate(own)]
    high = [len(se) - int(better[unit].sum()) for unit, better in enumerate(own)]
    assert np.abs(marginal.low - low).sum() + np.abs(marginal.high - high).sum() <= 1


@settings(deadline=None)
@given(values, st.permutations(range(9)))
def test_sets_hold_the_rank_and_follow_the_units(estimates: list[float], order: list[int]) -> None:
    order = [at for at in order if at < len(estimates)]
    se = np.full(len(estimates), 0.3)
    for kind in ("marginal", "simultaneous"):
        made = rank_sets(estimates, se=se, kind=kind, draws=500)
        assert ((made.low <= made.rank) & (made.rank <= made.high)).all()
        assert (made.low >= 1).all()
        assert (made.high <= len(estimates)).all()
        other = rank_sets([estimates[at] for at in order], se=se, kind=kind, draws=500)
        assert (other.low.tolist(), other.high.tolist()) == (made.low[order].tolist(), made.high[order].tolist())
    wide = rank_sets(estimates, se=se, kind="simultaneous", draws=500)
    narrow = rank_sets(estimates, se=se, draws=500)
    assert (wide.high - wide.low).sum() >= (narrow.high - narrow.low).sum()


def test_step_down_only_narrows() -> None:
    estimates, se = np.random.default_rng(1).normal(0, 1, 40), np.full(40, 0.15)
    one = rank_sets(estimates, se=se, stepdown=False)
    two = rank_sets(estimates, se=se)
    assert (two.low >= one.low).all()
    assert (two.high <= one.high).all()
    assert (two.high - two.low).sum() < (one.high - one.low).sum()


def test_pairing_narrows_the_sets() -> None:
    estimates, se = np.linspace(0, 2, 12), 0.4
    independent = rank_sets(estimates, se=np.full(12, se))
    paired = rank_sets(estimates, covariance=se**2 * (0.7 + 0.3 * np.eye(12)))
    assert (paired.high - paired.low).sum() < 0.75 * (independent.high - independent.low).sum()


def test_few_degrees_of_freedom_widen_the_sets() -> None:
    estimates, se = np.linspace(0, 2, 12), np.full(12, 0.2)
    normal, small = rank_sets(estimates, se=se), rank_sets(estimates, se=se, df=4)
    assert (small.high - small.low).sum() > (normal.high - normal.low).sum()


def test_competition_ranks_share_ties() -> None:
    assert competition(np.array([85.0, 90.0, 85.0, 80.0])).tolist() == [2, 1, 2, 4]


def test_goldstein_spiegelhalter_intervals() -> None:
    made = rank_intervals([3.0, 2.9, 0.0], se=[0.2, 0.2, 0.2], names=["a", "b", "c"])
    assert made.row("a") | {"name": "a"} == {"name": "a", "rank": 1, "low": 1, "median": 1, "high": 2}
    assert made.row("c")["low"] == 3


def test_probabilities() -> None:
    made = top_probabilities([3.0, 2.9, 0.0], 2, se=[0.2, 0.2, 0.2])
    assert made["probability"].sum() == pytest.approx(2)
    pairs = pairwise_probabilities([1.0, 0.5], se=[0.3, 0.4])
    assert pairs[0, 1] == pytest.approx(0.841345, abs=1e-6)
    assert pairs + pairs.T == pytest.approx(np.ones((2, 2)))
    assert [in_steps(p) for p in (0.0, 0.02, 0.31, 0.5, 0.98, 1.0)] == [
        "< 5 %",
        "< 5 %",
        "30 %",
        "50 %",
        "> 95 %",
        "> 95 %",
    ]


def test_quota_lists_and_bands() -> None:
    estimates, names = [9.0, 7.0, 6.9, 6.8, 1.0], list("ABCDE")
    lists = quota_lists(estimates, 2, se=[0.3] * 5, names=names)
    assert (lists.inside.tolist(), lists.open.tolist(), lists.outside.tolist()) == (["A"], ["B", "C", "D"], ["E"])
    assert lists.summary("zh") == "前 2 名（95% 把握）：一定在内：A；分不出来：B、C、D；一定不在：E。"
    assert "cannot be separated: B, C, D" in lists.summary("en")
    assert (
        quota_lists([2.0, 1.9], 1, se=[1.0, 1.0]).summary("zh").endswith("一定在内：无；分不出来：1、2；一定不在：无。")
    )
    assert bands(estimates, se=[0.3] * 5, names=names)["band"].tolist() == [1, 2, 2, 2, 3]


def test_summary_is_in_order() -> None:
    made = rank_sets([1.0, 9.0, 5.0], se=[0.2] * 3, names=["c", "a", "b"])
    assert made.summary("en").splitlines()[1:] == ["a: rank 1, firm", "b: rank 2, firm", "c: rank 3, firm"]
    wide = rank_sets([1.0, 1.1], se=[1.0, 1.0], names=["b", "a"])
    assert wide.summary("zh").splitlines()[1] == "a：第 1 名，可能在第 1–2 名之间"
    assert made.table["low"].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"se": [0.1, 0.1]}, "se: has shape"),
        ({"se": [0.1, 0.0, 0.1]}, "se, row 1: an error must be a positive number"),
        ({"se": [0.1, float("nan"), 0.1]}, "se, row 1"),
        ({"estimates": [1.0, float("nan"), 2.0]}, "estimates, row 1: NaN"),
        ({"estimates": [1.0]}, "expected two units or more"),
        ({"se": None}, "se, covariance: give one of them"),
        ({"covariance": np.eye(3)}, "give one of them"),
        ({"se": None, "covariance": np.eye(2)}, "covariance: has shape"),
        ({"se": None, "covariance": np.ones((3, 3))}, "the difference between 1 and 2 has no error"),
        ({"names": ["a", "a", "b"]}, "names: a name occurs twice"),
        ({"level": 1.0}, "level"),
        ({"kind": "joint"}, "kind"),
        ({"draws": 50}, "at least 200"),
        ({"df": 0.5}, "df"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], message: str) -> None:
    given_: dict[str, Any] = {"estimates": [1.0, 2.0, 3.0], "se": [0.1, 0.1, 0.1]}
    with pytest.raises(InputError, match=message):
        rank_sets(**(given_ | change))


def test_a_quota_must_fit() -> None:
    with pytest.raises(InputError, match="quota: 3 of 3 units"):
        quota_lists([1.0, 2.0, 3.0], 3, se=[0.1] * 3)
