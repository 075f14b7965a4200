"""The nouns of the growth room."""

from .enterprise import Enterprise, EnterpriseMatter, Visit
from .industry import (
    DECISIONS_OF_INDUSTRY,
    DIRECTIONS,
    POSITIONS,
    CommunityCount,
    IndustryCommunity,
    IndustryDeclaration,
    OutsideIndustry,
    SectorFigure,
    StepReport,
    UpgradeStep,
)
from .park import TEN_BILLION, Park, ParkFigure, ParkTarget
from .payment import ProcurementBudget, PublicPayment
from .policy import FeeItem, Policy, PolicyCondition
from .project import FAIR, STAGES, Project, Realised
from .redemption import BenefitList, BenefitListItem, Redemption
from .screening import Screening, ScreeningRule

__all__ = [
    "FAIR",
    "STAGES",
    "BenefitList",
    "BenefitListItem",
    "Enterprise",
    "EnterpriseMatter",
    "FeeItem",
    "Policy",
    "PolicyCondition",
    "ProcurementBudget",
    "Project",
    "PublicPayment",
    "Realised",
    "Redemption",
    "Screening",
    "ScreeningRule",
    "Visit",
    "DECISIONS_OF_INDUSTRY",
    "DIRECTIONS",
    "FAIR",
    "POSITIONS",
    "STAGES",
    "TEN_BILLION",
    "CommunityCount",
    "IndustryCommunity",
    "IndustryDeclaration",
    "OutsideIndustry",
    "Park",
    "ParkFigure",
    "ParkTarget",
    "Project",
    "Realised",
    "Screening",
    "ScreeningRule",
    "SectorFigure",
    "StepReport",
    "UpgradeStep",
]
