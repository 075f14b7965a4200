"""Composite indices of units: from raw indicators to scores, with every step fixed before and logged."""

from .aggregate import aggregate, arithmetic, copeland, geometric, harmonic, mazziotta_pareto
from .diagnose import coherence, critic_shares, diagnostics, entropy_shares, principal_components
from .explain import Explained
from .framework import Framework, Group, Indicator
from .gates import Gate
from .model import CompositeIndex
from .normalise import DistanceToTarget, Goalposts, MinMax, RankScore, ZScore
from .prepare import Imputation, Treatment, kurtosis, skewness
from .result import CompositeResult, places

__all__ = [
    "CompositeIndex", "CompositeResult", "DistanceToTarget", "Explained", "Framework", "Gate", "Goalposts", "Group",
    "Imputation", "Indicator", "MinMax", "RankScore", "Treatment", "ZScore", "aggregate", "arithmetic", "coherence",
    "copeland", "critic_shares", "diagnostics", "entropy_shares", "geometric", "harmonic", "kurtosis", "mazziotta_pareto",
    "places", "principal_components", "skewness",
]  # fmt: skip
