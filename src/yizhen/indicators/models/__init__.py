"""Indicators: catalogue, observations, imports."""

from .batch import BatchChange, ImportBatch
from .indicator import CHANCES, DIRECTIONS, DOMAINS, FREQUENCIES, Indicator
from .observation import Observation

__all__ = ["CHANCES", "DIRECTIONS", "DOMAINS", "FREQUENCIES", "BatchChange", "ImportBatch", "Indicator", "Observation"]
