"""The only writers of matters, cut by concept."""

from .lifecycle import (
    EVIDENCE_LIMIT,
    EVIDENCE_TYPES,
    FOLLOW_ALPHABET,
    RESIDENT,
    assign_task,
    follow_hash,
    give_verdict,
    open_matter,
    receive_request,
    take_step,
)
from .supervision import answer_notice, issue_notice

__all__ = [
    "EVIDENCE_LIMIT",
    "EVIDENCE_TYPES",
    "FOLLOW_ALPHABET",
    "RESIDENT",
    "answer_notice",
    "assign_task",
    "follow_hash",
    "give_verdict",
    "issue_notice",
    "open_matter",
    "receive_request",
    "take_step",
]
