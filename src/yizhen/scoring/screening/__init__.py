"""Flags on ballots for a person to look at: never a verdict, never a deletion."""

from yizhen.scoring.chance import false_discovery

from .digits import heaping
from .flags import Screen
from .groups import Coalition, coalition_test, group_interaction
from .influence import Absence, Influence, abstention_bounds, leave_one_out
from .sheets import identical_sheets, misfit, straight_lines

__all__ = [
    "Absence",
    "Coalition",
    "Influence",
    "Screen",
    "abstention_bounds",
    "coalition_test",
    "false_discovery",
    "group_interaction",
    "heaping",
    "identical_sheets",
    "leave_one_out",
    "misfit",
    "straight_lines",
]
