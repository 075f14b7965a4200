"""Who may do what with consultations."""

from yizhen.needs.models import Consultation
from yizhen.people.models import Account
from yizhen.places.models import Division

ASKING = {"city_office", "county", "department", "township_head", "township_office"}
READING = {*ASKING, "village"}


def may_ask(user: Account) -> bool:
    """Return whether the user's office asks people: townships, departments, counties and the city."""
    return user.is_active and user.role in ASKING


def may_read(user: Account) -> bool:
    """Return whether consultations are shown to the user's role."""
    return user.is_active and user.role in READING


def may_run(user: Account, consultation: Consultation) -> bool:
    """Return whether the user belongs to the office that asked: it alone changes drafts, prints codes, reads texts, answers."""
    if not may_ask(user):
        return False
    if user.role == "department":
        return consultation.unit_id is not None and consultation.unit_id == user.unit_id
    return consultation.unit_id is None and consultation.division_id == user.scope_id


def may_be_asked(consultation: Consultation, place: Division) -> bool:
    """Return whether people of a place may be asked: those inside the office's own scope."""
    return place.code.startswith(consultation.division_id)
