"""The writers of the duty list: an edition is drafted from a workbook, put in force, and kept item by item."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.duties.queries import list_in_force
from yizhen.matters.duties.rules import may_keep_duties
from yizhen.matters.models import AdmissionRequest, DutyItem, DutyList
from yizhen.people.models import Account

FIELDS = ("code", "name_zh", "name_en", "kind", "work_line", "lead", "basis", "starts_on", "ends_on")


@event("matters.duty_list_drafted")
class DutyListDrafted:
    """An edition of the duty list was drafted."""

    edition: str
    size: int


@event("matters.duty_list_in_force")
class DutyListInForce:
    """An edition of the duty list was put in force."""

    edition: str
    valid_from: str
    size: int
    carried_over: int


@event("matters.duty_list_discarded")
class DutyListDiscarded:
    """A draft of the duty list was thrown away."""

    edition: str


@event("matters.duty_item_kept")
class DutyItemKept:
    """An item of the duty list was added or changed; ``before`` is empty for a new one."""

    code: str
    before: dict[str, str]
    after: dict[str, str]


def _check(actor: Account) -> None:
    if not may_keep_duties(actor):
        raise PermissionDenied(_("履职事项清单由市级评议办维护。"))


@transaction.atomic
def draft_list(
    actor: Account, items: Sequence[dict[str, Any]], *, edition: str, basis: str, valid_from: date
) -> DutyList:
    """Draft an edition from the rows of a workbook: nothing is in force until :func:`put_in_force`.

    Raises:
        PermissionDenied: when the actor does not keep the list.
        ValidationError: keyed by field; an edition in force has this name or begins on this day.
    """
    _check(actor)
    in_force = DutyList.objects.filter(division=actor.scope, in_force=True)
    if in_force.filter(edition=edition.strip()).exists():
        raise ValidationError({"edition": _("这个版本已经生效，请换一个名称。")})
    if in_force.filter(valid_from__gte=valid_from).exists():
        raise ValidationError({"valid_from": _("已有版本在这一天或之后生效，新版本须更晚。")})
    made = DutyList(
        division=actor.scope, edition=edition.strip(), basis=basis.strip(), valid_from=valid_from, made_by=actor
    )
    made.full_clean(exclude=["division", "made_by"])
    made.save()
    rows = [DutyItem(duty_list=made, **item) for item in items]
    for row in rows:
        row.full_clean(exclude=["duty_list", "lead"], validate_unique=False)
    DutyItem.objects.bulk_create(rows)
    record(actor, DutyListDrafted(edition=made.edition, size=len(rows)), _subject(made), scope=actor.scope_id)
    return made


def _subject(made: DutyList) -> str:
    return f"matters.dutylist:{made.pk}"


def _draft(actor: Account, made: DutyList) -> DutyList:
    _check(actor)
    made = DutyList.objects.select_for_update().get(pk=made.pk)
    if not actor.covers(made.division_id):
        raise PermissionDenied(_("履职事项清单由市级评议办维护。"))
    if made.in_force:
        raise ValidationError(_("这个版本已经生效。"))
    return made


@transaction.atomic
def put_in_force(actor: Account, made: DutyList) -> DutyList:
    """Put a draft in force; the edition before ends on the day before, and admitted work that still runs is carried over.

    Raises:
        PermissionDenied, ValidationError: as :func:`draft_list`; also for an edition that is in force already.
    """
    made = _draft(actor, made)
    before = DutyList.objects.select_for_update().filter(division=made.division, in_force=True).first()
    if before is not None:
        if before.valid_from >= made.valid_from:
            raise ValidationError({"valid_from": _("已有版本在这一天或之后生效，新版本须更晚。")})
        before.valid_to = made.valid_from - timedelta(days=1)
        before.save(update_fields=["valid_to"])
    carried = _carry_over(before, made) if before is not None else 0
    made.in_force = True
    made.full_clean(exclude=["division", "made_by"])
    made.save(update_fields=["in_force"])
    told = DutyListInForce(
        edition=made.edition, valid_from=str(made.valid_from), size=made.items.count(), carried_over=carried
    )
    record(actor, told, _subject(made), scope=made.division_id)
    return made


def _carry_over(before: DutyList, made: DutyList) -> int:
    """Copy admitted items that have not expired, unless the new edition says something else under their code."""
    known = set(made.items.values_list("code", flat=True))
    admitted = AdmissionRequest.objects.filter(division=made.division, state="granted").values("item__code")
    running = before.items.filter(code__in=admitted, ends_on__gte=made.valid_from).exclude(code__in=known)
    copies = [DutyItem(duty_list=made, **{name: getattr(item, name) for name in FIELDS}) for item in running]
    DutyItem.objects.bulk_create(copies)
    return len(copies)


@transaction.atomic
def discard_list(actor: Account, made: DutyList) -> None:
    """Throw a draft away.

    Raises:
        PermissionDenied, ValidationError: as :func:`put_in_force`.
    """
    made = _draft(actor, made)
    record(actor, DutyListDiscarded(edition=made.edition), _subject(made), scope=made.division_id)
    made.delete()


@transaction.atomic
def keep_item(actor: Account, item: DutyItem | None = None, **values: Any) -> DutyItem:
    """Add an item to the edition in force (``item`` None), or change one; what it was stays in the audit chain.

    Raises:
        PermissionDenied: when the actor does not keep the list.
        ValidationError: keyed by field.
    """
    _check(actor)
    if item is None:
        edition = list_in_force(actor.scope_id, timezone.localdate())
        if edition is None:
            raise ValidationError(_("还没有生效的清单，请先导入。"))
        item, before = DutyItem(duty_list=edition), {}
    else:
        item = DutyItem.objects.select_for_update(of=("self",)).select_related("duty_list").get(pk=item.pk)
        if not actor.covers(item.duty_list.division_id):
            raise PermissionDenied(_("履职事项清单由市级评议办维护。"))
        before = _values(item)
    for name, value in values.items():
        setattr(item, name, value)
    item.full_clean()
    after = _values(item)
    changed = {name for name in after if before.get(name) != after[name]}
    if changed:
        item.save()
        told = DutyItemKept(
            code=item.code,
            before={name: before[name] for name in changed if before},
            after={name: after[name] for name in changed},
        )
        record(actor, told, f"matters.dutyitem:{item.pk}", scope=item.duty_list.division_id)
    return item


def _values(item: DutyItem) -> dict[str, str]:
    return {name: str(getattr(item, "lead_id" if name == "lead" else name) or "") for name in FIELDS}
