"""The nouns of the livelihood room."""

from .facility import FACILITY_KINDS, Facility, FacilityUse, UseRule
from .progress import MOMENTS, Delay, Milestone, Payment, Photo
from .project import KINDS, STAGES, Project
from .verdict import ANSWERS, Acceptance, Verdict
from .vote import Tally, Vote

__all__ = [
    "ANSWERS", "FACILITY_KINDS", "KINDS", "MOMENTS", "STAGES", "Acceptance", "Delay", "Facility", "FacilityUse", "Milestone", "Payment", "Photo",
    "Project", "Tally", "UseRule", "Verdict", "Vote",
]  # fmt: skip
