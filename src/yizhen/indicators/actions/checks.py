"""The dry run: rows are checked and kept, a chunk at a time; no figure is written."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from itertools import starmap

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.indicators.checking import Checker, Row
from yizhen.indicators.dry_run import StatusCounter
from yizhen.indicators.models import BatchChunk, ImportBatch
from yizhen.indicators.models.batch import CHUNK, packed
from yizhen.indicators.rules import may_import
from yizhen.indicators.workbook import UnreadableWorkbook, open_book, read_rows
from yizhen.people.models import Account


@transaction.atomic
def check_workbook(actor: Account, file_name: str, content: bytes) -> ImportBatch:
    """Read a workbook without committing anything: the dry run that the commit will use.

    Raises:
        PermissionDenied: when the actor may not import.
        ValidationError: keyed ``file``, when the file cannot be read at all. Errors of cells are kept with their rows.
    """
    if not may_import(actor):
        raise PermissionDenied(_("只有市级评议办和数据来源部门可以导入。"))
    checker = Checker(actor)
    batch = ImportBatch.objects.create(file_name=file_name[-120:], sha256=hashlib.sha256(content).hexdigest(), by=actor)
    try:
        keep_rows(batch, starmap(checker.check, read_rows(open_book(content))))
    except UnreadableWorkbook as error:
        raise ValidationError({"file": str(error)}) from error
    return batch


def keep_rows(batch: ImportBatch, rows: Iterable[Row]) -> None:
    """Keep checked rows with their batch, in chunks, and count what they would do."""
    kept: dict[bool, list[Row]] = {True: [], False: []}
    sizes = Counter[bool]()
    counter = StatusCounter()

    def write(wrong: bool) -> None:
        chunk = kept[wrong]
        if not wrong:
            counter.add(chunk)
        BatchChunk.objects.create(batch=batch, wrong=wrong, first=sizes[wrong], rows=list(map(packed, chunk)))
        sizes[wrong] += len(chunk)
        kept[wrong] = []

    for row in rows:
        wrong = bool(row["errors"])
        kept[wrong].append(row)
        if len(kept[wrong]) == CHUNK:
            write(wrong)
    for wrong in (True, False):
        if kept[wrong]:
            write(wrong)
    batch.size, batch.wrong = sizes.total(), sizes[True]
    batch.counts = {status: counter.counts[status] for status in ("new", "changed", "same")}
    batch.save(update_fields=["size", "wrong", "counts"])
