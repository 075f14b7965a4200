"""The self-test's attacks: each finds nothing on a ballot as it should be, and what was broken on one that is not."""

import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given

from tests import factories
from tests.appraisals import room
from tests.appraisals.live import POSTGRESQL, Live, LiveHall
from tests.appraisals.room import Hall
from tests.appraisals.test_recount import CLASSES, METHODS, by_library, config_of, counts_of, tables, weights
from tests.appraisals.test_secrecy_attacks import ground, truth
from yizhen.appraisals import attacks
from yizhen.appraisals.actions import ballot, scrubbing
from yizhen.appraisals.attacks import Ground
from yizhen.appraisals.models import Round, SealedSheet
from yizhen.appraisals.secrecy import ATTEMPTS, HELD, NOT_HERE, NOT_SEEN, POSSIBLE, WHILE_OPEN, certificate, ground_of
from yizhen.audit.actions import record
from yizhen.cli import main

pytestmark = pytest.mark.usefixtures("made_anew")


def outcomes(round_: Round) -> dict[str, str]:
    return {attempt.code: attempt.outcome for attempt in certificate(round_).attempts}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# --- a ballot as it should be -----------------------------------------------------------------------------------------


def test_nothing_is_found_on_a_counted_ballot(city: Any) -> None:
    hall = room.counted(cast={"A": 6, "B": 6, "C": 6, "D": 5, "E": 3})
    made = certificate(hall.round)
    assert {attempt.code: attempt.found for attempt in made.attempts if attempt.outcome == POSSIBLE} == {}
    here = {attempt.code for attempt in made.attempts if attempt.outcome == HELD}
    assert {"row_order", "keys", "copies", "columns", "weight", "lines", "watching", "tiny"} <= here
    absent = {attempt.code for attempt in made.attempts if attempt.outcome == NOT_HERE}
    assert absent == ({"log"} if POSTGRESQL else {"transaction"})
    assert (made.held, made.sheets, made.root, made.config_hash) == (
        True, 26, hall.round.root, hall.campaign.config_hash,
    )  # fmt: skip


def test_while_open_what_is_possible_is_told_and_nothing_else(opened: Hall) -> None:
    opened.vote_all()
    found = {code for code, outcome in outcomes(opened.round).items() if outcome == POSSIBLE}
    assert "row_order" in found
    assert found <= set(WHILE_OPEN)


def test_every_attempt_has_a_code_of_its_own(opened: Hall) -> None:
    assert len(set(outcomes(opened.round))) == len(ATTEMPTS) == 11
    assert outcomes(opened.round)["tiny"] == NOT_SEEN  # nothing is published yet


# --- broken copies ----------------------------------------------------------------------------------------------------


def test_row_order_is_found_where_nothing_was_rewritten(opened: Hall) -> None:
    opened.vote_all()
    Round.objects.filter(pk=opened.round.pk).update(state="closed")  # closed, but not by close_ballot
    assert outcomes(opened.round)["row_order"] == POSSIBLE
    scrubbing.rewrite_sorted(opened.round)
    assert outcomes(opened.round)["row_order"] == HELD


def test_keys_that_count_up_are_found(opened: Hall) -> None:
    opened.vote_all()
    assert attacks.keys_that_count_up(ground_of(opened.round)) == []
    rows = attacks.in_row_order(ground_of(opened.round), "sealedsheet", "receipt")
    for number, receipt in enumerate(rows, start=1):
        with transaction.atomic():  # each has a number of its own: where a row lies depends on what others left free
            SealedSheet.objects.filter(receipt=receipt).update(id=number)
    assert "sealedsheet" in attacks.keys_that_count_up(ground_of(opened.round))


def test_a_column_that_must_not_exist_is_found_and_so_is_what_it_says(opened: Hall) -> None:
    opened.vote_all()
    connection.check_constraints()  # or PostgreSQL has them pending
    run("ALTER TABLE appraisals_sealedsheet ADD COLUMN weight integer DEFAULT 1")
    assert outcomes(opened.round)["columns"] == POSSIBLE
    assert outcomes(opened.round)["weight"] == HELD  # all the same
    receipt = SealedSheet.objects.filter(round=opened.round).values_list("receipt", flat=True)[0]
    run(f"UPDATE appraisals_sealedsheet SET weight = 7 WHERE receipt = '{receipt}'")
    assert attacks.unique_weights(ground_of(opened.round)) == ["sealedsheet.weight = 7"]


def test_a_sheet_of_another_length_is_found(opened: Hall) -> None:
    opened.vote_all()
    sheet = SealedSheet.objects.filter(round=opened.round)[0]
    SealedSheet.objects.filter(pk=sheet.pk).update(sealed=bytes(sheet.sealed) + b"!")
    assert attacks.unique_weights(ground_of(opened.round)) == [f"sealedsheet: {len(bytes(sheet.sealed)) + 1}"]


def test_a_table_that_points_at_sheets_is_found(opened: Hall) -> None:
    run("CREATE TABLE who_sent (sheet bigint REFERENCES appraisals_sealedsheet (id), who text)")
    assert attacks.references_to_sheets(ground_of(opened.round)) == ["who_sent"]


def test_a_line_about_a_ballot_is_found(opened: Hall, tmp_path: Path) -> None:
    opened.vote_all()
    receipt = SealedSheet.objects.filter(round=opened.round)[0].receipt
    lines = {
        "access.log": '192.0.2.7 "POST /b/cast HTTP/1.1" 200',
        "proxy.log.1": f"counted {receipt.upper()}",
        "other.log": '192.0.2.7 "GET /now/abc/ HTTP/1.1" 200',
    }
    for name, line in lines.items():
        (tmp_path / name).write_text(line)
    base = ground_of(opened.round)
    found = attacks.lines_about_ballots(Ground(base.rows, base.vendor, base.round_id, None, tmp_path))
    assert found == ["access.log", "proxy.log.1"]


def test_an_audit_record_that_names_a_sheet_is_found(opened: Hall) -> None:
    opened.vote_all()
    assert attacks.records_about_sheets(ground_of(opened.round)) == []
    receipt = SealedSheet.objects.filter(round=opened.round)[0].receipt
    with transaction.atomic():
        record(opened.office, ballot.BallotReopened(root=receipt), f"appraisals.round:{opened.round.pk}")
    assert attacks.records_about_sheets(ground_of(opened.round)) == ["appraisals.ballot_reopened"]


def test_numbers_by_class_give_a_reminded_voter_away(opened: Hall) -> None:
    def by_class() -> dict[str, int]:
        return {code: SealedSheet.objects.filter(round=opened.round, class_code=code).count() for code in CLASSES}

    told, broken = ballot.turnout(opened.campaign), by_class()
    opened.vote("D", 0, opened.marks())
    assert attacks.watched(told, ballot.turnout(opened.campaign)) == []
    assert attacks.watched(broken, by_class()) == ["D"]
    opened.round.classes.filter(code="D").update(returned=1)
    assert outcomes(opened.round)["watching"] == POSSIBLE


def test_a_small_class_that_is_shown_or_stands_alone_is_found(city: Any) -> None:
    hall = room.counted(cast={"A": 6, "B": 6, "C": 6, "D": 5, "E": 3})
    result = hall.round.results.all()[0]
    declared = result.declared | {"total": result.total, "excellent_rate": result.excellent_rate}
    config = hall.campaign.config
    assert attacks.classes_given_back(config, result.counts, declared) == []
    for hidden in ([], ["E"]):
        assert attacks.classes_given_back(config, result.counts, declared | {"hidden_classes": hidden}) == ["E"]
    # Of two hidden classes, one without weight: the total leaves the other one alone.
    light = config | {"classes": [row | {"weight": 0 if row["code"] == "D" else 25} for row in config["classes"]]}
    assert attacks.classes_given_back(light, result.counts, declared) == ["E"]


@pytest.mark.parametrize("rules", METHODS, ids=str)
@given(table=tables, class_weights=weights)
def test_no_declared_result_gives_a_small_class_back(
    rules: dict[str, Any], table: dict[str, dict[str, tuple[int, ...]]], class_weights: list[int]
) -> None:
    config, counts = config_of(rules, class_weights), counts_of(table)
    assert attacks.classes_given_back(config, counts, by_library(config, counts)) == []


# --- on a real server, with its files ---------------------------------------------------------------------------------


@contextmanager
def copied(hall: LiveHall, folder: Path) -> Iterator[Ground]:
    """A copy of SQLite's files as they are now, log and all."""
    for path in hall.live.data.glob("yizhen.sqlite3*"):
        shutil.copy(path, folder / path.name)
    file = folder / "yizhen.sqlite3"
    with sqlite3.connect(file) as connection:
        yield Ground(lambda text: connection.execute(text).fetchall(), "sqlite", hall.facts["round"], file, folder)


def test_two_copies_give_the_sheet_between_them(live: Live) -> None:
    """While open, a copy before and one after name the pair; after the close neither the copies nor the site does."""
    hall = live.hall()
    hall.vote_one_by_one(4)
    before = attacks.state_of(ground(hall))
    answer = hall.cast(hall.facts["codes"]["A"][5], hall.sheet(seed=50))
    hall.truth.append((hall.facts["codes"]["A"][5], answer.json["receipt"]))
    assert attacks.between(before, attacks.state_of(ground(hall))) == truth(hall)[-1:]
    hall.cast(hall.facts["codes"]["A"][4], hall.sheet(seed=51))
    between = attacks.between(before, attacks.state_of(ground(hall)))
    assert len(attacks.only_one_for_each(between)) == 0  # two at once: four pairs, and none pinned


# Attacks that one database alone knows.
if not POSTGRESQL:

    def test_a_copy_made_while_open_is_found(live: Live, tmp_path: Path) -> None:
        hall = live.hall()
        hall.vote_one_by_one(3)
        with copied(hall, tmp_path) as copy:
            assert copy.database is not None
            with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive, sqlite3.connect(tmp_path / "one.db") as one:
                sqlite3.connect(copy.database).backup(one)
                archive.write(tmp_path / "one.db", "yizhen.sqlite3")
            (tmp_path / "one.db").unlink()
            beside = Ground(hall.live.rows, "sqlite", hall.facts["round"], hall.live.data / "yizhen.sqlite3", tmp_path)
            assert attacks.copies_made_while_open(beside) == []  # as far as the site is now
            hall.cast(hall.facts["codes"]["A"][5], hall.sheet(seed=50))
            hall.host("close")
            assert attacks.copies_made_while_open(beside) == ["dump.zip", "yizhen.sqlite3"]
        assert attacks.copies_made_while_open(ground(hall)) == []

    def test_the_log_is_read_while_open_and_is_empty_after(live: Live) -> None:
        hall = live.hall()
        with live.database() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        hall.vote_one_by_one(4)
        assert sorted(attacks.write_ahead_log(ground(hall))) == sorted(truth(hall))
        hall.host("close")
        assert attacks.write_ahead_log(ground(hall)) == []

    def test_leftovers_are_found_where_nothing_was_scrubbed(live: Live, tmp_path: Path) -> None:
        hall = live.hall({"A": 30, "B": 1, "C": 1, "D": 1, "E": 1})
        hall.vote_one_by_one(30)
        with copied(hall, tmp_path) as copy:  # the copy is rewritten, and left so
            with sqlite3.connect(copy.database) as own:  # type: ignore[arg-type]
                own.execute("PRAGMA secure_delete = OFF")
                # As a rewrite without scrubbing does: another copy of the rows was there, and is given up.
                own.execute("CREATE TABLE moved AS SELECT * FROM appraisals_sealedsheet")
                own.commit()
                own.execute("DROP TABLE moved")
                own.commit()
                own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert attacks.leftovers(copy) != []
            copy.rows("VACUUM")
            copy.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            assert attacks.leftovers(copy) == []
        hall.host("close")
        assert attacks.leftovers(ground(hall)) == []

else:

    def test_transactions_pin_every_sheet_while_open_and_none_after(live: Live) -> None:
        hall = live.hall()
        hall.vote_one_by_one(4)
        assert sorted(attacks.only_one_for_each(attacks.same_transaction(ground(hall)))) == sorted(truth(hall))
        hall.host("close")
        assert attacks.only_one_for_each(attacks.same_transaction(ground(hall))) == []

    def test_dead_rows_are_found_until_they_are_scrubbed(live: Live) -> None:
        hall = live.hall()
        hall.vote_one_by_one(4)
        with live.database() as connection:
            connection.execute("CHECKPOINT")
        assert attacks.leftovers(ground(hall)) != []  # a used card's row was written twice
        hall.host("close")
        with live.database() as connection:
            connection.execute("CHECKPOINT")
        assert attacks.leftovers(ground(hall)) == []


def test_command_prints_a_certificate(live: Live) -> None:
    hall = live.hall()
    hall.vote_one_by_one(4)
    while_open = live.command("secrecy", "--campaign", str(hall.facts["campaign"]))
    assert (while_open.returncode, "✗ 行的先后次序" in while_open.stdout) == (0, True)
    hall.host("close")
    closed = live.command("secrecy", "--campaign", str(hall.facts["campaign"]))
    assert (closed.returncode, "✗" in closed.stdout, closed.stderr) == (0, False, "")
    (root, config_hash), *_rest = live.rows(
        "SELECT r.root, c.config_hash FROM appraisals_round r JOIN appraisals_campaign c ON c.id = r.campaign_id "
        f"WHERE r.id = {hall.facts['round']}"
    )
    assert root in closed.stdout
    assert config_hash in closed.stdout


def test_command_without_a_ballot(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secrecy"]) == 2


# --- the page ---------------------------------------------------------------------------------------------------------


def test_page_runs_the_test_for_office_and_scrutineers(opened: Hall) -> None:
    opened.vote_all()
    address = f"/appraisals/{opened.campaign.pk}/secrecy/"
    assert factories.signed_in(opened.heads[factories.LIUAN]).get(address).status_code == 403
    for account in (opened.office, opened.scrutineer):
        client = factories.signed_in(account)
        assert "开始自检" in client.get(address).content.decode()
        page = client.post(address, {"round": "1"}).content.decode()
        assert opened.campaign.config_hash in page
        assert "谁抽了哪张票卡，没有任何记录" in page
    ballot.close_ballot(opened.office, opened.campaign)
    page = factories.signed_in(opened.office).post(address, {"round": "1"}).content.decode()
    assert opened.round.root in page
    assert "谁抽了哪张票卡，没有任何记录" not in page
    assert factories.signed_in(opened.office).post(address, {"round": "9"}).status_code == 404


def test_page_without_a_ballot(prepared: Hall) -> None:
    page = factories.signed_in(prepared.office).get(f"/appraisals/{prepared.campaign.pk}/secrecy/").content.decode()
    assert "还没有投过票" in page
