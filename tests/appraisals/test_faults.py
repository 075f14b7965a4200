"""Processes that die and disks that fill up while a hall votes. ``make soak`` plays 200 deaths, the suite ten."""

import json
import os
import random
import resource
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.appraisals.live import POSTGRESQL, Live, LiveHall, empty_site, start

TIMES = int(os.environ.get("YIZHEN_SOAK", "10"))
SERVERS = TIMES * 3 // 10  # a server starts for some seconds; the rest are workers
WORKERS = TIMES - SERVERS
PHONES = 6
PATIENCE = 60.0


class Served:
    """A site of its own, whose server and workers a test may kill."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.process = start(live)

    @property
    def workers(self) -> list[int]:
        """The server's processes that answer, by their ids."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(") ")[2].split()[1])
                command = stat.with_name("cmdline").read_bytes()
            except OSError:
                continue
            if parent == self.process.pid and b"resource_tracker" not in command:
                found.append(int(stat.parent.name))
        return found

    def kill_a_worker(self, chance: random.Random) -> None:
        """End one worker as the kernel ends processes; the server starts another one after some seconds."""
        with suppress(ProcessLookupError):
            if workers := self.workers:
                os.kill(chance.choice(workers), signal.SIGKILL)

    def kill_all(self, _chance: random.Random) -> None:
        """End the server and its workers as a power cut does."""
        for pid in (self.process.pid, *self.workers):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(20)

    def settle(self) -> None:
        """Wait until both workers are there again and one answers: an earlier test may have killed some."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(OSError):
                if len(self.workers) == 2 and self.live.request("POST", "/b/form", "{}").status == 404:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.live.log.read_text())

    def stop(self) -> None:
        """End it as ``serve`` is ended."""
        self.live.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Served]:
    made = Served(empty_site(tmp_path_factory.mktemp("faults") / "data", f"faults_{worker_id}"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def hall(served: Served) -> LiveHall:
    return served.live.hall({"A": TIMES * PHONES, "B": 1, "C": 1, "D": 1, "E": 1})


class Crowd:
    """Phones that send the same bytes until the ballot answers, as the page does, each from a thread of its own."""

    def __init__(self, hall: LiveHall, ballots: list[tuple[str, bytes]]) -> None:
        self.hall = hall
        self.answers: Counter[str] = Counter()
        self.receipts: list[str] = []
        self.threads = [threading.Thread(target=self._phone, args=ballot) for ballot in ballots]

    def _phone(self, code: str, sheet: bytes) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = self.hall.cast(code, sheet)
                state = answer.json["state"]
            except (OSError, ValueError, KeyError):  # no answer, or half of one
                self.answers["broken"] += 1
                time.sleep(0.05)
                continue
            self.answers[state] += 1
            if state in {"counted", "already_counted"}:
                self.receipts.append(answer.json["receipt"])
                return
            if state != "later":
                return
            time.sleep(0.05)

    def send(self) -> None:
        for thread in self.threads:
            thread.start()

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()


def kept(hall: LiveHall) -> list[str]:
    rows = hall.live.rows(f"SELECT receipt FROM appraisals_sealedsheet WHERE round_id = {hall.facts['round']}")
    return [row[0] for row in rows]


def used(hall: LiveHall) -> int:
    statement = "SELECT count(*) FROM appraisals_card WHERE state = 'used' AND round_id = {}"
    return int(hall.live.rows(statement.format(hall.facts["round"]))[0][0])


def played(hall: LiveHall, number: int, kill: Any, chance: random.Random) -> Crowd:
    """Let six phones submit and kill something at a random point of it; return what they heard by then."""
    first = number * PHONES
    codes = hall.facts["codes"]["A"][first : first + PHONES]
    crowd = Crowd(hall, [(code, hall.sheet(seed=first + place)) for place, code in enumerate(codes)])
    crowd.send()
    time.sleep(chance.uniform(0, 0.08))
    kill(chance)
    return crowd


def test_killed_worker_loses_and_doubles_nothing(served: Served, hall: LiveHall) -> None:
    chance, shown, broken = random.Random(1), kept(hall), 0
    before = len(shown)
    for number in range(WORKERS):
        crowd = played(hall, number, served.kill_a_worker, chance)
        crowd.wait()
        shown += crowd.receipts
        broken += crowd.answers["broken"]
        assert set(crowd.answers) <= {"counted", "already_counted", "broken", "later"}
        assert sorted(kept(hall)) == sorted(shown)  # every phone has its receipt by now, and each sheet is there once
        assert used(hall) == len(shown) == before + (number + 1) * PHONES
    assert broken  # otherwise the kills met nothing


def test_killed_server_loses_and_doubles_nothing(served: Served, hall: LiveHall) -> None:
    chance, shown = random.Random(2), kept(hall)
    before = len(shown)
    for number in range(SERVERS):
        crowd = played(hall, WORKERS + number, served.kill_all, chance)
        told, there = list(crowd.receipts), kept(hall)  # as a power cut leaves it
        assert set(told) <= set(there)
        assert len(there) == len(set(there)) == used(hall)
        served.process = start(served.live)
        crowd.wait()
        shown += crowd.receipts
        assert sorted(kept(hall)) == sorted(shown)
        assert used(hall) == len(shown) == before + (number + 1) * PHONES


@contextmanager
def no_room(served: Served) -> Iterator[None]:
    """Let the server's writes fail for want of room: by its limit of file sizes, or by the database's own error code."""
    if POSTGRESQL:
        with served.live.database() as connection:
            connection.execute(
                "CREATE FUNCTION no_room() RETURNS trigger AS $$ BEGIN "
                "RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END; $$ LANGUAGE plpgsql"
            )
            connection.execute(
                "CREATE TRIGGER no_room BEFORE INSERT ON appraisals_sealedsheet EXECUTE FUNCTION no_room()"
            )
            yield
            connection.execute("DROP TRIGGER no_room ON appraisals_sealedsheet")
            connection.execute("DROP FUNCTION no_room")
        return
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in served.workers}
    for pid, (_soft, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    for pid, limit in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def test_full_disk_is_said_to_the_phone_and_loses_nothing(served: Served) -> None:
    served.settle()
    live = served.live
    hall = live.hall({"A": 8, "B": 1, "C": 1, "D": 1, "E": 1})
    codes = hall.facts["codes"]["A"]
    assert hall.cast(codes[0], hall.sheet(seed=0)).status == 200
    with no_room(served):
        refused = hall.cast(codes[1], hall.sheet(seed=1))
        english = hall.cast(codes[1], hall.sheet(seed=1), Cookie="django_language=en")
        assert live.request("POST", "/b/form", json.dumps({"code": codes[1]})).json["state"] == "ready"
    assert (refused.status, refused.json["state"], refused.json["receipt"]) == (503, "later", "")
    assert "自动重试" in refused.json["message"]
    assert english.status == 503
    assert (len(kept(hall)), used(hall)) == (1, 1)
    for seed, code in enumerate(codes[1:8], start=1):
        assert hall.cast(code, hall.sheet(seed=seed)).json["state"] == "counted"
    assert (len(kept(hall)), used(hall)) == (8, 8)


def test_phones_are_told_nothing_while_nothing_is_stored(served: Served) -> None:
    """A crowd that meets a full disk keeps trying, and is counted once there is room."""
    served.settle()
    hall = served.live.hall({"A": PHONES, "B": 1, "C": 1, "D": 1, "E": 1})
    ballots = [(code, hall.sheet(seed=seed)) for seed, code in enumerate(hall.facts["codes"]["A"][:PHONES])]
    crowd = Crowd(hall, ballots)
    with no_room(served):
        crowd.send()
        time.sleep(0.5)
        assert (crowd.receipts, kept(hall), used(hall)) == ([], [], 0)
    crowd.wait()
    assert crowd.answers["later"] > 0
    assert sorted(crowd.receipts) == sorted(kept(hall))
    assert used(hall) == PHONES


def test_log_names_no_sheet_after_all_this(served: Served, hall: LiveHall) -> None:
    written = served.live.log.read_text()
    assert "/b/" not in written
    assert not any(receipt in written for receipt in kept(hall))


def test_site_is_whole_after_all_this(served: Served) -> None:
    done: subprocess.CompletedProcess[str] = served.live.command("verify")
    assert done.returncode == 0, done.stdout
