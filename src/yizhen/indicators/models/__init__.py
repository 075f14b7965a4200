"""Indicators: catalogue, fields, registered forms, filling, observations, imports."""

from .batch import BatchChange, BatchChunk, ImportBatch
from .field import FORM_FREQUENCIES, KINDS, LEVELS, READERS, DataField, FieldValue, ValueChange
from .filling import Approval, Collection, Submission
from .form import (
    DECISIONS,
    FORM_STATES,
    TIMES_A_YEAR,
    FormItem,
    FormRefusal,
    RegisteredForm,
    ValidationRule,
)
from .indicator import CHANCES, DIRECTIONS, DOMAINS, FREQUENCIES, Indicator
from .neighbours import NeighbourRule
from .observation import Observation
from .table import ImportMapping, UploadedTable
from .threshold import SIDES, Crossing, Threshold

__all__ = [
    "CHANCES", "DECISIONS", "DIRECTIONS", "DOMAINS", "FORM_FREQUENCIES", "FORM_STATES", "FREQUENCIES", "KINDS", "LEVELS",
    "READERS", "SIDES", "TIMES_A_YEAR", "Approval", "BatchChange", "BatchChunk", "Collection", "Crossing", "DataField", "FieldValue", "FormItem",
    "FormRefusal", "ImportBatch", "ImportMapping", "Indicator", "NeighbourRule", "Observation", "RegisteredForm", "Submission", "Threshold", "UploadedTable", "ValidationRule",
    "ValueChange",
]  # fmt: skip
