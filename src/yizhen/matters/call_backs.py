"""Drawing closed matters for call-back: by seed, so that it can be drawn again; stratified by township."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import inside

from .exclusions import without_excluded
from .lifecycle import State
from .models import Matter
from .models.call_back import CallBack, Draw
from .periods import Period
from .rates import requester_kinds
from .recusals import stands_aside
from .spans import Rate, rates_of

CALLING_ROLES = {"city_office", "county"}


def may_draw(user: Account) -> bool:
    """Return whether the user may start a draw and call back: city and county, never the unit that did the work."""
    return user.is_active and user.role in CALLING_ROLES


def may_record(user: Account, call_back: CallBack) -> bool:
    """Return whether the user may record an answer: city or county, neither the doer nor the verifier, nor who stands aside."""
    matter = call_back.matter
    if not may_draw(user) or not user.covers(matter.division_id) or call_back.reached is not None:
        return False
    return user.pk not in {matter.done_by_id, matter.verified_by_id} and not stands_aside(user, matter)


def frame(scope: Division, period: Period) -> QuerySet[Matter]:
    """Return the matters that may be drawn: closed in the period, whose requester has the last word; none left out."""
    closed = Matter.objects.filter(
        inside(scope.code),
        kind__in=requester_kinds(),
        state=State.CLOSED,
        closed_on__range=(period.first, period.last),
    )
    return without_excluded(closed).order_by("number")


def digest_of(numbers: Sequence[str]) -> str:
    """Return the digest of a frame: SHA-256 of its numbers, one a line, in order."""
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()


def sample(strata: Mapping[str, Sequence[str]], seed: str, per_stratum: int) -> list[str]:
    """Return the numbers drawn: of each stratum so many, or all, those first whose hash with the seed is smallest.

    Anybody can do it again with SHA-256 of "seed:number" alone; the order in which matters came plays no part.

    >>> sample({"a": ["S1", "S2", "S3"]}, "seed", 3)
    ['S1', 'S2', 'S3']
    """

    def place(number: str) -> str:
        return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()

    drawn = [number for numbers in strata.values() for number in sorted(numbers, key=place)[:per_stratum]]
    return sorted(drawn)


def strata_of(matters: QuerySet[Matter]) -> dict[str, list[str]]:
    """Return township → numbers of the matters of a frame."""
    found: dict[str, list[str]] = defaultdict(list)
    for number, code in matters.values_list("number", "division_id"):
        found[code[:9]].append(number)
    return dict(found)


def draws_visible_to(user: Account) -> QuerySet[Draw]:
    """Return the draws of the user's scope: for who draws."""
    if not may_draw(user):
        return Draw.objects.none()
    return Draw.objects.filter(scope__code__startswith=user.scope_id).select_related("scope", "drawn_by")


def call_backs_of(user: Account, draw: Draw) -> QuerySet[CallBack]:
    """Return the matters drawn, for who calls back; nobody else gets the list."""
    found = CallBack.objects.filter(draw=draw).select_related("matter__division", "matter__frozen", "asked_by")
    found = found.prefetch_related("matter__recusals")
    return found if may_draw(user) and draw.scope_id.startswith(user.scope_id) else found.none()


@dataclass(frozen=True)
class Answered:
    """What was found in a township: how many were drawn and reached, and the two rates with their intervals."""

    place: Division
    drawn: int
    reached: int
    solved: Rate
    satisfied: Rate


def sees_results(user: Account) -> bool:
    """Return whether the user sees what call-backs found: numbers of the own scope."""
    return may_draw(user) or (user.is_active and user.role in {"township_head", "township_office"})


def results(user: Account, period: Period) -> list[Answered]:
    """Return what the call-backs of a period found, by township code: numbers, never a list of matters. Two queries."""
    if not sees_results(user):
        return []
    rows = list(
        CallBack.objects.filter(draw__period=period.code, matter__division__code__startswith=user.scope_id)
        .order_by()
        .annotate(town=Substr("matter__division_id", 1, 9))
        .values("town")
        .annotate(
            drawn=Count("pk"),
            asked=Count("pk", filter=Q(reached=True)),
            solved_n=Count("pk", filter=Q(solved=True)),
            judged=Count("pk", filter=Q(satisfied__isnull=False)),
            satisfied_n=Count("pk", filter=Q(satisfied=True)),
        )
    )
    places = Division.objects.in_bulk([row["town"] for row in rows])
    rows = sorted((row for row in rows if row["town"] in places), key=lambda row: str(row["town"]))
    solved = rates_of([(row["solved_n"], row["asked"]) for row in rows])
    satisfied = rates_of([(row["satisfied_n"], row["judged"]) for row in rows])
    return [
        Answered(places[row["town"]], row["drawn"], row["asked"], one, other)
        for row, one, other in zip(rows, solved, satisfied, strict=True)
    ]
