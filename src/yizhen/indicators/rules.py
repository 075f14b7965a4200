"""Who may enter and define figures."""

from yizhen.people.models import Account
from yizhen.places.models import Division

from .models import AssessmentScheme, Collection, Indicator, RegisteredForm, SchemeEntry


def may_define(user: Account) -> bool:
    """Return whether the user may add indicators to the catalogue."""
    return user.is_active and user.role == "city_office"


def may_import(user: Account) -> bool:
    """Return whether the user may import figures at all."""
    return user.is_active and user.role in {"city_office", "department"}


def may_enter(user: Account, indicator: Indicator, division_code: str) -> bool:
    """Return whether the user may enter this figure: its source department, or the city office for all."""
    if not may_import(user) or not user.covers(division_code):
        return False
    return user.role == "city_office" or user.unit_id == indicator.source_id


def may_keep_fields(user: Account) -> bool:
    """Return whether the user keeps the data catalogue."""
    return user.is_active and user.role == "city_office"


def may_apply(user: Account) -> bool:
    """Return whether the user may apply for a form: a department for itself, the city office for any."""
    return user.is_active and user.role in {"city_office", "department"}


def may_decide(user: Account, form: RegisteredForm) -> bool:
    """Return whether the user may decide on a form: the city office, but never on what it applied for itself."""
    own_city = user.covers(form.department.division_id)
    return user.is_active and user.role == "city_office" and own_city and form.applied_by_id != user.pk


def may_withdraw(user: Account, form: RegisteredForm) -> bool:
    """Return whether the user may take a form out of the register: its department, or the city office."""
    own_city = user.role == "city_office" and user.covers(form.department.division_id)
    return may_apply(user) and (own_city or user.unit_id == form.department_id)


def may_refuse_forms(user: Account) -> bool:
    """Return whether the user may refuse a form that is not in the register: whoever would have to fill it."""
    return user.is_active and user.role in {"county", "township_head", "township_office", "village"}


FILLERS = {
    "village": {"village", "township_office"},
    "township": {"township_office", "township_head"},
    "county": {"county"},
}


def may_fill(user: Account, form: RegisteredForm, division_code: str) -> bool:
    """Return whether the user may fill a place's form: the place itself, or its township's office on its behalf."""
    return user.is_active and user.role in FILLERS[form.level] and user.covers(division_code)


APPROVERS = {"township": {"township_office", "township_head"}, "county": {"county"}}


def may_approve(user: Account, collection: Collection, division: Division) -> bool:
    """Return whether the user may approve what lies under a place: its office; for the city, the form's department."""
    if not user.is_active or not division.code.startswith(collection.scope_id):
        return False
    if division.code == collection.scope_id:
        return user.covers(division.code) and (
            user.unit_id == collection.form.department_id or user.role == "city_office"
        )
    return user.role in APPROVERS.get(division.level, set()) and user.scope_id == division.code


def may_open(user: Account, form: RegisteredForm) -> bool:
    """Return whether the user may open a form for filling, and make exceptions to its window."""
    return may_withdraw(user, form)


def may_watch(user: Account, indicator: Indicator) -> bool:
    """Return whether the user may set thresholds on an indicator: the city office, or its source department."""
    return user.is_active and (
        (user.role == "city_office" and user.covers(indicator.source.division_id))
        or (user.role == "department" and user.unit_id == indicator.source_id)
    )


def may_design(user: Account, city: str) -> bool:
    """Return whether the user may design and freeze indices and schemes of a city: its organisation office."""
    return user.is_active and user.role == "city_office" and user.scope_id == city


def may_enter_item(user: Account, scheme: AssessmentScheme, division: Division) -> bool:
    """Return whether the user may hold an item for or against a place: the office and departments of the scheme's city."""
    return may_import(user) and user.scope_id == scheme.division_id and user.covers(division.code)


def may_decide_entry(user: Account, entry: SchemeEntry) -> bool:
    """Return whether the user may decide about an entry: the unit that approves the item, never who entered it."""
    approves = user.is_active and user.role == "department" and user.unit_id == entry.item.approver_id
    return approves and user.pk != entry.entered_by_id and user.scope_id == entry.item.scheme.division_id
