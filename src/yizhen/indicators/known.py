"""What is known already of a place: the last authoritative value of a field, wherever it came from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from .models import DataField, FieldValue, Observation
from .periods import bounds


@dataclass(frozen=True)
class Known:
    """A value that need not be asked: as text, with its period and who answers for it."""

    text: str
    period: str
    source: str
    as_of: date | None = None

    @property
    def number(self) -> Decimal | None:
        """The value as a number, where it is one."""
        try:
            return Decimal(self.text)
        except ArithmeticError:
            return None


Cell = tuple[str, str]  # field code, division code
Row = TypeVar("Row", Observation, FieldValue)


def known_values(fields: Iterable[DataField], divisions: Sequence[str], period: str) -> dict[Cell, Known]:
    """Return the last approved value at or before a period, by field and place. Two queries, however many of both.

    Where a field is the part of an indicator, the indicator's figure stands in where no form has brought a value.
    """
    wanted = list(fields)
    end = bounds(period)[1]
    found: dict[Cell, Known] = {}
    parts = {(field.indicator_id, field.part): field for field in wanted if field.indicator_id}
    figures = Observation.objects.filter(
        indicator_id__in={indicator for indicator, _part in parts}, division_id__in=divisions
    ).select_related("source")
    for figure in _in_order(figures, end):
        for part in ("value", "numerator", "denominator"):
            field = parts.get((figure.indicator_id, part))
            number = getattr(figure, part)
            if field is not None and number is not None:
                found[field.code, figure.division_id] = Known(
                    plain(number), figure.period, figure.source.name_zh, figure.as_of
                )
    values = FieldValue.objects.filter(
        field__in=[field.code for field in wanted], division_id__in=divisions, state="approved"
    ).select_related("field__owner")
    for value in _in_order(values, end):
        if not value.is_empty:
            found[value.field_id, value.division_id] = Known(value.shown, value.period, value.field.owner.name_zh)
    return found


def _in_order(rows: Iterable[Row], end: date) -> list[Row]:
    dated = [(bounds(row.period)[1], row) for row in rows]
    return [row for day, row in sorted(dated, key=lambda pair: pair[0]) if day <= end]


def plain(number: Decimal) -> str:
    """Write a number without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def histories(fields: Sequence[str], divisions: Sequence[str], period: str) -> dict[Cell, list[Decimal]]:
    """Return earlier numbers of each field and place, oldest first: what a new one is held against. One query."""
    start = bounds(period)[0]
    series: dict[Cell, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = FieldValue.objects.filter(
        field__in=fields, division_id__in=divisions, state="approved", number__isnull=False
    ).values_list("field_id", "division_id", "period", "number")
    for field, division, when, number in rows:
        end = bounds(when)[1]
        if end < start and number is not None:
            series[field, division].append((end, number))
    return {cell: [number for _day, number in sorted(pairs)] for cell, pairs in series.items()}
