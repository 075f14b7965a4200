"""How fast indices of places are analysed: each job against its stated limit, and against something in the same run.

    python benchmarks/places.py

The kernel is what no implementation can avoid when weights, outliers, normalisation and aggregation are varied together:
drawing weights, one product of weights and scores for each combination of the others, and sorting every run; in bare NumPy,
one thread. pymcdm and SALib are installed for benchmarks only.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from timing import Job, pair_with, report

from yizhen.scoring.composite import (
    CompositeIndex,
    Framework,
    Group,
    Indicator,
    MinMax,
    Treatment,
    ZScore,
    critic_shares,
)
from yizhen.scoring.frontier import benefit_of_the_doubt, undominated
from yizhen.scoring.robustness import Choices, WeightNoise, robustness, sensitivity, variance_shares

CHOICES = Choices(
    weights=WeightNoise(0.25),
    treatments=[Treatment(most=most) for most in range(1, 6)],
    normalisations=[MinMax(1, 100), ZScore(100, 2)],
    aggregations=["arithmetic", "geometric"],
)


def city(units: int, indicators: int) -> tuple[CompositeIndex, dict[str, Any]]:
    """Return an index of two levels and data for it: every fifth indicator is skewed."""
    generator = np.random.default_rng(1)
    data: dict[str, Any] = {"town": [f"t{at}" for at in range(units)]}
    for at in range(indicators):
        data[f"x{at}"] = np.exp(generator.normal(0, 1.2 if at % 5 == 0 else 0.2, units))
    framework = Framework(
        [Indicator(f"x{at}", f"g{at // 8}") for at in range(indicators)],
        [Group("index"), *(Group(f"g{at}", "index") for at in range((indicators + 7) // 8))],
    )
    return CompositeIndex(framework, treatment=Treatment(), normalisation=MinMax(1, 100)), data


def kernel(units: int, indicators: int, runs: int) -> Callable[[], Any]:
    """Return the bare operations: runs in twenty batches that share their scores."""
    scores = np.random.default_rng(2).uniform(1, 100, (units, indicators))
    groups = np.arange(indicators) // 8

    def work() -> Any:
        generator = np.random.default_rng(3)
        inner = 1 + 0.25 * (2 * generator.random((runs, indicators)) - 1)
        outer = 1 + 0.25 * (2 * generator.random((runs, groups.max() + 1)) - 1)
        sums = np.stack([inner[:, groups == group].sum(1) for group in range(groups.max() + 1)], 1)
        weights = inner / sums[:, groups] * outer[:, groups] / outer.sum(1, keepdims=True)
        ranks = np.empty((runs, units), np.int16)
        places = np.arange(1, units + 1, dtype=np.int16)[None]
        for batch in range(20):
            over = scores if batch % 2 else np.log(scores)
            rows = slice(batch * runs // 20, (batch + 1) * runs // 20)
            np.put_along_axis(ranks[rows], np.argsort(-(weights[rows] @ over.T), axis=1), places, axis=1)
        return ranks

    return work


def uncertainty(units: int, indicators: int, runs: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    index, data = city(units, indicators)
    ours = lambda: robustness(index, data, unit="town", choices=CHOICES, draws=runs).ranks  # noqa: E731
    return ours, kernel(units, indicators, runs)


def variances() -> tuple[Callable[[], Any], Callable[[], Any]]:
    index, data = city(1500, 60)
    return lambda: sensitivity(index, data, unit="town", choices=CHOICES, base=1000), kernel(1500, 60, 6000)


def shares() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The same indices with the same number of resamples from one target of 1,000 × (4 + 2) runs."""
    from SALib.analyze import sobol

    a, b = np.random.default_rng(4).random((2, 1000, 4))
    mixed = [np.where(np.arange(4) == at, b, a) for at in range(4)]
    target = lambda at: at[:, 0] + at[:, 1] * at[:, 2]  # noqa: E731
    runs = [target(one) for one in (a, *mixed, b)]
    problem = {"num_vars": 4, "names": list("wxyz"), "bounds": [[0, 1]] * 4}
    laid_out = np.stack(runs, 1).ravel()  # SALib wants a, mixed …, b for each row
    return (
        lambda: variance_shares(runs[0], runs[-1], runs[1:-1], resamples=100),
        lambda: sobol.analyze(problem, laid_out, calc_second_order=False, num_resamples=100),
    )


def best_cases() -> tuple[Callable[[], Any], Callable[[], Any], str]:
    from scipy.optimize import linprog

    generator = np.random.default_rng(5)
    scores = np.maximum(50 + 9 * generator.normal(size=(1500, 1)) + 11 * generator.normal(size=(1500, 10)), 0)
    cold = lambda: [linprog(-scores[at], A_ub=scores, b_ub=np.ones(1500)) for at in range(10)]  # noqa: E731
    return (
        lambda: benefit_of_the_doubt(scores),
        cold,
        f"scipy linprog cold, 10 of 1,500 ({undominated(scores).sum()} undominated)",
    )


def critic() -> tuple[Callable[[], Any], Callable[[], Any]]:
    from pymcdm.weights import critic_weights

    scores = np.random.default_rng(6).uniform(1, 100, (1500, 60))
    return lambda: critic_shares(scores), lambda: critic_weights(scores)


def jobs() -> list[Job]:
    ours, cold, peer = best_cases()
    return [
        Job("uncertainty, 10,000 runs × 1,500 units × 60", 4.0, *pair_with("kernel", uncertainty(1500, 60, 10_000)),
            anchor="COINr about 15,000 s", most=1.7),
        Job("uncertainty, 1,000 runs of 51 × 49", 0.1, *pair_with("kernel", uncertainty(51, 49, 1000)), anchor="COINr 215-338 s"),
        Job("sensitivity, 6,000 runs × 1,500 units, each unit", 5.0, *pair_with("kernel", variances()), anchor="COINr about 9,000 s"),
        Job("shares of variance, one target, 100 resamples", 0.1, *pair_with("SALib", shares())),
        Job("benefit of the doubt, 1,500 × 10", 1.0, ours, peer, cold, anchor="Benchmarking 4.2 s"),
        Job("CRITIC, 1,500 × 60", 0.1, *pair_with("pymcdm", critic())),
    ]  # fmt: skip


if __name__ == "__main__":
    report(jobs())
