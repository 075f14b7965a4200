"""Phones at the same instant, against a real server with two processes."""

import threading
from functools import partial

import pytest

from tests.appraisals.live import Answer, Live, LiveHall, at_once

VOTERS = {"A": 60, "B": 1, "C": 1, "D": 1, "E": 1}


@pytest.fixture
def hall(live: Live) -> LiveHall:
    return live.hall(VOTERS)


def kept(hall: LiveHall) -> list[str]:
    rows = hall.live.rows(f"SELECT receipt FROM appraisals_sealedsheet WHERE round_id = {hall.facts['round']}")
    return sorted(row[0] for row in rows)


def used(hall: LiveHall) -> int:
    statement = "SELECT count(*) FROM appraisals_card WHERE state = 'used' AND round_id = {}"
    return int(hall.live.rows(statement.format(hall.facts["round"]))[0][0])


def test_two_phones_with_one_card_exactly_one_is_counted(hall: LiveHall) -> None:
    counted = []
    for number, code in enumerate(hall.facts["codes"]["A"][:12]):
        sheets = [hall.sheet(seed=number), hall.sheet(seed=1000 + number)]
        answers = at_once([partial(hall.cast, code, sheet) for sheet in sheets])
        assert sorted((a.status, a.json["state"]) for a in answers) == [(200, "counted"), (409, "card_used")]
        counted += [a.json["receipt"] for a in answers if a.status == 200]
        assert [a.json["receipt"] for a in answers if a.status == 409] == [""]
    assert (kept(hall), used(hall)) == (sorted(counted), 12)


def test_same_bytes_eight_times_at_once_are_one_sheet(hall: LiveHall) -> None:
    for number, code in enumerate(hall.facts["codes"]["A"][:4]):
        sheet, opinion = hall.sheet(seed=number), hall.opinion(f"意见{number}")
        answers = at_once([partial(hall.cast, code, sheet, [opinion])] * 8)
        assert {a.status for a in answers} == {200}
        assert sorted(a.json["state"] for a in answers) == ["already_counted"] * 7 + ["counted"]
        assert len({a.json["receipt"] for a in answers}) == 1
    assert (len(kept(hall)), used(hall)) == (4, 4)
    opinions = hall.live.rows(f"SELECT count(*) FROM appraisals_sealedopinion WHERE round_id = {hall.facts['round']}")
    assert opinions == [(4,)]


def test_forty_phones_at_once_are_all_counted(hall: LiveHall) -> None:
    codes = hall.facts["codes"]["A"][:40]
    sheets = [hall.sheet(seed=seed) for seed in range(40)]
    answers = at_once([partial(hall.cast, code, sheet) for code, sheet in zip(codes, sheets, strict=True)])
    assert {(a.status, a.json["state"]) for a in answers} == {(200, "counted")}
    assert kept(hall) == sorted(a.json["receipt"] for a in answers)


def test_closing_while_phones_send_loses_and_smuggles_nothing(hall: LiveHall) -> None:
    codes = hall.facts["codes"]["A"][:40]
    sheets = [hall.sheet(seed=seed) for seed in range(40)]
    answers: list[Answer] = []
    some_are_in = threading.Event()

    def phone(number: int) -> None:
        for place in range(number, 40, 4):
            answers.append(hall.cast(codes[place], sheets[place]))
            if len(answers) == 8:
                some_are_in.set()

    threads = [threading.Thread(target=phone, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    some_are_in.wait(30)
    assert hall.host("close").status == 302
    for thread in threads:
        thread.join()
    counted = [a.json["receipt"] for a in answers if a.json["state"] == "counted"]
    late = [a for a in answers if a.json["state"] != "counted"]
    assert {a.json["state"] for a in late} <= {"closed"}
    assert len(answers) == 40
    assert (kept(hall), used(hall)) == (sorted(counted), len(counted))
    returned = hall.live.rows(
        f"SELECT returned FROM appraisals_roundclass WHERE code = 'A' AND round_id = {hall.facts['round']}"
    )
    assert returned == [(len(counted),)]


def test_retry_after_the_close_still_gets_the_receipt(hall: LiveHall) -> None:
    code, sheet = hall.facts["codes"]["A"][0], hall.sheet()
    first = hall.cast(code, sheet)
    hall.host("close")
    again = hall.cast(code, sheet)
    assert (again.status, again.json) == (200, {**first.json, "state": "already_counted"})
    late = hall.cast(hall.facts["codes"]["A"][1], hall.sheet(seed=1))
    assert (late.status, late.json["state"]) == (409, "closed")
