"""A city or a county at one glance: townships by indicators, marked only where a difference is more than chance. No ranks."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet, Sum

from yizhen.people.models import Account
from yizhen.places.models import Category, Division
from yizhen.places.queries import townships_visible_to
from yizhen.scoring.small_area import proportion_intervals, rate_intervals

from .counting import is_count
from .models import Indicator, Observation
from .queries import indicators_visible_to, observations_visible_to

NEAR = 0.05  # of the average: closer than this is no difference worth a mark, where chance plays no part
FEWEST = 3
MOST_ROWS = 120  # of townships on one page; a larger city is looked at county by county


@dataclass(frozen=True)
class HeatCell:
    """A township's figure in its indicator's period. ``mark`` is ahead, behind, near, context or nothing."""

    figure: Observation | None
    mark: str = ""
    applies: bool = True


@dataclass(frozen=True)
class HeatColumn:
    """An indicator in its latest period, with the city's average as the ratio of sums."""

    indicator: Indicator
    period: str
    average: float | None


@dataclass(frozen=True)
class HeatTable:
    """Townships by indicators; ``groups`` are counties with their townships, in the order of codes."""

    columns: list[HeatColumn]
    groups: list[tuple[Division, list[tuple[Division, list[HeatCell]]]]]

    @property
    def latest(self) -> Observation | None:
        """The figure with the latest date: it stands for the page's date."""
        figures = [
            cell.figure for _c, rows in self.groups for _p, cells in rows for cell in cells if cell.figure is not None
        ]
        return max(figures, key=lambda figure: figure.as_of, default=None)


def heat_table(user: Account, domain: str, scope: str) -> HeatTable:
    """Return the heat table of a domain for the townships in a scope, beside the averages of the whole city.

    Six queries, however many townships; only the scope's figures become objects.
    """
    indicators = list(indicators_visible_to(user).filter(domain=domain).order_by("code"))
    places = list(townships_visible_to(user).filter(code__startswith=scope, retired_on=None).order_by("code"))
    whole = observations_visible_to(user).filter(
        indicator__in=indicators, division__level="township", division__retired_on=None
    )
    # Within one frequency periods are written so that the last one is the greatest.
    periods = dict(whole.order_by().values_list("indicator").annotate(Max("period")))
    whole = whole.filter(period__in=set(periods.values()))
    averages = _averages(whole, {one.code: one for one in indicators}, periods)
    known = {place.code: place for place in places}
    figures: dict[str, dict[str, Observation]] = defaultdict(dict)
    for figure in whole.filter(division__code__startswith=scope).select_related("source").order_by():
        place = known.get(figure.division_id)
        if place is not None and periods[figure.indicator_id] == figure.period:
            figures[figure.indicator_id][figure.division_id] = figure
    columns = [HeatColumn(one, periods[one.code], averages.get(one.code)) for one in indicators if one.code in periods]
    cells = {
        column.indicator.code: _cells(
            column.indicator,
            {
                code: figure
                for code, figure in figures[column.indicator.code].items()
                if _applies(column.indicator, known[code])
            },
            column.average,
        )
        for column in columns
    }
    groups: dict[Division, list[tuple[Division, list[HeatCell]]]] = {}
    for place in places:
        row = [
            cells[column.indicator.code].get(place.code, HeatCell(None, applies=_applies(column.indicator, place)))
            for column in columns
        ]
        if place.parent is not None:
            groups.setdefault(place.parent, []).append((place, row))
    return HeatTable(columns, list(groups.items()))


def _averages(
    figures: QuerySet[Observation], indicators: dict[str, Indicator], periods: dict[str, str]
) -> dict[str, float]:
    """Return indicator → ratio of the city's sums, where all parts are there; summed by the database.

    The median would be another question, and the mean of ratios the wrong answer. What does not apply to a category
    is no part of it.
    """
    rows = (
        figures.order_by()
        .values("indicator", "period", "division__category")
        .annotate(
            all=Count("pk"),
            whole=Count("pk", filter=Q(numerator__isnull=False, denominator__gt=0)),
            top=Sum("numerator"),
            bottom=Sum("denominator"),
        )
        .values_list("indicator", "period", "division__category", "all", "whole", "top", "bottom")
    )
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    excluded = dict(Category.objects.values_list("code", "not_applicable"))
    for code, period, category, *numbers in rows:
        if periods[code] == period and code not in excluded.get(category or "", []):
            sums[code] = [one + float(other or 0) for one, other in zip(sums[code], numbers, strict=True)]
    return {
        code: top / bottom * indicators[code].per
        for code, (number, whole, top, bottom) in sums.items()
        if indicators[code].per and number == whole and number >= FEWEST and bottom
    }


def _applies(indicator: Indicator, place: Division) -> bool:
    return place.category is None or indicator.code not in place.category.not_applicable


def _cells(indicator: Indicator, figures: dict[str, Observation], average: float | None) -> dict[str, HeatCell]:
    if average is None or indicator.direction not in {"up", "down"}:
        return {
            code: HeatCell(figure, "context" if indicator.direction == "neutral" else "")
            for code, figure in figures.items()
        }
    spans = _spans(indicator, figures, average)
    return {code: HeatCell(figure, _mark(indicator, spans[code], average)) for code, figure in figures.items()}


def _spans(indicator: Indicator, figures: dict[str, Observation], average: float) -> dict[str, tuple[float, float]]:
    """Return from where to where each figure may be told from the average: its interval, or five percent of the average."""
    room = abs(average) * NEAR
    spans = {code: (float(figure.value) - room, float(figure.value) + room) for code, figure in figures.items()}
    counted = {code: figure for code, figure in figures.items() if indicator.chance and is_count(figure, indicator)}
    if counted:
        count = [float(figure.numerator or 0) for figure in counted.values()]
        base = [float(figure.denominator or 1) for figure in counted.values()]
        intervals = proportion_intervals if indicator.chance == "share" else rate_intervals
        rows = intervals(count, base, per=float(indicator.per)).rows()
        spans |= {code: (float(row["low"]), float(row["high"])) for code, row in zip(counted, rows, strict=True)}
    return spans


def _mark(indicator: Indicator, span: tuple[float, float], average: float) -> str:
    if span[0] <= average <= span[1]:
        return "near"
    above = span[0] > average
    return "ahead" if above == (indicator.direction == "up") else "behind"
