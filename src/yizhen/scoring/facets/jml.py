"""Joint maximum likelihood: every facet is a parameter. For parity with published tables, not for inference.

With few ratings a ratee or rater, joint estimates are too far apart (about 10 % at 135 ratees × 10 ratings).
Those who gave or received one extreme grade only are moved ``EXTREME`` points inwards, as FACETS does.

Source: Wright & Masters 1982, Rating Scale Analysis; Linacre 1989, Many-Facet Rasch Measurement.
"""

from dataclasses import dataclass

import numpy as np

from yizhen.scoring.inputs import Floats, Integers

from .design import Design
from .kernel import log_probabilities, moments, step_covariance
from .newton import Slope, climb
from .priors import Prior

EXTREME = 0.3  # score points


@dataclass(frozen=True)
class Joint:
    """A maximum: measures (T,), severities (R,), steps (I, K - 1) and the log-likelihood without its adjustments."""

    measure: Floats
    severity: Floats
    steps: Floats
    log_likelihood: float


class JointLikelihood:
    """The log-likelihood of (measures, severities, steps) with its derivatives; one term a rating."""

    def __init__(self, design: Design, contrast: Floats, prior: Prior) -> None:
        self.design, self.contrast, self.prior = design, contrast, prior
        ratees, raters, _ = design.shape
        rating = design.ratings
        self.reached = design.reached
        # A linear term pulls extreme scores inwards: its slope is the number of points by which they move.
        self.pull = np.zeros(contrast.shape[0])
        self.pull[:ratees] = -EXTREME * design.extreme(rating.ratee.codes, ratees)
        self.pull[ratees : ratees + raters] = EXTREME * design.extreme(rating.rater.codes, raters)

    def split(self, free: Floats) -> tuple[Floats, Floats, Floats]:
        """Return measures (T,), severities (R,) and steps (I, K - 1)."""
        ratees, raters, items = self.design.shape
        full = self.contrast @ free
        return full[:ratees], full[ratees : ratees + raters], full[ratees + raters :].reshape(items, -1)

    def at_ratings(self, free: Floats) -> tuple[Floats, Floats]:
        """Return the location (N,) and the steps (N, K - 1) of every rating."""
        measure, severity, steps = self.split(free)
        rating = self.design.ratings
        return measure[rating.ratee.codes] - severity[rating.rater.codes], steps[rating.item.codes]

    def likelihood(self, free: Floats) -> float:
        """Return the log-likelihood of the ratings alone."""
        log_p = log_probabilities(*self.at_ratings(free))
        return float(log_p[np.arange(len(log_p)), self.design.grade].sum())

    def value(self, free: Floats) -> float:
        """Return the adjusted log-likelihood."""
        full = self.contrast @ free
        return self.likelihood(free) + float(self.pull @ full) + self._prior(full)

    def _prior(self, full: Floats) -> float:
        return self.prior.value(full[self.design.shape[0] :])

    def slope(self, free: Floats) -> Slope:
        """Return the adjusted log-likelihood, its gradient and its second derivatives."""
        ratees, raters, items = self.design.shape
        rating, grade = self.design.ratings, self.design.grade
        m = moments(*self.at_ratings(free))
        full = self.contrast @ free
        count = m.above.shape[-1]
        gap = grade - m.mean
        step_gap = m.above - self.reached
        gradient = np.concatenate(
            [
                np.bincount(rating.ratee.codes, gap, ratees),
                -np.bincount(rating.rater.codes, gap, raters),
                _by_item(rating.item.codes, step_gap, items).ravel(),
            ]
        )
        gradient += self.pull
        gradient[ratees:] += self.prior.gradient(full[ratees:])
        width = ratees + raters + items * count
        hessian = np.zeros((width, width))
        who, by = rating.ratee.codes, rating.rater.codes + ratees
        first_step = ratees + raters + rating.item.codes * count
        hessian += _scatter(width, who, who, -m.variance) + _scatter(width, by, by, -m.variance)
        cross = _scatter(width, who, by, m.variance)
        joint = step_covariance(m.above)
        for j in range(count):
            cross += _scatter(width, who, first_step + j, m.with_score[:, j])
            cross -= _scatter(width, by, first_step + j, m.with_score[:, j])
            for other in range(count):
                hessian += _scatter(width, first_step + j, first_step + other, -joint[:, j, other])
        hessian += cross + cross.T
        hessian[ratees:, ratees:] += self.prior.hessian()
        log_p = float(m.log_p[np.arange(len(grade)), grade].sum())
        return Slope(
            log_p + float(self.pull @ full) + self._prior(full),
            self.contrast.T @ gradient,
            self.contrast.T @ hessian @ self.contrast,
        )


def maximise(design: Design, contrast: Floats, prior: Prior, start: Floats) -> Joint:
    """Return the maximum of the joint likelihood.

    Raises:
        NotConverged: when no maximum is found.
    """
    surface = JointLikelihood(design, contrast, prior)
    free, _ = climb(surface.slope, surface.value, start)
    return Joint(*surface.split(free), surface.likelihood(free))


def _by_item(codes: Integers, values: Floats, items: int) -> Floats:
    return np.stack([np.bincount(codes, column, items) for column in values.T], 1)


def _scatter(width: int, rows: Integers, columns: Integers, values: Floats) -> Floats:
    flat = np.asarray(np.bincount(rows * width + columns, values, width * width), float)
    return flat.reshape(width, width)
