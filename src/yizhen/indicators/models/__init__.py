"""Indicators: catalogue, observations, imports, indices of places, assessment schemes."""

from .batch import BatchChange, ImportBatch
from .index import IndexDesign, IndexVersion
from .indicator import CHANCES, DIRECTIONS, DOMAINS, FREQUENCIES, Indicator
from .observation import Observation
from .scheme import ENTRY_STATES, ITEM_KINDS, AssessmentScheme, SchemeEntry, SchemeItem, SchemeWeight

__all__ = [
    "CHANCES", "DIRECTIONS", "DOMAINS", "ENTRY_STATES", "FREQUENCIES", "ITEM_KINDS", "AssessmentScheme", "BatchChange",
    "ImportBatch", "IndexDesign", "IndexVersion", "Indicator", "Observation", "SchemeEntry", "SchemeItem", "SchemeWeight",
]  # fmt: skip
