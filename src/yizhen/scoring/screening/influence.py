"""How much hangs on one rater, on one class, or on the marks that were not given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from yizhen.scoring.crossed.model import read_crossing
from yizhen.scoring.inputs import Floats, InputError, Missing
from yizhen.scoring.ranks.sets import competition
from yizhen.scoring.tables import Language, Table, said


@dataclass(frozen=True, repr=False)
class Influence:
    """What leaving out one rater or one class changes.

    ``raters`` and ``groups`` have columns name, score_change (largest, points), rank_change (largest, places) and
    grade_changes (ratees that cross a line).
    """

    raters: Table
    groups: Table

    def __repr__(self) -> str:
        return f"<Influence: {self.summary('en')}>"  # no names: they are in the tables

    def summary(self, language: Language = "zh") -> str:
        """Say how much the most influential rater and class matter, without a name of a rater."""
        rater, group = (
            {
                name: np.nanmax(values) if len(values) and np.isfinite(values).any() else 0
                for name, values in table.items()
                if name != "name"
            }
            for table in (self.raters, self.groups)
        )
        return said(
            language,
            f"去掉任何一名评议人，得分最多变 {rater['score_change']:.2f} 分、名次最多变 {rater['rank_change']} 位、"
            f"等次最多变 {rater['grade_changes']} 个；去掉任何一类，最多变 {group['score_change']:.2f} 分、"
            f"{group['rank_change']} 位、{group['grade_changes']} 个。",
            f"Leaving out any one rater changes a score by at most {rater['score_change']:.2f} points, a rank by "
            f"{rater['rank_change']}, and {rater['grade_changes']} grades; any one class, "
            f"{group['score_change']:.2f} points, {group['rank_change']} ranks, {group['grade_changes']} grades.",
        )


def leave_one_out(
    data: Any,
    *,
    ratee: str,
    rater: str,
    score: str,
    group: str | None = None,
    weights: Mapping[Any, float] | None = None,
    lines: Sequence[float] = (),
    missing: Missing = "refuse",
) -> Influence:
    """Return what each rater's and each class's absence would have changed in weighted class means.

    Arguments as in :meth:`CrossedModel.fit`; ``lines`` are the cut-offs of grades, in points. A class left without
    marks has its weight shared out; a ratee left without any is left out of the comparison.

    Raises:
        InputError: as :meth:`CrossedModel.fit`.

    >>> rows = [(t, r, 80 + 3 * t + 2 * r) for t in range(3) for r in range(4)]
    >>> data = dict(zip(["town", "rater", "score"], zip(*rows)))
    >>> made = leave_one_out(data, ratee="town", rater="rater", score="score")
    >>> made.raters["score_change"].round(2).tolist(), made.raters["rank_change"].max().item()
    ([1.0, 0.33, 0.33, 1.0], 0)
    """
    ratings, groups, share, crossed = read_crossing(data, ratee, rater, score, group, weights, missing)
    sums = np.array([total.sum(0) for total in crossed.total])
    counts = np.array([rated.sum(0) for rated in crossed.rated])
    before = _weighted(sums, counts, share)
    order = np.concatenate(crossed.members)
    changes = []
    for number, (rated, total) in enumerate(zip(crossed.rated, crossed.total, strict=True)):
        for own_rated, own_total in zip(rated, total, strict=True):
            less, fewer = sums.copy(), counts.copy()
            less[number] -= own_total
            fewer[number] -= own_rated
            changes.append(_change(before, _weighted(less, fewer, share), lines))
    by_rater = [changes[at] for at in np.argsort(order)]
    by_group = []
    for number in range(len(groups) if len(groups) > 1 else 0):
        keep = np.arange(len(groups)) != number
        by_group.append(_change(before, _weighted(sums[keep], counts[keep], share[keep]), lines))
    return Influence(_table(ratings.rater.names, by_rater), _table(groups.names[: len(by_group)], by_group))


def _weighted(sums: Floats, counts: Floats, share: Floats) -> Floats:
    weight = share[:, None] * (counts > 0)
    means = sums / np.maximum(counts, 1)
    with np.errstate(invalid="ignore"):
        return np.asarray((weight * means).sum(0) / weight.sum(0))


def _change(before: Floats, after: Floats, lines: Sequence[float]) -> tuple[float, int, int]:
    known = np.isfinite(after)
    if not known.any():
        return float("nan"), 0, 0
    before, after = before[known].round(9), after[known].round(9)  # what is equal on paper shall be equal here
    at = np.asarray(lines, float)[:, None]
    crossed = int(((after >= at) != (before >= at)).any(0).sum()) if len(lines) else 0
    return float(np.abs(after - before).max()), int(np.abs(competition(after) - competition(before)).max()), crossed


def _table(names: Any, rows: list[tuple[float, int, int]]) -> Table:
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    return Table(name=names, score_change=columns[0], rank_change=columns[1], grade_changes=columns[2])


@dataclass(frozen=True, repr=False)
class Absence:
    """What the marks that were not given could have changed.

    ``table`` has columns name, score, low, high (all empty cells at the lowest, at the highest mark) and missing (the
    share of cells). ``slope`` is the change in log(odds of an empty cell) for one standard deviation more of score,
    ``p`` whether it is chance (a permutation test over ratees); NaN when no cell is empty.
    """

    table: Table
    slope: float
    p: float

    def __repr__(self) -> str:
        return f"<Absence: {self.summary('en')}>"  # no names: they are in the tables

    def summary(self, language: Language = "zh") -> str:
        """Say how much is missing and whether it is missing at random."""
        share = float(np.mean(self.table["missing"]))
        width = float(np.max(self.table["high"] - self.table["low"]))
        if not share:
            return said(language, "没有缺评。", "No cell is empty.")
        tail = said(language, "。", ".")
        if self.p <= 0.05:
            more = self.slope < 0
            tail = said(
                language,
                f"；得分{'低' if more else '高'}的对象缺评更多（p = {self.p:.3f}），缺评可能不是随机的。",
                f"; ratees with {'low' if more else 'high'} scores have more empty cells (p = {self.p:.3f}): "
                "they may not be missing at random.",
            )
        return said(
            language,
            f"缺评占 {share:.1%}；若全补最低或最高，得分最多相差 {width:.2f} 分{tail}",
            f"{share:.1%} of the cells are empty; filling them with the lowest or highest mark moves a score within "
            f"{width:.2f} points{tail}",
        )


def abstention_bounds(
    data: Any,
    *,
    ratee: str,
    rater: str,
    score: str,
    lowest: float,
    highest: float,
    group: str | None = None,
    weights: Mapping[Any, float] | None = None,
    missing: Missing = "drop",
) -> Absence:
    """Return worst and best scores over all ways of filling empty cells, and a test whether absence goes with score.

    Arguments as in :meth:`CrossedModel.fit`; ``lowest`` and ``highest`` are the ends of the scale. Every rater who
    marked anybody could have marked everybody.

    Raises:
        InputError: as :meth:`CrossedModel.fit`; or when a mark lies outside the scale.

    Source: Manski 1990, American Economic Review 80, 319-323; logistic regression of absence on score and class.

    >>> data = {"t": ["a", "b", "a", "b", "a"], "r": [1, 1, 2, 2, 3], "s": [90, 80, 90, 70, 60]}
    >>> made = abstention_bounds(data, ratee="t", rater="r", score="s", lowest=50, highest=95)
    >>> [round(float(x), 2) for x in made.table["low"]], [round(float(x), 2) for x in made.table["high"]]
    ([80.0, 66.67], [80.0, 81.67])
    """
    ratings, groups, share, crossed = read_crossing(data, ratee, rater, score, group, weights, missing)
    outside = np.flatnonzero((ratings.score < lowest) | (ratings.score > highest))
    if len(outside):
        row = int(outside[0])
        raise InputError(score, f"{ratings.score[row]:g} is outside {lowest:g} to {highest:g}", int(ratings.rows[row]))
    sums = np.array([total.sum(0) for total in crossed.total])
    counts = np.array([rated.sum(0) for rated in crossed.rated])
    voters = np.array([len(rated) for rated in crossed.rated])[:, None]
    table = Table(
        name=ratings.ratee.names,
        score=_weighted(sums, counts, share),
        low=_weighted(sums + (voters - counts) * lowest, voters + 0 * counts, share),
        high=_weighted(sums + (voters - counts) * highest, voters + 0 * counts, share),
        missing=1 - counts.sum(0) / voters.sum(),
    )
    slope, p = _absence_slope(voters - counts, voters + 0 * counts, _weighted(sums, counts, share))
    return Absence(table, slope, p)


def _absence_slope(empty: Floats, cells: Floats, score: Floats) -> tuple[float, float]:
    """Return the logistic slope of absence on the standardised score, classes having levels of their own, and its p.

    Whoever leaves early leaves many cells empty at once, so cells are not independent. p is the share of all ways of
    handing the scores to the ratees (999 of them, drawn) that go with absence at least as much.
    """
    if not empty.sum() or not score.std():
        return float("nan"), float("nan")
    groups, ratees = empty.shape
    z = (score - score.mean()) / score.std()
    absent = empty.sum(0) - empty.sum() / ratees
    generator = np.random.default_rng(0)
    drawn = np.abs(generator.permuted(np.tile(z, (999, 1)), axis=1) @ absent)
    p = float(1 + (drawn >= abs(float(z @ absent)) - 1e-9).sum()) / 1000
    design = np.zeros((groups * ratees, groups + 1))
    design[np.arange(groups * ratees), np.repeat(np.arange(groups), ratees)] = 1
    design[:, -1] = np.tile(z, groups)
    y, n = empty.ravel(), cells.ravel()
    at = np.zeros(groups + 1)
    for _ in range(50):
        chance = expit(design @ at)
        # A little ridge keeps a class without any absence finite.
        information = (design.T * (n * chance * (1 - chance))) @ design + 1e-3 * np.eye(groups + 1)
        step = np.linalg.solve(information, design.T @ (y - n * chance) - 1e-3 * at)
        at += np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-8:
            break
    return float(at[-1]), p
