"""Points by rule: means of 100-point marks, step functions, points for a rank, quotas, ties and thresholds.

Everything here is exact (``Fraction``); what a local rule prescribes is data, with its source beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal, TypeVar

Exact = Fraction | Decimal | int
Ties = Literal["min", "max", "dense"]
Key = TypeVar("Key")


def mean_score(scores: Sequence[Exact], cut: int = 0) -> Fraction:
    """Return the mean of marks without the ``cut`` highest and the ``cut`` lowest.

    Cutting is for rules that prescribe it. It costs precision in small panels (14 % of variance with 5 marks) and
    protects against no coalition.

    Raises:
        ValueError: when nothing is left.

    >>> mean_score([70, 80, 85, 90, 100], cut=1)
    Fraction(85, 1)
    """
    if cut < 0 or len(scores) <= 2 * cut:
        raise ValueError(f"{len(scores)} marks: none is left after dropping {cut} at each end")
    kept = sorted(Fraction(score) for score in scores)[cut : len(scores) - cut]
    return sum(kept, Fraction(0)) / len(kept)


def median_score(scores: Sequence[Exact]) -> Fraction:
    """Return the median of marks, exactly.

    Raises:
        ValueError: when there is none.

    >>> median_score([70, 85, 90, 95])
    Fraction(175, 2)
    """
    if not scores:
        raise ValueError("no mark: there is no median")
    return mean_score(scores, (len(scores) - 1) // 2)


def declare_scores(
    by_class: Mapping[str, Sequence[Exact]],
    weights: Mapping[str, int],
    *,
    method: Literal["mean", "trimmed", "median"] = "mean",
    cut: int = 1,
    full: int = 100,
) -> tuple[Fraction | None, dict[str, Fraction]]:
    """Return the weighted total of 100-point sheets and the class scores, exactly; None without a mark.

    Weights of classes without a mark are shared out among the others.

    Raises:
        ValueError: naming the class: a mark outside 0 to ``full``, a class without a weight, the method unknown.

    >>> total, _ = declare_scores({"A": [90, 80], "B": [70]}, {"A": 60, "B": 40})
    >>> total
    Fraction(79, 1)
    """
    if method not in ("mean", "trimmed", "median"):
        raise ValueError(f"method: {method!r} is none of mean, trimmed, median")
    scores: dict[str, Fraction] = {}
    for code, marks in by_class.items():
        if weights.get(code, -1) < 0:
            raise ValueError(f"class {code}: the weight is missing or negative")
        for row, mark in enumerate(marks):
            if not 0 <= mark <= full:
                raise ValueError(f"class {code}, row {row}: {mark} is outside 0 to {full}")
        if marks:
            scores[code] = median_score(marks) if method == "median" else mean_score(marks, cut * (method == "trimmed"))
    weight = sum(weights[code] for code in scores)
    if not weight:
        return None, scores
    return sum((weights[code] * score for code, score in scores.items()), Fraction(0)) / weight, scores


@dataclass(frozen=True)
class StepRule:
    """Points by the excellent rate, with a lower line when the negative rate is high; rates in percent.

    ``steps`` are (least excellent rate, points), highest first; below all of them a negative rate of at least
    ``negative_line`` gives ``negative_points``, else ``otherwise``.

    Raises:
        ValueError: when the steps are not in falling order.
    """

    steps: tuple[tuple[Fraction, Fraction], ...]
    otherwise: Fraction
    negative_line: Fraction
    negative_points: Fraction

    def __post_init__(self) -> None:
        lines = [line for line, _ in self.steps]
        if lines != sorted(set(lines), reverse=True):
            raise ValueError(f"steps: the lines {', '.join(map(str, lines))} do not fall")

    def points(self, excellent_rate: Exact, negative_rate: Exact) -> Fraction:
        """Return the points. Give it exact rates: a rounded 33.33 is below the one-third line."""
        for line, points in self.steps:
            if excellent_rate >= line:
                return points
        return self.negative_points if Fraction(negative_rate) >= self.negative_line else self.otherwise


#: Ruian township and functional zone leaders' appraisal rule, 2012 (wzdkw.gov.cn): the ballot's 200 points.
RUIAN_2012 = StepRule(
    steps=tuple((Fraction(line), Fraction(points)) for line, points in ((90, 200), (80, 190), (70, 180), (60, 170))),
    otherwise=Fraction(160),
    negative_line=Fraction(100, 3),
    negative_points=Fraction(130),
)


def step_points(excellent_rate: Exact, negative_rate: Exact, rule: StepRule = RUIAN_2012) -> Fraction:
    """Return the points a step rule gives for two exact rates in percent (``headline_rates``).

    >>> step_points(85, 0), step_points(55, Fraction(100, 3))
    (Fraction(190, 1), Fraction(130, 1))
    """
    return rule.points(excellent_rate, negative_rate)


def rank_points(ranks: Sequence[int], full: Exact = 200, loss: Exact = Fraction(2, 100)) -> Fraction:
    """Return the mean of the points that several judges' ranks give: ``full`` for rank 1, ``loss`` of it less a rank.

    Raises:
        ValueError: when there is no rank or one is below 1; points never fall below zero.

    Source: Ruian 2012, evaluation by the leaders of the four city bodies.

    >>> rank_points([1, 1, 3])
    Fraction(592, 3)
    """
    if not ranks or min(ranks) < 1:
        raise ValueError("ranks: expected one rank or more, each at least 1")
    points = [Fraction(full) * max(1 - Fraction(loss) * (rank - 1), Fraction(0)) for rank in ranks]
    return sum(points, Fraction(0)) / len(points)


def points_of_best(scores: Mapping[Key, Exact], full: Exact) -> dict[Key, Fraction]:
    """Return score ÷ best score × ``full`` for each: the best gets full points.

    One unit's points then depend on another's score; prefer a fixed goalpost where the rule leaves a choice.

    Raises:
        ValueError: when the best score is not positive.

    Source: Ruian 2012, key projects' 600 points.

    >>> points_of_best({"a": 80, "b": 100}, 600)["a"]
    Fraction(480, 1)
    """
    best = max((Fraction(score) for score in scores.values()), default=Fraction(0))
    if best <= 0:
        raise ValueError("scores: the best one is not positive")
    return {key: Fraction(score) / best * Fraction(full) for key, score in scores.items()}


def competition_ranks(scores: Sequence[Exact], ties: Ties = "min") -> list[int]:
    """Return ranks from the highest score down, in the order given.

    Ties share the better rank (``"min"``: 1-2-2-4, the default), the worse (``"max"``: 1-3-3-4) or no rank is left
    out (``"dense"``: 1-2-2-3). Rank the declared (rounded) values or the exact ones: the rule must say which.

    Raises:
        ValueError: when the rule for ties is unknown.

    >>> competition_ranks([90, 85, 85, 80])
    [1, 2, 2, 4]
    """
    order = sorted(scores, reverse=True)
    if ties == "dense":
        place = {score: rank for rank, score in enumerate(dict.fromkeys(order), start=1)}
    elif ties in ("min", "max"):
        numbered = list(enumerate(order, start=1))
        place = {score: rank for rank, score in (reversed(numbered) if ties == "min" else numbered)}
    else:
        raise ValueError(f"ties: {ties!r} is none of min, max, dense")
    return [place[score] for score in scores]


def quota_seats(units: int, share: Exact | float) -> int:
    """Return how many of ``units`` a share allows, rounded down: 20 % of 9 is 1.

    Raises:
        ValueError: when the share is not between 0 and 1.

    >>> quota_seats(9, Fraction(1, 5))
    1
    """
    exact = Fraction(str(share)) if isinstance(share, float) else Fraction(share)  # 0.3 means three tenths
    if not 0 <= exact <= 1:
        raise ValueError(f"share {share} is outside 0 to 1")
    return floor(units * exact)


def within_quota(
    scores: Mapping[Key, Exact], seats: int, ties: Literal["none", "all"] = "none"
) -> tuple[frozenset[Key], frozenset[Key]]:
    """Return who gets one of the ``seats``, and who is tied at the cut-off.

    Where a tie runs across the cut-off nobody can be preferred: with ``"none"`` none of the tied is in, with
    ``"all"`` all are, above the quota. The second set is what a meeting must decide about.

    Raises:
        ValueError: when ``seats`` is negative or the rule for ties is unknown.

    >>> inside, tied = within_quota({"a": 9, "b": 8, "c": 8}, 2)
    >>> sorted(inside), sorted(tied)
    (['a'], ['b', 'c'])
    """
    if seats < 0 or ties not in ("none", "all"):
        raise ValueError(f"seats {seats}, ties {ties!r}: expected 0 or more, and none or all")
    ranks = dict(zip(scores, competition_ranks(list(scores.values()), "max"), strict=True))
    first = dict(zip(scores, competition_ranks(list(scores.values())), strict=True))
    inside = frozenset(key for key, rank in ranks.items() if rank <= seats)
    tied = frozenset(key for key in scores if first[key] <= seats < ranks[key])
    return (inside | tied if ties == "all" else inside), tied


@dataclass(frozen=True)
class OverallGrade:
    """An overall grade and what it asks for: least total, least excellent rate, negative rate below a line."""

    code: str
    least_total: Exact = 0
    least_excellent: Exact = 0
    negative_below: Exact | None = None


def overall_grade(
    grades: Sequence[OverallGrade], total: Exact, excellent_rate: Exact, negative_rate: Exact
) -> OverallGrade:
    """Return the first grade whose demands are met, best first; the last one takes all others.

    Raises:
        ValueError: when there is no grade.

    >>> rule = [OverallGrade("good", 90, 60, Fraction(100, 3)), OverallGrade("fair")]
    >>> overall_grade(rule, 92, 70, 10).code, overall_grade(rule, 92, 70, 40).code
    ('good', 'fair')
    """
    if not grades:
        raise ValueError("grades: there is none")
    for grade in grades[:-1]:
        held = grade.negative_below is None or negative_rate < grade.negative_below
        if total >= grade.least_total and excellent_rate >= grade.least_excellent and held:
            return grade
    return grades[-1]
