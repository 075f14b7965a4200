"""Linear models of a meeting: scores standardised to the full roster, with errors that know the raters."""

from .additive import Additive, additive_fixed
from .model import CrossedModel
from .paired import PairedScores, bootstrap_raters, paired_scores
from .result import FEWEST_EFFECTIVE, FEWEST_IN_CLASS, Check, CrossedResult, Differences

__all__ = [
    "FEWEST_EFFECTIVE",
    "FEWEST_IN_CLASS",
    "Additive",
    "Check",
    "CrossedModel",
    "CrossedResult",
    "Differences",
    "PairedScores",
    "additive_fixed",
    "bootstrap_raters",
    "paired_scores",
]
