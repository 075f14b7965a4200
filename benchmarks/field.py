"""The end of a day without a network: 200 grid workers send 20 drafts each. Is one lost or doubled, and how long does it take?

A throw-away site is made with ``yizhen demo`` and served by two workers (vote_opening.py). Then, from this one process:

1. The end of the day: the phones come back into the network at random within S seconds. Each sends its drafts one after
   the other as the page's script does it: first who is signed in, then the draft. One draft in four has a photograph as
   the page draws it (1,600 pixels). After one in twenty the phone hangs up without hearing the answer and sends the same
   bytes again; any other failure is sent again too.
2. Throughput: drafts without photographs, as fast as 64 connections can, in rounds that alternate with the two limits of
   the same machine at the same minute: a loop that inserts a row of the same size durably, one transaction each; and the
   same address asked without a session, which reads the form and answers 401. The figure is the median of the rounds'
   ratios, filing ÷ the lower of the two limits.
3. The count: each draft's id and the number that its phone was told are looked for in the database, and the audit chain is
   walked.

Ends with 1 when a draft is lost or doubled, a photograph is missing, or the chain is broken. Speed is reported against its
limit, never enforced. Not measured: radio, phones, TLS; client and server share the machine and its cores.
"""

import argparse
import asyncio
import datetime
import json
import random
import secrets
import shlex
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image
from vote_opening import (
    CONNECTIONS,
    HERE,
    LIMIT_SECONDS,
    WORKERS,
    Round,
    Site,
    durability,
    inserting,
    line,
    machine,
    made_site,
    milliseconds,
)

from yizhen.demo import crowd
from yizhen.demo.crowd import BROKEN, Connection, Server, flood

BOUNDARY = "yizhen-benchmark"
CONTENT = f"multipart/form-data; boundary={BOUNDARY}"
SEND, ME = "/matters/field/send/", "/matters/field/me/"
ROUNDS, DRAFTS_A_ROUND = 3, 320
TARGET = 0.3
ATTEMPTS = 12
crowd.TIMEOUT = 90.0  # how long the page waits for a receipt


@dataclass(frozen=True)
class Draft:
    """One draft as the bytes that its phone sends."""

    client_id: str
    body: bytes
    photographs: int
    headers: str


@dataclass
class Told:
    """What the phones were told, by client id, and how long it took, in seconds."""

    numbers: dict[str, str] = field(default_factory=dict)
    send_took: list[float] = field(default_factory=list)
    hung_up: int = 0
    retries: int = 0
    waited: int = 0
    refusals: list[str] = field(default_factory=list)


def picture() -> bytes:
    """Return a photograph as the page's canvas makes it: 1,600 × 1,200 with as much detail as a street has."""
    small = Image.effect_noise((400, 300), 60).convert("RGB").resize((1600, 1200))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def make(phone: dict[str, str], number: int, photograph: bytes | None) -> Draft:
    client_id = secrets.token_hex(16)
    said = {
        "client_id": client_id,
        "account": phone["account"],
        "kind": "grid_event",
        "place": phone["place"],
        "text": f"第{number}处:井盖松动,行人绕着走。" + "附近有学校,请尽快处理。" * 6,
        "seen_at": "2026-03-02 09:12",
        "latitude": "30.2603",
        "longitude": "120.1650",
        "accuracy": "12",
        "field_spot": "村口小桥东侧",
        "field_source": "网格员",
    }
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in said.items()
    ]
    if photograph is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="photo-1.jpg"\r\n'
        parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + photograph + b"\r\n")
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    headers = f"Cookie: {phone['cookies']}\r\nX-CSRFToken: {phone['token']}\r\n"
    return Draft(client_id, b"".join(parts), int(photograph is not None), headers)


async def send(
    connection: Connection, draft: Draft, told: Told, *, ask_first: bool = True, hang_up: bool = False
) -> None:
    """Send one draft until there is a receipt for it, as the page's script and its user together do."""
    started = time.perf_counter()
    for attempt in range(ATTEMPTS):
        try:
            if ask_first:
                status, _content = await connection.ask(ME, headers=draft.headers)
                if status != 200:
                    raise ValueError(status)
            leave = hang_up and attempt == 0
            status, content = await connection.ask(
                SEND, draft.body, headers=draft.headers, content=CONTENT, hang_up=leave
            )
        except ConnectionAbortedError:
            told.hung_up += 1
        except BROKEN:
            told.retries += 1
            await asyncio.sleep(random.uniform(0.2, 1) * (attempt + 1))
        else:
            if status == 503 and (again := json.loads(content).get("again")):
                told.waited += 1
                await asyncio.sleep(random.uniform(again, 2 * again))
                continue
            if status == 200:
                told.numbers[draft.client_id] = json.loads(content)["number"]
                told.send_took.append(time.perf_counter() - started)
            else:
                told.refusals.append(f"{status} {content[:200]!r}")
            return
    told.refusals.append("given up")


async def end_of_day(server: Server, phones: list[list[Draft]], seconds: float, told: Told) -> float:
    """Let all phones come back within so many seconds; return how long it took until the last draft was in."""
    chance = random.Random(1)

    async def phone(drafts: list[Draft], after: float) -> None:
        await asyncio.sleep(after)
        connection = Connection(server)
        for draft in drafts:
            await send(connection, draft, told, hang_up=chance.random() < 0.05)
        connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(phone(drafts, chance.uniform(0, seconds)) for drafts in phones))
    return time.perf_counter() - began


async def alternate(server: Server, drafts: list[Draft], insert: Callable[[], float], told: Told) -> list[Round]:
    """File drafts as fast as they go, in rounds that measure the limits before and after each."""
    connections = [Connection(server) for _unused in range(CONNECTIONS)]
    left, nobody = list(drafts), drafts[0]
    csrf = "Cookie: csrftoken=" + "c" * 32 + "\r\nX-CSRFToken: " + "c" * 32 + "\r\n"

    async def empty(connection: Connection) -> None:
        status, _content = await connection.ask(SEND, nobody.body, headers=csrf, content=CONTENT)
        assert status == 401, status

    async def filed(connection: Connection) -> None:
        await send(connection, left.pop(), told, ask_first=False)

    async def limits() -> tuple[float, float]:
        until = time.perf_counter() + LIMIT_SECONDS
        return await flood(connections, empty, lambda: time.perf_counter() > until), insert()

    await limits()  # opens the connections, and the log of the database
    found, before = [], await limits()
    for rest in range(ROUNDS - 1, -1, -1):
        keep = len(drafts) * rest // ROUNDS
        rate = await flood(connections, filed, lambda keep=keep: len(left) <= keep)
        after = await limits()
        found.append(Round(rate, (before[1] + after[1]) / 2, (before[0] + after[0]) / 2))
        before = after
    for connection in connections:
        connection.close()
    return found


def measure(site: Site, workers: int, each: int, seconds: float) -> bool:
    """Run all parts on a site and print what they found. Returns whether every draft was filed once."""
    held: list[dict[str, str]] = json.loads(site.run(str(HERE / "grid.py"), "open", str(workers)))
    photograph, told = picture(), Told()
    phones = [
        [make(phone, number, photograph if number % 4 == 0 else None) for number in range(each)] for phone in held
    ]
    more = [make(held[number % workers], number, None) for number in range(ROUNDS * DRAFTS_A_ROUND)]
    drafts = [draft for phone in phones for draft in phone] + more
    with site.served() as (server, _process), inserting(site, more[0].body) as insert:
        print(
            f"\nEnd of the day: {workers} phones within {seconds:g} s, {each} drafts each, every fourth with a photograph"
        )
        took = asyncio.run(end_of_day(server, phones, seconds, told))
        line("photograph", f"{len(photograph) / 1e6:.2f} MB")
        line("send to receipt", milliseconds(told.send_took))
        line("last draft in after", f"{took:.0f} s, {workers * each / took:.0f} drafts/s")
        line("receipts", f"{len(told.numbers)} of {workers * each}")
        line("hung up and sent again", told.hung_up)
        line("requests that broke", told.retries)
        line("asked to come again", told.waited)

        print(f"\nThroughput: drafts in {ROUNDS} rounds, {CONNECTIONS} connections, {WORKERS} workers, no photographs")
        found = asyncio.run(alternate(server, more, insert, told))
    line("", f"{'drafts/s':>10}{'inserts/s':>12}{'empty views/s':>15}{'ratio':>8}")
    for number, one in enumerate(found, start=1):
        line(f"round {number}", f"{one.sheets:10.0f}{one.inserts:12.0f}{one.empty_views:15.0f}{one.ratio:8.2f}")
    ratio = statistics.median(one.ratio for one in found)
    line(f"median ratio, at least {TARGET}", f"{ratio:.2f}: {'met' if ratio >= TARGET else 'NOT MET'}")
    return counted(site, drafts, told)


def counted(site: Site, drafts: list[Draft], told: Told) -> bool:
    """Compare what the phones were told with what the server holds."""
    held: dict[str, Any] = json.loads(site.run(str(HERE / "grid.py"), "count"))
    kept = dict(zip(held["ids"], held["numbers"], strict=True))
    sent = {draft.client_id for draft in drafts}
    print("\nCount")
    line("drafts sent", len(drafts))
    line("losses", len(sent - set(kept)) + sum(kept.get(one) != number for one, number in told.numbers.items()))
    line("doubles", held["matters"] - len(sent))
    line("photographs", f"{held['photographs']} of {sum(draft.photographs for draft in drafts)}")
    line("audit chain", held["broken"] or "whole")
    for refusal in sorted(set(told.refusals)):
        line("refused", f"{told.refusals.count(refusal)} × {refusal}")
    whole = kept == told.numbers and set(kept) == sent and held["matters"] == len(sent) and not held["broken"]
    return whole and held["photographs"] == sum(draft.photographs for draft in drafts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--workers", type=int, default=200, help="grid workers (200)")
    parser.add_argument("--drafts", type=int, default=20, help="drafts of each (20)")
    parser.add_argument("--seconds", type=float, default=30, help="within which they are back in the network (30)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    print(f"一针 Yizhen · the end of a day in the field · {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}")
    line("command", shlex.join(["python", *sys.argv]))
    line("machine", machine())
    started = time.monotonic()
    with made_site(options.database) as site:
        line("database", durability(site))
        whole = measure(site, options.workers, options.drafts, options.seconds)
    print(
        f"\n{'✓ every draft filed once' if whole else '✗ DRAFTS LOST OR DOUBLED'} ({time.monotonic() - started:.0f} s)"
    )
    return 0 if whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
