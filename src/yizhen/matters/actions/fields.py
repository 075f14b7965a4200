"""The fields of a kind: text from a form becomes what is kept with the matter."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yizhen.documents.cells import number_of
from yizhen.matters.kinds import KindField, MatterKind
from yizhen.web.templatetags.yizhen import label

LONGEST = 2000


def checked_fields(kind: MatterKind, stage: str, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was filled in at a stage, by the code of the field; empty ones are left out.

    Raises:
        ValidationError: keyed ``field_<code>``, for every field that is missing or wrong.
    """
    kept: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in kind.fields_of(stage):
        text = str(typed.get(field.code, "")).strip()
        problem = _problem(field, text)
        if problem:
            errors[f"field_{field.code}"] = problem
        elif text:
            kept[field.code] = text
    if errors:
        raise ValidationError(errors)
    return kept


def _problem(field: KindField, text: str) -> str:
    if not text:
        return _("请填写“%(name)s”。") % {"name": label(field)} if field.required else ""
    if len(text) > LONGEST:
        return _("“%(name)s”最多 %(n)d 个字。") % {"name": label(field), "n": LONGEST}
    if field.type == "choice" and text not in field.choices:
        return _("“%(name)s”请从列出的选项中选。") % {"name": label(field)}
    if field.type == "yes_no" and text not in {"yes", "no"}:
        return _("“%(name)s”请选是或否。") % {"name": label(field)}
    if field.type == "number":
        return _number_problem(field, text)
    if field.type == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return _("“%(name)s”请写成 2026-03-02 的样子。") % {"name": label(field)}
    return ""


def _number_problem(field: KindField, text: str) -> str:
    try:
        number = number_of(text)
    except InvalidOperation:
        number = None
    if number is None or number < 0:
        return _("“%(name)s”请填不小于零的数字。") % {"name": label(field)}
    if field.most is not None and number > Decimal(field.most):
        return _("“%(name)s”不能超过 %(most)s%(unit)s：%(why)s") % {
            "name": label(field), "most": field.most, "unit": field.unit, "why": field.most_source,
        }  # fmt: skip
    return ""
