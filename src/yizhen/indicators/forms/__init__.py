"""Web forms of the indicators room."""

from .catalogue import IndicatorForm, WorkbookForm, choices_of
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
    "ApplicationForm", "CollectionForm", "DecisionForm", "FieldForm", "IndicatorForm", "NeighbourForm", "RefusalForm", "ThresholdForm", "WorkbookForm", "choices_of",
]  # fmt: skip
