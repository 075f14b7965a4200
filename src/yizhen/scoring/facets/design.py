"""Graded ratings and their bookkeeping: who gave which grade in which cell."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from yizhen.scoring.inputs import Floats, Integers, Ratings, grade_codes


@dataclass(frozen=True)
class Design:
    """Graded ratings and their bookkeeping; T ratees, R raters, I items, K grades, N ratings.

    ``grade`` (N,) are the scores; ``cell`` (N,) numbers the (rater, item) pair; ``rated`` (T, R·I) is 1 where the
    cell was rated; ``graded`` (T, R·I·K) is 1 at the grade it was given. The last two are sparse.
    """

    ratings: Ratings
    grade: Integers
    categories: int
    cell: Integers
    rated: sparse.csr_array
    graded: sparse.csr_array

    @property
    def shape(self) -> tuple[int, int, int]:
        """The numbers of ratees, raters and items."""
        return len(self.ratings.ratee), len(self.ratings.rater), len(self.ratings.item)

    @property
    def reached(self) -> Floats:
        """Return 1 where a rating is at least j, shape (N, K - 1) for j = 1 … K - 1."""
        return (self.grade[:, None] >= np.arange(1, self.categories)).astype(np.float64)

    def level_counts(self) -> Integers:
        """Return the number of ratings by item and grade, shape (I, K)."""
        items = self.shape[2]
        flat = np.bincount(self.ratings.item.codes * self.categories + self.grade, minlength=items * self.categories)
        return flat.reshape(items, self.categories)

    def extreme(self, codes: Integers, count: int) -> Integers:
        """Return -1 for those whose every rating is the lowest grade, 1 for the highest, 0 for all others."""
        low, high = np.ones(count, bool), np.ones(count, bool)
        np.logical_and.at(low, codes, self.grade == 0)
        np.logical_and.at(high, codes, self.grade == self.categories - 1)
        return high.astype(np.int64) - low.astype(np.int64)


def design_of(ratings: Ratings, categories: int, score_name: str) -> Design:
    """Number the cells and check the grades.

    Raises:
        InputError: when a score is not one of the grades 0 … K - 1.
    """
    grade = grade_codes(ratings, categories, score_name)
    raters, items = len(ratings.rater), len(ratings.item)
    cell = ratings.rater.codes * items + ratings.item.codes
    ones, who = np.ones(len(grade)), ratings.ratee.codes
    shape = (len(ratings.ratee), raters * items)
    return Design(
        ratings,
        grade,
        categories,
        cell,
        sparse.csr_array((ones, (who, cell)), shape=shape),
        sparse.csr_array((ones, (who, cell * categories + grade)), shape=(shape[0], shape[1] * categories)),
    )
