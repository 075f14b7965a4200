"""The only writers of matters, cut by concept."""

from .admissions import ask_admission, decide_admission, set_admission_terms
from .assigning import assign_duty, refuse_task
from .duties import discard_list, draft_list, keep_item, put_in_force
from .inspections import cancel_inspection, conclude_inspection, plan_inspection
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
    "ask_admission",
    "assign_duty",
    "assign_task",
    "cancel_inspection",
    "conclude_inspection",
    "decide_admission",
    "discard_list",
    "draft_list",
    "follow_hash",
    "give_verdict",
    "issue_notice",
    "keep_item",
    "open_matter",
    "plan_inspection",
    "put_in_force",
    "receive_request",
    "refuse_task",
    "set_admission_terms",
    "take_step",
]
