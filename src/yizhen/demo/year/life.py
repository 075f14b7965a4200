"""One matter's life in the simulated year: what it is, who acts in it, and everything that happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from yizhen.clocks import Deadline
from yizhen.matters.kinds import MatterKind
from yizhen.matters.kinds.walk import CaseStep, Walked, WalkedClock, begin, go_on
from yizhen.matters.lifecycle import REOPENING, REPORTING, State, Verb
from yizhen.matters.signals.facts import PLACE, UNIT

CITY = "city"


class Move(NamedTuple):
    """One step: what, when, by whom ("office:code", "head:code", "dept:unit", "city"; None: the requester), in what words."""

    verb: Verb
    at: datetime
    actor: str | None
    text: str
    before: str
    after: str
    data: Mapping[str, Any]
    file: str = ""


class Look(NamedTuple):
    """One look-back."""

    spell: int
    number: int
    due_on: date
    looked_on: date
    holds: bool
    by: str


class Asked(NamedTuple):
    """One request for more time and its answer."""

    clock: int
    reason: str
    asked_by: str
    asked_on: date
    due_before: date
    decided_by: str
    decided_on: date
    granted: bool


@dataclass
class Life:
    """A matter from its opening to today. ``walked`` keeps state and clocks by the same rules as the actions do."""

    number: int
    kind: MatterKind
    place: str
    opener: str | None
    title: str
    text: str
    fields: dict[str, str]
    opened_at: datetime
    order: date | None
    addressee: str = ""
    dispatcher: str = ""
    walked: Walked = field(init=False)
    moves: list[Move] = field(default_factory=list)
    spells: list[int] = field(default_factory=list)
    begun: list[datetime] = field(default_factory=list)
    waiting: tuple[int, str, str, date, date] | None = None
    deadline: Deadline = field(init=False)
    warning_on: date = field(init=False)
    disposition: str = ""
    results: dict[str, str] = field(default_factory=dict)
    done_by: str = ""
    done_on: date | None = None
    verified_by: str = ""
    reopened: int = 0
    looks: list[Look] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    stood_still: list[tuple[str, date, date | None]] = field(default_factory=list)
    verdicts: list[tuple[date, int]] = field(default_factory=list)
    excluded: str = ""

    def __post_init__(self) -> None:
        """Open it."""
        self.walked = begin(self.kind, CaseStep(Verb.OPEN, self.opened_at.date(), self.order))
        self._keep_time(self.opened_at)
        self.moves.append(Move(Verb.OPEN, self.opened_at, self.opener, self.text, "", self.walked.state, {}))

    @property
    def unit(self) -> str:
        """The unit that handles it: the department that it is addressed to, or the township."""
        return UNIT + self.addressee if self.addressee else PLACE + self.place

    @property
    def handler(self) -> str:
        """Who does the work."""
        return f"dept:{self.addressee}" if self.addressee else f"office:{self.place}"

    @property
    def verifier(self) -> str:
        """Who looks at what was done: whoever sent it, else the head of the township; the city for its own and new ones."""
        if self.dispatcher:
            return f"dept:{self.dispatcher}"
        inside = self.kind.entry != State.NEW or self.kind.code == "resident_request"
        return f"head:{self.place}" if inside and self.opener != CITY else CITY

    def take(self, verb: Verb, at: datetime, actor: str | None, text: str = "", *, file: str = "", **data: Any) -> bool:
        """Take a step when the lifecycle allows it, and return whether it did."""
        before, due = self.walked.state, self.walked.governing
        look_due, closed_before = self.walked.look_back_on, self.reopened
        if go_on(self.walked, CaseStep(verb, at.date(), reason=data.get("reason", ""))):
            return False
        if verb in REPORTING:
            self.done_by, self.done_on, self.verified_by = actor or "", at.date(), ""
        if verb == Verb.PASS:
            self.verified_by = actor or ""
        if verb == Verb.SEND_BACK or verb in REOPENING:
            self.done_by, self.done_on, self.disposition = "", None, ""
        if verb in REOPENING:
            self.reopened, self.verified_by, self.results = self.reopened + 1, "", {}
        if verb in {Verb.LOOK_BACK_HOLDS, Verb.LOOK_BACK_REOPENS} and look_due is not None:
            number = sum(look.spell == closed_before for look in self.looks) + 1
            self.looks.append(
                Look(closed_before, number, look_due, at.date(), verb == Verb.LOOK_BACK_HOLDS, actor or "")
            )
        if verb == Verb.ASK_EXTENSION and due is not None:
            self.waiting = (self.walked.clocks.index(due), text, actor or "", at.date(), due.deadline.due)
        if verb in {Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION} and self.waiting is not None:
            self.asked.append(Asked(*self.waiting, actor or "", at.date(), verb == Verb.GRANT_EXTENSION))
            self.waiting = None
        if verb == Verb.SUSPEND:
            self.stood_still.append((str(data["reason"]), at.date(), None))
        if verb == Verb.RESUME:
            reason, first, _none = self.stood_still.pop()
            self.stood_still.append((reason, first, at.date()))
        self._keep_time(at)
        self.moves.append(Move(verb, at, actor, text, before, self.walked.state, data, file))
        return True

    def _keep_time(self, at: datetime) -> None:
        new = len(self.walked.clocks) - len(self.spells)
        self.spells += [self.reopened] * new
        self.begun += [at] * new
        clock = self.walked.governing
        if clock is not None:
            self.deadline = clock.deadline
            self.warning_on = min(clock.deadline.warning, clock.deadline.due)
        elif not self.moves:
            raise ValueError(f"{self.kind.code} is opened without a clock")

    @property
    def work_clocks(self) -> list[WalkedClock]:
        """The clocks that end when the work is reported done."""
        return [clock for clock in self.walked.clocks if clock.governs and clock.is_for_work]
