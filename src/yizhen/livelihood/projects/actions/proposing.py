"""Candidates: proposed by townships and departments, changed until deputies vote, given up with a reason."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.livelihood.models import Project
from yizhen.livelihood.projects.rules import may_change, may_drop, may_propose
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.places.models import Division
from yizhen.web.changed import ChangedSince

from .events import ProjectChanged, ProjectMoved, ProjectProposed
from .keep import locked, told

RELATIONS = ["registered_by", "division", "lead_unit", "acceptance_unit", "indicator"]


@in_turn
def propose(actor: Account, *, client_id: str, division: Division, **fields: Any) -> Project:
    """Enter a candidate once: the same ``client_id`` gives the same project.

    Raises:
        PermissionDenied: when the actor proposes nothing in this place.
        ValidationError: keyed by field.
    """
    if not (may_propose(actor) and actor.covers(division.code)):
        raise PermissionDenied(_("您不能在这个地方提出民生实事候选项目。"))
    key = key_of(actor, client_id)
    if before := taken(Project, key):
        return before
    project = Project(client_id=key, division=division, registered_by=actor, registered_at=timezone.now(), **fields)
    _check(actor, project)
    project.save(force_insert=True)
    told(actor, ProjectProposed(name=project.name_zh), project)
    return project


@transaction.atomic
def change_project(actor: Account, project: Project, *, version: int, **fields: Any) -> Project:
    """Change a candidate before deputies vote on it.

    Raises:
        PermissionDenied: when the actor neither proposed nor would lead it.
        ValidationError: keyed by field; when somebody has changed it since ``version``, or it was voted on.
    """
    project = locked(project)
    if project.stage != "candidate":
        raise ValidationError(_("已经票决，项目内容不能再改。"))
    if not may_change(actor, project):
        raise PermissionDenied(_("您不能修改这个项目。"))
    if version != project.version:
        raise ChangedSince(project, fields, version=project.version)
    changed = [name for name, value in fields.items() if getattr(project, name) != value]
    for name in changed:
        setattr(project, name, fields[name])
    _check(actor, project)
    if changed:
        project.version += 1
        project.save(update_fields=[*changed, "version"])
        told(actor, ProjectChanged(fields=changed), project)
    return project


def _check(actor: Account, project: Project) -> None:
    errors: dict[str, str] = {}
    if project.lead_unit is None and project.division.level != "township":
        errors["lead_unit"] = _("县级、市级项目要有牵头部门。")
    if project.acceptance_unit is not None and project.acceptance_unit == project.lead_unit:
        errors["acceptance_unit"] = _("验收部门不能就是牵头部门。")
    if actor.role == "department" and actor.unit not in {project.lead_unit, project.acceptance_unit}:
        errors["lead_unit"] = _("部门提出的项目，由本部门牵头或者验收。")
    if errors:
        raise ValidationError(errors)
    project.full_clean(exclude=RELATIONS)


@transaction.atomic
def drop(actor: Account, project: Project, reason: str) -> Project:
    """Give a project up, with the reason, which residents read as well once it was published.

    Raises:
        PermissionDenied: when the actor neither leads it nor, for a candidate, proposed it.
        ValidationError: without a reason, or when it has ended already.
    """
    project = locked(project)
    if project.stage in {"accepted", "dropped"}:
        raise ValidationError(_("项目已经结束。"))
    if not may_drop(actor, project):
        raise PermissionDenied(_("您不能终止这个项目。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明终止的原因。")})
    before, project.stage, project.drop_reason = project.stage, "dropped", reason.strip()
    project.save(update_fields=["stage", "drop_reason"])
    told(actor, ProjectMoved(before=before, after="dropped", reason=project.drop_reason), project)
    return project
