"""Printed invitations: each code opens one sheet, and is deleted by it."""

import hashlib
import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.needs.models import Consultation, Invitation, InvitationBatch
from yizhen.people.asking import key_of
from yizhen.people.models import Account
from yizhen.people.turns import in_turn

from .rules import may_run

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, MOST = 10, 500


@event("needs.invitations_printed")
class InvitationsPrinted:
    """Codes were printed. Which ones is kept nowhere."""

    number: int


def code_hash(code: str) -> str:
    """Return the hash by which a code is kept."""
    return hashlib.sha256(("invitation:" + code.strip().upper().replace("-", "")).encode()).hexdigest()


@in_turn
def print_invitations(actor: Account, consultation: Consultation, *, client_id: str, number: int) -> list[str]:
    """Make codes and return them, once: the same ``client_id`` gives none again, for they are not kept.

    Raises:
        PermissionDenied: when the question is another office's.
        ValidationError: keyed ``number``; when nobody is invited by code, or the last day is over.
    """
    found = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if not may_run(actor, found):
        raise PermissionDenied(_("这是别的单位发起的。"))
    key = key_of(actor, client_id)
    if InvitationBatch.objects.filter(client_id=key).exists():
        return []
    if found.audience != "invited" or found.state not in {"announced", "open"}:
        raise ValidationError(_("凭邀请码回答、已公开并且没有截止的，才印邀请码。"))
    if not 1 <= number <= MOST:
        raise ValidationError({"number": _("一次印 1 到 %(n)s 张。") % {"n": MOST}})
    codes = ["".join(secrets.choice(ALPHABET) for _unused in range(LENGTH)) for _each in range(number)]
    Invitation.objects.bulk_create(Invitation(code_hash=code_hash(code), consultation=found) for code in codes)
    InvitationBatch.objects.create(consultation=found, client_id=key, number=number, by=actor, on=timezone.localdate())
    record(actor, InvitationsPrinted(number=number), f"needs.consultation:{found.pk}", scope=found.division_id)
    return codes


def use_invitation(consultation: Consultation, code: str) -> bool:
    """Use a code up, inside the caller's transaction; False when there is no such code or it was used: the two look the same."""
    gone, _each = Invitation.objects.filter(pk=code_hash(code), consultation=consultation).delete()
    return gone > 0
