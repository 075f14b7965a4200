"""Recount kits: the public one, from which every declared figure can be counted again, and the scrutineers' sheets.

What a kit holds and how it is written is ``recount.py``, which anybody can run alone. The public kit parts marks from
their sheets: each class's marks on each item stand by themselves, sorted. Of classes that are hidden it tells no more
than the declared figures do (ADR 7).
"""

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from . import recount
from .actions.publishing import frozen_content
from .config import NOT_INFORMED
from .models import Campaign, Result, Round
from .recount import PUBLIC, SHEETS, Record, Refused, half_up
from .sealing import SIGN_BLANK, UnreadableSheet, read_marks, unseal, write_marks
from .shares import WrongShare, secret_from

SEALED = "yizhen-sealed-sheets/1"


def public_kit(campaign: Campaign) -> bytes:
    """Return a counted campaign's public recount kit. The same campaign always gives the same bytes."""
    return recount.write_kit(PUBLIC, public_records(campaign))


def kit_digest(content: bytes) -> str:
    """Return the digest of a kit that this program wrote."""
    return str(json.loads(content)["digest"])


def public_records(campaign: Campaign) -> list[Record]:
    """Return the records of the public kit: the rules, every round that was closed, every declared result."""
    ended = [row for row in campaign.rounds.order_by("number") if row.state in {"closed", "counted", "void"}]
    results = Result.objects.filter(round__in=[row for row in ended if row.state == "counted"]).select_related(
        "round", "speaker__division", "speaker__unit"
    )
    return [
        _head(campaign),
        *[_round(row) for row in ended],
        *[
            result_record(campaign.config, result)
            for result in results.order_by("round__number", "speaker__position", "speaker__pk")
        ],
    ]


def _head(campaign: Campaign) -> Record:
    return {
        "kind": "campaign",
        "title": campaign.title,
        "period": campaign.period,
        "place": campaign.division.name_zh,
        "rules": frozen_content(campaign),
        "config_hash": campaign.config_hash,
        "versions": list(campaign.versions.order_by("number").values("number", "sha256", "reason")),
    }


def _round(round_: Round) -> Record:
    classes = list(
        round_.classes.order_by("code").values("code", "paper", "entitled", "present", "issued", "returned", "void")
    )
    replaces = round_.replaces
    return {
        "kind": "round",
        "number": round_.number,
        "state": round_.state,
        "replaces": replaces.number if replaces is not None else None,
        "speakers": round_.speaker_ids,
        "public_key": round_.public_key,
        "root": round_.root,
        "receipts": sorted(round_.sealed_sheets.values_list("receipt", flat=True)),
        "classes": classes,
        "voids": dict(sorted(Counter(round_.opened_sheets.exclude(void_reason="").values_list("void_reason", flat=True)).items())),
        "sheets": kit_digest(sheets_kit(round_)) if round_.state == "counted" else "",
    }  # fmt: skip


def result_record(config: Mapping[str, Any], result: Result) -> Record:
    """Return a declared result as the public kit tells it."""
    subject = result.speaker.subject
    declared = result.declared | {
        "total": _decimal(result.total, recount.TOTAL_PLACES),
        "excellent_rate": _decimal(result.excellent_rate, recount.RATE_PLACES),
        "negative_rate": _decimal(result.negative_rate, recount.RATE_PLACES),
    }
    return {
        "kind": "result",
        "number": result.speaker.position,
        "round": result.round.number,
        "speaker": result.speaker_id,
        "place": subject.name_zh,
        "title": result.speaker.title,
        **published(config, result.counts, declared),
    }


def _decimal(value: Decimal | None, places: int) -> str | None:
    return None if value is None else half_up(Fraction(value), places)


def published(config: Mapping[str, Any], counts: Mapping[str, Any], declared: Mapping[str, Any]) -> Record:
    """Return what is published of one speaker's counts and declared figures: hidden classes as one, or not at all.

    Args:
        config: the frozen configuration.
        counts: item → class → what was counted (returned, void, abstained, not informed, grades).
        declared: ``total``, ``excellent_rate`` and ``negative_rate`` as texts, and the rest as :class:`Result` keeps it.
    """
    hidden = list(declared["hidden_classes"])
    grades = [row["code"] for row in config["grades"]]
    return {
        "items": {
            item: {code: _cell(row, grades) for code, row in classes.items() if code not in hidden}
            for item, classes in counts.items()
        },
        "hidden": _hidden(config, counts, declared, grades) if hidden else {"classes": []},
        "declared": {
            "total": declared["total"],
            "excellent_rate": declared["excellent_rate"],
            "negative_rate": declared["negative_rate"],
            "class_scores": _without(declared["class_scores"], hidden),
            "item_scores": {item: _without(row, hidden) for item, row in declared["item_scores"].items()},
            "valid_by_class": _without(declared["valid_by_class"], hidden),
            "weights_used": declared["weights_used"],
            "hidden_classes": sorted(hidden),
            "flags": list(declared["flags"]),
        },
    }


def _without(row: Mapping[str, Any], hidden: Sequence[str]) -> dict[str, Any]:
    return {code: value for code, value in row.items() if code not in hidden}


def _cell(row: Mapping[str, int], grades: Sequence[str]) -> Record:
    return {
        "marks": "".join(str(at) * row[grade] for at, grade in enumerate(grades)),
        "abstained": row["abstained"],
        "not_informed": row[NOT_INFORMED],
    }


def _hidden(
    config: Mapping[str, Any], counts: Mapping[str, Any], declared: Mapping[str, Any], grades: Sequence[str]
) -> Record:
    """Return what a recount needs of the hidden classes, and what the declared figures tell of them in any case.

    Their part of the total is what the declared total leaves: the exact sum would prove nothing more to somebody who
    has to take it on trust, and could only narrow what fits. Their part of the rates are numbers over
    all of them together; below the least number of sheets there are no rates, and these are not given.
    """
    rules, hidden = config["rules"], list(declared["hidden_classes"])
    weights = {row["code"]: int(row["weight"]) for row in config["classes"]}
    headline = {code: row for code, row in counts[rules["headline"]].items() if code in hidden}
    valid = {code: sum(row[grade] for grade in grades) for code, row in headline.items()}
    scored = [code for code in weights if code in hidden and declared["class_scores"].get(code) is not None]
    least = 2 * int(rules.get("cut", 1))
    short = {
        code for row in counts.values() for code in hidden if 0 < sum(row[code][grade] for grade in grades) <= least
    }
    found: Record = {
        "classes": sorted(hidden),
        "scored": scored,
        "valid": sum(valid.values()),
        "flags": {code: own for code in hidden if (own := _flags_about(code, declared["flags"]))},
        "short": sorted(short) if rules.get("method") == "trimmed" else [],
    }
    if declared["excellent_rate"] is not None:
        by = rules.get("denominator", "valid")
        found["divisor"] = sum(
            number if by == "valid" else headline[code][by] for code, number in valid.items() if number
        )
        found["excellent"] = sum(row[rules["excellent"]] for row in headline.values())
        found["negative"] = sum(row[grade] for row in headline.values() for grade in set(rules["negative"]))
    if declared["total"] is not None and rules.get("method") != "step":
        shown = {code: Fraction(str(score)) for code, score in declared["class_scores"].items() if score is not None}
        told = sum((weights[code] * score for code, score in shown.items() if code not in hidden), Fraction(0))
        found["remainder"] = str(Fraction(declared["total"]) * sum(weights[code] for code in shown) - told)
    return found


def _flags_about(code: str, flags: Sequence[str]) -> list[str]:
    ends = (f"_missing_in_class_{code}", f"class_{code}_missing_weights_renormalised")
    return [flag for flag in flags if flag.endswith(ends)]


# --- whole sheets, for scrutineers ------------------------------------------------------------------------------------


def sheets_kit(round_: Round) -> bytes:
    """Return a counted round's whole sheets: as they were sealed, by receipt, and as they were counted, sorted.

    Which opened sheet a sealed one is, the kit does not say; whoever has the key can open the sealed ones and compare.
    """
    head = {
        "kind": "sheets",
        "title": round_.campaign.title,
        "number": round_.number,
        "round": round_.pk,
        "config_hash": round_.campaign.config_hash,
        "public_key": round_.public_key,
        "layout": round_.layout,
    }
    sealed = [
        {
            "kind": "sealed",
            "class": sheet.class_code,
            "receipt": sheet.receipt,
            "sealed": base64.b64encode(bytes(sheet.sealed)).decode(),
        }
        for sheet in round_.sealed_sheets.order_by("receipt")
    ]
    blank = SIGN_BLANK * (len(round_.layout["speakers"]) * len(round_.layout["items"]))
    opened = [
        {
            "kind": "opened",
            "class": sheet.class_code,
            "marks": blank if sheet.void_reason else write_marks(sheet.marks, round_.layout),
            "void_reason": sheet.void_reason,
        }
        for sheet in round_.opened_sheets.all()
    ]
    return recount.write_kit(SHEETS, [head, *sealed, *sorted(opened, key=recount.canonical)])


def sealed_kit(round_: Round) -> bytes:
    """Return a round's whole sheets sealed to the round's key: two of the three shares open them.

    Raises:
        ValueError: when the round had no key, because all of it was on paper.
    """
    if not round_.public_key:
        raise ValueError("a round on paper alone has no key to seal to")
    plain = sheets_kit(round_)
    box = SealedBox(PublicKey(bytes.fromhex(round_.public_key)))
    (head, *_records), digest = recount.read_kit(plain, SHEETS)
    return _wrapped(head, digest, box.encrypt(plain))


def _wrapped(head: Record, digest: str, sealed: bytes) -> bytes:
    told = {key: head[key] for key in ("title", "number", "public_key")}
    text = base64.b64encode(sealed).decode()
    return (recount.canonical({"format": SEALED, **told, "digest": digest, "sealed": text}) + "\n").encode()


def open_kit(content: bytes, shares: Sequence[str]) -> tuple[bytes, PrivateKey]:
    """Open a sealed kit with the words of two shares.

    Returns:
        The whole sheets as a kit, and the key, for :func:`differences`.

    Raises:
        Refused: when the file is no sealed kit, or was changed.
        WrongShare: when the words are no shares of its key.
    """
    try:
        wrapped = json.loads(content)
        public = bytes.fromhex(wrapped["public_key"])
        sealed = base64.b64decode(wrapped["sealed"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(0, "sealed kit", "cannot be read") from error
    key = PrivateKey(secret_from(shares, public))
    if bytes(key.public_key) != public:
        raise WrongShare("other_key")
    try:
        plain = SealedBox(key).decrypt(sealed)
    except CryptoError as error:
        raise Refused(0, "sealed kit", "was changed after it was sealed") from error
    (head, *_records), digest = recount.read_kit(plain, SHEETS)
    if content != _wrapped(head, digest, sealed):
        raise Refused(0, "sealed kit", "was changed after it was sealed")
    return plain, key


def differences(sheets: Sequence[Record], key: PrivateKey) -> Counter[str]:
    """Open every sealed sheet again and return what was counted otherwise: class and marks → how many; empty is right.

    Paper sheets, which nobody sealed, stay in the count: the classes that a round's public record calls paper.
    """
    head = sheets[0]
    opened = Counter(_as_counted(one) for one in recount.of_kind(sheets, "opened"))
    phones = {one["class"] for one in recount.of_kind(sheets, "sealed")}
    for one in recount.of_kind(sheets, "sealed"):
        again = {"class": one["class"], "marks": "", "void_reason": ""}
        try:
            value = unseal(key, base64.b64decode(one["sealed"]))
            again["marks"] = write_marks(read_marks(value, head["round"], one["class"], head["layout"]), head["layout"])
        except UnreadableSheet as error:
            again["void_reason"] = error.reason
        opened[_as_counted(again)] -= 1
    return Counter({what: n for what, n in opened.items() if n and what.split(" ")[0] in phones})


def _as_counted(sheet: Mapping[str, str]) -> str:
    return f"{sheet['class']} {sheet['void_reason'] or sheet['marks']}"
