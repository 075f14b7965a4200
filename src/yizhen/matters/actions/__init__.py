"""The only writers of matters, cut by concept."""

from .admissions import (
    ask_admission,
    decide_admission,
    set_admission_terms,
)
from .assigning import (
    assign_duty,
    refuse_task,
)
from .bulk import (
    take_bulk,
)
from .desk import (
    drop_reply,
    drop_search,
    issue_feed,
    revoke_feed,
    save_reply,
    save_search,
)
from .door import (
    same_request,
    take_request,
)
from .duties import (
    discard_list,
    draft_list,
    keep_item,
    put_in_force,
)
from .evidence import (
    EVIDENCE_LIMIT,
    ManyPhotographs,
    keep_evidence,
)
from .field import (
    SentBefore,
    file_report,
)
from .filing import freeze_kind
from .following import (
    follow_matter,
    follow_token,
)
from .grids import (
    answer_refusal,
    check_grid_list,
    draw_micro_grid,
    list_service,
    post_worker,
    refuse_demand,
    retire_micro_grid,
    withdraw_service,
)
from .history import (
    RESIDENT,
)
from .inspections import (
    cancel_inspection,
    conclude_inspection,
    plan_inspection,
)
from .lifecycle import (
    Step,
    ask_review,
    give_verdict,
    take_step,
    tell_data_back,
)
from .opening import (
    FOLLOW_ALPHABET,
    assign_task,
    follow_hash,
    new_follow_code,
    open_matter,
)
from .recusing import (
    lift_recusal,
    recuse,
)
from .registering import (
    register_matter,
)
from .reporting import (
    take_step_with_files,
)
from .sealing import (
    forget_sealed,
    look_into_sealed,
    seal,
)
from .supervision import (
    answer_notice,
    issue_notice,
)
from .teams import (
    end_team,
    form_team,
    link_unit,
    unlink_unit,
)
from .weights import (
    set_rate_weights,
)
from .whistle import (
    call_departments,
    rate_whistle,
)
from .words import (
    fold_words,
    reindex_matters,
)

__all__ = [
    "EVIDENCE_LIMIT",
    "FOLLOW_ALPHABET",
    "RESIDENT",
    "ManyPhotographs",
    "SentBefore",
    "Step",
    "answer_notice",
    "answer_refusal",
    "ask_admission",
    "ask_review",
    "assign_duty",
    "assign_task",
    "call_departments",
    "cancel_inspection",
    "check_grid_list",
    "conclude_inspection",
    "decide_admission",
    "discard_list",
    "draft_list",
    "draw_micro_grid",
    "drop_reply",
    "drop_search",
    "end_team",
    "file_report",
    "follow_hash",
    "follow_matter",
    "follow_token",
    "fold_words",
    "forget_sealed",
    "form_team",
    "freeze_kind",
    "give_verdict",
    "issue_feed",
    "issue_notice",
    "keep_evidence",
    "keep_item",
    "lift_recusal",
    "link_unit",
    "list_service",
    "look_into_sealed",
    "new_follow_code",
    "open_matter",
    "plan_inspection",
    "post_worker",
    "put_in_force",
    "rate_whistle",
    "recuse",
    "refuse_demand",
    "refuse_task",
    "register_matter",
    "retire_micro_grid",
    "reindex_matters",
    "revoke_feed",
    "save_reply",
    "save_search",
    "seal",
    "set_admission_terms",
    "same_request",
    "set_rate_weights",
    "take_bulk",
    "take_request",
    "take_step",
    "take_step_with_files",
    "tell_data_back",
    "unlink_unit",
    "withdraw_service",
]
