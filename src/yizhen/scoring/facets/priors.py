"""Weak priors for what a likelihood alone would send to infinity: one-grade raters and items, and grades nobody gave."""

from dataclasses import dataclass

import numpy as np

from yizhen.scoring.inputs import Floats

from .design import Design

STEP_SD = 3.0  # logits; thresholds of ballots lie within a few logits of one another


@dataclass(frozen=True)
class Prior:
    """A normal prior with mean zero on some of the severities and steps: ``precision`` is (P, P), mostly zero.

    ``of_sigma`` is the precision of a half-normal prior on σ.
    """

    precision: Floats
    of_sigma: float = 0.0

    def firm(self, raters: int) -> "Prior":
        """Return the prior for marks without a maximum: all severities, thresholds and σ within a few logits."""
        size = len(self.precision)
        is_rater = np.arange(size) < raters
        steps = np.diag(~is_rater) - np.outer(~is_rater, ~is_rater) / (size - raters)
        return Prior(self.precision + (np.diag(is_rater) + steps) / STEP_SD**2, 1 / STEP_SD**2)

    def value(self, full: Floats) -> float:
        """Return the log density, without its constant."""
        return -0.5 * float(full @ self.precision @ full)

    def gradient(self, full: Floats) -> Floats:
        """Return its gradient."""
        made: Floats = -self.precision @ full
        return made

    def hessian(self) -> Floats:
        """Return its second derivatives."""
        return -self.precision


def weak_prior(design: Design, shared_steps: bool, severity_sd: float) -> Prior:
    """Return the prior: nothing for what the data can say by themselves.

    A rater who gave one extreme grade only gets N(0, ``severity_sd``²); an item that received one extreme grade only
    gets N(0, 3²) around the other items; the thresholds of a scale with an empty grade get N(0, 3²) around their mean. ``shared_steps`` says that all items share the thresholds (rating scale model).
    """
    _, raters, items = design.shape
    count = design.categories - 1
    precision = np.zeros((raters + items * count,) * 2)
    one_grade = np.flatnonzero(design.extreme(design.ratings.rater.codes, raters))
    precision[one_grade, one_grade] = 1 / severity_sd**2
    levels = design.level_counts()
    one_grade_items = np.flatnonzero(design.extreme(design.ratings.item.codes, items))
    for item in one_grade_items:
        around_items = np.zeros(raters + items * count)
        around_items[raters:] = -1 / (items * count)
        around_items[raters + item * count : raters + (item + 1) * count] += 1 / count
        precision += np.outer(around_items, around_items) / STEP_SD**2
    empty = np.full(items, bool((levels.sum(0) == 0).any())) if shared_steps else (levels == 0).any(1)
    around_mean = np.eye(count) - 1 / count
    for item in np.flatnonzero(empty):
        block = slice(raters + item * count, raters + (item + 1) * count)
        precision[block, block] += around_mean / STEP_SD**2 / (items if shared_steps else 1)
    return Prior(precision)
