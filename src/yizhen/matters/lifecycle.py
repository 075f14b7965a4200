"""The one lifecycle: every matter of every kind moves through this table and no other way."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Where a matter stands."""

    REPORTED = "reported"
    CHECKED = "checked"
    FILED = "filed"
    NEW = "new"
    HANDLING = "handling"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    HANDLED = "handled"
    VERIFIED = "verified"
    REVIEWING = "reviewing"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What may be done to a matter."""

    OPEN = "open"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    FILE = "file"
    DISPATCH = "dispatch"
    SOLVE_AT_ONCE = "solve_at_once"
    ACCEPT = "accept"
    OBJECT = "object"
    INSIST = "insist"
    WITHDRAW = "withdraw"
    PASS_UP = "pass_up"  # noqa: S105
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUSPEND = "suspend"
    RESUME = "resume"
    REPORT_DONE = "report_done"
    SEND_BACK = "send_back"
    PASS = "pass_verification"  # noqa: S105  # a step, not a password
    SATISFIED = "verdict_satisfied"
    UNSATISFIED = "verdict_unsatisfied"
    LAPSE = "lapse"
    ASK_FIRST_REVIEW = "ask_first_review"
    UPHOLD_FIRST = "uphold_first"
    ASK_SECOND_REVIEW = "ask_second_review"
    UPHOLD_SECOND = "uphold_second"
    OVERTURN = "overturn"
    LOOK_BACK_HOLDS = "look_back_holds"
    LOOK_BACK_REOPENS = "look_back_reopens"
    PART_REOPENS = "part_reopens"
    DATA_BACK = "data_back"


class Party(StrEnum):
    """Who acts: predicates of the same names are in rules.py."""

    HANDLER = "handler"
    VERIFIER = "verifier"
    DISPATCHER = "dispatcher"
    REQUESTER = "requester"
    FILER = "filer"
    APPROVER = "approver"
    REVIEWER = "reviewer"
    SYSTEM = "system"


class Need(StrEnum):
    """What a step must bring along besides words."""

    DISPOSITION = "disposition"
    RECIPIENT = "recipient"
    REASON = "reason"
    RESULT_FIELDS = "result_fields"


@dataclass(frozen=True)
class Transition:
    """One row of the table: from a state, by a party, to a state.

    ``asks_verdict`` is the state instead of ``target`` for kinds whose requester has the last word. ``needs`` is what the
    step must bring; ``only`` names the trait without which a kind does not know the step.
    """

    verb: Verb
    source: State
    target: State
    party: Party
    asks_verdict: State | None = None
    text_required: bool = False
    needs: tuple[Need, ...] = ()
    only: str = ""


_DONE = (Need.DISPOSITION, Need.RESULT_FIELDS)
TRANSITIONS = (
    Transition(Verb.SOLVE_AT_ONCE, State.REPORTED, State.HANDLED, Party.HANDLER, text_required=True, needs=_DONE, only="checks"),
    Transition(Verb.CONFIRM, State.REPORTED, State.CHECKED, Party.FILER, only="checks"),
    Transition(Verb.FILE, State.REPORTED, State.FILED, Party.FILER, only="unchecked"),
    Transition(Verb.DISMISS, State.REPORTED, State.WITHDRAWN, Party.FILER, text_required=True),
    Transition(Verb.FILE, State.CHECKED, State.FILED, Party.FILER),
    Transition(Verb.DISMISS, State.CHECKED, State.WITHDRAWN, Party.FILER, text_required=True),
    Transition(Verb.DISPATCH, State.FILED, State.NEW, Party.FILER, needs=(Need.RECIPIENT,)),
    Transition(Verb.ACCEPT, State.NEW, State.HANDLING, Party.HANDLER),
    Transition(Verb.OBJECT, State.NEW, State.RETURNED, Party.HANDLER, text_required=True, only="may_object"),
    Transition(Verb.INSIST, State.RETURNED, State.NEW, Party.DISPATCHER, text_required=True),
    Transition(Verb.DISPATCH, State.RETURNED, State.NEW, Party.FILER, needs=(Need.RECIPIENT,), only="filed"),
    Transition(Verb.WITHDRAW, State.NEW, State.WITHDRAWN, Party.DISPATCHER, text_required=True, only="may_withdraw"),
    Transition(Verb.WITHDRAW, State.RETURNED, State.WITHDRAWN, Party.DISPATCHER, text_required=True, only="may_withdraw"),
    Transition(Verb.REPORT_DONE, State.HANDLING, State.HANDLED, Party.HANDLER, text_required=True, needs=_DONE),
    Transition(Verb.PASS_UP, State.HANDLING, State.FILED, Party.HANDLER, text_required=True, only="filed"),
    Transition(Verb.ASK_EXTENSION, State.HANDLING, State.HANDLING, Party.HANDLER, text_required=True, only="extension"),
    Transition(Verb.GRANT_EXTENSION, State.HANDLING, State.HANDLING, Party.APPROVER, text_required=True, only="extension"),
    Transition(Verb.REFUSE_EXTENSION, State.HANDLING, State.HANDLING, Party.APPROVER, text_required=True, only="extension"),
    Transition(
        Verb.SUSPEND, State.HANDLING, State.SUSPENDED, Party.HANDLER,
        text_required=True, needs=(Need.REASON,), only="suspensions",
    ),
    Transition(Verb.RESUME, State.SUSPENDED, State.HANDLING, Party.HANDLER, text_required=True),
    Transition(Verb.SEND_BACK, State.HANDLED, State.HANDLING, Party.VERIFIER, text_required=True),
    Transition(Verb.PASS, State.HANDLED, State.CLOSED, Party.VERIFIER, State.VERIFIED, text_required=True),
    Transition(Verb.SATISFIED, State.VERIFIED, State.CLOSED, Party.REQUESTER),
    Transition(Verb.UNSATISFIED, State.VERIFIED, State.HANDLING, Party.REQUESTER, text_required=True, only="unreviewed"),
    Transition(Verb.LAPSE, State.VERIFIED, State.CLOSED, Party.VERIFIER, text_required=True, only="lapse"),
    Transition(Verb.ASK_FIRST_REVIEW, State.VERIFIED, State.REVIEWING, Party.REQUESTER, text_required=True, only="reviews"),
    Transition(Verb.UPHOLD_FIRST, State.REVIEWING, State.VERIFIED, Party.REVIEWER, text_required=True, only="reviews"),
    Transition(Verb.ASK_SECOND_REVIEW, State.VERIFIED, State.REVIEWING, Party.REQUESTER, text_required=True, only="reviews"),
    Transition(Verb.UPHOLD_SECOND, State.REVIEWING, State.CLOSED, Party.REVIEWER, text_required=True, only="reviews"),
    Transition(Verb.OVERTURN, State.REVIEWING, State.HANDLING, Party.REVIEWER, text_required=True, only="reviews"),
    Transition(Verb.LOOK_BACK_HOLDS, State.CLOSED, State.CLOSED, Party.VERIFIER, text_required=True, only="look_back_days"),
    Transition(Verb.LOOK_BACK_REOPENS, State.CLOSED, State.HANDLING, Party.VERIFIER, text_required=True, only="look_back_days"),
    # A look-back that opens a part again opens what was done on the strength of it.
    Transition(Verb.PART_REOPENS, State.HANDLED, State.HANDLING, Party.SYSTEM, text_required=True),
    Transition(Verb.PART_REOPENS, State.VERIFIED, State.HANDLING, Party.SYSTEM, text_required=True),
    Transition(Verb.PART_REOPENS, State.CLOSED, State.HANDLING, Party.SYSTEM, text_required=True),
    # The figures that opened it are back in range: the matter is told and stays where it is; a verifier closes it.
    Transition(Verb.DATA_BACK, State.NEW, State.NEW, Party.SYSTEM, text_required=True, only="ordered"),
    Transition(Verb.DATA_BACK, State.HANDLING, State.HANDLING, Party.SYSTEM, text_required=True, only="ordered"),
    Transition(Verb.DATA_BACK, State.RETURNED, State.RETURNED, Party.SYSTEM, text_required=True, only="ordered"),
    Transition(Verb.DATA_BACK, State.SUSPENDED, State.SUSPENDED, Party.SYSTEM, text_required=True, only="ordered"),
    Transition(Verb.DATA_BACK, State.HANDLED, State.HANDLED, Party.SYSTEM, text_required=True, only="ordered"),
)  # fmt: skip
TABLE = {(transition.verb, transition.source): transition for transition in TRANSITIONS}
REPORTING = {Verb.REPORT_DONE, Verb.SOLVE_AT_ONCE}
REOPENING = {Verb.UNSATISFIED, Verb.LOOK_BACK_REOPENS, Verb.OVERTURN, Verb.PART_REOPENS}
LOOKING_BACK = {Verb.LOOK_BACK_HOLDS, Verb.LOOK_BACK_REOPENS}
BEFORE_DISPATCH = (State.REPORTED, State.CHECKED, State.FILED)
OPEN_STATES = (
    *BEFORE_DISPATCH, State.NEW, State.HANDLING, State.RETURNED, State.SUSPENDED, State.HANDLED, State.VERIFIED, State.REVIEWING,
)  # fmt: skip
BEFORE_REPORT = (*BEFORE_DISPATCH, State.NEW, State.HANDLING, State.RETURNED, State.SUSPENDED)
WITH_HANDLER = (State.NEW, State.HANDLING)

STATE_NAMES = {
    State.REPORTED: _("已上报，待核实"),
    State.CHECKED: _("已核实，待立案"),
    State.FILED: _("已立案，待派遣"),
    State.NEW: _("已交办"),
    State.HANDLING: _("办理中"),
    State.RETURNED: _("已退回，待派件方答复"),
    State.SUSPENDED: _("已中止计时"),
    State.HANDLED: _("已报办结，待核验"),
    State.VERIFIED: _("核验通过，待诉求人评价"),
    State.REVIEWING: _("复查复核中"),
    State.CLOSED: _("已销号"),
    State.WITHDRAWN: _("已撤回"),
}
VERB_NAMES = {
    Verb.OPEN: _("登记"),
    Verb.CONFIRM: _("核实属实"),
    Verb.DISMISS: _("不予受理"),
    Verb.FILE: _("立案受理"),
    Verb.DISPATCH: _("派遣"),
    Verb.SOLVE_AT_ONCE: _("当场解决"),
    Verb.ACCEPT: _("接收"),
    Verb.OBJECT: _("提出异议退回"),
    Verb.INSIST: _("维持交办"),
    Verb.WITHDRAW: _("撤回"),
    Verb.PASS_UP: _("本级办不了，上报"),
    Verb.ASK_EXTENSION: _("申请延期"),
    Verb.GRANT_EXTENSION: _("同意延期"),
    Verb.REFUSE_EXTENSION: _("不同意延期"),
    Verb.SUSPEND: _("中止计时"),
    Verb.RESUME: _("恢复计时"),
    Verb.REPORT_DONE: _("报告办结"),
    Verb.SEND_BACK: _("核验不通过，返工"),
    Verb.PASS: _("核验通过"),
    Verb.SATISFIED: _("评价：已解决"),
    Verb.UNSATISFIED: _("评价：没解决，重新打开"),
    Verb.LAPSE: _("期满未评价，结案"),
    Verb.ASK_FIRST_REVIEW: _("申请复查"),
    Verb.UPHOLD_FIRST: _("复查：维持"),
    Verb.ASK_SECOND_REVIEW: _("申请复核"),
    Verb.UPHOLD_SECOND: _("复核：维持，终结"),
    Verb.OVERTURN: _("复查复核：撤销，重新办理"),
    Verb.LOOK_BACK_HOLDS: _("回头看：没有反弹"),
    Verb.LOOK_BACK_REOPENS: _("回头看：反弹，重新打开"),
    Verb.PART_REOPENS: _("子事项反弹，随之重新打开"),
    Verb.DATA_BACK: _("数据已回到正常范围"),
}
DISPOSITIONS = {
    "solved": _("已解决"),
    "longer_by_law": _("依法需更长时间"),
    "constrained_with_plan": _("受条件限制，已有计划"),
    "explained_not_entitled": _("已说明不属应办"),
}
