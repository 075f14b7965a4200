"""Counting ballots exactly, and saying how sure a score is."""

from .intervals import Interval, stratified_interval
from .tally import (
    ClassCount,
    CountingRule,
    Declared,
    Grade,
    Rates,
    class_score,
    competition_ranks,
    declare,
    headline_rates,
    hidden_classes,
    round_half_up,
    step_points,
    suppress_small,
)

__all__ = [
    "ClassCount",
    "CountingRule",
    "Declared",
    "Grade",
    "Interval",
    "Rates",
    "class_score",
    "competition_ranks",
    "declare",
    "headline_rates",
    "hidden_classes",
    "round_half_up",
    "step_points",
    "stratified_interval",
    "suppress_small",
]
