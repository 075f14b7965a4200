"""The writers of the register of forms: applied for, decided, withdrawn, refused by whoever would have to fill."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.expressions import BadExpression, codes
from yizhen.indicators.gate import Gate, Line, pass_gate
from yizhen.indicators.models import DECISIONS, DataField, FormItem, RegisteredForm, ValidationRule
from yizhen.indicators.rules import may_apply, may_decide, may_withdraw
from yizhen.people.models import Account

RETENTION_MONTHS = 12  # of personal data that a form brings in, when nothing shorter is said


@event("indicators.form_applied")
class FormApplied:
    """A department applied for a form."""

    code: str
    fields: int
    minutes: int


@event("indicators.form_decided")
class FormDecided:
    """A form was decided on."""

    decision: str
    asked: int
    of: int


@event("indicators.form_rules_set")
class RulesSet:
    """A form's validation rules were replaced."""

    code: str
    rules: int


@event("indicators.form_line_taken")
class LineTaken:
    """Somebody said of a line that it is a known field, or how it differs."""

    code: str
    line: int
    field: str
    difference: str


@event("indicators.form_lines_dropped")
class LinesDropped:
    """Lines were taken out of an application."""

    code: str
    lines: list[int]


@event("indicators.form_withdrawn")
class FormWithdrawn:
    """A form left the register."""

    code: str


@dataclass(frozen=True)
class Wanted:
    """One line of an application: what is to be asked."""

    name: str
    unit: str = ""
    kind: str = "count"
    required: bool = True
    personal: bool = False
    difference: str = ""


@transaction.atomic
def apply_for_form(actor: Account | None, lines: Sequence[Wanted], **fields: Any) -> RegisteredForm:
    """Apply for a form: what is to be asked, why, on what basis, how often, and how long it takes.

    Lines that name a field of the catalogue are bound to it here; the gate shows the rest.

    Raises:
        PermissionDenied: when the actor applies for somebody else.
        ValidationError: keyed by field.
    """
    today = timezone.localdate()
    form = RegisteredForm(applied_by=actor, applied_on=today, asked_fields=len(lines), **fields)
    if actor is not None and (
        not may_apply(actor) or (actor.role == "department" and actor.unit_id != form.department_id)
    ):
        raise PermissionDenied(_("只能为本部门申请报表。"))
    errors: dict[str, str] = {}
    if not lines:
        errors["lines"] = _("请至少写一项要填的内容。")
    names = [line.name for line in lines]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        errors["lines"] = _("“%(name)s”写了两次。") % {"name": repeated}
    if form.expires_on and form.expires_on <= today:
        errors["expires_on"] = _("有效期要在今天以后。")
    if errors:
        raise ValidationError(errors)
    form.full_clean()
    form.save(force_insert=True)
    FormItem.objects.bulk_create(
        FormItem(
            form=form, position=position, name_zh=line.name, unit=line.unit, kind=line.kind, required=line.required,
            personal=line.personal, difference=line.difference,
        )
        for position, line in enumerate(lines, start=1)
    )  # fmt: skip
    _bind(pass_gate(form, today))
    record(
        actor,
        FormApplied(code=form.code, fields=len(lines), minutes=form.minutes),
        f"indicators.form:{form.code}",
    )
    return form


def _bind(gate: Gate) -> None:
    taken: set[str] = set()
    for line in gate.lines:
        if line.field is not None and line.status in {"known", "kept"} and line.field.code not in taken:
            line.item.field = line.field
            taken.add(line.field.code)
            line.item.save(update_fields=["field"])


@transaction.atomic
def take_field(actor: Account, item: FormItem, field: DataField | None, difference: str = "") -> FormItem:
    """Answer the gate's question on one line: it is that field, or it is something else, and how it differs.

    Raises:
        PermissionDenied: when it is not the actor's form.
        ValidationError: when the form is decided, the field is there already, or no difference is named.
    """
    form = RegisteredForm.objects.select_for_update().get(pk=item.form_id)
    if not may_withdraw(actor, form):
        raise PermissionDenied(_("只能修改本部门申请的报表。"))
    if form.state != "applied":
        raise ValidationError(_("这张表已经审定，不能再改。"))
    if field is None and not difference.strip():
        raise ValidationError(_("请说明和已有的数据项有什么不同。"))
    if field is not None and form.items.filter(field=field).exclude(pk=item.pk).exists():
        raise ValidationError(_("表里已有“%(name)s”。") % {"name": field.name_zh})
    if field is not None and (field.retired_on is not None or (item.personal and not field.personal)):
        raise ValidationError(_("“%(name)s”已停用，或不能装个人信息。") % {"name": field.name_zh})
    item.field, item.difference = field, "" if field else difference.strip()[:120]
    item.save(update_fields=["field", "difference"])
    record(
        actor,
        LineTaken(code=form.code, line=item.position, field=field.code if field else "", difference=item.difference),
        f"indicators.form:{form.code}",
    )
    return item


@transaction.atomic
def drop_lines(actor: Account | None, form: RegisteredForm, positions: Collection[int]) -> int:
    """Take lines out of an application before it is decided: what nobody needs is not asked. Returns how many went.

    Raises:
        PermissionDenied: when it is neither the actor's form nor is the actor the city office.
        ValidationError: when the form is decided, or nothing would be left.
    """
    form = RegisteredForm.objects.select_for_update().get(pk=form.pk)
    if actor is not None and not may_withdraw(actor, form):
        raise PermissionDenied(_("只能修改本部门申请的报表。"))
    if form.state != "applied":
        raise ValidationError(_("这张表已经审定，不能再改。"))
    gone = form.items.filter(position__in=positions)
    if gone.count() == form.items.count():
        raise ValidationError(_("至少留下一项。"))
    number, _rows = gone.delete()
    record(actor, LinesDropped(code=form.code, lines=sorted(positions)), f"indicators.form:{form.code}")
    return number


@transaction.atomic
def decide_form(actor: Account | None, form: RegisteredForm, decision: str, reason: str = "") -> RegisteredForm:
    """Register a form as far as it may be asked, or refuse it. What is known is shown in it, not asked again.

    Raises:
        PermissionDenied: when the actor does not decide, or applied for it.
        ValidationError: no reason for a refusal; no basis; a double of another form; lines nobody has told apart; a
            decision milder than the gate allows.
    """
    today = timezone.localdate()
    form = RegisteredForm.objects.select_for_update().get(pk=form.pk)
    if actor is not None and not may_decide(actor, form):
        raise PermissionDenied(_("由市级评议办审定；谁申请的，不能由谁审定。"))
    if form.state != "applied":
        raise ValidationError(_("这张表已经审定过了。"))
    if decision not in DECISIONS:
        raise ValidationError({"decision": _("请选择一种决定。")})
    gate = pass_gate(form, today)
    asked = 0
    if decision == "refused":
        if not reason.strip():
            raise ValidationError({"reason": _("不予登记要写明理由。")})
        form.state = "refused"
    else:
        _check_decision(form, gate, decision)
        form.state = "approved"
        asked = _settle_items(form, gate)
    form.decision, form.reason = decision, reason.strip()
    form.decided_by, form.decided_on = actor, today
    form.save()
    record(actor, FormDecided(decision=decision, asked=asked, of=form.asked_fields), f"indicators.form:{form.code}")
    return form


def _check_decision(form: RegisteredForm, gate: Gate, decision: str) -> None:
    if not form.basis_zh:
        raise ValidationError({"decision": _("没有依据的报表不能登记。")})
    if gate.twin is not None:
        raise ValidationError(
            {
                "decision": _("和已登记的“%(form)s”重复，不能再登记。")
                % {"form": f"{gate.twin.code} {gate.twin.name_zh}"}
            }
        )
    if gate.undecided:
        names = "、".join(line.item.name_zh for line in gate.undecided[:5])
        raise ValidationError(
            {"decision": _("这些项和已有数据项很像，要先认定是不是同一项：%(names)s。") % {"names": names}}
        )
    if (decision == "auto_generated") != (not gate.to_ask):
        raise ValidationError({"decision": _("每一项都已有数据时，只能由系统生成；还有缺的项时，不能写成全部生成。")})


def _settle_items(form: RegisteredForm, gate: Gate) -> int:
    """Make the fields that are new, and mark what this form collects; return how many lines are asked."""
    asked = 0
    FormItem.objects.filter(field__in=[line.field for line in gate.lines if line.field], asks=True).exclude(
        form__state="approved", form__expires_on__gte=timezone.localdate()
    ).update(asks=False)  # a form that has run out asks no more
    for line in gate.lines:
        item = line.item
        if line.status in {"known", "kept"}:
            item.field = line.field
        else:
            item.field = _field_for(form, line)
        item.asks = line.status != "known"
        asked += item.asks
        item.save(update_fields=["field", "asks"])
    return asked


def _field_for(form: RegisteredForm, line: Line) -> DataField:
    item = line.item
    number = item.kind in {"count", "amount"}
    made = DataField(
        code=f"{form.code.replace('-', '')}_{item.position:02d}",
        name_zh=item.name_zh,
        kind=item.kind,
        unit=item.unit,
        owner=form.department,
        level=form.level,
        frequency=form.frequency,
        basis_zh=form.basis_zh,
        personal=item.personal,
        readers="owner" if item.personal else "all",
        retention_months=RETENTION_MONTHS if item.personal else 0,
        roll_up="sum" if number and not item.personal else "",
    )
    made.full_clean(exclude=["choices"])
    made.save(force_insert=True)
    return made


def check_rules(lines: Sequence[str], known: set[str]) -> list[dict[str, Any]]:
    """Read validation rules, one a line: ``left sign right | message``; ``?`` before the message makes it a hint.

    Raises:
        ValidationError: keyed ``rules``, naming the line.
    """
    made = []
    for number, line in enumerate(lines, start=1):
        formula, _bar, message = line.partition("|")
        sign = next((sign for sign in ("==", "!=", "<=", ">=", "<", ">", "=") if sign in formula), None)
        if sign is None or not message.strip():
            raise ValidationError({"rules": _("第 %(n)s 行应写成：左边 <= 右边 | 不符时的说明。") % {"n": number}})
        left, right = (part.strip() for part in formula.split(sign, 1))
        try:
            unknown = sorted((codes(left) | codes(right)) - known)
        except BadExpression as error:
            raise ValidationError({"rules": _("第 %(n)s 行：%(error)s") % {"n": number, "error": error}}) from error
        if unknown:
            raise ValidationError(
                {"rules": _("第 %(n)s 行：表里没有数据项 %(codes)s。") % {"n": number, "codes": "、".join(unknown)}}
            )
        hint = message.strip().startswith(("?", "？"))
        made.append(
            {
                "left": left, "operator": "==" if sign == "=" else sign, "right": right,
                "message_zh": message.strip().lstrip("?？").strip()[:120], "hint": hint,
            }
        )  # fmt: skip
    return made


@transaction.atomic
def set_rules(actor: Account, form: RegisteredForm, lines: Sequence[str]) -> list[ValidationRule]:
    """Replace a registered form's validation rules.

    Raises:
        PermissionDenied: when it is not the actor's form.
        ValidationError: keyed ``rules``, naming the line.
    """
    if not may_withdraw(actor, form):
        raise PermissionDenied(_("只能修改本部门的报表。"))
    known = {code for code in form.items.values_list("field_id", flat=True) if code}
    made = check_rules(lines, known)
    form.rules.all().delete()
    rules = ValidationRule.objects.bulk_create(ValidationRule(form=form, **rule) for rule in made)
    record(actor, RulesSet(code=form.code, rules=len(rules)), f"indicators.form:{form.code}")
    return rules


@transaction.atomic
def withdraw_form(actor: Account, form: RegisteredForm) -> RegisteredForm:
    """Take a form out of the register: nobody has to fill it any more, and its fields are free for another.

    Raises:
        PermissionDenied: when it is neither the actor's form nor is the actor the city office.
        ValidationError: when the form was never registered.
    """
    form = RegisteredForm.objects.select_for_update().get(pk=form.pk)
    if not may_withdraw(actor, form):
        raise PermissionDenied(_("只能停用本部门的报表。"))
    if form.state == "withdrawn":
        return form
    if form.state != "approved":
        raise ValidationError(_("这张表没有登记，不必停用。"))
    form.state = "withdrawn"
    form.save(update_fields=["state"])
    form.items.update(asks=False)
    record(actor, FormWithdrawn(code=form.code), f"indicators.form:{form.code}")
    return form
