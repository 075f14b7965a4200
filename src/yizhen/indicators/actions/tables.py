"""The writers of tables that are not our template: taken in, mapped, checked; what was chosen is remembered."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.checking import Checker, Row
from yizhen.indicators.models import ImportBatch, ImportMapping, UploadedTable
from yizhen.indicators.rules import may_import
from yizhen.indicators.tables.desk import Desk, mappings_of
from yizhen.indicators.tables.mapping import fingerprint
from yizhen.indicators.workbook import MAX_ROWS, UnreadableWorkbook, is_template, open_book
from yizhen.people.models import Account

from .checks import check_workbook, keep_rows

KEPT = timedelta(days=7)


@event("indicators.mapping_kept")
class MappingKept:
    """Somebody said what the columns of a table mean."""

    fingerprint: str
    figures: int


@event("indicators.mapping_forgotten")
class MappingForgotten:
    """What the columns of a table mean is asked again the next time."""

    fingerprint: str


@transaction.atomic
def receive_file(actor: Account, file_name: str, content: bytes) -> ImportBatch | UploadedTable:
    """Take a file: our workbook is checked at once, another table waits until its columns are known.

    Raises:
        PermissionDenied: when the actor may not import.
        ValidationError: keyed ``file``, when the file cannot be read at all.
    """
    if not may_import(actor):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    try:
        if is_template(open_book(content, file_name)):
            return check_workbook(actor, file_name, content)
    except UnreadableWorkbook as error:
        raise ValidationError({"file": str(error)}) from error
    UploadedTable.objects.filter(by=actor, created_at__lt=timezone.now() - KEPT).delete()
    return UploadedTable.objects.create(
        file_name=file_name[-120:], sha256=hashlib.sha256(content).hexdigest(), content=content, by=actor
    )


@transaction.atomic
def choose(actor: Account, uploaded: UploadedTable, choices: dict[str, Any]) -> None:
    """Keep what was chosen on the mapping page.

    Raises:
        PermissionDenied: when it is somebody else's file.
    """
    _own_table(actor, uploaded)
    uploaded.choices = choices
    uploaded.save(update_fields=["choices"])


@transaction.atomic
def check_table(actor: Account, uploaded: UploadedTable) -> ImportBatch:
    """Check every figure of a table as its columns were chosen: the dry run that the commit will use.

    Raises:
        PermissionDenied: when it is somebody else's file.
        ValidationError: keyed as ``Desk.problems``, when something has not been said yet or there is no figure.
    """
    _own_table(actor, uploaded)
    desk = Desk(actor, uploaded)
    if desk.problems:
        raise ValidationError({key: [words] for key, words in desk.problems.items()})
    batch = ImportBatch.objects.create(file_name=uploaded.file_name, sha256=uploaded.sha256, by=actor, table=uploaded)
    keep_rows(batch, _checked(actor, desk))
    if not batch.size:
        raise ValidationError({"table": _("指明的列里没有一个数。")})
    _remember(actor, desk)
    return batch


@transaction.atomic
def forget_mapping(actor: Account, mapping: ImportMapping) -> None:
    """Forget what was chosen for tables of one shape.

    Raises:
        PermissionDenied: when another office chose it.
    """
    if not may_import(actor) or not mappings_of(actor).filter(pk=mapping.pk).exists():
        raise PermissionDenied(_("这是别的部门选定的。"))
    told = MappingForgotten(fingerprint=mapping.fingerprint)
    record(actor, told, f"indicators.mapping:{mapping.pk}", scope=actor.scope_id)
    mapping.delete()


def _own_table(actor: Account, uploaded: UploadedTable) -> None:
    if not may_import(actor) or uploaded.by_id != actor.pk:
        raise PermissionDenied(_("这不是您上传的文件。"))


def _checked(actor: Account, desk: Desk) -> Iterator[Row]:
    checker = Checker(actor)
    for count, figure in enumerate(desk.figures()):
        if count == MAX_ROWS:
            raise ValidationError({"table": _("一次最多导入 %(n)s 个数，请分成几个文件。") % {"n": MAX_ROWS}})
        yield checker.check(figure.number, figure.cells, at=figure.at, address=figure.address)


def _remember(actor: Account, desk: Desk) -> None:
    assert desk.table is not None
    kept, shape = desk.kept(), fingerprint(desk.table)
    known = desk.remembered
    if known is not None and known.content == kept:
        known.save(update_fields=["used_at"])
        return
    mapping, _made = ImportMapping.objects.update_or_create(
        fingerprint=shape, scope=actor.scope, unit=actor.unit, defaults={"content": kept, "by": actor}
    )
    figures = sum(bool(column["indicator"]) for column in kept["columns"])
    record(
        actor, MappingKept(fingerprint=shape, figures=figures), f"indicators.mapping:{mapping.pk}", scope=actor.scope_id
    )
