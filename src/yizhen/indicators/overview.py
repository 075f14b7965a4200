"""A city or a county at one glance: townships by indicators, marked only where a difference is more than chance. No ranks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import townships_visible_to
from yizhen.scoring.small_area import proportion_intervals, rate_intervals, ratio_of_sums

from .models import Indicator, Observation
from .periods import bounds
from .queries import indicators_visible_to, observations_visible_to

NEAR = 0.05  # of the average: closer than this is no difference worth a mark, where chance plays no part
FEWEST = 3


@dataclass(frozen=True)
class HeatCell:
    """A township's figure in its indicator's period. ``mark`` is ahead, behind, near, context or nothing."""

    figure: Observation | None
    mark: str = ""
    applies: bool = True


@dataclass(frozen=True)
class HeatColumn:
    """An indicator in the latest period that most townships have, with the average as the ratio of sums."""

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
    """Return the heat table of a domain for the townships in a scope. Four queries, however many townships."""
    indicators = list(indicators_visible_to(user).filter(domain=domain).order_by("code"))
    places = list(townships_visible_to(user).filter(code__startswith=scope, retired_on=None).order_by("code"))
    figures: dict[str, dict[str, dict[str, Observation]]] = defaultdict(lambda: defaultdict(dict))
    seen = observations_visible_to(user).filter(indicator__in=indicators, division__in=[one.code for one in places])
    for figure in seen.select_related(None).select_related("indicator"):
        figures[figure.indicator_id][figure.period][figure.division_id] = figure
    known = {place.code: place for place in places}
    columns: list[HeatColumn] = []
    cells: dict[str, dict[str, HeatCell]] = {}
    for indicator in indicators:
        by_period = figures[indicator.code]
        if not by_period:
            continue
        period = max(by_period, key=lambda name: bounds(name)[1])
        own = {code: figure for code, figure in by_period[period].items() if _applies(indicator, known[code])}
        average = _average(indicator, list(own.values()))
        columns.append(HeatColumn(indicator, period, average))
        cells[indicator.code] = _cells(indicator, own, average)
    groups: dict[Division, list[tuple[Division, list[HeatCell]]]] = {}
    for place in places:
        row = [
            cells[column.indicator.code].get(place.code, HeatCell(None, applies=_applies(column.indicator, place)))
            for column in columns
        ]
        if place.parent is not None:
            groups.setdefault(place.parent, []).append((place, row))
    return HeatTable(columns, list(groups.items()))


def _applies(indicator: Indicator, place: Division) -> bool:
    return place.category is None or indicator.code not in place.category.not_applicable


def _average(indicator: Indicator, figures: Sequence[Observation]) -> float | None:
    """Return the ratio of sums; the median would be another question, and the mean of ratios the wrong answer."""
    parts = [(float(f.numerator), float(f.denominator)) for f in figures if f.numerator is not None and f.denominator]
    if not indicator.per or len(parts) < FEWEST or len(parts) < len(figures):
        return None
    tops, bottoms = zip(*parts, strict=True)
    return float(ratio_of_sums(tops, bottoms)) * indicator.per


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
    if not indicator.chance:
        return {code: (float(figure.value) - room, float(figure.value) + room) for code, figure in figures.items()}
    count = [float(figure.numerator or 0) for figure in figures.values()]
    base = [float(figure.denominator or 1) for figure in figures.values()]
    intervals = proportion_intervals if indicator.chance == "share" else rate_intervals
    rows = intervals(count, base, per=float(indicator.per)).rows()
    return {code: (float(row["low"]), float(row["high"])) for code, row in zip(figures, rows, strict=True)}


def _mark(indicator: Indicator, span: tuple[float, float], average: float) -> str:
    if span[0] <= average <= span[1]:
        return "near"
    above = span[0] > average
    return "ahead" if above == (indicator.direction == "up") else "behind"
