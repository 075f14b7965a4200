"""Matters: anything that must be done, its history, evidence, look-backs and supervision."""

from .admission import ADMISSION_STATES, AdmissionRequest, AdmissionTerms
from .duty import DutyItem, DutyList, TaskDuty, TaskRefusal
from .event import Event, Evidence
from .inspection import PLAN_KINDS, InspectionPlan
from .look_back import LookBack
from .matter import Matter, NumberSeries
from .notice import SupervisionNotice

__all__ = [
    "ADMISSION_STATES",
    "PLAN_KINDS",
    "AdmissionRequest",
    "AdmissionTerms",
    "DutyItem",
    "DutyList",
    "Event",
    "Evidence",
    "InspectionPlan",
    "LookBack",
    "Matter",
    "NumberSeries",
    "SupervisionNotice",
    "TaskDuty",
    "TaskRefusal",
]
