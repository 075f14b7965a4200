"""How fast the scoring library is: each job against its stated limit, and against something measured in the same run.

    python benchmarks/scoring.py

For each job the median of several runs, the limit, and the ratio to a peer: either a package from the index that does
the same or a neighbouring job (raschpy, krippendorff), or the bare NumPy operations that no implementation can avoid
("kernel"). The anchors' seconds were measured on two cores when the limits were set; they are quoted, not measured.
Nothing fails here: machines are noisy. What is over its limit says so.
"""

import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from timing import Job, pair_with, report

from yizhen.scoring.agreement import bootstrap_alpha, icc, krippendorff_alpha
from yizhen.scoring.crossed import CrossedModel, bootstrap_raters
from yizhen.scoring.facets import ManyFacetRasch
from yizhen.scoring.ranks import rank_sets
from yizhen.scoring.simulate import simulate_ballots, simulate_points
from yizhen.scoring.tally import ClassCount, CountingRule, Grade, Sheet, Standing, declare

WEIGHTS = {"A": 30, "B": 20, "C": 20, "D": 10, "E": 20}


def rasch(ratees: int, raters: int, items: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Return our fit and raschpy's calibration of the same ballots."""
    import raschpy

    data, _ = simulate_ballots(1, ratees=ratees, raters=raters, items=items, missing=0.1)
    columns = {"ratee": "town", "rater": "rater", "score": "score"} | ({"item": "item"} if items > 1 else {})
    wide = pd.DataFrame(data).pivot_table(index=["rater", "town"], columns="item", values="score")
    wide.columns = [f"i{item}" for item in wide.columns]

    def theirs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            raschpy.MFRM(wide, max_score=3).calibrate()

    return lambda: ManyFacetRasch().fit(data, **columns), theirs


def crossed() -> tuple[Callable[[], Any], Callable[[], Any]]:
    data, _ = simulate_points(1, ratees=90, sizes=(30,) * 5, missing=0.1)
    columns = {"ratee": "town", "rater": "rater", "score": "score", "group": "group"}
    spd = np.eye(90) * 30 + np.ones((90, 90))

    def kernel() -> None:  # fifteen evaluations: five classes' inverses and determinants, and the final equations
        for _ in range(15):
            for _ in range(5):
                np.linalg.inv(spd)
                np.linalg.slogdet(spd)
            np.linalg.solve(spd, spd[0])

    return lambda: CrossedModel().fit(data, **columns, weights=WEIGHTS), kernel


def ranks(units: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    generator = np.random.default_rng(1)
    estimates, se = generator.normal(0, 1, units), np.full(units, 0.2)
    draws = generator.standard_normal((units, 2222)).astype(np.float32)

    def kernel() -> None:  # one pass: all studentised differences of one draw set, and their largest
        for unit in range(units):
            noise = (draws[unit] - draws) / np.float32(0.28)
            np.quantile(np.maximum(noise.max(0), -noise.min(0)), 0.95)

    return lambda: rank_sets(estimates, se=se), kernel


def bootstraps() -> tuple[Callable[[], Any], Callable[[], Any]]:
    data, _ = simulate_points(1, ratees=90, sizes=(30,) * 5, missing=0.1)
    made = CrossedModel().fit(data, ratee="town", rater="rater", score="score").data
    outer = np.random.default_rng(1).random((150, 8100))
    times = np.random.default_rng(2).random((2000, 150))

    def kernel() -> None:  # the products and the solutions alone
        for first in range(0, 2000, 250):
            left = (times[first : first + 250] @ outer).reshape(-1, 90, 90) + 90 * np.eye(90)
            np.linalg.solve(left, left[:, :, :1])

    return lambda: bootstrap_raters(made, 2000), kernel


def refresh_declared() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Count nine speakers' five items and five classes again after one more ballot; the peer counts one."""
    grades = tuple(Grade(code, Fraction(n, 10)) for code, n in (("a", 10), ("b", 8), ("c", 6), ("d", 0)))
    rule = CountingRule(grades, WEIGHTS, dict.fromkeys("uvwxy", 1), "a", frozenset("d"), "u")
    counts = {
        item: [ClassCount(code, 200, 100, 0, 0, 0, {"a": 50, "b": 30, "c": 15, "d": 5}) for code in WEIGHTS]
        for item in "uvwxy"
    }
    return lambda: [declare(rule, counts) for _ in range(9)], lambda: declare(rule, counts)


def refresh_model(ratees: int, raters: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Fit again when one rater's ballot comes in; the peer is the fit from nothing."""
    data, _ = simulate_ballots(1, ratees=ratees, raters=raters)
    before = {key: values[data["rater"] > 0] for key, values in data.items()}
    columns = {"ratee": "town", "rater": "rater", "score": "score"}
    start = ManyFacetRasch().fit(before, **columns)
    return lambda: ManyFacetRasch().fit(data, **columns, start=start), lambda: ManyFacetRasch().fit(data, **columns)


def margins() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Margins of all 36 pairs of nine speakers from 300 sheets; the peer only adds up the nine scores."""
    generator = np.random.default_rng(1)
    grades = tuple(Grade(code, Fraction(n, 10)) for code, n in (("a", 10), ("b", 8), ("c", 6), ("d", 0)))
    rule = CountingRule(grades, WEIGHTS, {"overall": 1}, "a", frozenset("d"), "overall")
    letters = np.array(list("abcd"))
    sheets = [
        Sheet("ABCDE"[row % 5], {f"s{t}": {"overall": str(letters[generator.integers(0, 3)])} for t in range(9)})
        for row in range(300)
    ]
    return lambda: Standing(rule, sheets).pairs(), lambda: [Standing(rule, sheets).score(f"s{t}") for t in range(9)]


def jobs() -> list[Job]:
    import krippendorff

    generator = np.random.default_rng(1)
    real = generator.normal(0, 1, 90) + generator.normal(0, 1, (150, 90))
    graded = np.clip(np.round(real + 2), 0, 3)
    return [
        Job("MML with full standard errors, 150 raters × 90", 1.0, *pair_with("raschpy", rasch(90, 150, 1)),
            anchor="TAM 7-8 s (errors wrong), immer 5.6 s"),
        Job("the same, 60 ratees × 45 raters × 6 items", 1.5, *pair_with("raschpy", rasch(60, 45, 6)),
            anchor="TAM 9-11 s, immer 2.3 s"),
        Job("crossed REML, 12,000 marks, five classes", 0.25, *pair_with("kernel", crossed()), anchor="lme4 .36 s"),
        Job("marginal rank sets of 300 units", 1.5, *pair_with("kernel, one pass", ranks(300)), anchor="csranks 142 s"),
        Job("2,000 rater bootstraps, 150 × 90", 2.0, *pair_with("kernel", bootstraps())),
        Job("declared result after one ballot, nine speakers", 0.05, *pair_with("one speaker", refresh_declared())),
        Job("margins of all pairs, nine speakers, 300 sheets", 2.0, *pair_with("scores alone", margins())),
        Job("model after one ballot, 40 raters × 18", 0.5, *pair_with("from nothing", refresh_model(18, 40))),
        Job("model after one ballot, 150 raters × 90", 0.5, *pair_with("from nothing", refresh_model(90, 150))),
        Job("alpha ordinal and 1,000 bootstraps, 150 × 90", 1.0, lambda: bootstrap_alpha(graded), "krippendorff, once",
            lambda: krippendorff.alpha(graded, level_of_measurement="ordinal")),
        Job("alpha interval of 13,500 real marks", 0.005, lambda: krippendorff_alpha(real, "interval"),
            "krippendorff, 450 of them", lambda: krippendorff.alpha(real[:5], level_of_measurement="interval"),
            anchor="krippendorff: 32 GB for 2,400 values (its issue 38)"),
        Job("ICC with limits, 150 × 90", 0.02, lambda: icc(real), "kernel: three means",
            lambda: (real.mean(0), real.mean(1), real.var()), anchor="pingouin 3.0 s"),
    ]  # fmt: skip


if __name__ == "__main__":
    report(jobs())
