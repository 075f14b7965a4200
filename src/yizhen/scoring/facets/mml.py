"""Marginal maximum likelihood: ratees are drawn from a normal population, all other facets are parameters.

The population is θ = σ·z with z standard normal. Writing σ as a slope keeps the likelihood smooth down to σ = 0, where
ratees do not differ at all. The integral over z is a sum over equally spaced nodes; for smooth integrands that vanish
at both ends its error falls like exp(-2π²s²/h²), s being the narrowest posterior's sd and h the spacing: spacing the
nodes by s leaves an error of a few parts in 10⁹.

Source: Bock & Aitkin 1981, Psychometrika 46, 443-459; Linacre 1989, Many-Facet Rasch Measurement; second derivatives
by Louis 1982, JRSS B 44, 226-233; quadrature: Trefethen & Weideman 2014, SIAM Review 56, 385-458.
"""

from dataclasses import dataclass

import numpy as np

from yizhen.scoring.inputs import Floats, Integers

from .design import Design
from .kernel import Moments, log_probabilities, moments, step_covariance
from .newton import NotConverged, Slope, climb
from .priors import Prior

WIDEST = 7.0  # the grid runs from -7 to 7 population standard deviations
NEGLIGIBLE = 1e-15  # posterior mass of a node that second derivatives may leave out
CHUNK = 4_000_000  # numbers in one block of scores


@dataclass(frozen=True)
class Marginal:
    """A maximum: severities (R,), step difficulties (I, K - 1), σ, the covariance of all of them, and log-likelihood.

    ``held`` says that the likelihood had no maximum and a prior had to hold everything within a few logits.

    ``covariance`` is of the free parameters (the columns of ``contrast``, then σ); ``contrast`` maps the free
    parameters to severities and steps.
    """

    severity: Floats
    steps: Floats
    sigma: float
    free: Floats
    covariance: Floats
    contrast: Floats
    log_likelihood: float
    nodes: Floats
    posterior: Floats
    held: bool


class MarginalLikelihood:
    """The log-likelihood of (severities, steps, σ) with its derivatives, on a given grid of z."""

    def __init__(self, design: Design, contrast: Floats, prior: Prior, nodes: Floats) -> None:
        self.design, self.contrast, self.prior, self.nodes = design, contrast, prior, nodes
        spacing = nodes[1] - nodes[0]
        self.log_weight = -0.5 * nodes**2 + np.log(spacing / np.sqrt(2 * np.pi))
        _, raters, items = design.shape
        rating = design.ratings
        self.rater_score = np.bincount(rating.rater.codes, design.grade, raters)
        self.reached = np.stack([np.bincount(rating.item.codes, column, items) for column in design.reached.T], 1)
        self.ratee_score = np.bincount(rating.ratee.codes, design.grade, design.shape[0]).astype(np.float64)
        self.score_of = _sums(design, rating.rater.codes, design.grade.astype(np.float64), raters)
        self.reached_of = np.stack([_sums(design, rating.item.codes, column, items) for column in design.reached.T], 2)

    def split(self, free: Floats) -> tuple[Floats, Floats, float]:
        """Return severities (R,), steps (I, K - 1) and σ."""
        _, raters, items = self.design.shape
        full = self.contrast @ free[:-1]
        return full[:raters], full[raters:].reshape(items, -1), float(free[-1])

    def locations(self, severity: Floats, sigma: float) -> Floats:
        """Return ratee minus rater at every node, shape (R, 1, Q)."""
        made: Floats = sigma * self.nodes[None, None, :] - severity[:, None, None]
        return made

    def by_node(self, log_p: Floats) -> Floats:
        """Return the joint log-likelihood of each ratee's ratings and each node, shape (T, Q)."""
        table = np.moveaxis(log_p, -1, -2).reshape(-1, len(self.nodes))
        made: Floats = self.design.graded @ table + self.log_weight
        return made

    def value(self, free: Floats) -> float:
        """Return the penalised log-likelihood."""
        severity, steps, sigma = self.split(free)
        joint = self.by_node(log_probabilities(self.locations(severity, sigma), steps[None, :, None, :]))
        return float(_log_sum(joint).sum()) + self._log_prior(free)

    def _log_prior(self, free: Floats) -> float:
        return self.prior.value(self.contrast @ free[:-1]) - 0.5 * self.prior.of_sigma * float(free[-1]) ** 2

    def slope(self, free: Floats) -> Slope:
        """Return the penalised log-likelihood, its gradient and its second derivatives."""
        severity, steps, sigma = self.split(free)
        m = moments(self.locations(severity, sigma), steps[None, :, None, :])
        joint = self.by_node(m.log_p)
        total = _log_sum(joint)
        posterior = np.exp(joint - total[:, None])
        weight = (self.design.rated.T @ posterior).reshape(m.mean.shape)  # ratees expected at a node, by cell
        full = self.contrast @ free[:-1]
        gradient_full = np.concatenate(
            [
                (weight * m.mean).sum((1, 2)) - self.rater_score,
                ((weight[..., None] * m.above).sum((0, 2)) - self.reached).ravel(),
            ]
        )
        gap = self.ratee_score[:, None] - self.design.rated @ m.mean.reshape(-1, len(self.nodes))
        gradient = np.append(
            self.contrast.T @ (gradient_full + self.prior.gradient(full)), (posterior * gap * self.nodes).sum()
        )
        hessian = self._complete(weight, m) + self._spread(posterior, gap, m)
        hessian[:-1, :-1] += self.contrast.T @ self.prior.hessian() @ self.contrast
        gradient[-1] -= self.prior.of_sigma * sigma
        hessian[-1, -1] -= self.prior.of_sigma
        return Slope(float(total.sum()) + self._log_prior(free), gradient, hessian)

    def _complete(self, weight: Floats, m: Moments) -> Floats:
        """Return the second derivatives, were the ratees' places known (expected under the posterior)."""
        _, raters, items = self.design.shape
        count = m.above.shape[-1]
        width = raters + items * count
        full = np.zeros((width + 1, width + 1))
        z = self.nodes
        rater = np.arange(raters)
        full[rater, rater] = -(weight * m.variance).sum((1, 2))
        cross = -(weight[..., None] * m.with_score).sum(2)  # (R, I, K - 1)
        full[:raters, raters:width] = cross.reshape(raters, -1)
        for item in range(items):
            block = slice(raters + item * count, raters + (item + 1) * count)
            shape = step_covariance(m.above[:, item])
            full[block, block] = -np.tensordot(weight[:, item], shape, axes=([0, 1], [0, 1]))
        full[:raters, width] = (weight * m.variance * z).sum((1, 2))
        full[raters:width, width] = ((weight * z)[..., None] * m.with_score).sum((0, 2)).ravel()
        full[width, width] = -(weight * m.variance * z**2).sum()
        return self._reduce(np.triu(full) + np.triu(full, 1).T)

    def _reduce(self, full: Floats) -> Floats:
        width = len(full) - 1
        made = np.empty((self.contrast.shape[1] + 1,) * 2)
        made[:-1, :-1] = self.contrast.T @ full[:width, :width] @ self.contrast
        made[-1, :-1] = made[:-1, -1] = self.contrast.T @ full[:width, width]
        made[-1, -1] = full[width, width]
        return made

    def _spread(self, posterior: Floats, gap: Floats, m: Moments) -> Floats:
        """Return the posterior covariance of the scores, summed over ratees: what not knowing the places costs."""
        who, node = np.nonzero(posterior > NEGLIGIBLE)
        width = self.contrast.shape[1] + 1
        _, raters, items = self.design.shape
        count = m.above.shape[-1]
        mean, above = np.moveaxis(m.mean, 2, 0), np.moveaxis(m.above, 2, 0)  # nodes first
        centre = np.zeros((self.design.shape[0], width))
        second = np.zeros((width, width))
        block = max(1, CHUNK // (raters * items * (count + 1)))
        for first in range(0, len(who), block):
            t, q = who[first : first + block], node[first : first + block]
            rated = self.design.rated[t].toarray().reshape(len(t), raters, items)
            scores = np.empty((len(t), raters + items * count))
            scores[:, :raters] = (rated * mean[q]).sum(2) - self.score_of[t]
            scores[:, raters:] = (np.einsum("pri,prij->pij", rated, above[q]) - self.reached_of[t]).reshape(len(t), -1)
            free = np.column_stack([scores @ self.contrast, gap[t, q] * self.nodes[q]])
            mass = posterior[t, q]
            second += (free * mass[:, None]).T @ free
            np.add.at(centre, t, free * mass[:, None])
        made: Floats = second - centre.T @ centre
        return made


def maximise(design: Design, contrast: Floats, prior: Prior, start: Floats) -> Marginal:
    """Return the maximum of the marginal likelihood.

    ``start`` are the free parameters, σ last. Where the likelihood has no maximum (marks in perfect order), a prior
    holds everything within a few logits.

    Raises:
        NotConverged: when even then no maximum is found.
    """
    try:
        return _search(design, contrast, prior, start, held=False)
    except NotConverged:
        return _search(design, contrast, prior.firm(design.shape[1]), start, held=True)


def _search(design: Design, contrast: Floats, prior: Prior, free: Floats, *, held: bool) -> Marginal:
    # The grid is laid for the start, and laid again when the maximum needs a finer one.
    nodes = grid(design, contrast, free, spare=1.3)
    while True:
        surface = MarginalLikelihood(design, contrast, prior, nodes)
        free, here = climb(surface.slope, surface.value, free)
        needed = grid(design, contrast, free)
        if len(needed) <= len(nodes):
            break
        nodes = needed
    if free[-1] < 0:  # the likelihood is even in σ
        free[-1] = -free[-1]
        here = surface.slope(free)
    severity, steps, sigma = surface.split(free)
    joint = surface.by_node(log_probabilities(surface.locations(severity, sigma), steps[None, :, None, :]))
    total = _log_sum(joint)
    return Marginal(
        severity,
        steps,
        sigma,
        free,
        _inverse(-here.hessian),
        contrast,
        float(total.sum()),
        nodes,
        np.exp(joint - total[:, None]),
        held,
    )


def grid(design: Design, contrast: Floats, free: Floats, spare: float = 1.0) -> Floats:
    """Return nodes of z no further apart than the narrowest posterior's standard deviation, over ``spare``."""
    coarse = np.linspace(-WIDEST, WIDEST, 57)
    _, raters, items = design.shape
    full = contrast @ free[:-1]
    sigma = abs(float(free[-1]))
    m = moments(
        sigma * coarse[None, None, :] - full[:raters, None, None], full[raters:].reshape(items, -1)[None, :, None, :]
    )
    near = slice(8, -8)  # within five standard deviations
    information = float((design.rated @ m.variance.reshape(raters * items, -1))[:, near].max())
    narrowest = 1 / np.sqrt(1 + sigma**2 * information)
    count = int(np.clip(np.ceil(2 * WIDEST * spare / narrowest), 41, 1201))
    return np.linspace(-WIDEST, WIDEST, count)


def _sums(design: Design, codes: Integers, values: Floats, count: int) -> Floats:
    """Return the sums of values by ratee and code, shape (T, count)."""
    flat = np.bincount(design.ratings.ratee.codes * count + codes, values, design.shape[0] * count)
    return np.asarray(flat.reshape(design.shape[0], count), float)


def _log_sum(joint: Floats) -> Floats:
    top = joint.max(1)
    made: Floats = top + np.log(np.exp(joint - top[:, None]).sum(1))
    return made


def _inverse(information: Floats) -> Floats:
    try:
        made: Floats = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        made = np.linalg.pinv(information)
    return made
