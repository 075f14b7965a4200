"""A real server on a data directory of its own: two phones at the same instant need processes and transactions."""

import base64
import http.client
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from tests.postgresql import own_address
from tests.shared import made_once
from yizhen.demo.phones import plausible_marks, seal_opinion, seal_sheet

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = os.environ.get("YIZHEN_TEST_DATABASE") == "postgresql"
CSRF = "c" * 32


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, read."""
        value: dict[str, Any] = json.loads(self.body)
        return value


@dataclass
class LiveHall:
    """A hall with an open ballot on the live server."""

    live: "Live"
    facts: dict[str, Any]
    truth: list[tuple[str, str]] = field(default_factory=list)  # (card code, receipt) in order of arrival

    def sheet(self, class_code: str = "A", seed: int = 0) -> bytes:
        """Return a sealed sheet; each is different."""
        facts = self.facts
        marks = plausible_marks(facts["layout"], random.Random(seed))
        return seal_sheet(facts["key"], facts["round"], class_code, marks, facts["layout"])

    def opinion(self, text: str = "请公布时间表。") -> bytes:
        """Return a sealed opinion."""
        return seal_opinion(self.facts["key"], self.facts["round"], self.facts["layout"]["speakers"][0], text)

    def cast(self, code: str, sheet: bytes, opinions: Sequence[bytes] = (), **headers: str) -> Answer:
        """Send a sheet as a phone does."""
        encoded = [base64.b64encode(opinion).decode() for opinion in opinions]
        body = {"code": code, "sheet": base64.b64encode(sheet).decode(), "opinions": encoded}
        return self.live.request("POST", "/b/cast", json.dumps(body), {"Content-Type": "application/json", **headers})

    def vote_one_by_one(self, number: int) -> None:
        """Let voters of class A vote one after the other, in an order that is not that of the cards."""
        codes = self.facts["codes"]["A"][:number]
        random.Random(7).shuffle(codes)
        for seed, code in enumerate(codes):
            answer = self.cast(code, self.sheet(seed=seed), [self.opinion(f"意见{seed}")] if seed % 5 == 0 else [])
            assert (answer.status, answer.json["state"]) == (200, "counted")
            self.truth.append((code, answer.json["receipt"]))

    def host(self, what: str) -> Answer:
        """Take a step of the host over HTTP."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.facts['session']}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }
        return self.live.request(
            "POST", f"/appraisals/{self.facts['campaign']}/console/do/", urlencode({"what": what}), headers
        )


@dataclass
class Live:
    """The server and its data."""

    data: Path
    port: int
    environment: dict[str, str]
    log: Path
    _stage: "subprocess.Popen[str] | None" = None

    def request(self, verb: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answer:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(verb, path, body.encode(), headers or {})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a program of the project beside the server."""
        return subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=ROOT, text=True, capture_output=True, timeout=120
        )

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run ``yizhen`` on the server's data directory."""
        return self.run("-m", "yizhen", "--data", str(self.data), *arguments)

    def stage(self, what: str, **options: Any) -> dict[str, Any]:
        """Ask the stage's script, which stays for the next question: it starts for longer than it answers."""
        if self._stage is None:
            self._stage = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("stage.py"))],
                env=self.environment,
                cwd=ROOT,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._stage.stdin is not None
        assert self._stage.stdout is not None
        print(json.dumps([what, options]), file=self._stage.stdin, flush=True)
        answer = self._stage.stdout.readline()
        assert answer, "the stage's script ended: what it said stands above"
        value: dict[str, Any] = json.loads(answer)
        return value

    def close(self) -> None:
        """End the stage's script."""
        if self._stage is not None:
            self._stage.communicate(timeout=20)
            self._stage = None

    def hall(self, voters: dict[str, int] | None = None) -> LiveHall:
        """Make a hall with an open ballot."""
        return LiveHall(self, self.stage("hall", voters=voters))

    @contextmanager
    def database(self) -> Iterator[Any]:
        """Open the database as an attacker with its files would: without Django."""
        if POSTGRESQL:
            with psycopg.connect(self.environment["YIZHEN_DATABASE_URL"], autocommit=True) as connection:
                yield connection
            return
        connection = sqlite3.connect(self.data / "yizhen.sqlite3")
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        with self.database() as connection:
            return [tuple(row) for row in connection.execute(statement).fetchall()]


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Make all calls at the same instant, each from a thread of its own."""
    barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number: int) -> None:
        barrier.wait()
        answers[number] = calls[number]()  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in answers
    return answers  # type: ignore[return-value]


def fresh_database(name: str, template: str = "template1") -> str:
    """Create a PostgreSQL database on the worker's own server, empty or as another one is, and return its address."""
    address = own_address()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return urlsplit(address)._replace(path=f"/{name}").geturl()


def environment(data: Path, database_url: str) -> dict[str, str]:
    """Return the environment of programs that run beside the tests, on a data directory and database of their own."""
    kept = {
        key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "YIZHEN_DATABASE_URL"}
    }
    made = kept | {
        "YIZHEN_DATA": str(data),
        "YIZHEN_ROOT": str(ROOT),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
    }
    return made | ({"YIZHEN_DATABASE_URL": database_url} if database_url else {})


def migrate(data: Path, database_url: str = "") -> None:
    """Make the tables of a new site."""
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--settings", "yizhen.config.settings"]
    subprocess.run(command, env=environment(data, database_url), cwd=ROOT, check=True, timeout=300)


@cache
def migrated(worker: str) -> Path:
    """Return the data directory of a site with its tables and nothing in them; on PostgreSQL they are in "empty"."""
    if POSTGRESQL:  # each worker has a server of its own
        address = fresh_database("empty")
        return made_once(f"empty{worker}", lambda folder: migrate(folder / "data", address)) / "data"
    return made_once("empty", lambda folder: migrate(folder / "data")) / "data"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(live: Live) -> "subprocess.Popen[bytes]":
    """Start the server and wait until it answers."""
    command = [sys.executable, "-m", "yizhen", "--data", str(live.data), "serve", "--port", str(live.port)]
    with live.log.open("a") as log:
        process = subprocess.Popen([*command, "--workers", "2"], env=live.environment, cwd=ROOT, stdout=log, stderr=log)
    for _attempt in range(1800):  # as long as a busy machine may take
        try:
            assert live.request("POST", "/b/form", "{}").status == 404
        except OSError:
            assert process.poll() is None, live.log.read_text()
            time.sleep(0.1)
        else:
            return process
    raise TimeoutError(live.log.read_text())


def empty_site(data: Path, name: str) -> Live:
    """Return a site that is not served yet, its database named ``name`` where it has one."""
    shutil.copytree(migrated(os.environ.get("PYTEST_XDIST_WORKER", "")), data)
    address = fresh_database(name, "empty") if POSTGRESQL else ""
    return Live(data, free_port(), environment(data, address), data / "server.log")


@contextmanager
def serving(data: Path, name: str) -> Iterator[Live]:
    """Serve an empty site; the process is ended at the end."""
    live = empty_site(data, name)
    process = start(live)
    try:
        yield live
    finally:
        live.close()
        process.terminate()
        process.wait(20)
