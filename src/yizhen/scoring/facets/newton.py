"""A damped Newton search for the maximum of a smooth log-likelihood."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats


class Slope(NamedTuple):
    """A value to be made as large as possible, with gradient (P,) and second derivatives (P, P)."""

    value: float
    gradient: Floats
    hessian: Floats


FARTHEST = 15.0  # logits: nothing real is as far away, the search is on its way to infinity


class NotConverged(ArithmeticError):
    """The likelihood has no maximum that could be found: too few marks, or marks so regular that they say "more"."""


def climb(
    slope: Callable[[Floats], Slope],
    value: Callable[[Floats], float],
    start: Floats,
    *,
    tolerance: float = 1e-7,
    steps: int = 100,
    longest: float = 2.0,
) -> tuple[Floats, Slope]:
    """Return the maximum and the derivatives there.

    ``tolerance`` bounds the last step, in the parameters' own units (logits); what is left after it is of the order of
    its square. No coordinate moves by more than ``longest`` at once.

    Raises:
        NotConverged: after ``steps`` steps, or when a parameter runs away.
    """
    at, here = start, slope(start)
    for _ in range(steps):
        step = _ascent(here)
        step *= min(1.0, longest / max(float(np.abs(step).max()), 1e-300))
        moved = float(np.abs(step).max())
        share = 1.0
        while moved * share > tolerance and value(at + share * step) < here.value - 1e-10 * abs(here.value):
            share /= 2
        at = at + share * step
        here = slope(at)
        if np.abs(at).max() > FARTHEST:
            raise NotConverged("the likelihood keeps growing: the marks are too few or too regular")
        if moved < tolerance:
            return at, here
    raise NotConverged(f"no maximum after {steps} steps; the last one moved by {moved:.2g}")


def _ascent(here: Slope) -> Floats:
    # NumPy's own factorisation: loading SciPy's second BLAS here made its threads wait for the first one's.
    size = len(here.gradient)
    damping = 0.0
    scale = float(np.abs(np.diag(here.hessian)).mean()) or 1.0
    while True:
        information = -here.hessian + damping * np.eye(size)
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            damping = max(4 * damping, 1e-4 * scale)
            continue
        return np.linalg.solve(information, here.gradient)
