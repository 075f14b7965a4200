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
from .registering import register_matter
from .sealing import forget_sealed, look_into_sealed, seal
from .supervision import answer_notice, issue_notice

__all__ = [
    "EVIDENCE_LIMIT",
    "EVIDENCE_TYPES",
    "FOLLOW_ALPHABET",
    "RESIDENT",
    "Step",
    "answer_notice",
    "ask_review",
    "assign_task",
    "follow_hash",
    "forget_sealed",
    "freeze_kind",
    "give_verdict",
    "issue_notice",
    "look_into_sealed",
    "new_follow_code",
    "open_matter",
    "receive_request",
    "register_matter",
    "seal",
    "take_step",
]
