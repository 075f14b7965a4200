"""Meetings made up from a known truth: for examples, tests, studies and practice. All names are numbers."""

from typing import Any

import numpy as np

from .inputs import Floats

THRESHOLDS = (-2.2, -0.2, 2.4)  # a ballot of four grades on which most marks are the third


def simulate_ballots(
    seed: int,
    *,
    ratees: int = 18,
    raters: int = 40,
    items: int = 1,
    missing: float = 0.0,
    ratee_sd: float = 0.8,
    severity_sd: float = 0.6,
    thresholds: tuple[float, ...] = THRESHOLDS,
) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return ballots drawn from the rating scale model, and the truth behind them.

    The ballots are columns ``town``, ``rater``, ``item`` (numbers from 0) and ``score`` (0 … number of thresholds),
    one row a mark; a share ``missing`` of the cells was not marked. The truth holds ``measure`` (ratees),
    ``severity`` (raters, sum zero) and ``difficulty`` (items, sum zero), in logits.

    >>> data, truth = simulate_ballots(1, ratees=9, raters=30)
    >>> len(data["score"]), len(truth["measure"])
    (270, 9)
    """
    generator = np.random.default_rng(seed)
    measure, severity = generator.normal(0, ratee_sd, ratees), generator.normal(0, severity_sd, raters)
    severity -= severity.mean()
    difficulty = np.linspace(-0.4, 0.4, items) if items > 1 else np.zeros(1)
    t, r, i = (axis.ravel() for axis in np.meshgrid(range(ratees), range(raters), range(items), indexing="ij"))
    keep = generator.random(len(t)) >= missing
    t, r, i = t[keep], r[keep], i[keep]
    logits = (measure[t] - severity[r] - difficulty[i])[:, None] - np.asarray(thresholds)
    weight = np.exp(np.hstack([np.zeros((len(t), 1)), np.cumsum(logits, axis=1)]))
    reached = np.cumsum(weight, axis=1)[:, :-1] / weight.sum(1, keepdims=True)
    score = (generator.random(len(t))[:, None] > reached).sum(1)
    truth: dict[str, Floats] = {"measure": measure, "severity": severity, "difficulty": difficulty}
    return {"town": t, "rater": r, "item": i, "score": score}, truth


def simulate_points(
    seed: int,
    *,
    ratees: int,
    sizes: tuple[int, ...],
    missing: float = 0.0,
    interaction_sd: float = 1.0,
    severity_sd: float = 3.0,
    error_sd: float = 5.0,
) -> tuple[dict[str, Any], Floats]:
    """Return marks in points given by voter classes A, B, … of the given ``sizes``, and the true scores.

    The marks are columns ``town``, ``rater``, ``score`` (about 80, not rounded) and ``group``; the truth is an array
    (classes, ratees) of what an average rater of the class would give.

    >>> data, truth = simulate_points(1, ratees=5, sizes=(3, 10))
    >>> truth.shape, len(data["score"])
    ((2, 5), 65)
    """
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    truth = generator.normal(80, 3, ratees) + generator.normal(0, interaction_sd, (len(sizes), ratees))
    severity = generator.normal(0, severity_sd, (len(group), 1))
    marks = truth[group] + severity + generator.normal(0, error_sd, (len(group), ratees))
    r, t = np.nonzero(generator.random(marks.shape) >= missing)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return {"town": t, "rater": r, "score": marks[r, t], "group": letters[group[r]]}, truth
