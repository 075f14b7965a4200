"""Signs that figures may be made rather than earned: shares of a unit's matters against what its peers lead one to expect.

A sign is a reason to ask the unit, never a finding: every function returns what was counted, what was expected, and how
often chance alone would go as far.
"""

from .compare import Finding, Rule, Screening, compare, trimmed_share
from .counts import (
    Counted,
    bursts,
    copied_files,
    copied_texts,
    last_minutes,
    same_channel,
    shares,
)
from .rules import RULES

__all__ = [
    "RULES",
    "Counted",
    "Finding",
    "Rule",
    "Screening",
    "bursts",
    "compare",
    "copied_files",
    "copied_texts",
    "last_minutes",
    "same_channel",
    "shares",
    "trimmed_share",
]
