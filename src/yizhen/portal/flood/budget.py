"""How much an address may send before it is asked a question, and before it is turned away. Pure: it is told the time.

Counts live in the memory of one worker, in arrays of a fixed size: an address becomes places in them by a keyed hash whose
key is a number of chance that is forgotten with the window (at most twenty minutes). Two places each, and the smaller count
is believed (a count-min sketch), so that a stranger is taken for somebody else about once in 10⁸ times.
Source: Cormode & Muthukrishnan 2005, Journal of Algorithms 55, 58-75.
"""

import hashlib
import secrets
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network
from threading import Lock

ROWS, WIDTH, MOST = 2, 1 << 14, 65_535


class Door(Enum):
    """How the door stands for one request."""

    OPEN = "open"
    ASKS = "asks"
    SHUT = "shut"


@dataclass(frozen=True)
class Allowance:
    """So many requests in so many seconds pass freely, so many more after a question; ``most`` None: never shut."""

    seconds: int
    free: int
    most: int | None


ADDRESS = (Allowance(60, 10, 40), Allowance(600, 40, 160))
# A /24 or a /48: many households, or one flooder. They are asked and never shut out for what their neighbours do.
NEIGHBOURS = (Allowance(60, 60, None), Allowance(600, 240, None))
SITE = Allowance(60, 600, None)  # of what would pass freely: a flood from everywhere
STRAINED = Allowance(10, 15, None)  # of everything at one worker: more is no day's work but a flood
SHRINKS = 5  # what passes freely from an address while the door is strained: a fifth


def blocks_of(address: str) -> tuple[str, str]:
    """Return what counts as one address, and its neighbourhood: /32 and /24 of IPv4, /64 and /48 of IPv6.

    >>> blocks_of("203.0.113.9"), blocks_of("2001:db8:1:2::9"), blocks_of("nonsense")
    (('203.0.113.9/32', '203.0.113.0/24'), ('2001:db8:1:2::/64', '2001:db8:1::/48'), ('', ''))
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "", ""
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    narrow, wide = (32, 24) if ip.version == 4 else (64, 48)
    return str(ip_network((ip, narrow), strict=False)), str(ip_network((ip, wide), strict=False))


class Window:
    """Counts of the last so many seconds, weighted from two windows that follow each other, each with a key of its own."""

    def __init__(self, seconds: int, now: float, key: Callable[[], bytes]) -> None:
        self.seconds, self.start, self.new_key = seconds, now, key
        self.counts, self.before = _Sketch(key()), _Sketch(key())

    def add(self, name: str, now: float) -> float:
        """Count one, and return how many there were within the seconds, this one included."""
        self._turn(now)
        left = 1 - (now - self.start) / self.seconds
        return self.counts.add(name) + self.before.read(name) * left

    def _turn(self, now: float) -> None:
        gone = now - self.start
        if 0 <= gone < self.seconds:
            return
        fresh = _Sketch(self.new_key())
        self.before = self.counts if 0 <= gone < 2 * self.seconds else _Sketch(self.new_key())
        self.counts = fresh
        self.start = self.start + self.seconds if 0 <= gone < 2 * self.seconds else now


class _Sketch:
    def __init__(self, key: bytes) -> None:
        self.key = key
        self.rows = [array("H", bytes(2 * WIDTH)) for _ in range(ROWS)]

    def _places(self, name: str) -> Sequence[int]:
        digest = hashlib.blake2b(name.encode(), digest_size=4 * ROWS, key=self.key).digest()
        return [int.from_bytes(digest[4 * row : 4 * row + 4], "big") % WIDTH for row in range(ROWS)]

    def add(self, name: str) -> int:
        places = self._places(name)
        for row, place in zip(self.rows, places, strict=True):
            row[place] = min(row[place] + 1, MOST)
        return min(row[place] for row, place in zip(self.rows, places, strict=True))

    def read(self, name: str) -> int:
        return min(row[place] for row, place in zip(self.rows, self._places(name), strict=True))


class Budget:
    """What one worker has seen of the last minutes; safe among threads."""

    def __init__(self, now: float, key: Callable[[], bytes] = lambda: secrets.token_bytes(32)) -> None:
        self.lock = Lock()
        self.narrow = [(Window(each.seconds, now, key), each) for each in ADDRESS]
        self.wide = [(Window(each.seconds, now, key), each) for each in NEIGHBOURS]
        self.site = Window(SITE.seconds, now, key)
        self.all = Window(STRAINED.seconds, now, key)

    def take(self, address: str, now: float) -> Door:
        """Count a request from an address and return how the door stands for it.

        Every request counts, refused ones too: whoever goes on knocking finds it shut. While much comes in at once, less
        passes freely from one address, so that there is room for those from whom nothing came yet.
        """
        own, neighbours = blocks_of(address)
        with self.lock:
            shrinks = SHRINKS if self.all.add("", now) > STRAINED.free else 1
            stands = [_stand(window.add(own, now), each, shrinks) for window, each in self.narrow]
            stands += [_stand(window.add(neighbours, now), each, shrinks) for window, each in self.wide]
            if Door.SHUT in stands:
                return Door.SHUT
            if Door.ASKS in stands or self.site.add("", now) > SITE.free:
                return Door.ASKS
        return Door.OPEN


def _stand(count: float, allowance: Allowance, shrinks: int) -> Door:
    if allowance.most is not None and count > allowance.most:
        return Door.SHUT
    return Door.ASKS if count > allowance.free / shrinks else Door.OPEN
