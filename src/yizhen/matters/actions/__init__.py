"""The only writers of matters, cut by concept."""

from .bulk import take_bulk
from .desk import drop_reply, drop_search, issue_feed, revoke_feed, save_reply, save_search
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
    "drop_reply",
    "drop_search",
    "follow_hash",
    "give_verdict",
    "issue_feed",
    "issue_notice",
    "open_matter",
    "receive_request",
    "revoke_feed",
    "save_reply",
    "save_search",
    "take_bulk",
    "take_step",
]
