"""Web forms of the indicators room."""

from .catalogue import IndicatorForm, WorkbookForm
from .register import ApplicationForm, CollectionForm, DecisionForm, FieldForm, RefusalForm, ThresholdForm

__all__ = [
    "ApplicationForm", "CollectionForm", "DecisionForm", "FieldForm", "IndicatorForm", "RefusalForm", "ThresholdForm", "WorkbookForm",
]  # fmt: skip
