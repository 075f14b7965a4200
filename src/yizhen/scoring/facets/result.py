"""What a fitted model says: tables, fair averages, separation, fit against chance, and a summary in plain words."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any, NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, shares
from yizhen.scoring.tables import Language, Note, Table

from .build import Tables
from .contrasts import Settings
from .design import Design
from .fit import MeanSquares, Places, facet_fit, simulated_fit
from .kernel import moments
from .words import SMALLEST_CLASS, Separation, class_labels, describe


class Population(NamedTuple):
    """The ratees' normal population: mean and sd in logits, the nodes (Q,), and where each ratee may be (T, Q)."""

    mean: float
    sd: float
    nodes: Floats
    posterior: Floats


@dataclass(frozen=True, repr=False)
class FacetsResult:
    """A fitted many-facet model.

    Tables ``ratees``, ``raters``, ``items``, ``thresholds`` have columns name, measure (logits), se, count, infit and
    outfit. After mml a ratee's measure is the mean of what is likely (pulled towards the population) and ``wle`` an
    estimate that is not; standard errors of the other facets come from the full observed information. After jml they
    are conditional, as published tables print them: too small. ``extreme`` marks who gave or got one end of the scale
    only (1 the highest grade, -1 the lowest). Without an item column ``items`` is empty.

    Severities are about persons: show none of a single rater in a class of fewer than five. ``summary`` and the
    plots never do.
    """

    settings: Settings
    design: Design
    places: Places
    tables: Tables
    log_likelihood: float
    parameters: int
    population: Population | None
    covariance: Floats | None
    warnings: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        ratees, raters, items = self.design.shape
        return f"<FacetsResult: {ratees} ratees, {raters} raters, {items} items, {len(self.design.grade)} ratings>"

    @property
    def ratees(self) -> Table:
        """The ratees' table."""
        return self.tables.ratees

    @property
    def raters(self) -> Table:
        """The raters' table; measure is severity: higher means lower grades."""
        return self.tables.raters

    @property
    def items(self) -> Table:
        """The items' table; measure is difficulty."""
        return self.tables.items

    @property
    def thresholds(self) -> Table:
        """The thresholds' table: step k is passed from grade k - 1 to k."""
        return self.tables.thresholds

    @property
    def deviance(self) -> float:
        """-2 log-likelihood."""
        return -2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion with the number of ratees as sample size; smaller is better. For mml only."""
        return self.deviance + self.parameters * log(self.design.shape[0])

    @property
    def separation(self) -> Separation:
        """How many levels of ratees the ratings can tell apart."""
        measure = self.places.measure
        error = self.ratees["wle_se"] if "wle_se" in self.ratees else self.ratees["se"]
        noise = float(np.mean(error**2))
        index = sqrt(max(float(np.var(measure, ddof=1)) - noise, 0) / noise)
        return Separation(index, index**2 / (1 + index**2), (4 * index + 1) / 3)

    def ratee_covariance(self) -> Floats:
        """Return the covariance (T, T) of the ratees' ``wle``, errors of severities and steps included.

        Ratees judged by the same raters share those raters' errors; rank statements need this matrix.

        Raises:
            InputError: after jml, which has no such covariance.
        """
        if self.covariance is None:
            raise InputError("estimation", "jml has no joint covariance; use mml")
        m = self.places.moments(self.design)
        rating = self.design.ratings
        ratees, raters, items = self.design.shape
        count = m.above.shape[-1]
        slope = np.zeros((ratees, raters + items * count))
        np.add.at(slope, (rating.ratee.codes, rating.rater.codes), m.variance)
        for j in range(count):
            np.add.at(slope, (rating.ratee.codes, raters + rating.item.codes * count + j), m.with_score[:, j])
        slope /= np.bincount(rating.ratee.codes, m.variance, ratees)[:, None]
        return np.asarray(np.diag(self.ratees["wle_se"] ** 2) + slope @ self.covariance @ slope.T)

    @property
    def for_ranks(self) -> dict[str, Any]:
        """What :func:`rank_sets` and its kin want to know: ``rank_sets(**result.for_ranks)``; the measures are ``wle``."""
        names = list(self.design.ratings.ratee.names)
        return {"estimates": self.places.measure, "covariance": self.ratee_covariance(), "names": names}

    def fair_averages(
        self,
        values: Sequence[float],
        *,
        classes: Mapping[Any, Hashable] | None = None,
        weights: Mapping[Any, float] | None = None,
        item_weights: Mapping[Any, float] | None = None,
    ) -> Table:
        """Return the score each ratee would have from average raters of every class, weighted by class.

        ``values`` are the points of the K grades, lowest first; ``classes`` maps raters to voter classes and
        ``weights`` classes to weights (shares or percent); items count equally without ``item_weights``. Columns:
        name, fair_average and se in points (the ratee's own error only).

        Raises:
            InputError: when values, classes or weights do not fit.
        """
        if len(values) != self.design.categories:
            raise InputError("values", f"has {len(values)} values for {self.design.categories} grades")
        rating = self.design.ratings
        groups, share = self._class_severities(classes, weights)
        items = rating.item.names.tolist()
        by_item = shares(item_weights, items, "item_weights") if item_weights else np.full(len(items), 1 / len(items))
        location = self.places.measure[:, None, None] - groups[None, :, None]
        m = moments(location, self.places.steps[None, None])
        points = np.asarray(values, float)
        p = np.exp(m.log_p)
        expected = p @ points
        order = np.arange(self.design.categories)
        slope = (p * (order - m.mean[..., None])) @ points
        weight = share[:, None] * by_item[None, :]
        error = self.ratees["wle_se"] if "wle_se" in self.ratees else self.ratees["se"]
        return Table(
            name=rating.ratee.names,
            fair_average=(expected * weight).sum((1, 2)),
            se=np.abs((slope * weight).sum((1, 2))) * error,
        )

    def _class_severities(
        self, classes: Mapping[Any, Hashable] | None, weights: Mapping[Any, float] | None
    ) -> tuple[Floats, Floats]:
        if classes is None:
            return np.array([self.places.severity.mean()]), np.ones(1)
        names = self.design.ratings.rater.names
        member = class_labels(self.design, classes)
        groups = list(dict.fromkeys(classes[name] for name in names))
        if weights is None:
            raise InputError("weights", "classes are given without their weights")
        share = shares(weights, groups)
        return np.array([self.places.severity[member == str(group)].mean() for group in groups]), share

    def fit_limits(self, draws: int = 200, level: float = 0.95, seed: int = 0) -> dict[str, Table]:
        """Return what infit and outfit would be by chance, from meetings simulated from the model.

        Tables ``ratee``, ``rater`` and ``item`` with columns name, infit, infit_low, infit_high, infit_p and the same
        of outfit; p is two-sided, from the simulated mean and sd of the cube root (Wilson & Hilferty 1931). Fixed
        limits such as 0.5-1.5 flag too much in small meetings and too little in large ones.

        Raises:
            InputError: when ``draws`` is below 20 or ``level`` not between 0 and 1.
        """
        if draws < 20 or not 0 < level < 1:
            raise InputError("draws, level", f"{draws} draws at level {level}; at least 20, and 0 to 1")
        simulated = simulated_fit(self.design, self.plausible_measures(draws, seed), self.places, seed + 1)
        observed = facet_fit(self.design, self.places)
        rating = self.design.ratings
        return {
            facet: Table(name=labels.names, **_limits(observed[facet], simulated[facet], level))
            for facet, labels in (("ratee", rating.ratee), ("rater", rating.rater), ("item", rating.item))
        }

    def plausible_measures(self, draws: int, seed: int) -> Floats:
        """Return measures drawn from what is likely after seeing the ratings, shape (draws, T)."""
        generator = np.random.default_rng(seed)
        if self.population is None:
            return np.repeat(self.places.measure[None, :], draws, 0)
        cumulative = np.cumsum(self.population.posterior, 1)
        at = [np.searchsorted(row, generator.random(draws) * row[-1]) for row in cumulative]
        return np.asarray(self.population.nodes[np.array(at)].T)

    def summary(
        self,
        language: Language = "zh",
        *,
        classes: Mapping[Any, Hashable] | None = None,
        minimum: int = SMALLEST_CLASS,
    ) -> str:
        """Say in plain words what was found; ``classes`` maps raters to voter classes.

        Severity is told as a spread over all raters and, where every class has at least ``minimum`` (never below
        five), over each class; never of a person.
        """
        return describe(self.design, self.places.severity, self.separation, self.warnings, language, classes, minimum)


def _limits(observed: MeanSquares, simulated: MeanSquares, level: float) -> dict[str, Floats]:
    from scipy.stats import norm

    made: dict[str, Floats] = {}
    for name, value, drawn in (
        ("infit", observed.infit, simulated.infit),
        ("outfit", observed.outfit, simulated.outfit),
    ):
        root = np.cbrt(drawn)
        z = (np.cbrt(value) - root.mean(0)) / np.maximum(root.std(0, ddof=1), 1e-9)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        made |= {name: value, f"{name}_low": low, f"{name}_high": high, f"{name}_p": 2 * norm.sf(np.abs(z))}
    return made
