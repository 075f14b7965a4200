"""The nouns of the growth room."""

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
from .project import FAIR, STAGES, Project, Realised
from .screening import Screening, ScreeningRule

__all__ = [
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
