"""The nouns of the growth room."""

from .project import FAIR, STAGES, Project, Realised
from .screening import Screening, ScreeningRule

__all__ = ["FAIR", "STAGES", "Project", "Realised", "Screening", "ScreeningRule"]
