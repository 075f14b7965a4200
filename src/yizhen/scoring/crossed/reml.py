"""Restricted likelihood of ratings crossed by ratee and rater, at the cost of a few T × T factorisations.

    x = level of the class + ratee + rater + class × ratee + error

Raters, the interaction and (if asked) ratees are random. Raters belong to one class each, so their effects are taken
out one by one and the interaction class by class; what is left has as many unknowns as there are ratees and classes.
No matrix of the size of the ratings is ever formed.

Source: Patterson & Thompson 1971, Biometrika 58, 545-554; Henderson 1975, Biometrics 31, 423-447 (mixed model
equations); the elimination is the Schur complement taken three times.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats, Integers


class Ratios(NamedTuple):
    """Variances of the random effects over the error variance."""

    rater: float
    interaction: float = 0.0
    ratee: float | None = None  # None: ratees are parameters, not random


@dataclass(frozen=True)
class Crossing:
    """Ratings sorted by class; T ratees, R raters, G classes, N ratings.

    ``rated`` and ``total`` hold, for each class, an (R_g, T) array of 1 where the rater rated the ratee, and of the
    scores there (0 elsewhere). ``members`` are the raters of each class, as numbers in the order of the data.
    """

    ratee: Integers
    rater: Integers
    score: Floats
    rated: tuple[Floats, ...]
    total: tuple[Floats, ...]
    members: tuple[Integers, ...]

    @property
    def ratees(self) -> int:
        """The number of ratees."""
        return int(self.rated[0].shape[1])

    def with_scores(self, score: Floats) -> "Crossing":
        """Return the same design with other scores (N,)."""
        raters = sum(len(one) for one in self.members)
        full = np.zeros((raters, self.ratees))
        full[self.rater, self.ratee] = score
        return Crossing(
            self.ratee, self.rater, score, self.rated, tuple(full[one] for one in self.members), self.members
        )


def crossing(ratee: Integers, rater: Integers, score: Floats, group_of_rater: Integers) -> Crossing:
    """Lay out ratings; ``group_of_rater`` (R,) numbers each rater's class from 0."""
    raters, ratees = len(group_of_rater), int(ratee.max()) + 1
    rated = np.zeros((raters, ratees))
    rated[rater, ratee] = 1
    members = tuple(np.flatnonzero(group_of_rater == group) for group in range(int(group_of_rater.max()) + 1))
    blank = Crossing(ratee, rater, score, tuple(rated[one] for one in members), (), members)
    return blank.with_scores(score)


class _Class(NamedTuple):
    """A class without its raters: ``score`` u of its cells; ``solved`` P = (I + λ W)⁻¹; ``weight`` P W."""

    weight: Floats
    score: Floats
    solved: Floats
    quadratic: float
    log_determinant: float


def _without_raters(rated: Floats, total: Floats, ratios: Ratios) -> _Class:
    number = rated.sum(1)
    shrink = ratios.rater / (1 + ratios.rater * number)
    sums = total.sum(1)
    weight = np.diag(rated.sum(0)) - (rated.T * shrink) @ rated
    score = total.sum(0) - (rated.T * shrink) @ sums
    quadratic = -float(shrink @ sums**2)
    determinant = float(np.log1p(ratios.rater * number).sum())
    solved = np.eye(len(score))
    if ratios.interaction:
        inner = solved + ratios.interaction * weight
        solved = np.linalg.inv(inner)
        quadratic -= ratios.interaction * float(score @ solved @ score)
        determinant += float(np.linalg.slogdet(inner)[1])
        # P W, by (I + λW) P = I; the product itself where the difference would lose digits.
        weight = (np.eye(len(score)) - solved) / ratios.interaction if ratios.interaction > 1e-3 else solved @ weight
    return _Class(weight, score, solved, quadratic, determinant)


class Restricted(NamedTuple):
    """The mixed model equations ``left`` · unknowns = ``right``, and the restricted likelihood at their solution."""

    left: Floats
    found: Floats
    parts: list[_Class]
    levels: list[int]
    freedom: int
    quadratic: float
    log_determinant: float

    @property
    def error_variance(self) -> float:
        """The REML estimate of the error variance at these ratios."""
        return self.quadratic / self.freedom

    def log_likelihood(self, error_variance: float) -> float:
        """Return the restricted log-likelihood."""
        deviance = self.freedom * np.log(2 * np.pi * error_variance) + self.quadratic / error_variance
        return -0.5 * float(deviance + self.log_determinant)


def restricted(data: Crossing, ratios: Ratios) -> Restricted:
    """Solve the mixed model equations at the given variance ratios.

    The unknowns are the ratees, then the levels of the classes; with fixed ratees the first class is the reference.
    """
    groups, ratees = len(data.members), data.ratees
    parts = [_without_raters(rated, total, ratios) for rated, total in zip(data.rated, data.total, strict=True)]
    levels = list(range(groups) if ratios.ratee is not None else range(1, groups))
    left, right = np.zeros((ratees + len(levels),) * 2), np.zeros(ratees + len(levels))
    for part in parts:
        left[:ratees, :ratees] += part.weight
        right[:ratees] += part.solved @ part.score
    for column, group in enumerate(levels, start=ratees):
        part = parts[group]
        left[:ratees, column] = left[column, :ratees] = part.weight.sum(1)
        left[column, column] = part.weight.sum()
        right[column] = part.solved.sum(0) @ part.score
    determinant = sum(part.log_determinant for part in parts)
    if ratios.ratee is not None:
        left[:ratees, :ratees] += np.eye(ratees) / ratios.ratee
        determinant += ratees * float(np.log(ratios.ratee))
    found = np.linalg.solve(left, right)
    squares = float(data.score @ data.score)
    quadratic = squares + sum(part.quadratic for part in parts) - float(right @ found)
    return Restricted(
        left,
        found,
        parts,
        levels,
        freedom=len(data.score) - (len(levels) if ratios.ratee is not None else len(found)),
        quadratic=max(quadratic, 1e-12 * squares, 1e-300),  # marks without any error leave rounding noise alone
        log_determinant=determinant + float(np.linalg.slogdet(left)[1]),
    )


@dataclass(frozen=True, repr=False)
class Solution:
    """Best linear unbiased predictions at given ratios; G classes, T ratees, R raters, p unknowns.

    ``cells`` (G, T) are level + ratee + interaction in the scores' units; ``ratee`` (T,), ``rater`` (R,) and
    ``level`` (G,) the effects. ``noise`` (G, T, T), ``slope`` (G, T, p) and ``unknowns`` (p, p) give the covariance
    of the cells' errors in units of the error variance.
    """

    cells: Floats
    ratee: Floats
    rater: Floats
    level: Floats
    noise: Floats
    slope: Floats
    unknowns: Floats

    def covariance(self, weights: Floats) -> Floats:
        """Return the covariance (T, T) of the errors of Σ weight · cell over classes, over the error variance."""
        slope = np.tensordot(weights, self.slope, 1)
        made: Floats = np.tensordot(weights**2, self.noise, 1) + slope @ self.unknowns @ slope.T
        return made


def deviance_slope(data: Crossing, ratios: Ratios) -> tuple[float, Floats]:
    """Return -2 restricted log-likelihood with the error variance at its best, and its slope in each ratio.

    The slope in a ratio λ with q effects u is q/λ - tr(C)/λ² - u'u/(λ² s²), C being the covariance of u's errors:
    written so, it needs only what the predictions need.

    Source: Harville 1977, JASA 72, 320-338; Searle, Casella & McCulloch 1992, Variance Components, ch. 8.
    """
    equations = restricted(data, ratios)
    error = equations.error_variance
    found = solve(data, ratios, equations)
    between = found.slope @ found.unknowns
    rater_trace = interaction_trace = 0.0
    ratees = data.ratees
    for number, (rated, noise, slope, left) in enumerate(
        zip(data.rated, found.noise, found.slope, between, strict=True)
    ):
        shrink = ratios.rater / (1 + ratios.rater * rated.sum(1))
        cells = noise + left @ slope.T
        rater_trace += float(shrink.sum() + shrink**2 @ ((rated @ cells) * rated).sum(1))
        own = -slope
        own[:, :ratees] += np.eye(ratees)
        if number in equations.levels:
            own[:, ratees + equations.levels.index(number)] += 1
        interaction_trace += float(np.trace(noise) + ((own @ found.unknowns) * own).sum())
    gamma = found.cells - found.ratee - found.level[:, None]
    terms = [(ratios.rater, found.rater, rater_trace)]
    if ratios.interaction:
        terms.append((ratios.interaction, gamma.ravel(), interaction_trace))
    if ratios.ratee is not None:
        terms.append((ratios.ratee, found.ratee, float(np.diag(found.unknowns)[:ratees].sum())))
    slopes = [len(u) / ratio - trace / ratio**2 - float(u @ u) / ratio**2 / error for ratio, u, trace in terms]
    return -2 * equations.log_likelihood(error), np.array(slopes)


def solve(data: Crossing, ratios: Ratios, equations: Restricted | None = None) -> Solution:
    """Return the predictions at the given variance ratios, and how sure they are."""
    equations = equations or restricted(data, ratios)
    groups, ratees = len(data.members), data.ratees
    design = np.zeros((groups, ratees, len(equations.found)))
    design[:, :, :ratees] = np.eye(ratees)
    for column, group in enumerate(equations.levels, start=ratees):
        design[group, :, column] = 1
    solved = np.array([part.solved for part in equations.parts])
    slope = solved @ design
    pull = np.array([part.solved @ part.score for part in equations.parts])
    cells = slope @ equations.found + ratios.interaction * pull
    level = np.zeros(groups)
    level[equations.levels] = equations.found[ratees:]
    return Solution(
        cells=cells,
        ratee=equations.found[:ratees],
        rater=_raters(data, cells, ratios.rater),
        level=level,
        noise=ratios.interaction * solved,
        slope=slope,
        unknowns=np.linalg.inv(equations.left),
    )


def _raters(data: Crossing, cells: Floats, ratio: float) -> Floats:
    made = np.empty(sum(len(one) for one in data.members))
    for members, rated, total, cell in zip(data.members, data.rated, data.total, cells, strict=True):
        made[members] = ratio / (1 + ratio * rated.sum(1)) * (total - rated * cell).sum(1)
    return made
