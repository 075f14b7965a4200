"""The periods that laws and local rules set, for anybody who wants to count one: shipped with their sources."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yizhen.clocks import SUSPENSION_REASONS, DeadlineRule, Extension, SuspensionReason, Unit

_FILE = Path(__file__).parent / "data" / "clock_rules.json"


@dataclass(frozen=True)
class ClockRule:
    """One period: what starts it, what must be done by its end, and how it may be lengthened or halted.

    ``is_default`` marks a value of this project for demonstrations, which no law sets.
    """

    matter: str
    matter_zh: str
    matter_en: str
    name_zh: str
    name_en: str
    result_zh: str
    result_en: str
    source_zh: str
    source_en: str
    rule: DeadlineRule
    extension: Extension | None = None
    approver_zh: str = ""
    approver_en: str = ""
    suspensions: tuple[str, ...] = ()
    is_default: bool = False

    @property
    def code(self) -> str:
        """The matter and the event that starts the period: petition.accepted."""
        return f"{self.matter}.{self.rule.event}"

    @property
    def listed(self) -> dict[str, SuspensionReason]:
        """The reasons for which this period may be halted."""
        return {code: SUSPENSION_REASONS[code] for code in self.suspensions}


@lru_cache(maxsize=1)
def clock_rules() -> dict[str, ClockRule]:
    """Return all periods by their code, in the order of the file."""
    found = {}
    for matter in json.loads(_FILE.read_text(encoding="utf-8")):
        for data in matter["clocks"]:
            rule = _rule(matter, data)
            found[rule.code] = rule
    return found


def _rule(matter: dict[str, Any], data: dict[str, Any]) -> ClockRule:
    source = f"{data['source_zh']} · {data['source_en']}"
    more = data.get("extension", {})
    bounds = {key: more[key] for key in ("amount", "times", "total_max", "period_max") if key in more}
    return ClockRule(
        matter=matter["matter"],
        matter_zh=matter["name_zh"],
        matter_en=matter["name_en"],
        **{key: data[key] for key in ("name_zh", "name_en", "result_zh", "result_en", "source_zh", "source_en")},
        rule=DeadlineRule(data["event"], data["amount"], Unit(data["unit"]), data["result"], source=source),
        extension=Extension(Unit(more["unit"]), approver=more["approver"], source=source, **bounds) if more else None,
        approver_zh=more.get("approver_zh", ""),
        approver_en=more.get("approver_en", ""),
        suspensions=tuple(data.get("suspensions", ())),
        is_default=data.get("default", False),
    )
