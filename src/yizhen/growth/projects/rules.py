"""Who may do what with projects."""

from django.utils.translation import gettext_lazy as _

from yizhen.growth.models import Project
from yizhen.people.models import Account

REGISTERING = {"township_head", "township_office", "department", "city_office"}
READING = {*REGISTERING, "county"}
NEXT = {"lead": ("signed", "dropped"), "signed": ("started", "dropped"), "started": ("producing", "dropped")}
MOVES = {"signed": _("记为已签约"), "started": _("记为已开工"), "producing": _("记为已投产"), "dropped": _("终止项目")}


def may_read(user: Account) -> bool:
    """Return whether projects are shown to the user at all: what a firm promises is nobody else's."""
    return user.is_active and user.role in READING


def may_register(user: Account) -> bool:
    """Return whether the user enters projects: townships, departments and the city's office, in their scope."""
    return user.is_active and user.role in REGISTERING


def may_change(user: Account, project: Project) -> bool:
    """Return whether the user changes a project or moves it on: who leads it, in its township, department or the city."""
    if not may_register(user):
        return False
    if user.role == "department":
        return project.department_id is not None and project.department_id == user.unit_id
    return user.covers(project.division_id)


def may_screen(user: Account, project: Project) -> bool:
    """Return whether the user screens a project: the department in charge or the city's office, never who registered
    it or changed it last.
    """
    if not user.is_active or user.pk in {project.registered_by_id, project.changed_by_id} or project.stage != "lead":
        return False
    if user.role == "department":
        return project.department_id is not None and project.department_id == user.unit_id
    return user.role == "city_office" and user.covers(project.division_id)


def may_set_rule(user: Account) -> bool:
    """Return whether the user puts a version of the screening rule in force: the city's office."""
    return user.is_active and user.role == "city_office"
