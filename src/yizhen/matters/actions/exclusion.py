"""Asking to leave a matter out of the rates, deciding it, appealing, and deciding the appeal."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.exclusions import may_ask, may_decide, may_decide_appeal
from yizhen.matters.models import Matter
from yizhen.matters.models.exclusion import REASONS, Exclusion
from yizhen.people.models import Account

from .opening import follow_hash


@event("matters.exclusion_asked")
class ExclusionAsked:
    """Somebody asked to leave a matter out of the rates."""

    number: str
    reason: str


@event("matters.exclusion_decided")
class ExclusionDecided:
    """A request to leave a matter out of the rates was decided."""

    number: str
    reason: str
    granted: bool


@event("matters.exclusion_appealed")
class ExclusionAppealed:
    """A requester objected to his or her matter being left out of the rates."""

    number: str
    reason: str


@event("matters.exclusion_appeal_decided")
class ExclusionAppealDecided:
    """An appeal against an exclusion was decided."""

    number: str
    reason: str
    upheld: bool


@transaction.atomic
def ask_exclusion(actor: Account, matter: Matter, reason_code: str, text: str) -> Exclusion:
    """Ask to leave a matter out of the rates. It is counted until somebody else has granted it.

    Raises:
        PermissionDenied: when the actor does not handle the matter, it is in no rate, or a request stands.
        ValidationError: when the reason is not listed or not explained.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if not may_ask(actor, matter):
        raise PermissionDenied(_("只有承办方能申请不计入，而且一件事项只能有一份有效的申请。"))
    if reason_code not in REASONS:
        raise ValidationError({"reason_code": _("请从列出的理由中选择。")})
    made = Exclusion.objects.create(
        matter=matter,
        reason_code=reason_code,
        text=_explained(text, "text"),
        asked_by=actor,
        asked_on=timezone.localdate(),
    )
    _record(actor, made, ExclusionAsked(number=matter.number, reason=reason_code))
    return made


@transaction.atomic
def decide_exclusion(actor: Account, exclusion: Exclusion, text: str, *, granted: bool) -> Exclusion:
    """Decide on a request to leave a matter out of the rates.

    Raises:
        PermissionDenied: when the actor asked, did the work, or is neither city nor county.
        ValidationError: when no reason is given.
    """
    exclusion = _locked(exclusion)
    if not may_decide(actor, exclusion):
        raise PermissionDenied(_("不计入由县或市的另一个人决定，只决定一次。"))
    exclusion.decision_text = _explained(text, "text")
    exclusion.decided_by, exclusion.decided_on, exclusion.granted = actor, timezone.localdate(), granted
    exclusion.save(update_fields=["decision_text", "decided_by", "decided_on", "granted"])
    said = ExclusionDecided(number=exclusion.matter.number, reason=exclusion.reason_code, granted=granted)
    _record(actor, exclusion, said)
    return exclusion


@transaction.atomic
def appeal_exclusion(code: str, text: str) -> Exclusion:
    """Appeal with the follow-up code. Until the appeal is decided the matter counts again.

    Raises:
        Exclusion.DoesNotExist: when the code opens no matter that is left out.
        ValidationError: when no reason is given, or an appeal was made before.
    """
    exclusion = Exclusion.objects.select_for_update().get(matter__follow_hash=follow_hash(code), granted=True)
    if exclusion.appealed_at is not None:
        raise ValidationError(_("已经申诉过。"))
    exclusion.appeal_text = _explained(text, "text")
    exclusion.appealed_at = timezone.now()
    exclusion.save(update_fields=["appeal_text", "appealed_at"])
    _record(None, exclusion, ExclusionAppealed(number=exclusion.matter.number, reason=exclusion.reason_code))
    return exclusion


@transaction.atomic
def decide_appeal(actor: Account, exclusion: Exclusion, text: str, *, upheld: bool) -> Exclusion:
    """Decide on an appeal: uphold the exclusion, or count the matter again for good.

    Raises:
        PermissionDenied: when the actor asked for the exclusion, granted it, did the work, or nobody appealed.
        ValidationError: when no reason is given.
    """
    exclusion = _locked(exclusion)
    if not may_decide_appeal(actor, exclusion):
        raise PermissionDenied(_("申诉由县或市的第三个人决定，申请人和批准人都不能。"))
    exclusion.appeal_decision_text = _explained(text, "text")
    exclusion.appeal_decided_by, exclusion.appeal_decided_on = actor, timezone.localdate()
    exclusion.upheld = upheld
    exclusion.save(update_fields=["appeal_decision_text", "appeal_decided_by", "appeal_decided_on", "upheld"])
    said = ExclusionAppealDecided(number=exclusion.matter.number, reason=exclusion.reason_code, upheld=upheld)
    _record(actor, exclusion, said)
    return exclusion


def _locked(exclusion: Exclusion) -> Exclusion:
    return Exclusion.objects.select_for_update(of=("self",)).select_related("matter").get(pk=exclusion.pk)


def _explained(text: str, field: str) -> str:
    if not text.strip():
        raise ValidationError({field: _("请写明理由。")})
    return text.strip()[:1000]


def _record(actor: Account | None, exclusion: Exclusion, said: object) -> None:
    record(actor, said, f"matters.matter:{exclusion.matter_id}", scope=exclusion.matter.division_id)
