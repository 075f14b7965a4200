"""Computing an index thousands of times: what runs share is computed once, the rest is a few large products."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.composite.aggregate import aggregate, ordered_back, ordering
from yizhen.scoring.composite.framework import Framework
from yizhen.scoring.composite.model import CompositeIndex
from yizhen.scoring.composite.prepare import Cells, figures
from yizhen.scoring.composite.result import half_up, rank_rows
from yizhen.scoring.composite.tree import Rules, climb
from yizhen.scoring.inputs import Floats, InputError, Integers

from .choices import Choices, Runs

AT_ONCE = 4_000_000  # numbers in one block: it shall stay in the cache's neighbourhood
THREADS = 2
QUEUED = 6
PATTERNS = 40  # ways to have gaps; more than these are computed one by one


@dataclass(frozen=True)
class Plan:
    """An index with its data and what varies: everything that the runs have in common."""

    index: CompositeIndex
    choices: Choices
    cells: Cells
    versions: tuple[Floats, ...]
    data: Any
    nominal: Integers
    gated: frozenset[object]


def make_plan(index: CompositeIndex, choices: Choices, data: Any, unit: str, seed: int) -> Plan:
    """Read the data once, draw its versions with measurement error, and compute the index as it stands.

    Raises:
        InputError: as ``CompositeIndex.fit``; or when a standard error is missing, negative or of no indicator.
    """
    fitted = index.fit(data, unit=unit)
    cells = Cells(fitted.names, fitted.stages.values)
    score = fitted.node(index.framework.root)
    if np.isnan(score).any():
        raise InputError("data", f"{int(np.isnan(score).sum())} units have no score; leave them out or impute")
    nominal = fitted.ranks[index.framework.root].astype(int)
    gated = frozenset(fitted.gated["unit"].tolist())
    if not choices.errors:
        return Plan(index, choices, cells, (cells.values,), data, nominal, gated)
    errors = np.zeros(cells.values.shape)
    for code, error in choices.errors.items():
        if code not in index.framework.codes:
            raise InputError("errors", f"{code} is no indicator")
        at = index.framework.codes.index(code)
        errors[:, at] = figures(data, error, len(errors)) if isinstance(error, str) else error
        known = ~np.isnan(cells.values[:, at])
        bad = np.flatnonzero(known & ~((errors[:, at] >= 0) & (errors[:, at] < np.inf)))
        if len(bad):
            raise InputError("errors", f"{code} has {errors[bad[0], at]:g}, expected 0 or more", int(bad[0]))
        errors[~known, at] = 0
    generator = np.random.default_rng([seed, 1])
    drawn = (cells.values + errors * generator.standard_normal(errors.shape) for _ in range(choices.versions))
    return Plan(index, choices, cells, tuple(drawn), data, nominal, gated)


def ranks_of(plan: Plan, runs: Runs, groups: Sequence[Integers] = ()) -> Integers:
    """Return the ranks (runs, n) of the units in every run, 1 the best; equal scores share the better rank.

    With ``groups``, positions of units that may be compared, each has its rank among those of its own group.
    """
    small = len(plan.cells.names) < 2**15
    made = np.empty((len(runs), len(plan.cells.names)), np.int16 if small else np.int32)
    weights = runs.weights if runs.kept.all() else without(plan.index.framework, runs.weights, ~runs.kept)

    def rank(rows: Integers, score: Floats) -> None:
        if not len(groups):
            made[rows] = rank_rows(score)
        for members in groups:
            made[np.ix_(rows, members)] = rank_rows(score[:, members])

    # Products use all cores by themselves; sorting does not, and goes on beside them.
    running: deque[Future[None]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for rows, scores, rules in _blocks(plan, runs):
            score = _scores(plan.index.framework, rules, scores, weights[rows])
            if plan.index.decimals is not None:
                method = rules.methods[0] if _is_one_mean(rules, scores) else "arithmetic"
                score = half_up(ordered_back(method, score), plan.index.decimals)
            running.append(pool.submit(rank, rows, score))
            if len(running) > QUEUED:  # not all at once: each holds its scores
                running.popleft().result()
        for one in running:
            one.result()
    return made


class Block(NamedTuple):
    """Runs that share everything but their weights: their rows, the indicators' scores (n, p), the rules."""

    rows: Integers
    scores: Floats
    rules: Rules


def _blocks(plan: Plan, runs: Runs) -> Iterator[Block]:
    """Yield the runs in blocks: by what data they see first, by how these become scores, by how these are aggregated."""
    choices, framework = plan.choices, plan.index.framework
    flat = np.zeros(len(runs), np.int64)
    order = ("measurement", "imputation", "treatment", "normalisation", "aggregation", "floor")
    for name in order:
        if name in runs.picks:
            flat = flat * choices.sizes[name] + runs.picks[name]
    by = np.argsort(flat, kind="stable")
    edges = np.flatnonzero(np.diff(flat[by], prepend=-1))
    prepared: dict[tuple[int, ...], Floats] = {}
    for first, last in zip(edges, [*edges[1:], len(by)], strict=True):
        rows = by[first:last]
        pick = {name: int(runs.picks[name][rows[0]]) if name in runs.picks else 0 for name in order}
        index = _chosen(plan.index, choices, pick)
        seen = (pick["measurement"], pick["imputation"])
        for key in [key for key in prepared if key[:2] != seen]:
            del prepared[key]
        if seen not in prepared:
            values = plan.versions[pick["measurement"]]
            prepared[seen], _ = index.imputation.apply(framework, Cells(plan.cells.names, values), plan.data)
        treated = (*seen, pick["treatment"])
        if treated not in prepared:
            log = index.treated(plan.cells.names, prepared[seen])
            prepared[treated] = prepared[seen] if log is None else log.values
        scores = (*treated, pick["normalisation"])
        if scores not in prepared:
            prepared[scores] = index.normalised(prepared[treated])
        step = max(AT_ONCE // (len(plan.cells.names) * _width(framework, index.rules, prepared[scores])), 1)
        for start in range(0, len(rows), step):
            yield Block(rows[start : start + step], prepared[scores], index.rules)


def _chosen(index: CompositeIndex, choices: Choices, pick: dict[str, int]) -> CompositeIndex:
    """Return the index with the alternatives that were picked."""
    changes: dict[str, Any] = {}
    for field, alternatives, factor in (
        ("imputation", choices.imputations, "imputation"),
        ("treatment", choices.treatments, "treatment"),
        ("normalisation", choices.normalisations, "normalisation"),
        ("aggregation", choices.aggregations, "aggregation"),
        ("floor", choices.floors, "floor"),
    ):
        if alternatives:
            changes[field] = alternatives[pick[factor]]
    return replace(index, **changes) if changes else index


def without(framework: Framework, weights: Floats, dropped: NDArray[np.bool_]) -> Floats:
    """Return weights (runs, nodes) with nothing for dropped indicators (runs, p), nor for a group that lost them all."""
    weights = weights.copy()
    weights[:, : len(framework.codes)] *= ~dropped
    for code in framework.upwards:
        below, at = framework.below(code), framework.position[code]
        gone = weights[:, below].sum(1) <= 0
        weights[gone, at] = 0
        weights[np.ix_(gone, below)] = 1  # its score is no longer used, and shall not divide by zero
    return weights


def _is_one_mean(rules: Rules, scores: Floats) -> bool:
    """Return whether one kind of mean is taken at every level, of everything: then it is one mean over all indicators."""
    return _alike(rules) and not np.isnan(scores).any()


def _width(framework: Framework, rules: Rules, scores: Floats) -> int:
    """Return how many numbers a run needs for each unit while it is computed."""
    if "copeland" in rules.methods:
        return len(scores)
    if np.isnan(scores).any() and not _separable(rules, scores):
        return len(framework.position)
    return 1 if _alike(rules) else 2 * len(framework.upwards)


def _scores(framework: Framework, rules: Rules, scores: Floats, weights: Floats) -> Floats:
    """Return for each run's weights (b, nodes) the index of each unit (b, n).

    Where it is one mean, what the mean is the arithmetic mean of: it orders the units alike, and spares the way back.
    """
    if _is_one_mean(rules, scores):
        return np.asarray(framework.overall(weights) @ ordering(rules.methods[0], scores, rules.floor).T)
    if np.isnan(scores).any():
        if patterns := _separable(rules, scores):
            return _by_pattern(framework, rules, scores, weights, patterns)
        made = climb(framework, rules, scores[None], weights)[..., framework.position[framework.root]]
        if np.isnan(made).any():
            raise InputError(
                "dropout", "leaves a unit without a score in some runs; lower it or the least share, or impute"
            )
        return made
    found: dict[int, Floats] = {}
    for code, method in zip(framework.upwards, rules.methods, strict=True):
        below = framework.below(code)
        weight = weights[:, below]
        if method == "arithmetic" and below.max() < len(framework.codes):
            made = weight / weight.sum(1, keepdims=True) @ scores[:, below].T
        else:
            shape = len(weights), len(scores)
            parts = [found[at] if at in found else np.broadcast_to(scores[:, at], shape) for at in below.tolist()]
            made = aggregate(method, np.stack(parts, axis=-1), weight, rules.floor)
        found[framework.position[code]] = made
    return made


def _alike(rules: Rules) -> bool:
    """Return whether one kind of mean is taken at every level."""
    return len(set(rules.methods)) == 1 and rules.methods[0] in ("arithmetic", "geometric", "harmonic")


def _separable(rules: Rules, scores: Floats) -> list[Integers]:
    """Return the units that lack the same indicators, pattern by pattern: each is computed as if these weighed nothing.

    Nothing where that is not so (a vote of pairs, a least share, a unit without anything) or would take too many patterns.
    """
    if rules.least or "copeland" in rules.methods or np.isnan(scores).all(1).any():
        return []
    found = _patterns(scores)
    return found if len(found) <= PATTERNS else []


def _patterns(scores: Floats) -> list[Integers]:
    """Return the rows of scores (n, p) that have the same gaps, one array of rows a pattern."""
    found: dict[bytes, list[int]] = {}
    for row, bits in enumerate(np.packbits(np.isnan(scores), axis=1)):
        found.setdefault(bits.tobytes(), []).append(row)
    return [np.array(rows) for rows in found.values()]


def _by_pattern(
    framework: Framework, rules: Rules, scores: Floats, weights: Floats, patterns: Sequence[Integers]
) -> Floats:
    """Return scores (b, n) of units with gaps: those with the same gaps share one fast computation without them.

    A run in which a unit has nothing left is refused.
    """
    made = np.empty((len(weights), len(scores)))
    for units in patterns:
        gap = np.isnan(scores[units[0]])
        own = without(framework, weights, np.broadcast_to(gap, (len(weights), len(gap)))) if gap.any() else weights
        if (own[:, framework.position[framework.root]] <= 0).any():
            raise InputError("dropout", "leaves a unit without a score in some runs; lower it, or impute")
        filled = np.where(gap, 1.0, scores[units])  # weighs nothing
        score = _scores(framework, rules, filled, own)
        made[:, units] = _as_scores(rules, filled, score)
    return made


def _as_scores(rules: Rules, scores: Floats, made: Floats) -> Floats:
    """Return scores where one mean was taken of everything and only its order came back: units must be comparable."""
    return ordered_back(rules.methods[0], made) if _is_one_mean(rules, scores) else made
