"""A flood at the resident's door: 50 bogus requests a second from 20 addresses. How long does somebody else wait?

A throw-away site is made with ``yizhen demo`` and served by two workers (vote_opening.py). Then, from this one process:

1. Twenty residents by themselves: what the same machine takes in the same minute without a flood.
2. The flood, for S seconds: 50 whole requests a second, each with other words, from 20 addresses (127.0.0.2 to
   127.0.0.21), with a token as a browser sends it; they do not answer the question that they are asked.
3. Meanwhile one resident a second, each from an address of its own. Every second one lives in another network
   (127.N.N.7), the others next door to the flood (127.0.0.100 and up). Each opens the page, writes, and sends.

Limit: a resident is answered within 2 s. Those of other networks are asked nothing; those next door may be asked a small
sum, which is an answer too, with their words still on the page.
Ends with 1 when a resident of another network is not received. Not measured: radio, TLS; client and server share the
machine and its cores.
"""

import argparse
import asyncio
import datetime
import os
import random
import re
import secrets
import shlex
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from vote_opening import durability, line, machine, made_site

from yizhen.demo.crowd import Server

PLACE = "990181101"
RATE, BOGUS, LIMIT = 50, 20, 2.0  # a second; addresses; seconds
WORDS = "路灯井盖积水噪声电梯公交菜场桥头河道围墙绿化停车诊所学校门口昨天今天一直没有修好请来看看"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PATIENCE = 30.0


@dataclass
class Told:
    """What was answered, by whom, and how long it took, in seconds."""

    statuses: Counter[str] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=lambda: {"away": [], "next door": []})
    opened: list[float] = field(default_factory=list)


async def ask(server: Server, source: str, head: str, body: bytes = b"") -> tuple[int, str]:
    """Send one request from a source address on a connection of its own; 0 when there is no answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(server.host, server.port, local_addr=(source, 0))
            writer.write(f"{head}Host: {server.host}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return 0, ""
    status = answer.split(b" ", 2)[1:2]
    return int(status[0]) if status else 0, answer.decode(errors="replace")


def posted(token: str) -> tuple[str, bytes]:
    """Return the head and the body of a request with words of chance."""
    words = "".join(random.choices(WORDS, k=60))
    body = urlencode(
        {
            "csrfmiddlewaretoken": token, "client_id": secrets.token_hex(12), "about": "request", "division": PLACE,
            "work_line": "livelihood", "title": words[:16], "text": words,
        }
    ).encode()  # fmt: skip
    head = (
        f"POST /ask/ HTTP/1.1\r\nCookie: csrftoken={token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
    )
    return head, body


async def bogus(server: Server, number: int, told: Told) -> None:
    """Send one bogus request."""
    status, _page = await ask(server, f"127.0.0.{2 + number % BOGUS}", *posted("b" * 32))
    told.statuses[f"bogus {status or 'unanswered'}"] += 1


async def resident(server: Server, number: int, told: Told) -> None:
    """Open the page, write and send, from an address that nothing came from before."""
    where = "away" if number % 2 else "next door"
    source = f"127.{1 + number // 250}.{number % 250}.7" if number % 2 else f"127.0.0.{100 + number // 2 % 150}"
    began = time.perf_counter()
    _status, page = await ask(server, source, f"GET /ask/?place={PLACE} HTTP/1.1\r\n")
    told.opened.append(time.perf_counter() - began)
    cookie, shown = re.search(r"csrftoken=(\w+)", page), TOKEN.search(page)
    head, body = posted(shown[1] if shown else "")
    head = re.sub(r"csrftoken=\w*", cookie[0] if cookie else "", head)
    began = time.perf_counter()
    status, answer = await ask(server, source, head, body)
    told.took[where].append(time.perf_counter() - began)
    said = "received" if 'class="receipt"' in answer else "asked a sum" if 'name="sum"' in answer else f"{status}"
    told.statuses[f"{where}: {said}"] += 1


async def quiet(server: Server, told: Told) -> None:
    """Let both workers load what they need, then let twenty residents come while nobody floods."""
    for number in range(12):
        await resident(server, 2 * (200 + number) + 1, Told())
    for number in range(20):
        await resident(server, 2 * (300 + number) + 1, told)
        await asyncio.sleep(0.5)


async def flood(server: Server, seconds: int, told: Told) -> None:
    """Let both come for so many seconds, on a clock that does not wait for answers."""
    began, jobs = time.perf_counter(), []
    for number in range(seconds * RATE):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        jobs.append(asyncio.create_task(bogus(server, number, told)))
        if number % RATE == RATE // 2:
            jobs.append(asyncio.create_task(resident(server, number // RATE, told)))
    await asyncio.gather(*jobs)


def spread(seconds: list[float]) -> str:
    """Return the 95th percentile and the greatest, against the limit."""
    ordered = sorted(seconds)
    p95 = statistics.quantiles(ordered, n=20, method="inclusive")[-1] if len(ordered) > 1 else ordered[0]
    verdict = "met" if ordered[-1] <= LIMIT else "NOT MET"
    return f"p95 {p95 * 1000:.0f} ms, max {ordered[-1] * 1000:.0f} ms of {len(ordered)}; limit {LIMIT:g} s: {verdict}"


def main() -> int:
    """Make the site, flood it, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=90, help="how long (90)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    print(f"一针 Yizhen · a flood at the door · {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}")
    line("command", shlex.join(["python", *sys.argv]))
    line("machine", machine())
    told = Told()
    with made_site(options.database) as site:
        line("database", durability(site))
        with site.served() as (server, _process):
            before = Told()
            asyncio.run(quiet(server, before))
            asyncio.run(flood(server, options.seconds, told))
            line("load at the end", f"{os.getloadavg()[0]:.1f}")
    print(f"\n{RATE} bogus requests a second from {BOGUS} addresses, one resident a second")
    for name, count in sorted(told.statuses.items()):
        line(name, count)
    line("quiet: page", spread(before.opened))
    line("quiet: answer", spread(before.took["away"]))
    line("flood: page", spread(told.opened))
    for where, took in told.took.items():
        line(f"flood: answer {where}", spread(took))
    received = told.statuses["away: received"]
    return 0 if received == len(told.took["away"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
