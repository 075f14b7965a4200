"""What a fitted model says: tables, fair averages, separation, fit against chance, and a summary in plain words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, shares
from yizhen.scoring.tables import Language, Note, Table, said

from .build import Tables
from .design import Design
from .fit import MeanSquares, Places, facet_fit, simulated_fit, within_sheet_correlation
from .kernel import moments

if TYPE_CHECKING:
    from .model import ManyFacetRasch

DEPENDENT = 0.1  # residual correlation within sheets above which errors are noticeably too small
SMALLEST_CLASS = 5  # a class of fewer raters is never told apart from its members


class Population(NamedTuple):
    """The ratees' normal population: mean and sd in logits, the nodes (Q,), and where each ratee may be (T, Q)."""

    mean: float
    sd: float
    nodes: Floats
    posterior: Floats


class Separation(NamedTuple):
    """How far the ratees stand apart: G = true sd / mean error, reliability G² / (1 + G²), levels (4 G + 1) / 3.

    Source: Wright & Masters 1982; Fisher 1992, Rasch Measurement Transactions 6, 238.
    """

    ratio: float
    reliability: float
    strata: float


@dataclass(frozen=True, repr=False)
class FacetsResult:
    """A fitted many-facet model.

    Tables ``ratees``, ``raters``, ``items``, ``thresholds`` have columns name, measure (logits), se, count, infit and
    outfit. After mml a ratee's measure is the mean of what is likely (pulled towards the population) and ``wle`` an
    estimate that is not; standard errors of the other facets come from the full observed information. After jml they
    are conditional, as published tables print them: too small. ``extreme`` marks who gave or got one end of the scale
    only (1 the highest grade, -1 the lowest). Without an item column ``items`` is empty.

    Severities are about persons: show none of a single rater in a class of fewer than five. ``summary`` and the
    plots never do.
    """

    model: ManyFacetRasch
    design: Design
    places: Places
    tables: Tables
    log_likelihood: float
    parameters: int
    population: Population | None
    covariance: Floats | None
    warnings: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        ratees, raters, items = self.design.shape
        return f"<FacetsResult: {ratees} ratees, {raters} raters, {items} items, {len(self.design.grade)} ratings>"

    @property
    def ratees(self) -> Table:
        """The ratees' table."""
        return self.tables.ratees

    @property
    def raters(self) -> Table:
        """The raters' table; measure is severity: higher means lower grades."""
        return self.tables.raters

    @property
    def items(self) -> Table:
        """The items' table; measure is difficulty."""
        return self.tables.items

    @property
    def thresholds(self) -> Table:
        """The thresholds' table: step k is passed from grade k - 1 to k."""
        return self.tables.thresholds

    @property
    def deviance(self) -> float:
        """-2 log-likelihood."""
        return -2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion with the number of ratees as sample size; smaller is better. For mml only."""
        return self.deviance + self.parameters * log(self.design.shape[0])

    @property
    def separation(self) -> Separation:
        """How many levels of ratees the ratings can tell apart."""
        measure = self.places.measure
        error = self.ratees["wle_se"] if "wle_se" in self.ratees else self.ratees["se"]
        noise = float(np.mean(error**2))
        index = sqrt(max(float(np.var(measure, ddof=1)) - noise, 0) / noise)
        return Separation(index, index**2 / (1 + index**2), (4 * index + 1) / 3)

    def ratee_covariance(self) -> Floats:
        """Return the covariance (T, T) of the ratees' ``wle``, errors of severities and steps included.

        Ratees judged by the same raters share those raters' errors; rank statements need this matrix.

        Raises:
            InputError: after jml, which has no such covariance.
        """
        if self.covariance is None:
            raise InputError("estimation", "jml has no joint covariance; use mml")
        m = self.places.moments(self.design)
        rating = self.design.ratings
        ratees, raters, items = self.design.shape
        count = m.above.shape[-1]
        slope = np.zeros((ratees, raters + items * count))
        np.add.at(slope, (rating.ratee.codes, rating.rater.codes), m.variance)
        for j in range(count):
            np.add.at(slope, (rating.ratee.codes, raters + rating.item.codes * count + j), m.with_score[:, j])
        slope /= np.bincount(rating.ratee.codes, m.variance, ratees)[:, None]
        return np.asarray(np.diag(self.ratees["wle_se"] ** 2) + slope @ self.covariance @ slope.T)

    def fair_averages(
        self,
        values: Sequence[float],
        *,
        classes: Mapping[Any, Hashable] | None = None,
        weights: Mapping[Any, float] | None = None,
        item_weights: Mapping[Any, float] | None = None,
    ) -> Table:
        """Return the score each ratee would have from average raters of every class, weighted by class.

        ``values`` are the points of the K grades, lowest first; ``classes`` maps raters to voter classes and
        ``weights`` classes to weights (shares or percent); items count equally without ``item_weights``. Columns:
        name, fair_average and se in points (the ratee's own error only).

        Raises:
            InputError: when values, classes or weights do not fit.
        """
        if len(values) != self.design.categories:
            raise InputError("values", f"has {len(values)} values for {self.design.categories} grades")
        rating = self.design.ratings
        groups, share = self._class_severities(classes, weights)
        items = rating.item.names.tolist()
        by_item = shares(item_weights, items, "item_weights") if item_weights else np.full(len(items), 1 / len(items))
        location = self.places.measure[:, None, None] - groups[None, :, None]
        m = moments(location, self.places.steps[None, None])
        points = np.asarray(values, float)
        p = np.exp(m.log_p)
        expected = p @ points
        order = np.arange(self.design.categories)
        slope = (p * (order - m.mean[..., None])) @ points
        weight = share[:, None] * by_item[None, :]
        error = self.ratees["wle_se"] if "wle_se" in self.ratees else self.ratees["se"]
        return Table(
            name=rating.ratee.names,
            fair_average=(expected * weight).sum((1, 2)),
            se=np.abs((slope * weight).sum((1, 2))) * error,
        )

    def _class_severities(
        self, classes: Mapping[Any, Hashable] | None, weights: Mapping[Any, float] | None
    ) -> tuple[Floats, Floats]:
        if classes is None:
            return np.array([self.places.severity.mean()]), np.ones(1)
        names = self.design.ratings.rater.names
        missing = [str(name) for name in names if name not in classes]
        if missing:
            raise InputError("classes", f"no class for {', '.join(missing[:5])}")
        member = np.array([str(classes[name]) for name in names])
        groups = list(dict.fromkeys(classes[name] for name in names))
        if weights is None:
            raise InputError("weights", "classes are given without their weights")
        share = shares(weights, groups)
        return np.array([self.places.severity[member == str(group)].mean() for group in groups]), share

    def fit_limits(self, draws: int = 200, level: float = 0.95, seed: int = 0) -> dict[str, Table]:
        """Return what infit and outfit would be by chance, from meetings simulated from the model.

        Tables ``ratee``, ``rater`` and ``item`` with columns name, infit, infit_low, infit_high, infit_p and the same
        of outfit; p is two-sided, from the simulated mean and sd of the cube root (Wilson & Hilferty 1931). Fixed
        limits such as 0.5-1.5 flag too much in small meetings and too little in large ones.

        Raises:
            InputError: when ``draws`` is below 20 or ``level`` not between 0 and 1.
        """
        if draws < 20 or not 0 < level < 1:
            raise InputError("draws, level", f"{draws} draws at level {level}; at least 20, and 0 to 1")
        simulated = simulated_fit(self.design, self.plausible_measures(draws, seed), self.places, seed + 1)
        observed = facet_fit(self.design, self.places)
        rating = self.design.ratings
        return {
            facet: Table(name=labels.names, **_limits(observed[facet], simulated[facet], level))
            for facet, labels in (("ratee", rating.ratee), ("rater", rating.rater), ("item", rating.item))
        }

    def plausible_measures(self, draws: int, seed: int) -> Floats:
        """Return measures drawn from what is likely after seeing the ratings, shape (draws, T)."""
        generator = np.random.default_rng(seed)
        if self.population is None:
            return np.repeat(self.places.measure[None, :], draws, 0)
        cumulative = np.cumsum(self.population.posterior, 1)
        at = [np.searchsorted(row, generator.random(draws) * row[-1]) for row in cumulative]
        return np.asarray(self.population.nodes[np.array(at)].T)

    def summary(
        self,
        language: Language = "zh",
        *,
        classes: Mapping[Any, Hashable] | None = None,
        minimum: int = SMALLEST_CLASS,
    ) -> str:
        """Say in plain words what was found; ``classes`` maps raters to voter classes.

        Severity is told as a spread, over all raters and over each class of at least ``minimum``; never of a person.
        """
        ratees, raters, items = self.design.shape
        separation = self.separation
        lines = [
            said(
                language,
                f"多侧面拉施模型：{ratees} 名被评对象、{raters} 名评议人、{items} 个项目、{len(self.design.grade)} 个评分。",
                f"Many-facet Rasch model: {ratees} ratees, {raters} raters, {items} item{'s' * (items > 1)}, "
                f"{len(self.design.grade)} ratings.",
            ),
            said(
                language,
                f"被评对象之间的差别：信度 {separation.reliability:.2f}，大约能分出 {separation.strata:.1f} 个层次；"
                "层次以内的先后没有意义。",
                f"Differences between ratees: reliability {separation.reliability:.2f}; about {separation.strata:.1f} "
                "levels can be told apart, and order within a level means nothing.",
            ),
            self._severity_sentence(language, None, raters, self.places.severity),
        ]
        if classes is not None:
            member = np.array([str(classes[name]) for name in self.design.ratings.rater.names])
            lines += [
                self._severity_sentence(
                    language, group, int((member == group).sum()), self.places.severity[member == group]
                )
                for group in sorted(set(member))
                if (member == group).sum() >= minimum
            ]
        complete = len(self.design.grade) == ratees * raters * items
        lines.append(
            said(
                language,
                "人人评了每一位，因此宽严校正不会改变名次，只说明评议人之间差别多大。"
                if complete
                else "有缺评：模型把各人评议人宽严不同的影响扣除后再比较。",
                "Everybody rated everyone, so correcting for severity changes no rank; it only tells how raters differ."
                if complete
                else "Some cells are missing: ratees are compared after allowing for which raters they had.",
            )
        )
        return "\n".join(lines + [_warned(language, warning) for warning in self.warnings])

    @staticmethod
    def _severity_sentence(language: Language, group: str | None, count: int, severity: Floats) -> str:
        if count < SMALLEST_CLASS:
            return said(language, "评议人不足 5 名，不显示宽严。", "Fewer than 5 raters: their severity is not shown.")
        spread = float(severity.std(ddof=1))
        zh = "评议人" if group is None else f"{group} 类评议人"
        en = "raters" if group is None else f"raters of class {group}"
        mean = "" if group is None else f"{float(severity.mean()):+.2f}"
        return said(
            language,
            f"{zh} {count} 名，宽严的标准差 {spread:.2f} logit" + (f"，平均 {mean}。" if mean else "。"),
            f"{count} {en}: severity has a standard deviation of {spread:.2f} logits"
            + (f", mean {mean}." if mean else "."),
        )


def _limits(observed: MeanSquares, simulated: MeanSquares, level: float) -> dict[str, Floats]:
    from scipy.stats import norm

    made: dict[str, Floats] = {}
    for name, value, drawn in (
        ("infit", observed.infit, simulated.infit),
        ("outfit", observed.outfit, simulated.outfit),
    ):
        root = np.cbrt(drawn)
        z = (np.cbrt(value) - root.mean(0)) / np.maximum(root.std(0, ddof=1), 1e-9)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        made |= {name: value, f"{name}_low": low, f"{name}_high": high, f"{name}_p": 2 * norm.sf(np.abs(z))}
    return made


def oddities(result: FacetsResult) -> tuple[Note, ...]:
    """Return what a reader must know about a result: grades nobody gave, one-grade raters, ratees that do not differ."""
    found = []
    empty = np.flatnonzero(result.design.level_counts().sum(0) == 0)
    if len(empty):
        listed = ", ".join(map(str, empty))
        found.append(
            Note(
                f"没有人给过等次 {listed}；该等次予以保留，其分界由弱先验限定",
                f"nobody gave grade {listed}; it is kept, and a weak prior holds its thresholds",
            )
        )
    one_grade = int((result.raters["extreme"] != 0).sum())
    if one_grade:
        found.append(
            Note(
                f"有 {one_grade} 名评议人只给最高或最低等次；其宽严由弱先验限定",
                f"{one_grade} raters gave one extreme grade only; a weak prior holds their severity",
            )
        )
    together = within_sheet_correlation(result.design, result.places)
    if together > DEPENDENT:
        found.append(
            Note(
                f"同一评议人对同一对象的各项评分并不独立（残差相关 {together:.2f}），标准误偏小；请以总体评价一项为准",
                f"marks of one rater for one ratee on several items hang together (residual correlation {together:.2f}), "
                "so standard errors are too small; rely on the overall item",
            )
        )
    if result.population is not None and result.population.sd < 0.1:
        found.append(
            Note(
                "评分看不出被评对象之间有超出偶然的差别", "the ratings show no difference between ratees beyond chance"
            )
        )
    return tuple(found)


def _warned(language: Language, warning: Note) -> str:
    return said(language, f"注意：{warning.zh}。", f"Note: {warning.en}.")
