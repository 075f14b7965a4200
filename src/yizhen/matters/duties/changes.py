"""What a new edition of the duty list changes against the one in force."""

from collections.abc import Iterable
from dataclasses import dataclass

from yizhen.matters.models import DutyItem

COMPARED = ("name_zh", "name_en", "kind", "work_line", "lead_id", "basis", "starts_on", "ends_on")


@dataclass(frozen=True)
class Changes:
    """Items by what happens to them, in code order; ``changed`` holds what was and what will be."""

    new: list[DutyItem]
    changed: list[tuple[DutyItem, DutyItem]]
    same: list[DutyItem]
    gone: list[DutyItem]


def changes_between(before: Iterable[DutyItem], after: Iterable[DutyItem]) -> Changes:
    """Compare two editions by code."""
    old = {item.code: item for item in before}
    new = {item.code: item for item in after}
    both = sorted(old.keys() & new.keys())
    same = [code for code in both if all(getattr(old[code], name) == getattr(new[code], name) for name in COMPARED)]
    return Changes(
        new=[new[code] for code in sorted(new.keys() - old.keys())],
        changed=[(old[code], new[code]) for code in both if code not in same],
        same=[new[code] for code in same],
        gone=[old[code] for code in sorted(old.keys() - new.keys())],
    )
