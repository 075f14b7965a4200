"""The words of the transition table: who acts, what a step must bring, which kinds know it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .kinds import KindClock, MatterKind
from .kinds.traits import target_of, ways_of
from .lifecycle import REOPENING, STATE_NAMES, TRANSITIONS, VERB_NAMES, Need, Party, State, Transition, Verb

PARTY_NAMES = {
    Party.HANDLER: _("承办方"),
    Party.VERIFIER: _("核验方（不是办理人）"),
    Party.DISPATCHER: _("派件方"),
    Party.REQUESTER: _("诉求人"),
    Party.FILER: _("立案派遣方"),
    Party.APPROVER: _("批准方（不是申请人）"),
    Party.REVIEWER: _("上一级（既没办理也没核验）"),
    Party.SYSTEM: _("系统"),
}
NEED_NAMES = {
    Need.DISPOSITION: _("处理结果"),
    Need.RECIPIENT: _("派给谁"),
    Need.REASON: _("法规列出的理由"),
    Need.RESULT_FIELDS: _("办结字段"),
}
WORDS = _("情况或理由")
TRAIT_NAMES = {
    "checks": _("先核实的种类"),
    "unchecked": _("不核实的种类"),
    "filed": _("要立案派遣的种类"),
    "may_object": _("可以提出异议的种类"),
    "may_withdraw": _("可以撤回的种类"),
    "extension": _("期限可以延长的种类"),
    "suspensions": _("期限可以中止的种类"),
    "unreviewed": _("没有复查复核的种类"),
    "reviews": _("有复查复核的种类"),
    "lapse": _("评价有期限的种类"),
    "look_back_days": _("有回头看的种类"),
    "ordered": _("直接交办的种类"),
}
UNIT_NAMES = {"hour": _("小时"), "working_day": _("工作日"), "natural_day": _("自然日")}


@dataclass(frozen=True)
class TableRow:
    """One row of the transition table in words, with the clocks of a kind that its step starts and stops."""

    verb: str
    name: Any
    source: Any
    target: Any
    verdict_target: Any
    party: Any
    needs: tuple[Any, ...]
    trait: Any
    starts: tuple[KindClock, ...] = ()
    stops: tuple[KindClock, ...] = ()


def table_rows(kind: MatterKind | None = None) -> list[TableRow]:
    """Return the whole table in words, or the rows that matters of a kind can come to, with its clocks."""
    return [_row(row, kind) for row in (TRANSITIONS if kind is None else ways_of(kind))]


def opening_row(kind: MatterKind) -> tuple[Any, tuple[KindClock, ...]]:
    """Return the state in which a kind begins, and the clocks that start then."""
    return STATE_NAMES[State(kind.entry)], tuple(clock for clock in kind.clocks if Verb.OPEN in clock.starts)


def _row(row: Transition, kind: MatterKind | None) -> TableRow:
    clocks = kind.clocks if kind is not None else ()
    words = (WORDS,) if row.text_required else ()
    target = row.target if kind is None else target_of(row, kind)
    return TableRow(
        row.verb.value,
        VERB_NAMES[row.verb],
        STATE_NAMES[row.source],
        STATE_NAMES[target],
        STATE_NAMES[row.asks_verdict] if row.asks_verdict and kind is None else "",
        PARTY_NAMES[row.party],
        (*words, *(NEED_NAMES[need] for need in row.needs)),
        TRAIT_NAMES[row.only] if row.only else "",
        tuple(clock for clock in clocks if row.verb in clock.starts and row.verb not in REOPENING),
        tuple(clock for clock in clocks if row.verb in clock.stops),
    )
