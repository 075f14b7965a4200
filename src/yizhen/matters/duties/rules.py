"""Who keeps the duty list, asks and decides about admissions, and plans inspections."""

from yizhen.matters.lifecycle import TABLE, State, Verb
from yizhen.matters.models import AdmissionRequest, InspectionPlan, Matter
from yizhen.matters.rules import may
from yizhen.people.models import Account
from yizhen.places.models import Division


def may_keep_duties(user: Account) -> bool:
    """Return whether the user keeps the duty list and the terms of admission: the city office of a whole city."""
    return user.is_active and user.role == "city_office" and user.scope.parent_id is None


def may_refuse_task(user: Account, matter: Matter) -> bool:
    """Return whether the user may refuse a task with a reply: whoever may send it back with an objection."""
    objecting = TABLE[(Verb.OBJECT, State.NEW)]
    return (
        user.role in {"township_head", "township_office"}
        and matter.kind == "assigned_task"
        and may(user, objecting, matter)
    )


def may_ask_admission(user: Account) -> bool:
    """Return whether the user may ask for work to be admitted: a department, for itself."""
    return user.is_active and user.role == "department"


def may_decide_admission(user: Account, request: AdmissionRequest) -> bool:
    """Return whether the user may decide: the city office, never whoever asked."""
    return may_keep_duties(user) and user.covers(request.division_id) and user.pk != request.applied_by_id


def may_plan_inspection(user: Account) -> bool:
    """Return whether the user may plan an inspection: city and county, and departments as designated (arts. 6, 7)."""
    return user.is_active and user.role in {"city_office", "county", "department"}


def may_inspect(user: Account, township: Division) -> bool:
    """Return whether the user may inspect a township: it lies below, and still exists."""
    return may_plan_inspection(user) and township.level == "township" and user.covers(township.code)


def may_change_plan(user: Account, plan: InspectionPlan) -> bool:
    """Return whether the user may call a plan off or conclude it: who organises it."""
    if not may_plan_inspection(user):
        return False
    if plan.unit_id is not None:
        return user.role == "department" and user.unit_id == plan.unit_id and user.scope_id == plan.division_id
    return user.role != "department" and user.scope_id == plan.division_id
