"""Matters: anything that must be done, its kind, history, clocks, evidence, look-backs and supervision."""

from .admission import (
    ADMISSION_STATES,
    AdmissionRequest,
    AdmissionTerms,
)
from .call_back import (
    CallBack,
    Draw,
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
from .exclusion import (
    Exclusion,
)
from .field_report import (
    FieldReport,
)
from .follower import (
    Follower,
)
from .grid import (
    GridPost,
    GridRefusal,
    MicroGrid,
    ServiceItem,
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
    digest_of_kind,
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
from .recusal import (
    Recusal,
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
from .signal import (
    SIGNALS,
    Signal,
    VerdictCount,
)
from .team import (
    LinkedUnit,
    TaskTeam,
)
from .weights import (
    RateWeights,
)
from .whistle import (
    WhistleRating,
)
from .words import (
    MatterFresh,
    MatterGram,
    MatterWords,
)

__all__ = [
    "ADMISSION_STATES",
    "KIND_STATES",
    "ORDER",
    "PLAN_KINDS",
    "Accused",
    "AdmissionRequest",
    "AdmissionTerms",
    "BulkItem",
    "BulkRun",
    "CalendarFeed",
    "CallBack",
    "Draw",
    "DutyItem",
    "DutyList",
    "Event",
    "Evidence",
    "Exclusion",
    "ExtensionRequest",
    "FieldReport",
    "Follower",
    "FrozenKind",
    "GridPost",
    "GridRefusal",
    "InspectionPlan",
    "KindCase",
    "LinkedUnit",
    "LookBack",
    "Matter",
    "MatterClock",
    "MicroGrid",
    "MatterFresh",
    "MatterGram",
    "MatterWords",
    "NumberSeries",
    "OwnKind",
    "RateWeights",
    "Recusal",
    "ReplyTemplate",
    "RoutingCase",
    "RoutingRule",
    "RoutingRuleSet",
    "SIGNALS",
    "SavedSearch",
    "SealedOpening",
    "SealedRecord",
    "ServiceItem",
    "Signal",
    "SupervisionNotice",
    "Suspension",
    "TaskDuty",
    "TaskRefusal",
    "TaskTeam",
    "VerdictCount",
    "WhistleRating",
    "digest_of_kind",
]
