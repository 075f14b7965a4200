"""The best case for each unit: the weights that flatter it most, judged against all others with the same weights.

Use it as the defence of whoever is last, never as the ranking: without share limits it flatters those who do one thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inputs import Floats, InputError, matrix_of, names_of, place_of
from .tables import Language, Table, said

__all__ = ["BestCase", "benefit_of_the_doubt", "undominated"]

FULL = 1 - 1e-7  # a score of one, as far as a solver can tell


@dataclass(frozen=True, repr=False)
class BestCase:
    """The scores (n,) from 0 to 1 in the best case of each unit, its ``weights`` and ``shares`` (n, p).

    ``shares`` are what each indicator adds to the score, as shares of it; NaN where the score is zero. A score is NaN
    where share limits leave no weights: the unit has too few indicators above zero to fill them.
    """

    names: NDArray[np.object_]
    indicators: tuple[str, ...]
    score: Floats
    weights: Floats
    shares: Floats

    def __repr__(self) -> str:
        return f"<BestCase: {len(self.names)} units, {len(self.indicators)} indicators, {self.on_frontier.sum()} at 1>"

    @property
    def on_frontier(self) -> NDArray[np.bool_]:
        """Who is best under some weights."""
        return np.asarray(self.score >= FULL)

    @property
    def table(self) -> Table:
        """Table of unit, score, and each indicator's share of it."""
        return Table(unit=self.names, score=self.score, **dict(zip(self.indicators, self.shares.T, strict=True)))

    def sentence(self, unit: object, language: Language = "zh") -> str:
        """Say what a unit's best case is.

        Raises:
            InputError: when there is no such unit.
        """
        row = place_of(self.names, unit)
        if np.isnan(self.score[row]):
            return said(
                language,
                f"{unit}：有数的项太少，占比限度之内没有权重。",
                f"{unit}: too little above zero to find weights within the limits.",
            )
        if self.score[row] <= 0:
            return said(language, f"{unit}：各项都在最低处，没有有利的权重。", f"{unit}: at the bottom of everything.")
        shares = self.shares[row]
        leading = [at for at in np.argsort(-shares)[:3] if shares[at] >= 0.05]
        listed = said(language, "、", ", ").join(f"{self.indicators[at]} {shares[at]:.0%}" for at in leading)
        if self.on_frontier[row]:
            return said(
                language, f"{unit}：按对它最有利的权重（{listed}），没有单位比它好。",
                f"{unit}: under the weights that favour it most ({listed}), nobody is better.",
            )  # fmt: skip
        return said(
            language,
            f"{unit}：按对它最有利的权重（{listed}），也只到同一权重下最好的单位的 {self.score[row]:.0%}。",
            f"{unit}: even under the weights that favour it most ({listed}), it reaches {self.score[row]:.0%} of the best.",
        )


def benefit_of_the_doubt(
    scores: Any,
    *,
    names: Sequence[object] | None = None,
    indicators: Sequence[str] | None = None,
    share_limits: tuple[Any, Any] | None = None,
) -> BestCase:
    """Return each unit's score under the weights that are best for it.

    ``scores`` (n, p) are on one scale from 0 up, more being better. Unit o gets max Σ w_j y_oj over weights w ≥ 0 under
    which no unit exceeds 1. ``share_limits`` are the least and the largest share of an indicator in the unit's own score:
    two numbers, or two sequences with one number an indicator. An indicator in which a unit has 0 can have no share of
    its score, and the least share is not asked of it there.

    Raises:
        InputError: when a score is missing or negative, all are zero, or the limits leave no weights.

    Source: Melyn & Moesen 1991; Cherchye et al. 2007, Social Indicators Research 82, 111-145.

    >>> case = benefit_of_the_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]], names=["a", "b", "c"])
    >>> case.score.round(3).tolist()
    [1.0, 1.0, 0.8]
    """
    table = matrix_of(scores, "scores", ("unit", "indicator"))
    units, count = table.shape
    for bad, reason in (
        (np.isnan(table), "missing; impute before"),
        (table < 0, "negative; normalise to a scale from 0"),
    ):
        if bad.any():
            row, at = (int(one) for one in np.argwhere(bad)[0])
            raise InputError(f"scores, indicator {at}", reason, row)
    if not table.any():
        raise InputError("scores", "every score is 0")
    who = names_of(names, units)
    what = tuple(f"{at + 1}" for at in range(count)) if indicators is None else tuple(str(one) for one in indicators)
    if len(what) != count or len({*what, "unit", "score"}) != count + 2:
        raise InputError("indicators", f"{len(what)} for {count} columns; each once, and none called unit or score")
    limits = None if share_limits is None else _read_limits(share_limits, count)
    largest = table.max(0)
    scale = np.where(largest > 0, largest, 1)  # a solver's tolerances are absolute
    weights = _solve(table / scale, limits) / scale
    score = np.clip((weights * table).sum(1), 0, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(score[:, None] > 0, weights * table / score[:, None], np.nan)
    return BestCase(who, what, score, weights, shares)


def _read_limits(limits: tuple[Any, Any], count: int) -> tuple[Floats, Floats]:
    try:
        low, high = (np.broadcast_to(np.asarray(one, float), count) for one in limits)
    except (TypeError, ValueError):
        raise InputError("share_limits", f"expected two numbers, or two lists of {count} numbers") from None
    if not ((low >= 0) & (high <= 1) & (low <= high)).all():
        raise InputError("share_limits", "expected 0 ≤ least ≤ largest ≤ 1")
    if low.sum() > 1 + 1e-9 or high.sum() < 1 - 1e-9:
        raise InputError("share_limits", f"shares of {low.sum():g} at least and {high.sum():g} at most cannot make 1")
    return low, high


def undominated(table: Floats) -> NDArray[np.bool_]:
    """Return which rows (n,) no other row exceeds or equals in every column; of equal rows the first stays.

    >>> undominated(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [2.0, 1.0]])).tolist()
    [True, True, False, False]
    """
    order = np.argsort(-table.sum(1), kind="stable")  # nobody is dominated by one with a smaller sum
    kept: list[int] = []
    front: Floats = np.empty((0, table.shape[1]))
    for row in order:
        if not (front >= table[row]).all(1).any():
            kept.append(int(row))
            front = table[kept]
    made = np.zeros(len(table), bool)
    made[kept] = True
    return made


def _solve(table: Floats, limits: tuple[Floats, Floats] | None) -> Floats:
    """Return the best weights (n, p). All units share one polytope: only its goal changes, so each solve starts warm.

    Dominated units bound nothing and are left out of it. Share limits depend on the unit and are put in anew.
    """
    import highspy

    units, count = table.shape
    front = table[undominated(table)]
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("log_to_console", False),
        ("output_flag", False),
        ("presolve", "off"),
        ("threads", 1),
        ("simplex_strategy", 4),
    ):
        solver.setOptionValue(option, value)
    infinite, columns = highspy.kHighsInf, np.arange(count, dtype=np.int32)
    solver.addVars(count, np.zeros(count), np.full(count, infinite))
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    _add_rows(solver, front, np.full(len(front), -infinite), np.ones(len(front)))
    made = np.zeros((units, count))
    for unit in np.lexsort(table.T[::-1]):  # neighbours have like weights
        own = table[unit]
        if not own.any():
            continue
        solver.changeColsCost(count, columns, own)
        if limits is not None:
            low, high = np.where(own > 0, limits[0], 0), limits[1]
            if high[own > 0].sum() < 1 - 1e-9:
                made[unit] = np.nan
                continue
            rows = np.vstack([np.diag(own) - low[:, None] * own, high[:, None] * own - np.diag(own)])
            _add_rows(solver, rows, np.zeros(2 * count), np.full(2 * count, infinite))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"the solver found no weights for unit {int(unit)}: {solver.getModelStatus()}")
        made[unit] = solver.getSolution().col_value
        if limits is not None:
            first = len(front)
            solver.deleteRows(2 * count, np.arange(first, first + 2 * count, dtype=np.int32))
    return np.maximum(made, 0)


def _add_rows(solver: Any, rows: Floats, low: Floats, high: Floats) -> None:
    number, count = rows.shape
    starts = np.arange(0, number * count, count, dtype=np.int32)
    solver.addRows(
        number, low, high, number * count, starts, np.tile(np.arange(count, dtype=np.int32), number), rows.ravel()
    )
