"""What must hold of any many-facet fit, and what it refuses."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yizhen.scoring.facets import FacetsResult, ManyFacetRasch
from yizhen.scoring.inputs import InputError
from yizhen.scoring.simulate import simulate_ballots

COLUMNS = {"ratee": "town", "rater": "rater", "score": "score"}


def fit(data: Any, **options: Any) -> FacetsResult:
    return ManyFacetRasch(**options).fit(data, **COLUMNS)


def panels(ratees: int) -> dict[str, list[int]]:
    """Two panels that share nobody: raters 0-3 rate the first ratees, raters 4-7 the others."""
    cells = [(t, r, (t + 2 * r + t * r) % 4) for t in range(2 * ratees) for r in range(8) if (t < ratees) == (r < 4)]
    return dict(zip(("town", "rater", "score"), map(list, zip(*cells, strict=True)), strict=True))


def test_every_kind_of_table_gives_the_same() -> None:
    data, _ = simulate_ballots(1, missing=0.1)
    plain = fit(data)
    for made in (fit(pd.DataFrame(data)), fit(pl.DataFrame(data)), fit({k: list(v) for k, v in data.items()})):
        assert made.log_likelihood == plain.log_likelihood
        assert made.ratees["measure"].tolist() == plain.ratees["measure"].tolist()
    assert pd.DataFrame(plain.raters).columns[:6].tolist() == ["name", "measure", "se", "count", "infit", "outfit"]
    assert pl.DataFrame(plain.thresholds).height == 3


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(seed: int, random: Any) -> None:
    data, _ = simulate_ballots(seed, ratees=6, raters=8, missing=0.15)
    order = random.sample(range(len(data["score"])), len(data["score"]))
    names = random.sample("abcdefghijklmnop", 8)
    other = {key: np.asarray(values)[order] for key, values in data.items()}
    other["rater"] = [names[rater] for rater in other["rater"]]
    one, two = fit(data), fit(other)
    assert two.ratees["measure"] == pytest.approx(one.ratees["measure"], abs=1e-6)
    for rater in range(8):
        assert two.raters.row(names[rater])["measure"] == pytest.approx(one.raters.row(rater)["measure"], abs=1e-6)
        assert two.raters.row(names[rater])["se"] == pytest.approx(one.raters.row(rater)["se"], abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_a_complete_meeting_is_ranked_by_its_raw_totals(seed: int) -> None:
    data, _ = simulate_ballots(seed, ratees=8, raters=10)
    made = fit(data)
    totals = np.bincount(data["town"], data["score"])
    for one in range(8):
        for other in range(8):
            if totals[one] > totals[other]:
                assert made.ratees["wle"][one] > made.ratees["wle"][other]
                assert made.ratees["measure"][one] >= made.ratees["measure"][other] - 1e-12
            if totals[one] == totals[other]:
                assert made.ratees["measure"][one] == pytest.approx(made.ratees["measure"][other], abs=1e-9)


def test_absence_is_allowed_for() -> None:
    # The harshest raters only saw the first half: raw means put it last, the model does not.
    data, truth = simulate_ballots(3, ratees=20, raters=60, ratee_sd=0.0)
    harsh = truth["severity"] > 0.3
    keep = ~(harsh[data["rater"]] & (data["town"] >= 10)) & ~(~harsh[data["rater"]] & (data["town"] < 4))
    seen = {key: values[keep] for key, values in data.items()}
    raw = np.bincount(seen["town"], seen["score"]) / np.bincount(seen["town"])
    made = fit(seen)
    assert raw[:4].mean() < raw[10:].mean() - 0.2
    assert abs(made.ratees["wle"][:4].mean() - made.ratees["wle"][10:].mean()) < 0.25
    assert "Some cells are missing" in made.summary("en")
    assert "changes no rank" in fit(data).summary("en")


def test_convention_moves_measures_by_a_constant() -> None:
    data, _ = simulate_ballots(4, items=3)
    made = {
        facet: ManyFacetRasch(not_centred=facet).fit(data, **COLUMNS, item="item")
        for facet in ("ratee", "rater", "item")
    }
    level = made["item"].items["measure"].mean()
    assert made["item"].raters["measure"].sum() == pytest.approx(0, abs=1e-12)
    assert made["ratee"].items["measure"].sum() == pytest.approx(0, abs=1e-12)
    assert made["ratee"].ratees["measure"] == pytest.approx(made["item"].ratees["measure"] - level)
    assert made["rater"].raters["measure"] == pytest.approx(made["item"].raters["measure"] + level)
    assert {round(one.log_likelihood, 6) for one in made.values()} == {round(made["item"].log_likelihood, 6)}
    # The errors move with the convention: what is centred is surer than what carries the level.
    assert (made["rater"].raters["se"] > made["item"].raters["se"]).all()
    assert (made["ratee"].items["se"] < made["item"].items["se"]).all()


def test_grades_nobody_gave_are_kept() -> None:
    data, _ = simulate_ballots(5)
    wide = fit({**data, "score": data["score"] + 1}, categories=6)
    assert len(wide.thresholds["measure"]) == 5
    assert np.isfinite(wide.thresholds["measure"]).all()
    assert wide.thresholds["count"][-1] == 0
    assert tuple(warning.en for warning in wide.warnings) == (
        "nobody gave grade 0, 5; it is kept, and a weak prior holds its thresholds",
    )
    narrow = fit(data)
    assert wide.raters["measure"] == pytest.approx(narrow.raters["measure"], abs=0.05)


def test_one_grade_raters_and_extreme_ratees_stay() -> None:
    data, _ = simulate_ballots(6)
    score = np.where(data["rater"] == 0, 3, np.where(data["town"] == 2, 3, data["score"]))
    made = fit({**data, "score": score})
    assert made.raters.row(0)["extreme"] == 1
    assert made.ratees.row(2)["extreme"] == 1
    assert made.raters.row(0)["measure"] == made.raters["measure"].min()
    assert made.ratees.row(2)["measure"] == made.ratees["measure"].max()
    assert np.isfinite([made.raters.row(0)["se"], made.ratees.row(2)["wle"], made.ratees.row(2)["wle_se"]]).all()
    assert "raters who gave one extreme grade only: 1" in made.warnings[0].en
    joint = fit({**data, "score": score}, estimation="jml")
    assert np.isfinite(joint.raters["measure"]).all()


def test_marks_in_perfect_order_are_held_by_a_prior() -> None:
    cells = [(t, r, int(t > r)) for t in range(5) for r in range(4)]
    data = dict(zip(("town", "rater", "score"), zip(*cells, strict=True), strict=True))
    made = fit(data, categories=2)
    assert "only a prior holds the measures" in made.warnings[0].en
    assert (np.diff(made.ratees["measure"]) > 0).all()
    assert np.isfinite(fit(data, categories=2, estimation="jml").raters["measure"]).all()


def test_ratees_that_do_not_differ() -> None:
    data, _ = simulate_ballots(8, ratee_sd=0.0, raters=60)
    made = fit(data)
    assert made.population is not None
    assert made.population.sd < 0.15
    assert np.abs(made.ratees["measure"]).max() < 0.1


def test_small_unconnected_panels_are_refused() -> None:
    with pytest.raises(InputError, match="rater: the design is not connected: 2 groups share neither town nor rater"):
        fit(panels(5))
    with pytest.raises(InputError, match="treat each group by itself"):
        fit(panels(20), disconnected="refuse")
    with pytest.raises(InputError, match="not connected"):
        fit(panels(20), estimation="jml", disconnected="population")


def test_large_unconnected_panels_are_linked_by_the_population_or_apart() -> None:
    made = fit(panels(15))
    assert "falls into 2 groups" in made.warnings[0].en
    assert "注意：评议分成互不相连的 2 组" in made.summary("zh")
    first, second = ManyFacetRasch().fit_components(panels(5), **COLUMNS)
    assert first.raters["name"].tolist() == [0, 1, 2, 3]
    assert second.raters["name"].tolist() == [4, 5, 6, 7]


def test_a_single_link_is_named() -> None:
    data = panels(5)
    bridge = {"town": [*data["town"], 0], "rater": [*data["rater"], 4], "score": [*data["score"], 2]}
    made = fit(bridge)
    assert tuple(warning.en for warning in made.warnings[:2]) == (
        "town 0 is the only link between two parts of the design",
        "one rater is the only link between two parts of the design",
    )
    assert fit(simulate_ballots(1, missing=0.2)[0]).warnings == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": [0, 1, 7, 1]}, "score, row 2: unknown level 7; levels are 0 to 3"),
        ({"score": [0, 1, 0.5, 1]}, r"score, row 2: unknown level 0\.5"),
        ({"score": [0, 1, float("nan"), 1]}, "score, row 2: NaN; say missing='drop'"),
        ({"score": [0, 1, None, 1]}, "score, row 2: NaN"),
        ({"score": [0, 1, "good", 1]}, "score, row 2: 'good' is not a number"),
        ({"score": [0, 1, float("inf"), 1]}, "score, row 2: not a finite number"),
        ({"score": [2, 2, 2, 2]}, "score: every rating is 2"),
        ({"score": [0, 1]}, "town: has 4 rows, but score has 2"),
        ({"town": ["a", "a", None, "b"]}, "town, row 2: the name is missing"),
        ({"town": ["a", "a", "a", "b"], "rater": [1, 2, 1, 2]}, "score, row 2: rater 1 rates town a a second time"),
        ({"rater": [1, 1, 1, 1], "town": list("abcd")}, "rater: there is only one"),
        ({"town": [1, 1, 1, 1], "rater": list("abcd")}, "town: there is only one"),
    ],
)
def test_bad_rows_are_named(change: dict[str, Any], message: str) -> None:
    data = {"town": ["a", "a", "b", "b"], "rater": [1, 2, 1, 2], "score": [0, 1, 2, 1]}
    for made in (data | change, pd.DataFrame({k: pd.Series(v) for k, v in (data | change).items()})):
        if len({len(values) for values in (data | change).values()}) > 1 and isinstance(made, pd.DataFrame):
            continue
        with pytest.raises(InputError, match=message):
            fit(made)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="grade: there is no such column; there are: town, rater, score"):
        ManyFacetRasch().fit({"town": [1], "rater": [1], "score": [1]}, ratee="town", rater="rater", score="grade")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"step": "graded"}, "step: 'graded' is none of"),
        ({"estimation": "bayes"}, "estimation: 'bayes'"),
        ({"categories": 1}, "categories: 1 grades"),
        ({"not_centred": "all"}, "not_centred"),
        ({"disconnected": "maybe"}, "disconnected"),
    ],
)
def test_bad_options_are_named(option: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ManyFacetRasch(**option)


def test_missing_scores_can_be_dropped() -> None:
    data, _ = simulate_ballots(9)
    holes = {**data, "score": [None if row % 7 == 0 else int(x) for row, x in enumerate(data["score"])]}
    kept = {key: values[np.arange(len(values)) % 7 != 0] for key, values in data.items()}
    assert ManyFacetRasch().fit(holes, **COLUMNS, missing="drop").log_likelihood == fit(kept).log_likelihood
    frame = pd.DataFrame({**data, "score": pd.array(holes["score"], dtype="Int64")})
    assert ManyFacetRasch().fit(frame, **COLUMNS, missing="drop").log_likelihood == fit(kept).log_likelihood


def test_fair_averages_are_means_over_average_raters() -> None:
    data, _ = simulate_ballots(10, missing=0.2)
    made, values = fit(data), [50, 70, 85, 95]
    classes = {rater: "AB"[rater % 2] for rater in range(40)}
    alone = made.fair_averages(values, classes=classes, weights={"A": 1.0, "B": 0.0})
    other = made.fair_averages(values, classes=classes, weights={"A": 0.0, "B": 1.0})
    mixed = made.fair_averages(values, classes=classes, weights={"A": 30, "B": 70})
    assert mixed["fair_average"] == pytest.approx(0.3 * alone["fair_average"] + 0.7 * other["fair_average"])
    assert (np.argsort(mixed["fair_average"]) == np.argsort(made.ratees["wle"])).all()
    assert ((mixed["fair_average"] > 50) & (mixed["fair_average"] < 95) & (mixed["se"] > 0)).all()
    with pytest.raises(InputError, match=r"weights: the weights sum to 0\.9"):
        made.fair_averages(values, classes=classes, weights={"A": 0.5, "B": 0.4})
    with pytest.raises(InputError, match="weights: no weight for B"):
        made.fair_averages(values, classes=classes, weights={"A": 1.0})
    with pytest.raises(InputError, match="classes: no class for 39"):
        made.fair_averages(values, classes=dict.fromkeys(range(39), "A"), weights={"A": 1.0})
    with pytest.raises(InputError, match="values: has 3 values for 4 grades"):
        made.fair_averages(values[:3])


def test_an_earlier_result_is_a_good_start() -> None:
    data, _ = simulate_ballots(11)
    whole = fit(data)
    less = {key: values[1:] for key, values in data.items()}
    warm = ManyFacetRasch().fit(less, **COLUMNS, start=whole)
    assert warm.ratees["measure"] == pytest.approx(fit(less).ratees["measure"], abs=1e-7)


def test_partial_credit_without_items_is_the_rating_scale() -> None:
    data, _ = simulate_ballots(12)
    one, other = fit(data), fit(data, step="partial_credit")
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-9)
    assert other.thresholds["measure"] == pytest.approx(one.thresholds["measure"], abs=1e-7)
    assert len(one.items["name"]) == 0


def test_bic_prefers_the_scale_that_made_the_data() -> None:
    data, _ = simulate_ballots(13, ratees=60, items=4)
    made = {
        step: ManyFacetRasch(step=step).fit(data, **COLUMNS, item="item") for step in ("rating_scale", "partial_credit")
    }
    assert made["partial_credit"].log_likelihood > made["rating_scale"].log_likelihood
    assert made["rating_scale"].bic < made["partial_credit"].bic


def test_summary_tells_no_rater_and_no_small_class() -> None:
    data, _ = simulate_ballots(14)
    made = fit({**data, "rater": [f"rater-{r:02d}" for r in data["rater"]]})
    large = {f"rater-{r:02d}": "leaders" if r < 5 else "delegates" for r in range(40)}
    small = {f"rater-{r:02d}": "leaders" if r < 4 else "delegates" if r < 20 else "peers" for r in range(40)}
    for language in ("zh", "en"):
        said = made.summary(language, classes=large)
        assert "rater-" not in said
        assert "delegates" in said
        assert "leaders" in said
        # Severities sum to zero: what the other classes are told would tell the small one.
        hidden = made.summary(language, classes=small, minimum=1)
        assert not any(group in hidden for group in ("leaders", "delegates", "peers"))
    assert "rater-" not in repr(made)
    with pytest.raises(ValueError, match="language is 'fr'"):
        made.summary("fr")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="classes: no class for rater-00"):
        made.summary("en", classes={"rater-01": "leaders"})


def test_few_raters_severity_is_not_told() -> None:
    data, _ = simulate_ballots(15, raters=4)
    assert "评议人不足 5 名，不显示宽严。" in fit(data).summary("zh")


def test_limits_of_fit_come_from_simulated_meetings() -> None:
    data, _ = simulate_ballots(16)
    score = data["score"].copy()
    odd = data["rater"] == 3
    score[odd] = np.where(np.arange(odd.sum()) % 2, 0, 3)
    limits = fit({**data, "score": score}).fit_limits(60)["rater"]
    row = limits.row(3)
    assert row["infit"] > row["infit_high"]
    assert row["infit_p"] < 0.001
    inside = (limits["infit"] >= limits["infit_low"]) & (limits["infit"] <= limits["infit_high"])
    assert inside.mean() > 0.75
    with pytest.raises(InputError, match="at least 20"):
        fit(data).fit_limits(5)


def test_one_impression_written_into_every_item_is_noticed() -> None:
    data, _ = simulate_ballots(17, items=4)
    made = ManyFacetRasch().fit(data, **COLUMNS, item="item")
    assert made.warnings == ()
    first = {(t, r): s for t, r, i, s in zip(*data.values(), strict=True) if i == 0}
    copied = [first[t, r] for t, r in zip(data["town"], data["rater"], strict=True)]
    halo = ManyFacetRasch().fit({**data, "score": copied}, **COLUMNS, item="item")
    assert "hang together" in halo.warnings[-1].en
    overall = {key: values[data["item"] == 0] for key, values in data.items()}
    assert halo.ratees["wle_se"].mean() < 0.7 * fit(overall).ratees["wle_se"].mean()


def test_fit_of_grades_is_one_when_the_model_holds() -> None:
    outfit = []
    for seed in range(12):
        data, _ = simulate_ballots(seed, items=2)
        made = ManyFacetRasch(step="partial_credit").fit(data, **COLUMNS, item="item")
        outfit.append(made.thresholds["outfit"])
    assert np.mean(outfit, axis=0) == pytest.approx(np.ones(6), abs=0.25)
    assert len(set(outfit[0].round(6))) == 6


def test_order_of_rows_changes_no_draw() -> None:
    data, _ = simulate_ballots(18, missing=0.1)
    order = np.random.default_rng(1).permutation(len(data["score"]))
    other = {key: values[order] for key, values in data.items()}
    assert (
        fit(other).fit_limits(20)["rater"]["infit_p"].tolist() == fit(data).fit_limits(20)["rater"]["infit_p"].tolist()
    )
