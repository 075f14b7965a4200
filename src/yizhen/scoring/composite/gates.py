"""Gates after the score (一票否决): what a veto does to a result, stored before there are data and never a term in it."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, is_missing
from yizhen.scoring.tables import Table

from .prepare import as_table, rows_of


@dataclass(frozen=True)
class Gate:
    """A veto: units for which ``column`` is true get no rank, or with ``cap`` no more than so many points.

    The score before the gate stays visible beside it.
    """

    column: str
    name: str = ""
    cap: float | None = None

    def __post_init__(self) -> None:
        if self.cap is not None and not isfinite(self.cap):
            raise InputError("cap", f"{self.cap}: expected a number, or nothing for no rank at all")

    def closed(self, data: Any, units: int) -> NDArray[np.bool_]:
        """Return for which units the gate is closed.

        Raises:
            InputError: when a value is neither true nor false.
        """
        values = rows_of(data, self.column, units)
        made = np.zeros(units, bool)
        for row, value in enumerate(values.tolist()):
            if is_missing(value) or value not in (True, False, 0, 1):
                raise InputError(self.column, f"{value!r} is neither true nor false", row)
            made[row] = bool(value)
        return made


def pass_gates(
    gates: tuple[Gate, ...], data: Any, names: NDArray[np.object_], score: Floats
) -> tuple[Floats, NDArray[np.bool_], Table]:
    """Return the scores after the gates, which units may be ranked, and a table of unit, gate, before, after.

    ``after`` is NaN where a gate takes the rank.
    """
    after, ranked, closed = score.copy(), ~np.isnan(score), []
    for gate in gates:
        for row in np.flatnonzero(gate.closed(data, len(names))):
            if gate.cap is None:
                ranked[row] = False
            else:
                after[row] = min(after[row], gate.cap)
            closed.append(
                (names[row], gate.name or gate.column, score[row], np.nan if gate.cap is None else after[row])
            )
    return after, ranked, as_table(("unit", "gate", "before", "after"), closed)
