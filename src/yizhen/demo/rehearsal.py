"""The rehearsal before a hall's day: N phones by program against the live server, and what would fail first.

Run beside the server, on its data directory: the ballot is made there, and the phones' receipts are compared with what
the database holds. The phones go through the address that the hall's phones will use.
"""

import asyncio
import fcntl
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from yizhen.appraisals.actions.rehearsal import Rehearsal, begin_rehearsal, remove_rehearsals
from yizhen.appraisals.models import Card, SealedSheet
from yizhen.audit.models import Record

from .crowd import BROKEN, Ballot, Connection, Heard, Server, opening, percentile
from .phones import plausible_marks, seal_sheet

Say = Callable[[str], None]
LOOPBACK = ("127.", "localhost", "::1")
PAGE_SECONDS, SUBMIT_SECONDS = 3.0, 1.0  # p99
COMMIT_SECONDS = 0.25
SKEW_SECONDS = 2.0
DISK_BYTES = 1_000_000_000
BROKEN_SHARE = 0.01  # of all phones
ONLY_HERE = 1.01  # no-go, and the phones are played all the same


@dataclass(frozen=True)
class Check:
    """One thing that could fail: what was found, and how much of its limit that uses (above 1: no-go)."""

    name: str
    found: str
    used: float

    @property
    def holds(self) -> bool:
        """Whether it is within its limit."""
        return self.used <= 1

    def __str__(self) -> str:
        return f"{'✓' if self.holds else '✗'} {self.name}: {self.found}"


class Refused(Exception):
    """There can be no rehearsal now."""


@contextmanager
def _alone() -> Iterator[None]:
    with (Path(settings.DATA_DIR) / "rehearsal.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("另一个演练正在进行 · another rehearsal is running") from None
        yield


def rehearse(url: str, voters: int, seconds: float, say: Say) -> list[Check]:
    """Play a vote opening and return what was checked, the nearest to its limit first.

    Args:
        url: the server's address as the hall's phones will use it.
        voters: how many phones.
        seconds: within which they arrive.
        say: told each step.

    Raises:
        Refused: while a ballot is open or a session in progress, when the address is none, or another one is running.
    """
    try:
        server = Server.at(url)
    except ValueError:
        raise Refused(f"不是网址 · not an address: {url}") from None
    with _alone():
        remove_rehearsals()  # what one left behind that was cut off
        began = time.perf_counter()
        try:
            rehearsal = begin_rehearsal(voters)
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error
        commit = time.perf_counter() - began
        try:
            checks = [
                *_address(server),
                Check("磁盘余量 · disk free", *_disk()),
                _time("开一次投票 · opening a ballot on the database", commit, COMMIT_SECONDS * (4 + voters / 100)),
                *_clock(server, rehearsal.campaign.token),
            ]
            if all(check.holds or check.used == ONLY_HERE for check in checks):
                say(f"{voters} 部手机 {seconds:g} 秒内到场 · {voters} phones arrive within {seconds:g} s")
                checks += _crowd(server, rehearsal, seconds)
        finally:
            say("清除演练 · removing the rehearsal")
            remove_rehearsals()
    return sorted(checks, key=lambda check: -check.used)


def _time(name: str, seconds: float, limit: float) -> Check:
    return Check(name, f"{seconds * 1000:,.0f} ms (≤ {limit * 1000:,.0f})", seconds / limit)


def _disk() -> tuple[str, float]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return f"{free / 1e9:.1f} GB (≥ {DISK_BYTES / 1e9:g})", DISK_BYTES / max(free, 1)


def _address(server: Server) -> list[Check]:
    name = f"手机用的地址 · the phones' address {server.host}:{server.port}"
    if server.host.startswith(LOOPBACK):
        return [Check(name, "只有本机能用，请指定 --url · only this machine reaches it: give --url", ONLY_HERE)]
    try:
        asyncio.run(_fetch(server, "/b/"))
    except BROKEN:
        return [
            Check(name, "连不上：服务器要用 --host 0.0.0.0 启动 · no answer: serve with --host 0.0.0.0", float("inf"))
        ]
    return [Check(name, "通 · reachable", 0.0)]


async def _fetch(server: Server, path: str) -> tuple[int, bytes]:
    connection = Connection(server)
    try:
        return await connection.ask(path)
    finally:
        connection.close()


def _clock(server: Server, token: str) -> list[Check]:
    """Compare the server's clock with this machine's and with the audit chain, which no clock may be behind."""
    try:
        began = time.time()
        status, content = asyncio.run(_fetch(server, f"/now/{token}/status"))
        middle = (began + time.time()) / 2
    except BROKEN:
        return [Check("服务器应答 · the server answers", "不通 · no", float("inf"))]
    if status != 200:
        return [Check("服务器用的是本数据目录 · the server serves this data directory", "不是 · no", float("inf"))]
    skew = abs(json.loads(content)["at"] - middle)
    last = Record.objects.order_by("-number").values_list("at", flat=True)[0]
    behind = max((last - timezone.now()).total_seconds(), 0.0)
    found = f"{max(skew, behind):.1f} s (≤ {SKEW_SECONDS:g})"
    return [Check("时钟偏差 · clock skew", found, max(skew, behind) / SKEW_SECONDS)]


def _crowd(server: Server, rehearsal: Rehearsal, seconds: float) -> list[Check]:
    """Let the phones vote, every second one with a hang-up and a retry, and compare what they heard with what is kept."""
    round_, chance = rehearsal.round, random.Random(1)
    ballots = [
        Ballot.of(
            code,
            seal_sheet(round_.public_key, round_.pk, class_code, plausible_marks(round_.layout, chance), round_.layout),
            round_.pk,
        )
        for class_code, code in rehearsal.cards
    ]
    heard = asyncio.run(opening(server, ballots, seconds, hang_up_every=2))
    return judge(
        heard,
        voters=len(ballots),
        kept=set(SealedSheet.objects.filter(round=round_).values_list("receipt", flat=True)),
        used_cards=Card.objects.filter(round=round_, state="used").count(),
    )


def judge(heard: Heard, *, voters: int, kept: set[str], used_cards: int) -> list[Check]:
    """Return what the phones' answers and the database say together."""

    def none(name: str, number: int) -> Check:
        return Check(name, f"{number}", float("inf") if number else 0.0)

    shown = set(heard.receipts)
    broken = heard.retries / max(voters * BROKEN_SHARE, 1)
    return [
        _time("打开页面 p99 · page load p99", percentile(heard.page_took, 99), PAGE_SECONDS),
        _time("提交到回执 p99 · submit to receipt p99", percentile(heard.submit_took, 99), SUBMIT_SECONDS),
        Check("断掉的请求 · requests that broke", f"{heard.retries} (≤ {BROKEN_SHARE:.0%})", broken),
        none("有回执而没有票 · receipts without a sheet", len(shown - kept)),
        none("没有回执的手机 · phones without a receipt", voters - len(shown)),
        none("票与用过的卡之差 · sheets without a used card, or the reverse", abs(len(kept) - used_cards)),
    ]
