"""Rates of small places: intervals, shrinkage towards peers, funnel limits, and averages as ratios of sums."""

from .funnel import Funnel, funnel
from .neighbours import Neighbour, nearest
from .rates import poisson_limits, proportion_intervals, rate_intervals, ratio_of_sums
from .shrink import shrunk_rates, shrunk_scores
from .suppress import FEW, FEWEST, HIDDEN, SMALL, SuppressedTable, suppress_counts

__all__ = [
    "FEW", "FEWEST", "HIDDEN", "SMALL", "Funnel", "Neighbour", "SuppressedTable", "funnel", "nearest", "poisson_limits", "proportion_intervals", "rate_intervals", "ratio_of_sums", "shrunk_rates",
    "shrunk_scores", "suppress_counts",
]  # fmt: skip
