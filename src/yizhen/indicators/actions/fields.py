"""The writers of the data catalogue."""

from calendar import monthrange
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.gate import bare
from yizhen.indicators.models import DataField, FormItem
from yizhen.indicators.periods import bounds
from yizhen.indicators.rules import may_keep_fields
from yizhen.people.models import Account


@event("indicators.field_defined")
class FieldDefined:
    """A field entered the data catalogue."""

    code: str
    owner: str
    personal: bool


@event("indicators.field_retired")
class FieldRetired:
    """A field left the data catalogue; its values stay until their time is over."""

    code: str


@transaction.atomic
def define_field(actor: Account | None, **fields: Any) -> DataField:
    """Add a field to the data catalogue.

    Raises:
        PermissionDenied: when the actor does not keep the catalogue.
        ValidationError: keyed by field: a name that exists in another writing, personal data without basis, readers or end.
    """
    if actor is not None and not may_keep_fields(actor):
        raise PermissionDenied(_("只有市级评议办可以维护数据目录。"))
    made = DataField(**{**fields, "code": str(fields.get("code", "")).upper()})
    check_field(made)
    made.save(force_insert=True)
    record(
        actor,
        FieldDefined(code=made.code, owner=made.owner_id, personal=made.personal),
        f"indicators.field:{made.pk}",
    )
    return made


def check_field(made: DataField) -> None:
    """Refuse a field that cannot be: each reason at its own input."""
    errors: dict[str, str] = {}
    if made.personal and not made.basis_zh.strip():
        errors["basis_zh"] = _("个人信息须写明法律依据，没有依据不得收集。")
    if made.personal and made.readers == "all":
        errors["readers"] = _("个人信息不能对全市账号公开，请限定读者。")
    if made.personal and not made.retention_months:
        errors["retention_months"] = _("个人信息须写明保存几个月，到期删除。")
    if made.personal and made.roll_up:
        errors["roll_up"] = _("个人信息不作汇总。")
    if made.roll_up and not made.is_number:
        errors["roll_up"] = _("只有数才能逐级相加。")
    if made.kind == "choice" and not made.choices:
        errors["choices"] = _("请写出可选的项，用顿号隔开。")
    if bool(made.indicator_id) != bool(made.part):
        errors["part"] = _("对应指标时，要说明是它的数值、分子还是分母；不对应时两项都不填。")
    elif made.indicator_id and made.level == "village" and made.roll_up != "sum":
        errors["roll_up"] = _("村级数要成为指标，须能逐级相加。")
    twin = next((one for one in DataField.objects.all() if bare(one.name_zh) == bare(made.name_zh)), None)
    if twin is not None:
        errors["name_zh"] = _("数据目录里已有“%(name)s”（%(code)s），由%(owner)s维护，不必再设。") % {
            "name": twin.name_zh, "code": twin.code, "owner": twin.owner.name_zh,
        }  # fmt: skip
    if errors:
        raise ValidationError(errors)
    made.full_clean()


@transaction.atomic
def retire_field(actor: Account, field: DataField) -> DataField:
    """Take a field out of the catalogue; forms that live may not go on asking for it.

    Raises:
        PermissionDenied: when the actor does not keep the catalogue.
        ValidationError: when a live form still shows it.
    """
    if not may_keep_fields(actor):
        raise PermissionDenied(_("只有市级评议办可以维护数据目录。"))
    field = DataField.objects.select_for_update(of=("self",)).get(pk=field.pk)
    if field.retired_on is not None:
        return field
    used = FormItem.objects.filter(field=field, form__state="approved").select_related("form").first()
    if used is not None:
        raise ValidationError(_("报表“%(form)s”还在用这一项，请先停用报表。") % {"form": used.form.name_zh})
    field.retired_on = timezone.localdate()
    field.save(update_fields=["retired_on"])
    record(actor, FieldRetired(code=field.code), f"indicators.field:{field.pk}")
    return field


@event("indicators.values_forgotten")
class ValuesForgotten:
    """Values of a field were deleted because their time was over."""

    code: str
    values: int


@transaction.atomic
def forget_expired() -> int:
    """Delete values whose retention has ended; returns how many. Called when a site starts and a form is opened.

    A value is kept for the field's months after its period's end (个人信息保护法 arts. 19, 47). Its history holds no content.
    """
    today = timezone.localdate()
    total = 0
    for field in DataField.objects.filter(retention_months__gt=0):
        periods = [
            period
            for period in field.values.order_by().values_list("period", flat=True).distinct()
            if _months_after(bounds(period)[1], field.retention_months) < today
        ]
        if not periods:
            continue
        number, _rows = field.values.filter(period__in=periods).delete()
        total += number
        record(None, ValuesForgotten(code=field.code, values=number), f"indicators.field:{field.pk}")
    return total


def _months_after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
