"""How well ratings agree with the model: mean squares, and what chance alone would make of them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats, Integers

from .design import Design
from .kernel import Moments, log_probabilities, moments, third_moment


class Places(NamedTuple):
    """Where everybody stands: measures (T,), severities (R,), steps (I, K - 1), in logits."""

    measure: Floats
    severity: Floats
    steps: Floats

    def location(self, design: Design) -> Floats:
        """Return ratee minus rater for every rating, shape (N,)."""
        rating = design.ratings
        return self.measure[rating.ratee.codes] - self.severity[rating.rater.codes]

    def moments(self, design: Design) -> Moments:
        """Return what the model expects of every rating."""
        return moments(self.location(design), self.steps[design.ratings.item.codes])


@dataclass(frozen=True)
class MeanSquares:
    """Infit and outfit of a facet's elements; 1 is what the model expects, more is erratic, less is too regular."""

    infit: Floats
    outfit: Floats


def mean_squares(codes: Integers, count: int, gap: Floats, variance: Floats) -> MeanSquares:
    """Return Σ gap² / Σ variance and the mean of gap² / variance by code; NaN for a code without a rating.

    Source: Wright & Masters 1982, Rating Scale Analysis, ch. 5.
    """
    safe = np.maximum(variance, 1e-12)
    number = np.bincount(codes, minlength=count)
    with np.errstate(invalid="ignore"):
        infit = np.bincount(codes, gap**2, count) / np.bincount(codes, safe, count)
        outfit = np.bincount(codes, gap**2 / safe, count) / number
    return MeanSquares(infit, outfit)


def facet_fit(design: Design, places: Places, grade: Integers | None = None) -> dict[str, MeanSquares]:
    """Return the mean squares of ``ratee``, ``rater`` and ``item``; ``grade`` (N,) replaces the design's own grades."""
    m = places.moments(design)
    gap, rating = (design.grade if grade is None else grade) - m.mean, design.ratings
    ratees, raters, items = design.shape
    return {
        "ratee": mean_squares(rating.ratee.codes, ratees, gap, m.variance),
        "rater": mean_squares(rating.rater.codes, raters, gap, m.variance),
        "item": mean_squares(rating.item.codes, items, gap, m.variance),
    }


def grade_fit(design: Design, places: Places, *, by_item: bool) -> MeanSquares:
    """Return the mean squares of the ratings at each grade, shape (1 or I, K); NaN where none is expected.

    Each is what was found at the grade over what the model expects there, so that 1 is as expected.

    Source: Linacre 1999, J. Outcome Measurement 3, 103-122 (category fit), put over its expectation.
    """
    m = places.moments(design)
    levels = np.arange(design.categories)
    gaps = (levels - m.mean[:, None]) ** 2
    scaled = gaps / np.maximum(m.variance, 1e-12)[:, None]
    p, at = np.exp(m.log_p), (design.grade[:, None] == levels).astype(np.float64)
    codes = design.ratings.item.codes if by_item else np.zeros(len(design.grade), np.int64)

    def total(values: Floats) -> Floats:
        return np.stack([np.bincount(codes, column) for column in values.T], 1)

    with np.errstate(invalid="ignore"):
        return MeanSquares(total(at * gaps) / total(p * gaps), total(at * scaled) / total(p * scaled))


def within_sheet_correlation(design: Design, places: Places) -> float:
    """Return the mean correlation of standardised residuals of one rater's marks for one ratee; 0 with one item.

    The model takes them as independent. Where raters have one impression of a ratee and write it into every item, it
    counts one opinion several times.

    Source: local dependence as in Yen 1984, Applied Psychological Measurement 8, 125-145 (Q3).
    """
    m = places.moments(design)
    z = (design.grade - m.mean) / np.sqrt(np.maximum(m.variance, 1e-6))
    sheet = design.ratings.ratee.codes * design.shape[1] + design.ratings.rater.codes
    sums, squares, number = np.bincount(sheet, z), np.bincount(sheet, z**2), np.bincount(sheet)
    pairs = float((number * (number - 1)).sum())
    return float((sums**2 - squares).sum()) / pairs / float((z**2).mean()) if pairs else 0.0


def weighted_likelihood(design: Design, places: Places, grade: Integers | None = None) -> tuple[Floats, Floats]:
    """Return Warm's estimates of the measures and their standard errors, the other facets held where they are.

    Finite also for ratees whose every rating is the lowest or the highest grade.

    Source: Warm 1989, Psychometrika 54, 427-450.
    """
    grade = design.grade if grade is None else grade
    who, ratees = design.ratings.ratee.codes, design.shape[0]
    measure = places.measure.copy()
    information = np.ones(ratees)
    for _ in range(60):
        m = places._replace(measure=measure).moments(design)
        information = np.maximum(np.bincount(who, m.variance, ratees), 1e-12)
        bias = np.bincount(who, third_moment(m.log_p, m.mean), ratees) / (2 * information)
        step = np.clip((np.bincount(who, grade - m.mean, ratees) + bias) / information, -1, 1)
        measure += step
        if np.abs(step).max() < 1e-9:
            break
    return measure, 1 / np.sqrt(information)


def simulated_fit(design: Design, draws_of_measure: Floats, places: Places, seed: int) -> dict[str, MeanSquares]:
    """Return mean squares of data drawn from the model, shape (B, count) for each facet.

    ``draws_of_measure`` (B, T) are plausible measures. Each simulated meeting is measured again (ratees and raters in
    turn, four rounds), since residuals from fitted measures are smaller than residuals from true ones.
    """
    generator = np.random.default_rng(seed)
    found: dict[str, list[MeanSquares]] = {}
    for drawn in draws_of_measure:
        true = places._replace(measure=drawn)
        grade = draw_grades(design, true, generator)
        again = measured_again(design, true, grade)
        for facet, squares in facet_fit(design, again, grade).items():
            found.setdefault(facet, []).append(squares)
    return {
        facet: MeanSquares(np.array([one.infit for one in rows]), np.array([one.outfit for one in rows]))
        for facet, rows in found.items()
    }


def draw_grades(design: Design, places: Places, generator: np.random.Generator) -> Integers:
    """Return one grade a rating, drawn from the model; shape (N,)."""
    log_p = log_probabilities(places.location(design), places.steps[design.ratings.item.codes])
    cumulative = np.cumsum(np.exp(log_p), axis=1)[:, :-1]
    made: Integers = (generator.random(len(log_p))[:, None] > cumulative).sum(1)
    return made


def measured_again(design: Design, places: Places, grade: Integers) -> Places:
    """Return where other grades would place ratees and raters, from ``places`` on: four rounds of both in turn."""
    who, by = design.ratings.ratee.codes, design.ratings.rater.codes
    ratees, raters, _ = design.shape
    for _ in range(4):
        m = places.moments(design)
        gap = grade - m.mean
        places = places._replace(
            measure=places.measure + _step(who, ratees, gap, m.variance),
        )
        m = places.moments(design)
        severity = places.severity - _step(by, raters, grade - m.mean, m.variance)
        places = places._replace(severity=severity - severity.mean() + places.severity.mean())
    return places


def _step(codes: Integers, count: int, gap: Floats, variance: Floats) -> Floats:
    information = np.bincount(codes, variance, count) + 0.1  # as if a tenth of a rating pulled towards the truth
    return np.clip(np.bincount(codes, gap, count) / information, -1, 1)
