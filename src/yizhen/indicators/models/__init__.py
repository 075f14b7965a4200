"""Indicators: catalogue, fields, registered forms, filling, observations, imports, indices, schemes."""

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
from .index import IndexDesign, IndexVersion
from .indicator import CHANCES, DIRECTIONS, DOMAINS, FREQUENCIES, Indicator
from .neighbours import NeighbourRule
from .observation import Observation
from .scheme import ENTRY_STATES, ITEM_KINDS, AssessmentScheme, SchemeEntry, SchemeItem, SchemeWeight
from .table import ImportMapping, UploadedTable
from .threshold import SIDES, Crossing, Threshold

__all__ = [
    "CHANCES", "DECISIONS", "DIRECTIONS", "DOMAINS", "ENTRY_STATES", "FORM_FREQUENCIES", "FORM_STATES", "FREQUENCIES", "ITEM_KINDS", "KINDS", "LEVELS",
    "READERS", "SIDES", "TIMES_A_YEAR", "Approval", "AssessmentScheme", "BatchChange", "BatchChunk", "Collection", "Crossing", "DataField", "FieldValue", "FormItem",
    "FormRefusal", "ImportBatch", "ImportMapping", "IndexDesign", "IndexVersion", "Indicator", "NeighbourRule", "Observation", "RegisteredForm", "SchemeEntry", "SchemeItem", "SchemeWeight", "Submission", "Threshold", "UploadedTable", "ValidationRule",
    "ValueChange",
]  # fmt: skip
