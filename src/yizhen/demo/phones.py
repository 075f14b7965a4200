"""Phones that vote by program: what the page's script does, for the demo, rehearsals, tests and benchmarks."""

import json
import random
from typing import Any

from nacl.public import PublicKey, SealedBox

from yizhen.appraisals.config import NOT_INFORMED
from yizhen.appraisals.sealing import OPINION_BYTES, SHEET_BYTES, write_marks

Marks = dict[str, dict[str, str]]


def seal(public_key: str, value: dict[str, Any], size: int) -> bytes:
    """Pad a JSON object to a fixed size and seal it to a key (hex)."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return bytes(SealedBox(PublicKey(bytes.fromhex(public_key))).encrypt(plain.ljust(size, b" ")))


def seal_sheet(public_key: str, round_id: int, class_code: str, marks: Marks, layout: dict[str, Any]) -> bytes:
    """Return a sheet as a phone would send it."""
    value = {"v": 1, "round": round_id, "class": class_code, "marks": write_marks(marks, layout)}
    return seal(public_key, value, SHEET_BYTES)


def seal_opinion(public_key: str, round_id: int, speaker: int, text: str) -> bytes:
    """Return an opinion as a phone would send it."""
    return seal(public_key, {"v": 1, "round": round_id, "speaker": speaker, "text": text}, OPINION_BYTES)


def plausible_marks(layout: dict[str, Any], chance: random.Random, own: int | None = None) -> Marks:
    """Return marks as a mildly generous voter might make them; the own row carries the mark of not rated."""
    grades = list(layout["grades"])
    mood = chance.gauss(0, 0.35)
    marks: Marks = {}
    for position, speaker in enumerate(layout["speakers"]):
        if speaker == own:
            marks[str(speaker)] = dict.fromkeys(layout["items"], NOT_INFORMED)
            continue
        quality = mood + 0.12 * ((position * 7) % 5 - 2)
        row = {}
        for item in layout["items"]:
            draw = chance.gauss(quality, 0.7)
            step = 0 if draw > -0.25 else 1 if draw > -1.3 else 2 if draw > -2.2 else 3
            row[item] = NOT_INFORMED if chance.random() < 0.03 else grades[min(step, len(grades) - 1)]
        marks[str(speaker)] = row
    return marks
