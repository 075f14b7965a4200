"""Making a kind in the browser: copy, edit, prove by cases, and let a second person put it in force."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.kind_rules import may_configure, may_put_in_force
from yizhen.matters.kinds import MatterKind, from_json
from yizhen.matters.kinds.cases import FEWEST, Case, run_cases, shipped_cases
from yizhen.matters.kinds.checking import problems_of
from yizhen.matters.kinds.registry import all_kinds
from yizhen.matters.models import KindCase, OwnKind
from yizhen.people.models import Account

from .filing import freeze_kind

MOST_CASES = 200


@event("matters.kind_drafted")
class KindDrafted:
    """A kind was copied into a draft."""

    code: str
    version: int
    source: str


@event("matters.kind_edited")
class KindEdited:
    """The draft of a kind was changed; ``changed`` are the parts that differ."""

    code: str
    version: int
    changed: str


@event("matters.kind_cases_changed")
class KindCasesChanged:
    """The cases that a draft must come through were changed."""

    code: str
    version: int
    cases: int


@event("matters.kind_put_in_force")
class KindPutInForce:
    """A kind was put in force by a second person; ``digest`` names its rules and texts."""

    code: str
    version: int
    cases: int
    digest: str


@event("matters.kind_draft_dropped")
class KindDraftDropped:
    """A draft was given up."""

    code: str
    version: int


def _told(actor: Account, own: OwnKind, what: Any) -> None:
    record(actor, what, f"matters.kind:{own.code}:{own.version}", scope=actor.scope_id)


def _refuse_others(actor: Account) -> None:
    if not may_configure(actor):
        raise PermissionDenied(_("事项种类由市级评议办设置。"))


def _drafted(own: OwnKind) -> OwnKind:
    """Lock a draft; one that was put in force or dropped meanwhile is refused."""
    found = OwnKind.objects.select_for_update().filter(pk=own.pk, state="draft").first()
    if found is None:
        raise ValidationError(_("这份草稿已经启用或者已经放弃，请重新打开页面。"))
    return found


@transaction.atomic
def copy_kind(actor: Account, kind: MatterKind, *, code: str, letter: str, name_zh: str, name_en: str) -> OwnKind:
    """Copy a kind into a draft: under its own code the next version of it, under another one a new kind.

    Cases of the same kind come along: a new version has to come through what the last one came through.

    Raises:
        PermissionDenied: when the actor may not configure kinds.
        ValidationError: keyed by field, or when there is a draft already.
    """
    _refuse_others(actor)
    again = code == kind.code
    spec = json.loads(json.dumps(kind.as_json())) | {
        "code": code, "letter": letter, "name_zh": name_zh.strip(), "name_en": name_en.strip(),
    }  # fmt: skip
    known = all_kinds()
    if not again and code in known:
        raise ValidationError({"code": _("这个代码已经有了。改它请打开它，再按“改成新的一版”。")})
    problems = {
        path: text
        for path, text in problems_of(spec, known).items()
        if path in {"code", "letter", "name_zh", "name_en"}
    }
    if problems:
        raise ValidationError(problems)
    last = OwnKind.objects.filter(code=code).order_by("-version").first()
    try:
        with transaction.atomic():
            own = OwnKind.objects.create(code=code, version=last.version + 1 if last else 1, spec=spec, by=actor)
    except IntegrityError as error:
        raise ValidationError({"code": _("这个种类已经有一份草稿，请在那份上改。")}) from error
    if again:
        _write_cases(own, cases_of(last) if last else list(shipped_cases().get(code, ())))
    _told(actor, own, KindDrafted(code=code, version=own.version, source=kind.code))
    return own


@transaction.atomic
def edit_kind(actor: Account, own: OwnKind, spec: Mapping[str, Any]) -> OwnKind:
    """Change a draft; its code stays.

    Raises:
        PermissionDenied: when the actor may not configure kinds.
        ValidationError: keyed by the path in the kind's JSON.
    """
    _refuse_others(actor)
    own = _drafted(own)
    changed = json.loads(json.dumps({**spec, "code": own.code}))
    problems = problems_of(changed, all_kinds(without=own.code))
    if problems:
        raise ValidationError(problems)
    differs = sorted(name for name in changed if changed[name] != own.spec.get(name))
    if differs:
        own.spec, own.by = changed, actor
        own.save(update_fields=["spec", "by", "changed_at"])
        _told(actor, own, KindEdited(code=own.code, version=own.version, changed=", ".join(differs)))
    return own


@transaction.atomic
def set_cases(actor: Account, own: OwnKind, cases: Sequence[Case]) -> OwnKind:
    """Replace the cases that a draft must come through.

    Raises:
        PermissionDenied: when the actor may not configure kinds.
        ValidationError: when there are too many.
    """
    _refuse_others(actor)
    own = _drafted(own)
    if len(cases) > MOST_CASES:
        raise ValidationError(_("一个种类最多 %(n)d 个用例。") % {"n": MOST_CASES})
    own.cases.all().delete()
    _write_cases(own, cases)
    own.by = actor
    own.save(update_fields=["by", "changed_at"])
    _told(actor, own, KindCasesChanged(code=own.code, version=own.version, cases=len(cases)))
    return own


@transaction.atomic
def put_in_force(actor: Account, own: OwnKind) -> OwnKind:
    """Put a draft in force that comes through all its cases; the version before it is retired.

    Matters that were filed before keep the rules that were frozen with them.

    Raises:
        PermissionDenied: when the actor may not configure kinds, or edited the draft last.
        ValidationError: when cases are too few or fail, or the kind is not whole.
    """
    _refuse_others(actor)
    own = _drafted(own)
    if not may_put_in_force(actor, own):
        raise PermissionDenied(_("最后修改草稿的人不能自己启用，请评议办的另一个账号来启用。"))
    if problems_of(own.spec, all_kinds(without=own.code)):
        raise ValidationError(_("草稿还有没改好的地方，请打开编辑页看提示。"))
    kind = from_json(own.spec)
    outcomes = run_cases(kind, cases_of(own))
    if len(outcomes) < FEWEST:
        raise ValidationError(_("至少要有 %(n)d 个用例。") % {"n": FEWEST})
    failed = [str(number) for number, outcome in enumerate(outcomes, start=1) if not outcome.passed]
    if failed:
        raise ValidationError(_("有没通过的用例：第 %(numbers)s 个。") % {"numbers": "、".join(failed)})
    OwnKind.objects.filter(code=own.code, state="in_force").update(state="retired")
    own.state, own.put_in_force_by = "in_force", actor
    own.save(update_fields=["state", "put_in_force_by", "changed_at"])
    _told(
        actor, own,
        KindPutInForce(code=own.code, version=own.version, cases=len(outcomes), digest=freeze_kind(kind)),
    )  # fmt: skip
    return own


@transaction.atomic
def drop_draft(actor: Account, own: OwnKind) -> None:
    """Give a draft up.

    Raises:
        PermissionDenied: when the actor may not configure kinds.
        ValidationError: when it is no draft any more.
    """
    _refuse_others(actor)
    own = _drafted(own)
    _told(actor, own, KindDraftDropped(code=own.code, version=own.version))
    own.delete()


def cases_of(own: OwnKind) -> list[Case]:
    """Return the cases of an own kind in order."""
    return [Case(one.steps, one.state, one.due_on) for one in own.cases.all()]


def _write_cases(own: OwnKind, cases: Sequence[Case]) -> None:
    KindCase.objects.bulk_create(
        KindCase(kind=own, number=number, steps=case.steps, state=case.state, due_on=case.due_on)
        for number, case in enumerate(cases, start=1)
    )
