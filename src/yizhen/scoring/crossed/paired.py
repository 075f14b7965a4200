"""Weighted class means with the errors that the raters in common imply, without a model; and bootstraps by rater."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.sparse.csgraph import connected_components

from yizhen.scoring.inputs import Floats, InputError, Missing
from yizhen.scoring.tables import Language, Table, said

from .model import read_crossing
from .numeric import of_differences
from .reml import Crossing

FEWEST_TO_RESAMPLE = 10  # raters in a class; with 3 to 5 a 95 % percentile bootstrap covers about 83 %


@dataclass(frozen=True)
class PairedScores:
    """Weighted class means of T ratees; ``estimate`` (T,), ``covariance`` and ``df`` (T, T) as for differences.

    ``shrinkage`` says, class by class, how far the covariance was pulled towards equal variances and covariances
    (1: wholly, as with two raters; the error is then pooled over ratees and must be labelled so).
    """

    names: np.ndarray[tuple[int], np.dtype[np.object_]]
    estimate: Floats
    covariance: Floats
    df: Floats
    own_df: Floats
    shrinkage: dict[Any, float]

    @property
    def for_ranks(self) -> dict[str, Any]:
        """What :func:`rank_sets` and its kin want to know: ``rank_sets(**scores.for_ranks)``.

        df is that of the least certain difference, since the statements are about all of them.
        """
        df = float(self.df.min())
        return {
            "estimates": self.estimate,
            "covariance": self.covariance,
            "df": df if np.isfinite(df) else None,
            "names": list(self.names),
        }

    def summary(self, language: Language = "zh") -> str:
        """Say each ratee's weighted mean with its interval, highest first, and where the error is pooled."""
        table = self.scores
        lines = [
            f"{self.names[at]}{said(language, '：', ': ')}{self.estimate[at]:.2f} "
            f"({table['low'][at]:.2f} – {table['high'][at]:.2f})"
            for at in np.argsort(-self.estimate, kind="stable")
        ]
        pooled = [str(name) for name, pull in self.shrinkage.items() if pull == 1]
        if pooled:
            lines.append(
                said(
                    language,
                    f"{'、'.join(pooled)} 类只有两名评议人，误差借用各对象的平均。",
                    f"Class {', '.join(pooled)} has two raters: its error is pooled over ratees.",
                )
            )
        return "\n".join(
            [said(language, "各类平均按权重相加及 95% 区间：", "Weighted class means with 95 % intervals:"), *lines]
        )

    @property
    def scores(self) -> Table:
        """Table of name, score, se, df, low and high (95 %)."""
        se = np.sqrt(np.diag(self.covariance))
        margin = stats.t.ppf(0.975, self.own_df) * se
        low, high = self.estimate - margin, self.estimate + margin
        return Table(name=self.names, score=self.estimate, se=se, df=self.own_df, low=low, high=high)


def paired_scores(
    data: Any,
    *,
    ratee: str,
    rater: str,
    score: str,
    group: str | None = None,
    weights: Mapping[Any, float] | None = None,
    missing: Missing = "refuse",
) -> PairedScores:
    """Return weighted class means and the covariance of their errors over raters.

    Arguments as in :meth:`CrossedModel.fit`. The same raters mark all ratees, so the error of a difference comes from
    differences within raters; taking the errors as independent makes rank intervals a third too wide.

    Raises:
        InputError: as :meth:`CrossedModel.fit`; also when a class rated some ratee with fewer than two raters.

    Source: Satterthwaite 1946, Biometrics Bulletin 2, 110-114; Schäfer & Strimmer 2005, Stat. Appl. Genet. Mol. Biol. 4.

    >>> rows = [(t, r, 80 + 3 * t + 2 * r + (t * r) % 3) for t in range(3) for r in range(5)]
    >>> data = dict(zip(["town", "rater", "score"], zip(*rows)))
    >>> made = paired_scores(data, ratee="town", rater="rater", score="score")
    >>> bool(made.covariance[0, 1] > 0)
    True
    """
    ratings, groups, share, crossed = read_crossing(data, ratee, rater, score, group, weights, missing)
    ratees = crossed.ratees
    estimate: Floats = np.zeros(ratees)
    covariance: Floats = np.zeros((ratees, ratees))
    spread, own = np.zeros((ratees, ratees)), np.zeros(ratees)
    shrinkage = {}
    for name, weight, rated, total in zip(groups.names, share, crossed.rated, crossed.total, strict=True):
        number = rated.sum(0)
        if number.min() < 2:
            who = ratings.ratee.names[int(number.argmin())]
            raise InputError(ratee, f"{who} has {int(number.min())} marks of class {name}: an error needs two")
        each, pull = class_covariance(rated, rated * (total - total.sum(0) / number))
        shrinkage[name] = pull
        pairs = rated.T @ rated
        part = weight**2 * pairs / np.outer(number, number) * each
        pooled = (len(rated) - 1) * (ratees - 1) if pull == 1 else 0
        estimate += weight * total.sum(0) / number
        covariance += part
        spread += of_differences(part) ** 2 / np.maximum(np.maximum(pairs - 1, 1), pooled)
        own += np.diag(part) ** 2 / (number - 1)
    covariance = _definite(covariance)
    difference = of_differences(covariance)
    certain = difference <= 1e-12 * max(float(np.diag(covariance).max()), 1e-300)  # marked alike, and nothing pooled
    df = np.where(certain, np.inf, np.maximum(difference**2 / np.maximum(spread, 1e-300), 1))
    return PairedScores(
        ratings.ratee.names,
        estimate,
        covariance,
        df,
        np.maximum(np.diag(covariance) ** 2 / np.maximum(own, 1e-300), 1),
        shrinkage,
    )


def _definite(covariance: Floats) -> Floats:
    """Return the nearest covariance: pairwise sums over missing cells may have slightly negative directions."""
    values, vectors = np.linalg.eigh(covariance)
    if values.min() >= 0:
        return covariance
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)


def class_covariance(rated: Floats, gap: Floats) -> tuple[Floats, float]:
    """Return the covariance (T, T) over the raters of a class, and how far it was shrunken.

    ``gap`` (R, T) are marks less the ratee's mean, 0 where ``rated`` is 0. With missing cells or no more raters than
    ratees it is pulled towards equal variances and covariances, as far as its noise demands; with two raters wholly.
    """
    raters, ratees = rated.shape
    pairs = rated.T @ rated
    raw = gap.T @ gap / np.maximum(pairs - 1, 1)
    if raters > ratees and pairs.min() == raters:
        return raw, 0.0
    equal = np.full((ratees, ratees), raw[~np.eye(ratees, dtype=bool)].mean())
    np.fill_diagonal(equal, np.diag(raw).mean())
    if raters <= 2:
        return equal, 1.0
    mean = gap.T @ gap / raters
    squares = (gap**2).T @ gap**2 - raters * mean**2
    noise = raters / (raters - 1) ** 3 * squares
    pull = float(np.clip(noise.sum() / max(float(((raw - equal) ** 2).sum()), 1e-300), 0, 1))
    return np.asarray((1 - pull) * raw + pull * equal), pull


def bootstrap_raters(data: Crossing, draws: int = 2000, seed: int = 0) -> Floats:
    """Return scores of the additive model for raters drawn anew within each class, shape (draws, T).

    Scores are deviations from the mean of the ratees; NaN in draws whose design falls apart. For functionals that have
    no formula (a median, a rank, a grade). Raters are drawn, never single ballots: marks of one rater hang together.

    Raises:
        InputError: when a class has fewer than 10 raters; percentile intervals are too short there.

    Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, ch. 3; Schur complement over raters.

    >>> from yizhen.scoring.crossed import CrossedModel
    >>> from yizhen.scoring.simulate import simulate_points
    >>> data, _ = simulate_points(1, ratees=4, sizes=(12,))
    >>> result = CrossedModel().fit(data, ratee="town", rater="rater", score="score")
    >>> bootstrap_raters(result.data, draws=5).shape
    (5, 4)
    """
    for members in data.members:
        if len(members) < FEWEST_TO_RESAMPLE:
            raise InputError("group", f"a class of {len(members)} raters is too small to resample; use the t interval")
    generator = np.random.default_rng(seed)
    rated, total = np.concatenate(data.rated), np.concatenate(data.total)
    raters, ratees = rated.shape
    number = rated.sum(1)
    outer = np.einsum("rt,ru->rtu", rated / number[:, None], rated).reshape(raters, -1)
    right = total - rated * (total.sum(1) / number)[:, None]
    times = np.hstack(
        [generator.multinomial(len(one), np.full(len(one), 1 / len(one)), draws) for one in data.members]
    ).astype(np.float64)
    made = np.empty((draws, ratees))
    for first in range(0, draws, 250):
        some = times[first : first + 250]
        marks = some @ rated
        shared = (some @ outer).reshape(-1, ratees, ratees)
        left = 1.0 - shared  # the constant is free: any one will do
        left[:, np.arange(ratees), np.arange(ratees)] += marks + 1e-9
        made[first : first + 250] = np.linalg.solve(left, (some @ right)[..., None])[..., 0]
        # Nothing ties two parts of a drawn design together: their difference would be made up.
        loose = np.flatnonzero((shared <= 0).any(2).all(1))
        apart = [draw for draw in loose if connected_components(shared[draw] > 0, directed=False)[0] > 1]
        made[first + np.array(apart, dtype=np.int64)] = np.nan
    return np.asarray(made - made.mean(1, keepdims=True))
