"""The writers of imports: committed as one batch, undone as one batch."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.checking import Row
from yizhen.indicators.dry_run import FIGURE_FIELDS, KEY_FIELDS, compare, figures_of, in_chunks, key_of
from yizhen.indicators.models import BatchChange, ImportBatch, Indicator, Observation
from yizhen.indicators.rules import may_enter, may_import
from yizhen.people.models import Account

from .thresholds import watch


@event("indicators.batch_committed")
class BatchCommitted:
    """A workbook was committed."""

    sha256: str
    new: int
    changed: int
    same: int


@event("indicators.batch_undone")
class BatchUndone:
    """A workbook was undone."""

    restored: int


@transaction.atomic
def commit_batch(actor: Account, batch: ImportBatch) -> ImportBatch:
    """Write a checked workbook, all of it or nothing. A second commit of the same batch changes nothing.

    Raises:
        PermissionDenied: when it is somebody else's batch or a row is no longer the actor's to enter.
        ValidationError: when any cell is wrong.
    """
    batch = _own_batch(actor, batch)
    if batch.state != "checked":
        return batch
    if batch.wrong:
        raise ValidationError(_("还有错误的单元格，整份文件都没有写入。请改好后重新上传。"))
    indicators = Indicator.objects.in_bulk()
    counts = Counter[str]()
    touched: set[str] = set()
    for rows in in_chunks(batch.rows()):
        compared = compare(rows)
        counts.update(row["status"] for row in compared)
        changed = [row for row in compared if row["status"] != "same"]
        for row in changed:
            if not may_enter(actor, indicators[row["values"]["indicator"]], row["values"]["division"]):
                raise PermissionDenied(_("第 %(n)s 行不在您的填报范围内。") % {"n": row["number"]})
        _write(batch, changed)
        touched.update(row["values"]["indicator"] for row in changed)
    batch.state, batch.committed_at = "committed", timezone.now()
    batch.save(update_fields=["state", "committed_at"])
    watch(touched)
    if batch.table:
        batch.table.delete()
    told = BatchCommitted(sha256=batch.sha256, **{status: counts[status] for status in ("new", "changed", "same")})
    record(actor, told, f"indicators.batch:{batch.pk}", scope=actor.scope_id)
    return batch


@transaction.atomic
def undo_batch(actor: Account, batch: ImportBatch) -> ImportBatch:
    """Put every figure back to what it was before the batch.

    Raises:
        PermissionDenied: when it is somebody else's batch.
        ValidationError: when a figure was changed again since: then nothing is undone. Reports keep their own copies.
    """
    batch = _own_batch(actor, batch)
    if batch.state != "committed":
        return batch
    restored = 0
    for changes in in_chunks(batch.changes.iterator()):
        _restore(changes)
        restored += len(changes)
    batch.state, batch.undone_at = "undone", timezone.now()
    batch.save(update_fields=["state", "undone_at"])
    record(actor, BatchUndone(restored=restored), f"indicators.batch:{batch.pk}", scope=actor.scope_id)
    return batch


def _own_batch(actor: Account, batch: ImportBatch) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not may_import(actor) or (batch.by_id != actor.pk and actor.role != "city_office"):
        raise PermissionDenied(_("这不是您上传的文件。"))
    return batch


def _write(batch: ImportBatch, rows: list[Row]) -> None:
    _put(batch, [(key_of(row), row["values"]) for row in rows])
    BatchChange.objects.bulk_create(
        BatchChange(
            batch_id=batch.pk,
            **dict(zip(KEY_FIELDS, key_of(row), strict=True)),
            before=row["before"],
            after={name: row["values"][name] for name in FIGURE_FIELDS},
        )
        for row in rows
    )


def _restore(changes: list[BatchChange]) -> None:
    keys = {(change.indicator_id, change.division_id, change.period): change for change in changes}
    now = figures_of(set(keys))
    for key, change in keys.items():
        if now.get(key) != change.after:
            raise ValidationError(_("%(figure)s 在这次导入之后又被改过，不能整批撤销。") % {"figure": " ".join(key)})
    _put(None, [(key, change.before) for key, change in keys.items() if change.before is not None])
    made = {key for key, change in keys.items() if change.before is None}
    if made:
        indicators, divisions, periods = zip(*made, strict=True)
        found = Observation.objects.filter(
            indicator__in=set(indicators), division__in=set(divisions), period__in=set(periods)
        ).values_list("pk", *KEY_FIELDS)
        Observation.objects.filter(pk__in=[pk for pk, *key in found if tuple(key) in made]).delete()


def _put(batch: ImportBatch | None, figures: Iterable[tuple[tuple[str, str, str], dict[str, Any]]]) -> None:
    """Write figures over those that stand there, or new."""
    Observation.objects.bulk_create(
        (
            Observation(**dict(zip(KEY_FIELDS, key, strict=True)), batch=batch, **_typed(values))
            for key, values in figures
        ),
        update_conflicts=True,
        unique_fields=["indicator", "division", "period"],
        update_fields=["value", "numerator", "denominator", "source", "as_of", "note", "batch", "collection"],
    )


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "value": Decimal(values["value"]),
        "numerator": Decimal(values["numerator"]) if values["numerator"] is not None else None,
        "denominator": Decimal(values["denominator"]) if values["denominator"] is not None else None,
        "source_id": values["source"],
        "as_of": date.fromisoformat(values["as_of"]),
        "note": values["note"],
    }
