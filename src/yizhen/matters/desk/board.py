"""The team board: open matters in columns by state. No column, count or order by person: the unit of work is the matter."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from yizhen.audit.prepared import Prepared
from yizhen.clocks import Light
from yizhen.matters.lifecycle import OPEN_STATES, STATE_NAMES, State
from yizhen.matters.lights import has_light
from yizhen.matters.models import Matter
from yizhen.matters.queries import LINE

USUAL = (State.NEW, State.HANDLING, State.RETURNED, State.HANDLED, State.VERIFIED)  # shown even when empty
CARDS = 20  # a column shows the most urgent; the list page has the rest


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
    """Return a column for each open state, in the lifecycle's order: two queries, and one for each that is not empty."""
    red = has_light(Light.RED, timezone.localdate())
    counts = matters.filter(state__in=OPEN_STATES).order_by().values("state")
    found = {row["state"]: row for row in counts.annotate(total=Count("pk"), red=Count("pk", filter=red))}
    # The conditions of what somebody sees are long: they are written once for all columns, and once for all cards.
    urgent = Prepared(lambda state: _urgent(matters.filter(state=state)))
    shown = {state: [pk for (pk,) in urgent.rows(state)] for state in found}
    cards = matters.only(*LINE).in_bulk([pk for some in shown.values() for pk in some])
    columns = []
    for state in OPEN_STATES:
        row = found.get(state.value)
        if row is not None:
            here = [cards[pk] for pk in shown[state.value] if pk in cards]
            columns.append(Column(state, row["total"], row["red"], here))
        elif state in USUAL:
            columns.append(Column(state, 0, 0, []))
    return columns


def _urgent(matters: QuerySet[Matter]) -> QuerySet[Matter, tuple[int]]:
    return matters.order_by("due_on", "number").values_list("pk")[:CARDS]
