"""What is sealed and how: the sheet's form, receipts, and the key holder's text form. Pure functions over bytes."""

import base64
import binascii
import hashlib
import json
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from .config import NOT_INFORMED

SHEET_BYTES = 1024  # every plain sheet is padded to this, so that the sealed length tells nothing
OPINION_BYTES = 2048
SEAL_OVERHEAD = 48
CARD_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters without 0 1 I O
CARD_LENGTH = 12  # 60 bits


class UnreadableSheet(ValueError):
    """A sheet that cannot be counted; ``reason`` is a code for the record of the round."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def card_hash(round_id: int, code: str) -> str:
    """Return the hash by which a card is known."""
    return hashlib.sha256(f"card|{round_id}|{normal_code(code)}".encode()).hexdigest()


def normal_code(code: str) -> str:
    """Return a card's code as it is hashed: capitals, without dashes and blanks."""
    return "".join(character for character in code.upper() if character in CARD_ALPHABET)


def receipt_of(sealed: bytes) -> str:
    """Return a sheet's receipt: the first half of SHA-512 over its sealed bytes, which the phone can compute too."""
    return hashlib.sha512(sealed).hexdigest()[:64]


def short_receipt(receipt: str) -> str:
    """Return the form of a receipt that people read: three groups of four."""
    return f"{receipt[:4]}-{receipt[4:8]}-{receipt[8:12]}".upper()


def merkle_root(receipts: list[str]) -> str:
    """Return the root over all receipts in sorted order: SHA-256 of their concatenation, domain-separated."""
    return hashlib.sha256(("yizhen-root|" + "|".join(sorted(receipts))).encode()).hexdigest()


def key_text(secret: bytes) -> str:
    """Write a secret key for paper: base32 in groups of four with a checksum of two characters."""
    text = base64.b32encode(secret).decode().rstrip("=")
    text += _checksum(text)
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def key_from_text(text: str) -> PrivateKey:
    """Read a secret key from paper.

    Raises:
        ValueError: when it is not a key, or a character is mistyped.
    """
    plain = "".join(character for character in text.upper() if character.isalnum())
    body, checksum = plain[:-2], plain[-2:]
    try:
        secret = base64.b32decode(body + "=" * (-len(body) % 8))
    except binascii.Error as error:
        raise ValueError("not a key") from error
    if len(secret) != PrivateKey.SIZE or _checksum(body) != checksum:
        raise ValueError("not a key")
    return PrivateKey(secret)


def _checksum(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:2]


def unseal(key: PrivateKey, sealed: bytes) -> dict[str, Any]:
    """Open a sealed, padded JSON object.

    Raises:
        UnreadableSheet: ``not_sealed_to_key`` or ``not_json``.
    """
    try:
        plain = SealedBox(key).decrypt(sealed)
    except (CryptoError, ValueError) as error:
        raise UnreadableSheet("not_sealed_to_key") from error
    try:
        value = json.loads(plain.decode().rstrip(" "))
    except ValueError as error:
        raise UnreadableSheet("not_json") from error
    if not isinstance(value, dict):
        raise UnreadableSheet("not_json")
    return value


def read_marks(value: dict[str, Any], round_id: int, class_code: str, layout: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return speaker → item → grade of a sheet. A blank is left out: it is an abstention.

    Raises:
        UnreadableSheet: when the sheet is of another round or class, or marks something that is not on it.
    """
    if value.get("round") != round_id or value.get("class") != class_code:
        raise UnreadableSheet("wrong_round_or_class")
    marks = value.get("marks")
    if not isinstance(marks, dict):
        raise UnreadableSheet("no_marks")
    allowed = {*layout["grades"], NOT_INFORMED}
    known = {str(pk) for pk in layout["speakers"]}
    read: dict[str, dict[str, str]] = {}
    for speaker, row in marks.items():
        if speaker not in known or not isinstance(row, dict):
            raise UnreadableSheet("unknown_speaker")
        for item, grade in row.items():
            if item not in layout["items"] or grade not in allowed:
                raise UnreadableSheet("unknown_mark")
        read[speaker] = dict(row)
    return read
