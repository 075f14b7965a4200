"""A small classifier that suggests a unit from a text: multinomial naive Bayes over runs of two and three characters.

Pure NumPy and SciPy: it knows texts and labels, no database and no persons. It says which runs of characters speak for and
against its suggestion, how sure it is, and how often it was right on texts that it had not seen. Naive Bayes counts runs as
if they were independent, which they are not, so that its certainty is overstated: the certainty shown is divided by a
temperature that makes it honest on those unseen texts (temperature scaling, Guo et al. 2017, ICML 70).

Source: McCallum & Nigam 1998, AAAI workshop on learning for text categorization, 41-48 (the multinomial model).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.matters.wording import grams, normalised
from yizhen.scoring.small_area import proportion_intervals

Floats = NDArray[np.float64]
FEWEST = 8  # examples of a unit below which nothing is learnt about it
FOLDS = 5
SMOOTHING = 0.5  # added to each count: a run that a unit never had is rare there, not impossible
RARE = 2  # matters in which a run must stand to be learnt: what stands in one alone may be somebody's own words
KNOWN = 3  # runs of a text that must have been seen before anything is suggested
CONFIDENT = 0.6
TEMPERATURES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0)


@dataclass(frozen=True)
class Share:
    """So many of so many, with Wilson's 95 % interval."""

    count: int
    of: int

    @property
    def percent(self) -> float:
        """The share in per cent."""
        return 100 * self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval, in per cent."""
        made = proportion_intervals([self.count], [self.of], per=100)
        return float(made["low"][0]), float(made["high"][0])


@dataclass(frozen=True)
class Assessment:
    """How often the classifier was right on texts that it had not seen (cross-validation in five parts).

    ``right`` is over all examples, ``given`` over those for which it was sure enough to suggest anything, ``largest`` what
    naming the commonest unit every time would have reached.
    """

    right: Share
    given: Share | None
    largest: Share

    @property
    def surest(self) -> float:
        """The most that may be claimed: no surer than it has been right so far (Laplace's rule of succession)."""
        share = self.given or self.right
        return (share.count + 1) / (share.of + 2)


@dataclass(frozen=True)
class Word:
    """A run of characters and what it weighs: natural logarithm of odds against the second-best unit, after scaling."""

    text: str
    weight: float


@dataclass(frozen=True)
class Suggestion:
    """A unit, how sure the classifier is (0 to 1), which unit comes second, and the runs for and against."""

    unit: str
    confidence: float
    second: str
    speaks_for: tuple[Word, ...]
    speaks_against: tuple[Word, ...]


@dataclass(frozen=True)
class NoSuggestion:
    """Nothing is suggested: ``few`` examples, ``unknown`` words, or ``unsure`` between units."""

    reason: str


class Classifier:
    """Learns units from texts. Units with fewer than eight examples are left out and named in ``too_few``."""

    def __init__(self, texts: Sequence[str], units: Sequence[str]) -> None:
        counts = Counter(units)
        self.examples = {unit: counts[unit] for unit in sorted(counts) if counts[unit] >= FEWEST}
        self.too_few = {unit: counts[unit] for unit in sorted(counts) if counts[unit] < FEWEST}
        self.units = list(self.examples)
        self.assessment: Assessment | None = None
        self._vocabulary: dict[str, int] = {}
        if len(self.units) < 2:
            return
        place = {unit: at for at, unit in enumerate(self.units)}
        kept = [(text, place[unit]) for text, unit in zip(texts, units, strict=True) if unit in place]
        labels = np.array([label for _text, label in kept])
        runs = [set(grams(normalised(text))) for text, _label in kept]
        matrix = self._learn_vocabulary(runs)
        self._temperature, self.assessment = _assess(matrix, labels, len(self.units))
        self._priors, self._weights = _train(_sums(matrix, labels, len(self.units)), np.bincount(labels))

    def _learn_vocabulary(self, runs: list[set[str]]) -> Any:
        """Number the runs that stand in enough texts, and return which text has which: (texts, runs), sparse."""
        from scipy import sparse

        spread = Counter(run for text in runs for run in text)
        self._vocabulary = {run: at for at, run in enumerate(sorted(run for run in spread if spread[run] >= RARE))}
        known = [[self._vocabulary[run] for run in text if run in self._vocabulary] for text in runs]
        rows = np.repeat(np.arange(len(runs)), [len(text) for text in known])
        columns = np.array([at for text in known for at in text], dtype=int)
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(runs), len(self._vocabulary)))

    def suggest(self, text: str) -> Suggestion | NoSuggestion:
        """Return the unit that a text speaks for, or why none is suggested."""
        if self.assessment is None:
            return NoSuggestion("few")
        runs = sorted({run for run in grams(normalised(text)) if run in self._vocabulary})
        if len(runs) < KNOWN:
            return NoSuggestion("unknown")
        columns = [self._vocabulary[run] for run in runs]
        scores = (self._priors + self._weights[:, columns].sum(axis=1)) / self._temperature
        best, second = (int(at) for at in np.argsort(-scores, kind="stable")[:2])
        confidence = min(float(_softmax(scores[None, :])[0, best]), self.assessment.surest)
        if confidence < CONFIDENT:
            return NoSuggestion("unsure")
        weights = (self._weights[best, columns] - self._weights[second, columns]) / self._temperature
        words = [Word(run, float(weight)) for run, weight in zip(runs, weights, strict=True)]
        return Suggestion(
            self.units[best],
            confidence,
            self.units[second],
            _strongest([word for word in words if word.weight > 0], 6),
            _strongest([word for word in words if word.weight < 0], 4),
        )


def _sums(matrix: Any, labels: NDArray[Any], units: int) -> Floats:
    """Return in how many texts of each unit each run stands: (units, runs)."""
    from scipy import sparse

    belongs = sparse.csr_matrix((np.ones(len(labels)), (labels, np.arange(len(labels)))), shape=(units, len(labels)))
    return np.asarray((belongs @ matrix).todense(), dtype=float)


def _train(sums: Floats, examples: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the logarithms of how common the units are (units,), and the runs in each (units, runs)."""
    smooth = sums + SMOOTHING
    return np.log(examples / examples.sum()), np.log(smooth / smooth.sum(axis=1, keepdims=True))


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _assess(matrix: Any, labels: NDArray[Any], units: int) -> tuple[float, Assessment]:
    """Return the temperature and how often unseen texts were put right: every fold is scored by what the others teach."""
    fold = np.empty(len(labels), dtype=int)
    for unit in range(units):  # in turn within each unit, so that every fold has some of each
        members = np.flatnonzero(labels == unit)
        fold[members] = np.arange(len(members)) % FOLDS
    total, scores = _sums(matrix, labels, units), np.empty((len(labels), units))
    for number in range(FOLDS):
        held = np.flatnonzero(fold == number)
        priors, weights = _train(
            total - _sums(matrix[held], labels[held], units),
            np.bincount(labels[fold != number], minlength=units),
        )
        scores[held] = matrix[held] @ weights.T + priors
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(_softmax(scores / heat)[rows, labels], 1e-300)).mean() for heat in TEMPERATURES]
    temperature = TEMPERATURES[int(np.argmin(losses))]
    right = scores.argmax(axis=1) == labels
    sure = (_softmax(scores / temperature).max(axis=1) >= CONFIDENT) & (np.diff(matrix.indptr) >= KNOWN)
    return temperature, Assessment(
        Share(int(right.sum()), len(labels)),
        Share(int(right[sure].sum()), int(sure.sum())) if sure.any() else None,
        Share(int(np.bincount(labels).max()), len(labels)),
    )


def _strongest(words: list[Word], most: int) -> tuple[Word, ...]:
    """Return the heaviest words, without those that are a part of one that is named already."""
    chosen: list[Word] = []
    for word in sorted(words, key=lambda each: (-abs(each.weight), each.text)):
        if len(chosen) == most:
            break
        if not any(word.text in other.text or other.text in word.text for other in chosen):
            chosen.append(word)
    return tuple(chosen)
