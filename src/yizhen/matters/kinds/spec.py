"""What a kind of matter is made of: names, way in, clocks, fields, roles and texts. Configuration, never code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from yizhen.clocks import DeadlineRule, Extension, Unit
from yizhen.web.templatetags.yizhen import label

ENTRIES = ("reported", "filed", "new")
OPENERS = ("office", "department", "township", "grid", "resident")
FIELD_TYPES = ("text", "number", "choice", "yes_no", "date")
STAGES = ("open", "result")


@dataclass(frozen=True)
class KindField:
    """One field of a kind, filled in when the matter is opened or when it is reported done.

    ``most`` is the largest number that a law allows, ``most_source`` the article that says so.
    """

    code: str
    name_zh: str
    name_en: str
    type: str = "text"
    stage: str = "result"
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    most: int | None = None
    most_source: str = ""


@dataclass(frozen=True)
class KindExtension:
    """How a clock may be extended, in its own unit: by so much, so often; ``period_max`` bounds the whole period."""

    amount: int
    times: int = 1
    period_max: int | None = None
    approver: str = ""


@dataclass(frozen=True)
class KindClock:
    """One clock of a kind: which step starts it, which stops it, and what the law says of it.

    A clock that ``governs`` sets the due date of the matter while it runs; others are duties of somebody else (to verify,
    to call back) and are shown beside it.
    """

    code: str
    name_zh: str
    name_en: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    amount: int
    unit: str
    governs: bool = True
    extension: KindExtension | None = None
    source: str = ""

    @property
    def may_extend(self) -> Extension | None:
        """How the law lets it be extended."""
        if self.extension is None:
            return None
        allowed = self.extension
        return Extension(
            Unit(self.unit), allowed.amount, allowed.times, None, allowed.period_max, allowed.approver, self.source
        )

    @property
    def rule(self) -> DeadlineRule:
        """The rule by which its deadline is counted."""
        return DeadlineRule(self.code, self.amount, Unit(self.unit), result=self.stops[0], source=self.source)


@dataclass(frozen=True)
class MatterKind:
    """One kind: its letter in numbers, its way through the lifecycle, and whether the requester has the last word.

    ``entry`` is the state in which it begins; with ``checks`` a report is confirmed before it is filed.
    ``may_withdraw`` lets the sender take it back while nobody has accepted it; a resident's request is nobody's to take
    back. ``look_back_days`` are the days after closing on which it is looked at again, in order; ``notice_days`` the days
    to answer a supervision notice once it is overdue (None: a kind that is not supervised this way). ``reviews`` is how
    often the requester may ask the next level up. ``sealed`` kinds show who asked to nobody but their handlers, with a
    purpose; nothing is learnt from them. ``suspensions`` are the listed reasons for which a clock stands still.
    """

    code: str
    letter: str
    name_zh: str
    name_en: str
    work_line: str = ""
    entry: str = "new"
    openers: tuple[str, ...] = ()
    checks: bool = False
    asks_verdict: bool = False
    may_object: bool = False
    may_withdraw: bool = False
    sealed: bool = False
    reviews: int = 0
    look_back_days: tuple[int, ...] = ()
    notice_days: int | None = None
    clocks: tuple[KindClock, ...] = ()
    fields: tuple[KindField, ...] = ()
    suspensions: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @cached_property
    def digest(self) -> str:
        """What names its rules and texts as they stand."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def name(self) -> str:
        """The name in the page's language."""
        return label(self)

    @property
    def first_clock(self) -> KindClock | None:
        """The governing clock that starts when a matter is opened."""
        return next((clock for clock in self.clocks if clock.governs and "open" in clock.starts), None)

    def fields_of(self, stage: str) -> list[KindField]:
        """Return the fields that are filled in at a stage: open or result."""
        return [each for each in self.fields if each.stage == stage]

    def as_json(self) -> dict[str, Any]:
        """Return plain types, as they are frozen with a matter."""
        return asdict(self)


def from_json(data: Mapping[str, Any]) -> MatterKind:
    """Rebuild a kind from ``as_json``.

    Raises:
        TypeError, KeyError: when the data is not what ``as_json`` writes.
    """
    clocks = tuple(
        KindClock(
            **{
                **clock,
                "starts": tuple(clock["starts"]),
                "stops": tuple(clock["stops"]),
                "extension": KindExtension(**clock["extension"]) if clock.get("extension") else None,
            }
        )
        for clock in data.get("clocks", ())
    )
    fields = tuple(KindField(**{**each, "choices": tuple(each.get("choices", ()))}) for each in data.get("fields", ()))
    lists = {name: tuple(data.get(name, ())) for name in ("openers", "look_back_days", "suspensions")}
    return MatterKind(**{**data, **lists, "clocks": clocks, "fields": fields})
