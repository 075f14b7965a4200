"""What residents may read of an indicator: counts of townships by county, small ones and what gives them away suppressed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from yizhen.places.models import Division
from yizhen.scoring.small_area import SuppressedTable, proportion_intervals, rate_intervals, suppress_counts

from .counting import is_count
from .models import Indicator, Observation

HIDDEN = "※"


def public_indicators() -> QuerySet[Indicator]:
    """Return the indicators that anybody may read."""
    return Indicator.objects.filter(public=True).select_related("source")


@dataclass(frozen=True)
class PublicRow:
    """A township's line: its count as published, what it is out of, and the rate with its interval where the count is shown."""

    division: Division
    count: int | str
    base: int | None
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class PublicGroup:
    """A county with its townships; the sum as published."""

    division: Division
    total: int | str
    rows: list[PublicRow]


@dataclass(frozen=True)
class PublicTable:
    """One indicator in one period, fit for anybody."""

    indicator: Indicator
    period: str
    as_of: date | None
    groups: list[PublicGroup]
    total: int | str
    hidden: bool


def public_table(indicator: Indicator) -> PublicTable | None:
    """Return an indicator's latest period as residents may read it; None before there is any. Two queries.

    Where a share is near everybody, the few that are missing are as small a count: they are hidden as well.
    """
    figures = Observation.objects.filter(indicator=indicator, division__level="township", division__retired_on=None)
    period = figures.order_by("-period").values_list("period", flat=True).first()
    counted = [
        one
        for one in figures.filter(period=period).select_related("division__parent").order_by("division_id")
        if is_count(one, indicator)
    ]
    if period is None or not counted:
        return None
    groups: dict[Division, list[Observation]] = defaultdict(list)
    for figure in counted:
        if figure.division.parent is not None:
            groups[figure.division.parent].append(figure)
    table = _suppressed(indicator, list(groups.values()))
    made = [
        PublicGroup(
            county,
            table.sums[number] or sum(int(one.numerator or 0) for one in own),
            [_row(indicator, figure, table.cells[number][at]) for at, figure in enumerate(own)],
        )
        for number, (county, own) in enumerate(groups.items())
    ]
    total: int | str = table.total or sum(int(one.numerator or 0) for own in groups.values() for one in own)
    dates = [one.as_of for own in groups.values() for one in own]
    hidden = bool(table.total) or any(any(marks) for marks in (*table.cells, table.sums))
    return PublicTable(indicator, period, max(dates, default=None), made, total, hidden)


def _suppressed(indicator: Indicator, groups: list[list[Observation]]) -> SuppressedTable:
    counts = [[int(one.numerator or 0) for one in own] for own in groups]
    table = suppress_counts(counts)
    if indicator.chance != "share":
        return table
    rest = suppress_counts(
        [[max(int(one.denominator or 0) - int(one.numerator or 0), 0) for one in own] for own in groups]
    )
    return SuppressedTable(
        table.counts,
        tuple(
            tuple(mark or (HIDDEN if other else "") for mark, other in zip(marks, others, strict=True))
            for marks, others in zip(table.cells, rest.cells, strict=True)
        ),
        tuple(mark or (HIDDEN if other else "") for mark, other in zip(table.sums, rest.sums, strict=True)),
        table.total or (HIDDEN if rest.total else ""),
    )


def _row(indicator: Indicator, figure: Observation, mark: str) -> PublicRow:
    if mark:  # what it is out of would bound what is hidden
        return PublicRow(figure.division, mark, None, None, None, None)
    base = int(figure.denominator or 0)
    count = float(figure.numerator or 0)
    share = indicator.chance == "share"
    intervals = proportion_intervals if share else rate_intervals
    (span,) = intervals([count], [float(base)], per=float(indicator.per)).rows()
    return PublicRow(figure.division, int(count), base, float(figure.value), float(span["low"]), float(span["high"]))
