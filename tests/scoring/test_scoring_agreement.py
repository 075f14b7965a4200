"""Agreement coefficients against published tables, other programs and their definitions."""

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring.meetings import oracle
from yizhen.scoring.agreement import (
    bootstrap_alpha,
    gwet_ac,
    icc,
    kendall_w,
    krippendorff_alpha,
    raters_needed,
    reliability_of_mean,
)
from yizhen.scoring.inputs import InputError

CANONICAL = oracle("agreement/krippendorff_canonical.json")
ANXIETY = np.array(list(oracle("agreement/irr_anxiety.json")["data"].values()), float)
LEVELS: Any = ["nominal", "ordinal", "interval", "ratio"]
cells = st.one_of(st.none(), st.integers(1, 5))
tables = st.integers(2, 5).flatmap(
    lambda raters: st.lists(st.lists(cells, min_size=6, max_size=6), min_size=raters, max_size=raters)
)


def by_definition(matrix: Any, level: str) -> float:
    """Alpha from every ordered pair of marks, as Krippendorff writes it."""
    units = [[x for x in column if x is not None] for column in zip(*matrix, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    marks = [x for unit in units for x in unit]
    count = {value: marks.count(value) for value in marks}

    def distance(a: int, b: int) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "ordinal":
            low, high = min(a, b), max(a, b)
            between = sum(count.get(value, 0) for value in range(low, high + 1))
            return (between - (count[a] + count[b]) / 2) ** 2
        return (a - b) ** 2 if level == "interval" else ((a - b) / (a + b)) ** 2

    observed = sum(sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units) / len(
        marks
    )
    expected = sum(distance(a, b) for a, b in permutations(marks, 2)) / (len(marks) * (len(marks) - 1))
    return 1 - observed / expected if expected else float("nan")


@pytest.mark.parametrize("level", LEVELS)
def test_canonical_alpha(level: Any) -> None:
    made = krippendorff_alpha(CANONICAL["data"], level=level)
    assert made == pytest.approx(CANONICAL["alpha"][level], abs=1e-9)
    assert made == pytest.approx(CANONICAL["published"][level], abs=5e-4)
    frame = pd.DataFrame(CANONICAL["data"])
    assert krippendorff_alpha(frame, level=level) == made
    assert krippendorff_alpha(pl.DataFrame(CANONICAL["data"], orient="row"), level=level) == made


@settings(deadline=None)
@given(tables, st.sampled_from(LEVELS))
def test_alpha_is_its_definition(matrix: Any, level: Any) -> None:
    if all(sum(x is not None for x in column) < 2 for column in zip(*matrix, strict=True)):
        with pytest.raises(InputError, match="no unit has two marks"):
            krippendorff_alpha(matrix, level)
        return
    assert krippendorff_alpha(matrix, level) == pytest.approx(by_definition(matrix, level), abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("level", ["ordinal", "interval"])
def test_irrs_alpha_of_anxiety_is_not_alpha(level: Any) -> None:
    # irr's coefficients for this complete table differ from the definition by 119/118; ours do not.
    expected = by_definition(ANXIETY.astype(int).tolist(), level)
    assert krippendorff_alpha(ANXIETY, level) == pytest.approx(expected, abs=1e-12)
    theirs = oracle("agreement/irr_anxiety.json")[f"alpha_{level}"]
    assert (1 - theirs) / (1 - expected) == pytest.approx(119 / 118, abs=1e-9)


def test_alpha_of_many_real_marks_needs_no_table_of_values() -> None:
    generator = np.random.default_rng(1)
    marks = generator.normal(0, 1, 90) + generator.normal(0, 1, (150, 90))
    assert krippendorff_alpha(marks, "interval") == pytest.approx(0.5, abs=0.1)
    assert krippendorff_alpha(3 * marks + 7, "interval") == pytest.approx(krippendorff_alpha(marks, "interval"))


def test_alpha_without_any_difference_is_not_a_number() -> None:
    assert np.isnan(krippendorff_alpha([[2, 2, 2], [2, 2, 2]]))


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_bootstrap_by_rater_is_centred_and_widens_with_fewer(level: Any) -> None:
    generator = np.random.default_rng(2)
    truth = generator.normal(0, 1, 40)

    def table(raters: int) -> Any:
        return np.clip(np.round(truth + generator.normal(0, 0.8, (raters, 40)) + 2), 0, 4)

    few, many = table(8), table(60)
    drawn = bootstrap_alpha(few, level, draws=400)
    assert drawn.mean() == pytest.approx(krippendorff_alpha(few, level), abs=0.05)
    assert drawn.std() > 1.5 * bootstrap_alpha(many, level, draws=400).std()
    by_unit = bootstrap_alpha(few, level, by="unit", draws=400)
    assert by_unit.mean() == pytest.approx(krippendorff_alpha(few, level), abs=0.06)


def test_a_rater_drawn_twice_is_not_compared_with_the_own_copy() -> None:
    marks = np.random.default_rng(3).integers(0, 4, (5, 400)).astype(float)
    assert krippendorff_alpha(marks) == pytest.approx(0, abs=0.05)
    assert bootstrap_alpha(marks, draws=300).mean() == pytest.approx(0, abs=0.05)


def test_shrout_fleiss() -> None:
    case = oracle("agreement/shrout_fleiss_1979.json")
    made, results = icc(np.array(case["data"]).T), case["results"]
    for number, value, limits in ((1, made.single, made.single_limits), (4, made.average, made.average_limits)):
        assert value == pytest.approx(results["ICC"][number], abs=1e-9)
        assert limits == pytest.approx((results["lower bound"][number], results["upper bound"][number]), abs=1e-9)
    assert (round(made.single, 2), round(made.average, 2)) == (0.29, 0.62)
    assert made.f == pytest.approx(results["F"][1])


def test_anxiety() -> None:
    case, made = oracle("agreement/irr_anxiety.json"), icc(ANXIETY)
    single, average = case["icc"]["twoway agreement single"], case["icc"]["twoway agreement average"]
    assert made.single == pytest.approx(single["value"], abs=1e-8)
    assert made.single_limits == pytest.approx((single["lb"], single["ub"]), abs=1e-8)
    assert made.average == pytest.approx(average["value"], abs=1e-8)
    # The mean's limits are Spearman and Brown's of the single rater's, as for Shrout & Fleiss above; irr differs.
    assert made.average_limits == pytest.approx([3 * x / (1 + 2 * x) for x in made.single_limits])
    concordance = kendall_w(ANXIETY)
    expected = case["kendallW_tiecorrected"]
    assert (concordance.w, concordance.chi2, concordance.p) == pytest.approx(
        (expected["W"], expected["chisq"], expected["p"]), abs=1e-8
    )
    assert round(concordance.w, 3) == 0.540


def test_icc_with_missing_cells_comes_close() -> None:
    generator = np.random.default_rng(4)
    marks = generator.normal(0, 1, 40) + generator.normal(0, 0.5, (15, 1)) + generator.normal(0, 1.5, (15, 40))
    full = icc(marks)
    marks[0, 0] = np.nan
    almost = icc(marks)
    assert almost.single == pytest.approx(full.single, abs=0.01)
    assert almost.average_limits == pytest.approx(full.average_limits, abs=0.01)
    marks[generator.random(marks.shape) < 0.3] = np.nan
    holed = icc(marks)
    assert holed.single == pytest.approx(full.single, abs=0.06)
    assert holed.raters < 15
    assert "15 名评议人平均分的信度" in full.summary("zh")
    assert "one rater alone" in full.summary("en")


def test_gwet() -> None:
    # The canonical marks are also the example of Gwet's own program: AC1 .77544, standard error .14295.
    made = gwet_ac(CANONICAL["data"])
    assert (round(made.coefficient, 5), round(made.se, 5)) == (0.77544, 0.14295)
    assert made.observed == pytest.approx(9 / 11)
    ac2 = gwet_ac(CANONICAL["data"], weighting="quadratic")
    assert ac2.coefficient > made.coefficient
    marks = np.full((10, 50), 3.0)
    marks[0, ::5] = 2
    assert krippendorff_alpha(marks, "nominal") < 0.02  # the paradox: they agree in 98 % of the comparisons
    assert gwet_ac(marks, categories=4).coefficient > 0.9
    for weighting in ("identity", "linear", "quadratic", "ordinal"):
        assert gwet_ac(np.tile([0.0, 1.0, 2.0], (3, 1)), weighting=weighting).coefficient == 1  # type: ignore[arg-type]


def test_kendall() -> None:
    assert kendall_w([[1, 2, 3], [1, 2, 3], [1, 2, 3]]).w == pytest.approx(1)
    full = np.random.default_rng(5).normal(0, 1, 12) + np.random.default_rng(6).normal(0, 1, (6, 12))
    holed = full.copy()
    holed[0, 0] = np.nan
    assert kendall_w(holed).w == pytest.approx(kendall_w(full).w, abs=0.03)
    with pytest.raises(InputError, match="matrix, row 1: all marks are equal"):
        kendall_w([[1, 2, 3], [2, 2, 2]])


def test_the_mean_of_many_mediocre_raters_is_reliable() -> None:
    assert reliability_of_mean(0.2, 60) == pytest.approx(0.9375)
    assert raters_needed(0.2, 0.9375) == pytest.approx(60)
    with pytest.raises(InputError, match="single, raters"):
        reliability_of_mean(1.2, 3)
    with pytest.raises(InputError, match="single, wanted"):
        raters_needed(0.2, 1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: krippendorff_alpha([1, 2, 3]), r"matrix: has shape \(3,\), expected raters × units"),
        (lambda: krippendorff_alpha([[1, 2]], "cardinal"), "level: 'cardinal' is none of nominal"),  # type: ignore[arg-type]
        (lambda: krippendorff_alpha([[1, 2], [1, "good"]]), "matrix, unit 1, row 1: 'good' is not a number"),
        (lambda: krippendorff_alpha([[1, float("inf")], [1, 2]]), "matrix, unit 1, row 0: not a finite number"),
        (lambda: krippendorff_alpha([[1, -2], [1, 2]], "ratio"), "matrix, row 0: -2 is negative"),
        (lambda: bootstrap_alpha([[1, 2], [2, 1]]), "three are needed"),
        (lambda: bootstrap_alpha(ANXIETY, by="ballot"), "by: 'ballot'"),  # type: ignore[arg-type]
        (lambda: bootstrap_alpha(ANXIETY, "ratio"), "ratio alphas are not resampled"),
        (lambda: icc([[1, 2, 3]]), "matrix: 1 raters and 3 units"),
        (lambda: icc([[1, 1], [1, 1]]), "nothing to tell apart"),
        (lambda: gwet_ac([[1, 7], [1, 2]], categories=4), "matrix, unit 1, row 0: unknown level 7"),
        (lambda: gwet_ac([[1, 1], [1, 1]]), "one grade only"),
        (lambda: gwet_ac([[1, None], [None, 2]]), "no unit has two marks"),
        (lambda: gwet_ac(CANONICAL["data"], weighting="cubic"), "weighting: 'cubic'"),  # type: ignore[arg-type]
        (lambda: kendall_w([[1, 2, 3]]), "two of each are needed"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(
    "marks",
    [
        [[1, 2], [2, 1]],
        [[0, 2], [3, 3], [3, 1], [2, 1], [2, 3]],
        [[3, 0, 3], [1, 3, 0], [2, 1, 2]],
        np.random.default_rng(1).normal(0, 1, (30, 9)),
    ],
)
def test_units_that_do_not_differ_have_reliability_zero(marks: Any) -> None:
    made = icc(marks)
    assert (made.single, made.average) == (0.0, 0.0) or 0 < made.average < 0.6
    for low, high in (made.single_limits, made.average_limits):
        assert -1 <= low <= high <= 1


def test_noise_is_never_reported_as_certain() -> None:
    generator = np.random.default_rng(3)
    for _ in range(30):
        marks = generator.normal(0, 1, (8, 10))
        marks[0, 0] = np.nan
        made = icc(marks)
        assert made.single > 0 or np.isnan(made.single_limits).all()
    with pytest.raises(InputError, match="not connected"):
        icc([[1, 2, np.nan, np.nan], [2, 1, np.nan, np.nan], [np.nan, np.nan, 3, 1], [np.nan, np.nan, 4, 4]])


@pytest.mark.parametrize("value", [85.3, 0.0, 1e9])
def test_equal_marks_have_no_reliability(value: float) -> None:
    with pytest.raises(InputError, match="all marks are equal"):
        icc(np.full((30, 18), value))


def test_raters_without_a_mark_are_nobody() -> None:
    nobody = [np.nan] * 3
    assert kendall_w([[1, 2, 3], [1, 3, 2], nobody]).w == kendall_w([[1, 2, 3], [1, 3, 2]]).w
    assert np.isnan(gwet_ac([[1], [2], [1]]).se)


def test_summaries_are_in_plain_words() -> None:
    assert kendall_w(ANXIETY).summary("zh").startswith("评议人排序的一致程度 Kendall W = 0.54（p = 0.043）")
    assert "82%" in gwet_ac(CANONICAL["data"]).summary("en")
    assert "扣除偶然后的一致系数 0.78" in gwet_ac(CANONICAL["data"]).summary("zh")


@pytest.mark.parametrize(
    "marks",
    [
        [[82, 85.4, 77.1], [84.1, 83.2, 86.3], [76.9, 75.2, 81.0]],
        [[1.1, 2.2, 3.3], [2.1, 3.2, 4.3], [0.3, 1.4, 2.5]],
        [[0, 1, 0], [1, 1, 0], [2, 2, 1], [1, np.nan, 2], [1, 0, 2], [2, np.nan, 0], [1, 0, 0], [1, 1, 0]],
    ],
)
def test_limits_hold_the_value(marks: Any) -> None:
    made = icc(marks)
    for value, (low, high) in ((made.single, made.single_limits), (made.average, made.average_limits)):
        assert np.isnan(low) or low <= value <= high


def test_a_table_without_a_mark_is_refused() -> None:
    with pytest.raises(InputError, match="there is no mark"):
        icc(np.full((2, 2), np.nan))
