"""Where the search begins: severities and steps read off the raw scores, one facet at a time.

Source: the idea of PROX, Cohen 1979, Educational and Psychological Measurement 39, 1-12.
"""

import numpy as np

from yizhen.scoring.inputs import Floats, Integers

from .design import Design
from .fit import Places


def first_guess(design: Design) -> Places:
    """Return rough measures and severities around zero and the steps, in logits."""
    rating = design.ratings
    spread = 1.0 / max(float(np.var(design.grade)), 0.1)
    measure = spread * _gap(design, rating.ratee.codes, design.shape[0])
    severity = -spread * _gap(design, rating.rater.codes, design.shape[1])
    difficulty = -spread * _gap(design, rating.item.codes, design.shape[2])
    levels = design.level_counts().sum(0) + 0.5
    steps = np.log(levels[:-1] / levels[1:])
    return Places(measure - measure.mean(), severity - severity.mean(), difficulty[:, None] + steps[None, :])


def _gap(design: Design, codes: Integers, count: int) -> Floats:
    """Return each mean score less the mean of all, a little shrunken."""
    total = np.bincount(codes, design.grade - design.grade.mean(), count)
    made: Floats = total / (np.bincount(codes, minlength=count) + 1)
    return made
