"""The one lifecycle: every matter of every kind moves through this table and no other way."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Where a matter stands."""

    NEW = "new"
    HANDLING = "handling"
    RETURNED = "returned"
    HANDLED = "handled"
    VERIFIED = "verified"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What may be done to a matter."""

    OPEN = "open"
    ACCEPT = "accept"
    OBJECT = "object"
    INSIST = "insist"
    WITHDRAW = "withdraw"
    REPORT_DONE = "report_done"
    SEND_BACK = "send_back"
    PASS = "pass_verification"  # noqa: S105  # a step, not a password
    SATISFIED = "verdict_satisfied"
    UNSATISFIED = "verdict_unsatisfied"
    LOOK_BACK_HOLDS = "look_back_holds"
    LOOK_BACK_REOPENS = "look_back_reopens"


class Party(StrEnum):
    """Who acts: predicates of the same names are in rules.py."""

    HANDLER = "handler"
    VERIFIER = "verifier"
    DISPATCHER = "dispatcher"
    REQUESTER = "requester"


@dataclass(frozen=True)
class Transition:
    """One row of the table: from a state, by a party, to a state.

    ``asks_verdict`` is the state instead of ``target`` for kinds whose requester has the last word.
    """

    verb: Verb
    source: State
    target: State
    party: Party
    asks_verdict: State | None = None
    text_required: bool = False


TRANSITIONS = (
    Transition(Verb.ACCEPT, State.NEW, State.HANDLING, Party.HANDLER),
    Transition(Verb.OBJECT, State.NEW, State.RETURNED, Party.HANDLER, text_required=True),
    Transition(Verb.INSIST, State.RETURNED, State.NEW, Party.DISPATCHER, text_required=True),
    Transition(Verb.WITHDRAW, State.NEW, State.WITHDRAWN, Party.DISPATCHER, text_required=True),
    Transition(Verb.WITHDRAW, State.RETURNED, State.WITHDRAWN, Party.DISPATCHER, text_required=True),
    Transition(Verb.REPORT_DONE, State.HANDLING, State.HANDLED, Party.HANDLER, text_required=True),
    Transition(Verb.SEND_BACK, State.HANDLED, State.HANDLING, Party.VERIFIER, text_required=True),
    Transition(Verb.PASS, State.HANDLED, State.CLOSED, Party.VERIFIER, State.VERIFIED, text_required=True),
    Transition(Verb.SATISFIED, State.VERIFIED, State.CLOSED, Party.REQUESTER),
    Transition(Verb.UNSATISFIED, State.VERIFIED, State.HANDLING, Party.REQUESTER, text_required=True),
    Transition(Verb.LOOK_BACK_HOLDS, State.CLOSED, State.CLOSED, Party.VERIFIER, text_required=True),
    Transition(Verb.LOOK_BACK_REOPENS, State.CLOSED, State.HANDLING, Party.VERIFIER, text_required=True),
)
TABLE = {(transition.verb, transition.source): transition for transition in TRANSITIONS}
REOPENING = {Verb.UNSATISFIED, Verb.LOOK_BACK_REOPENS}
LOOKING_BACK = {Verb.LOOK_BACK_HOLDS, Verb.LOOK_BACK_REOPENS}
OPEN_STATES = (State.NEW, State.HANDLING, State.RETURNED, State.HANDLED, State.VERIFIED)
WITH_HANDLER = (State.NEW, State.HANDLING)

STATE_NAMES = {
    State.NEW: _("已交办"),
    State.HANDLING: _("办理中"),
    State.RETURNED: _("已退回，待派件方答复"),
    State.HANDLED: _("已报办结，待核验"),
    State.VERIFIED: _("核验通过，待诉求人评价"),
    State.CLOSED: _("已销号"),
    State.WITHDRAWN: _("已撤回"),
}
VERB_NAMES = {
    Verb.OPEN: _("登记"),
    Verb.ACCEPT: _("接收"),
    Verb.OBJECT: _("提出异议退回"),
    Verb.INSIST: _("维持交办"),
    Verb.WITHDRAW: _("撤回"),
    Verb.REPORT_DONE: _("报告办结"),
    Verb.SEND_BACK: _("核验不通过，返工"),
    Verb.PASS: _("核验通过"),
    Verb.SATISFIED: _("评价：已解决"),
    Verb.UNSATISFIED: _("评价：没解决，重新打开"),
    Verb.LOOK_BACK_HOLDS: _("回头看：没有反弹"),
    Verb.LOOK_BACK_REOPENS: _("回头看：反弹，重新打开"),
}
DISPOSITIONS = {
    "solved": _("已解决"),
    "longer_by_law": _("依法需更长时间"),
    "constrained_with_plan": _("受条件限制，已有计划"),
    "explained_not_entitled": _("已说明不属应办"),
}
