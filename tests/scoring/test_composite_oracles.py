"""The index against COINr on the ASEM example, and against Compind, at the tolerances of the oracles' manifest."""

import numpy as np
import pytest

from tests.scoring import asem
from tests.scoring.meetings import oracle, table
from yizhen.scoring.composite import (
    MinMax,
    RankScore,
    Treatment,
    ZScore,
    aggregate,
    kurtosis,
    mazziotta_pareto,
    skewness,
)
from yizhen.scoring.composite.framework import Framework, Group, Indicator
from yizhen.scoring.frontier import benefit_of_the_doubt

EXACT = 1e-9


def test_every_stage_is_that_of_coinr() -> None:
    stages = asem.fitted().stages
    for made, name in (
        (stages.values, "denominated"), (stages.imputed, "imputed"), (stages.treated, "treated"),
        (stages.normalised, "normalised"),
    ):  # fmt: skip
        expected = asem.stage(name)
        assert np.array_equal(np.isnan(made), np.isnan(expected)), name
        np.testing.assert_allclose(made, expected, rtol=EXACT, atol=EXACT, err_msg=name)


def test_every_group_is_that_of_coinr() -> None:
    result = asem.fitted()
    for code in asem.framework().upwards:
        np.testing.assert_allclose(result.node(code), asem.column("aggregated", code), rtol=EXACT, err_msg=code)


def test_ranks_are_exactly_those_of_coinr() -> None:
    made = asem.fitted().final
    assert made["rank"].tolist() == asem.column("ranks", "Rank").tolist()
    assert [str(unit) for unit in made["unit"]] == table("coinr_asem/ranks.csv")["unit"]


def test_treatment_is_logged_as_coinr_does() -> None:
    log = asem.fitted().stages.treatment
    assert log is not None
    expected = {
        code: (int(count), float(skew), float(kurt), float(after))
        for code, passed, count, skew, kurt, after in zip(
            *(table("coinr_asem/treatment.csv")[name] for name in (
                "iCode", "check_SkewKurt0.Pass", "winsorise.nwin", "check_SkewKurt0.Skew", "check_SkewKurt0.Kurt",
                "check_SkewKurt1.Skew",
            )), strict=True,
        ) if passed == "FALSE"
    }  # fmt: skip
    assert {str(row["indicator"]) for row in log.columns.rows()} == set(expected)
    for row in log.columns.rows():
        found = row["winsorised"], row["skew_before"], row["kurtosis_before"], row["skew"]
        assert found == pytest.approx(expected[str(row["indicator"])], abs=EXACT)
    assert len(log.cells["unit"]) == sum(count for count, *_ in expected.values())


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "harmonic"])
def test_means_of_all_levels_are_those_of_coinr(method: str) -> None:
    made = asem.index(normalisation=MinMax(1, 100), aggregation=method).fit(asem.raw(), unit="unit")
    expected = asem.column("variants", {"arithmetic": "a_amean", "geometric": "a_gmean", "harmonic": "a_hmean"}[method])
    np.testing.assert_allclose(made.node("Index"), expected, rtol=EXACT)


def test_copeland_of_the_pillars_is_that_of_coinr() -> None:
    pillars = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"]
    scores = np.column_stack([asem.column("pillars_1_100", code) for code in pillars])
    made = aggregate("copeland", scores, np.ones(len(pillars)))
    assert made.tolist() == asem.column("variants", "copeland_on_pillars_equalw").tolist()


def test_normalisers_are_those_of_coinr() -> None:
    case = oracle("coinr_asem/normalisers.json")
    framework = Framework([Indicator("x", "all")], [Group("all")])
    values = np.array(case["x"])[:, None]
    for method, name in (
        (MinMax(0, 100), "n_minmax"), (ZScore(), "n_zscore"), (MinMax(0, 1), "n_dist2max"), (RankScore(50), "n_borda"),
    ):  # fmt: skip
        made = method.apply(framework, values)[:, 0]
        np.testing.assert_allclose(made, case[name], rtol=EXACT, atol=EXACT, err_msg=name)


def test_skewness_and_kurtosis_are_those_of_scipy() -> None:
    from scipy import stats

    values = asem.fitted().stages.imputed
    np.testing.assert_allclose(skewness(values), stats.skew(values, bias=False), rtol=1e-9)
    np.testing.assert_allclose(kurtosis(values), stats.kurtosis(values, bias=False), rtol=1e-9)
    holes = asem.fitted().stages.values
    np.testing.assert_allclose(skewness(holes), stats.skew(holes, bias=False, nan_policy="omit"), rtol=1e-9)


def test_penalties_are_those_of_compind() -> None:
    case = oracle("compind/eu_nuts1.json")
    scores = np.array([case["z100_10"]["roads"], case["z100_10"]["trains"]]).T
    assert mazziotta_pareto(scores, np.ones(2)) == pytest.approx(np.array(case["mpi_pos"]), abs=1e-6)
    assert mazziotta_pareto(scores, np.ones(2), 1.0) == pytest.approx(np.array(case["mpi_neg"]), abs=1e-6)


@pytest.mark.parametrize(("key", "limits"), [("bod", None), ("bod_constr_up1_low05", (0.05, 1.0))])
def test_best_cases_are_those_of_compind(key: str, limits: tuple[float, float] | None) -> None:
    case = oracle("compind/eu_nuts1.json")
    scores = np.array([case["normalised"]["roads"], case["normalised"]["trains"]]).T
    made = benefit_of_the_doubt(scores, share_limits=limits)
    # Compind gives 0 to a unit that has nothing of one indicator when a least share is asked of all; we do not ask it.
    same = (scores > 0).all(1) if limits else np.ones(len(scores), bool)
    assert same.sum() >= len(scores) - 2
    assert made.score[same] == pytest.approx(np.array(case[key]["score"])[same], abs=1e-6)
    known = ~np.isnan(made.shares).any(1)
    assert made.shares[known].sum(1) == pytest.approx(np.ones(known.sum()))
    if limits:
        assert made.shares[known & same].min() >= 0.05 - 1e-6
        assert (made.score[~same] > 0.2).all()


def test_a_column_that_winsorising_does_not_cure_is_left_or_logged() -> None:
    values = np.concatenate([np.ones(40) + np.arange(40) / 1000, 10.0 ** np.arange(8)])[:, None]
    framework, names = Framework([Indicator("x", "all")], [Group("all")]), np.arange(48).astype(object)
    left = Treatment(most=2).apply(framework, names, values)
    assert np.array_equal(left.values, values)
    assert (left.columns["step"][0], left.columns["within"][0]) == ("left", False)
    logged = Treatment(most=2, then="log").apply(framework, names, values)
    assert logged.columns["step"][0] == "log"
    order = np.argsort(values[:, 0], kind="stable")
    assert (np.diff(logged.values[order, 0]) >= 0).all()
    mirrored = Treatment(most=2, then="log").apply(framework, names, -values)
    np.testing.assert_allclose(mirrored.values, -logged.values)
