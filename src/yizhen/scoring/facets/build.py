"""From a maximum to tables: the convention of what is centred, the standard errors, the columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, Integers
from yizhen.scoring.tables import Table

from .contrasts import Facet, Step
from .design import Design
from .fit import MeanSquares, Places, grade_fit
from .kernel import step_covariance


@dataclass(frozen=True)
class Shift:
    """A change of convention: ``places`` moved, and the linear map (P, P) that moved severities and steps."""

    places: Places
    turn: Floats


def shifted(places: Places, not_centred: Facet) -> Shift:
    """Let one facet carry the overall level, and centre the others at zero.

    Differences within a facet stay as they are. The ratees of a marginal fit are centred at their population's mean.
    """
    raters, size = len(places.severity), len(places.severity) + places.steps.size
    mean_severity = np.repeat([1.0, 0.0], [raters, places.steps.size]) / raters
    mean_step = np.repeat([0.0, 1.0], [raters, places.steps.size]) / places.steps.size
    is_rater = np.arange(size) < raters
    turn = np.eye(size) - np.outer(is_rater, mean_severity) - np.outer(~is_rater, mean_step)  # both centred
    level = float(places.severity.mean() + places.steps.mean())
    measure = places.measure
    if not_centred == "ratee":
        measure = measure - level
    elif not_centred == "rater":
        turn += np.outer(is_rater, mean_severity + mean_step)
    else:
        turn += np.outer(~is_rater, mean_severity + mean_step)
    full = turn @ np.concatenate([places.severity, places.steps.ravel()])
    return Shift(Places(measure, full[:raters], full[raters:].reshape(places.steps.shape)), turn)


@dataclass(frozen=True)
class Errors:
    """Standard errors by facet: ratees (T,), raters (R,), items (I,), thresholds (I, K - 1)."""

    ratee: Floats
    rater: Floats
    item: Floats
    threshold: Floats


def full_errors(places: Places, covariance: Floats, spread: Floats, has_items: bool) -> Errors:
    """Return standard errors from the joint covariance of severities and steps; ``spread`` are the ratees' own."""
    raters = len(places.severity)
    items, count = places.steps.shape
    steps = covariance[raters:, raters:]
    mean = np.kron(np.eye(items), np.ones((1, count)) / count)
    threshold = np.eye(items * count) - (np.kron(np.eye(items), np.ones((count, count)) / count) if has_items else 0)
    return Errors(
        spread,
        _root(np.diag(covariance)[:raters]),
        _root(np.diag(mean @ steps @ mean.T)),
        _root(np.diag(threshold @ steps @ threshold.T)).reshape(items, count),
    )


def conditional_errors(design: Design, places: Places, shared_steps: bool) -> Errors:
    """Return 1 / √information of each element by itself, the other facets taken as known: what FACETS prints."""
    m = places.moments(design)
    rating = design.ratings
    ratees, raters, items = design.shape
    own = np.diagonal(step_covariance(m.above), axis1=1, axis2=2)
    by_step: Floats = np.stack([np.bincount(rating.item.codes, column, items) for column in own.T], 1)
    if shared_steps:
        by_step = np.repeat(by_step.sum(0, keepdims=True), items, 0)

    def alone(codes: Integers, count: int) -> Floats:
        return 1 / _root(np.asarray(np.bincount(codes, m.variance, count), float))

    return Errors(
        alone(rating.ratee.codes, ratees),
        alone(rating.rater.codes, raters),
        alone(rating.item.codes, items),
        1 / _root(by_step),
    )


@dataclass(frozen=True)
class Tables:
    """The four tables of a result; columns name, measure, se, count, infit, outfit, and some of their own."""

    ratees: Table
    raters: Table
    items: Table
    thresholds: Table


def tables(
    design: Design,
    places: Places,
    errors: Errors,
    fit: dict[str, MeanSquares],
    fitted: Places,
    step: Step,
    has_items: bool,
    own: dict[str, Floats],
) -> Tables:
    """Lay out the tables; ``fitted`` are the places whose residuals tell the fit, ``own`` further ratee columns."""
    rating = design.ratings
    ratees, raters, items = design.shape
    count = np.bincount
    return Tables(
        _table(rating.ratee.names, places.measure, errors.ratee, count(rating.ratee.codes, minlength=ratees),
               fit["ratee"], extreme=design.extreme(rating.ratee.codes, ratees), **own),
        _table(rating.rater.names, places.severity, errors.rater, count(rating.rater.codes, minlength=raters),
               fit["rater"], extreme=design.extreme(rating.rater.codes, raters)),
        _table(rating.item.names, places.steps.mean(1), errors.item, count(rating.item.codes, minlength=items),
               fit["item"]) if has_items else _none(),
        _thresholds(design, places, errors, grade_fit(design, fitted, by_item=step == "partial_credit"), step, has_items),
    )  # fmt: skip


def _table(
    names: NDArray[np.object_], measure: Floats, se: Floats, count: Integers, fit: MeanSquares, **own: Any
) -> Table:
    columns = {"name": names, "measure": measure, "se": se, "count": count, "infit": fit.infit, "outfit": fit.outfit}
    return Table(**columns, **own)


def _none() -> Table:
    return Table(**dict.fromkeys(("name", "measure", "se", "count", "infit", "outfit"), np.empty(0)))


def _thresholds(design: Design, places: Places, errors: Errors, fit: MeanSquares, step: Step, has_items: bool) -> Table:
    steps = places.steps - (places.steps.mean(1, keepdims=True) if has_items else 0)
    levels, order = design.level_counts(), np.arange(1, design.categories)
    upper = MeanSquares(fit.infit[:, 1:].ravel(), fit.outfit[:, 1:].ravel())  # grades reached by passing a threshold
    if step == "rating_scale":
        return _table(order.astype(object), steps[0], errors.threshold[0], levels.sum(0)[1:], upper, step=order)
    names = np.array([f"{item}:{j}" for item in design.ratings.item.names for j in order], dtype=object)
    columns = {"step": np.tile(order, len(steps)), "item": np.repeat(design.ratings.item.names, len(order))}
    return _table(names, steps.ravel(), errors.threshold.ravel(), levels[:, 1:].ravel(), upper, **columns)


def _root(values: Floats) -> Floats:
    made: Floats = np.sqrt(np.maximum(values, 0))
    return made
