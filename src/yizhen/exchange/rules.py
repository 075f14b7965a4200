"""Who may do what with practice notes."""

from yizhen.audit.queries import has_acted
from yizhen.people.models import Account
from yizhen.places.queries import city_code

from .models import PracticeNote

TOWNSHIP = {"township_head", "township_office"}
WORKED = ("exchange.note_written", "exchange.note_changed", "exchange.figure_cited")
READING = {*TOWNSHIP, "city_office", "county", "department"}


def may_read(user: Account) -> bool:
    """Return whether the user reads published notes of the city: townships, departments, counties and the city."""
    return user.is_active and user.role in READING


def may_write(user: Account) -> bool:
    """Return whether the user writes notes: the head or the office of a township."""
    return user.is_active and user.role in TOWNSHIP


def may_change(user: Account, note: PracticeNote) -> bool:
    """Return whether the user changes a note and its figures: its township, until it is published."""
    return may_write(user) and user.scope_id == note.division_id and note.state in {"draft", "checked"}


def may_check(user: Account, note: PracticeNote) -> bool:
    """Return whether the user checks a note: a colleague in its township or the organisation office, never who wrote it,
    changed it or cited for it, however long ago and whoever changed it since.
    """
    if not user.is_active or note.state != "draft" or user.pk in {note.written_by_id, note.changed_by_id}:
        return False
    if not (_own(user, note) or _office(user, note)):
        return False
    return not has_acted(user, [f"exchange.note:{note.pk}"], WORKED)


def may_publish(user: Account, note: PracticeNote) -> bool:
    """Return whether the user publishes a note that was checked: its township, or the organisation office."""
    return note.state == "checked" and (_own(user, note) or _office(user, note))


def may_withdraw(user: Account, note: PracticeNote) -> bool:
    """Return whether the user withdraws a published note, with a reason."""
    return note.state == "published" and (_own(user, note) or _office(user, note))


def may_ask(user: Account, note: PracticeNote) -> bool:
    """Return whether the user asks about a published note: every reader but its own township."""
    return may_read(user) and note.state == "published" and not _own(user, note)


def may_answer(user: Account, note: PracticeNote) -> bool:
    """Return whether the user answers questions: the township that wrote the note."""
    return note.state == "published" and _own(user, note)


def may_adopt(user: Account, note: PracticeNote) -> bool:
    """Return whether the user adopts a practice for his township: another one of the same city."""
    if not may_write(user) or note.state != "published" or user.scope_id == note.division_id:
        return False
    return city_code(user.scope_id) == city_code(note.division_id)


def _own(user: Account, note: PracticeNote) -> bool:
    return may_write(user) and user.scope_id == note.division_id


def _office(user: Account, note: PracticeNote) -> bool:
    return user.is_active and user.role == "city_office" and user.covers(note.division_id)
