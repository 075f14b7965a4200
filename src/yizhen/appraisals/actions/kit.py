"""Confirming a recount kit."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import subject
from yizhen.appraisals.kit import kit_digest, public_kit
from yizhen.appraisals.models import Campaign, KitConfirmation
from yizhen.appraisals.rules import may_confirm_kit
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account


@event("appraisals.kit_confirmed")
class KitConfirmed:
    """A scrutineer confirmed the public kit; its digest covers those of the sealed sheets."""

    digest: str


@transaction.atomic
def confirm_kit(actor: Account, campaign: Campaign, digest: str) -> KitConfirmation:
    """Record that a scrutineer has checked the kit with this digest. Saying it twice changes nothing.

    Raises:
        PermissionDenied: when the actor is not a scrutineer over the campaign.
        ValidationError: before the count, or when it is not the digest of the kit as it is now.
    """
    if not may_confirm_kit(actor, campaign):
        raise PermissionDenied(_("只有监票人可以确认复核包。"))
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if not campaign.is_counted:
        raise ValidationError(_("计票以后才有复核包。"))
    digest = "".join(digest.split()).lower()
    if digest != kit_digest(public_kit(campaign)):
        raise ValidationError({"digest": _("摘要与现在的复核包不一致。请重新下载，复核后再确认。")})
    found, made = KitConfirmation.objects.get_or_create(
        campaign=campaign, by=actor, digest=digest, defaults={"by_label": str(actor)}
    )
    if made:
        record(actor, KitConfirmed(digest=digest), subject(campaign), scope=campaign.division_id)
    return found
