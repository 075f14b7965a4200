"""The writers of livelihood projects."""

from .accepting import accept, give_verdict, publish
from .photographs import keep_photograph, withdraw_photograph
from .progress import add_milestone, explain_delay, finish_milestone, pay, report_done, start
from .proposing import change_project, drop, propose
from .voting import record_vote

__all__ = [
    "accept", "add_milestone", "change_project", "drop", "explain_delay", "finish_milestone", "give_verdict", "keep_photograph", "pay", "propose",
    "publish", "record_vote", "report_done", "start", "withdraw_photograph",
]  # fmt: skip
