"""Attacks on the secrecy of the ballot by somebody who has the database's files. Each is shown to work before the close.

The hall's truth is which card sent which sheet, in order of arrival. An attack returns the pairs it believes in; among
forty sheets in random order one right pair is to be expected by chance, ten or more happen once in ten million rounds.
"""

import hashlib
import re
import threading
import time
from pathlib import Path

import pytest

from tests.appraisals.live import POSTGRESQL, Live, LiveHall
from yizhen.appraisals import attacks
from yizhen.appraisals.attacks import Ground, Pairs
from yizhen.appraisals.sealing import card_hash

SHEETS = 40
BY_CHANCE = 9
BEFORE: dict[str, Pairs] = {}
LOG_SIZES: list[int] = []


@pytest.fixture(scope="module")
def voted(live: Live) -> LiveHall:
    """Forty sheets arrived one after the other; the ballot is still open."""
    hall = live.hall({"A": SHEETS, "B": 1, "C": 1, "D": 1, "E": 1})
    if not POSTGRESQL:
        with live.database() as connection:  # empty the log, so that all of the arrivals are in it
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    hall.vote_one_by_one(SHEETS)
    return hall


@pytest.fixture(scope="module")
def closed(voted: LiveHall) -> LiveHall:
    """The same hall after the host has closed the ballot over HTTP."""
    BEFORE.update({name: attack(voted) for name, attack in ATTACKS.items()})
    assert voted.host("close").status == 302
    if not POSTGRESQL:
        LOG_SIZES.append((voted.live.data / "yizhen.sqlite3-wal").stat().st_size)
    return voted


def ground(hall: LiveHall) -> Ground:
    """What somebody has who copied the server's database and data directory: no Django, no help from the site."""
    vendor = "postgresql" if POSTGRESQL else "sqlite"
    file = None if POSTGRESQL else hall.live.data / "yizhen.sqlite3"
    return Ground(hall.live.rows, vendor, hall.facts["round"], file, hall.live.data)


def truth(hall: LiveHall) -> Pairs:
    return [(card_hash(code, hall.facts["round"]), receipt) for code, receipt in hall.truth]


def right(hall: LiveHall, believed: Pairs) -> int:
    return len(set(believed) & set(truth(hall)))


def seen(hall: LiveHall) -> list[str]:
    return [card for card, _receipt in truth(hall)]


def order_of(hall: LiveHall, table: str, column: str) -> list[str]:
    return attacks.in_row_order(ground(hall), table, column)


def heap_of(hall: LiveHall, table: str) -> bytes:
    """PostgreSQL: the file in which a table's rows lie, dead ones and all."""
    with hall.live.database() as connection:
        connection.execute("CHECKPOINT")
    (directory,), *_rest = hall.live.rows("SHOW data_directory")
    (path,), *_rest = hall.live.rows(f"SELECT pg_relation_filepath('appraisals_{table}')")
    return (Path(directory) / path).read_bytes()


def arrival_by_row_order(hall: LiveHall) -> Pairs:
    return attacks.arrival_by_row_order(ground(hall), seen(hall))


def arrival_by_id(hall: LiveHall) -> Pairs:
    return attacks.arrival_by_id(ground(hall), seen(hall))


def cards_and_sheets_side_by_side(hall: LiveHall) -> Pairs:
    return attacks.side_by_side(ground(hall))


def same_transaction(hall: LiveHall) -> Pairs:
    return attacks.same_transaction(ground(hall))


def write_ahead_log(hall: LiveHall) -> Pairs:
    return attacks.write_ahead_log(ground(hall))


ATTACKS = {"row order": arrival_by_row_order, "side by side": cards_and_sheets_side_by_side, "id": arrival_by_id}
ATTACKS |= {"xmin": same_transaction} if POSTGRESQL else {"log": write_ahead_log}


def test_attack_by_row_order(closed: LiveHall) -> None:
    assert right(closed, BEFORE["row order"]) == SHEETS  # while open, the rows lie in the order of arrival
    assert right(closed, arrival_by_row_order(closed)) <= BY_CHANCE


def test_attack_by_rows_side_by_side(closed: LiveHall) -> None:
    assert right(closed, cards_and_sheets_side_by_side(closed)) <= BY_CHANCE


def test_attack_by_id_never_works(closed: LiveHall) -> None:
    assert right(closed, BEFORE["id"]) <= BY_CHANCE
    assert right(closed, arrival_by_id(closed)) <= BY_CHANCE


# Attacks that one database alone knows.
if POSTGRESQL:

    def test_attack_by_transaction_number(closed: LiveHall) -> None:
        assert sorted(BEFORE["xmin"]) == sorted(truth(closed))  # the whole ballot, read off
        written = closed.live.rows(
            "SELECT DISTINCT xmin::text FROM (SELECT xmin FROM appraisals_card WHERE round_id = {0} "
            "UNION ALL SELECT xmin FROM appraisals_sealedsheet WHERE round_id = {0} "
            "UNION ALL SELECT xmin FROM appraisals_sealedopinion WHERE round_id = {0}) AS all_rows".format(
                closed.facts["round"]
            )
        )
        assert len(written) == 1
        assert len(same_transaction(closed)) == SHEETS * SHEETS  # every card fits every sheet

    def test_attack_by_dead_rows_in_the_heap(closed: LiveHall) -> None:
        for table, column in (("card", "code_hash"), ("sealedsheet", "receipt")):
            heap = heap_of(closed, table)
            values = order_of(closed, table, column)
            assert {heap.count(value.encode()) for value in values} == {1}
            in_file = sorted(values, key=lambda value: heap.index(value.encode()))
            believed = list(zip([card for card, _r in truth(closed)], in_file, strict=False))
            assert right(closed, believed) <= BY_CHANCE

else:

    def test_attack_by_write_ahead_log(closed: LiveHall) -> None:
        assert sorted(BEFORE["log"]) == sorted(truth(closed))  # the whole ballot, read off
        assert write_ahead_log(closed) == []
        assert LOG_SIZES == [0]  # right after the close

    def test_attack_by_what_deleted_rows_left_in_the_file(closed: LiveHall) -> None:
        content = (closed.live.data / "yizhen.sqlite3").read_bytes()
        sealed = closed.live.rows(
            f"SELECT sealed, receipt FROM appraisals_sealedsheet WHERE round_id = {closed.facts['round']}"
        )
        # A sheet's bytes lie in the table alone, its receipt in the table and in the unique index.
        assert {content.count(bytes(row[0])[:200]) for row in sealed} == {1}
        assert {content.count(row[1].encode()) for row in sealed} == {2}
        assert {content.count(card.encode()) for card, _r in truth(closed)} == {2}


def test_scrubbing_waits_for_somebody_who_still_reads_the_old_state(live: Live) -> None:
    """A dump or an analysis that began before the close would keep the dead rows (and SQLite's log) alive."""
    hall = live.hall()
    hall.vote_one_by_one(3)
    with live.database() as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if POSTGRESQL else "BEGIN")
        connection.execute("SELECT count(*) FROM appraisals_campaign").fetchone()
        closing = threading.Thread(target=hall.host, args=["close"])
        closing.start()
        time.sleep(1.5)
        assert closing.is_alive()
        connection.execute("ROLLBACK")
    closing.join(30)
    if POSTGRESQL:
        for table, column in (("card", "code_hash"), ("sealedsheet", "receipt")):
            heap = heap_of(hall, table)
            assert {heap.count(value.encode()) for value in order_of(hall, table, column)} == {1}
    else:
        assert (live.data / "yizhen.sqlite3-wal").stat().st_size == 0


def test_every_id_is_fresh_after_the_close(live: Live) -> None:
    hall = live.hall()
    hall.vote_one_by_one(3)
    statements = [
        f"SELECT id FROM appraisals_{table} WHERE round_id = {hall.facts['round']}"
        for table in ("card", "sealedsheet", "sealedopinion")
    ]
    before = [set(live.rows(statement)) for statement in statements]
    hall.host("close")
    after = [set(live.rows(statement)) for statement in statements]
    assert [len(ids) for ids in after] == [len(ids) for ids in before]
    assert [a & b for a, b in zip(after, before, strict=True)] == [set(), set(), set()]


# --- what the server says and writes while phones vote ----------------------------------------------------------------


def test_answers_to_phones_carry_no_cookie_and_take_none(live: Live) -> None:
    hall = live.hall()
    cookie = f"sessionid={hall.facts['session']}"
    codes = hall.facts["codes"]["A"]
    answers = [
        live.request("GET", "/b/", headers={"Cookie": cookie}),
        live.request("POST", "/b/form", f'{{"code": "{codes[0]}"}}', {"Cookie": cookie}),
        hall.cast(codes[0], hall.sheet(), Cookie=cookie),
        hall.cast(codes[0], hall.sheet(seed=1), Cookie=cookie),
        hall.cast("XXXX", hall.sheet(), Cookie=cookie),
        live.request("POST", "/b/cast", "{", {"Cookie": cookie}),
    ]
    assert [a.status for a in answers] == [200, 200, 200, 409, 404, 404]
    for answer in answers:
        assert {"set-cookie", "server-timing", "etag"} & set(answer.headers) == set()
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_log_of_the_server_has_no_line_about_a_ballot(live: Live, closed: LiveHall) -> None:
    written = live.log.read_text()
    assert "/b/" not in written
    for code, receipt in closed.truth:
        assert code not in written
        assert receipt not in written


def test_receipts_are_as_many_as_sheets_and_only_after_the_close(live: Live) -> None:
    hall = live.hall()
    hall.vote_one_by_one(5)
    address = f"/now/{hall.facts['token']}/receipts/"
    receipt = re.compile(rb'<li id="r-([0-9a-f]{12})"')
    assert receipt.findall(live.request("GET", address).body) == []
    hall.host("close")
    listed = [prefix.decode() for prefix in receipt.findall(live.request("GET", address).body)]
    assert listed == sorted(r[:12] for _c, r in hall.truth)
    (root,) = live.rows(f"SELECT root FROM appraisals_round WHERE id = {hall.facts['round']}")[0]
    text = "yizhen-root|" + "|".join(sorted(r for _c, r in hall.truth))
    assert root == hashlib.sha256(text.encode()).hexdigest()


def test_no_backup_while_a_ballot_is_open(live: Live, tmp_path: Path) -> None:
    for (pk,) in live.rows("SELECT campaign_id FROM appraisals_round WHERE state = 'open'"):
        with live.database() as connection:  # halls of other tests: not this test's matter
            connection.execute(f"UPDATE appraisals_round SET state = 'void' WHERE campaign_id = {pk}")
            connection.commit()
    hall = live.hall()
    hall.vote_one_by_one(2)
    refused = live.command("backup", str(tmp_path / "open.zip"))
    assert (refused.returncode, (tmp_path / "open.zip").exists()) == (2, False)
    hall.host("close")
    assert live.command("backup", str(tmp_path / "closed.zip")).returncode == 0
    assert (tmp_path / "closed.zip").exists()
    totals = live.stage("count", round=hall.facts["round"], shares=hall.facts["shares"][:2])["totals"]
    assert totals == ["None"] * 3  # two sheets are too few for a result
