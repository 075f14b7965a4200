"""The declared result: what the rule prescribes, counted exactly and reproducible by hand."""

from .count import Declared, Rates, class_score, declare, flag_in_words, headline_rates, hidden_classes, suppress_small
from .frames import counts_from, sheets_from
from .margins import Margin, Sheet, Standing, rate_margin
from .points import (
    RUIAN_2012,
    OverallGrade,
    StepRule,
    competition_ranks,
    declare_scores,
    mean_score,
    median_score,
    overall_grade,
    points_of_best,
    quota_seats,
    rank_points,
    step_points,
    within_quota,
)
from .power import effective_raters, one_raters_power
from .rules import ClassCount, CountingRule, Grade, Rounding, round_half_up, rounded

__all__ = [
    "RUIAN_2012",
    "ClassCount",
    "CountingRule",
    "Declared",
    "Grade",
    "Margin",
    "OverallGrade",
    "Rates",
    "Rounding",
    "Sheet",
    "Standing",
    "StepRule",
    "class_score",
    "competition_ranks",
    "counts_from",
    "declare",
    "declare_scores",
    "effective_raters",
    "flag_in_words",
    "headline_rates",
    "hidden_classes",
    "mean_score",
    "median_score",
    "one_raters_power",
    "overall_grade",
    "points_of_best",
    "quota_seats",
    "rank_points",
    "rate_margin",
    "round_half_up",
    "rounded",
    "sheets_from",
    "step_points",
    "suppress_small",
    "within_quota",
]
