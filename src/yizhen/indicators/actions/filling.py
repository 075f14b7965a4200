"""The writers of filling: windows, cells, workbooks, handing in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.cell_checks import BadCell, read
from yizhen.indicators.filling import is_open, sheet_of, to_fill
from yizhen.indicators.models import (
    Collection,
    FieldValue,
    FormItem,
    RegisteredForm,
    Submission,
    ValueChange,
)
from yizhen.indicators.periods import EXAMPLES, fits
from yizhen.indicators.rules import may_fill, may_open
from yizhen.indicators.sheets import ReadCell
from yizhen.people.models import Account
from yizhen.web.errors import by_field

from .fields import forget_expired

PERSONAL, CHANGED = "（个人信息）", "（已改）"


@event("indicators.collection_opened")
class CollectionOpened:
    """A form was opened for filling."""

    form: str
    period: str
    places: int
    closes_on: str


@event("indicators.cells_written")
class CellsWritten:
    """Cells of a form were written; what stood before is in their own history."""

    form: str
    period: str
    cells: list[str]


@event("indicators.form_handed_in")
class FormHandedIn:
    """A place handed a form in."""

    form: str
    period: str


@event("indicators.window_extended")
class WindowExtended:
    """One place may fill a form after its window has closed."""

    form: str
    until: str
    reason: str


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a cell, and which version of it they had before them. ``remark`` is a word on it."""

    text: str
    version: int = 0
    remark: str = ""


class EditConflict(Exception):
    """Somebody else has written the cell since: by field code, what stands there now."""

    def __init__(self, current: dict[str, FieldValue]) -> None:
        super().__init__(", ".join(current))
        self.current = current


@transaction.atomic
def open_collection(
    actor: Account | None, form: RegisteredForm, *, period: str, opens_on: date, closes_on: date
) -> Collection:
    """Open a registered form for filling in a period, at every place of its level.

    Raises:
        PermissionDenied: when it is not the actor's form.
        ValidationError: keyed by field: not registered or run out, nothing to ask, a period written otherwise, days.
    """
    form = RegisteredForm.objects.select_for_update(of=("self",)).select_related("department").get(pk=form.pk)
    if actor is not None and not may_open(actor, form):
        raise PermissionDenied(_("只能下发本部门的报表。"))
    today = timezone.localdate()
    if not form.is_live(today):
        raise ValidationError(_("没有登记或已过有效期的报表不能下发。"))
    if not form.items.filter(asks=True).exists():
        raise ValidationError(_("这张表由系统生成，不用填报，直接下载即可。"))
    if not fits(period, form.frequency):
        raise ValidationError({"period": _("期间应写成“%(example)s”的样子。") % {"example": EXAMPLES[form.frequency]}})
    if closes_on > form.expires_on:
        raise ValidationError({"closes_on": _("截止日不能晚于报表的有效期。")})
    if form.collections.filter(period=period).exists():
        raise ValidationError({"period": _("这一期已经下发过。")})
    made = Collection(
        form=form,
        period=period,
        scope=form.department.division,
        opens_on=opens_on,
        closes_on=closes_on,
        asked=[str(code) for code in form.items.filter(asks=True).values_list("field_id", flat=True)],
        opened_by=actor,
    )
    made.full_clean()
    made.save()
    forget_expired()
    places = to_fill(made, made.scope_id)
    if not places:
        raise ValidationError(_("范围内没有要填这张表的地方。"))
    Submission.objects.bulk_create(Submission(collection=made, division=place) for place in places)
    record(
        actor,
        CollectionOpened(form=form.code, period=period, places=len(places), closes_on=closes_on.isoformat()),
        f"indicators.collection:{made.pk}",
    )
    return made


def locked(submission: Submission) -> Submission:
    """Return a submission as it stands, locked until the transaction ends."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("collection__form", "division")
        .get(pk=submission.pk)
    )


@transaction.atomic
def write_cells(actor: Account, submission: Submission, typed: Mapping[str, Typed]) -> list[FieldValue]:
    """Write cells of a place's sheet, all or none, and keep what stood before in their history.

    Raises:
        PermissionDenied: when the sheet is not the actor's to fill.
        ValidationError: keyed by field code; or without a key when the sheet is closed.
        EditConflict: when somebody has written one of the cells since it was read.
    """
    submission = locked(submission)
    collection = submission.collection
    if not may_fill(actor, collection.form, submission.division_id):
        raise PermissionDenied(_("这不是您填的表。"))
    if not is_open(submission, timezone.localdate()):
        raise ValidationError(_("这张表已报送或已过截止日，不能再改。需要改时请上级退回或延期。"))
    items = {
        item.field_id: item
        for item in collection.form.items.filter(field__in=set(typed) & set(collection.asked)).select_related("field")
    }
    errors: dict[str, str] = {code: _("这一项不用填。") for code in typed if code not in items}
    have = {
        value.field_id: value
        for value in FieldValue.objects.select_for_update().filter(
            field__in=list(items), division=submission.division_id, period=collection.period
        )
    }
    conflicts: dict[str, FieldValue] = {}
    written: list[FieldValue] = []
    changes: list[ValueChange] = []
    for code, cell in typed.items():
        if code not in items:
            continue
        try:
            value, change = _written(actor, submission, items[code], have.get(code), cell)
        except BadCell as error:
            errors[code] = str(error)
        except _ConflictError as conflict:
            conflicts[code] = conflict.value
        else:
            written.append(value)
            changes += [change] if change else []
    if errors:
        raise ValidationError(errors)
    if conflicts:
        raise EditConflict(conflicts)
    changed = {change.field_id for change in changes if change.before != change.after}
    _store([value for value in written if value.field_id in changed])
    ValueChange.objects.bulk_create(changes)
    if changes:
        record(
            actor,
            CellsWritten(form=collection.form.code, period=collection.period, cells=[one.field_id for one in changes]),
            f"indicators.submission:{submission.pk}",
            scope=submission.division_id,
        )
    return written


class BadWorkbook(Exception):
    """Cells of a filled workbook are wrong; nothing was written. ``errors`` are addresses with what is wrong there."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__(f"{len(errors)} cells")
        self.errors = errors


@transaction.atomic
def write_workbook_cells(actor: Account, collection: Collection, cells: Sequence[ReadCell]) -> int:
    """Write what was filled in offline, all of it or nothing; returns how many cells changed. Again: none.

    Cells that the form does not ask are grey in the workbook and are passed over.

    Raises:
        BadWorkbook: with the address of every cell that is wrong, or not the actor's to fill.
    """
    asked = set(collection.asked)
    rows: dict[str, dict[str, ReadCell]] = {}
    for cell in cells:
        if cell.field in asked:
            rows.setdefault(cell.division, {})[cell.field] = cell
    submissions = {
        one.division_id: one for one in collection.submissions.filter(division_id__in=rows).select_related("collection")
    }
    errors: list[tuple[str, str]] = []
    changed = 0
    for place, own in rows.items():
        first = next(iter(own.values())).address
        if place not in submissions:
            errors.append((first, _("这张表里没有区划“%(code)s”。") % {"code": place}))
            continue
        versions = {
            value.field_id: (value.version, value.shown)
            for value in FieldValue.objects.filter(field__in=own, division_id=place, period=collection.period)
        }
        typed = {
            code: Typed(cell.text, versions.get(code, (0, ""))[0] if cell.version is None else cell.version)
            for code, cell in own.items()
        }
        try:
            with transaction.atomic():
                written = write_cells(actor, submissions[place], typed)
        except PermissionDenied as error:
            errors.append((first, str(error)))
        except EditConflict as conflict:
            errors += [
                (
                    own[code].address,
                    _("下载以后，这一格已改为“%(value)s”。请重新下载，或在网页上改。") % {"value": now.shown},
                )
                for code, now in conflict.current.items()
            ]
        except ValidationError as error:
            keyed = by_field(error)
            errors += [(own[code].address if code in own else first, " ".join(texts)) for code, texts in keyed.items()]
        else:
            changed += sum(value.shown != versions.get(value.field_id, (0, ""))[1] for value in written)
    if errors:
        raise BadWorkbook(errors)
    return changed


class _ConflictError(Exception):
    def __init__(self, value: FieldValue) -> None:
        super().__init__()
        self.value = value


def _written(
    actor: Account, submission: Submission, item: FormItem, have: FieldValue | None, cell: Typed
) -> tuple[FieldValue, ValueChange | None]:
    """Return the value as it shall stand and the change to remember; the value's version tells whether it changed."""
    assert item.field is not None
    number, text = read(item.field, cell.text)
    period = submission.collection.period
    value = have or FieldValue(field=item.field, division_id=submission.division_id, period=period, version=0)
    same = value.number == number and value.text == text
    if have is not None and have.version != cell.version and not same:
        raise _ConflictError(have)
    before = value.shown
    remark = cell.remark.strip()[:200]
    if same and not remark:
        return value, None
    if not same:
        value.number, value.text, value.by = number, text, actor
        value.version += 1
    after = value.shown
    if item.field.personal and not same:  # the history cannot be deleted, and these have to be
        before, after = PERSONAL, CHANGED
    change = ValueChange(
        field=item.field, division_id=submission.division_id, period=period, before=before, after=after, remark=remark,
        by=actor,
    )  # fmt: skip
    return value, change


def _store(values: list[FieldValue]) -> None:
    FieldValue.objects.bulk_create([value for value in values if value.pk is None and value.version])
    have = [value for value in values if value.pk is not None]
    for value in have:
        value.changed_at = timezone.now()
    FieldValue.objects.bulk_update(have, ["number", "text", "version", "by", "changed_at"])


@transaction.atomic
def hand_in(actor: Account, submission: Submission) -> Submission:
    """Hand a place's form in: from now on its cells are locked. Handing in twice changes nothing.

    Raises:
        PermissionDenied: when the sheet is not the actor's to fill.
        ValidationError: keyed by field code: what is missing, breaks a rule, or differs much and has no word on it.
    """
    submission = locked(submission)
    collection = submission.collection
    if not may_fill(actor, collection.form, submission.division_id):
        raise PermissionDenied(_("这不是您填的表。"))
    if submission.state in {"submitted", "approved"}:
        return submission
    today = timezone.localdate()
    if not is_open(submission, today):
        raise ValidationError(_("不在填报时间内。需要补报时请部门延期。"))
    sheet = sheet_of(actor, submission, today)
    errors: dict[str, list[str]] = {}
    for cell in sheet.missing:
        errors.setdefault(cell.field.code, []).append(_("必填。"))
    for finding in [*sheet.stops, *sheet.unexplained]:
        for code in finding.codes:
            errors.setdefault(code, []).append(finding.message)
    if errors:
        raise ValidationError(errors)
    submission.state, submission.submitted_by, submission.submitted_at = "submitted", actor, timezone.now()
    submission.return_reason = ""
    submission.save()
    set_values(collection, [submission.division_id], "submitted")
    record(
        actor,
        FormHandedIn(form=collection.form.code, period=collection.period),
        f"indicators.submission:{submission.pk}",
        scope=submission.division_id,
    )
    return submission


def set_values(collection: Collection, places: list[str], state: str) -> None:
    """Set the state of what a collection asks of some places."""
    FieldValue.objects.filter(
        field__in=collection.asked,
        division_id__in=places,
        period=collection.period,
    ).update(state=state)


@transaction.atomic
def extend_window(actor: Account, submission: Submission, until: date, reason: str) -> Submission:
    """Let one place fill a form after its window has closed.

    Raises:
        PermissionDenied: when it is not the actor's form.
        ValidationError: keyed by field: a day that is past or no later than the window, no reason.
    """
    submission = locked(submission)
    collection = submission.collection
    if not may_open(actor, collection.form):
        raise PermissionDenied(_("由下发报表的部门延期。"))
    errors = {}
    if until <= collection.closes_on or until < timezone.localdate():
        errors["until"] = _("延期的日子要晚于截止日，也不能在今天以前。")
    if not reason.strip():
        errors["reason"] = _("请写明为什么延期。")
    if errors:
        raise ValidationError(errors)
    submission.open_until, submission.open_reason = until, reason.strip()[:200]
    submission.save(update_fields=["open_until", "open_reason"])
    record(
        actor,
        WindowExtended(form=collection.form.code, until=until.isoformat(), reason=submission.open_reason),
        f"indicators.submission:{submission.pk}",
        scope=submission.division_id,
    )
    return submission
