"""Extending the cases that prove dispatch rules: one by one, and by a workbook."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yizhen.matters.models import RoutingCase, RoutingRuleSet
from yizhen.matters.routing.sheets import MOST_CASES, CaseRow, WrongCells, content_of, read_cases
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .routing import draft_to_change, tell_edit


@transaction.atomic
def add_case(
    actor: Account,
    rule_set: RoutingRuleSet,
    *,
    kind: str,
    work_line: str,
    place: Division,
    on: date,
    hour: int,
    text: str,
    expected: Unit | None,
) -> RoutingCase:
    """Add one case to a draft.

    Raises:
        PermissionDenied: when the actor may not write the city's rules.
        ValidationError: keyed by field; without one when the version is in force or full.
    """
    rule_set = draft_to_change(actor, rule_set)
    number = _next_number(rule_set)
    if rule_set.cases.count() >= MOST_CASES:
        raise ValidationError(_("一个版本最多 %(n)s 个案例。") % {"n": MOST_CASES})
    case = RoutingCase(
        rule_set=rule_set, number=number, kind=kind, work_line=work_line, place=place, on=on, hour=hour,
        text=text.strip(), expected=expected,
    )  # fmt: skip
    case.full_clean(exclude=["rule_set", "place", "expected"])
    case.save()
    tell_edit(actor, rule_set, f"case {number}", "added")
    return case


def _next_number(rule_set: RoutingRuleSet) -> int:
    return (rule_set.cases.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def remove_case(actor: Account, case: RoutingCase) -> None:
    """Take back a case that was added in this draft.

    Raises:
        PermissionDenied: when the actor may not write the city's rules.
        ValidationError: when it came from the version before, or the version is in force.
    """
    rule_set = draft_to_change(actor, case.rule_set)
    if case.inherited:
        raise ValidationError(_("上一版已有的案例不能删除；应派部门变了，请在生效时连同理由一起改。"))
    RoutingCase.objects.filter(pk=case.pk).delete()
    tell_edit(actor, rule_set, f"case {case.number}", "removed")


@transaction.atomic
def import_cases(
    actor: Account, rule_set: RoutingRuleSet, content: bytes, units: Mapping[str, Unit], places: Mapping[str, Division]
) -> tuple[int, int]:
    """Extend a draft's cases by a workbook and return how many were added and how many changed.

    A row without a number is new; one with the number of a case that this draft has added changes it. Cases that are not
    in the file stay.

    Raises:
        PermissionDenied: when the actor may not write the city's rules.
        ValidationError: when the version is in force.
        WrongCells: with addresses; nothing is taken then.
    """
    rule_set = draft_to_change(actor, rule_set)
    rows = read_cases(content, units, places)
    kept = {case.number: case for case in rule_set.cases.all()}
    errors = [
        (f"A{row.line}", _("没有这个编号的案例；新案例的编号请留空。"))
        for row in rows
        if row.number is not None and row.number not in kept
    ]
    errors += [
        (f"A{row.line}", _("上一版已有的案例不能在表里改；应派部门变了，请在生效时连同理由一起改。"))
        for row in rows
        if row.number in kept and kept[row.number].inherited and content_of(kept[row.number]) != row.content
    ]
    new = [row for row in rows if row.number is None]
    if len(kept) + len(new) > MOST_CASES:
        errors.append(("", _("一个版本最多 %(n)s 个案例。") % {"n": MOST_CASES}))
    if errors:
        raise WrongCells(errors)
    changed = [row for row in rows if row.number is not None and content_of(kept[row.number]) != row.content]
    for row in changed:
        assert row.number is not None
        _write(kept[row.number], row).save()
    first = _next_number(rule_set)
    RoutingCase.objects.bulk_create(
        [_write(RoutingCase(rule_set=rule_set, number=number), row) for number, row in enumerate(new, start=first)]
    )
    if new or changed:
        tell_edit(actor, rule_set, "cases", f"{len(new)} added, {len(changed)} changed by a file")
    return len(new), len(changed)


def _write(case: RoutingCase, row: CaseRow) -> RoutingCase:
    case.kind, case.work_line, case.place_id, case.on = row.kind, row.work_line, row.place, row.on
    case.hour, case.text, case.expected_id = row.hour, row.text, row.expected or None
    return case
