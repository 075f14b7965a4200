"""What is sealed and how: the sheet's form, cards and receipts. Pure functions over bytes."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from .config import NOT_INFORMED

RANDOM = secrets.SystemRandom()  # for every draw and shuffle of a ballot
SHEET_BYTES = 1024  # every plain sheet is padded to this, so that the sealed length tells nothing
OPINION_BYTES = 2048
SEAL_OVERHEAD = 48
MAX_CELLS = 900  # what fits into a sheet beside its round and class
SIGN_NOT_INFORMED, SIGN_BLANK = "n", "-"
CARD_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters without 0 1 I O
CARD_LENGTH = 12  # 60 bits
CLASS_CODE_LENGTH = 8


class UnreadableSheet(ValueError):
    """A sheet that cannot be counted; ``reason`` is a code for the record of the round."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def card_hash(code: str, round_id: int) -> str:
    """Return the hash by which a card is known in one round: two rounds' rows of one card do not look alike."""
    return hashlib.sha256(f"card|{round_id}|{normal_code(code)}".encode()).hexdigest()


def new_card_code() -> str:
    """Draw the code of a new card."""
    return "".join(RANDOM.choice(CARD_ALPHABET) for _unused in range(CARD_LENGTH))


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
    except (ValueError, RecursionError) as error:
        raise UnreadableSheet("not_json") from error
    if not isinstance(value, dict):
        raise UnreadableSheet("not_json")
    return value


def read_opinion(value: dict[str, Any], round_id: int, layout: dict[str, Any], limit: int) -> tuple[int, str] | None:
    """Return the speaker and the text of an opinion, or None when there is nothing in it that can be kept."""
    speaker, text = value.get("speaker"), value.get("text")
    if type(speaker) is not int or speaker not in layout["speakers"] or value.get("round") != round_id:
        return None
    if not isinstance(text, str):
        return None
    # Lone surrogates and NUL cannot be stored: one such opinion must not stop the count.
    kept = "".join(character for character in text if character in "\n\t" or character.isprintable()).strip()[:limit]
    return (speaker, kept) if kept else None


def write_marks(marks: dict[str, dict[str, str]], layout: dict[str, Any]) -> str:
    """Write marks as one character a cell, in the order of the layout's speakers and items: what a phone seals."""
    signs = {grade: str(index) for index, grade in enumerate(layout["grades"])} | {NOT_INFORMED: SIGN_NOT_INFORMED}
    return "".join(
        signs.get(marks.get(str(speaker), {}).get(item, ""), SIGN_BLANK)
        for speaker in layout["speakers"]
        for item in layout["items"]
    )


def read_marks(
    value: dict[str, Any], round_id: int, class_code: str, layout: dict[str, Any]
) -> dict[str, dict[str, str]]:
    """Return speaker → item → grade of a sheet. A blank is left out: it is an abstention.

    Raises:
        UnreadableSheet: when the sheet is of another round or class, marks something that is not on it, or gives the
            best grade more often than its class may.
    """
    if value.get("round") != round_id or value.get("class") != class_code:
        raise UnreadableSheet("wrong_round_or_class")
    marks = value.get("marks")
    if not isinstance(marks, str) or len(marks) != len(layout["speakers"]) * len(layout["items"]):
        raise UnreadableSheet("wrong_number_of_cells")
    grades = {str(index): grade for index, grade in enumerate(layout["grades"])} | {SIGN_NOT_INFORMED: NOT_INFORMED}
    read: dict[str, dict[str, str]] = {str(speaker): {} for speaker in layout["speakers"]}
    cells = ((speaker, item) for speaker in layout["speakers"] for item in layout["items"])
    for sign, (speaker, item) in zip(marks, cells, strict=True):
        if sign == SIGN_BLANK:
            continue
        if sign not in grades:
            raise UnreadableSheet("unknown_mark")
        read[str(speaker)][item] = grades[sign]
    if over_quota(read, class_code, layout):
        raise UnreadableSheet("over_quota")
    return read


def over_quota(marks: Mapping[str, Mapping[str, str]], class_code: str, layout: dict[str, Any]) -> bool:
    """Return whether a sheet gives the best grade on the overall item more often than its class may (V3)."""
    quota = layout.get("quotas", {}).get(class_code)
    if quota is None:
        return False
    item, grade = layout["quota_item"], layout["quota_grade"]
    return sum(row.get(item) == grade for row in marks.values()) > int(quota)
