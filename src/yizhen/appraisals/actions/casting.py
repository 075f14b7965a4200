"""Taking sheets in by the batch: sheets that arrive while another commit is under way share the next one.

No sheet waits for a timer, and no receipt leaves before the commit that holds its sheet is durable. A batch is shuffled, and
its cards and its sheets are written apart, so that the rows of a batch pair no card with a sheet even while the ballot is
open. Read ADR 1 before changing a line.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import Error, IntegrityError, connection, transaction

from yizhen.appraisals.models.ballot import random_id
from yizhen.appraisals.sealing import OPINION_BYTES, RANDOM, SEAL_OVERHEAD, SHEET_BYTES, receipt_of
from yizhen.web.together import Together

BATCH = 100  # sheets in one transaction

# On PostgreSQL the rounds are locked shared with the closing, so that no sheet slips in behind the shuffle; then the
# cards, in one order for all processes. On SQLite the transaction is the only one that writes.
ROUNDS = "SELECT id, state, layout FROM appraisals_round WHERE id IN ({}) ORDER BY id"
CARDS = "SELECT code_hash, class_code, state FROM appraisals_card WHERE code_hash IN ({}) ORDER BY code_hash"
SHEETS = "SELECT receipt, round_id FROM appraisals_sealedsheet WHERE receipt IN ({})"
OPINIONS = "SELECT fingerprint FROM appraisals_sealedopinion WHERE fingerprint IN ({})"
USE = "UPDATE appraisals_card SET state = 'used' WHERE state = 'fresh' AND code_hash IN ({})"
ADD_SHEETS = "INSERT INTO appraisals_sealedsheet (id, round_id, class_code, sealed, receipt) VALUES "
ADD_OPINIONS = "INSERT INTO appraisals_sealedopinion (id, round_id, sealed, fingerprint) VALUES "


@dataclass(eq=False)
class Envelope:
    """A sheet on its way in. ``state`` is empty until it is decided: see :func:`ballot.cast_sheet`."""

    card: str
    round_id: int
    sealed: bytes
    receipt: str
    opinions: Sequence[bytes]
    state: str = ""
    class_code: str = ""

    @property
    def fingerprints(self) -> list[str]:
        """By what its opinions are known."""
        return [receipt_of(opinion) for opinion in self.opinions]

    def is_well_formed(self, speakers: int) -> bool:
        """Return whether it has the length of all sheets, and no more opinions than the round has speakers."""
        return (
            len(self.sealed) == SHEET_BYTES + SEAL_OVERHEAD
            and all(len(opinion) == OPINION_BYTES + SEAL_OVERHEAD for opinion in self.opinions)
            and len(set(self.opinions)) == len(self.opinions) <= speakers
        )


def take_in(envelope: Envelope) -> str:
    """Decide a sheet, alone or with those that arrive at the same time; return its state once that is durable."""
    if connection.in_atomic_block:
        _decide([envelope])
    else:
        desk.take(envelope)
    return envelope.state or "later"


def _decide_shuffled(batch: Sequence[Envelope]) -> None:
    shuffled = list(batch)
    RANDOM.shuffle(shuffled)
    _decide(shuffled)


desk = Together(_decide_shuffled, BATCH)


def _decide(batch: Sequence[Envelope]) -> None:
    """Decide a batch in one transaction; each sheet in its own when another process wrote one of them meanwhile."""
    try:
        _commit(batch)
    except IntegrityError:
        for envelope in batch:
            try:
                _commit([envelope])
            except IntegrityError:
                envelope.state = "later"


def _commit(batch: Sequence[Envelope]) -> None:
    try:
        with transaction.atomic():
            states = _write(batch)
    except IntegrityError:
        raise
    except Error:  # the disk is full, or the database away or too busy: the phone keeps the sheet and sends it again
        states = ["later"] * len(batch)
    for envelope, state in zip(batch, states, strict=True):
        envelope.state = state


def _write(batch: Sequence[Envelope]) -> list[str]:
    """Look at cards and sheets inside a transaction, and write what is to be counted. Returns each sheet's state."""
    with connection.cursor() as cursor:
        lock = connection.vendor == "postgresql"
        rounds = {
            pk: (state, len(json.loads(layout)["speakers"]))
            for pk, state, layout in _rows(cursor, ROUNDS + " FOR SHARE" * lock, {e.round_id for e in batch})
        }
        cards = {
            code: [class_code, state]
            for code, class_code, state in _rows(cursor, CARDS + " FOR UPDATE" * lock, {e.card for e in batch})
        }
        sheets = dict(_rows(cursor, SHEETS, {e.receipt for e in batch}))
        opinions = {row[0] for row in _rows(cursor, OPINIONS, {f for e in batch for f in e.fingerprints})}
        states, taken = [], []
        for envelope in batch:
            state = _state(envelope, rounds, cards, sheets, opinions)
            states.append(state)
            if state == "counted":
                taken.append(envelope)
                envelope.class_code = cards[envelope.card][0]
                cards[envelope.card][1] = "used"
                sheets[envelope.receipt] = envelope.round_id
                opinions.update(envelope.fingerprints)
        if taken:
            _add(cursor, taken)
    return states


def _state(
    envelope: Envelope,
    rounds: dict[int, tuple[str, int]],
    cards: dict[str, list[str]],
    sheets: dict[str, int],
    opinions: set[str],
) -> str:
    if envelope.card not in cards or envelope.round_id not in rounds:
        return "unknown_card"
    # Whatever would keep it out: a sheet that is in was counted, perhaps a moment ago by another request.
    if sheets.get(envelope.receipt) == envelope.round_id:
        return "already_counted"
    round_state, speakers = rounds[envelope.round_id]
    if not envelope.is_well_formed(speakers):
        return "malformed"
    if round_state != "open":
        return "not_open" if round_state == "prepared" else "closed"
    card_state = cards[envelope.card][1]
    if card_state != "fresh":
        return "revoked" if card_state == "revoked" else "card_used"
    if envelope.receipt in sheets or not opinions.isdisjoint(envelope.fingerprints):
        return "malformed"
    return "counted"


def _rows(cursor: Any, statement: str, values: Collection[Any]) -> list[Any]:
    if not values:
        return []
    cursor.execute(statement.format(", ".join(["%s"] * len(values))), sorted(values))
    return list(cursor.fetchall())


def _add(cursor: Any, taken: list[Envelope]) -> None:
    """Use the cards and add the sheets and opinions, each in an order of its own."""
    cursor.execute(USE.format(", ".join(["%s"] * len(taken))), sorted(envelope.card for envelope in taken))
    if cursor.rowcount != len(taken):
        raise IntegrityError("a card was used meanwhile")
    RANDOM.shuffle(taken)
    sheets = [(random_id(), e.round_id, e.class_code, e.sealed, e.receipt) for e in taken]
    opinions = [
        (random_id(), e.round_id, opinion, fingerprint)
        for e in taken
        for opinion, fingerprint in zip(e.opinions, e.fingerprints, strict=True)
    ]
    RANDOM.shuffle(opinions)
    _insert(cursor, ADD_SHEETS, sheets)
    _insert(cursor, ADD_OPINIONS, opinions)


def _insert(cursor: Any, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        row = f"({', '.join(['%s'] * len(rows[0]))})"
        cursor.execute(statement + ", ".join([row] * len(rows)), [value for values in rows for value in values])
