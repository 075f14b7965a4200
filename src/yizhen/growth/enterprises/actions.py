"""The writers of enterprises."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.growth.models import Enterprise, EnterpriseMatter, Visit
from yizhen.growth.policies.conditions import FACTS
from yizhen.matters.actions import register_matter
from yizhen.matters.kinds.registry import kind_of
from yizhen.matters.models import Matter
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.places.queries import city_code
from yizhen.web.changed import ChangedSince

from .credit_code import is_credit_code
from .rules import may_assign_officer, may_change, may_register, may_serve
from .table import EnterpriseTable

REQUEST = "enterprise_request"
UNCHECKED = ["registered_by", "division", "department"]
KEPT = ("credit_code", "name_zh", "division", *FACTS, "is_key", "source", "as_of")


@event("growth.enterprise_registered")
class EnterpriseRegistered:
    """A firm was entered."""

    name: str


@event("growth.enterprise_changed")
class EnterpriseChanged:
    """Facts of a firm were changed; the values are not in the record."""

    fields: list[str]


@event("growth.enterprises_imported")
class EnterprisesImported:
    """A table of firms was taken over."""

    new: int
    changed: int
    same: int


@event("growth.officer_assigned")
class OfficerAssigned:
    """A post was named to serve a firm, or nobody any more."""

    officer: str


@event("growth.enterprise_asked")
class EnterpriseAsked:
    """A firm's request was registered as a matter."""

    matter: str


@event("growth.enterprise_visited")
class EnterpriseVisited:
    """A firm was visited and what it asked was written down."""

    on: str


@in_turn
def register_enterprise(actor: Account, *, client_id: str, division: Division, **fields: Any) -> Enterprise:
    """Enter a firm once: the same ``client_id`` gives the same firm.

    Raises:
        PermissionDenied: when the actor enters no firms in this place.
        ValidationError: keyed by field.
    """
    if not (may_register(actor) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能在这个地方登记企业。"))
    key = key_of(actor, client_id)
    if before := taken(Enterprise, key):
        return before
    if actor.role == "department":
        fields["department"] = actor.unit
    now = timezone.now()
    made = Enterprise(
        client_id=key, division=division, registered_by=actor, registered_at=now, changed_at=now, **fields
    )
    _check(made)
    made.save(force_insert=True)
    record(actor, EnterpriseRegistered(name=made.name_zh), f"growth.enterprise:{made.pk}", scope=division.code)
    return made


@transaction.atomic
def change_enterprise(actor: Account, enterprise: Enterprise, *, seen: str, **fields: Any) -> Enterprise:
    """Change a firm's facts. ``seen`` is the moment of its last change when the form was opened.

    Raises:
        PermissionDenied: when the actor is not in its circle.
        ValidationError: keyed by field; when somebody else has changed it since.
    """
    enterprise = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if not may_change(actor, enterprise):
        raise PermissionDenied(_("您不能修改这家企业。"))
    changed = [name for name, value in fields.items() if getattr(enterprise, name) != value]
    if not changed:
        return enterprise
    if seen != enterprise.changed_at.isoformat():
        raise ChangedSince(enterprise, fields, seen=enterprise.changed_at.isoformat())
    for name in changed:
        setattr(enterprise, name, fields[name])
    enterprise.changed_at = timezone.now()
    _check(enterprise)
    enterprise.save(update_fields=[*changed, "changed_at"])
    happened = EnterpriseChanged(fields=changed)
    record(actor, happened, f"growth.enterprise:{enterprise.pk}", scope=enterprise.division_id)
    return enterprise


def _check(enterprise: Enterprise) -> None:
    enterprise.credit_code = enterprise.credit_code.strip().upper()
    errors: dict[str, str] = {}
    if not is_credit_code(enterprise.credit_code):
        errors["credit_code"] = _("不是统一社会信用代码：18 位，最后一位是校验码。")
    today = timezone.localdate()
    for name in ("as_of", "left_on"):
        day = getattr(enterprise, name)
        if day is not None and day > today:
            errors[name] = _("不能晚于今天。")
    if errors:
        raise ValidationError(errors)
    enterprise.full_clean(exclude=UNCHECKED)


@transaction.atomic
def import_enterprises(actor: Account, table: EnterpriseTable) -> dict[str, int]:
    """Take a checked table over. An empty cell changes nothing, a firm that is not named stays; the same table again
    changes nothing.

    Returns:
        How many rows were new, changed and the same.

    Raises:
        PermissionDenied: when the actor enters no firms.
        ValidationError: when a cell is wrong.
    """
    if not may_register(actor):
        raise PermissionDenied(_("您不能导入企业。"))
    if not table.is_whole:
        raise ValidationError(_("还有错误的单元格，整份表都没有写入。请改好后重新上传。"))
    Division.objects.select_for_update().get(pk=city_code(actor.scope_id))  # two tables take turns
    now = timezone.now()
    kept = {
        one.credit_code: one
        for one in Enterprise.objects.select_for_update().filter(
            credit_code__in=[row.values["credit_code"] for row in table.rows]
        )
    }
    made, changed = [], []
    for row in table.rows:
        one = kept.get(row.values["credit_code"])
        if one is None:
            made.append(_of_row(actor, row.values, now))
        elif not may_change(actor, one):
            raise ValidationError(_("有的代码在别处登记过，请重新上传核对。"))
        elif any(getattr(one, name) != value for name, value in row.values.items()):
            _set(one, row.values, now)
            changed.append(one)
    Enterprise.objects.bulk_create(made, batch_size=500)
    Enterprise.objects.bulk_update(changed, [*KEPT, "officer", "changed_at"], batch_size=200)
    counts = {"new": len(made), "changed": len(changed), "same": len(table.rows) - len(made) - len(changed)}
    record(actor, EnterprisesImported(**counts), "growth.enterprise:*", scope=actor.scope_id)
    return counts


def _of_row(actor: Account, values: Mapping[str, Any], now: datetime) -> Enterprise:
    return Enterprise(
        client_id=f"import:{uuid.uuid4().hex}",  # a code may be corrected later, and come again for another firm
        department=actor.unit if actor.role == "department" else None,
        registered_by=actor,
        registered_at=now,
        changed_at=now,
        **values,
    )


def _set(enterprise: Enterprise, values: Mapping[str, Any], now: datetime) -> None:
    for name, value in values.items():
        setattr(enterprise, name, value)
    if not enterprise.is_key:
        enterprise.officer = None
    enterprise.changed_at = now


@transaction.atomic
def assign_officer(actor: Account, enterprise: Enterprise, officer: Account | None) -> Enterprise:
    """Name the post that serves a key enterprise one to one, or nobody.

    Raises:
        PermissionDenied: when the actor does not assign here.
        ValidationError: when the firm is no key enterprise, or the post's scope does not hold it.
    """
    enterprise = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if not may_assign_officer(actor, enterprise):
        raise PermissionDenied(_("服务专员由企业所在的乡镇（街道）和市县指定。"))
    if officer is not None and not may_serve(officer, enterprise):
        raise ValidationError({"officer": _("这个岗位管不到企业所在的地方。")})
    enterprise.officer = officer
    enterprise.full_clean(exclude=UNCHECKED)
    enterprise.save(update_fields=["officer"])
    happened = OfficerAssigned(officer=officer.username if officer else "")
    record(actor, happened, f"growth.enterprise:{enterprise.pk}", scope=enterprise.division_id)
    return enterprise


@in_turn
def register_request(
    actor: Account, enterprise: Enterprise, *, client_id: str, title: str, text: str, fields: Mapping[str, str]
) -> tuple[Matter, str]:
    """Register what a firm asks as a matter and link it; return it with the code by which the firm follows it.

    Raises:
        PermissionDenied: when the actor is not in the firm's circle, or registers no such matters.
        ValidationError: keyed by field.
    """
    if not may_change(actor, enterprise):
        raise PermissionDenied(_("您不能替这家企业登记诉求。"))
    kind = kind_of(REQUEST)
    matter, code = register_matter(
        actor, kind, client_id=client_id, division=enterprise.division, title=title, text=text, work_line=kind.work_line,
        fields=fields,
    )  # fmt: skip
    link, is_new = EnterpriseMatter.objects.get_or_create(matter=matter, defaults={"enterprise": enterprise})
    if link.enterprise_id != enterprise.pk:
        raise ValidationError(_("这份表单已经提交过，内容不能再改。请重新打开页面填写。"))
    if is_new:
        happened = EnterpriseAsked(matter=matter.number)
        record(actor, happened, f"growth.enterprise:{enterprise.pk}", scope=enterprise.division_id)
    return matter, code


@in_turn
def record_visit(
    actor: Account, enterprise: Enterprise, *, client_id: str, on: date, asked: str, answered: str = ""
) -> Visit:
    """Write down what a firm asked on a visit, once.

    Raises:
        PermissionDenied: when the actor is not in the firm's circle.
        ValidationError: keyed by field.
    """
    if not may_change(actor, enterprise):
        raise PermissionDenied(_("您不能记录这家企业的走访。"))
    key = key_of(actor, client_id)
    if before := taken(Visit, key):
        return before
    if on > timezone.localdate():
        raise ValidationError({"on": _("不能晚于今天。")})
    made = Visit(
        client_id=key, enterprise=enterprise, on=on, asked=asked.strip(), answered=answered.strip(), by=actor,
        at=timezone.now(),
    )  # fmt: skip
    made.full_clean(exclude=["by", "enterprise"])
    made.save(force_insert=True)
    happened = EnterpriseVisited(on=on.isoformat())
    record(actor, happened, f"growth.enterprise:{enterprise.pk}", scope=enterprise.division_id)
    return made
