"""Sheets that do not look filled in one by one: straight lines, misfit, and sheets that are too much alike."""

from typing import NamedTuple

import numpy as np

from yizhen.scoring.facets import FacetsResult
from yizhen.scoring.facets.kernel import log_probabilities
from yizhen.scoring.inputs import Floats, Integers

from .flags import Screen, screen

FEWEST = 5  # marks a rater must have given to be screened


class _Grid(NamedTuple):
    """Everything by rater and cell; a cell is a ratee on an item. ``p`` (R, C, K), ``grade`` (R, C), -1 if none."""

    p: Floats
    grade: Integers


def _grid(result: FacetsResult) -> _Grid:
    ratees, raters, items = result.design.shape
    places, rating = result.places, result.design.ratings
    location = places.measure[None, :, None] - places.severity[:, None, None]
    p = np.exp(log_probabilities(location, places.steps[None, None]))
    grade = np.full((raters, ratees * items), -1, np.int64)
    grade[rating.rater.codes, rating.ratee.codes * items + rating.item.codes] = result.design.grade
    return _Grid(p.reshape(raters, ratees * items, -1), grade)


def straight_lines(result: FacetsResult, *, rate: float = 0.05) -> Screen:
    """Flag raters who gave one grade to everybody although the model finds that unlikely.

    p is the model's probability that this rater's sheet is all one grade; 1 for sheets that are not. Leniency is allowed
    for as far as the spread of the other raters makes it credible, so that 优秀 for all is no flag where most give it.
    Columns name, statistic (share of the commonest grade).

    Source: evaluation of straight-lining by the likelihood of the pattern, Linacre 1989.

    >>> from yizhen.scoring.facets import ManyFacetRasch
    >>> from yizhen.scoring.simulate import simulate_ballots
    >>> data, _ = simulate_ballots(1, ratees=9, raters=12)
    >>> result = ManyFacetRasch().fit(data, ratee="town", rater="rater", score="score")
    >>> straight_lines(result).flagged
    0
    """
    grid = _grid(result)
    given = grid.grade >= 0
    levels = result.design.categories
    counts = np.stack([(grid.grade == level).sum(1) for level in range(levels)], 1)
    number = given.sum(1)
    log_p = np.where(given[..., None], np.log(np.maximum(grid.p, 1e-300)), 0).sum(1)
    likely = np.exp(log_p).sum(1)
    straight = (counts.max(1) == number) & (number >= FEWEST)
    names = result.design.ratings.rater.names
    columns = {"name": names, "statistic": counts.max(1) / number}
    return screen(("整张票同一等次", "One grade for everybody"), columns, np.where(straight, likely, 1.0), rate)


def misfit(result: FacetsResult, *, rate: float = 0.05, draws: int = 200, seed: int = 0) -> Screen:
    """Flag raters whose marks are more erratic, or more regular, than the model allows by chance.

    p is twice the smaller p of infit and outfit, both against simulated meetings. Columns name, statistic (the
    mean square that is further from 1).

    >>> from yizhen.scoring.facets import ManyFacetRasch
    >>> from yizhen.scoring.simulate import simulate_ballots
    >>> data, _ = simulate_ballots(1, ratees=9, raters=12)
    >>> result = ManyFacetRasch().fit(data, ratee="town", rater="rater", score="score")
    >>> misfit(result, draws=30).flagged
    0
    """
    limits = result.fit_limits(draws, seed=seed)["rater"]
    p = np.minimum(2 * np.minimum(limits["infit_p"], limits["outfit_p"]), 1)
    further = np.where(
        np.abs(np.log(limits["infit"])) > np.abs(np.log(limits["outfit"])), limits["infit"], limits["outfit"]
    )
    return screen(
        ("打分与其他人不合", "Marks that do not fit"), {"name": limits["name"], "statistic": further}, p, rate
    )


def identical_sheets(result: FacetsResult, *, rate: float = 0.05) -> Screen:
    """Flag pairs of raters whose sheets agree in more cells than two raters of their severity would by chance.

    p is the probability of at least as many matches (Poisson-binomial). Columns first, second, statistic (share of
    common cells that match).

    Source: Wesolowsky 2000, J. Applied Statistics 27, 909-921 (answer copying), with the model's probabilities.

    >>> from yizhen.scoring.facets import ManyFacetRasch
    >>> from yizhen.scoring.simulate import simulate_ballots
    >>> data, _ = simulate_ballots(1, ratees=9, raters=12)
    >>> result = ManyFacetRasch().fit(data, ratee="town", rater="rater", score="score")
    >>> len(identical_sheets(result).table["p"])  # pairs of twelve raters
    66
    """
    grid = _grid(result)
    raters = len(grid.grade)
    first, second = np.triu_indices(raters, 1)
    both = (grid.grade[first] >= 0) & (grid.grade[second] >= 0)
    same = both & (grid.grade[first] == grid.grade[second])
    enough = both.sum(1) >= FEWEST
    p = np.ones(len(first))
    for start in range(0, len(first), 2000):
        some = slice(start, start + 2000)
        chance = np.where(both[some], np.einsum("pck,pck->pc", grid.p[first[some]], grid.p[second[some]]), 0)
        p[some] = at_least(chance, same[some].sum(1))
    names = result.design.ratings.rater.names
    columns = {
        "first": names[first],
        "second": names[second],
        "statistic": same.sum(1) / np.maximum(both.sum(1), 1),
    }
    kept = {name: values[enough] for name, values in columns.items()}
    return screen(("两张票过于雷同", "Two sheets too much alike"), kept, p[enough], rate)


def at_least(chance: Floats, count: Integers) -> Floats:
    """Return P(number of successes ≥ count) for independent trials; ``chance`` (n, trials), ``count`` (n,).

    >>> at_least(np.array([[0.5, 0.5]]), np.array([1])).tolist()
    [0.75]
    """
    rows, trials = chance.shape
    mass = np.zeros((rows, trials + 1))
    mass[:, 0] = 1
    for trial in range(trials):
        p = chance[:, trial, None]
        mass[:, 1:] = mass[:, 1:] * (1 - p) + mass[:, :-1] * p
        mass[:, 0] *= 1 - p[:, 0]
    above = np.arange(trials + 1) >= count[:, None]
    return np.asarray(np.minimum((mass * above).sum(1), 1))
