"""Dispatches that came back: counted against the department that sent them, never against a township or a person.

A dispatch counts once, however often it was returned. What became of it is read from its history: insisted upon, withdrawn,
or still waiting for the dispatcher's answer.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from yizhen.people.models import Account, Unit
from yizhen.scoring.small_area import proportion_intervals

from .lifecycle import State, Verb
from .models import Event
from .queries import matters_visible_to

COUNTED = ("sent", "returned", "withdrawn", "insisted", "waiting")


@dataclass(frozen=True)
class Bounces:
    """One department: what it sent, how much of it came back, and the share with Wilson's 95 % interval, in per cent.

    ``few`` means fewer than 20 came back, or fewer than 20 did not: then the interval says more than the share.
    """

    unit: Unit
    sent: int
    returned: int
    withdrawn: int
    insisted: int
    waiting: int
    percent: float
    low: float
    high: float
    few: bool

    @property
    def width(self) -> float:
        """How wide the interval is, in points of per cent."""
        return self.high - self.low


def bounces_by_dispatcher(user: Account, since: date | None = None) -> list[Bounces]:
    """Return the departments whose dispatches the user sees, by code and not by rank, in two queries.

    Args:
        user: who asks; a department sees its own dispatches alone.
        since: only matters sent on this day or later.
    """
    objections = Event.objects.filter(matter=OuterRef("pk"), verb=Verb.OBJECT)
    insistences = Event.objects.filter(matter=OuterRef("pk"), verb=Verb.INSIST)
    sent = matters_visible_to(user).select_related(None).filter(dispatcher__isnull=False)
    if user.role == "department":
        sent = sent.filter(dispatcher=user.unit_id)
    if since is not None:
        sent = sent.filter(opened_at__date__gte=since)
    came_back = Q(came_back=True)
    rows: list[Any] = list(
        sent.annotate(came_back=Exists(objections), insisted_upon=Exists(insistences))
        .order_by("dispatcher")
        .values("dispatcher")
        .annotate(
            sent=Count("pk"),
            returned=Count("pk", filter=came_back),
            withdrawn=Count("pk", filter=came_back & Q(state=State.WITHDRAWN)),
            waiting=Count("pk", filter=came_back & Q(state=State.RETURNED)),
            insisted=Count(
                "pk", filter=came_back & Q(insisted_upon=True) & ~Q(state__in=[State.WITHDRAWN, State.RETURNED])
            ),
        )
    )
    if not rows:
        return []
    units = Unit.objects.in_bulk([row["dispatcher"] for row in rows])
    table = proportion_intervals([row["returned"] for row in rows], [row["sent"] for row in rows], per=100)
    return [
        Bounces(
            units[row["dispatcher"]],
            **{name: row[name] for name in COUNTED},
            percent=float(table["rate"][at]),
            low=float(table["low"][at]),
            high=float(table["high"][at]),
            few=bool(table["few"][at]),
        )
        for at, row in enumerate(rows)
    ]
