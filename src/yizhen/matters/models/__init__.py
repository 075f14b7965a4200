"""Matters: anything that must be done, its kind, history, clocks, evidence, look-backs and supervision."""

from .admission import (
    ADMISSION_STATES,
    AdmissionRequest,
    AdmissionTerms,
)
from .clock import (
    ORDER,
    ExtensionRequest,
    MatterClock,
    Suspension,
)
from .desk import (
    BulkItem,
    BulkRun,
    CalendarFeed,
    ReplyTemplate,
    SavedSearch,
)
from .duty import (
    DutyItem,
    DutyList,
    TaskDuty,
    TaskRefusal,
)
from .event import (
    Event,
    Evidence,
)
from .follower import (
    Follower,
)
from .inspection import (
    PLAN_KINDS,
    InspectionPlan,
)
from .kind import (
    KIND_STATES,
    FrozenKind,
    KindCase,
    OwnKind,
)
from .look_back import (
    LookBack,
)
from .matter import (
    Matter,
    NumberSeries,
)
from .notice import (
    SupervisionNotice,
)
from .routing import (
    RoutingCase,
    RoutingRule,
    RoutingRuleSet,
)
from .sealed import (
    Accused,
    SealedOpening,
    SealedRecord,
)

__all__ = [
    "ADMISSION_STATES",
    "Accused",
    "AdmissionRequest",
    "AdmissionTerms",
    "BulkItem",
    "BulkRun",
    "CalendarFeed",
    "DutyItem",
    "DutyList",
    "Event",
    "Evidence",
    "ExtensionRequest",
    "Follower",
    "FrozenKind",
    "InspectionPlan",
    "KIND_STATES",
    "KindCase",
    "LookBack",
    "Matter",
    "MatterClock",
    "NumberSeries",
    "ORDER",
    "OwnKind",
    "PLAN_KINDS",
    "ReplyTemplate",
    "RoutingCase",
    "RoutingRule",
    "RoutingRuleSet",
    "SavedSearch",
    "SealedOpening",
    "SealedRecord",
    "SupervisionNotice",
    "Suspension",
    "TaskDuty",
    "TaskRefusal",
]
