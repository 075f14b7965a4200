"""The team board: open matters in columns by state. No column, count or order by person: the unit of work is the matter."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from yizhen.clocks import Light
from yizhen.matters.lifecycle import OPEN_STATES, STATE_NAMES, State
from yizhen.matters.lights import has_light
from yizhen.matters.models import Matter

USUAL = (State.NEW, State.HANDLING, State.RETURNED, State.HANDLED, State.VERIFIED)  # shown even when empty
CARDS = 30  # a column shows the most urgent; the list page has the rest


@dataclass(frozen=True)
class Column:
    """One state: how many matters, how many of them red, and the most urgent."""

    state: State
    total: int
    red: int
    cards: list[Matter]

    @property
    def name(self) -> Any:
        """The state in the page's language."""
        return STATE_NAMES[self.state]

    @property
    def rest(self) -> int:
        """How many are not shown."""
        return self.total - len(self.cards)


def board_of(matters: QuerySet[Matter]) -> list[Column]:
    """Return a column for each open state, in the lifecycle's order: one query, and one for each that is not empty."""
    red = has_light(Light.RED, timezone.localdate())
    counts = matters.filter(state__in=OPEN_STATES).order_by().values("state")
    found = {row["state"]: row for row in counts.annotate(total=Count("pk"), red=Count("pk", filter=red))}
    columns = []
    for state in OPEN_STATES:
        row = found.get(state.value)
        if row is None:
            if state in USUAL:
                columns.append(Column(state, 0, 0, []))
            continue
        cards = matters.filter(state=state).defer("text", "clock").order_by("due_on", "number")[:CARDS]
        columns.append(Column(state, row["total"], row["red"], list(cards)))
    return columns
