"""Web forms of the indicators room."""

from .catalogue import IndicatorForm, WorkbookForm, choices_of
from .indices import EntryForm, IndexForm, ItemForm, SchemeForm
from .register import (
    ApplicationForm,
    CollectionForm,
    DecisionForm,
    FieldForm,
    NeighbourForm,
    RefusalForm,
    ThresholdForm,
)

__all__ = [
    "ApplicationForm", "CollectionForm", "DecisionForm", "EntryForm", "FieldForm", "IndexForm", "IndicatorForm", "ItemForm", "SchemeForm", "NeighbourForm", "RefusalForm", "ThresholdForm", "WorkbookForm", "choices_of",
]  # fmt: skip
