"""The readers of indicators."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median

from django.db.models import QuerySet

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, peer_group

from .counting import interval_of
from .lineage import Steps, ancestry, follow, made_of
from .models import DOMAINS, ImportBatch, Indicator, Observation, UploadedTable
from .periods import year_before

TREND = 8  # periods that a row's line shows


def indicators_visible_to(user: Account) -> QuerySet[Indicator]:
    """Return the catalogue: open to every business account."""
    if not user.is_active or user.is_admin:
        return Indicator.objects.none()
    return Indicator.objects.select_related("source")


def observations_visible_to(user: Account) -> QuerySet[Observation]:
    """Return the figures of the user's city at township level and above, and all figures inside the user's scope."""
    observations = Observation.objects.select_related("indicator", "division", "source")
    if not user.is_active or user.is_admin:
        return observations.none()
    city = city_code(user.scope_id)
    shared = observations.filter(
        division__code__startswith=city, division__level__in=["prefecture", "county", "township"]
    )
    return shared | observations.filter(division__code__startswith=user.scope_id)


def batches_visible_to(user: Account) -> QuerySet[ImportBatch]:
    """Return the imports that the user may open: all for the city office, the own ones otherwise."""
    batches = ImportBatch.objects.select_related("by")
    if not user.is_active or user.role not in {"city_office", "department"}:
        return batches.none()
    if user.role == "city_office":
        return batches.filter(by__scope__code__startswith=city_code(user.scope_id))
    return batches.filter(by=user)


def tables_visible_to(user: Account) -> QuerySet[UploadedTable]:
    """Return the files that wait for their columns to be named: only the one who sent a file sees it."""
    if not user.is_active or user.role not in {"city_office", "department"}:
        return UploadedTable.objects.none()
    return UploadedTable.objects.filter(by=user)


@dataclass(frozen=True)
class GapRow:
    """One indicator of one township, as a listener needs it: own value, trend, peers, city, and what would close it."""

    indicator: Indicator
    own: Observation
    trend: list[Observation]
    peers: list[Decimal]
    city: Observation | None
    year_ago: Observation | None = None
    low: Decimal = field(init=False)
    high: Decimal = field(init=False)

    def __post_init__(self) -> None:
        values = [self.own.value, *self.peers, *([self.city.value] if self.city else [])]
        object.__setattr__(self, "low", min(values))
        object.__setattr__(self, "high", max(values))

    @cached_property
    def peer_median(self) -> Decimal | None:
        """The median of the peer group (the other townships of the category)."""
        return median(self.peers) if self.peers else None

    @property
    def gap(self) -> Decimal | None:
        """Own value minus the city average, in the indicator's unit: of the figures as shown, so that a hall can check."""
        return _shown(self.own.value) - _shown(self.city.value) if self.city else None

    @property
    def behind(self) -> bool:
        """Whether the place is on the unfavourable side of the city average; never for context figures."""
        if self.gap is None or self.indicator.direction not in {"up", "down"}:
            return False
        return self.gap < 0 if self.indicator.direction == "up" else self.gap > 0

    @property
    def ahead(self) -> bool:
        """Whether the place is on the favourable side of the city average."""
        if self.gap is None or self.indicator.direction not in {"up", "down"}:
            return False
        return self.gap > 0 if self.indicator.direction == "up" else self.gap < 0

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the own figure where cases are counted (Wilson; exact Poisson); None for stocks and sums."""
        return interval_of(self.own, self.indicator)

    @property
    def may_be_chance(self) -> bool:
        """Whether the distance to the city average may be chance alone: then no more is said of it."""
        span = self.interval
        return bool(span and self.city and span[0] <= float(self.city.value) <= span[1])

    @property
    def needed(self) -> int | None:
        """How many units would close the gap: ceil(city average × residents − count); None when not below."""
        return units_to_close(self.own, self.city) if self.city is not None else None

    @property
    def change(self) -> Decimal | None:
        """The change since the period before."""
        return self.trend[-1].value - self.trend[-2].value if len(self.trend) > 1 else None

    @property
    def on_the_year(self) -> Decimal | None:
        """The change since the same period of the year before, in the indicator's unit (points for percentages)."""
        return self.own.value - self.year_ago.value if self.year_ago else None

    @property
    def growth(self) -> Decimal | None:
        """The growth on the year in percent: of counts and sums only, a percentage of a percentage misleads."""
        if self.year_ago is None or self.year_ago.value <= 0 or self.indicator.unit in {"%", "‰"}:
            return None
        return (self.own.value / self.year_ago.value - 1) * 100

    def place(self, value: Decimal | None) -> float | None:
        """Return where a value lies on the row's axis, from 0 to 100."""
        if value is None:
            return None
        if self.high == self.low:
            return 50.0
        return float((value - self.low) / (self.high - self.low) * 100)

    @cached_property
    def axis(self) -> dict[str, float | None]:
        """Positions of own value, peers and city on the row's axis, in percent."""
        return {
            "own": self.place(self.own.value),
            "low": self.place(min(self.peers)) if self.peers else None,
            "high": self.place(max(self.peers)) if self.peers else None,
            "median": self.place(self.peer_median),
            "city": self.place(self.city.value if self.city else None),
        }


def _shown(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def units_to_close(own: Observation, city: Observation) -> int | None:
    """Return how many beds, schools or teachers would bring a place to the city average.

    Only for figures per resident whose parts are stored: ceil(average × residents ÷ per − count).
    """
    indicator = own.indicator
    if not (indicator.per_resident and indicator.per and own.denominator and own.numerator is not None):
        return None
    average = (
        city.numerator / city.denominator
        if city.numerator is not None and city.denominator
        else (city.value / indicator.per)
    )
    missing = average * own.denominator - own.numerator
    return int(missing.to_integral_value(rounding=ROUND_CEILING)) if missing > 0 else None


def gap_rows(
    user: Account, division: Division, indicators: list[str] | None = None, *, peers: Collection[str] | None = None
) -> list[GapRow]:
    """Return the township's rows with constant query count: own series in one read, peers and city in another.

    ``peers`` are other townships to compare with than those of its category.
    """
    peers = {peer.code for peer in peer_group(division)} if peers is None else set(peers)
    city = city_code(division.code)
    steps, _older = made_of([division.code, *peers])
    figures = observations_visible_to(user)
    if indicators is not None:
        figures = figures.filter(indicator_id__in=indicators)
    skip = set(division.category.not_applicable) if division.category else set()
    trends: dict[str, list[Observation]] = defaultdict(list)
    own = _recent(figures.filter(division_id__in=ancestry([division.code], steps)))
    for figure in sorted(follow(own, [division.code], steps), key=lambda one: one.period):
        if figure.indicator_id not in skip:
            trends[figure.indicator_id].append(figure)
    latest = {code: trend[-1].period for code, trend in trends.items()}
    # Of the others one period is enough: a series of sixty months for each of a thousand peers is nobody's business here.
    same_periods = figures.filter(indicator_id__in=latest, period__in=set(latest.values()))
    cities = {
        one.indicator_id: one for one in same_periods.filter(division_id=city) if latest[one.indicator_id] == one.period
    }
    values = _values_beside(same_periods, sorted(peers), latest, steps)
    order = list(DOMAINS)
    rows = [
        GapRow(
            trend[-1].indicator,
            trend[-1],
            trend[-TREND:],
            sorted(values.get(code, [])),
            cities.get(code),
            next((one for one in trend if one.period == year_before(trend[-1].period)), None),
        )
        for code, trend in trends.items()
    ]
    return sorted(rows, key=lambda row: (order.index(row.indicator.domain), row.indicator.code))


def _recent(figures: QuerySet[Observation]) -> QuerySet[Observation]:
    """Leave of long series what a row shows: the last periods, and the same period of the year before."""
    periods: dict[str, set[str]] = defaultdict(set)
    for code, period in figures.select_related(None).order_by().values_list("indicator_id", "period"):
        periods[code].add(period)
    shown: set[str] = set()
    for each in periods.values():
        last = sorted(each)[-TREND:]
        shown.update(last)
        shown.add(year_before(last[-1]))
    return figures.filter(period__in=shown)


def _values_beside(
    figures: QuerySet[Observation], peers: list[str], latest: dict[str, str], steps: Steps
) -> dict[str, list[Decimal]]:
    """Return indicator → the peers' values in its period; merged places as the sum of their parts."""
    rows: Iterable[tuple[str, str, str, Decimal]]
    if steps:
        followed = follow(figures.filter(division_id__in=ancestry(peers, steps)), peers, steps)
        rows = [(one.indicator_id, one.division_id, one.period, one.value) for one in followed]
    else:  # whole rows of a thousand peers would be made into objects for one number each
        rows = (
            figures.filter(division_id__in=peers)
            .select_related(None)
            .order_by()
            .values_list("indicator_id", "division_id", "period", "value")
        )
    found: dict[str, list[Decimal]] = defaultdict(list)
    for code, _peer, period, value in rows:
        if latest[code] == period:
            found[code].append(value)
    return found
