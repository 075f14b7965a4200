"""The two-way additive model with raters as parameters: the plain check beside the mixed model."""

from typing import NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats

from .reml import Crossing


class Additive(NamedTuple):
    """Ratee + rater by least squares: effects (T,) with raters summing to zero, (R,), error variance, covariance."""

    ratee: Floats
    rater: Floats
    error_variance: float
    covariance: Floats


def additive_fixed(data: Crossing) -> Additive:
    """Fit ratee + rater by least squares, both as parameters; classes do not matter.

    Source: the two-way additive model; raters are taken out by a Schur complement.

    >>> from .reml import crossing
    >>> data = crossing(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([4.0, 6.0, 5.0, 7.0]), np.array([0, 0]))
    >>> additive_fixed(data).ratee.round(6).tolist()
    [5.0, 6.0]
    """
    rated, total = np.concatenate(data.rated), np.concatenate(data.total)
    number = rated.sum(1)
    left = np.diag(rated.sum(0)) - (rated.T / number) @ rated
    right = total.sum(0) - (rated.T / number) @ total.sum(1)
    ones = np.ones((len(left), len(left)))
    inverse = np.linalg.inv(left + ones)  # the constant is free: any one will do
    ratee = inverse @ right
    rater = (total - rated * ratee).sum(1) / number
    shift = rater.mean()
    gaps = (total - rated * (ratee + rater[:, None]))[rated > 0]
    freedom = len(data.score) - len(ratee) - len(rater) + 1
    variance = float(gaps @ gaps) / max(freedom, 1)
    order = np.concatenate(data.members)
    placed = np.empty(len(rater))
    placed[order] = rater - shift
    return Additive(ratee + shift, placed, variance, variance * inverse)
