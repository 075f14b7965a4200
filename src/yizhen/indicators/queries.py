"""The readers of indicators."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from statistics import median

from django.db.models import QuerySet

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code, peer_group
from yizhen.scoring.small_area import proportion_intervals, rate_intervals

from .lineage import follow, made_of
from .models import DOMAINS, ImportBatch, Indicator, Observation, UploadedTable


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
    return batches if user.role == "city_office" else batches.filter(by=user)


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
    low: Decimal = field(init=False)
    high: Decimal = field(init=False)

    def __post_init__(self) -> None:
        values = [self.own.value, *self.peers, *([self.city.value] if self.city else [])]
        object.__setattr__(self, "low", min(values))
        object.__setattr__(self, "high", max(values))

    @property
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

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the own figure where cases are counted (Wilson; exact Poisson); None for stocks and sums."""
        indicator, top, bottom = self.indicator, self.own.numerator, self.own.denominator
        if (
            not indicator.chance
            or top is None
            or not bottom
            or top < 0
            or (indicator.chance == "share" and top > bottom)
        ):
            return None
        intervals = proportion_intervals if indicator.chance == "share" else rate_intervals
        (span,) = intervals([float(top)], [float(bottom)], per=float(indicator.per)).rows()
        return float(span["low"]), float(span["high"])

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

    def place(self, value: Decimal | None) -> float | None:
        """Return where a value lies on the row's axis, from 0 to 100."""
        if value is None:
            return None
        if self.high == self.low:
            return 50.0
        return float((value - self.low) / (self.high - self.low) * 100)

    @property
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
    """Return the township's rows with constant query count: own series, peers and city in one read.

    ``peers`` are other townships to compare with than those of its category.
    """
    peers = {peer.code for peer in peer_group(division)} if peers is None else set(peers)
    city = city_code(division.code)
    compared = [division.code, city, *sorted(peers)]
    steps, older = made_of(compared)
    wanted = observations_visible_to(user).filter(division_id__in={*compared, *older})
    if indicators is not None:
        wanted = wanted.filter(indicator_id__in=indicators)
    series: dict[str, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for observation in sorted(follow(wanted, compared, steps), key=lambda one: one.period):
        series[observation.indicator_id][observation.division_id].append(observation)
    rows = []
    skip = set(division.category.not_applicable) if division.category else set()
    for code, places in sorted(series.items()):
        trend = places.get(division.code)
        if not trend or code in skip:
            continue
        own = trend[-1]

        def same_period(
            place: str, places: dict[str, list[Observation]] = places, own: Observation = own
        ) -> Observation | None:
            return next((o for o in reversed(places.get(place, [])) if o.period == own.period), None)

        peer_values = [found.value for peer in sorted(peers) if (found := same_period(peer))]
        rows.append(GapRow(own.indicator, own, trend[-8:], peer_values, same_period(city)))
    order = list(DOMAINS)
    return sorted(rows, key=lambda row: (order.index(row.indicator.domain), row.indicator.code))
