"""Agreement between raters: a property of the panel, not of those it rated."""

from .alpha import bootstrap_alpha, krippendorff_alpha
from .gwet import GwetAgreement, gwet_ac
from .icc import Icc, icc
from .kendall import Concordance, kendall_w
from .panel import raters_needed, reliability_of_mean

__all__ = [
    "Concordance",
    "GwetAgreement",
    "Icc",
    "bootstrap_alpha",
    "gwet_ac",
    "icc",
    "kendall_w",
    "krippendorff_alpha",
    "raters_needed",
    "reliability_of_mean",
]
