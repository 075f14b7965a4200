"""The secret ballot: key, cards, opening, casting, closing. Read ADR 1 before changing a line."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox

from yizhen.appraisals.actions.campaigns import locked
from yizhen.appraisals.actions.session import bump
from yizhen.appraisals.config import quorum_met
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    Card,
    Opinion,
    Phase,
    Round,
    RoundClass,
    SealedOpinion,
    SealedSheet,
)
from yizhen.appraisals.models.ballot import random_id
from yizhen.appraisals.rules import may_hold_key
from yizhen.appraisals.sealing import (
    CARD_ALPHABET,
    CARD_LENGTH,
    OPINION_BYTES,
    SEAL_OVERHEAD,
    SHEET_BYTES,
    card_hash,
    merkle_root,
    receipt_of,
)
from yizhen.appraisals.turn import writers_turn
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account

RANDOM = secrets.SystemRandom()


@event("appraisals.key_set")
class KeySet:
    """The key holder gave the round its public key."""

    public_key: str


@event("appraisals.cards_made")
class CardsMade:
    """Cards were made for printing; unused ones of the class from before were revoked."""

    class_code: str
    made: int
    revoked: int


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
    return Round.objects.select_for_update().filter(campaign=campaign).order_by("-number")[0]


@transaction.atomic
def set_key(actor: Account, round_: Round, public_key: str) -> Round:
    """Give the round its public key. The secret half never reaches the server before the count.

    Raises:
        PermissionDenied: when the actor is not a scrutineer.
        ValidationError: when the ballot is open already, or it is no key.
    """
    if not may_hold_key(actor, round_):
        raise PermissionDenied(_("只有监票人可以生成和保管密钥。"))
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.state != "prepared":
        raise ValidationError(_("投票已经开启，不能更换密钥。"))
    try:
        key = bytes.fromhex(public_key)
        # Sealing once also refuses points of low order, which would make sheets readable by anybody.
        SealedBox(PublicKey(key)).encrypt(b"")
    except (ValueError, TypeError, CryptoError, RuntimeError) as error:
        raise ValidationError(_("这不是一把公钥。")) from error
    round_.public_key = key.hex()
    round_.save(update_fields=["public_key"])
    record(actor, KeySet(public_key=round_.public_key), f"appraisals.round:{round_.pk}", scope=actor.scope_id)
    return round_


@transaction.atomic
def make_cards(actor: Account, campaign: Campaign, class_code: str, number: int) -> list[str]:
    """Make shuffled cards of one class and return their codes, once: only hashes are kept.

    Making cards again revokes the class's unused cards (a lost print).

    Raises:
        ValidationError: for an unknown class, a number out of range, or when voting is over.
    """
    campaign = locked(actor, campaign, CampaignState.PUBLISHED, CampaignState.IN_SESSION)
    round_ = _current_round(campaign)
    if class_code not in {row["code"] for row in campaign.config["classes"]}:
        raise ValidationError({"class": _("没有这个投票类别。")})
    if round_.state != "prepared":
        raise ValidationError({"class": _("投票已经开启，不能再制票。")})
    if not 1 <= number <= 1000:
        raise ValidationError({"number": _("张数应在 1 到 1000 之间。")})
    revoked = round_.cards.filter(class_code=class_code, state="fresh").update(state="revoked")
    codes = ["".join(RANDOM.choice(CARD_ALPHABET) for _unused in range(CARD_LENGTH)) for _unused in range(number)]
    Card.objects.bulk_create(
        Card(round=round_, class_code=class_code, code_hash=card_hash(code)) for code in sorted(codes)
    )
    RANDOM.shuffle(codes)
    record(
        actor,
        CardsMade(class_code=class_code, made=number, revoked=revoked),
        f"appraisals.round:{round_.pk}",
        scope=campaign.division_id,
    )
    return codes


@transaction.atomic
def open_ballot(actor: Account, campaign: Campaign) -> Round:
    """Open the ballot: freeze who is entitled, present and has a card.

    Raises:
        ValidationError: without a key, without quorum, or when it was opened before.
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    round_ = _current_round(campaign)
    if round_.state != "prepared":
        raise ValidationError(_("投票已经开启过。"))
    if not round_.public_key:
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
            entitled=len(entries),
            present=sum(entry.present for entry in entries),
            issued=sum(entry.card_handed_out for entry in entries),
        )
    round_.state, round_.opened_at = "open", timezone.now()
    round_.save()
    bump(campaign, phase=Phase.BALLOT, ends_at=None, paused_seconds=None)
    record(
        actor,
        BallotOpened(entitled=len(roll), present=present, issued=issued),
        f"appraisals.round:{round_.pk}",
        scope=campaign.division_id,
    )
    return round_


def find_card(code: str) -> Card | None:
    """Return the card of a code, whatever the state of its round, in one query."""
    return Card.objects.select_related("round__campaign").filter(code_hash=card_hash(code)).first()


def cast_sheet(code: str, sealed: bytes, opinions: list[bytes]) -> CastOutcome:
    """Take one sealed sheet for one card, once.

    The same bytes again get the same receipt: whether they were counted is told by their own hash, so that no link
    from card to sheet has to be kept. Writes no audit, log or time (ADR 1).

    Returns:
        ``counted``, ``already_counted`` (this sheet was), ``card_used`` (another sheet was), ``closed``,
        ``not_open``, ``revoked``, ``unknown_card`` or ``malformed``.
    """
    card = Card.objects.filter(code_hash=card_hash(code)).first()  # without the round: its rules are long to read
    if card is None:
        return CastOutcome("unknown_card")
    receipt = receipt_of(sealed)
    same = SealedSheet.objects.filter(receipt=receipt, round=card.round_id)
    if card.state == "used" and same.exists():  # a retry: it only reads
        return CastOutcome("already_counted", receipt)
    state = _cast_once(card, sealed, receipt, opinions)
    if state == "counted":
        return CastOutcome("counted", receipt)
    # Whatever kept it out: a sheet that is in was counted, perhaps a moment ago by another request.
    return CastOutcome("already_counted", receipt) if same.exists() else CastOutcome(state)


def _cast_once(card: Card, sealed: bytes, receipt: str, opinions: list[bytes]) -> str:
    if len(sealed) != SHEET_BYTES + SEAL_OVERHEAD or any(len(o) != OPINION_BYTES + SEAL_OVERHEAD for o in opinions):
        return "malformed"
    if opinions and (len(set(opinions)) != len(opinions) or len(opinions) > len(card.round.layout["speakers"])):
        return "malformed"
    try:
        with writers_turn(), transaction.atomic():
            return _cast(card, sealed, receipt, opinions)
    except IntegrityError:
        return "malformed"  # unless this very sheet is in: an opinion that was here before


def _cast(card: Card, sealed: bytes, receipt: str, opinions: list[bytes]) -> str:
    # The round is locked shared with the closing, so that no sheet slips in behind the shuffle.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM appraisals_round WHERE id = %s FOR SHARE", [card.round_id])
            state = cursor.fetchone()[0]
    else:
        state = Round.objects.values_list("state", flat=True).get(pk=card.round_id)
    if state != "open":
        return "not_open" if state == "prepared" else "closed"
    if not Card.objects.filter(pk=card.pk, state="fresh").update(state="used"):
        current = Card.objects.values_list("state", flat=True).get(code_hash=card.code_hash)
        return "revoked" if current == "revoked" else "card_used"
    SealedSheet.objects.create(round_id=card.round_id, class_code=card.class_code, sealed=sealed, receipt=receipt)
    SealedOpinion.objects.bulk_create(
        [SealedOpinion(round_id=card.round_id, sealed=opinion, fingerprint=receipt_of(opinion)) for opinion in opinions]
    )
    return "counted"


@transaction.atomic
def close_ballot(actor: Account, campaign: Campaign) -> Round:
    """Close the ballot: count what came back, rewrite all rows in shuffled order, publish the root.

    More sheets back than cards handed out in any class make the round void (V2).
    """
    campaign = locked(actor, campaign, CampaignState.IN_SESSION)
    round_ = _current_round(campaign)
    if round_.state != "open":
        raise ValidationError(_("投票没有开启，或已经结束。"))
    receipts = list(round_.sealed_sheets.values_list("receipt", flat=True))
    void = False
    for row in round_.classes.all():
        row.returned = round_.sealed_sheets.filter(class_code=row.code).count()
        row.save(update_fields=["returned"])
        void = void or row.returned > row.issued
    round_.root = merkle_root(receipts)
    round_.state, round_.closed_at = ("void" if void else "closed"), timezone.now()
    round_.save()
    rewrite_shuffled(round_)
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
    round_ = Round.objects.create(campaign=campaign, number=void.number + 1, layout=void.layout)
    campaign.roll.update(card_handed_out=False)
    bump(campaign, phase=Phase.WAITING)
    record(actor, RevotePrepared(number=round_.number), f"appraisals.round:{round_.pk}", scope=campaign.division_id)
    return round_


def rewrite_shuffled(round_: Round) -> None:
    """Write all cards, sheets and opinions of a round again, in random order under random keys, in one transaction.

    Afterwards neither key, row order, nor PostgreSQL's xmin and ctid pair a card with a sheet.
    """
    models: tuple[Any, ...] = (Card, SealedSheet, SealedOpinion)
    for model in models:
        rows = list(model.objects.filter(round=round_))
        model.objects.filter(round=round_).delete()
        RANDOM.shuffle(rows)
        for row in rows:
            row.pk = random_id()
        model.objects.bulk_create(rows, batch_size=500)


def scrub_storage() -> bool:
    """Remove what deleted rows left behind in the database file (free pages, WAL, dead tuples), outside transactions.

    Returns False when called inside a transaction, where the database cannot do it, or when somebody went on reading
    an old state of the database for too long, so that something of it had to stay.
    """
    if connection.in_atomic_block:
        return False
    tables = [model._meta.db_table for model in (Card, SealedSheet, SealedOpinion, Opinion)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return not cursor.fetchone()[0]
        alone = _old_snapshots_have_ended(cursor)
        for table in tables:
            cursor.execute(f"VACUUM FULL {table}")
    return alone


def _old_snapshots_have_ended(cursor: Any) -> bool:
    """Wait, at most 20 seconds, for PostgreSQL's readers of an older state: VACUUM FULL keeps dead rows for them.

    Such a reader may be a dump, an open transaction, or autovacuum's ANALYZE; in another database of the server too,
    because every new snapshot, VACUUM FULL's own among them, reaches back to the oldest transaction of them all.
    """
    cursor.execute("SELECT txid_current() % 4294967296")
    now = str(cursor.fetchone()[0])
    for _attempt in range(200):
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND greatest(age(backend_xmin), age(backend_xid)) > age(%s::text::xid)",
            [now],
        )
        if not cursor.fetchone()[0]:
            return True
        time.sleep(0.1)
    return False


def turnout(campaign: Campaign) -> dict[str, int]:
    """Return how many sheets are back of how many cards handed out: totals only, never by class while open."""
    round_ = campaign.current_round
    if round_ is None or round_.state == "prepared":
        return {"returned": 0, "issued": 0}
    return {
        "returned": round_.sealed_sheets.count(),
        "issued": sum(round_.classes.values_list("issued", flat=True)),
    }
