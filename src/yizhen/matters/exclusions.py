"""Exclusions from the rates: who asks, who decides, what is left out, and how many anybody may read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.scoring.small_area import suppress_counts

from .lifecycle import State
from .models import Matter
from .models.exclusion import IN_EFFECT, REASONS, Exclusion
from .recusals import stands_aside
from .rules import is_handler

DECIDING_ROLES = {"city_office", "county"}


def counts_in_rates(matter: Matter) -> bool:
    """Return whether a matter counts in any rate from which it could be left out: one whose requester has the last word."""
    return matter.kind_info.asks_verdict and not matter.kind_info.sealed and matter.state != State.WITHDRAWN


def may_ask(user: Account, matter: Matter) -> bool:
    """Return whether the user may ask to leave a matter out: whoever handles it, while no request stands."""
    standing = any(one.granted is not False for one in matter.exclusions.all())
    return user.is_active and counts_in_rates(matter) and is_handler(user, matter) and not standing


def may_decide(user: Account, exclusion: Exclusion) -> bool:
    """Return whether the user may decide on a request: city or county, never who asked or did the work."""
    matter = exclusion.matter
    if not user.is_active or user.role not in DECIDING_ROLES or not user.covers(matter.division_id):
        return False
    if stands_aside(user, matter):
        return False
    return exclusion.granted is None and user.pk not in {exclusion.asked_by_id, matter.done_by_id}


def may_decide_appeal(user: Account, exclusion: Exclusion) -> bool:
    """Return whether the user may decide on an appeal: a third person in city or county."""
    matter = exclusion.matter
    if not user.is_active or user.role not in DECIDING_ROLES or not user.covers(matter.division_id):
        return False
    mine = {exclusion.asked_by_id, exclusion.decided_by_id, matter.done_by_id}
    return exclusion.is_appealed and user.pk not in mine and not stands_aside(user, matter)


def left_out(matter: str = "pk") -> Exists:
    """Return the condition on matters, or on what has a ``matter``, that they are left out of the rates now."""
    return Exists(Exclusion.objects.filter(IN_EFFECT, matter=OuterRef(matter)))


def without_excluded(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """Return the matters that count: an excluded one leaves the numerator and the denominator alike."""
    return matters.exclude(left_out())


def waiting_for(user: Account) -> list[Exclusion]:
    """Return requests and appeals that wait for the user, the oldest first."""
    if user.role not in DECIDING_ROLES:
        return []
    open_ones = (
        Exclusion.objects.filter(matter__division__code__startswith=user.scope_id)
        .exclude(granted=False)
        .exclude(granted=True, appealed_at__isnull=True)
        .exclude(upheld__isnull=False)
        .select_related("matter__division", "asked_by")
        .prefetch_related("matter__recusals")
    )
    return [one for one in open_ones if may_decide(user, one) or may_decide_appeal(user, one)]


@dataclass(frozen=True)
class PublicCount:
    """A township's line: what is published for each reason, and of all of them."""

    division: Division
    counts: Sequence[int | str]
    total: int | str


def public_counts(year: int) -> list[PublicCount]:
    """Return how many matters are left out by township and reason, of exclusions decided in a year. Two queries.

    Counts from 1 to 4 and what would give them away are hidden: nobody is to be recognised by an odd request.
    """
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Exclusion.objects.filter(IN_EFFECT, decided_on__year=year).values_list("matter__division_id", "reason_code")
    for code, reason in rows:
        found[code[:9]][reason] += 1
    if not found:
        return []
    places = Division.objects.in_bulk(found)
    codes = sorted(places)
    table = suppress_counts([[found[code][reason] for reason in REASONS] for code in codes])
    return [
        PublicCount(places[code], [table.shown(at, n) for n in range(len(REASONS))], table.shown(at))
        for at, code in enumerate(codes)
    ]
