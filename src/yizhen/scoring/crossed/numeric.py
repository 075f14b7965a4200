"""Derivatives by differences, for likelihoods of two or three variances; variances of differences."""

from collections.abc import Callable

import numpy as np

from yizhen.scoring.inputs import Floats, Integers


def numeric_derivatives(
    function: Callable[[Floats], float], at: Floats, free: Integers, width: Floats
) -> tuple[Floats, Floats]:
    """Return the gradient and second derivatives in the ``free`` coordinates, by central differences."""
    size = len(free)

    def moved(shift: Floats) -> float:
        there = at.copy()
        there[free] += shift
        return float(function(there))

    steps = np.diag(width)
    here = moved(np.zeros(size))
    up = np.array([moved(step) for step in steps])
    down = np.array([moved(-step) for step in steps])
    hessian = np.diag((up + down - 2 * here) / width**2)
    for i in range(size):
        for j in range(i):
            both = moved(steps[i] + steps[j]) + moved(-steps[i] - steps[j])
            hessian[i, j] = hessian[j, i] = (both - up[i] - down[i] - up[j] - down[j] + 2 * here) / (
                2 * width[i] * width[j]
            )
    return (up - down) / (2 * width), hessian


def of_differences(covariance: Floats) -> Floats:
    """Return the variances of all pairwise differences, from a covariance matrix (T, T)."""
    variance = np.diag(covariance)
    made: Floats = np.maximum(variance[:, None] + variance - 2 * covariance, 0)
    return made
