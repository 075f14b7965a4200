"""Matters that consist of others: a safety campaign with its hazards, a promise with its tasks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from yizhen.people.models import Account

from .lifecycle import BEFORE_REPORT, OPEN_STATES, State
from .models import Matter
from .queries import matters_visible_to
from .rules import HANDLING_ROLES

SHOWN = 12  # parts by name; more than that are counted by year


def parents_for(user: Account) -> QuerySet[Matter]:
    """Return the matters below which the user may open others: visible, not reported done, and not sealed."""
    matters = (
        matters_visible_to(user)
        .filter(state__in=BEFORE_REPORT)
        .filter(Q(frozen__isnull=True) | Q(frozen__spec__sealed=False))
    )
    return matters if user.role in {*HANDLING_ROLES, "city_office", "county", "department"} else matters.none()


def may_have_parts(user: Account, matter: Matter) -> bool:
    """Return whether the user may open another matter below this one."""
    return (
        user.role in {*HANDLING_ROLES, "city_office", "county", "department"}
        and matter.state in BEFORE_REPORT
        and not matter.kind_info.sealed
    )


@dataclass(frozen=True)
class YearRow:
    """The parts that were opened in a year: how many, solved and closed, still open, and of these past their day."""

    year: int
    opened: int
    solved: int
    open: int
    overdue: int


def parts_by_year(parts: Iterable[Matter], today: date) -> list[YearRow]:
    """Return the parts by the year of their opening, the earliest first. What was found is never held against anybody."""
    years: dict[int, list[Matter]] = {}
    for part in parts:
        years.setdefault(timezone.localtime(part.opened_at).year, []).append(part)
    return [
        YearRow(
            year,
            len(rows),
            sum(row.state == State.CLOSED and row.disposition == "solved" for row in rows),
            sum(row.state in OPEN_STATES for row in rows),
            sum(row.state in OPEN_STATES and row.due_on < today for row in rows),
        )
        for year, rows in sorted(years.items())
    ]
