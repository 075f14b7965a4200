"""The nearest places on declared context variables: who may fairly be compared, found from data instead of a category."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yizhen.scoring.inputs import Floats


@dataclass(frozen=True)
class Neighbour:
    """One near place: where it stands in the table, how far it is, and how much each variable adds to that.

    ``distance`` is the root mean square of standardised differences: 1 is as far as two places usually are.
    ``shares`` sum to 1, or are all 0 for a twin.
    """

    place: int
    distance: float
    shares: tuple[float, ...]


def nearest(values: Sequence[Sequence[float]] | Floats, own: int, k: int) -> list[Neighbour]:
    """Return the ``k`` places nearest to one, the nearest first; ties keep the order of the table.

    Args:
        values: places × variables. A place with a value missing (NaN) is nobody's neighbour.
        own: which place's neighbours are wanted.
        k: how many.

    Each variable is divided by its robust spread (1.4826 × the median distance from the median; the standard deviation where
    more than half of the places are alike), so that no unit and no single giant decides. A variable that does not vary says nothing.

    Raises:
        ValueError: for no variables, a missing own value, or ``k`` below 1.

    Example:
        >>> [(near.place, near.shares) for near in nearest([[0, 0], [1, 0], [0, 3], [5, 5]], own=0, k=2)]
        [(1, (1.0, 0.0)), (2, (0.0, 1.0))]
    """
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or not table.shape[1] or k < 1:
        raise ValueError("places × variables, and at least one neighbour")
    if np.isnan(table[own]).any():
        raise ValueError("the place has no value for one of the variables")
    whole = ~np.isnan(table).any(axis=1)
    spread = _spread(table[whole])
    used = spread > 0
    steps = np.zeros_like(table)
    steps[:, used] = (table[:, used] - table[own, used]) / spread[used]
    squares = steps**2
    distance = np.sqrt(squares.sum(axis=1) / max(int(used.sum()), 1))
    distance[~whole] = np.inf
    distance[own] = np.inf
    order = np.argsort(distance, kind="stable")[:k]
    made = []
    for place in order:
        if not np.isfinite(distance[place]):
            break
        whole_square = float(squares[place].sum())
        shares = squares[place] / whole_square if whole_square else np.zeros(table.shape[1])
        made.append(Neighbour(int(place), float(distance[place]), tuple(float(share) for share in shares)))
    return made


def _spread(table: Floats) -> Floats:
    middle = np.median(table, axis=0)
    robust = 1.4826 * np.median(np.abs(table - middle), axis=0)
    plain = table.std(axis=0)
    spread: Floats = np.where(robust > 0, robust, plain)
    return spread
