"""Before the ballot opens: the key in three shares, and the cards. Read ADR 1 and 7 before changing a line."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox

from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.config import is_paper
from yizhen.appraisals.conflicts import unfit_teller
from yizhen.appraisals.models import Campaign, CampaignState, Card, Round
from yizhen.appraisals.rules import may_hold_key
from yizhen.appraisals.sealing import RANDOM, card_hash, new_card_code
from yizhen.appraisals.shares import SHARES
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account


@event("appraisals.key_set")
class KeySet:
    """The scrutineers gave the rounds to come their public key, and keep a share of its secret each."""

    public_key: str
    holders: list[str]
    rounds: int


@event("appraisals.cards_made")
class CardsMade:
    """Cards were made for printing; unused ones of the class from before were revoked."""

    class_code: str
    made: int
    revoked: int


@event("appraisals.card_revoked")
class CardRevoked:
    """A card was revoked at the table, and another one drawn for it. Which card is not said."""

    class_code: str


@transaction.atomic
def set_key(actor: Account, round_: Round, public_key: str, holders: Sequence[str]) -> Round:
    """Give a campaign's prepared rounds their public key. The secret half never reaches the server before the count.

    Args:
        actor: a scrutineer.
        round_: one of the campaign's prepared rounds.
        public_key: hex.
        holders: the three who keep one share each of the secret, as the record of proceedings will name them.

    Raises:
        PermissionDenied: when the actor is not a scrutineer.
        ValidationError: when the ballot is open already, it is no key, or the holders are not three different ones
            who may be (a speaker or a speaker's declared relative may not, V7).
    """
    if not may_hold_key(actor, round_):
        raise PermissionDenied(_("只有监票人可以生成和保管密钥。"))
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.state != "prepared":
        raise ValidationError(_("投票已经开启，不能更换密钥。"))
    names = [name.strip()[:40] for name in holders]
    if len(names) != SHARES or not all(names) or len(set(names)) != SHARES:
        raise ValidationError(_("请填写三位不同的持份人。"))
    for name in names:
        if reason := unfit_teller(round_.campaign, name):
            raise ValidationError(f"{name}:{reason}")
    try:
        key = bytes.fromhex(public_key)
        # Sealing once also refuses points of low order, which would make sheets readable by anybody.
        SealedBox(PublicKey(key)).encrypt(b"")
    except (ValueError, TypeError, CryptoError, RuntimeError) as error:
        raise ValidationError(_("这不是一把公钥。")) from error
    changed = Round.objects.filter(campaign=round_.campaign_id, state="prepared").update(
        public_key=key.hex(), holders=names
    )
    record(
        actor,
        KeySet(public_key=key.hex(), holders=names, rounds=changed),
        f"appraisals.round:{round_.pk}",
        scope=actor.scope_id,
    )
    round_.refresh_from_db()
    return round_


@transaction.atomic
def make_cards(actor: Account, campaign: Campaign, class_code: str, number: int) -> list[str]:
    """Make shuffled cards of one class and return their codes, once: only hashes are kept.

    A card opens every round that is still to come, once each; its rows in two rounds do not look alike. Making cards
    again revokes the class's unused cards (a lost print).

    Raises:
        ValidationError: for an unknown class, one that votes on paper, a number out of range, or when voting is over.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    rounds = list(campaign.rounds.select_for_update().filter(state="prepared"))
    row = next((row for row in campaign.config["classes"] if row["code"] == class_code), None)
    if row is None:
        raise ValidationError({"class": _("没有这个投票类别。")})
    if is_paper(row):
        raise ValidationError({"class": _("这一类用纸质票，不制票卡。")})
    if not rounds or campaign.rounds.filter(state="open").exists():
        raise ValidationError({"class": _("投票已经开启，不能再制票。")})
    if not 1 <= number <= 1000:
        raise ValidationError({"number": _("张数应在 1 到 1000 之间。")})
    revoked = 0
    codes = [new_card_code() for _unused in range(number)]
    for round_ in rounds:
        revoked = round_.cards.filter(class_code=class_code, state="fresh").update(state="revoked")
        hashes = sorted(card_hash(code, round_.pk) for code in codes)
        Card.objects.bulk_create(
            (Card(round=round_, class_code=class_code, code_hash=one) for one in hashes), batch_size=500
        )
    RANDOM.shuffle(codes)
    record(
        actor,
        CardsMade(class_code=class_code, made=number, revoked=revoked),
        f"appraisals.round:{rounds[0].pk}",
        scope=campaign.division_id,
    )
    return codes


@transaction.atomic
def revoke_card(actor: Account, campaign: Campaign, code: str) -> str:
    """Revoke one card that lies on the table (a lost phone, a smeared print), so that another one can be drawn.

    Returns:
        The card's class.

    Raises:
        ValidationError: when there is no such card, or it has voted in the open round, or was revoked before.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    rounds = campaign.rounds.filter(state__in=("prepared", "open"))
    cards = Card.objects.select_for_update().filter(code_hash__in=[card_hash(code, round_.pk) for round_ in rounds])
    states = {card.state for card in cards}
    if not states:
        raise ValidationError({"code": _("没有这张票卡，请核对票卡上的码。")})
    if "used" in states:
        raise ValidationError({"code": _("这张票卡已经投过票，不能作废，也不能另抽。")})
    if "fresh" not in states:
        raise ValidationError({"code": _("这张票卡已经作废。")})
    class_code = cards[0].class_code
    cards.update(state="revoked")
    record(actor, CardRevoked(class_code=class_code), subject(campaign), scope=campaign.division_id)
    return class_code
