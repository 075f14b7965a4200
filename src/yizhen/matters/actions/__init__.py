"""The only writers of matters, cut by concept."""

from .history import RESIDENT
from .lifecycle import EVIDENCE_LIMIT, EVIDENCE_TYPES, Step, ask_review, give_verdict, take_step
from .opening import (
    FOLLOW_ALPHABET,
    assign_task,
    follow_hash,
    freeze_kind,
    new_follow_code,
    open_matter,
    receive_request,
)
from .supervision import answer_notice, issue_notice
from .whistle import call_departments, rate_whistle

__all__ = [
    "EVIDENCE_LIMIT",
    "EVIDENCE_TYPES",
    "FOLLOW_ALPHABET",
    "RESIDENT",
    "Step",
    "answer_notice",
    "ask_review",
    "assign_task",
    "call_departments",
    "follow_hash",
    "freeze_kind",
    "give_verdict",
    "issue_notice",
    "new_follow_code",
    "open_matter",
    "rate_whistle",
    "receive_request",
    "take_step",
]
