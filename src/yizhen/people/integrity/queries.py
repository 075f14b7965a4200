"""The readers of commitments: who is in post, who has given it, and counts for those who need no names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from yizhen.people.models import Account, Appointment, Commitment, CommitmentText, Official
from yizhen.people.roster.posts import CHIEFS
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.scoring.small_area import FEWEST

from .rules import may_keep, may_read_list


def text_in_force(division: Division | str) -> CommitmentText | None:
    """Return the last version of the text of a place's city."""
    code = division if isinstance(division, str) else division.code
    return CommitmentText.objects.filter(city=city_code(code)).order_by("-number").first()


def in_post(day: date) -> QuerySet[Appointment]:
    """Return the appointments of heads of townships that are held on a day."""
    held = Appointment.objects.filter(post__in=CHIEFS, division__level="township", began_on__lte=day)
    return held.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day))


@dataclass(frozen=True)
class Line:
    """One leader in post with his commitment of the year; None while it has not been given."""

    appointment: Appointment
    commitment: Commitment | None


def lines_for(user: Account, year: int, day: date) -> list[Line]:
    """Return the leaders in post in the user's scope by place code, each with the commitment of the year. Two queries."""
    if not may_read_list(user):
        return []
    held = list(
        in_post(day)
        .filter(division__code__startswith=user.scope_id)
        .select_related("official", "division")
        .order_by("division", "post", "pk")
    )
    given = {
        one.official_id: one
        for one in Commitment.objects.filter(
            year=year, official__in=[each.official_id for each in held]
        ).select_related("text", "recorded_by")
    }
    return [Line(one, given.get(one.official_id)) for one in held]


def own_official(user: Account) -> Official | None:
    """Return the official whose log-in the user's account is, if it is one's own."""
    return Official.objects.filter(account=user).first() if user.is_active else None


@dataclass(frozen=True)
class Given:
    """How many leaders are in post in a place and how many of them have given the commitment; withheld where few."""

    leaders: int
    given: int
    withheld: bool = False


def commitments_in(user: Account, places: Iterable[str], year: int, day: date) -> dict[str, Given]:
    """Return place → how many of its leaders have given the commitment of the year, and all of them under "". Two queries.

    The organisation office and the own township read every count; others read none of fewer than five leaders.
    """
    codes = set(places)
    held = in_post(day).filter(division__in=codes).order_by()
    leaders = dict(held.values_list("division").annotate(n=Count("official", distinct=True)))
    done = held.filter(official__commitments__year=year)
    given = dict(done.values_list("division").annotate(n=Count("official", distinct=True)))
    found = {}
    for code in codes:
        n = leaders.get(code, 0)
        own = may_keep(user) or (may_read_list(user) and user.scope_id == code)
        found[code] = Given(n, given.get(code, 0)) if own or n >= FEWEST else Given(0, 0, withheld=True)
    together = Given(sum(leaders.values()), sum(given.values()))
    few = together.leaders < FEWEST and not may_read_list(user)
    found[""] = Given(0, 0, withheld=True) if few else together
    return found
