"""Which sums are held at zero, and how one convention is turned into another by a shift."""

from typing import Literal, NamedTuple

import numpy as np
from scipy.linalg import block_diag

from yizhen.scoring.inputs import Floats

Facet = Literal["ratee", "rater", "item"]
Step = Literal["rating_scale", "partial_credit"]
Estimation = Literal["mml", "jml"]


class Settings(NamedTuple):
    """How a model was fitted."""

    step: Step
    categories: int
    estimation: Estimation
    not_centred: Facet


def sum_to_zero(count: int) -> Floats:
    """Return the (count, count - 1) map from free values to values that sum to zero."""
    return np.vstack([np.eye(count - 1), -np.ones((1, count - 1))])


def step_contrast(step: Step, items: int, count: int, *, centred: bool) -> Floats:
    """Return the map from free values to step difficulties, item by item, shape (items · count, free).

    ``count`` is the number of steps. With ``centred`` the step difficulties sum to zero over everything, else their
    mean is free.
    """
    if step == "partial_credit":
        return sum_to_zero(items * count) if centred else np.eye(items * count)
    item = sum_to_zero(items) if centred else np.eye(items)
    return np.hstack([np.kron(item, np.ones((count, 1))), np.kron(np.ones((items, 1)), sum_to_zero(count))])


def marginal_contrast(step: Step, raters: int, items: int, count: int) -> Floats:
    """Return the map for marginal estimation: severities sum to zero, item difficulties are free."""
    made: Floats = block_diag(sum_to_zero(raters), step_contrast(step, items, count, centred=False))
    return made


def joint_contrast(step: Step, ratees: int, raters: int, items: int, count: int) -> Floats:
    """Return the map for joint estimation: measures and difficulties sum to zero, severities are free."""
    steps = step_contrast(step, items, count, centred=True)
    made: Floats = block_diag(sum_to_zero(ratees), np.eye(raters), steps)
    return made
