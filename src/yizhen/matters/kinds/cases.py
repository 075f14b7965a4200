"""Cases: one line of text for the steps, and what has to come out of them. Shipped ones are in ``cases.json``."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from yizhen.documents.cells import date_of
from yizhen.matters.lifecycle import STATE_NAMES, VERB_NAMES, State

from .spec import MatterKind
from .walk import CaseStep, Walked, WalkRefused, walk

FEWEST = 3


@dataclass(frozen=True)
class Case:
    """One case: steps as text, the state that must come out, the due date (None: not asked), and why."""

    steps: str
    state: str
    due_on: date | None = None
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came out of a case: the walk, or why it stopped; what differs from what was expected, field by field."""

    case: Case
    walked: Walked | None
    problem: str
    differs: tuple[tuple[Any, Any, Any], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.problem and not self.differs


def read_steps(text: str) -> list[CaseStep]:
    """Read "2026-03-02 open; 2026-03-03 dispatch; …": a day, a step by code or name, then ``due`` a day or a reason.

    Raises:
        WalkRefused: at the first step that cannot be read.
    """
    parts = [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]
    names = {str(name): verb.value for verb, name in VERB_NAMES.items()}
    return [_step(number, part, names) for number, part in enumerate(parts, start=1)]


def _step(number: int, part: str, names: dict[str, str]) -> CaseStep:
    first, _space, rest = part.partition(" ")
    day = date_of(first)
    if day is None:
        raise WalkRefused(number, _("请先写日期，例如 2026-03-02：%(part)s") % {"part": part[:60]})
    rest = rest.strip()
    named = next((name for name in sorted(names, key=len, reverse=True) if rest.startswith(name)), "")
    verb, _space, tail = (names[named], "", rest[len(named) :]) if named else rest.partition(" ")
    words = tail.split()
    due = None
    if words[:1] == ["due"]:
        due = date_of(words[1]) if len(words) == 2 else None
        if due is None:
            raise WalkRefused(number, _("due 后面请写日期，例如 due 2026-03-20。"))
        words = []
    if len(words) > 1:
        raise WalkRefused(number, _("步骤后面多了文字：%(words)s") % {"words": " ".join(words)[:60]})
    return CaseStep(verb, day, due, words[0] if words else "")


def run_case(kind: MatterKind, case: Case) -> Outcome:
    """Play a case over a kind and compare what comes out with what is expected."""
    try:
        walked = walk(kind, read_steps(case.steps))
    except WalkRefused as refused:
        return Outcome(case, None, _("第 %(n)d 步：%(why)s") % {"n": refused.number, "why": refused.why})
    differs: list[tuple[Any, Any, Any]] = []
    if walked.state != case.state:
        differs.append((_("状态"), _state_name(case.state), STATE_NAMES[walked.state]))
    if case.due_on is not None and walked.due_on != case.due_on:
        differs.append((_("期限"), case.due_on, walked.due_on))
    return Outcome(case, walked, "", tuple(differs))


def run_cases(kind: MatterKind, cases: Sequence[Case]) -> list[Outcome]:
    """Play all cases of a kind."""
    return [run_case(kind, case) for case in cases]


def _state_name(state: str) -> Any:
    return STATE_NAMES[State(state)] if state in set(State) else state


@cache
def shipped_cases() -> dict[str, tuple[Case, ...]]:
    """Return the cases that are shipped, by the code of their kind."""
    data = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
    return {
        code: tuple(Case(one["steps"], one["state"], date.fromisoformat(one["due_on"]), one["why"]) for one in cases)
        for code, cases in data.items()
    }
