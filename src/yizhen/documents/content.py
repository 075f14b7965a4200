"""What a document consists of, as values: headings, paragraphs, tables, lines to sign on. Knows no file format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# What XML 1.0 cannot hold, and marks that turn the direction of the text around.
UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 (“一、”) or 2 (“（一）”); its number is part of the text."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """Body text: each line is a paragraph that begins two characters in."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table: a head that repeats on each page, rows, and how wide the columns are beside each other."""

    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float]
    caption: str = ""
    points: float = 12
    centred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, one for each role, below a sentence that they stay together with."""

    roles: Sequence[str]
    lead: str = ""


Block = Heading | Text | Table | Signatures


@dataclass(frozen=True)
class Letterhead:
    """The red head: whose document it is, and its number (5.3)."""

    issuer: str
    number: str


@dataclass(frozen=True)
class Official:
    """An official document. A document with ``signature`` and no ``signed_on`` has its date left open."""

    title: str
    body: Sequence[Block]
    letterhead: Letterhead | None = None
    addressee: str = ""
    attachments: Sequence[str] = ()
    signature: str = ""
    signed_on: date | None = None
    landscape: bool = False


def plain(text: Any) -> str:
    """Return text that fits into one run: what XML cannot hold is gone, line breaks and tabs are spaces."""
    return re.sub(r"[\t\n\r]+", " ", UNFIT.sub("", str(text)))


def chinese_date(day: date | None) -> str:
    """Write a date in Arabic numerals without leading zeros (5.3.9); open where there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　　年　月　日"
