"""Probabilities of the grades under the rating scale and partial credit models, and their moments."""

from typing import NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats


class Moments(NamedTuple):
    """What the model expects of a score y in 0 … K - 1, for each entry of ``location``.

    With S the shape of the locations: ``log_p`` (S, K) log probabilities; ``mean``, ``variance`` (S) of y;
    ``above`` (S, K - 1) P(y ≥ j) for j = 1 … K - 1; ``with_score`` (S, K - 1) Cov(y, 1[y ≥ j]).
    """

    log_p: Floats
    mean: Floats
    variance: Floats
    above: Floats
    with_score: Floats


def log_probabilities(location: Floats, steps: Floats) -> Floats:
    """Return log P(y = k), shape S + (K,): log P(k) / P(k - 1) = location - step k.

    ``location`` has shape S (ratee minus rater, logits), ``steps`` a shape that broadcasts to S + (K - 1,).

    Source: Andrich 1978, Psychometrika 43, 561-573; Masters 1982, Psychometrika 47, 149-174.
    """
    logits = np.zeros((*np.broadcast_shapes(location.shape, steps.shape[:-1]), steps.shape[-1] + 1))
    np.cumsum(location[..., None] - steps, axis=-1, out=logits[..., 1:])
    logits -= logits.max(axis=-1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits


def moments(location: Floats, steps: Floats) -> Moments:
    """Return the probabilities and moments of the score; shapes as in :func:`log_probabilities`."""
    log_p = log_probabilities(location, steps)
    p = np.exp(log_p)
    above = np.flip(np.cumsum(np.flip(p, -1), axis=-1), -1)[..., 1:]
    mean = above.sum(-1)
    # E[y 1(y>=j)] = j P(y>=j) + sum of P(y>=l) over l > j
    tails = np.flip(np.cumsum(np.flip(above, -1), axis=-1), -1) - above
    order = np.arange(1, above.shape[-1] + 1)
    with_score = above * order + tails - mean[..., None] * above
    return Moments(log_p, mean, with_score.sum(-1), above, with_score)


def step_covariance(above: Floats) -> Floats:
    """Return Cov(1[y ≥ j], 1[y ≥ l]), shape S + (K - 1, K - 1), from P(y ≥ j)."""
    count = above.shape[-1]
    later = np.maximum.outer(np.arange(count), np.arange(count))
    joint = above[..., later]
    made: Floats = joint - above[..., :, None] * above[..., None, :]
    return made


def third_moment(log_p: Floats, mean: Floats) -> Floats:
    """Return E(y - E y)³, which Warm's correction needs."""
    levels = np.arange(log_p.shape[-1])
    made: Floats = (np.exp(log_p) * (levels - mean[..., None]) ** 3).sum(-1)
    return made
