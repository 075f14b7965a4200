"""The writers of imports: checked, committed as one batch, undone as one batch."""

import hashlib
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.models import BatchChange, ImportBatch, Indicator, Observation
from yizhen.indicators.rules import may_enter, may_import
from yizhen.indicators.workbook import UnreadableWorkbook, parse
from yizhen.people.models import Account

from .thresholds import watch

FIGURE_FIELDS = ("value", "numerator", "denominator", "source", "as_of", "note")


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
def check_workbook(actor: Account, file_name: str, content: bytes) -> ImportBatch:
    """Read a workbook without committing anything: the dry run that the commit will use.

    Raises:
        PermissionDenied: when the actor may not import.
        ValidationError: keyed ``file``, when the file cannot be read at all. Errors of cells are kept with their rows.
    """
    if not may_import(actor):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    try:
        rows = parse(actor, content)
    except UnreadableWorkbook as error:
        raise ValidationError({"file": str(error)}) from error
    return ImportBatch.objects.create(
        file_name=file_name[-120:],
        sha256=hashlib.sha256(content).hexdigest(),
        by=actor,
        rows=[asdict(row) for row in rows],
    )


def compare(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return each row of a batch with what it would do now: new, changed (which fields), same, or error."""
    keys = {(row["values"]["indicator"], row["values"]["division"], row["values"]["period"]) for row in batch.rows}
    existing = {
        (figure.indicator_id, figure.division_id, figure.period): figure
        for figure in Observation.objects.filter(
            indicator_id__in={key[0] for key in keys}, division_id__in={key[1] for key in keys}
        )
    }
    compared = []
    for row in batch.rows:
        values = row["values"]
        figure = existing.get((values["indicator"], values["division"], values["period"]))
        changes: list[str] = []
        if row["errors"]:
            status = "error"
        elif figure is None:
            status = "new"
        else:
            before, after = _plain(figure), _clean(values)
            changes = [name for name in FIGURE_FIELDS if before[name] != after[name]]
            status = "changed" if changes else "same"
        compared.append({**row, "status": status, "changes": changes, "before": _plain(figure) if figure else None})
    return compared


@transaction.atomic
def commit_batch(actor: Account, batch: ImportBatch) -> ImportBatch:
    """Write a checked workbook, all of it or nothing. A second commit of the same batch changes nothing.

    Raises:
        PermissionDenied: when it is somebody else's batch or a row is no longer the actor's to enter.
        ValidationError: when any cell is wrong.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not may_import(actor) or (batch.by_id != actor.pk and actor.role != "city_office"):
        raise PermissionDenied(_("这不是您上传的文件。"))
    if batch.state != "checked":
        return batch
    rows = compare(batch)
    if any(row["status"] == "error" for row in rows):
        raise ValidationError(_("还有错误的单元格，整份文件都没有写入。请改好后重新上传。"))
    indicators = Indicator.objects.in_bulk([row["values"]["indicator"] for row in rows])
    changed = [row for row in rows if row["status"] in {"new", "changed"}]
    for row in changed:
        values = row["values"]
        if not may_enter(actor, indicators[values["indicator"]], values["division"]):
            raise PermissionDenied(_("第 %(n)s 行不在您的填报范围内。") % {"n": row["number"]})
    figures = [
        Observation(
            indicator_id=row["values"]["indicator"],
            division_id=row["values"]["division"],
            period=row["values"]["period"],
            batch=batch,
            **_typed(_clean(row["values"])),
        )
        for row in changed
    ]
    Observation.objects.bulk_create(
        figures,
        batch_size=400,
        update_conflicts=True,
        unique_fields=["indicator", "division", "period"],
        update_fields=["value", "numerator", "denominator", "source", "as_of", "note", "batch"],
    )
    BatchChange.objects.bulk_create(
        (
            BatchChange(
                batch=batch,
                indicator_id=row["values"]["indicator"],
                division_id=row["values"]["division"],
                period=row["values"]["period"],
                before=row["before"],
                after=_clean(row["values"]),
            )
            for row in changed
        ),
        batch_size=400,
    )
    batch.state, batch.committed_at = "committed", timezone.now()
    batch.save(update_fields=["state", "committed_at"])
    watch({row["values"]["indicator"] for row in changed})
    counts = {status: sum(row["status"] == status for row in rows) for status in ("new", "changed", "same")}
    record(actor, BatchCommitted(sha256=batch.sha256, **counts), f"indicators.batch:{batch.pk}", scope=actor.scope_id)
    return batch


@transaction.atomic
def undo_batch(actor: Account, batch: ImportBatch) -> ImportBatch:
    """Put every figure back to what it was before the batch.

    Raises:
        PermissionDenied: when it is somebody else's batch.
        ValidationError: when a figure was changed again since: then nothing is undone. Reports keep their own copies.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not may_import(actor) or (batch.by_id != actor.pk and actor.role != "city_office"):
        raise PermissionDenied(_("这不是您上传的文件。"))
    if batch.state != "committed":
        return batch
    restored = 0
    for change in batch.changes.all():
        figure = Observation.objects.filter(
            indicator=change.indicator_id, division=change.division_id, period=change.period
        ).first()
        if figure is None or _plain(figure) != change.after:
            raise ValidationError(
                _("%(figure)s 在这次导入之后又被改过，不能整批撤销。")
                % {"figure": f"{change.indicator_id} {change.division_id} {change.period}"}
            )
        if change.before is None:
            figure.delete()
        else:
            for name, value in _typed(change.before).items():
                setattr(figure, name, value)
            figure.batch = None
            figure.save()
        restored += 1
    batch.state, batch.undone_at = "undone", timezone.now()
    batch.save(update_fields=["state", "undone_at"])
    record(actor, BatchUndone(restored=restored), f"indicators.batch:{batch.pk}", scope=actor.scope_id)
    return batch


def _number(value: Any) -> str | None:
    return None if value is None else str(Decimal(str(value)).quantize(Decimal("0.0001")))


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "value": _number(values["value"]),
        "numerator": _number(values["numerator"]),
        "denominator": _number(values["denominator"]),
        "source": values["source"],
        "as_of": values["as_of"],
        "note": values["note"],
    }


def _plain(figure: Observation) -> dict[str, Any]:
    return {
        "value": _number(figure.value),
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        "source": figure.source_id,
        "as_of": figure.as_of.isoformat(),
        "note": figure.note,
    }


def _typed(plain: dict[str, Any]) -> dict[str, Any]:
    return {
        "value": Decimal(plain["value"]),
        "numerator": Decimal(plain["numerator"]) if plain["numerator"] is not None else None,
        "denominator": Decimal(plain["denominator"]) if plain["denominator"] is not None else None,
        "source_id": plain["source"],
        "as_of": date.fromisoformat(plain["as_of"]),
        "note": plain["note"],
    }
