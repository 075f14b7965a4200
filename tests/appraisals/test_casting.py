"""Sheets by the batch: one durable transaction for all that wait, and each sheet judged for itself."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import OperationalError, connection

from tests.appraisals import room
from tests.appraisals.room import Hall
from tests.factories import at_once, fictional_city, turn_after
from yizhen.appraisals.actions import ballot, casting
from yizhen.appraisals.actions.casting import Envelope
from yizhen.appraisals.models import Card, SealedOpinion, SealedSheet
from yizhen.appraisals.sealing import card_hash, receipt_of
from yizhen.web import together

BY_CHANCE = 9  # of forty: see the secrecy tests


def envelope(hall: Hall, number: int, sheet: bytes | None = None, opinions: Sequence[bytes] = ()) -> Envelope:
    sealed = hall.sheet("A", hall.marks()) if sheet is None else sheet
    round_id = hall.round.pk
    return Envelope(card_hash(hall.codes["A"][number], round_id), round_id, sealed, receipt_of(sealed), opinions)


def decided(envelopes: list[Envelope]) -> list[str]:
    casting._decide(envelopes)
    return [one.state for one in envelopes]


def kept() -> tuple[int, int]:
    return SealedSheet.objects.count(), Card.objects.filter(state="used").count()


def test_batch_each_sheet_is_judged_for_itself(opened: Hall) -> None:
    opened.vote("A", 0, opened.marks())
    Card.objects.filter(code_hash=card_hash(opened.codes["A"][1], opened.round.pk)).update(state="revoked")
    twice, opinion = opened.sheet("A", opened.marks()), opened.opinion("好")
    unknown = envelope(opened, 2)
    unknown.card = "0" * 64
    elsewhere = envelope(opened, 2)
    elsewhere.round_id = 999_999_999
    states = decided(
        [
            envelope(opened, 0),
            envelope(opened, 1),
            unknown,
            elsewhere,
            envelope(opened, 2, b"short"),
            envelope(opened, 2, opinions=[b"short"]),
            envelope(opened, 2, opinions=[opinion, opinion]),
            envelope(opened, 2, twice, [opinion]),
            envelope(opened, 2, twice, [opinion]),
            envelope(opened, 2),
            envelope(opened, 3, twice),
            envelope(opened, 3, opinions=[opinion]),
            envelope(opened, 3),
        ]
    )
    assert states == [
        *("card_used", "revoked", "unknown_card", "unknown_card", "malformed", "malformed", "malformed"),
        *("counted", "already_counted", "card_used", "already_counted", "malformed", "counted"),
    ]
    assert kept() == (3, 3)
    assert SealedOpinion.objects.count() == 1


def test_batch_of_several_rounds(opened: Hall) -> None:
    other = room.opened(office=opened.office, scrutineer=opened.scrutineer, heads=opened.heads)
    states = decided([envelope(hall, number) for number in range(3) for hall in (opened, other)])
    assert states == ["counted"] * 6
    assert [hall.round.sealed_sheets.count() for hall in (opened, other)] == [3, 3]


def test_batch_behind_the_close_counts_nothing(opened: Hall) -> None:
    early, late = envelope(opened, 0), envelope(opened, 1)
    assert decided([early]) == ["counted"]
    ballot.close_ballot(opened.office, opened.campaign)
    again = envelope(opened, 0, early.sealed)
    assert decided([late, again]) == ["closed", "already_counted"]


def test_batch_before_the_opening_counts_nothing(prepared: Hall) -> None:
    assert decided([envelope(prepared, 0)]) == ["not_open"]
    assert kept() == (0, 0)


def test_rows_of_a_batch_pair_no_card_with_a_sheet(city: object) -> None:
    hall = room.opened(voters={"A": 40, "B": 1, "C": 1, "D": 1, "E": 1})
    batch = [envelope(hall, number) for number in range(40)]
    assert decided(batch) == ["counted"] * 40
    with connection.cursor() as cursor:
        place = "rowid" if connection.vendor == "sqlite" else "ctid"
        cursor.execute(f"SELECT receipt FROM appraisals_sealedsheet ORDER BY {place}")
        rows = [row[0] for row in cursor.fetchall()]
    for order in (batch, sorted(batch, key=lambda one: one.card)):
        right = sum(receipt == one.receipt for receipt, one in zip(rows, order, strict=True))
        assert right <= BY_CHANCE


# --- the queue: transactions of their own, so that threads see each other's rows ----------------------------------------


@pytest.fixture
def hall(committing: None) -> Hall:
    fictional_city()
    return room.opened(voters={"A": 12, "B": 1, "C": 1, "D": 1, "E": 1})


def test_sheets_that_wait_share_one_commit(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    commit = casting._commit

    def counting(batch: Sequence[Envelope]) -> None:
        sizes.append(len(batch))
        commit(batch)

    monkeypatch.setattr(casting, "_commit", counting)
    monkeypatch.setattr(together, "writers_turn", lambda: turn_after(casting.desk, 8))
    batch = [envelope(hall, number) for number in range(8)]
    assert at_once([partial(casting.take_in, one) for one in batch]) == ["counted"] * 8
    assert sizes == [8]
    assert kept() == (8, 8)
    assert len(casting.desk) == 0


def test_more_than_a_batch_are_led_on(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting.desk, "_most", 3)
    batch = [envelope(hall, number) for number in range(12)]
    assert at_once([partial(casting.take_in, one) for one in batch]) == ["counted"] * 12
    assert kept() == (12, 12)
    assert len(casting.desk) == 0


def test_leader_that_fails_leaves_nobody_waiting(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = threading.Event()
    failing.set()
    commit = casting._commit

    def sometimes(batch: Sequence[Envelope]) -> None:
        if failing.is_set():
            failing.clear()
            raise MemoryError
        commit(batch)

    monkeypatch.setattr(casting, "_commit", sometimes)
    batch = [envelope(hall, number) for number in range(6)]
    answers = at_once([partial(casting.take_in, one) for one in batch])
    assert sum(isinstance(answer, MemoryError) for answer in answers) == 1
    assert {answer for answer in answers if isinstance(answer, str)} <= {"later", "counted"}
    assert kept() == ([one.state for one in batch].count("counted"),) * 2
    assert len(casting.desk) == 0
    again = [envelope(hall, number, one.sealed) for number, one in enumerate(batch)]
    assert set(at_once([partial(casting.take_in, one) for one in again])) <= {"counted", "already_counted"}
    assert kept() == (6, 6)


def test_database_away_says_later(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(batch: Sequence[Envelope]) -> list[str]:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(casting, "_write", away)
        assert casting.take_in(envelope(hall, 0)) == "later"
    assert kept() == (0, 0)
    assert casting.take_in(envelope(hall, 0)) == "counted"


@contextmanager
def no_room_for_sheets() -> Iterator[None]:
    """Let the database refuse sheets for want of room: SQLite by its own limit of pages, PostgreSQL by its error code."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")  # no free pages
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            yield
            cursor.execute("PRAGMA max_page_count = 4294967294")
            return
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger AS $$ BEGIN "
            "RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END; $$ LANGUAGE plpgsql; "
            "CREATE TRIGGER no_room BEFORE INSERT ON appraisals_sealedsheet EXECUTE FUNCTION no_room()"
        )
        yield
        cursor.execute("DROP TRIGGER no_room ON appraisals_sealedsheet; DROP FUNCTION no_room")


def test_full_disk_says_later_and_loses_nothing(hall: Hall) -> None:
    batch = [envelope(hall, number) for number in range(10)]
    with no_room_for_sheets():
        states = [casting.take_in(one) for one in batch]
    assert "later" in states
    assert kept() == (states.count("counted"),) * 2
    for one in batch:
        before, one.state = one.state, ""
        assert decided([one]) == [{"later": "counted", "counted": "already_counted"}[before]]
    assert kept() == (10, 10)
