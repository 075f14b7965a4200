"""Indicators: catalogue, observations, imports."""

from .batch import BatchChange, BatchChunk, ImportBatch
from .indicator import CHANCES, DIRECTIONS, DOMAINS, FREQUENCIES, Indicator
from .observation import Observation
from .table import ImportMapping, UploadedTable

__all__ = [
    "CHANCES",
    "DIRECTIONS",
    "DOMAINS",
    "FREQUENCIES",
    "BatchChange",
    "BatchChunk",
    "ImportBatch",
    "ImportMapping",
    "Indicator",
    "Observation",
    "UploadedTable",
]
