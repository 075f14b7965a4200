"""The secret ballot: opening, casting, closing, voting again. Read ADR 1 before changing a line."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.campaigns import locked
from yizhen.appraisals.actions.casting import Envelope, take_in
from yizhen.appraisals.actions.scrubbing import rewrite_sorted
from yizhen.appraisals.actions.session import bump, note_step
from yizhen.appraisals.config import is_paper, quorum_met
from yizhen.appraisals.models import Campaign, CampaignState, Card, Phase, Round, RoundClass
from yizhen.appraisals.sealing import card_hash, merkle_root, receipt_of
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account


@event("appraisals.ballot_opened")
class BallotOpened:
    """The ballot was opened; entitled and present were frozen."""

    entitled: int
    present: int
    issued: int


@event("appraisals.ballot_closed")
class BallotClosed:
    """The ballot was closed: totals and root only."""

    returned: int
    root: str


@event("appraisals.ballot_reopened")
class BallotReopened:
    """A ballot that was closed by mistake was opened again before the count."""

    root: str


@event("appraisals.opening_undone")
class OpeningUndone:
    """A ballot that was opened by mistake was shut again before any sheet came."""

    number: int


@event("appraisals.revote_prepared")
class RevotePrepared:
    """A new round follows a void one."""

    number: int


@dataclass(frozen=True)
class CastOutcome:
    """What became of a submission: counted now, counted before (a retry), or not counted and why."""

    state: str
    receipt: str = ""


def _current_round(campaign: Campaign) -> Round:
    return Round.objects.select_for_update().get(pk=campaign.current_round.pk)


def _seen_round(campaign: Campaign, number: int | None) -> Round:
    """Return the round that the hall is at, if it is the one with the number that the host saw on his screen."""
    round_ = _current_round(campaign)
    if number is not None and round_.number != number:
        raise ValidationError(_("会议已经到了另一轮，请刷新再看。"))
    return round_


@transaction.atomic
def open_ballot(actor: Account, campaign: Campaign, number: int | None = None) -> Round:
    """Open the ballot: freeze who is entitled, present and has a card.

    Args:
        actor: who runs the campaign.
        campaign: the campaign.
        number: the round that the host saw, so that an old screen does not open another one.

    Raises:
        ValidationError: without a key, without quorum, or when it was opened before.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    round_ = _seen_round(campaign, number)
    if round_.state != "prepared":
        raise ValidationError(_("投票已经开启过。"))
    if not round_.public_key and not round_.paper_only:
        raise ValidationError(_("监票人还没有生成密钥。"))
    roll = list(campaign.roll.all())
    present = sum(entry.present for entry in roll)
    if not quorum_met(campaign.config, len(roll), present):
        raise ValidationError(
            _("到会 %(present)s 人，应到 %(entitled)s 人，未达到规定比例(%(quorum)s),不能开启投票。")
            % {"present": present, "entitled": len(roll), "quorum": campaign.config["rules"]["quorum"]}
        )
    issued = sum(entry.card_handed_out for entry in roll)
    if issued == 0:
        raise ValidationError(_("还没有登记发出任何票卡。"))
    for row in campaign.config["classes"]:
        entries = [entry for entry in roll if entry.class_code == row["code"]]
        RoundClass.objects.create(
            round=round_,
            code=row["code"],
            paper=is_paper(row),
            entitled=len(entries),
            present=sum(entry.present for entry in entries),
            issued=sum(entry.card_handed_out for entry in entries),
        )
    note_step(campaign, "open", round=round_.pk)
    round_.state, round_.opened_at = "open", timezone.now()
    round_.save()
    bump(campaign, phase=Phase.BALLOT, slide="auto", ends_at=None, paused_seconds=None)
    record(
        actor,
        BallotOpened(entitled=len(roll), present=present, issued=issued),
        f"appraisals.round:{round_.pk}",
        scope=campaign.division_id,
    )
    return round_


LIVE = (CampaignState.PUBLISHED, CampaignState.IN_SESSION, CampaignState.COUNTED)


def live_rounds() -> list[int]:
    """Return the rounds in which a card may be known: those of published campaigns, until results are issued."""
    return list(Round.objects.filter(campaign__state__in=LIVE).values_list("pk", flat=True))


def find_card(code: str) -> Card | None:
    """Return the card of a code in the round that its hall is at; else in its latest round."""
    hashes = [card_hash(code, pk) for pk in live_rounds()]
    rows = list(Card.objects.filter(code_hash__in=hashes).select_related("round__campaign__session"))
    if not rows:
        return None
    if len(rows) == 1:
        return rows[0]
    current = rows[0].round.campaign.current_round
    at_current = [card for card in rows if current is not None and card.round_id == current.pk]
    return at_current[0] if at_current else max(rows, key=lambda card: card.round.number)


def cast_sheet(code: str, sealed: bytes, opinions: list[bytes], round_id: int | None = None) -> CastOutcome:
    """Take one sealed sheet for one card, once in each round.

    The same bytes again get the same receipt: whether they were counted is told by their own hash, so that no link
    from card to sheet has to be kept. Writes no audit, log or time (ADR 1).

    Args:
        code: the card's, as scanned or typed.
        sealed: the sheet, sealed by the phone.
        opinions: sealed apart.
        round_id: the round that the sheet was made for; without it the round that the hall is at.

    Returns:
        ``counted``, ``already_counted`` (this sheet was), ``card_used`` (another sheet was), ``closed``,
        ``not_open``, ``revoked``, ``unknown_card``, ``malformed``, or ``later``: the server could not store it now,
        nothing was written, and the phone keeps the sheet and sends it again.
    """
    if round_id is None:
        card = find_card(code)
        if card is None:
            return CastOutcome("unknown_card")
        round_id = card.round_id
    receipt = receipt_of(sealed)
    state = take_in(Envelope(card_hash(code, round_id), round_id, sealed, receipt, opinions))
    return CastOutcome(state, receipt if state in {"counted", "already_counted"} else "")


@transaction.atomic
def close_ballot(actor: Account, campaign: Campaign, number: int | None = None) -> Round:
    """Close the ballot: count what came back, rewrite all rows sorted by hash, publish the root.

    More sheets back than cards handed out in any class make the round void (V2). ``number`` is that of the round that
    the host saw.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    round_ = _seen_round(campaign, number)
    if round_.state != "open":
        raise ValidationError(_("投票没有开启，或已经结束。"))
    note_step(campaign, "close", round=round_.pk)
    receipts = list(round_.sealed_sheets.values_list("receipt", flat=True))
    void = False
    for row in round_.classes.filter(paper=False):
        row.returned = round_.sealed_sheets.filter(class_code=row.code).count()
        row.save(update_fields=["returned"])
        void = void or row.returned > row.issued
    round_.root = merkle_root(receipts)
    round_.state, round_.closed_at = ("void" if void else "closed"), timezone.now()
    round_.save()
    rewrite_sorted(round_)
    bump(campaign, phase=Phase.BALLOT_CLOSED)
    record(
        actor,
        BallotClosed(returned=len(receipts), root=round_.root),
        f"appraisals.round:{round_.pk}",
        scope=campaign.division_id,
    )
    return round_


@transaction.atomic
def prepare_revote(actor: Account, campaign: Campaign) -> Round:
    """Prepare another round after a void one (V2): a new key, new cards, and every card handed out anew.

    Raises:
        ValidationError: when the latest round is not void.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    void = _current_round(campaign)
    if void.state != "void":
        raise ValidationError(_("只有作废的一轮才需要重新投票。"))
    last = campaign.rounds.order_by("-number").values_list("number", flat=True)[0]
    round_ = Round.objects.create(
        campaign=campaign, number=last + 1, layout=void.layout, replaces=void, paper_only=void.paper_only
    )
    # Some card was copied or handed out unmarked: all cards and the key are new, in this round and those to come.
    campaign.rounds.filter(state="prepared").update(public_key="", holders=[])
    Card.objects.filter(round__campaign=campaign, round__state="prepared", state="fresh").update(state="revoked")
    campaign.roll.update(card_handed_out=False)
    bump(campaign, phase=Phase.WAITING)
    record(actor, RevotePrepared(number=round_.number), f"appraisals.round:{round_.pk}", scope=campaign.division_id)
    return round_


@transaction.atomic
def undo_opening(actor: Account, campaign: Campaign) -> Round:
    """Shut a ballot that was opened by mistake, before any sheet has come.

    Raises:
        ValidationError: when it is not open, or a sheet is in.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    round_ = _current_round(campaign)
    if round_.state != "open":
        raise ValidationError(_("投票没有开启，或已经结束。"))
    if round_.sealed_sheets.exists() or round_.cards.filter(state="used").exists():
        raise ValidationError(_("已经收到票，不能撤回开启；可以结束投票。"))
    round_.classes.all().delete()
    round_.state, round_.opened_at = "prepared", None
    round_.save()
    record(actor, OpeningUndone(number=round_.number), f"appraisals.round:{round_.pk}", scope=campaign.division_id)
    return round_


@transaction.atomic
def reopen_ballot(actor: Account, campaign: Campaign, round_: Round) -> Round:
    """Open a ballot again that was closed by mistake, before anything was counted. The hall sees that it happened.

    Raises:
        ValidationError: when it is not closed, another one is open, or paper was counted already.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    round_ = Round.objects.select_for_update().get(pk=round_.pk, campaign=campaign)
    if round_.state != "closed" or campaign.rounds.filter(state="open").exists() or round_.paper_sheets.exists():
        raise ValidationError(_("只有刚结束、还没有清点纸票和计票的投票才能重新开启。"))
    before = round_.root
    round_.state, round_.closed_at, round_.root = "open", None, ""
    round_.save()
    record(actor, BallotReopened(root=before), f"appraisals.round:{round_.pk}", scope=campaign.division_id)
    return round_


def turnout(campaign: Campaign) -> dict[str, int]:
    """Return how many sheets are back of how many cards handed out: totals only, never by class while open.

    On the phone channel alone: paper lies in its box until it is counted.
    """
    round_ = shown_round(campaign)
    if round_ is None or round_.state == "prepared":
        return {"returned": 0, "issued": 0}
    return {
        "returned": round_.sealed_sheets.count(),
        "issued": sum(round_.classes.filter(paper=False).values_list("issued", flat=True)),
    }


def shown_round(campaign: Campaign) -> Round | None:
    """Return the round that the hall looks at: the one just closed while its root is shown, else the current one."""
    if campaign.session.phase == Phase.BALLOT_CLOSED:
        last = campaign.live_rounds.filter(closed_at__isnull=False).order_by("-closed_at").first()
        if last is not None:
            return last
    return campaign.current_round
