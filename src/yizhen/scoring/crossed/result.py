"""Standardised scores with their errors, and two checks of the model that produced them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from yizhen.scoring.inputs import Floats, Integers, Labels, Ratings
from yizhen.scoring.ranks.sets import competition
from yizhen.scoring.tables import Language, Note, Table, names_joined, said

from .numeric import numeric_derivatives, of_differences
from .reml import Crossing, Ratios, Solution, restricted, solve

HUBER = 1.345  # 95 % efficient under the normal distribution
AS_PARAMETER = 1e6  # a variance ratio at which nothing is shrunken: the effect is as good as fixed
FEWEST_IN_CLASS, FEWEST_EFFECTIVE = 5, 10


class Components(NamedTuple):
    """Variances in squared points; ``ratee`` is None when ratees are fixed."""

    rater: float
    interaction: float
    residual: float
    ratee: float | None


class Differences(NamedTuple):
    """All pairs a, b of ratees, each (T, T): score a - score b, its standard error, its degrees of freedom."""

    estimate: Floats
    se: Floats
    df: Floats


class Check(NamedTuple):
    """Scores by another method beside the standardised ones, never in their place.

    ``table`` has columns name, score, other, difference, and z where it can be had; ``largest_rank_change`` in places;
    ``alarming`` when the two disagree by more than chance explains.
    """

    table: Table
    largest_rank_change: int
    alarming: bool


@dataclass(frozen=True, repr=False)
class CrossedResult:
    """A fitted linear model: ``scores``, their ``covariance`` and ``differences``, variance ``components``.

    ``solution.ratee`` and ``solution.rater`` hold the effects of single ratees and raters; those of raters are about
    persons and are for checks only.
    """

    ratings: Ratings
    groups: Labels
    weights: Floats
    data: Crossing
    ratios: Ratios
    solution: Solution
    components: Components
    freedom: int
    log_likelihood: float
    warnings: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        return (
            f"<CrossedResult: {self.data.ratees} ratees, {len(self.ratings.rater)} raters, {len(self.ratings)} ratings>"
        )

    @property
    def estimate(self) -> Floats:
        """The standardised scores (T,), in points."""
        made: Floats = self.weights @ self.solution.cells
        return made

    @cached_property
    def covariance(self) -> Floats:
        """The covariance (T, T) of the scores' errors, in squared points."""
        return self.components.residual * self.solution.covariance(self.weights)

    @property
    def scores(self) -> Table:
        """Table of name, score, se, df, low and high (95 %), and count of ratings."""
        variance = np.diag(self.covariance)
        df = self._satterthwaite(variance, np.array([np.diag(one) for one in self._covariance_slopes[0]]))
        margin = stats.t.ppf(0.975, df) * np.sqrt(variance)
        count = np.bincount(self.ratings.ratee.codes)
        return Table(
            name=self.ratings.ratee.names,
            score=self.estimate,
            se=np.sqrt(variance),
            df=df,
            low=self.estimate - margin,
            high=self.estimate + margin,
            count=count,
        )

    @cached_property
    def differences(self) -> Differences:
        """All pairwise differences; the raters common to both make them surer than two separate errors suggest."""
        variance = of_differences(self.covariance)
        slopes = np.array([of_differences(one) for one in self._covariance_slopes[0]])
        np.fill_diagonal(variance, 1.0)
        df = self._satterthwaite(variance, slopes)
        np.fill_diagonal(variance, 0.0)
        return Differences(self.estimate[:, None] - self.estimate, np.sqrt(variance), df)

    @cached_property
    def _covariance_slopes(self) -> tuple[Floats, Floats]:
        """Return d covariance / d component (C, T, T) for the components that are not zero, and their covariance."""
        full, free, of_components = component_covariance(self.data, self.components)

        def covariance(at: Floats) -> Floats:
            return np.asarray(at[2] * solve(self.data, _ratios(at)).covariance(self.weights))

        slopes = []
        for component in free:
            shift = np.zeros(len(full))
            shift[component] = 1e-3 * full[component]
            slopes.append((covariance(full + shift) - covariance(full - shift)) / (2 * shift[component]))
        return np.array(slopes), of_components

    def _satterthwaite(self, variance: Floats, slopes: Floats) -> Floats:
        """Return 2 V² / Var(V), the degrees of freedom of a chi-square with V's mean and variance."""
        of_components = self._covariance_slopes[1]
        noise = np.einsum("i...,ij,j...->...", slopes, of_components, slopes)
        limit = float(self.freedom)
        return np.asarray(np.clip(2 * variance**2 / np.maximum(noise, 1e-300), 1.0, limit))

    @property
    def for_ranks(self) -> dict[str, Any]:
        """What :func:`rank_sets` and its kin want to know: ``rank_sets(**result.for_ranks)``."""
        df = float(self.differences.df[np.triu_indices(self.data.ratees, 1)].min())
        names = list(self.ratings.ratee.names)
        return {"estimates": self.estimate, "covariance": self.covariance, "df": df, "names": names}

    @property
    def unmarked(self) -> list[tuple[Any, Any]]:
        """Pairs (ratee, class) without a mark: what that class would have given is inferred from the others."""
        return [
            (self.ratings.ratee.names[ratee], group)
            for group, rated in zip(self.groups.names, self.data.rated, strict=True)
            for ratee in np.flatnonzero(rated.sum(0) == 0)
        ]

    @property
    def effective_raters(self) -> float:
        """1 / Σ weight² / raters: how many equally powerful raters would give the same error."""
        counts = np.array([len(one) for one in self.data.members])
        return float(1 / (self.weights**2 / counts).sum())

    @property
    def publishable(self) -> bool:
        """Whether there are enough raters (5 a class, 10 effective) to print more than the declared result."""
        fewest = min(len(one) for one in self.data.members)
        return fewest >= FEWEST_IN_CLASS and self.effective_raters >= FEWEST_EFFECTIVE

    def huber(self, c: float = HUBER) -> Check:
        """Return scores that single odd marks move less: residuals beyond ``c`` standard deviations are pulled in.

        A check: a large change of ranks says that few marks decide. The variances stay as estimated.

        Source: Huber 1981, Robust Statistics, ch. 7 (pseudo-values).
        """
        data, solution, scale = self.data, self.solution, self.components.residual**0.5
        group = np.empty(len(self.ratings.rater), np.int64)
        for number, members in enumerate(data.members):
            group[members] = number
        for _ in range(100):
            expected = solution.cells[group[data.rater], data.ratee] + solution.rater[data.rater]
            pulled = expected + np.clip(data.score - expected, -c * scale, c * scale)
            before = solution.cells
            solution = solve(data.with_scores(pulled), self.ratios)
            if np.abs(solution.cells - before).max() < 1e-8 * scale:
                break
        return self._beside(self.weights @ solution.cells, None)

    def fixed_raters(self) -> Check:
        """Return the scores of the same model whose raters are parameters, centred like the standardised ones.

        Raters who stay away by chance make no difference; when those who stay away differ in severity, the random
        model is biased and this one is not. A large z says so; silence says nothing below
        about 15 raters. In a complete meeting the two are the same.

        Source: Hausman 1978, Econometrica 46, 1251-1271.
        """
        fixed = solve(self.data, self.ratios._replace(rater=AS_PARAMETER))
        centre = np.eye(self.data.ratees) - 1 / self.data.ratees
        gap = centre @ (self.weights @ fixed.cells - self.estimate)
        more = self.components.residual * fixed.covariance(self.weights) - self.covariance
        variance = np.diag(centre @ more @ centre)
        noise = 1e-6 * float(np.diag(centre @ self.covariance @ centre).mean())  # what rounding leaves
        z = np.where(variance > noise, gap / np.sqrt(np.maximum(variance, 1e-300)), 0)
        return self._beside(self.estimate + gap, z)

    def _beside(self, other: Floats, z: Floats | None) -> Check:
        change = np.abs(competition(other.round(9)) - competition(self.estimate.round(9))).max()
        own = {"z": z} if z is not None else {}
        table = Table(
            name=self.ratings.ratee.names, score=self.estimate, other=other, difference=other - self.estimate, **own
        )
        if z is None:  # a common shift changes nothing between ratees
            moved = np.abs(other - self.estimate - (other - self.estimate).mean()).max()
            alarming = bool(change and moved > np.sqrt(np.diag(self.covariance)).mean())
        else:
            alarming = bool(np.abs(z).max() > stats.norm.ppf(1 - 0.025 / len(z)))
        return Check(table, int(change), alarming)

    def summary(self, language: Language = "zh") -> str:
        """Say in plain words what was found, without a word about a single rater."""
        lines = self._what_was_found(language)
        lines += [said(language, f"注意：{note.zh}。", f"Note: {note.en}.") for note in self.warnings]
        if not self.publishable:
            few = said(
                language,
                "评议人太少（某类不足 5 名，或等效不足 10 名）：只公布按规则计算的结果。",
                "Too few raters (a class below 5, or fewer than 10 effective): print the declared result only.",
            )
            return "\n".join([*lines, few])
        return "\n".join([*lines, *self._cautions(language), self._highest(language)])

    def _what_was_found(self, language: Language) -> list[str]:
        c, effective = self.components, self.effective_raters
        total = c.rater + c.interaction + c.residual
        error = float(self.scores["se"].mean())
        raters = len(self.ratings.rater)
        return [
            said(
                language,
                f"线性混合模型：{self.data.ratees} 名被评对象、{raters} 名评议人、{len(self.ratings)} 个评分；"
                f"相当于 {effective:.1f} 名等权评议人。",
                f"Linear mixed model: {self.data.ratees} ratees, {raters} raters, {len(self.ratings)} ratings; "
                f"worth {effective:.1f} raters of equal power.",
            ),
            said(
                language,
                f"分数差异的来源：评议人宽严 {c.rater / total:.0%}、不同类别看法不同 {c.interaction / total:.0%}、"
                f"其余 {c.residual / total:.0%}。标准化分的标准误平均 {error:.2f} 分。",
                f"Where marks differ: severity of raters {c.rater / total:.0%}, classes seeing a ratee differently "
                f"{c.interaction / total:.0%}, the rest {c.residual / total:.0%}. Mean standard error {error:.2f} points.",
            ),
        ]

    def _cautions(self, language: Language) -> list[str]:
        found = []
        for check, zh, en in (
            (self.huber(), "少数异常评分", "a few odd marks"),
            (self.fixed_raters(), "缺席不是随机的", "absence that is not random"),
        ):
            if check.alarming:
                change = check.largest_rank_change
                found.append(
                    said(
                        language,
                        f"注意：结果可能受{zh}影响（换一种算法，名次最多相差 {change} 位）。",
                        f"Note: {en} may matter (by another method ranks differ by up to {change}).",
                    )
                )
        if self.unmarked:
            who = names_joined([f"{ratee} ({group})" for ratee, group in self.unmarked[:10]], language)
            found.append(
                said(
                    language,
                    f"注意：下列对象有整类没有评（括号内为类别），该类的看法由其他类推算：{who}。",
                    f"Note: a whole class (in brackets) marked none of these; what it would have given is inferred: {who}.",
                )
            )
        return found

    def _highest(self, language: Language) -> str:
        names = names_joined(self.ratings.ratee.names[np.argsort(-self.estimate)[:3]], language)
        return said(
            language,
            f"标准化分最高的三位：{names}；相邻两位是否真有差别，请看名次区间。",
            f"Highest three: {names}; whether neighbours differ at all is for the rank sets to say.",
        )


def component_covariance(data: Crossing, components: Components) -> tuple[Floats, Integers, Floats]:
    """Return the variances, which of them are not zero (C), and the covariance (C, C) of those, from the likelihood."""
    full = np.array([value for value in components if value is not None])
    free = np.flatnonzero(full > 1e-6 * components.residual)

    def minus_log_likelihood(at: Floats) -> float:
        return -restricted(data, _ratios(at)).log_likelihood(float(at[2]))

    _, information = numeric_derivatives(minus_log_likelihood, full, free, 0.02 * full[free])
    return full, free, np.linalg.pinv(information, hermitian=True)


def _ratios(components: Floats) -> Ratios:
    rater, interaction, residual, *ratee = components.tolist()
    return Ratios(rater / residual, interaction / residual, ratee[0] / residual if ratee else None)
