"""Indicators: catalogue, observations, imports."""

from .batch import BatchChange, ImportBatch
from .indicator import DIRECTIONS, DOMAINS, FREQUENCIES, Indicator
from .observation import Observation

__all__ = ["DIRECTIONS", "DOMAINS", "FREQUENCIES", "BatchChange", "ImportBatch", "Indicator", "Observation"]
