"""The writers of commitments."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account, Commitment, CommitmentText, Official
from yizhen.people.rules import may_declare
from yizhen.places.models import Division
from yizhen.places.queries import city_code

from .queries import text_in_force
from .rules import may_give, may_keep


@event("people.commitment_text_set")
class CommitmentTextSet:
    """A version of the text that leaders commit to was put in force."""

    number: int


@event("people.commitment_given")
class CommitmentGiven:
    """A leader gave the commitment of a year, or the office recorded it from paper."""

    year: int
    text: int
    paper: str


@event("people.relations_seen")
class RelationsSeen:
    """Somebody else than the official looked at what he declared. The names stay out of the record."""

    count: int


@transaction.atomic
def set_text(actor: Account, text: str) -> CommitmentText:
    """Put a new version of the text in force; what was given before stands under its own version.

    Raises:
        PermissionDenied: when the actor is not the organisation office.
        ValidationError: keyed ``text``, when it is empty or too long.
    """
    if not may_keep(actor):
        raise PermissionDenied(_("承诺书由组织部门确定。"))
    city = Division.objects.select_for_update().get(pk=city_code(actor.scope_id))
    last = text_in_force(city)
    if last is not None and last.text == text.strip():
        return last
    number = last.number + 1 if last else 1
    made = CommitmentText(city=city, number=number, text=text.strip(), by=actor, at=timezone.now())
    made.full_clean(exclude=["city", "by"])
    made.save(force_insert=True)
    record(actor, CommitmentTextSet(number=number), f"people.commitment_text:{made.pk}", scope=city.code)
    return made


@transaction.atomic
def give_commitment(actor: Account, official: Official, *, year: int) -> Commitment:
    """Give one's own commitment of a year, today and to the text in force, once.

    Raises:
        PermissionDenied: when the actor is not the official himself.
        ValidationError: when there is no text yet, or the year is not this one.
    """
    if not may_give(actor, official):
        raise PermissionDenied(_("廉洁承诺只能由本人作出；纸质的由组织部门登记。"))
    today = timezone.localdate()
    if year != today.year:
        raise ValidationError({"year": _("只能作今年的承诺。")})
    return _keep(actor, official, year, today, paper="", place=actor.scope_id)


@transaction.atomic
def record_commitment(actor: Account, official: Official, *, year: int, given_on: date, paper: str) -> Commitment:
    """Record a commitment that was given on paper, with the paper's number, once.

    Raises:
        PermissionDenied: when the actor is not the organisation office over the official.
        ValidationError: keyed by field.
    """
    if not may_keep(actor) or not may_declare(actor, official):
        raise PermissionDenied(_("纸质承诺由组织部门登记。"))
    errors: dict[str, str] = {}
    if not paper.strip():
        errors["paper"] = _("请填纸质承诺书的编号。")
    if given_on > timezone.localdate():
        errors["given_on"] = _("不能晚于今天。")
    elif given_on.year != year:
        errors["given_on"] = _("不在这一年里。")
    if errors:
        raise ValidationError(errors)
    return _keep(actor, official, year, given_on, paper=paper.strip(), place=actor.scope_id)


def _keep(actor: Account, official: Official, year: int, given_on: date, *, paper: str, place: str) -> Commitment:
    text = text_in_force(place)
    if text is None:
        raise ValidationError(_("组织部门还没有定承诺书正文。"))
    official = Official.objects.select_for_update().get(pk=official.pk)
    before = official.commitments.filter(year=year).first()
    if before is not None:
        if before.paper == paper and before.given_on == given_on:
            return before
        raise ValidationError(_("这一年的承诺已有记录，不能再记一次。"))
    made = Commitment(
        official=official, year=year, text=text, given_on=given_on, in_person=not paper, paper=paper,
        recorded_by=actor, recorded_at=timezone.now(),
    )  # fmt: skip
    made.full_clean(exclude=["official", "text", "recorded_by"])
    made.save(force_insert=True)
    happened = CommitmentGiven(year=year, text=text.number, paper=paper)
    record(actor, happened, f"people.official:{official.pk}", scope=actor.scope_id)
    return made


@transaction.atomic
def see_relations(actor: Account, official: Official) -> None:
    """Keep that somebody else than the official looked at what he declared.

    Raises:
        PermissionDenied: when the actor may not look.
    """
    if not may_declare(actor, official):
        raise PermissionDenied(_("只有本人或组织部门可以申报亲属关系。"))
    if official.account_id != actor.pk:
        count = official.relations.count()
        record(actor, RelationsSeen(count=count), f"people.official:{official.pk}", scope=actor.scope_id)
