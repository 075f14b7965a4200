"""Whistle calls: who may call and rate, which calls wait, and how departments came, with intervals and unranked."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet

from yizhen.people.models import Account, Unit

from .lifecycle import State, Verb
from .models import Event, Matter, MatterClock
from .models.whistle import WhistleRating
from .periods import Period
from .queries import matters_visible_to
from .recusals import stands_aside
from .spans import Rate, mean_span, rates_of

CALLING_ROLES = {"township_head", "township_office"}
OVER = (State.HANDLED, State.VERIFIED, State.REVIEWING, State.CLOSED, State.WITHDRAWN)
FEWEST = 5  # ratings below which no mean is shown


def may_whistle(user: Account, matter: Matter) -> bool:
    """Return whether the user may call departments to a matter: its township, while the matter is not done.

    A call is not called for again, and what is sealed stays with those who handle it.
    """
    if not user.is_active or user.role not in CALLING_ROLES or not user.covers(matter.division_id):
        return False
    if matter.state in OVER or matter.kind == "whistle" or matter.kind_info.sealed:
        return False
    return not stands_aside(user, matter)


def may_rate(user: Account, matter: Matter) -> bool:
    """Return whether the user belongs to the township that called."""
    if not user.is_active or user.role not in CALLING_ROLES or matter.kind != "whistle":
        return False
    caller = matter.raised_by
    return user.covers(matter.division_id) and caller is not None and caller.scope_id == user.scope_id


def calls_visible_to(user: Account) -> QuerySet[Matter]:
    """Return the calls that the user may see, the latest first."""
    return (
        matters_visible_to(user)
        .filter(kind="whistle")
        .select_related("parent", "raised_by", "whistle_rating")
        .order_by("-opened_at", "-pk")
    )


@dataclass(frozen=True)
class Came:
    """How a department came in a period.

    ``answered`` is out of the calls whose time to answer ended in the period; ``mean`` is None for fewer than five ratings.
    """

    unit: Unit
    called: int
    answered: Rate
    ratings: int
    mean: float | None
    low: float | None
    high: float | None


def sees_departments(user: Account) -> bool:
    """Return whether the user sees how departments came: city and county all, a department itself."""
    return user.role in {"city_office", "county", "department"}


def departments_that_came(user: Account, period: Period) -> list[Came]:
    """Return the departments called in a period by code, not by rank. Four queries.

    Calls are never held against who calls or who is called; what is shown is how many were answered in time and how the
    townships found it. A department that never came stays in the share of answers: its time ran out in the period.
    """
    if not sees_departments(user):
        return []
    calls = matters_visible_to(user).filter(kind="whistle", addressee__isnull=False).select_related(None).order_by()
    opened = dict(
        calls.filter(opened_at__date__range=(period.first, period.last))
        .values("addressee")
        .annotate(n=Count("pk"))
        .values_list("addressee", "n")
    )
    said = Event.objects.filter(matter=OuterRef("matter"), verb__in=[Verb.ACCEPT, Verb.OBJECT])
    clocks = list(
        MatterClock.objects.filter(matter__in=calls, code="respond", due_on__range=(period.first, period.seen_to))
        .annotate(said=Exists(said))
        .filter(Q(said=True) | ~Q(matter__state=State.WITHDRAWN))
        .order_by()
        .values("matter__addressee")
        .annotate(should=Count("pk"), in_time=Count("pk", filter=Q(said=True, stopped_on__lte=F("due_on"))))
    )
    shares = dict(
        zip(
            [row["matter__addressee"] for row in clocks],
            rates_of([(row["in_time"], row["should"]) for row in clocks]),
            strict=True,
        )
    )
    rated = {
        row["matter__addressee"]: (row["n"], row["mean"])
        for row in WhistleRating.objects.filter(matter__in=calls, rated_on__range=(period.first, period.last))
        .order_by()
        .values("matter__addressee")
        .annotate(n=Count("pk"), mean=Avg("level"))
    }
    units = Unit.objects.filter(pk__in={*opened, *shares, *rated}).order_by("code")
    return [
        _came(unit, opened.get(unit.pk, 0), shares.get(unit.pk, Rate(0, 0)), *rated.get(unit.pk, (0, 0.0)))
        for unit in units
    ]


def _came(unit: Unit, called: int, answered: Rate, ratings: int, mean: float) -> Came:
    low, high = mean_span(mean, ratings, 1, 5) if ratings >= FEWEST else (None, None)
    return Came(unit, called, answered, ratings, mean if ratings >= FEWEST else None, low, high)
