"""What all writers of projects share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.livelihood.models import Project
from yizhen.livelihood.projects.rules import UNDER_WAY, leads
from yizhen.people.models import Account


def locked(project: Project) -> Project:
    """Return a project as it is now, locked until the transaction ends."""
    return Project.objects.select_for_update(of=("self",)).get(pk=project.pk)


def led_by(actor: Account, project: Project, *, stages: set[str] = UNDER_WAY) -> Project:
    """Return a project, locked, if the actor leads it and it is at one of some stages.

    Raises:
        PermissionDenied: when the actor does not lead it, or it is at another stage.
    """
    found = locked(project)
    if not leads(actor, found):
        raise PermissionDenied(_("只有牵头单位可以填报这个项目的进度。"))
    if found.stage not in stages:
        raise PermissionDenied(_("项目现在是“%(stage)s”，不能这样填报。") % {"stage": found.stage_name})
    return found


def told(actor: Account | None, happened: Any, project: Project) -> None:
    """Record what happened to a project."""
    record(actor, happened, f"livelihood.project:{project.pk}", scope=project.division_id)
