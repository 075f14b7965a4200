"""Raters acting together, and classes that see a ratee differently from the others."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from yizhen.scoring.facets import FacetsResult
from yizhen.scoring.facets.fit import Places, draw_grades, measured_again
from yizhen.scoring.inputs import Floats, InputError, Integers
from yizhen.scoring.tables import Language, Table, said

from .flags import Screen, screen


@dataclass(frozen=True, repr=False)
class Coalition:
    """Whether residuals of raters hang together more than chance allows.

    ``eigenvalue`` is the largest of their correlation matrix, ``limit`` what chance exceeds in 5 % of meetings, ``p``
    its probability. ``members`` (name, loading, member) are those who carry it: opposite signs are opposite camps.
    """

    eigenvalue: float
    limit: float
    p: float
    members: Table

    def __repr__(self) -> str:
        return f"<Coalition: {self.summary('en')}>"  # no names: they are in the tables

    def summary(self, language: Language = "zh") -> str:
        """Say whether there is a sign of raters acting together; names are in the table."""
        count = int(self.members["member"].sum())
        if self.p > 0.05:
            return said(
                language,
                f"没有发现抱团打分的迹象（p = {self.p:.2f}）。温和的抬分难以识别，不能据此断定没有。",
                f"No sign of raters acting together (p = {self.p:.2f}). Subtle boosting is hard to see; none is proven.",
            )
        return said(
            language,
            f"有 {count} 名评议人的打分偏向相互关联（同向或相反，p = {self.p:.2f}），请人工核查；不自动剔除。",
            f"{count} raters deviate together, the same way or in two camps (p = {self.p:.2f}): for a person to look at, never removed.",
        )


def coalition_test(result: FacetsResult, *, simulations: int = 99, seed: int = 0) -> Coalition:
    """Test whether some raters deviate together: the leading eigenvalue against meetings simulated from the model.

    Finds about four in five coalitions of a tenth of the raters who raise friends and lower all others, nearly all of
    15 %; one of 15 % that only raises friends is found in about half of the cases. Meetings of fewer than 10 ratees tell little.

    Raises:
        InputError: with fewer than 5 raters or ratees, or fewer than 19 simulations.

    Source: Horn 1965, Psychometrika 30, 179-185 (parallel analysis), on standardised residuals.

    >>> from yizhen.scoring.facets import ManyFacetRasch
    >>> from yizhen.scoring.simulate import simulate_ballots
    >>> data, _ = simulate_ballots(1, ratees=9, raters=12)
    >>> result = ManyFacetRasch().fit(data, ratee="town", rater="rater", score="score")
    >>> coalition_test(result, simulations=19).p > 0.05
    True
    """
    ratees, raters, _ = result.design.shape
    if raters < 5 or ratees < 5 or simulations < 19:
        raise InputError(
            "simulations", f"{raters} raters, {ratees} ratees, {simulations} simulations; at least 5, 5, 19"
        )
    value, loading = _leading(result, result.places, result.design.grade)
    generator = np.random.default_rng(seed)
    plausible = result.plausible_measures(simulations, seed + 1)
    drawn, loadings = [], []
    for measure in plausible:
        true = result.places._replace(measure=measure)
        grade = draw_grades(result.design, true, generator)
        again = measured_again(result.design, true, grade)
        one, its = _leading(result, again, grade)
        drawn.append(one)
        loadings.append(np.abs(its))
    p = (1 + sum(one >= value for one in drawn)) / (simulations + 1)
    member = (np.abs(loading) > np.quantile(np.concatenate(loadings), 0.95)) & (p <= 0.05)
    order = np.argsort(-np.abs(loading))
    table = Table(name=result.design.ratings.rater.names[order], loading=loading[order], member=member[order])
    return Coalition(value, float(np.quantile(drawn, 0.95)), p, table)


def _leading(result: FacetsResult, places: Places, grade: Integers) -> tuple[float, Floats]:
    """Return the largest eigenvalue of the raters' correlations, and its vector with the larger camp positive."""
    m = places.moments(result.design)
    rating, (ratees, raters, items) = result.design.ratings, result.design.shape
    z = np.zeros((raters, ratees * items))
    z[rating.rater.codes, rating.ratee.codes * items + rating.item.codes] = (grade - m.mean) / np.sqrt(
        np.maximum(m.variance, 1e-6)
    )
    given = np.zeros(z.shape)
    given[rating.rater.codes, rating.ratee.codes * items + rating.item.codes] = 1
    z -= given * (z.sum(1) / given.sum(1))[:, None]
    z /= np.maximum(np.sqrt((z**2).sum(1, keepdims=True)), 1e-9)
    # The cells' side when there are fewer of them: both products have the same leading eigenvalue.
    left, values, _ = np.linalg.svd(z, full_matrices=False)
    vector = left[:, 0]
    return float(values[0] ** 2), vector * (1.0 if vector.sum() >= 0 else -1.0)


def group_interaction(result: FacetsResult, groups: Mapping[Any, Hashable], *, rate: float = 0.05) -> Screen:
    """Flag class × ratee pairs where a class gave a ratee more, or less, than its severity and the ratee explain.

    Columns name (ratee), group, statistic (z; positive: more than expected) and points (mean residual, in grades).
    Voters are known by class only, so a class judging its own is visible here and nowhere else.

    Raises:
        InputError: when a rater has no class.

    Source: bias / interaction analysis, Linacre 1989, ch. 9.

    >>> from yizhen.scoring.facets import ManyFacetRasch
    >>> from yizhen.scoring.simulate import simulate_ballots
    >>> data, _ = simulate_ballots(1, ratees=9, raters=12)
    >>> result = ManyFacetRasch().fit(data, ratee="town", rater="rater", score="score")
    >>> group_interaction(result, {rater: "AB"[rater % 2] for rater in range(12)}).flagged
    0
    """
    rating = result.design.ratings
    missing = [str(name) for name in rating.rater.names if name not in groups]
    if missing:
        raise InputError("groups", f"no class for {', '.join(missing[:5])}")
    names = sorted({str(groups[name]) for name in rating.rater.names})
    of_rater = np.array([names.index(str(groups[name])) for name in rating.rater.names])
    m = result.places.moments(result.design)
    ratees, count = len(rating.ratee), len(names)
    cell = rating.ratee.codes * count + of_rater[rating.rater.codes]
    gap = np.bincount(cell, result.design.grade - m.mean, ratees * count)
    variance = np.bincount(cell, m.variance, ratees * count).reshape(ratees, count)
    number = np.bincount(cell, minlength=ratees * count)
    # Residuals of a ratee sum to zero over classes, which takes this share of the variance away.
    left = (variance * (1 - variance / np.maximum(variance.sum(1, keepdims=True), 1e-12))).ravel()
    has = (number > 0) & (left > 1e-9)
    z = gap[has] / np.sqrt(left[has])
    columns = {
        "name": np.repeat(rating.ratee.names, count)[has],
        "group": np.tile(np.array(names, dtype=object), ratees)[has],
        "statistic": z,
        "points": gap[has] / number[has],
    }
    return screen(
        ("某类评议人对某对象看法不同", "A class that sees a ratee differently"), columns, 2 * norm.sf(np.abs(z)), rate
    )
