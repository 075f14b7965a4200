"""The only writers of matters, cut by concept."""

from .evidence import EVIDENCE_LIMIT, keep_evidence
from .following import follow_matter, follow_token
from .lifecycle import (
    FOLLOW_ALPHABET,
    RESIDENT,
    assign_task,
    follow_hash,
    give_verdict,
    open_matter,
    receive_request,
    take_step,
)
from .reporting import take_step_with_files
from .supervision import answer_notice, issue_notice

__all__ = [
    "EVIDENCE_LIMIT",
    "FOLLOW_ALPHABET",
    "RESIDENT",
    "answer_notice",
    "assign_task",
    "follow_hash",
    "follow_matter",
    "follow_token",
    "give_verdict",
    "issue_notice",
    "keep_evidence",
    "open_matter",
    "receive_request",
    "take_step",
    "take_step_with_files",
]
