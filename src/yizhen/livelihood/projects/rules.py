"""Who may do what with livelihood projects: who leads does, and others accept."""

from yizhen.livelihood.models import Project
from yizhen.people.models import Account
from yizhen.places.models import Division

TOWNSHIP = {"township_head", "township_office"}
PROPOSING = {*TOWNSHIP, "department"}
READING = {*PROPOSING, "county", "city_office"}
OVERSEEING = {"county", "city_office"}
UNDER_WAY = {"listed", "building"}


def may_read(user: Account) -> bool:
    """Return whether livelihood projects are shown to the user before they are published."""
    return user.is_active and user.role in READING


def may_propose(user: Account) -> bool:
    """Return whether the user proposes candidates: townships and departments, in their scope."""
    return user.is_active and user.role in PROPOSING


def leads(user: Account, project: Project) -> bool:
    """Return whether the user belongs to who leads a project: the leading department, or else the township."""
    if not may_propose(user):
        return False
    if project.lead_unit_id is not None:
        return user.role == "department" and user.unit_id == project.lead_unit_id
    return user.role in TOWNSHIP and user.covers(project.division_id)


def may_change(user: Account, project: Project) -> bool:
    """Return whether the user changes a candidate: who proposed it, and who would lead it."""
    if project.stage != "candidate" or not may_propose(user):
        return False
    return user.pk == project.registered_by_id or leads(user, project)


def may_drop(user: Account, project: Project) -> bool:
    """Return whether the user gives a project up: who leads it, and who proposed what is still a candidate."""
    return project.stage not in {"accepted", "dropped"} and (may_change(user, project) or leads(user, project))


def may_record_vote(user: Account, division: Division) -> bool:
    """Return whether the user records a vote of a people's congress: the office of that level, or the city's."""
    if not user.is_active or not user.covers(division.code):
        return False
    return user.role == "city_office" or (
        user.scope_id == division.code and user.role in {"county", "township_head", "township_office"}
    )


def may_accept(user: Account, project: Project) -> bool:
    """Return whether the user inspects works that were reported done: never who leads, proposed or reported them."""
    if not user.is_active or project.stage != "reported" or leads(user, project):
        return False
    if user.pk in {project.registered_by_id, project.reported_by_id}:
        return False
    if user.role == "department":
        return user.unit_id is not None and user.unit_id == project.acceptance_unit_id != project.lead_unit_id
    return user.role in OVERSEEING and user.covers(project.division_id)


def may_publish(user: Account, project: Project) -> bool:
    """Return whether the user puts a project on the residents' board or takes it off: county and city, never who leads."""
    return (
        user.is_active and user.role in OVERSEEING and user.covers(project.division_id) and project.stage != "candidate"
    )


def may_withdraw_photo(user: Account, project: Project) -> bool:
    """Return whether the user takes a photograph out of sight: who leads, and who oversees."""
    return leads(user, project) or (user.is_active and user.role in OVERSEEING and user.covers(project.division_id))
