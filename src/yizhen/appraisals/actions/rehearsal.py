"""A throw-away campaign for the rehearsal before a hall's day: open from the start, in no list, never counted.

Its departments stand in for the speakers, so that no person's name is on a sheet; the secret half of its key is thrown
away as it is made, so that nobody can open a sheet; and what it leaves behind are two audit records.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from nacl.public import PrivateKey

from yizhen.appraisals.actions.campaigns import subject
from yizhen.appraisals.actions.publishing import frozen_content, make_rounds
from yizhen.appraisals.actions.scrubbing import scrub_storage
from yizhen.appraisals.config import digest, is_paper, template_config
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    Card,
    Phase,
    RollEntry,
    Round,
    RoundClass,
    SealedOpinion,
    SealedSheet,
    Session,
    Speaker,
)
from yizhen.appraisals.sealing import card_hash, new_card_code
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Unit

SPEAKERS = 9
VOTERS = 2000


@event("appraisals.rehearsal_began")
class RehearsalBegan:
    """A rehearsal's throw-away ballot was opened on this server."""

    voters: int


@event("appraisals.rehearsal_removed")
class RehearsalRemoved:
    """A rehearsal's campaign was deleted, with all of its cards and sheets."""

    sheets: int


@dataclass(frozen=True)
class Rehearsal:
    """An open ballot of a rehearsal: class and code of each card that was drawn."""

    campaign: Campaign
    round: Round
    cards: list[tuple[str, str]]


@transaction.atomic
def begin_rehearsal(voters: int) -> Rehearsal:
    """Make a campaign for so many voters and open its ballot.

    Raises:
        ValidationError: while a ballot is open or a session is in progress, without departments, or for a number of
            voters that no roll takes.
    """
    if not 1 <= voters <= VOTERS:
        raise ValidationError(_("演练人数应在 1 到 %(n)s 之间。") % {"n": VOTERS})
    busy = Campaign.objects.filter(is_rehearsal=False, state=CampaignState.IN_SESSION)
    if busy.exists() or Round.objects.filter(state="open").exists():
        raise ValidationError(_("有会议正在进行或投票已开启，不能演练。"))
    units = list(Unit.objects.select_related("division").order_by("code")[:SPEAKERS])
    if not units:
        raise ValidationError(_("还没有部门，不能演练：请先建立城市。"))
    campaign = Campaign.objects.create(
        title=_("演练，不计票"),
        kind="comprehensive",
        period=_("演练"),
        division=units[0].division,
        config=template_config("comprehensive"),
        is_rehearsal=True,
    )
    Speaker.objects.bulk_create(
        Speaker(campaign=campaign, unit=unit, division=unit.division, title=_("演练"), position=position)
        for position, unit in enumerate(units, start=1)
    )
    campaign.config_hash = digest(frozen_content(campaign))
    campaign.state, campaign.published_at = CampaignState.IN_SESSION, timezone.now()
    campaign.save()
    Session.objects.create(campaign=campaign, phase=Phase.BALLOT)
    make_rounds(campaign)
    round_ = Round.objects.get(campaign=campaign)
    cards = _hand_out(campaign, round_, voters)
    round_.public_key = bytes(PrivateKey.generate().public_key).hex()
    round_.state, round_.opened_at = "open", timezone.now()
    round_.save()
    record(None, RehearsalBegan(voters=voters), subject(campaign), scope=campaign.division_id)
    return Rehearsal(campaign, round_, cards)


def _hand_out(campaign: Campaign, round_: Round, voters: int) -> list[tuple[str, str]]:
    """Make a roll and one card for each on it, spread over the classes that vote on phones."""
    classes = [row["code"] for row in campaign.config["classes"] if not is_paper(row)]
    chosen = [classes[place % len(classes)] for place in range(voters)]
    RollEntry.objects.bulk_create(
        RollEntry(campaign=campaign, class_code=code, label=f"{code}{place}", present=True, card_handed_out=True)
        for place, code in enumerate(chosen)
    )
    RoundClass.objects.bulk_create(
        RoundClass(round=round_, code=code, **dict.fromkeys(("entitled", "present", "issued"), chosen.count(code)))
        for code in classes
    )
    cards = [(class_code, new_card_code()) for class_code in chosen]
    Card.objects.bulk_create(
        Card(round=round_, class_code=class_code, code_hash=card_hash(code, round_.pk)) for class_code, code in cards
    )
    return cards


def remove_rehearsals() -> int:
    """Delete all rehearsals, one that was cut off before among them; return how many. Real campaigns stay: a trigger.

    Afterwards the storage is scrubbed as after a close.
    """
    removed = 0
    for campaign in Campaign.objects.filter(is_rehearsal=True):
        with transaction.atomic():
            # Locked first, so that no sheet comes in behind.
            rounds = list(Round.objects.select_for_update().filter(campaign=campaign))
            sheets, _each = SealedSheet.objects.filter(round__in=rounds).delete()
            SealedOpinion.objects.filter(round__in=rounds).delete()
            Card.objects.filter(round__in=rounds).delete()
            campaign.rounds.all().delete()
            record(None, RehearsalRemoved(sheets=sheets), subject(campaign), scope=campaign.division_id)
            campaign.delete()
        removed += 1
    if removed:
        scrub_storage()
    return removed
