"""Places side by side, with what chance may have done where few are counted. No place is ranked here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to
from yizhen.scoring.small_area import (
    Funnel,
    funnel,
    proportion_intervals,
    rate_intervals,
    ratio_of_sums,
    shrunk_rates,
)

from .counting import is_count
from .lineage import follow, made_of
from .models import Indicator, Observation
from .queries import observations_visible_to

FEWEST = 3  # fewer places make no average to compare with
UNCLASSIFIED = "—"  # a peer group of their own, until somebody says what they are
FEW_CASES = 100  # of fewer cases a share jumps by a point or more with each


@dataclass(frozen=True)
class Row:
    """One township: its figure, and where chance plays into it, its 95 % interval and what can be said of it.

    ``finding`` is within, warn (beyond 95 %), low or high (beyond 99.8 %), or nothing where chance is not the question.
    ``shrunk`` is the rate pulled towards its peer group as far as chance may have pulled it away. All in the indicator's
    unit. ``few`` marks fewer than 100 cases, or 20 events.
    """

    figure: Observation
    low: float | None = None
    high: float | None = None
    finding: str = ""
    shrunk: float | None = None
    few: bool = False
    left: float = 0.0  # where things are on the row's axis, in percent
    width: float = 0.0
    at: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """The townships of a city in one period, by peer group and code; ``average`` is the ratio of their sums.

    ``skipped`` are figures without usable parts, left out of the average and of what is said about chance.
    """

    indicator: Indicator
    period: str
    periods: list[str]
    rows: list[Row]
    average: float | None
    watched: Funnel | None = None
    skipped: list[Observation] = field(default_factory=list)
    axis: tuple[float, float] = (0.0, 1.0)

    @property
    def average_at(self) -> float | None:
        """Where the average is on the rows' axis, in percent."""
        return None if self.average is None else _at(self.average, self.axis)

    @property
    def beyond(self) -> dict[str, list[Division]]:
        """The places that chance does not explain, below and above the average."""
        return {side: [row.figure.division for row in self.rows if row.finding == side] for side in ("low", "high")}

    @property
    def alike(self) -> int:
        """How many places may differ from the average by chance alone."""
        return sum(row.finding in {"within", "warn"} for row in self.rows)

    @property
    def source(self) -> Observation | None:
        """The latest figure: its source and date stand for the page."""
        return max((row.figure for row in self.rows), key=lambda figure: figure.as_of, default=None)


def compare_places(user: Account, indicator: Indicator, period: str | None = None) -> Comparison:
    """Compare the townships that the user may see, in a period or in the latest one. Six queries at most."""
    figures = (
        observations_visible_to(user)
        .filter(indicator=indicator, division__level="township", division__retired_on__isnull=True)
        .select_related("division__category")
        .order_by("division__category_id", "division_id")
    )
    periods = sorted(set(figures.order_by().values_list("period", flat=True)), reverse=True)
    chosen = period if period in periods else (periods[0] if periods else "")
    listed = _as_they_are_now(user, indicator, chosen, list(figures.filter(period=chosen))) if chosen else []
    applicable = [one for one in listed if not _not_applicable(one)]
    usable = [one for one in applicable if indicator.chance and is_count(one, indicator)]
    if len(usable) < FEWEST or not _varies(usable, indicator):
        return _plain(indicator, chosen, periods, applicable)
    skipped = [one for one in applicable if one not in usable]
    return _with_chance(indicator, chosen, periods, usable, skipped)


def _as_they_are_now(user: Account, indicator: Indicator, period: str, listed: list[Observation]) -> list[Observation]:
    """Return a period's figures by today's boundaries: merged places as the sum of what they were made of."""
    places = {one.code: one for one in townships_visible_to(user).filter(retired_on__isnull=True)}
    steps, older = made_of(places)
    if not steps:
        return listed
    parts = observations_visible_to(user).filter(indicator=indicator, period=period, division_id__in=older)
    found = follow([*listed, *parts], places, steps)
    for figure in found:
        figure.division = places[figure.division_id]
    return sorted(found, key=lambda one: (one.division.category_id or "", one.division_id))


def _not_applicable(figure: Observation) -> bool:
    category = figure.division.category
    return category is not None and figure.indicator_id in category.not_applicable


def _varies(figures: Sequence[Observation], indicator: Indicator) -> bool:
    """Return whether anything was counted at all, and for a share, not everything."""
    top, bottom = (sum(getattr(one, part) or 0 for one in figures) for part in ("numerator", "denominator"))
    return top > 0 and (indicator.chance == "events" or top < bottom)


def _plain(indicator: Indicator, period: str, periods: list[str], figures: list[Observation]) -> Comparison:
    parts = [(one.numerator, one.denominator) for one in figures if one.numerator is not None and one.denominator]
    average = None
    if indicator.per and len(parts) == len(figures) and len(parts) >= FEWEST:
        tops, bottoms = zip(*parts, strict=True)
        average = ratio_of_sums([float(one) for one in tops], [float(one) for one in bottoms]) * indicator.per
    values = [float(one.value) for one in figures]
    axis = _axis([*values, *([] if average is None else [average])])
    return Comparison(
        indicator, period, periods, [Row(one, at=_at(float(one.value), axis)) for one in figures], average, axis=axis
    )


def _with_chance(
    indicator: Indicator, period: str, periods: list[str], figures: list[Observation], skipped: list[Observation]
) -> Comparison:
    count = [float(one.numerator or 0) for one in figures]
    base = [float(one.denominator or 0) for one in figures]
    per = float(indicator.per)
    peers = [one.division.category_id or UNCLASSIFIED for one in figures]
    share = indicator.chance == "share"
    spans = proportion_intervals(count, base, per=per) if share else rate_intervals(count, base, per=per)
    watched = funnel(
        count, base, kind="proportion" if share else "rate", names=[one.division_id for one in figures], per=per
    )
    pulled = shrunk_rates(count, base, peers=peers, per=per)
    axis = _axis([*spans["low"], *spans["high"]], most=per if share else None)
    rows = [
        Row(
            figure,
            low=float(span["low"]),
            high=float(span["high"]),
            finding=str(found),
            shrunk=float(near),
            few=bool(span["base"] < FEW_CASES if share else span["few"]),
            left=_at(span["low"], axis),
            width=_at(span["high"], axis) - _at(span["low"], axis),
            at=_at(float(figure.value), axis),
        )
        for figure, span, found, near in zip(
            figures, spans.rows(), watched.table["finding"], pulled["shrunk"], strict=True
        )
    ]
    return Comparison(indicator, period, periods, rows, watched.target * per, watched, skipped, axis)


def _axis(values: Sequence[float], most: float | None = None) -> tuple[float, float]:
    low, high = (min(values), max(values)) if len(values) else (0.0, 1.0)
    room = (high - low or abs(high) or 1.0) * 0.04
    return (low - room if low < 0 else max(low - room, 0.0)), high + room if most is None else min(high + room, most)


def _at(value: float | Decimal, axis: tuple[float, float]) -> float:
    return float(min(max((float(value) - axis[0]) / (axis[1] - axis[0]), 0), 1) * 100)


def funnel_lines(watched: Funnel, points: int = 80) -> dict[str, list[list[float | None]]]:
    """Return the limits as lines to draw: base against rate, by name; None where there is no lower limit."""
    most = watched.per if watched.kind == "proportion" else float("inf")
    lines: dict[str, list[list[float | None]]] = {}
    for name, level in (("warn", 0.95), ("act", 0.998)):
        base, low, high = watched.lines(level, points)
        for side, line in (("low", low), ("high", high)):
            lines[f"{name}_{side}"] = [
                [round(float(x), 3), round(min(float(y), most), 6) if y >= 0 else None]
                for x, y in zip(base, line, strict=True)
            ]
    return lines
