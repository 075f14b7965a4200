"""Deciding what becomes of opinions, and removing the originals when the results are issued."""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import subject
from yizhen.appraisals.models import DECISIONS, Campaign, CampaignState, Opinion, OpinionDecision, SealedOpinion
from yizhen.appraisals.rules import may_manage
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account

LONGEST = 400


@event("appraisals.opinion_decided")
class OpinionDecided:
    """It was decided what becomes of an opinion. Neither its text nor whom it is about is recorded."""

    decision: str


@transaction.atomic
def decide_opinion(actor: Account, opinion: Opinion, decision: str, text: str = "") -> OpinionDecision:
    """Decide whether an opinion is made public, passed to the person alone, or withheld; the last decision counts.

    Raises:
        PermissionDenied: when the actor does not run the campaign.
        ValidationError: keyed by field, when the results are issued, the decision is unknown, a summary is missing,
            too long, or the original word for word: its style would tell who wrote it.
    """
    campaign = Campaign.objects.select_for_update().get(pk=opinion.round.campaign_id)
    if not may_manage(actor, campaign):
        raise PermissionDenied(_("意见原文只供组织部门归纳，不外传。"))
    if campaign.state != CampaignState.COUNTED:
        raise ValidationError({"decision": _("结果反馈之前才能处理意见；反馈后原文已删除。")})
    if decision not in DECISIONS:
        raise ValidationError({"decision": _("请选择公开、只转本人或不转达。")})
    text = "" if decision == "withheld" else text.strip()
    if decision != "withheld" and not text:
        raise ValidationError({"text": _("请写归纳后的文字，原文不转达。")})
    if len(text) > LONGEST:
        raise ValidationError({"text": _("归纳最多 %(n)s 个字。") % {"n": LONGEST}})
    if text and _bare(text) == _bare(opinion.text):
        raise ValidationError({"text": _("与原文一字不差。文风会认出人，请换成自己的话。")})
    made = OpinionDecision.objects.create(opinion=opinion, decision=decision, text=text, by=actor, at=timezone.now())
    record(actor, OpinionDecided(decision=decision), subject(campaign), scope=campaign.division_id)
    return made


def remove_originals(campaign: Campaign) -> int:
    """Empty every original and delete the sealed ones, which the key could open again. Returns how many there were.

    Called inside the transaction that issues the results; the caller scrubs the storage after it.
    """
    SealedOpinion.objects.filter(round__campaign=campaign).delete()
    return Opinion.objects.filter(round__campaign=campaign).update(text="")


def _bare(text: str) -> str:
    """Return a text without spaces and punctuation."""
    return re.sub(r"[\W_]+", "", text).lower()
