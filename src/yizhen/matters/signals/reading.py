"""Gathering the facts of a period from the matters of a city. The number of queries does not depend on how many there are."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.lifecycle import REOPENING, REPORTING, State, Verb
from yizhen.matters.models import ORDER, Event, Evidence, FrozenKind, Matter, MatterClock, VerdictCount
from yizhen.matters.models.exclusion import IN_EFFECT, Exclusion
from yizhen.matters.periods import Period
from yizhen.people.models import Unit
from yizhen.places.models import Division

from .facts import PLACE, UNIT, Facts, Report, minutes_left, words_of


def unit_key(addressee: str | None, division: str) -> str:
    """Return the key of the unit that handles a matter: the department that it is addressed to, else the township."""
    return UNIT + addressee if addressee else PLACE + division[:9]


def facts_in(city: Division, period: Period) -> Facts:
    """Return what happened in a period, by unit. Nine queries.

    Sealed kinds are left out. A unit's own are the matters that it handles now; a matter that was passed on is the last
    one's.
    """
    sealed = list(FrozenKind.objects.filter(spec__sealed=True).values_list("pk", flat=True))
    matters = Matter.objects.filter(division__code__startswith=city.code).exclude(frozen__in=sealed).order_by()
    facts, clocks = Facts(), MatterClock.objects.filter(_work_clocks(), governs=True).order_by()
    _reports(facts, matters, clocks, period)
    _due(facts, matters, clocks, period)
    _reopened(facts, matters, period)
    _channels(facts, city, period)
    return facts


def _moments(period: Period) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the one after its last."""
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(period.first, time(), zone),
        datetime.combine(period.last + timedelta(days=1), time(), zone),
    )


def _in(period: Period, matters: QuerySet[Matter]) -> QuerySet[Event]:
    first, after = _moments(period)
    return Event.objects.filter(matter__in=matters, at__gte=first, at__lt=after).order_by()


def _work_clocks() -> Q:
    """Return the condition on clocks that they end when the work is reported done."""
    wanted = Q(code=ORDER)
    for code, kind in kinds_in_force().items():
        ends = [clock.code for clock in kind.clocks if clock.governs and Verb.REPORT_DONE in clock.stops]
        if ends:
            wanted |= Q(matter__kind=code, code__in=ends)
    return wanted


def _reports(facts: Facts, matters: QuerySet[Matter], clocks: QuerySet[MatterClock], period: Period) -> None:
    stopped = clocks.filter(matter__in=matters, stopped_on=F("due_on"), stopped_on__range=(period.first, period.last))
    due = dict(stopped.values_list("matter", "due_on"))
    reports = _in(period, matters).filter(verb__in=REPORTING)
    for addressee, division, matter, at, text in reports.values_list(
        "matter__addressee", "matter__division", "matter", "at", "text"
    ):
        local = timezone.localtime(at)
        left = minutes_left(local, due.get(matter))
        facts.reports.append(Report(unit_key(addressee, division), matter, local.date(), left, words_of(text)))
    kept = Evidence.objects.filter(event__in=reports).order_by()
    for addressee, division, matter, digest in kept.values_list(
        "event__matter__addressee", "event__matter__division", "event__matter", "sha256"
    ):
        facts.files[unit_key(addressee, division)].append((matter, digest))


def _due(facts: Facts, matters: QuerySet[Matter], clocks: QuerySet[MatterClock], period: Period) -> None:
    due = clocks.filter(
        matter__in=matters.exclude(state=State.WITHDRAWN), due_on__range=(period.first, period.seen_to)
    ).annotate(
        town=Substr("matter__division_id", 1, 9),
        sent_back=Exists(Event.objects.filter(matter=OuterRef("matter"), verb=Verb.SEND_BACK)),
        left_out=Exists(Exclusion.objects.filter(IN_EFFECT, matter=OuterRef("matter"))),
    )
    bad = Q(stopped_on__isnull=True) | Q(stopped_on__gt=F("due_on")) | Q(matter__reopened__gt=0) | Q(sent_back=True)
    rows = due.values("matter__addressee", "town").annotate(
        n=Count("pk"), bad=Count("pk", filter=bad), out=Count("pk", filter=Q(left_out=True))
    )
    facts.imperfect = _added((row["matter__addressee"], row["town"], row["bad"], row["n"]) for row in rows)
    facts.excluded = _added((row["matter__addressee"], row["town"], row["out"], row["n"]) for row in rows)


def _reopened(facts: Facts, matters: QuerySet[Matter], period: Period) -> None:
    rows = (
        _in(period, matters)
        .filter(verb__in=[Verb.PASS, *REOPENING])
        .annotate(town=Substr("matter__division_id", 1, 9))
        .values("matter__addressee", "town")
        .annotate(n=Count("pk", filter=Q(verb=Verb.PASS)), again=Count("pk", filter=~Q(verb=Verb.PASS)))
    )
    facts.reopened = _added((row["matter__addressee"], row["town"], row["again"], row["n"]) for row in rows)


def _added(rows: Any) -> dict[str, tuple[int, int]]:
    """Add up (addressee, town, count, n) by unit: a department's matters lie in many towns."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for addressee, town, count, n in rows:
        unit = unit_key(addressee, town)
        found[unit] = (found[unit][0] + count, found[unit][1] + n)
    return dict(found)


def _channels(facts: Facts, city: Division, period: Period) -> None:
    departments = Unit.objects.filter(division__code__startswith=city.code).values_list("code", flat=True)
    keys = [UNIT + code for code in departments]
    rows = VerdictCount.objects.filter(
        Q(unit__startswith=PLACE + city.code) | Q(unit__in=keys), day__range=(period.first, period.last)
    ).order_by()
    days: dict[tuple[str, Any], Counter[int]] = defaultdict(Counter)
    for unit, day, share, count in rows.values_list("unit", "day", "share", "count"):
        days[unit, day][share] += count
    for (unit, _day), shares in days.items():
        facts.channels[unit].append(shares)
