"""From raw numbers to numbers that can be compared: denominators, missing values, outliers. Every change is logged."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, column, labels, numbers, shown, spread
from yizhen.scoring.tables import Table

from .framework import Framework


class Cells(NamedTuple):
    """Units × indicators as read: ``names`` (n,), ``values`` (n, p) with NaN where there is no number."""

    names: NDArray[np.object_]
    values: Floats


def read_cells(framework: Framework, data: Any, unit: str) -> Cells:
    """Read one column an indicator, and divide by the denominators; without a denominator there is no value.

    Raises:
        InputError: naming column and row, when a unit is missing or occurs twice, a value is no number, or a
            denominator is zero or negative where there is a value.
    """
    units = labels(column(data, unit), unit)
    if len(units) != len(units.codes):
        row = next(row for row in range(len(units.codes)) if units.codes[row] in units.codes[:row])
        raise InputError(unit, f"{shown(units.names[units.codes[row]])} occurs twice", row)
    count = len(units.codes)
    values = np.column_stack([figures(data, code, count) for code in framework.codes])
    for at, one in enumerate(framework.indicators):
        if one.denominator is not None:
            base = figures(data, one.denominator, count)
            bad = np.flatnonzero((base <= 0) & ~np.isnan(values[:, at]))
            if len(bad):
                raise InputError(one.denominator, f"is {base[bad[0]]:g}, and {one.code} is divided by it", int(bad[0]))
            values[:, at] = values[:, at] / base * one.per
    return Cells(units.names[units.codes], values)


def figures(data: Any, name: str, count: int) -> Floats:
    """Return a column of ``count`` figures, NaN where there is none.

    Raises:
        InputError: when there is no such column, it is longer or shorter, or a value is no number.
    """
    return numbers(rows_of(data, name, count), name, "drop", marks=False)


def rows_of(data: Any, name: str, count: int) -> NDArray[Any]:
    """Return a column of ``count`` entries of any kind.

    Raises:
        InputError: when there is no such column, or it is longer or shorter.
    """
    made = column(data, name)
    if len(made) != count:
        raise InputError(name, f"has {len(made)} rows, expected {count}")
    return made


@dataclass(frozen=True)
class Imputation:
    """What to do with cells that have no number.

    ``refuse`` stops at the first; ``none`` leaves them out, and the siblings take over their weight; ``mean`` and
    ``median`` take those of the units in the same ``group`` (a column), or of all units.
    """

    method: Literal["refuse", "none", "mean", "median"] = "refuse"
    group: str | None = None

    def __post_init__(self) -> None:
        if self.method not in ("refuse", "none", "mean", "median"):
            raise InputError("imputation", f"{self.method!r}: expected refuse, none, mean or median")
        if self.group is not None and self.method in ("refuse", "none"):
            raise InputError("imputation", f"{self.method} takes no group")

    def apply(self, framework: Framework, cells: Cells, data: Any) -> tuple[Floats, Table]:
        """Return the filled values (n, p), and a table of unit, indicator, value of every cell that was filled.

        Raises:
            InputError: at the first empty cell (``refuse``), or where a whole group has no number to take.
        """
        values, empty = cells.values.copy(), np.isnan(cells.values)
        if self.method == "refuse" and empty.any():
            row, at = (int(one) for one in np.argwhere(empty)[0])
            code = framework.codes[at]
            raise InputError(code, f"{shown(cells.names[row])} has no value; choose an imputation", row)
        filled = []
        if self.method in ("mean", "median"):
            found = labels(rows_of(data, self.group, len(values)), self.group) if self.group else None
            member = np.zeros(len(values), int) if found is None else found.codes
            middle = np.nanmean if self.method == "mean" else np.nanmedian
            for row, at in np.argwhere(empty):
                like = cells.values[member == member[row], at]
                if np.isnan(like).all():
                    where = "no unit" if found is None else f"no unit of {shown(found.names[member[row]])}"
                    raise InputError(framework.codes[at], f"{where} has a value to fill the gap with", int(row))
                values[row, at] = middle(like)
                filled.append((cells.names[row], framework.codes[at], values[row, at]))
        return values, as_table(("unit", "indicator", "value"), filled)


def as_table(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Table:
    """Return rows as a table, with its columns also where there is no row."""
    listed = list(zip(*rows, strict=True)) or [()] * len(columns)
    return Table(**{
        name: np.array(values, dtype=object) if any(isinstance(one, str) for one in values) else np.array(values)
        for name, values in zip(columns, listed, strict=True)
    })  # fmt: skip


def skewness(values: Floats) -> Floats:
    """Return the sample skewness G1 of each column; NaN is left out, and a constant column has NaN.

    Source: Joanes & Gill 1998, The Statistician 47, 183-189.

    >>> skewness(np.array([[1.0], [2.0], [9.0]])).round(3).tolist()
    [1.63]
    """
    return shape_of(values)[0]


def kurtosis(values: Floats) -> Floats:
    """Return the sample excess kurtosis G2 of each column; NaN is left out, and a constant column has NaN.

    Source: Joanes & Gill 1998, The Statistician 47, 183-189.

    >>> kurtosis(np.array([[1.0], [2.0], [3.0], [9.0]])).round(3).tolist()
    [3.014]
    """
    return shape_of(values)[1]


def shape_of(values: Floats) -> tuple[Floats, Floats]:
    """Return skewness and kurtosis of each column, from the same moments."""
    known = ~np.isnan(values)
    n = known.sum(0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(known, values - np.where(known, values, 0).sum(0) / n, 0)
        square = apart * apart
        second, third, fourth = (one.sum(0) / n for one in (square, square * apart, square * square))
        skew = third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (fourth / second**2 - 3) + 6)
    return np.where(n > 2, skew, np.nan), np.where(n > 3, excess, np.nan)


@dataclass(frozen=True)
class Treatment:
    """Draw in outliers where a column is both skewed and peaked.

    Up to ``most`` values at the long end take the value of the next one, one after another, until |skewness| ≤ ``skew``
    or kurtosis ≤ ``kurtosis``. Where that does not suffice, the column is left as it was, or with ``then="log"`` taken
    as the logarithm of its distance from the short end plus 1 % of its range. Nothing is drawn in so far that a column
    becomes the same everywhere: what is rare is then all there is.

    Source: the rule of COINr (Becker et al. 2022, JOSS 7(78), 4567) after OECD/JRC 2008.
    """

    skew: float = 2.0
    kurtosis: float = 3.5
    most: int = 5
    then: Literal["leave", "log"] = "leave"

    def __post_init__(self) -> None:
        if not isinstance(self.most, int) or self.most < 0:
            raise InputError("most", f"{self.most!r}: expected how many values, 0 or more")
        if self.then not in ("leave", "log"):
            raise InputError("then", f"{self.then!r}: expected leave or log")

    def apply(self, framework: Framework, names: NDArray[np.object_], values: Floats) -> "Treated":
        """Return the treated values with a log of every column that was looked at and every cell that was changed."""
        made = values.copy()
        columns, cells = [], []
        skew, kurt = shape_of(values)
        for at in np.flatnonzero(self._out(skew, kurt)):
            code, own, before = framework.codes[at], values[:, at], (float(skew[at]), float(kurt[at]))
            made[:, at], count, after = self._winsorised(own, before)
            step = "winsorised"
            if self._out(*after):
                step, count = ("log", 0) if self.then == "log" else ("left", 0)
                made[:, at] = _logarithm(own, before[0]) if step == "log" else own
                after = _shape(made[:, at])
            columns.append((code, step, count, *before, *after, not self._out(*after)))
            moved = np.flatnonzero((made[:, at] != own) & ~np.isnan(own))
            cells += [(names[row], code, own[row], made[row, at]) for row in moved]
        heads = ("indicator", "step", "winsorised", "skew_before", "kurtosis_before", "skew", "kurtosis", "within")
        return Treated(made, as_table(heads, columns), as_table(("unit", "indicator", "before", "after"), cells))

    def _out(self, skew: Any, kurt: Any) -> Any:
        with np.errstate(invalid="ignore"):
            return (np.abs(skew) > self.skew) & (np.asarray(kurt) > self.kurtosis)

    def _winsorised(self, values: Floats, shape: tuple[float, float]) -> tuple[Floats, int, tuple[float, float]]:
        """Return the values drawn in, how many were, and their skewness and kurtosis by then."""
        made, count = values.copy(), 0
        order = np.argsort(-values if shape[0] > 0 else values, kind="stable")  # NaN last
        known = int((~np.isnan(values)).sum())
        while count < min(self.most, known - 1) and self._out(*shape):
            drawn = made.copy()
            drawn[order[: count + 1]] = values[order[count + 1]]
            if not spread(drawn):
                break
            made, count, shape = drawn, count + 1, _shape(drawn)
        return made, count, shape


def _shape(values: Floats) -> tuple[float, float]:
    """Return skewness and kurtosis of one column."""
    skew, excess = shape_of(values[:, None])
    return float(skew[0]), float(excess[0])


class Treated(NamedTuple):
    """``values`` (n, p); ``columns`` one row an indicator that was out of bounds, ``cells`` one row a changed cell.

    ``columns``: indicator, step (winsorised, log or left), winsorised (count), skew_before, kurtosis_before, skew,
    kurtosis, within. ``cells``: unit, indicator, before, after.
    """

    values: Floats
    columns: Table
    cells: Table

    @property
    def logged(self) -> frozenset[str]:
        """The codes of the indicators that were put on a logarithmic scale."""
        return frozenset(str(row["indicator"]) for row in self.columns.rows() if row["step"] == "log")


def _logarithm(values: Floats, skew: float) -> Floats:
    """Return ± log of the distance from the short end plus 1 % of the range, rising with the values."""
    low, high = np.nanmin(values), np.nanmax(values)
    far = values - low if skew > 0 else high - values
    made: Floats = np.log(far + 0.01 * (high - low))
    return made if skew > 0 else -made


@dataclass(frozen=True)
class Stages:
    """The numbers on their way, all (n, p): as read and divided, imputed, treated, normalised; and the logs.

    ``filled`` has columns unit, indicator, value; ``treatment`` is None where there was none.
    """

    names: NDArray[np.object_]
    values: Floats
    imputed: Floats
    treated: Floats
    normalised: Floats
    filled: Table
    treatment: Treated | None
