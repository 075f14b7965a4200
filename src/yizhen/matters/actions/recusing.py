"""Standing aside from a matter, and lifting a recusal that was not called for."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import Matter, Recusal
from yizhen.matters.recusals import may_lift, may_recuse
from yizhen.people.models import Account

LONGEST = 400


@event("matters.recused")
class Recused:
    """A post stands aside from a matter. Why stays out of the record."""

    number: str


@event("matters.recusal_lifted")
class RecusalLifted:
    """A recusal was lifted by the organisation office."""

    number: str
    post: str


@transaction.atomic
def recuse(actor: Account, matter: Matter, reason: str) -> Recusal:
    """Stand aside from a matter, once: from now on this post takes no step of it.

    Raises:
        PermissionDenied: when the matter is not open, or the account works on no matters.
        ValidationError: keyed ``reason``, when none is given or it is too long.

    Source: Regulations on Petition Work art. 28.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    before = Recusal.objects.filter(matter=matter, account=actor, lifted_at__isnull=True).first()
    if before is not None:
        return before
    if not may_recuse(actor, matter):
        raise PermissionDenied(_("这件事项已经办完，或者不归您的岗位办。"))
    made = Recusal.objects.create(
        matter=matter, account=actor, reason=_said(reason, "reason"), declared_at=timezone.now()
    )
    record(actor, Recused(number=matter.number), f"matters.matter:{matter.pk}", scope=matter.division_id)
    return made


@transaction.atomic
def lift_recusal(actor: Account, recusal: Recusal, why: str) -> Recusal:
    """Lift a recusal that was not called for; it stays in the matter as it was.

    Raises:
        PermissionDenied: when the actor is not the organisation office over the place, or it is his own.
        ValidationError: keyed ``why``, when no words are given.
    """
    recusal = Recusal.objects.select_for_update(of=("self",)).select_related("matter", "account").get(pk=recusal.pk)
    if not may_lift(actor, recusal):
        raise PermissionDenied(_("回避只能由组织部门解除，不能解除自己的。"))
    recusal.lifted_by, recusal.lifted_at, recusal.lifted_why = actor, timezone.now(), _said(why, "why")
    recusal.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])
    happened = RecusalLifted(number=recusal.matter.number, post=str(recusal.account))
    record(actor, happened, f"matters.matter:{recusal.matter_id}", scope=recusal.matter.division_id)
    return recusal


def _said(text: str, field: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise ValidationError({field: _("请写明理由，不超过 %(n)d 个字。") % {"n": LONGEST}})
    return text
