"""Rates of townships: over what should have been done in a period, with intervals, unranked; volume is context only.

A matter whose deadline fell in the period stays in the denominator, whether it was done, is late, or was reopened: the
deadline is the stored one of its clock, so that leaving a matter late never raises a rate. Matters left out by decision
leave numerator and denominator alike.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Substr
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from yizhen.people.models import Account, Unit
from yizhen.places.models import Category, Division
from yizhen.places.queries import city_code, inside

from .afterwards import AFTER, counted_after
from .exclusions import left_out
from .kinds.registry import kinds_in_force
from .lifecycle import State, Verb
from .models import Event, Matter, MatterClock
from .models.call_back import CallBack
from .models.weights import RateWeights
from .periods import Period
from .spans import Rate, rates_of

SEEING_ROLES = {"city_office", "county", "township_head", "township_office"}
ENOUGH, FLAT = 50, 99.0
GRID = "grid_event"
THREE = {
    "response": (_("按期答复率"), _("期限内答复 ÷ 应答复")),
    "resolution": (_("解决率"), _("已解决 ÷（已解决＋未解决）；逾期未办结、重新打开的算未解决，没有回音的不算")),
    "satisfaction": (_("满意率"), _("满意 ÷ 回访中作了评价的")),
}
EVENTS = {
    "disposed": (_("处置率"), _("已处置 ÷ 应处置")),
    "disposed_in_time": (_("按期处置率"), _("按期处置 ÷ 应处置")),
    "closed": (_("结案率"), _("已结案 ÷ 应结案")),
    "closed_in_time": (_("按期结案率"), _("按期处置、按期核查并结案 ÷ 应结案")),
    "reworked": (_("返工率"), _("返工或重新打开 ÷ 应处置，越低越好")),
    "dispatched": (_("准确派遣率"), _("派出后没有退回 ÷ 应派遣")),
}
ON_A_PAGE = 120  # townships
LOWER_IS_BETTER = {"reworked"}
EXAMPLE = RateWeights(
    response=30, resolution=35, satisfaction=35, source="准格尔旗的地方做法，只作示例，请改成本市的 · Zhungeer Banner's local practice, an example only; set your city's own",
)  # fmt: skip
Counts = dict[str, dict[str, tuple[int, int]]]


@dataclass(frozen=True)
class Row:
    """A township's line; ``composite`` is None while one of the three is missing."""

    place: Division | Category | Unit
    three: dict[str, Rate]
    events: dict[str, Rate]
    after: dict[str, Rate]
    composite: tuple[float, float, float] | None
    volume: int
    per_ten_thousand: float | None
    flat: bool


@dataclass(frozen=True)
class RateTable:
    """The lines that the user may see, and the city's."""

    period: Period
    rows: list[Row]
    groups: list[Row]
    city: Row
    weights: RateWeights


def may_set_weights(user: Account) -> bool:
    """Return whether the user sets what each of the three rates counts for: the city's office."""
    return user.is_active and user.role == "city_office"


def sees_rates(user: Account) -> bool:
    """Return whether the user sees rates: of the own scope, beside the city's."""
    return user.is_active and user.role in SEEING_ROLES


def counties_to_choose(user: Account) -> list[Division]:
    """Return the counties by which a large city's rates are read, one at a time; none where they all fit on a page."""
    inside_scope = Division.objects.filter(code__startswith=user.scope_id, retired_on=None)
    if user.role != "city_office" or inside_scope.filter(level="township").count() <= ON_A_PAGE:
        return []
    return list(inside_scope.filter(level="county").order_by("code"))


def rate_table(user: Account, period: Period, county: str = "") -> RateTable:
    """Return the rates of the townships in the user's scope, or in a county of it, by code. Ten queries."""
    city = Division.objects.get(pk=city_code(user.scope_id))
    counts, volume = _counts(city, period), _volumes(city, period)
    weights = weights_of(city)
    places = list(
        Division.objects.filter(code__startswith=user.scope_id, level="township", retired_on=None)
        .filter(code__startswith=county)
        .order_by("code")
    )
    groups = _peer_groups(city, {place.category_id for place in places})
    lines: list[tuple[Any, Sequence[str], int | None]] = [(place, [place.code], place.population) for place in places]
    lines += [(group, [one.code for one in members], _people(members)) for group, members in groups]
    lines.append((city, sorted({code for by in counts.values() for code in by} | set(volume)), city.population))
    sums = [
        {name: _sum(counts[name].get(code, (0, 0)) for code in codes) for name in counts} for _p, codes, _n in lines
    ]
    rates = iter(rates_of([own[name] for own in sums for name in counts]))
    made = []
    for place, codes, population in lines:
        found = {name: next(rates) for name in counts}
        made.append(_row(place, found, sum(volume.get(code, 0) for code in codes), population, weights))
    return RateTable(period, made[: len(places)], made[len(places) : -1], made[-1], weights)


def unit_rows(user: Account, period: Period) -> list[Row]:
    """Return the rates of the city's departments over what was addressed to them, by code; of those that had any."""
    if not may_set_weights(user):
        return []
    city = Division.objects.get(pk=city_code(user.scope_id))
    counts = _counts(city, period, by_unit=True)
    codes = sorted({code for by in counts.values() for code in by})
    units = Unit.objects.in_bulk(codes)
    rates = iter(rates_of([counts[name].get(code, (0, 0)) for code in codes for name in counts]))
    weights = weights_of(city)
    return [_row(units[code], {name: next(rates) for name in counts}, 0, None, weights) for code in codes]


def _peer_groups(city: Division, wanted: set[str | None]) -> list[tuple[Category, list[Division]]]:
    """Return the categories of some townships, each with all townships of the city that are of it."""
    members: dict[str, list[Division]] = defaultdict(list)
    towns = Division.objects.filter(code__startswith=city.code, level="township", category__in=wanted, retired_on=None)
    for town in towns.select_related("category").order_by("category", "code"):
        members[town.category_id or ""].append(town)
    return [(group[0].category, group) for group in members.values() if group[0].category is not None]


def _people(places: Sequence[Division]) -> int | None:
    numbers = [place.population for place in places]
    return None if None in numbers else sum(number or 0 for number in numbers)


def _row(place: Any, rates: Mapping[str, Rate], volume: int, population: int | None, weights: RateWeights) -> Row:
    three, events = {name: rates[name] for name in THREE}, {name: rates[name] for name in EVENTS}
    after = {name: rates[name] for name in AFTER}
    per = 10_000 * volume / population if population else None
    flat = implausibly_flat({name: rate for name, rate in rates.items() if name not in AFTER})
    return Row(place, three, events, after, composite(three, weights), volume, per, flat)


def composite(three: Mapping[str, Rate], weights: RateWeights) -> tuple[float, float, float] | None:
    """Return the weighted mean of the three rates with a 95 % interval; None while one of them is missing.

    Source: Zou & Donner 2008, Statistics in Medicine 27, 1693-1702 (limits of a sum from the limits of its parts).
    """
    parts = [(getattr(weights, name) / 100, three[name]) for name in THREE]
    value = below = above = 0.0
    for weight, rate in parts:
        if rate.value is None or rate.low is None or rate.high is None:
            return None
        value += weight * rate.value
        below += (weight * (rate.value - rate.low)) ** 2
        above += (weight * (rate.high - rate.value)) ** 2
    return value, max(value - sqrt(below), 0.0), min(value + sqrt(above), 100.0)


def implausibly_flat(rates: Mapping[str, Rate]) -> bool:
    """Return whether every rate over at least fifty matters is nearly perfect: a reason to look at samples, no finding."""
    many = [
        100 - rate.value if name in LOWER_IS_BETTER else rate.value
        for name, rate in rates.items()
        if rate.should >= ENOUGH and rate.value is not None
    ]
    return len(many) > 1 and all(value >= FLAT for value in many)


def weights_of(city: Division) -> RateWeights:
    """Return a city's weights, or the example."""
    return RateWeights.objects.filter(city=city).last() or EXAMPLE


def _sum(pairs: Any) -> tuple[int, int]:
    rows = list(pairs)
    return sum(count for count, _should in rows), sum(should for _count, should in rows)


def _in(city: Division, *, by_unit: bool = False) -> Q:
    """Return the condition on what a matter has that it counts for a city's townships, or for its departments.

    Not what was left out; what a department was asked to do counts for the department alone.
    """
    # Not as "is null", which SQLite would fetch nearly all matters by.
    to_unit = Exact(Coalesce(F("matter__addressee"), Value("")), Value(""))
    counts = inside(city.code, "matter__division") & (~Q(to_unit) if by_unit else Q(to_unit))
    return counts & ~Q(matter__state=State.WITHDRAWN) & ~Q(left_out("matter"))


def _due(matters: Q, clocks: Q, period: Period, key: Mapping[str, Any]) -> Any:
    """Return the clocks whose stored deadline fell in the part of the period that is over, with what they count for."""
    return (
        MatterClock.objects.filter(clocks, matters, due_on__range=(period.first, period.seen_to))
        .order_by()
        .annotate(
            **key,
            satisfied=_happened(Verb.SATISFIED),
            sent_back=_happened(Verb.SEND_BACK),
            dispatched=_happened(Verb.DISPATCH),
            objected=_happened(Verb.OBJECT),
            late_check=Exists(
                MatterClock.objects.filter(matter=OuterRef("matter"), code="disposed").exclude(
                    stopped_on__isnull=False, stopped_on__lte=F("due_on")
                )
            ),
            said_solved=Exists(CallBack.objects.filter(matter=OuterRef("matter"), solved=True)),
            said_unsolved=Exists(CallBack.objects.filter(matter=OuterRef("matter"), solved=False)),
        )
    )


def _happened(verb: Verb) -> Exists:
    return Exists(Event.objects.filter(matter=OuterRef("matter"), verb=verb))


def requester_kinds() -> list[str]:
    """Return the kinds whose requester has the last word, sealed ones left out: their rates are petition work's own."""
    return [code for code, kind in kinds_in_force().items() if kind.asks_verdict and not kind.sealed]


def _work_clocks() -> Q:
    """Return the condition on clocks that they end when the work of a requester's matter is reported done."""
    wanted = Q(pk__in=[])
    for code, kind in kinds_in_force().items():
        if kind.asks_verdict and not kind.sealed:
            ends = [clock.code for clock in kind.clocks if clock.governs and Verb.REPORT_DONE in clock.stops]
            wanted |= Q(matter__kind=code, code__in=ends or ["order"])
    return wanted


def _counts(city: Division, period: Period, *, by_unit: bool = False) -> Counts:
    """Return measure → township (or department) → (count, should)."""
    found: Counts = {name: {} for name in (*THREE, *EVENTS)}
    key = {"town": F("matter__addressee_id") if by_unit else Substr("matter__division_id", 1, 9)}
    in_time = Q(stopped_on__isnull=False, stopped_on__lte=F("due_on"))
    unsolved = Q(stopped_on__isnull=True) | Q(matter__reopened__gt=0) | Q(said_unsolved=True)
    solved = ~unsolved & (Q(satisfied=True) | Q(said_solved=True))
    matters = _in(city, by_unit=by_unit)
    for row in (
        _due(matters, _work_clocks(), period, key)
        .values("town")
        .annotate(
            should=Count("pk"),
            answered=Count("pk", filter=in_time),
            good=Count("pk", filter=solved),
            bad=Count("pk", filter=unsolved),
        )
    ):
        found["response"][row["town"]] = row["answered"], row["should"]
        found["resolution"][row["town"]] = row["good"], row["good"] + row["bad"]
    for row in (
        CallBack.objects.filter(matters, draw__period=period.code, satisfied__isnull=False)
        .order_by()
        .annotate(town=key["town"])
        .values("town")
        .annotate(should=Count("pk"), good=Count("pk", filter=Q(satisfied=True)))
    ):
        found["satisfaction"][row["town"]] = row["good"], row["should"]
    events = matters & Q(matter__kind=GRID)
    closed = Q(matter__state=State.CLOSED)
    for row in (
        _due(events, Q(code="accepted"), period, key)
        .values("town")
        .annotate(
            should=Count("pk"),
            disposed=Count("pk", filter=Q(stopped_on__isnull=False)),
            disposed_in_time=Count("pk", filter=in_time),
            closed=Count("pk", filter=closed),
            closed_in_time=Count("pk", filter=closed & in_time & Q(late_check=False)),
            reworked=Count("pk", filter=Q(sent_back=True) | Q(matter__reopened__gt=0)),
        )
    ):
        for name in ("disposed", "disposed_in_time", "closed", "closed_in_time", "reworked"):
            found[name][row["town"]] = row[name], row["should"]
    for row in (
        _due(events, Q(code="dispatch"), period, key)
        .values("town")
        .annotate(should=Count("pk"), good=Count("pk", filter=Q(dispatched=True, objected=False)))
    ):
        found["dispatched"][row["town"]] = row["good"], row["should"]
    return found | counted_after(matters, key, period)


def _volumes(city: Division, period: Period) -> dict[str, int]:
    """Return how many requests and events were opened in a period by township: context, never a figure to be low in."""
    begins, ends = period.moments
    counted: dict[str, int] = defaultdict(int)
    for row in (
        Matter.objects.filter(
            inside(city.code),
            kind__in=[*requester_kinds(), GRID],
            opened_at__gte=begins,
            opened_at__lt=ends,
        )
        .order_by()
        .annotate(town=Substr("division_id", 1, 9))
        .values("town")
        .annotate(n=Count("pk"))
    ):
        counted[row["town"]] += row["n"]
    return counted
