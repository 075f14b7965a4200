"""Which choice moves the ranks: variance shared out among the factors, with intervals that may say "not estimable"."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.composite.model import CompositeIndex
from yizhen.scoring.inputs import Floats, InputError, place_of
from yizhen.scoring.tables import Language, Table, said

from .choices import Choices, draw_runs
from .result import FACTOR_NAMES
from .runs import make_plan, ranks_of

WIDEST = 0.25  # a 90 % interval wider than this tells nothing
RESAMPLES = 400


class Indices(NamedTuple):
    """Shares of variance by factor, each (d,) or (d, units): first order and total, with 5 and 95 % bounds.

    ``variance`` is that of the target, () or (units,); where it is nought the shares are NaN.
    """

    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    variance: Floats

    @property
    def estimable(self) -> NDArray[np.bool_]:
        """Where both intervals are narrow enough to be read."""
        with np.errstate(invalid="ignore"):
            return (self.first_high - self.first_low <= WIDEST) & (self.total_high - self.total_low <= WIDEST)


def variance_shares(a: Any, b: Any, ab: Any, *, resamples: int = RESAMPLES, seed: int = 0) -> Indices:
    """Return first-order and total shares of variance from a radial design.

    ``a`` and ``b`` are the target in two independent samples, (N,) or (N, units); ``ab`` (d, N) or (d, N, units) that in
    ``a`` with one factor as in ``b``. The bounds are percentiles of bootstrap resamples of the N rows.

    Raises:
        InputError: when the shapes do not fit, or N is less than 8.

    Source: Saltelli et al. 2010, Computer Physics Communications 181, 259-270, first order (b) and Jansen's total (f).

    >>> generator = np.random.default_rng(1)
    >>> x, y = generator.random((2, 4000, 2))
    >>> swapped = [np.column_stack([y[:, 0], x[:, 1]]), np.column_stack([x[:, 0], y[:, 1]])]
    >>> model = lambda at: 2 * at[:, 0] + at[:, 1]
    >>> variance_shares(model(x), model(y), [model(one) for one in swapped]).total.round(1).tolist()
    [0.8, 0.2]
    """
    a, b, ab = (np.asarray(one, float) for one in (a, b, ab))
    if a.shape != b.shape or ab.shape[1:] != a.shape or a.ndim not in (1, 2):
        raise InputError("ab", f"shapes {a.shape}, {b.shape} and {ab.shape} do not fit")
    if len(a) < 8:
        raise InputError("a", f"{len(a)} runs; expected 8 or more")
    flat = a.ndim == 1
    if flat:
        a, b, ab = a[:, None], b[:, None], ab[:, :, None]
    least = 1e-20 * np.maximum(np.abs(a).max(0), np.abs(b).max(0)) ** 2  # less is only the computer's
    middle = (a.mean(0) + b.mean(0)) / 2  # centred, products lose less
    a, b, ab = a - middle, b - middle, ab - middle
    generator = np.random.default_rng(seed)
    times = generator.multinomial(len(a), np.full(len(a), 1 / len(a)), resamples) / len(a)
    weights = np.vstack([np.full(len(a), 1 / len(a)), times])  # the sample itself, then its resamples
    variance = (weights @ (a**2) + weights @ (b**2)) / 2 - ((weights @ a + weights @ b) / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(variance > least, variance, np.nan)
        first = np.stack([weights @ (b * (one - a)) / scale for one in ab])
        total = np.stack([weights @ (0.5 * (a - one) ** 2) / scale for one in ab])
    bounds = [
        np.quantile(np.ascontiguousarray(np.moveaxis(one[:, 1:], 1, -1)), [0.05, 0.95], axis=-1)
        for one in (first, total)
    ]
    made = [first[:, 0], *bounds[0], total[:, 0], *bounds[1], variance[0]]
    return Indices(*(one[..., 0] for one in made)) if flat else Indices(*made)


def sensitivity(
    index: CompositeIndex, data: Any, *, unit: str, choices: Choices, base: int = 1000, seed: int = 0
) -> "SensitivityResult":
    """Share the variance of the ranks out among the choices, over all units and for each.

    Takes ``base`` × (factors + 2) runs. The overall target is the mean absolute shift of ranks from the index as it
    stands; each unit's target is its rank. It is sensitivity to choices, not to sampling.

    Raises:
        InputError: as :func:`robustness`; or when only one factor varies.

    Source: Saisana, Saltelli & Tarantola 2005, JRSS A 168, 307-323.

    >>> from yizhen.scoring.composite import CompositeIndex, Framework, Group, Indicator, Goalposts
    >>> from yizhen.scoring.robustness import Choices, WeightNoise, sensitivity
    >>> posts = {"worst": 0, "best": 10}
    >>> framework = Framework([Indicator("a", "all", **posts), Indicator("b", "all", **posts)], [Group("all")])
    >>> data = {"town": ["x", "y", "z"], "a": [9, 6, 1], "b": [5, 7, 1]}
    >>> choices = Choices(weights=WeightNoise(0.5), normalisations=[Goalposts(0, 100), Goalposts(0, 1)])
    >>> made = sensitivity(CompositeIndex(framework), data, unit="town", choices=choices, base=200)
    >>> made.table["factor"].tolist(), made.table["total"].round(1).tolist()
    (['weights', 'normalisation'], [1.0, 0.0])
    """
    if len(choices.factors) < 2:
        raise InputError("choices", "only one factor varies: all variance is its own")
    plan = make_plan(index, choices, data, unit, seed)
    generator = np.random.default_rng(seed)
    a, b = (draw_runs(choices, index.framework, base, generator) for _ in range(2))
    ranks = [ranks_of(plan, runs).astype(float) for runs in (a, b, *(a.with_factor(one, b) for one in choices.factors))]
    shift = [np.abs(one - plan.nominal).mean(1) for one in ranks]
    return SensitivityResult(
        plan.cells.names,
        choices.factors,
        variance_shares(shift[0], shift[1], np.array(shift[2:]), seed=seed),
        variance_shares(ranks[0], ranks[1], np.array(ranks[2:]), seed=seed),
        base * (len(choices.factors) + 2),
    )


@dataclass(frozen=True, repr=False)
class SensitivityResult:
    """Shares of variance: ``overall`` (d,), of the mean shift of ranks; ``each`` (d, n), of each unit's own rank."""

    names: NDArray[np.object_]
    factors: tuple[str, ...]
    overall: Indices
    each: Indices
    runs: int

    def __repr__(self) -> str:
        return f"<SensitivityResult: {', '.join(self.factors)}; {len(self.names)} units, {self.runs} runs>"

    @property
    def table(self) -> Table:
        """Table of factor, first, first_low, first_high, total, total_low, total_high, estimable: overall."""
        return self._table(self.overall)

    def unit(self, name: object) -> Table:
        """Return the same table for one unit's rank; NaN where its rank never moved.

        Raises:
            InputError: when there is no such unit.
        """
        at = place_of(self.names, name)
        return self._table(Indices(*(one[..., at] for one in self.each)))

    def _table(self, indices: Indices) -> Table:
        columns = {name: values for name, values in indices._asdict().items() if name != "variance"}
        return Table(factor=np.array(self.factors, object), **columns, estimable=indices.estimable)

    def summary(self, language: Language = "zh") -> str:
        """Say which choice moves the ranks most, and what cannot be told."""
        if np.isnan(self.overall.total).all():
            return said(language, "这些做法都不改变名次。", "None of these choices moves a rank.")
        rows = sorted(self.table.rows(), key=lambda row: -row["total"])
        parts = [self._said(row, language) for row in rows]
        never = int(np.isnan(self.each.total[0]).sum())
        head = said(
            language,
            f"名次的变动来自哪里（{self.runs:,} 次重算，{len(self.names)} 个单位）：",
            f"Where the shifts of ranks come from ({self.runs:,} runs, {len(self.names)} units): ",
        )
        tail = said(language, f"{never} 个单位的名次从不变动。", f" The ranks of {never} units never move.")
        return head + said(language, "；", "; ").join(parts) + said(language, "。", ".") + (tail if never else "")

    def _said(self, row: dict[str, Any], language: Language) -> str:
        name = FACTOR_NAMES[row["factor"]][0 if language == "zh" else 1]
        if not row["estimable"]:
            return said(language, f"{name}——估计不准，不作判断", f"{name} - not estimable")
        return said(
            language,
            f"{name}：单独 {max(row['first'], 0):.0%}，连同与其他做法的配合 {row['total']:.0%}",
            f"{name}: {max(row['first'], 0):.0%} alone, {row['total']:.0%} with what it does together with others",
        )
