"""What a checked file would do: each row against the figures that stand now."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from .checking import PLACES, Row
from .models import ImportBatch, Observation
from .models.batch import CHUNK

FIGURE_FIELDS = ("value", "numerator", "denominator", "source", "as_of", "note")
KEY_FIELDS = ("indicator_id", "division_id", "period")
STATUSES = ("error", "new", "changed", "same")
PER_PAGE = 100
FEW = 2_000  # rows that are compared again each time the page is opened

Item = TypeVar("Item")


@dataclass(frozen=True)
class DryRun:
    """A page of a batch's rows, errors first, with what each would do now; ``counts`` are of the whole batch.

    ``fresh`` is false where the counts are those of the moment at which the file was checked.
    """

    rows: list[dict[str, Any]]
    counts: dict[str, int]
    fresh: bool
    page: int
    pages: int


def dry_run(batch: ImportBatch, page: int = 1) -> DryRun:
    """Compare a page of a batch, and the whole of it where it is small."""
    pages = max(-(-batch.size // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    rows = compare(list(batch.rows((page - 1) * PER_PAGE, PER_PAGE)))
    fresh = batch.size <= FEW
    counts = Counter(batch.counts)
    if fresh:
        counter = StatusCounter()
        for chunk in in_chunks(batch.rows(batch.wrong)):
            counter.add(chunk)
        counts = counter.counts
    counts["error"] = batch.wrong
    return DryRun(rows, {status: counts[status] for status in STATUSES}, fresh, page, pages)


def in_chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items some hundred at a time."""
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


class StatusCounter:
    """Counts what rows would do, chunk after chunk; where no figure stands yet nothing is looked up."""

    def __init__(self) -> None:
        self.counts = Counter[str]()
        self._stand: dict[tuple[str, str], bool] = {}

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows without errors. One query, and one for each indicator and period that comes up the first time."""
        asked = [row for row in rows if self._may_stand(row["values"])]
        self.counts["new"] += len(rows) - len(asked)
        existing = figures_of({key_of(row) for row in asked})
        self.counts.update(_status(row, existing.get(key_of(row)))[0] for row in asked)

    def _may_stand(self, values: dict[str, Any]) -> bool:
        key = values["indicator"], values["period"]
        found = self._stand.get(key)
        if found is None:
            found = Observation.objects.filter(indicator=key[0], period=key[1]).exists()
            self._stand[key] = found
        return found


def _status(row: Row, before: dict[str, Any] | None) -> tuple[str, list[str]]:
    if row["errors"]:
        return "error", []
    if before is None:
        return "new", []
    values = row["values"]
    changes = [name for name in FIGURE_FIELDS if before[name] != values[name]]
    return ("changed" if changes else "same"), changes


def compare(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return rows of a batch with what each would do now: new, changed (which fields), same, or error. One query."""
    existing = figures_of({key_of(row) for row in rows if not row["errors"]})
    compared = []
    for row in rows:
        before = existing.get(key_of(row))
        status, changes = _status(row, before)
        compared.append({**row, "status": status, "changes": changes, "before": before})
    return compared


def key_of(row: Row) -> tuple[str, str, str]:
    """Return what a row is about: indicator, place, period."""
    values = row["values"]
    return values["indicator"], values["division"], values["period"]


def figures_of(keys: set[tuple[str, str, str]]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the figures that stand now, by indicator, place and period, as plain text. One query."""
    if not keys:
        return {}
    indicators, divisions, periods = zip(*keys, strict=True)
    found = Observation.objects.order_by().filter(
        indicator__in=set(indicators), division__in=set(divisions), period__in=set(periods)
    )
    return {
        (indicator, division, period): {
            "value": plain(value),
            "numerator": plain(top),
            "denominator": plain(bottom),
            "source": source,
            "as_of": as_of.isoformat(),
            "note": note,
        }
        for indicator, division, period, value, top, bottom, source, as_of, note in found.values_list(
            *KEY_FIELDS, "value", "numerator", "denominator", "source_id", "as_of", "note"
        ).iterator()
        if (indicator, division, period) in keys
    }


def plain(value: Decimal | None) -> str | None:
    """Return a number as it is kept with a batch: with four decimals, as text."""
    return None if value is None else str(value.quantize(PLACES))
