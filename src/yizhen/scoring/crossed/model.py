"""The linear model of a meeting, its variance components, and scores standardised to the full roster."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import minimize

from yizhen.scoring.connect import check_connected
from yizhen.scoring.inputs import (
    Floats,
    InputError,
    Integers,
    Labels,
    Missing,
    Ratings,
    column,
    labels,
    read_ratings,
    shares,
)

from .reml import Crossing, Ratios, crossing, deviance_slope, restricted, solve
from .result import Components, CrossedResult

SMALLEST = 1e-8  # the search stops here; a ratio ten times as large still counts as zero


@dataclass(frozen=True)
class CrossedModel:
    """Scores of ratees given by raters of several voter classes, by restricted maximum likelihood.

        score = class level + ratee + rater (random) + class × ratee (random, with two classes or more) + error

    The standardised score of a ratee is Σ weight · (level + ratee + class × ratee): what the full roster of average
    raters would have given, so that nobody gains from who stayed away. ``ratee="fixed"`` estimates the ratees without
    shrinking them (for what is published); ``"random"`` pulls them towards their mean (for small evidence).

    Source: evaluation by linear mixed models as in lme4 (Bates et al. 2015, J. Stat. Software 67(1)); degrees of
    freedom as in lmerTest (Kuznetsova et al. 2017, J. Stat. Software 82(13)).

    >>> rows = [(t, r, 80 + 3 * t + 2 * r + (t * r) % 3) for t in range(4) for r in range(5)]
    >>> data = dict(zip(["town", "rater", "score"], zip(*rows)))
    >>> result = CrossedModel().fit(data, ratee="town", rater="rater", score="score")
    >>> [round(float(score), 1) for score in result.scores["score"]]
    [84.0, 87.8, 91.0, 93.0]
    """

    ratee: Literal["fixed", "random"] = "fixed"

    def __post_init__(self) -> None:
        if self.ratee not in ("fixed", "random"):
            raise InputError("ratee", f"{self.ratee!r} is neither 'fixed' nor 'random'")

    def fit(
        self,
        data: Any,
        *,
        ratee: str,
        rater: str,
        score: str,
        group: str | None = None,
        weights: Mapping[Any, float] | None = None,
        missing: Missing = "refuse",
    ) -> CrossedResult:
        """Estimate the model.

        ``data`` is a pandas or polars frame or a mapping of columns, one row a rating, scores in points; the other
        arguments name its columns. ``group`` is the rater's voter class, ``weights`` the classes' weights (shares or
        percent). A cell that was not rated has no row, or no score with ``missing="drop"``.

        Raises:
            InputError: naming column and row of a bad value; when a rater is in two classes, a class has one rater,
                classes have no weights, the design is not connected, all marks are equal, or there are as many unknowns
                as ratings.
        """
        ratings, groups, share, crossed = read_crossing(data, ratee, rater, score, group, weights, missing)
        if len(ratings) <= len(ratings.ratee) + len(groups) + 1:
            raise InputError(score, "as many unknowns as ratings: there is nothing to estimate errors from")
        if np.ptp(ratings.score) == 0:
            raise InputError(score, f"every mark is {ratings.score[0]:g}: there is no difference to explain")
        ratios = best_ratios(crossed, random_ratee=self.ratee == "random")
        equations = restricted(crossed, ratios)
        components = components_of(ratios, equations.error_variance)
        solution = solve(crossed, ratios)
        log_likelihood = equations.log_likelihood(equations.error_variance)
        return CrossedResult(
            ratings,
            groups,
            share,
            crossed,
            ratios,
            solution,
            components,
            equations.freedom,
            log_likelihood,
            tuple(check_connected(ratings, "refuse", (ratee, rater))),
        )


def read_crossing(
    data: Any,
    ratee: str,
    rater: str,
    score: str,
    group: str | None,
    weights: Mapping[Any, float] | None,
    missing: Missing,
) -> tuple[Ratings, Labels, Floats, Crossing]:
    """Return the ratings, the voter classes, their weights as shares, and the ratings laid out by class.

    Raises:
        InputError: as :meth:`CrossedModel.fit`.
    """
    ratings = read_ratings(data, ratee, rater, score, missing=missing)
    groups, of_rater = _groups(data, ratings, rater, group)
    if weights is None and len(groups) > 1:
        raise InputError("weights", "the classes have no weights")
    if weights is not None and group is None:
        raise InputError("group", "weights are given, but not the column that tells the raters' classes")
    share = shares(weights, groups.names.tolist()) if weights is not None else np.ones(1)
    crossed = crossing(ratings.ratee.codes, ratings.rater.codes, ratings.score, of_rater)
    if len(ratings.ratee) < 2 or len(ratings.rater) < 2:
        raise InputError(ratee, "there must be two ratees and two raters at least")
    for name, members in zip(groups.names, crossed.members, strict=True):
        if len(members) < 2:
            reason = f"class {name} has one rater: its error cannot be estimated and its marks would be told; merge it"
            raise InputError(group or rater, reason if len(groups) > 1 else "there is one rater only")
    check_connected(ratings, "refuse", (ratee, rater))
    return ratings, groups, share, crossed


def components_of(ratios: Ratios, error: float) -> Components:
    """Return the variances in squared points."""
    ratee = None if ratios.ratee is None else ratios.ratee * error
    return Components(ratios.rater * error, ratios.interaction * error, error, ratee)


def best_ratios(data: Crossing, *, random_ratee: bool) -> Ratios:
    """Return the variance ratios at the maximum of the restricted likelihood; zero where a component vanishes."""
    with_interaction = len(data.members) > 1

    def ratios(at: Floats) -> Ratios:
        value = iter(at.tolist())
        return Ratios(next(value), next(value) if with_interaction else 0.0, next(value) if random_ratee else None)

    # The ratios themselves, not their roots: at a root of zero the slope vanishes and a search would stay there.
    start = np.array([_rough_ratio(data)] + [0.05] * with_interaction + [0.5] * random_ratee)
    found = minimize(
        lambda at: deviance_slope(data, ratios(at)),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(SMALLEST, 1e6)] * len(start),
        options={"ftol": 1e-12, "gtol": 1e-5},
    )
    best = ratios(found.x)
    return best._replace(rater=_or_zero(best.rater), interaction=_or_zero(best.interaction))


def _rough_ratio(data: Crossing) -> float:
    """Return about how much raters' means vary, over what is left, to begin with."""
    rated, total = np.concatenate(data.rated), np.concatenate(data.total)
    means = total.sum(1) / rated.sum(1)
    within = float((data.score - means[np.argsort(np.concatenate(data.members))][data.rater]).var())
    return min(max(float(means.var()) / max(within, 1e-12), 0.02), 50.0)


def _or_zero(ratio: float) -> float:
    return 0.0 if ratio < 10 * SMALLEST else ratio


def _groups(data: Any, ratings: Ratings, rater: str, group: str | None) -> tuple[Labels, Integers]:
    """Return the voter classes and each rater's class."""
    raters = len(ratings.rater)
    if group is None:
        return Labels(np.array([""], dtype=object), np.zeros(len(ratings), np.int64)), np.zeros(raters, np.int64)
    values = column(data, group)
    kept = ratings.rows
    found = labels(values[kept], group, kept)
    of_rater = np.zeros(raters, np.int64)
    of_rater[ratings.rater.codes] = found.codes
    clash = np.flatnonzero(of_rater[ratings.rater.codes] != found.codes)
    if len(clash):
        row = int(clash[0])
        raise InputError(
            group, f"{rater} {ratings.rater.names[ratings.rater.codes[row]]} is in two classes", int(kept[row])
        )
    return found, of_rater
