"""Ranks with what is known about them: confidence sets, quota lists, bands, probabilities."""

from .readings import (
    QuotaLists,
    bands,
    comparison_errors,
    in_steps,
    pairwise_probabilities,
    quota_lists,
    rank_intervals,
    top_probabilities,
)
from .sets import RankSets, competition, rank_sets

__all__ = [
    "QuotaLists",
    "RankSets",
    "bands",
    "comparison_errors",
    "competition",
    "in_steps",
    "pairwise_probabilities",
    "quota_lists",
    "rank_intervals",
    "rank_sets",
    "top_probabilities",
]
