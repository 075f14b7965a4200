"""What an index says of its units: scores and ranks at every level, and where they come from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, Integers, place_of, shown, spread
from yizhen.scoring.tables import Language, Table, names_joined

from .explain import Explained, explain
from .framework import Framework
from .normalise import Normalisation
from .prepare import Stages
from .tree import Rules, climb, lifts
from .words import summarise


@dataclass(frozen=True, repr=False)
class CompositeResult:
    """A computed index. ``nodes`` holds the scores of all nodes (n, nodes), before any gate; ``gated`` what gates did.

    ``after`` (n,) are the index scores after the gates, and ``ranked`` says who may have a rank.
    """

    framework: Framework
    rules: Rules
    normalisation: Normalisation
    decimals: int | None
    stages: Stages
    nodes: Floats
    after: Floats
    ranked: NDArray[np.bool_]
    gated: Table

    def __repr__(self) -> str:
        units, indicators = self.stages.values.shape
        return f"<CompositeResult: {units} units, {indicators} indicators, {len(self.framework.groups)} groups>"

    @property
    def names(self) -> NDArray[np.object_]:
        """The units' names (n,), in the order of the data."""
        return self.stages.names

    def node(self, code: str) -> Floats:
        """Return the scores (n,) of one node: an indicator's on the common scale, a group's as aggregated.

        Raises:
            InputError: when there is no such node.
        """
        return self.nodes[:, self._at(code)]

    def _at(self, code: str) -> int:
        position = self.framework.position
        if code not in position:
            raise InputError("code", f"there is no {shown(code)}")
        return position[code]

    @property
    def final(self) -> Table:
        """Table of unit, score (after gates, rounded by the rule), rank (1 the best, ties share it; NaN without one)."""
        score = self._rounded(self.after)
        return Table(unit=self.names, score=score, rank=places(np.where(self.ranked, score, np.nan)))

    def _rounded(self, scores: Floats) -> Floats:
        return scores if self.decimals is None else half_up(scores, self.decimals)

    @property
    def scores(self) -> Table:
        """Table of unit and one column a node, groups before indicators, the index first; before any gate."""
        return self._by_node(self.nodes)

    @property
    def ranks(self) -> Table:
        """Table of unit and the rank of its score at every node, by the same rule and before any gate; NaN without one."""
        return self._by_node(np.column_stack([places(self._rounded(column)) for column in self.nodes.T]))

    def _by_node(self, values: Floats) -> Table:
        framework = self.framework
        order = (*reversed(framework.upwards), *framework.codes)
        return Table(unit=self.names, **{code: values[:, framework.position[code]] for code in order})

    def contributions(self, against: object | None = None) -> Table:
        """Return how much each node lifts a unit's index above that of another unit, in points of the index.

        ``against`` names that unit; by default it is a unit with the average score on every indicator. Columns unit and
        one a node. The indicators of a unit sum to the difference of the two indices.

        Raises:
            InputError: when there is no such unit, or a group is a Copeland vote.
        """
        return self._by_node(self._lifts(against))

    def _lifts(self, against: object | None = None, of: str | None = None) -> Floats:
        """Return what lifts each node of the index (or of a group) above another unit or the average one (n, nodes)."""
        rules, framework = self.rules, self.framework
        if against is None:
            other = climb(framework, rules, np.nanmean(self.stages.normalised, 0)[None], framework.weights)[0]
        else:
            other = self.nodes[place_of(self.names, against)]
        return lifts(framework, rules, self.nodes, other, of)

    def explain(self, unit: object, against: object | None = None) -> Explained:
        """Return the tree behind one unit's index: raw value, score, weight, lift, and what was filled or drawn in.

        Raises:
            InputError: when there is no such unit, or a group is a Copeland vote.
        """
        return explain(self.framework, self.stages, self.nodes, self._lifts(against), place_of(self.names, unit))

    def effective_weights(self, of: str | None = None) -> Table:
        """Return what the parts of a group (of the index by default) really weigh, beside what was stated.

        Columns code, stated, effective, main_effect. ``effective`` is cov(lift, S) / var(S) and sums to one: for an
        arithmetic mean this is w · cov(x, S) / var(S). ``main_effect`` is how much of the group's variance would go if
        the part were known, var(E[S | x]) / var(S), by a cubic regression; correlated parts share it. NaN for fewer than
        four units.

        Raises:
            InputError: when it is no group, all units have the same score, or the group is a Copeland vote.

        Source: Paruolo, Saisana & Saltelli 2013, JRSS A 176, 609-634.
        """
        framework = self.framework
        code = framework.root if of is None else of
        children = framework.children(code)
        if not children:
            raise InputError("of", f"{shown(code)} is no group")
        below, total = framework.below(code), self.node(code)
        whole = ~np.isnan(total) & ~np.isnan(self.nodes[:, below]).any(1)
        if whole.sum() < 3 or not spread(total[whole]):
            raise InputError("of", f"{code} has no variance that could be shared out")
        parts = self._lifts(of=code)[whole][:, below]
        score = total[whole]
        around = score - score.mean()
        effective = (parts - parts.mean(0)).T @ around / (around @ around)
        stated = framework.weights[below] / framework.weights[below].sum()
        main = np.array([_explained_share(column, score) for column in self.nodes[whole][:, below].T])
        return Table(code=np.array(children, object), stated=stated, effective=effective, main_effect=main)

    def summary(self, language: Language = "zh") -> str:
        """Say what was computed, from what, and what a reader must not conclude from it."""
        return summarise(self.framework, self.normalisation, self.stages, self.after, self.gated, language)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the final table's rows, best first; units without a rank last."""
        table = list(self.final.rows())
        yield from sorted(table, key=lambda row: (np.isnan(row["rank"]), row["rank"]))

    def unranked(self, language: Language = "zh") -> str:
        """Return the names of the units that have no rank, as a list in a sentence."""
        return names_joined(self.names[np.isnan(self.final["rank"])], language)


def places(values: Floats) -> Floats:
    """Return competition ranks (n,), 1 for the highest; equal scores share the better rank, NaN has none.

    Scores are compared on twelve digits: a sum taken in another order must put nobody behind.

    >>> places(np.array([3.0, 0.5, np.nan, 0.1 + 0.4])).tolist()
    [1.0, 2.0, nan, 2.0]
    """
    known = ~np.isnan(values)
    made = np.full(len(values), np.nan)
    if known.any():
        made[known] = rank_rows(values[known][None])[0]
    return made


def rank_rows(scores: Floats) -> Integers:
    """Return competition ranks within each row of (b, n), 1 for the highest; equal scores share the better rank.

    >>> rank_rows(np.array([[1.0, 0.5, 0.1 + 0.4]])).tolist()
    [[1, 2, 2]]
    """
    units = scores.shape[1]
    kind = np.int16 if units < 2**15 else np.int32
    order = np.argsort(scores, axis=1)  # the last first
    ranks = np.empty(scores.shape, kind)
    np.put_along_axis(ranks, order, np.arange(units, 0, -1, dtype=kind)[None], axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    least = 1e-12 * float(np.abs(ordered[:, [0, -1]]).max(initial=0.0))  # less is only the computer's
    same = ordered[:, 1:] - ordered[:, :-1] <= least
    for row in np.flatnonzero(same.any(1)):
        place = np.arange(units, 0, -1)
        place[:-1][same[row]] = 0
        ranks[row, order[row]] = np.maximum.accumulate(place[::-1])[::-1]
    return ranks


def half_up(values: Floats, decimals: int) -> Floats:
    """Return values rounded half up, as a person would by hand; what a sum in binary lost is no reason to round down.

    >>> half_up(np.array([0.125, 1.1 + 2.2 + 0.005, np.nan]), 2).tolist()
    [0.13, 3.31, nan]
    """
    scale = 10.0**decimals
    return np.asarray(np.floor(np.round(values * scale, 8) + 0.5) / scale)


def _explained_share(part: Floats, score: Floats) -> float:
    """Return R² of a cubic in the part, corrected for its terms; 0 for a part that does not vary, NaN for few units."""
    if not spread(part):
        return 0.0
    degree = min(3, len(np.unique(part)) - 1, len(part) - 3)
    if degree < 1:
        return float("nan")
    terms = np.vander((part - part.mean()) / part.std(), degree + 1)
    rest = score - terms @ np.linalg.lstsq(terms, score, rcond=None)[0]
    loss = rest @ rest / (len(score) - terms.shape[1])
    return float(np.clip(1 - loss / score.var(ddof=1), 0, 1))
