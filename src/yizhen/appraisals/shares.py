"""The secret of a ballot on paper, in parts: any two of three open it, one alone says nothing.

Shamir's scheme over GF(256) with the field of AES (x⁸ + x⁴ + x³ + x + 1), byte by byte, as in draft-mcgrew-tss-03; the
page ``key.js`` makes the shares, this module puts them together. Pure functions over bytes.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

SHARES = 3
NEEDED = 2
SECRET_BYTES = 32
TAG_BYTES = 2
CHECK_CHARACTERS = 4


class WrongShare(ValueError):
    """Paper words that are no share of this secret; ``reason`` is a code: mistyped, same, other_key or too_few."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Share:
    """One part of a secret: its number (1 to 255), its bytes, and two bytes that name the key it belongs to."""

    number: int
    content: bytes
    tag: bytes


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    power = a  # a²⁵⁴ = 1/a
    for _square in range(6):
        power = _times(_times(power, power), a)
    return _times(power, power)


def split(secret: bytes, *, needed: int = NEEDED, number: int = SHARES) -> list[tuple[int, bytes]]:
    """Return ``number`` shares as (x, bytes), any ``needed`` of which give the secret back.

    Raises:
        ValueError: unless 1 ≤ needed ≤ number ≤ 255.
    """
    if not 1 <= needed <= number <= 255:
        raise ValueError("needed must be between 1 and number, number at most 255")
    rows = [[byte, *secrets.token_bytes(needed - 1)] for byte in secret]
    return [(x, bytes(_at(row, x) for row in rows)) for x in range(1, number + 1)]


def _at(coefficients: list[int], x: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = _times(value, x) ^ coefficient
    return value


def combine(shares: Iterable[tuple[int, bytes]]) -> bytes:
    """Return the secret that shares (x, bytes) belong to: the value at 0 of the polynomial through them.

    Raises:
        ValueError: for no shares, an x that is 0 or comes twice, or unequal lengths.
    """
    known = list(shares)
    xs = [x for x, _content in known]
    if not known or 0 in xs or len(set(xs)) != len(xs) or len({len(content) for _x, content in known}) != 1:
        raise ValueError("shares must differ in x and agree in length")
    weights = []
    for i, x in enumerate(xs):
        weight = 1
        for j, other in enumerate(xs):
            if i != j:
                weight = _times(weight, _times(other, _inverse(other ^ x)))
        weights.append(weight)
    secret = bytearray(len(known[0][1]))
    for (_x, content), weight in zip(known, weights, strict=True):
        for at, byte in enumerate(content):
            secret[at] ^= _times(byte, weight)
    return bytes(secret)


def tag_of(public_key: bytes) -> bytes:
    """Return the two bytes by which a share names its key."""
    return hashlib.sha256(b"share|" + public_key).digest()[:TAG_BYTES]


def share_text(share: Share) -> str:
    """Write a share for paper: base32 in fifteen groups of four, the last one a checksum."""
    body = base64.b32encode(bytes([share.number]) + share.content + share.tag).decode()
    return _grouped(body + _check(body))


def _grouped(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _check(body: str) -> str:
    return base64.b32encode(hashlib.sha256(body.encode()).digest()).decode()[:CHECK_CHARACTERS]


def share_from_text(text: str) -> Share:
    """Read a share as typed from paper: capitals or not, with any dashes and blanks; 0, 1 and 8 mean O, I and B.

    Raises:
        WrongShare: ``mistyped``.
    """
    plain = "".join(character for character in text.upper() if character.isalnum())
    plain = plain.translate(str.maketrans("018", "OIB"))
    body, check = plain[:-CHECK_CHARACTERS], plain[-CHECK_CHARACTERS:]
    try:
        content = base64.b32decode(body)
    except (binascii.Error, ValueError) as error:
        raise WrongShare("mistyped") from error
    if len(content) != 1 + SECRET_BYTES + TAG_BYTES or _check(body) != check or content[0] == 0:
        raise WrongShare("mistyped")
    return Share(content[0], content[1 : 1 + SECRET_BYTES], content[1 + SECRET_BYTES :])


def paper_of(secret: bytes, public_key: bytes) -> list[str]:
    """Return the words of all shares of a ballot's secret, as ``key.js`` writes them."""
    return [share_text(Share(x, content, tag_of(public_key))) for x, content in split(secret)]


def secret_from(texts: Iterable[str], public_key: bytes) -> bytes:
    """Return the secret of a key from the words of at least two of its shares.

    Raises:
        WrongShare: with the reason; whether the secret fits the key is for the caller to try.
    """
    shares = [share_from_text(text) for text in texts if text.strip()]
    if len(shares) < NEEDED:
        raise WrongShare("too_few")
    if any(share.tag != tag_of(public_key) for share in shares):
        raise WrongShare("other_key")
    if len({share.number for share in shares}) != len(shares):
        raise WrongShare("same")
    return combine((share.number, share.content) for share in shares)
