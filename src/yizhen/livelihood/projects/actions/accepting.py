"""Acceptance by others, the residents' board, and what residents say."""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.livelihood.models import ANSWERS, Acceptance, Project, Verdict
from yizhen.livelihood.projects.rules import may_accept, may_publish
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn

from .events import ProjectInspected, ProjectMoved, ProjectPublished
from .keep import locked, told

DRAWN = re.compile(r"[0-9a-f]{24,40}")


@in_turn
def accept(actor: Account, project: Project, *, client_id: str, passed: bool, text: str) -> Acceptance:
    """Inspect works that were reported done: they are accepted, or go back to who leads them.

    Raises:
        PermissionDenied: when the actor leads, proposed or reported the project, or is not who inspects it.
        ValidationError: keyed by field.
    """
    project = locked(project)
    key = key_of(actor, client_id)
    if before := taken(Acceptance, key):
        return before
    if not may_accept(actor, project):
        raise PermissionDenied(_("验收由牵头单位以外的人做；提出、报完工的人不能验收。"))
    if not text.strip():
        raise ValidationError({"text": _("请写明查了什么、怎样查的。")})
    made = Acceptance(client_id=key, project=project, passed=passed, text=text.strip(), by=actor, at=timezone.now())
    made.full_clean(exclude=["project", "by"])
    made.save(force_insert=True)
    told(actor, ProjectInspected(passed=passed), project)
    if passed:
        project.stage, project.accepted_on = "accepted", timezone.localdate()
    else:
        project.stage, project.reported_on = "building", None
    project.save(update_fields=["stage", "accepted_on", "reported_on"])
    told(actor, ProjectMoved(before="reported", after=project.stage, reason=made.text), project)
    return made


@transaction.atomic
def publish(actor: Account, project: Project, *, public: bool, reason: str = "") -> Project:
    """Put a project on the residents' board, or take it off with the reason.

    Raises:
        PermissionDenied: when the actor does not oversee the place, or it is a candidate.
        ValidationError: when it is taken off without a reason.
    """
    project = locked(project)
    if not may_publish(actor, project):
        raise PermissionDenied(_("票决以后，由县、市决定公开。"))
    if not public and not reason.strip():
        raise ValidationError({"reason": _("请写明不再公开的原因。")})
    if project.public != public:
        project.public = public
        project.save(update_fields=["public"])
        told(actor, ProjectPublished(public=public, reason=reason.strip()), project)
    return project


@transaction.atomic
def give_verdict(project: Project, *, client_id: str, answer: str) -> Verdict:
    """Take a resident's verdict on a published project that was accepted: the answer and the day, nothing of who.

    No audit record: one with a time, written with the verdict, would lead from an answer to its minute (on PostgreSQL by the
    transaction that both rows tell).

    Raises:
        ValidationError: when it is not open to verdicts, or the answer is none of the three.
    """
    if not DRAWN.fullmatch(client_id):
        raise ValidationError(_("请从本页面重新提交。"))
    project = locked(project)
    if before := taken(Verdict, client_id):
        return before
    if project.stage != "accepted" or not project.public:
        raise ValidationError(_("验收以后才能评价。"))
    if answer not in ANSWERS:
        raise ValidationError(_("请选一个回答。"))
    return Verdict.objects.create(client_id=client_id, project=project, answer=answer, day=timezone.localdate())
