"""The nouns of the growth room."""

from .enterprise import Enterprise, EnterpriseMatter, Visit
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
]
