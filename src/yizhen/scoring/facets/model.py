"""The many-facet Rasch model: who was rated, by whom, on what, with which grade."""

from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.connect import check_connected, components
from yizhen.scoring.inputs import Floats, InputError, Labels, Missing, Ratings, read_ratings
from yizhen.scoring.tables import Note

from . import jml, mml
from .build import conditional_errors, full_errors, shifted, tables
from .contrasts import Estimation, Facet, Settings, Step, joint_contrast, marginal_contrast
from .design import Design, design_of
from .fit import Places, facet_fit, weighted_likelihood
from .priors import weak_prior
from .result import FacetsResult, Population
from .start import first_guess
from .words import oddities

HELD = Note(
    "评分太少或太整齐，估计值只靠先验限定在几个 logit 以内",
    "the marks are so few or so regular that only a prior holds the measures within a few logits",
)
NOT_CENTRED: dict[Estimation, Facet] = {"mml": "item", "jml": "rater"}


@dataclass(frozen=True)
class ManyFacetRasch:
    """Separate how good a ratee is from how severe the raters were, how hard the item and how wide the grades.

        log P(k) / P(k - 1) = measure of the ratee - severity of the rater - difficulty of the item - threshold k

    ``categories`` is K, the number of grades the ballot declares; all are kept, also those that nobody gave.
    ``step`` is ``"rating_scale"`` (thresholds shared by all items) or ``"partial_credit"`` (each item has its own).
    ``estimation`` is ``"mml"`` (ratees drawn from a normal population; for inference) or ``"jml"`` (every facet a
    parameter; for parity with published tables). ``not_centred`` names the one facet whose mean is free, all other
    facets being centred at zero: by default the items in mml (without items the thresholds) and the raters in jml.
    It moves measures by a constant and changes no difference. ``disconnected`` says what becomes of a design in
    groups that share neither ratees nor raters: ``"refuse"``, ``"population"`` (one scale by assuming that all
    groups' ratees come from one population, with a warning), or ``"auto"``: the latter if every group has 15 ratees.

    In a complete meeting, where everybody rates everybody, the order of the measures is the order of the raw totals:
    the model corrects for who was absent, never for whom one likes better.

    Source: Linacre 1989, Many-Facet Rasch Measurement; Andrich 1978; Masters 1982.

    >>> cells = [("A", "r1", 2), ("A", "r2", 1), ("B", "r1", 1), ("B", "r2", 0), ("C", "r1", 1), ("C", "r2", 1)]
    >>> data = dict(zip(["town", "rater", "grade"], zip(*cells)))
    >>> result = ManyFacetRasch(categories=3).fit(data, ratee="town", rater="rater", score="grade")
    >>> [str(name) for name in result.raters["name"]]
    ['r1', 'r2']
    >>> bool(result.raters["measure"][1] > result.raters["measure"][0])  # r2 gave less
    True
    """

    step: Step = "rating_scale"
    categories: int = 4
    estimation: Estimation = "mml"
    not_centred: Facet | None = None
    disconnected: Literal["auto", "refuse", "population"] = "auto"

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("step", self.step, ("rating_scale", "partial_credit")),
            ("estimation", self.estimation, ("mml", "jml")),
            ("not_centred", self.not_centred, (None, "ratee", "rater", "item")),
            ("disconnected", self.disconnected, ("auto", "refuse", "population")),
        ):
            if value not in allowed:
                raise InputError(name, f"{value!r} is none of {', '.join(map(repr, allowed))}")
        if not isinstance(self.categories, Integral) or not 2 <= self.categories <= 100:
            raise InputError("categories", f"{self.categories} grades; a ballot has 2 to 100")

    def fit(
        self,
        data: Any,
        *,
        ratee: str,
        rater: str,
        score: str,
        item: str | None = None,
        missing: Missing = "refuse",
        start: FacetsResult | None = None,
    ) -> FacetsResult:
        """Estimate the model.

        ``data`` is a pandas or polars frame or a mapping of columns, one row a rating, scores 0 … K - 1; the other
        arguments name its columns. A cell that was not rated has no row, or no score with ``missing="drop"``.
        ``start`` is an earlier result of much the same data: the search begins there.

        Raises:
            InputError: naming the column and row of a bad value; when the design is not connected; when there are
                fewer than two ratees or two raters; when every rating is the same grade.
            NotConverged: when no maximum is found: in jml, which has no prior to fall back on, with marks in perfect order.
        """
        ratings = read_ratings(data, ratee, rater, score, item, missing=missing)
        return self._fit(ratings, (ratee, rater, score), item is not None, start)

    def fit_components(
        self, data: Any, *, ratee: str, rater: str, score: str, item: str | None = None, missing: Missing = "refuse"
    ) -> list[FacetsResult]:
        """Estimate each connected group on a scale of its own; measures of different groups cannot be compared.

        Arguments and errors as in :meth:`fit`.
        """
        ratings = read_ratings(data, ratee, rater, score, item, missing=missing)
        count, group = components(ratings)
        return [
            self._fit(_rows(ratings, group == number), (ratee, rater, score), item is not None, None)
            for number in range(count)
        ]

    def _fit(
        self, ratings: Ratings, names: tuple[str, str, str], has_items: bool, start: FacetsResult | None
    ) -> FacetsResult:
        design = design_of(ratings, self.categories, names[2])
        for name, count in zip(names[:2], design.shape[:2], strict=True):
            if count < 2:
                raise InputError(name, "there is only one; nothing can be compared")
        if (design.grade == design.grade[0]).all():
            raise InputError(names[2], f"every rating is {design.grade[0]}: there is no difference to measure")
        disconnected = self.disconnected if self.estimation == "mml" else "refuse"
        warnings = check_connected(ratings, disconnected, (names[0], names[1]))
        guess = first_guess(design) if start is None else _guess_from(start, design)
        result = (self._marginal if self.estimation == "mml" else self._joint)(design, guess, has_items)
        spread = None if result.population is None else result.population.sd
        notes = oddities(design, result.places, spread)
        return replace(result, warnings=(*warnings, *result.warnings, *notes))

    @property
    def _settings(self) -> Settings:
        not_centred = self.not_centred or NOT_CENTRED[self.estimation]
        return Settings(self.step, self.categories, self.estimation, not_centred)

    def _marginal(self, design: Design, guess: Places, has_items: bool) -> FacetsResult:
        _, raters, items = design.shape
        contrast = marginal_contrast(self.step, raters, items, self.categories - 1)
        begin = _solve(contrast, np.concatenate([guess.severity, guess.steps.ravel()]))
        prior = weak_prior(design, self.step == "rating_scale", max(float(guess.severity.std()), 0.5))
        found = mml.maximise(design, contrast, prior, np.append(begin, max(float(guess.measure.std()), 0.3)))
        theta = found.sigma * found.nodes
        measure = found.posterior @ theta
        spread = np.sqrt(np.maximum(found.posterior @ theta**2 - measure**2, 0))
        native = Places(measure, found.severity, found.steps)
        shift = shifted(native, self._settings.not_centred)
        moved = float(shift.places.measure[0] - measure[0])
        warm, warm_se = weighted_likelihood(design, native)
        fitted = native._replace(measure=warm)
        covariance = shift.turn @ contrast @ found.covariance[:-1, :-1] @ contrast.T @ shift.turn.T
        return FacetsResult(
            settings=self._settings,
            design=design,
            places=shift.places._replace(measure=warm + moved),
            tables=tables(
                design,
                shift.places,
                full_errors(shift.places, covariance, spread, has_items),
                facet_fit(design, fitted),
                fitted,
                self.step,
                has_items,
                {"wle": warm + moved, "wle_se": warm_se},
            ),
            log_likelihood=found.log_likelihood,
            parameters=len(found.free),
            population=Population(moved, found.sigma, theta + moved, found.posterior),
            covariance=covariance,
            warnings=(HELD,) if found.held else (),
        )

    def _joint(self, design: Design, guess: Places, has_items: bool) -> FacetsResult:
        contrast = joint_contrast(self.step, *design.shape, self.categories - 1)
        begin = _solve(contrast, np.concatenate([guess.measure, guess.severity, guess.steps.ravel()]))
        found = jml.maximise(design, contrast, weak_prior(design, self.step == "rating_scale", np.inf), begin)
        native = Places(found.measure, found.severity, found.steps)
        places = shifted(native, self._settings.not_centred).places
        shared = self.step == "rating_scale"
        errors = conditional_errors(design, places, shared)
        fit = facet_fit(design, places)
        return FacetsResult(
            settings=self._settings,
            design=design,
            places=places,
            tables=tables(design, places, errors, fit, places, self.step, has_items, {}),
            log_likelihood=found.log_likelihood,
            parameters=contrast.shape[1],
            population=None,
            covariance=None,
        )


def _solve(contrast: Floats, full: Floats) -> Floats:
    """Return the free values that come closest to the full ones."""
    made: Floats = np.linalg.lstsq(contrast, full, rcond=None)[0]
    return made


def _guess_from(start: FacetsResult, design: Design) -> Places:
    """Return an earlier result's places for the names of this design, and rough ones for names that are new."""
    rough = first_guess(design)
    rating, old = design.ratings, start.design.ratings
    if len(rating.item) != len(old.item) or start.design.categories != design.categories:
        return rough
    measures = start.places.measure - start.places.measure.mean()
    if start.population is not None:  # the search takes their spread for the population's
        measures = measures * (start.population.sd / max(float(measures.std()), 1e-9))
    known = [dict(zip(labels.names, values, strict=True)) for labels, values in (
        (old.ratee, measures), (old.rater, start.places.severity))]  # fmt: skip
    measure = [known[0].get(name, guess) for name, guess in zip(rating.ratee.names, rough.measure, strict=True)]
    severity = [known[1].get(name, guess) for name, guess in zip(rating.rater.names, rough.severity, strict=True)]
    return Places(np.array(measure), np.array(severity), start.places.steps)


def _rows(ratings: Ratings, keep: NDArray[np.bool_]) -> Ratings:
    """Return some of the rows, with only the names that are left."""

    def of(column: Labels) -> Labels:
        left, codes = np.unique(column.codes[keep], return_inverse=True)
        return Labels(column.names[left], codes.astype(np.int64))

    return Ratings(of(ratings.ratee), of(ratings.rater), of(ratings.item), ratings.score[keep], ratings.rows[keep])
