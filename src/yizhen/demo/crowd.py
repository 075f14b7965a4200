"""A hall of phones over HTTP, in one process: what rehearsals and benchmarks send, and what they are told.

Each phone opens the ballot page and the files that it names, asks for its sheet, and sends one that was sealed before.
Some hang up without hearing the answer and send the same bytes again; any other failure is retried as the page's
script does it. As little client as will do, because it often runs on the server's own cores.
"""

import asyncio
import base64
import hashlib
import json
import random
import re
import ssl
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT = 15.0  # the page's own
ATTEMPTS = 8
BROKEN = (OSError, EOFError, TimeoutError, ValueError)  # no answer, half an answer, or somebody else's


@dataclass(frozen=True)
class Ballot:
    """A card's code and the sheet sealed for it, as the body of a request, with the receipt to expect."""

    code: str
    body: bytes
    receipt: str

    @classmethod
    def of(cls, code: str, sealed: bytes, round_id: int) -> "Ballot":
        """Return what a phone sends for a card."""
        sheet = base64.b64encode(sealed).decode()
        body = json.dumps({"code": code, "round": round_id, "sheet": sheet, "opinions": []}).encode()
        return cls(code, body, hashlib.sha512(sealed).hexdigest()[:64])


@dataclass
class Heard:
    """What the phones were told, and how long it took, in seconds."""

    receipts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    page_took: list[float] = field(default_factory=list)
    ready_after: list[float] = field(default_factory=list)
    submit_took: list[float] = field(default_factory=list)
    hung_up: int = 0
    retries: int = 0


@dataclass(frozen=True)
class Server:
    """Where the phones connect to."""

    host: str
    port: int
    secure: bool = False

    @classmethod
    def at(cls, url: str) -> "Server":
        """Read an address such as http://192.0.2.7:8000/.

        Raises:
            ValueError: when it is none.
        """
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(url)
        secure = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure)


class Connection:
    """One kept-alive HTTP connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.tag = ""

    async def ask(
        self,
        path: str,
        body: bytes | None = None,
        *,
        hang_up: bool = False,
        headers: str = "",
        content: str = "application/json",
    ) -> tuple[int, bytes]:
        """Return status and content of an answer; open the connection first when it is not open."""
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._ask(path, body, headers, hang_up, content)
        except BROKEN:
            self.close()
            raise

    async def _ask(self, path: str, body: bytes | None, headers: str, hang_up: bool, content: str) -> tuple[int, bytes]:
        if self.streams is None:
            context = ssl.create_default_context() if self.server.secure else None
            self.streams = await asyncio.open_connection(self.server.host, self.server.port, ssl=context)
        reader, writer = self.streams
        method = "GET" if body is None else "POST"
        kind = "" if body is None else f"Content-Type: {content}\r\nContent-Length: {len(body)}\r\n"
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.server.host}\r\nAccept-Encoding: gzip\r\n{kind}{headers}\r\n"
        writer.write(head.encode() + (body or b""))
        await writer.drain()
        if hang_up:
            raise ConnectionAbortedError
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(answer.split(" ", 2)[1])
        if tag := re.search(r"^etag: (.+?)\r$", answer, re.MULTILINE):
            self.tag = tag[1]
        if status == 304:
            return status, b""
        length = re.search(r"^content-length: (\d+)", answer, re.MULTILINE)
        if length is None:
            raise ValueError(answer)
        return status, await reader.readexactly(int(length[1]))

    def close(self) -> None:
        """Hang up."""
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


async def vote(server: Server, ballot: Ballot, heard: Heard, arrives_after: float, *, hang_up: bool) -> None:
    """Be one phone, from scanning the card to the receipt."""
    await asyncio.sleep(arrives_after)
    connection = Connection(server)
    started = time.perf_counter()
    try:
        page = await _insist(connection, heard, "/b/")
        for path in dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode())):
            await _insist(connection, heard, path)
        heard.page_took.append(time.perf_counter() - started)
        form = await _insist(connection, heard, "/b/form", json.dumps({"code": ballot.code}).encode())
    except TimeoutError:
        heard.refusals.append("page: no answer")
        return
    if (state := json.loads(form)["state"]) != "ready":
        heard.refusals.append(f"form: {state}")
    ready = time.perf_counter()
    await submit(connection, ballot, heard, hang_up=hang_up)
    connection.close()
    heard.ready_after.append(ready - started)
    if not hang_up:
        heard.submit_took.append(time.perf_counter() - ready)


async def _insist(connection: Connection, heard: Heard, path: str, body: bytes | None = None) -> bytes:
    """Ask for what only reads, again when it breaks, as people reload a page."""
    for _attempt in range(ATTEMPTS):
        try:
            status, content = await connection.ask(path, body)
        except BROKEN:
            status, content = 0, b""
        if status == 200:
            return content
        heard.retries += 1
        await asyncio.sleep(1)
    raise TimeoutError(path)


async def opening(server: Server, ballots: Sequence[Ballot], seconds: float, hang_up_every: int = 20) -> Heard:
    """Let all phones in at random within so many seconds; one in so many hangs up once and sends again."""
    heard = Heard()
    await asyncio.gather(
        *(
            vote(server, ballot, heard, random.uniform(0, seconds), hang_up=number % hang_up_every == hang_up_every - 1)
            for number, ballot in enumerate(ballots)
        )
    )
    return heard


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


async def poll(server: Server, path: str, phones: int, every: float, seconds: float) -> dict[int, int]:
    """Let so many phones poll a status with a jitter of a fifth, each with its tag. Returns status → answers."""
    found: dict[int, int] = {}
    until = time.perf_counter() + seconds

    async def phone() -> None:
        connection = Connection(server)
        await asyncio.sleep(random.uniform(0, every))
        while time.perf_counter() < until:
            tag = f"If-None-Match: {connection.tag}\r\n" if connection.tag else ""
            try:
                status, _content = await connection.ask(path, headers=tag)
            except BROKEN:
                status = 0
            found[status] = found.get(status, 0) + 1
            await asyncio.sleep(every * random.uniform(0.8, 1.2))
        connection.close()

    await asyncio.gather(*(phone() for _unused in range(phones)))
    return found


def percentile(seconds: Sequence[float], hundredth: int) -> float:
    """Return a percentile of some durations; 0 when there are none."""
    if len(seconds) < 2:
        return max(seconds, default=0.0)
    return statistics.quantiles(seconds, n=100, method="inclusive")[hundredth - 1]
