"""The writers of practice notes."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.citing import cited, digest_of
from yizhen.indicators.models import Observation
from yizhen.indicators.periods import bounds
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn
from yizhen.web.changed import refuse_stale

from .models import MOMENTS, NOTE_STATES, NoteFigure, PracticeNote
from .rules import may_change, may_check, may_publish, may_withdraw, may_write

PEOPLE = ["division", "written_by", "changed_by", "checked_by", "published_by"]


@event("exchange.note_written")
class NoteWritten:
    """A practice note was begun."""

    title: str


@event("exchange.note_changed")
class NoteChanged:
    """A practice note was changed before it was published; a check that there was no longer holds."""

    fields: list[str]


@event("exchange.figure_cited")
class FigureCited:
    """A note cites an approved figure, or no longer cites it."""

    indicator: str
    period: str
    moment: str
    taken_off: bool


@event("exchange.note_moved")
class NoteMoved:
    """A note was checked, published or withdrawn."""

    before: str
    after: str
    said: str


@in_turn
def write_note(actor: Account, *, client_id: str, **fields: Any) -> PracticeNote:
    """Begin a note of the actor's township, once: the same ``client_id`` gives the same note.

    Raises:
        PermissionDenied: when the actor is not the head or the office of a township.
        ValidationError: keyed by field.
    """
    if not may_write(actor):
        raise PermissionDenied(_("经验由乡镇（街道）写。"))
    key = key_of(actor, client_id)
    if before := taken(PracticeNote, key):
        return before
    made = PracticeNote(client_id=key, division=actor.scope, written_by=actor, written_at=timezone.now(), **fields)
    made.full_clean(exclude=PEOPLE)
    made.save(force_insert=True)
    record(actor, NoteWritten(title=made.title), _subject(made), scope=made.division_id)
    return made


@transaction.atomic
def change_note(actor: Account, note: PracticeNote, *, seen: str = "", **fields: Any) -> PracticeNote:
    """Change a note before it is published; then it has to be checked again. ``seen`` is the state in which it was read.

    Raises:
        PermissionDenied: when it is not one's own township's, or is published.
        ValidationError: keyed by field.
    """
    note = _changeable(actor, note)
    refuse_stale(note, seen, fields)
    changed = [name for name, value in fields.items() if getattr(note, name) != value]
    if not changed:
        return note
    for name in changed:
        setattr(note, name, fields[name])
    _open_again(actor, note)
    note.full_clean(exclude=PEOPLE)
    note.save()
    record(actor, NoteChanged(fields=changed), _subject(note), scope=note.division_id)
    return note


@transaction.atomic
def cite(actor: Account, note: PracticeNote, figure: Observation, moment: str) -> NoteFigure:
    """Cite an approved figure of the note's own township, as it stands now: before or after what was done.

    Raises:
        PermissionDenied: when it is not one's own township's note, or it is published.
        ValidationError: when the figure is of another place, or the two periods are not in their order.
    """
    note = _changeable(actor, note)
    if moment not in MOMENTS:
        raise ValidationError({"moment": _("请选择是做之前还是做之后。")})
    if figure.division_id != note.division_id:
        raise ValidationError({"figure": _("只能引用本乡镇（街道）的数。")})
    other = note.figures.filter(indicator=figure.indicator_id).exclude(moment=moment).first()
    if other is not None:
        first, last = (figure.period, other.period) if moment == "before" else (other.period, figure.period)
        if bounds(first)[1] >= bounds(last)[0]:
            raise ValidationError({"figure": _("“做之前”的一期要早于“做之后”的一期。")})
    if note.state == "checked":
        _open_again(actor, note)
        note.save()
    content = cited(figure)
    made = NoteFigure(
        note=note, indicator=figure.indicator, moment=moment, period=figure.period, content=content,
        sha256=digest_of(content), by=actor,
    )  # fmt: skip
    made.full_clean(exclude=["note", "indicator", "by"])
    made.save(force_insert=True)
    _note_citation(actor, made, taken_off=False)
    return made


@transaction.atomic
def uncite(actor: Account, figure: NoteFigure) -> None:
    """Take a citation off a note that is not published.

    Raises:
        PermissionDenied: when it is not one's own township's note, or it is published.
    """
    note = _changeable(actor, figure.note)
    if note.state == "checked":
        _open_again(actor, note)
        note.save()
    _note_citation(actor, figure, taken_off=True)
    figure.delete()


@transaction.atomic
def check_note(actor: Account, note: PracticeNote, text: str) -> PracticeNote:
    """Check a note: what is told and what is cited was seen by a colleague of who wrote it.

    Raises:
        PermissionDenied: when the actor wrote or changed it, or is no colleague.
        ValidationError: keyed ``text``, when nothing is said; when it cites no figure.
    """
    note = PracticeNote.objects.select_for_update().get(pk=note.pk)
    if not may_check(actor, note):
        raise PermissionDenied(_("由同事或者组织部门核对，写过、改过的人不能核对。"))
    if not text.strip():
        raise ValidationError({"text": _("请写核对了什么。")})
    if not note.figures.exists():
        raise ValidationError(_("还没有引用数：请先引用至少一个指标。"))
    note.checked_by, note.checked_at, note.check_text = actor, timezone.now(), text.strip()
    return _moved(actor, note, "checked", note.check_text)


@transaction.atomic
def publish_note(actor: Account, note: PracticeNote) -> PracticeNote:
    """Publish a note that was checked; from now on it is not changed.

    Raises:
        PermissionDenied: when it was not checked, or the actor is neither its township nor the organisation office.
    """
    note = PracticeNote.objects.select_for_update().get(pk=note.pk)
    if not may_publish(actor, note):
        raise PermissionDenied(_("核对以后，由本乡镇（街道）或者组织部门发布。"))
    note.published_by, note.published_at = actor, timezone.now()
    return _moved(actor, note, "published", "")


@transaction.atomic
def withdraw_note(actor: Account, note: PracticeNote, why: str) -> PracticeNote:
    """Withdraw a published note, with a reason that its readers see.

    Raises:
        PermissionDenied: when it is not published, or the actor is neither its township nor the organisation office.
        ValidationError: keyed ``why``, when no reason is given.
    """
    note = PracticeNote.objects.select_for_update().get(pk=note.pk)
    if not may_withdraw(actor, note):
        raise PermissionDenied(_("由本乡镇（街道）或者组织部门撤下。"))
    if not why.strip():
        raise ValidationError({"why": _("请写撤下的原因。")})
    note.withdrawn_why = why.strip()
    return _moved(actor, note, "withdrawn", note.withdrawn_why)


def _subject(note: PracticeNote) -> str:
    return f"exchange.note:{note.pk}"


def _changeable(actor: Account, note: PracticeNote) -> PracticeNote:
    note = PracticeNote.objects.select_for_update().get(pk=note.pk)
    if not may_change(actor, note):
        raise PermissionDenied(_("只有本乡镇（街道）能改，发布以后不能再改。"))
    return note


def _open_again(actor: Account, note: PracticeNote) -> None:
    """A note that changes is a draft again, and who changed it does not check it."""
    note.changed_by, note.state = actor, "draft"
    note.checked_by, note.checked_at, note.check_text = None, None, ""


def _note_citation(actor: Account, figure: NoteFigure, *, taken_off: bool) -> None:
    happened = FigureCited(
        indicator=figure.indicator_id, period=figure.period, moment=figure.moment, taken_off=taken_off
    )
    record(actor, happened, _subject(figure.note), scope=figure.note.division_id)


def _moved(actor: Account, note: PracticeNote, state: str, said: str) -> PracticeNote:
    if state not in NOTE_STATES:
        raise ValueError(state)
    before, note.state = note.state, state
    note.full_clean(exclude=PEOPLE)
    note.save()
    record(actor, NoteMoved(before=before, after=state, said=said), _subject(note), scope=note.division_id)
    return note
