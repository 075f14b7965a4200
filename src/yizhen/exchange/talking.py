"""Asking about a published note, answering, and adopting it."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn

from .models import Adoption, Answer, PracticeNote, Question
from .rules import may_adopt, may_answer, may_ask


@event("exchange.asked")
class Asked:
    """A post asked about a note."""

    question: int


@event("exchange.answered")
class Answered:
    """The township that wrote a note answered."""

    question: int


@event("exchange.adopted")
class Adopted:
    """A township adopted a practice."""

    township: str
    since: str


@in_turn
def ask(actor: Account, note: PracticeNote, *, client_id: str, text: str) -> Question:
    """Ask about a published note, once: the same ``client_id`` gives the same question.

    Raises:
        PermissionDenied: when it is one's own township's note, or not published.
        ValidationError: keyed ``text``.
    """
    if not may_ask(actor, note):
        raise PermissionDenied(_("您不能在这条经验下提问。"))
    key = key_of(actor, client_id)
    if before := taken(Question, key):
        return before
    made = Question(client_id=key, note=note, text=text.strip(), by=actor, at=timezone.now())
    made.full_clean(exclude=["note", "by"])
    made.save(force_insert=True)
    record(actor, Asked(question=made.pk), f"exchange.note:{note.pk}", scope=note.division_id)
    return made


@in_turn
def answer(actor: Account, question: Question, *, client_id: str, text: str) -> Answer:
    """Answer a question, once: the same ``client_id`` gives the same answer.

    Raises:
        PermissionDenied: when the actor's township did not write the note.
        ValidationError: keyed ``text``.
    """
    if not may_answer(actor, question.note):
        raise PermissionDenied(_("由写这条经验的乡镇（街道）回答。"))
    key = key_of(actor, client_id)
    if before := taken(Answer, key):
        return before
    made = Answer(client_id=key, question=question, text=text.strip(), by=actor, at=timezone.now())
    made.full_clean(exclude=["question", "by"])
    made.save(force_insert=True)
    happened = Answered(question=question.pk)
    record(actor, happened, f"exchange.note:{question.note_id}", scope=question.note.division_id)
    return made


@in_turn
def adopt(actor: Account, note: PracticeNote, *, client_id: str, since: date, changes: str) -> Adoption:
    """Adopt a practice for the actor's township, once.

    Raises:
        PermissionDenied: when it is one's own practice, of another city, or not published.
        ValidationError: keyed by field; when the township has adopted it already.
    """
    if not may_adopt(actor, note):
        raise PermissionDenied(_("由别的乡镇（街道）采用。"))
    key = key_of(actor, client_id)
    if before := taken(Adoption, key):
        return before
    if since > timezone.localdate():
        raise ValidationError({"since": _("不能晚于今天：开始做了再登记。")})
    made = Adoption(
        client_id=key,
        note=note,
        division=actor.scope,
        since=since,
        changes=changes.strip(),
        by=actor,
        at=timezone.now(),
    )
    made.full_clean(exclude=["by"])
    made.save(force_insert=True)
    happened = Adopted(township=actor.scope_id, since=str(since))
    record(actor, happened, f"exchange.note:{note.pk}", scope=actor.scope_id)
    return made
