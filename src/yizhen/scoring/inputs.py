"""Reading ratings from whatever the caller has: a pandas or polars frame, or a plain mapping of arrays.

Checks the shape and the values and names the column, the row and the reason. It does not judge the design: whether
raters and ratees hang together is the business of :mod:`yizhen.scoring.connect`.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Missing = Literal["refuse", "drop"]


class InputError(ValueError):
    """Data that cannot be scored: says which column, which row (from 0, as pandas and polars count) and why."""

    def __init__(self, column: str, reason: str, row: int | None = None) -> None:
        self.column, self.row, self.reason = column, row, reason
        super().__init__(f"{column}{'' if row is None else f', row {row}'}: {reason}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.column, self.reason, self.row)  # processes hand errors to one another


@dataclass(frozen=True)
class Labels:
    """One column of names as numbers: ``names[codes[row]]`` is the name in that row; names are sorted.

    ``names`` has shape (n,), dtype object; ``codes`` has one entry a row, from 0 to n - 1.
    """

    names: NDArray[np.object_]
    codes: Integers

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Ratings:
    """Ratings in long form, one row a cell: who was rated, by whom, on which item, with what score.

    All arrays have one entry a row. Without an item column there is one item without a name. ``rows`` are the rows'
    numbers in the caller's data.
    """

    ratee: Labels
    rater: Labels
    item: Labels
    score: Floats
    rows: Integers

    def __len__(self) -> int:
        return len(self.score)


def column(data: Any, name: Any) -> NDArray[Any]:
    """Return a column as a one-dimensional array; lists of mixed values stay as they are.

    Raises:
        InputError: when there is no such column, or it is not one-dimensional.
    """
    names = list(data.keys() if hasattr(data, "keys") else getattr(data, "columns", ()))
    key = name if name in names else next((one for one in names if str(one) == str(name)), None)
    if key is None:
        listed = ", ".join(shown(one) for one in names[:20])
        raise InputError(shown(name), f"there is no such column; there are: {listed or 'none'}")
    values = data[key]
    if isinstance(values, list | tuple) and len({type(value) for value in values}) > 1:
        array = np.empty(len(values), dtype=object)
        array[:] = values
    else:
        array = np.asarray(values)
    if array.ndim != 1:
        raise InputError(shown(name), f"has {array.ndim} dimensions, expected one value a row")
    return array


def shown(value: object) -> str:
    """Return a value as an error may show it: the beginning of what is long."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def is_missing(value: object) -> bool:
    """Return whether a value stands for nothing: None, NaN, NaT or pandas' NA."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas' NA has no truth
        return True


def labels(values: NDArray[Any] | Sequence[Hashable], name: str, rows: Integers | None = None) -> Labels:
    """Return the names of a column, sorted, and each row's number; ``rows`` are the rows' numbers for errors.

    Raises:
        InputError: when a name is missing or blank.
    """
    array = np.asarray(values)
    blank = [row for row, value in enumerate(array.tolist()) if isinstance(value, str) and not value.strip()]
    if blank:
        raise InputError(name, "the name is empty", blank[0] if rows is None else int(rows[blank[0]]))
    kind = array.dtype.kind
    if kind in "iuUSb":
        found, codes = np.unique(array, return_inverse=True)
        return Labels(np.array(found.tolist() + [None], dtype=object)[:-1], codes.astype(np.int64))
    listed = array.tolist()
    for row, value in enumerate(listed):
        if is_missing(value):
            raise InputError(name, "the name is missing", row if rows is None else int(rows[row]))
    distinct = list(dict.fromkeys(listed))
    try:
        distinct.sort()
    except TypeError:
        distinct.sort(key=str)
    number = {value: index for index, value in enumerate(distinct)}
    names = np.empty(len(distinct), dtype=object)
    names[:] = distinct
    return Labels(names, np.array([number[value] for value in listed], dtype=np.int64))


def numbers(values: NDArray[Any], name: str, missing: Missing = "refuse", *, marks: bool = True) -> Floats:
    """Return a column as floats; with ``missing="drop"`` values that are missing become NaN.

    ``marks`` says that these are grades or scores, about which errors can give a hint.

    Raises:
        InputError: at the first value that is missing (unless dropped), infinite or no number.
    """
    if values.dtype.kind in "mM":
        raise InputError(name, "these are dates, expected numbers", 0)
    if values.dtype.kind in "iufb":
        made = values.astype(np.float64)
    else:
        made = np.empty(len(values))
        for row, value in enumerate(values.tolist()):
            if is_missing(value):
                made[row] = np.nan
                continue
            try:
                made[row] = float(value)
            except (TypeError, ValueError, OverflowError):
                hint = "; code grades as 0 … K - 1, the lowest first" if marks and isinstance(value, str) else ""
                raise InputError(name, f"{shown(repr(value))} is not a number{hint}", row) from None
    bad = np.flatnonzero(np.isinf(made) if missing == "drop" else ~np.isfinite(made))
    if len(bad):
        reason = "not a finite number"
        if np.isnan(made[bad[0]]):
            reason = (
                "NaN; say missing='drop' when an empty score means that the cell was not rated" if marks else "missing"
            )
        raise InputError(name, reason, int(bad[0]))
    return made


def read_ratings(
    data: Any, ratee: str, rater: str, score: str, item: str | None = None, *, missing: Missing = "refuse"
) -> Ratings:
    """Read ratings in long form.

    ``data`` is a pandas or polars frame, or a mapping of column names to sequences; the other arguments are the
    names of its columns. A cell that was not rated has no row; with ``missing="drop"`` rows without a score are
    left out too.

    Raises:
        InputError: naming the column and row of a missing name, a NaN, a text where a number belongs, a cell that
            occurs twice; or when there is no row, or columns differ in length.
    """
    if missing not in ("refuse", "drop"):
        raise InputError("missing", f"{missing!r} is neither 'refuse' nor 'drop'")
    values = numbers(column(data, score), score, missing)
    columns = [(name, column(data, name)) for name in (ratee, rater, item) if name is not None]
    for name, entries in columns:
        if len(entries) != len(values):
            raise InputError(name, f"has {len(entries)} rows, but {score} has {len(values)}")
    kept = np.flatnonzero(~np.isnan(values))
    if not len(kept):
        raise InputError(score, "there is no rating")
    values = values[kept]
    who, by, *items = [labels(entries[kept], name, kept) for name, entries in columns]
    what = items[0] if items else Labels(np.array([""], object), np.zeros(len(values), np.int64))
    cell = (who.codes * len(by) + by.codes) * len(what) + what.codes
    order = np.argsort(cell, kind="stable")  # rows in one order, so that theirs changes no draw of chance
    twice = order[1:][cell[order][1:] == cell[order][:-1]]
    if len(twice):
        row = int(twice.min())
        who_, by_ = (shown(one.names[one.codes[row]]) for one in (who, by))
        raise InputError(score, f"{rater} {by_} rates {ratee} {who_} a second time", int(kept[row]))
    who, by, what = (Labels(one.names, one.codes[order]) for one in (who, by, what))
    return Ratings(who, by, what, values[order], kept[order])


def grade_codes(ratings: Ratings, categories: int, name: str) -> Integers:
    """Return scores as whole numbers from 0 to ``categories`` - 1.

    Raises:
        InputError: at the first score that is no such number.
    """
    score = ratings.score
    bad = np.flatnonzero((score != np.floor(score)) | (score < 0) | (score > categories - 1))
    if len(bad):
        at = int(bad[np.argmin(ratings.rows[bad])])
        reason = f"unknown level {float(score[at]):g}; levels are 0 to {categories - 1}"
        raise InputError(name, reason, int(ratings.rows[at]))
    return score.astype(np.int64)


def vector(values: Any, name: str, missing: Missing = "refuse") -> Floats:
    """Return a sequence of figures as floats (n,).

    Raises:
        InputError: when it is no sequence, is empty, or has a value that is missing (unless dropped) or no number.
    """
    array = np.asarray(values)
    if array.ndim != 1 or not len(array):
        raise InputError(name, f"has shape {array.shape}, expected a sequence of numbers")
    return numbers(array, name, missing, marks=False)


def names_of(names: Sequence[object] | None, count: int) -> NDArray[np.object_]:
    """Return the names of ``count`` units, or 0 … count - 1 where there are none.

    Raises:
        InputError: when there are more or fewer.
    """
    made = np.empty(count, dtype=object)
    listed = list(range(count)) if names is None else list(names)
    if len(listed) != count:
        raise InputError("names", f"has {len(listed)} entries for {count} units")
    made[:] = listed
    return made


def place_of(names: NDArray[np.object_], unit: object) -> int:
    """Return where a unit is among the names.

    Raises:
        InputError: when it is not there.
    """
    found = np.flatnonzero(names == unit)
    if not len(found):
        raise InputError("unit", f"there is no {shown(unit)}")
    return int(found[0])


def spread(values: Floats) -> Floats:
    """Return the range of each column, NaN left out; 0 where all is the same but for the last digits of a computer.

    >>> spread(np.array([[0.1, 5.0], [0.3 - 0.2, 7.0]])).tolist()
    [0.0, 2.0]
    """
    width = np.nanmax(values, 0) - np.nanmin(values, 0)
    return np.asarray(np.where(width > 1e-12 * np.nanmax(np.abs(values), 0), width, 0.0))


def matrix_of(values: Any, name: str = "matrix", axes: tuple[str, str] = ("rater", "unit")) -> Floats:
    """Return a raters × units table as floats of shape (raters, units); NaN and None are cells without a mark.

    Accepts an array, nested sequences, or a pandas or polars frame whose columns are the units. ``axes`` are the words
    for rows and columns in errors.

    Raises:
        InputError: when it is not two-dimensional, has no cell, or has a text or an infinity in it.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(name, f"has rows of different length, expected {axes[0]}s × {axes[1]}s") from None
    if array.ndim != 2 or not array.size:
        raise InputError(name, f"has shape {array.shape}, expected {axes[0]}s × {axes[1]}s")
    if array.dtype.kind in "iufb":
        made = array.astype(np.float64)
    else:
        made = np.full(array.shape, np.nan)
        for row, line in enumerate(array.tolist()):
            for unit, value in enumerate(line):
                if is_missing(value):
                    continue
                try:
                    made[row, unit] = float(value)
                except (TypeError, ValueError, OverflowError):
                    raise InputError(
                        f"{name}, {axes[1]} {unit}", f"{shown(repr(value))} is not a number", row
                    ) from None
    bad = np.argwhere(np.isinf(made))
    if len(bad):
        raise InputError(f"{name}, {axes[1]} {int(bad[0][1])}", "not a finite number", int(bad[0][0]))
    return made


def shares(weights: Mapping[Any, float], groups: Sequence[Hashable], name: str = "weights") -> Floats:
    """Return the weights of ``groups`` in their order, as shares that sum to one.

    Weights may be given as shares (they sum to 1) or in percent (they sum to 100).

    Raises:
        InputError: when a group has no weight, a weight is negative, unknown groups are weighted or the sum is
            neither 1 nor 100.
    """
    weights = dict(weights.items())  # a mapping, or a pandas Series
    missing = [shown(group) for group in groups if group not in weights]
    if missing:
        raise InputError(name, f"no weight for {', '.join(missing[:10])}")
    unknown = [str(group) for group, weight in weights.items() if group not in groups and weight]
    if unknown:
        raise InputError(name, f"nobody of {', '.join(unknown)} has marked anything; settle its weight first")
    for group, weight in weights.items():
        if isinstance(weight, str) or weight is None or not isfinite(weight) or weight < 0:
            raise InputError(
                name, f"the weight of {shown(group)} is {shown(repr(weight))}, expected a number from 0 up"
            )
    total = float(sum(float(weight) for weight in weights.values()))
    if not (isclose(total, 1, abs_tol=1e-9) or isclose(total, 100, abs_tol=1e-7)):
        raise InputError(name, f"the weights sum to {total:g}, expected 1 (or 100 percent)")
    return np.array([float(weights[group]) / total for group in groups])
