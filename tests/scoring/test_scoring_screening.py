"""Screening finds what was planted, and little where nothing was."""

from typing import Any

import numpy as np
import pytest

from yizhen.scoring.facets import FacetsResult, ManyFacetRasch
from yizhen.scoring.inputs import InputError
from yizhen.scoring.screening import (
    abstention_bounds,
    coalition_test,
    false_discovery,
    group_interaction,
    heaping,
    identical_sheets,
    leave_one_out,
    misfit,
    straight_lines,
)
from yizhen.scoring.simulate import simulate_ballots, simulate_points

COLUMNS = {"ratee": "town", "rater": "rater", "score": "score"}


def fit(data: dict[str, Any]) -> FacetsResult:
    return ManyFacetRasch().fit(data, **COLUMNS)


def collude(data: dict[str, Any], members: int, seed: int) -> dict[str, Any]:
    """Let the first raters lift two ratees to the top and mark all others down by one."""
    friends = np.random.default_rng(seed).choice(data["town"].max() + 1, 2, replace=False)
    own = data["rater"] < members
    lower = np.maximum(data["score"] - 1, 0)
    score = np.where(own, np.where(np.isin(data["town"], friends), 3, lower), data["score"])
    return {**data, "score": score}


@pytest.fixture(scope="module")
def honest() -> FacetsResult:
    return fit(simulate_ballots(1, raters=60)[0])


def test_an_honest_meeting_raises_hardly_a_flag(honest: FacetsResult) -> None:
    assert straight_lines(honest).flagged == 0
    assert misfit(honest, draws=60).flagged <= 1
    assert identical_sheets(honest).flagged == 0
    assert group_interaction(honest, {r: "AB"[r % 2] for r in range(60)}).flagged <= 1


def test_planted_sheets_are_flagged(honest: FacetsResult) -> None:
    data, _ = simulate_ballots(1, raters=60)
    score = data["score"].copy()
    score[data["rater"] == 7] = score[data["rater"] == 5]
    score[data["rater"] == 20] = 2
    score[data["rater"] == 30] = np.where(np.arange(18) % 2, 3, 0)
    made = fit({**data, "score": score})

    def flagged(screen: Any, *columns: str) -> list[Any]:
        return [tuple(row[column] for column in columns) for row in screen.table.rows() if row["flagged"]]

    assert flagged(straight_lines(made), "name") == [(20,)]
    assert flagged(identical_sheets(made), "first", "second") == [(5, 7)]
    assert (30,) in flagged(misfit(made, draws=60), "name")


def test_giving_the_best_to_all_is_no_flag_where_most_do() -> None:
    data, _ = simulate_ballots(2, raters=60, ratee_sd=0.3)
    usual = np.minimum(data["score"] + 2, 3)
    for marks, flagged in ((usual, False), (data["score"], True)):
        row = straight_lines(fit({**data, "score": np.where(data["rater"] == 0, 3, marks)})).table.row(0)
        assert (row["statistic"], bool(row["flagged"])) == (1.0, flagged)


def test_a_class_that_lifts_its_own_is_seen() -> None:
    data, _ = simulate_ballots(3, raters=60)
    own = (data["rater"] < 15) & (data["town"] == 4)
    made = fit({**data, "score": np.where(own, 3, data["score"])})
    screen = group_interaction(made, {r: "A" if r < 15 else "B" for r in range(60)})
    flagged = [row for row in screen.table.rows() if row["flagged"]]
    assert {(row["name"], row["group"], bool(row["statistic"] > 0)) for row in flagged} == {
        (4, "A", True),
        (4, "B", False),
    }
    with pytest.raises(InputError, match="groups: no class for 59"):
        group_interaction(made, dict.fromkeys(range(59), "A"))


def test_interaction_is_calibrated() -> None:
    z = [
        group_interaction(fit(simulate_ballots(seed)[0]), {r: "ABC"[r % 3] for r in range(40)}).table["statistic"]
        for seed in range(12)
    ]
    assert np.std(z) == pytest.approx(1, abs=0.1)


def test_coalition_members_carry_the_eigenvector() -> None:
    made = coalition_test(fit(collude(simulate_ballots(4, raters=60)[0], 9, 4)))
    assert made.p <= 0.02
    assert made.eigenvalue > made.limit
    top = made.members["name"][:9]
    assert np.isin(top, range(9)).mean() > 0.7
    assert "名评议人的打分偏向相互关联" in made.summary("zh")
    calm = coalition_test(fit(simulate_ballots(5, raters=60)[0]))
    assert calm.p > 0.05
    assert not calm.members["member"].any()
    assert "Subtle boosting is hard to see" in calm.summary("en")
    with pytest.raises(InputError, match="at least 5, 5, 19"):
        coalition_test(fit(simulate_ballots(1, ratees=4)[0]))


def test_leave_one_out_is_recomputing() -> None:
    data, _ = simulate_points(6, ratees=5, sizes=(3, 4), missing=0.1)
    weights = {"A": 0.5, "B": 0.5}
    made = leave_one_out(data, **COLUMNS, group="group", weights=weights, lines=[80])

    def totals(keep: Any) -> Any:
        means = []
        for code in "AB":
            own = keep & (data["group"] == code)
            means.append(
                np.bincount(data["town"][own], data["score"][own], 5) / np.bincount(data["town"][own], minlength=5)
            )
        return np.mean(means, axis=0)

    before = totals(np.ones(len(data["score"]), bool))
    for rater in range(7):
        after = totals(data["rater"] != rater)
        row = made.raters.row(rater)
        assert row["score_change"] == pytest.approx(np.abs(after - before).max())
        assert row["grade_changes"] == ((after >= 80) != (before >= 80)).sum()
    assert made.groups["name"].tolist() == ["A", "B"]
    own = data["group"] == "B"
    alone = np.bincount(data["town"][own], data["score"][own], 5) / np.bincount(data["town"][own], minlength=5)
    assert made.groups.row("A")["score_change"] == pytest.approx(np.abs(alone - before).max())
    assert "去掉任何一名评议人" in made.summary("zh")
    assert "any one class" in made.summary("en")
    single = leave_one_out({k: v for k, v in data.items() if k != "group"}, **COLUMNS)
    assert len(single.groups["name"]) == 0
    assert single.summary("en")


def test_heaping_on_lines() -> None:
    generator = np.random.default_rng(7)
    marks = np.round(generator.normal(86, 6, 400)).astype(int)
    screen = heaping(marks, lines=[80, 90])
    assert screen.flagged == 0
    pushed = np.where((marks >= 87) & (marks < 90), 90, marks)
    rows = {row["name"]: row["flagged"] for row in heaping(pushed, lines=[80, 90]).table.rows()}
    assert (bool(rows["line 80"]), bool(rows["line 90"])) == (False, True)
    fives = 5 * np.round(marks / 5)
    assert heaping(fives).table.row("last digit")["statistic"] == 1
    with pytest.raises(InputError, match=r"scores, row 3: 85\.5 is not a whole number"):
        heaping([80, 81, 82, 85.5] * 10)
    with pytest.raises(InputError, match="fewer than 30 tell nothing"):
        heaping([80] * 10)


def test_abstention_bounds_hold_every_way_of_filling_in() -> None:
    data, _ = simulate_points(8, ratees=6, sizes=(5, 6))
    score = np.clip(data["score"], 50, 95)
    generator = np.random.default_rng(8)
    hole = generator.random(len(score)) < 0.2
    made = abstention_bounds(
        {**data, "score": np.where(hole, np.nan, score)}, **COLUMNS, group="group",
        weights={"A": 0.5, "B": 0.5}, lowest=50, highest=95,
    )  # fmt: skip
    for _ in range(20):
        filled = np.where(hole, generator.uniform(50, 95, len(score)), score)
        means = [
            np.bincount(data["town"][data["group"] == c], filled[data["group"] == c]) / n
            for c, n in (("A", 5), ("B", 6))
        ]
        total = np.mean(means, axis=0)
        assert (made.table["low"] <= total + 1e-9).all()
        assert (total <= made.table["high"] + 1e-9).all()
    assert made.table["missing"].mean() == pytest.approx(hole.mean())
    with pytest.raises(InputError, match="is outside 85 to 95"):
        abstention_bounds(data, **COLUMNS, group="group", weights={"A": 0.5, "B": 0.5}, lowest=85, highest=95)


def test_absence_that_goes_with_the_score_is_told() -> None:
    data, truth = simulate_points(9, ratees=30, sizes=(40,))
    low = truth.mean(0)[data["town"]] < 80
    drop = np.random.default_rng(9).random(len(low)) < np.where(low, 0.35, 0.05)
    seen = {key: np.asarray(values)[~drop] for key, values in data.items()}
    made = abstention_bounds(seen, **COLUMNS, lowest=0, highest=120)
    assert made.p <= 0.002
    assert made.slope < 0
    assert "得分低的对象缺评更多" in made.summary("zh")
    assert "ratees with low scores have more empty cells" in made.summary("en")
    even = {key: np.asarray(values)[np.random.default_rng(1).random(len(low)) > 0.2] for key, values in data.items()}
    assert abstention_bounds(even, **COLUMNS, lowest=0, highest=120).p > 0.01
    full = abstention_bounds(data, **COLUMNS, lowest=0, highest=120)
    assert np.isnan(full.p)
    assert full.summary("zh") == "没有缺评。"
    assert full.table["low"] == pytest.approx(full.table["high"])


def test_false_discovery_is_benjamini_hochberg() -> None:
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(10).random(50) ** 2
    assert false_discovery(p) == pytest.approx(false_discovery_control(p))


def test_summary_names_nobody(honest: FacetsResult) -> None:
    screen = misfit(honest, draws=30)
    assert "不自动剔除任何一票" in screen.summary("zh")
    assert screen.summary("en").startswith("Marks that do not fit: 60 looked at,")
    with pytest.raises(InputError, match="rate"):
        straight_lines(honest, rate=0)
