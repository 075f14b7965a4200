"""100-point marks that sit on round numbers and just on the lines."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from yizhen.scoring.inputs import InputError, numbers

from .flags import Screen, screen


def heaping(scores: Any, *, lines: Sequence[int] = (), rate: float = 0.05) -> Screen:
    """Look for marks on round numbers (last digit) and exactly on the cut-offs of grades, in whole points.

    Rows: ``last digit`` (chi-square against equal digits; statistic the share of 0 and 5), then one for each line:
    marks on it against marks five points (for round lines, else one point) to either side, which heap alike
    (statistic: the share on the line of the three; a third by chance). Round numbers are a habit; a peak on a line
    means that the grade was chosen first. Columns name, statistic, count.

    Raises:
        InputError: when there are fewer than 30 marks, or a mark is no whole number.

    Source: heaping as in Heitjan & Rubin 1991, Annals of Statistics 19, 2244-2253.

    >>> screen = heaping([90] * 20 + [85] * 5 + [95] * 5, lines=[90])
    >>> bool(screen.table.row("line 90")["flagged"])
    True
    """
    marks = numbers(np.asarray(scores), "scores", "drop")
    if np.isnan(marks).any():
        raise InputError(
            "scores", "NaN; leave out the marks that were not given", int(np.flatnonzero(np.isnan(marks))[0])
        )
    if len(marks) < 30:
        raise InputError("scores", f"{len(marks)} marks; fewer than 30 tell nothing")
    uneven = np.flatnonzero(marks != np.floor(marks))
    if len(uneven):
        raise InputError("scores", f"{marks[uneven[0]]:g} is not a whole number", int(uneven[0]))
    whole = marks.astype(np.int64)
    digits = np.bincount(np.abs(whole) % 10, minlength=10)
    names, statistic, count, p = ["last digit"], [(digits[0] + digits[5]) / len(whole)], [len(whole)], [
        float(stats.chisquare(digits).pvalue)
    ]  # fmt: skip
    for line in lines:
        aside = 5 if line % 5 == 0 else 1
        on, near = int((whole == line).sum()), int(np.isin(whole, (line - aside, line + aside)).sum())
        names.append(f"line {line}")
        statistic.append(on / max(on + near, 1))
        count.append(on + near)
        p.append(float(stats.binomtest(on, on + near, 1 / 3, alternative="greater").pvalue) if on + near else 1.0)
    columns = {"name": np.array(names, dtype=object), "statistic": np.array(statistic), "count": np.array(count)}
    return screen(("分数扎堆", "Marks that heap"), columns, np.array(p), rate)
