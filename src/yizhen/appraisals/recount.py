#!/usr/bin/env python3
"""复核投票结果，只需要 Python · recount the results of a ballot with nothing but Python 3.9 or later.

    python recount.py kit.json                      the public recount kit: every declared figure from its marks
    python recount.py kit.json --digest 3f9a…       also compare the digest with the one that was read out or printed
    python recount.py kit.json --sheets sheets.json also count the scrutineers' whole sheets, hidden classes included

Exit code 0: everything is reproduced. 1: a figure is not. 2: the file is not what was written; the first bad record is
named. This file is complete by itself and imports nothing of Yizhen, so that it can be read in an hour and run anywhere;
Yizhen's own command ``yizhen recount`` runs this very file.

A kit is JSON with one record on each line. Each record carries the SHA-256 of the hash before it, a line feed, and its
own bytes; the last hash is the kit's digest. Whoever changes a record can compute new hashes: so compare the digest
with the one on the proof page, in the record of proceedings, and confirmed by the scrutineers.
"""

from __future__ import annotations  # for Python 3.9

import argparse
import base64
import hashlib
import json
import sys
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PUBLIC = "yizhen-recount/1"
SHEETS = "yizhen-sheets/1"
GENESIS = "0" * 64
NOT_INFORMED, BLANK = "n", "-"
CLASS_PLACES, TOTAL_PLACES, RATE_PLACES = 6, 3, 2
#: Steps of the excellent rate when the rules name the method and no steps (Ruian 2012, in hundredths).
STEPS: dict[str, Any] = {
    "steps": [["90", "100"], ["80", "95"], ["70", "90"], ["60", "85"]],
    "otherwise": "80",
    "negative_line": "1/3",
    "negative_points": "65",
}
Record = dict[str, Any]


class Refused(ValueError):
    """A file that is not what was written. ``number`` is the first bad record's, ``name`` says what it is about."""

    def __init__(self, number: int, name: str, reason: str) -> None:
        super().__init__(f"record {number} ({name}): {reason}")
        self.number, self.name, self.reason = number, name, reason


# --- the file ---------------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """Write a value as JSON in one way only."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def linked(before: str, text: bytes) -> str:
    """Return the hash of a record: over the hash before it and its bytes."""
    return hashlib.sha256(before.encode() + b"\n" + text).hexdigest()


def write_kit(form: str, records: Sequence[Record]) -> bytes:
    """Return a kit's bytes: the same records always give the same bytes."""
    lines, link = [b'{"format":"' + form.encode() + b'","records":['], GENESIS
    for number, record in enumerate(records):
        text = canonical(record).encode()
        link = linked(link, text)
        lines.append(_line(link, text, last=number == len(records) - 1))
    return b"\n".join([*lines, b'],"digest":"' + link.encode() + b'"}', b""])


def _line(link: str, text: bytes, *, last: bool) -> bytes:
    return b'{"hash":"' + link.encode() + b'","record":' + text + (b"}" if last else b"},")


def read_kit(content: bytes, form: str = PUBLIC) -> tuple[list[Record], str]:
    """Return a kit's records and its digest.

    Raises:
        Refused: naming the first record that is not as it was written.
    """
    lines = content.split(b"\n")
    if lines[0] != b'{"format":"' + form.encode() + b'","records":[':
        raise Refused(0, "head of the file", f"is not {form}")
    ends = next((at for at, line in enumerate(lines) if at and line.startswith(b'],"digest":"')), len(lines))
    records: list[Record] = []
    link = GENESIS
    for number, line in enumerate(lines[1:ends], start=1):
        text = line[len(_line(GENESIS, b"", last=True)) - 1 :].rstrip(b",")[:-1]
        link = linked(link, text)
        # Before an end that cannot be read, the last line before it may be any record.
        if line not in ([_line(link, text, last=number == ends - 1)] if ends < len(lines) else _either(link, text)):
            raise Refused(number, _guess(line), "was changed after it was written")
        records.append(json.loads(text))
    if lines[ends:] != [b'],"digest":"' + link.encode() + b'"}', b""] or not records:
        raise Refused(len(records) + 1, "end of the file", "is missing or was changed")
    return records, link


def _either(link: str, text: bytes) -> list[bytes]:
    return [_line(link, text, last=last) for last in (True, False)]


def _guess(line: bytes) -> str:
    """Say what a broken record seems to be about."""
    try:
        return name_of(json.loads(line.decode().rstrip(","))["record"])
    except (ValueError, KeyError, TypeError):
        return "unreadable"


def name_of(record: Record) -> str:
    """Say what a record is about."""
    parts = (record["kind"], record.get("number"), record.get("place"), record.get("receipt", "")[:12])
    return " ".join(str(part) for part in parts if part)


# --- the arithmetic ---------------------------------------------------------------------------------------------------


def half_up(value: Fraction, places: int) -> str:
    """Write a number that is not negative with so many decimals, halves up."""
    whole = floor(value * 10**places + Fraction(1, 2))
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}"


def weighted(values: Mapping[str, Fraction], weights: Mapping[str, int]) -> Fraction | None:
    """Return the weighted mean of what is there; None when it weighs nothing."""
    weight = sum(weights[key] for key in values)
    return sum((weights[key] * value for key, value in values.items()), Fraction(0)) / weight if weight else None


def item_score(marks: Sequence[Fraction], divisor: int, rules: Mapping[str, Any]) -> Fraction | None:
    """Return what a class gives on an item, from 0 to 100: mean, mean without the ends, or median of its marks."""
    method, cut = rules.get("method", "mean"), int(rules.get("cut", 1))
    if not marks:
        return None
    kept = sorted(marks)
    if method == "trimmed" and len(marks) > 2 * cut:
        kept = kept[cut : len(kept) - cut]
    elif method == "median":
        middle = (len(kept) - 1) // 2
        kept = kept[middle : len(kept) - middle]
    elif method in ("mean", "step"):
        return sum(kept, Fraction(0)) / divisor * 100
    return sum(kept, Fraction(0)) / len(kept) * 100


def step_points(rules: Mapping[str, Any], excellent: Fraction, negative: Fraction) -> Fraction:
    """Return the points that a step function gives for exact rates in percent."""
    step = rules.get("step") or STEPS
    for line, points in step["steps"]:
        if excellent >= Fraction(str(line)):
            return Fraction(str(points))
    low = negative >= Fraction(str(step["negative_line"])) * 100
    return Fraction(str(step["negative_points" if low else "otherwise"]))


def declare(config: Mapping[str, Any], classes: Mapping[str, Record], record: Record) -> Record:
    """Return what the frozen rules declare for one speaker, from the marks in a kit's record.

    Args:
        config: the frozen configuration.
        classes: class → its row in the round (issued, returned, void).
        record: ``items`` item → class → marks (one digit a mark, its grade's place in the configuration); ``hidden``
            what is given of the classes that are not published one by one.
    """
    rules, hidden = config["rules"], record["hidden"]
    worth = [Fraction(str(row["coef"])) for row in config["grades"]]
    grades = [row["code"] for row in config["grades"]]
    item_weights = {row["code"]: int(row["weight"]) for row in config["items"]}
    class_weights = {row["code"]: int(row["weight"]) for row in config["classes"]}
    shown = [code for code in class_weights if code not in hidden["classes"]]
    scores: dict[str, dict[str, Fraction | None]] = {}
    for item in item_weights:
        scores[item] = {}
        for code in shown:
            marks = [worth[int(digit)] for digit in record["items"][item][code]["marks"]]
            scores[item][code] = item_score(marks, _divisor(rules, classes[code], len(marks)), rules)
    present: dict[str, Fraction] = {}
    for code in shown:
        known = {item: score for item, row in scores.items() if (score := row[code]) is not None}
        mean = weighted(known, item_weights)
        if mean is not None:
            present[code] = Fraction(half_up(mean, CLASS_PLACES))
    headline = {code: record["items"][rules["headline"]][code]["marks"] for code in shown}
    valid = sum(len(marks) for marks in headline.values()) + hidden.get("valid", 0)
    scored = [code for code in class_weights if code in present or code in hidden.get("scored", [])]
    weight = sum(class_weights[code] for code in scored)
    total: Fraction | None = None
    if weight:
        own = sum((class_weights[code] * score for code, score in present.items()), Fraction(0))
        total = (own + Fraction(hidden.get("remainder", "0"))) / weight
    divisor = sum(_divisor(rules, classes[code], len(marks)) for code, marks in headline.items())
    divisor += hidden.get("divisor", 0)
    rates = _rates(rules, grades, headline, hidden, divisor) if divisor else None
    flags = _flags(config, scores, present, scored, hidden)
    if any(flag == "class_missing_result_void" for flag in flags):
        total = None
    if valid < int(rules["min_valid_total"]):
        flags.append("below_minimum_total")
        total, rates = None, None
    flags += _short(rules, record, shown, hidden, list(class_weights))
    if rules.get("method") == "step" and total is not None:
        total = None if rates is None else step_points(rules, *rates)
    steps = rules.get("method") == "step"
    return {
        "total": None if total is None else half_up(total, TOTAL_PLACES),
        "excellent_rate": None if rates is None else half_up(rates[0], RATE_PLACES),
        "negative_rate": None if rates is None else half_up(rates[1], RATE_PLACES),
        "class_scores": {code: half_up(present[code], CLASS_PLACES) if code in present else None for code in shown},
        "item_scores": {
            item: {code: None if score is None else half_up(score, CLASS_PLACES) for code, score in row.items()}
            for item, row in scores.items()
        },
        "valid_by_class": {code: len(marks) for code, marks in headline.items()},
        "weights_used": {}
        if steps or not weight
        else {code: str(Fraction(class_weights[code], weight)) for code in scored},
        "hidden_classes": sorted(hidden["classes"]),
        "flags": flags,
    }


def _divisor(rules: Mapping[str, Any], row: Mapping[str, Any], valid: int) -> int:
    by = rules.get("denominator", "valid")
    return 0 if not valid else valid if by == "valid" else int(row[by])


def _rates(
    rules: Mapping[str, Any], grades: list[str], headline: Mapping[str, str], hidden: Record, divisor: int
) -> tuple[Fraction, Fraction]:
    given = "".join(headline.values())
    excellent = given.count(str(grades.index(rules["excellent"]))) + hidden.get("excellent", 0)
    negative = sum(given.count(str(grades.index(code))) for code in set(rules["negative"])) + hidden.get("negative", 0)
    return Fraction(100 * excellent, divisor), Fraction(100 * negative, divisor)


def _flags(
    config: Mapping[str, Any],
    scores: Mapping[str, Mapping[str, Fraction | None]],
    present: Mapping[str, Fraction],
    scored: Sequence[str],
    hidden: Record,
) -> list[str]:
    """Return a flag for whatever was missing, in the order of classes and items; those of hidden classes are given."""
    rules, flags = config["rules"], []
    for row in config["classes"]:
        code, weight = row["code"], int(row["weight"])
        if code in hidden["classes"]:
            flags += hidden["flags"].get(code, [])
        elif code in present:
            missing = [
                one["code"] for one in config["items"] if int(one["weight"]) and scores[one["code"]][code] is None
            ]
            flags += [f"item_{item}_missing_in_class_{code}" for item in missing]
        elif weight:
            flags.append(f"class_{code}_missing_weights_renormalised")
    if rules.get("method") == "step":
        flags = [flag for flag in flags if "missing_weights" not in flag and not flag.startswith("item_")]
    if rules.get("empty_class") == "void" and any(
        row["code"] not in scored and int(row["weight"]) for row in config["classes"]
    ):
        flags.append("class_missing_result_void")
    return flags


def _short(
    rules: Mapping[str, Any], record: Record, shown: Sequence[str], hidden: Record, order: list[str]
) -> list[str]:
    """Return a flag for each class that has too few marks on some item to drop any at the ends."""
    if rules.get("method") != "trimmed":
        return []
    least = 2 * int(rules.get("cut", 1))
    short = {code for row in record["items"].values() for code in shown if 0 < len(row[code]["marks"]) <= least}
    return [f"class_{code}_too_few_to_trim" for code in order if code in short or code in hidden.get("short", [])]


# --- the public kit ---------------------------------------------------------------------------------------------------


class Findings:
    """What was checked, line by line, and what was not as it should be."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.wrong: list[str] = []

    def say(self, right: bool, text: str) -> None:
        """Add a line."""
        self.lines.append(f"{'✓' if right else '✗'} {text}")
        if not right:
            self.wrong.append(text)


def recount(records: Sequence[Record]) -> Findings:
    """Count a public kit again and compare every declared figure."""
    found = Findings()
    head, rounds, results = records[0], of_kind(records, "round"), of_kind(records, "result")
    content, config = head["rules"], head["rules"]["config"]
    same = hashlib.sha256(canonical(content).encode()).hexdigest() == head["config_hash"]
    found.say(same and head["versions"][-1]["sha256"] == head["config_hash"], f"规则 rules {head['config_hash']}")
    for row in rounds:
        _check_round(found, row)
    counted = {speaker: row for row in rounds if row["state"] == "counted" for speaker in row["speakers"]}
    listed = [record["speaker"] for record in results]
    found.say(sorted(listed) == sorted(counted), f"述职人 speakers {len(listed)}")
    for record in results:
        _check_result(found, config, counted.get(record["speaker"]), record)
    return found


def of_kind(records: Sequence[Record], kind: str) -> list[Record]:
    """Return the records of a kind, in order."""
    return [record for record in records if record["kind"] == kind]


def _check_round(found: Findings, row: Record) -> None:
    name, receipts = f"第 {row['number']} 轮 round {row['number']}", row["receipts"]
    phones = [one for one in row["classes"] if not one["paper"]]
    over = any(one["returned"] > one["issued"] for one in row["classes"] if one["returned"] is not None)
    right = receipts == sorted(set(receipts)) and row["root"] == root_of(receipts)
    right = right and len(receipts) == sum(one["returned"] or 0 for one in phones)
    right = right and over == (row["state"] == "void")
    if row["state"] == "counted":
        right = right and sum(row["voids"].values()) == sum(one["void"] for one in row["classes"])
    found.say(right, f"{name}: {len(receipts)} 个回执 receipts, {row['state']}, 票根 root {row['root']}")


def root_of(receipts: Sequence[str]) -> str:
    """Return the root over receipts: SHA-256 of all of them, sorted."""
    return hashlib.sha256(("yizhen-root|" + "|".join(sorted(receipts))).encode()).hexdigest()


def _check_result(found: Findings, config: Mapping[str, Any], row: Record | None, record: Record) -> None:
    if row is None:
        found.say(right=False, text=f"{record['place']}: 没有对应的轮次 no such round")
        return
    classes = {one["code"]: one for one in row["classes"]}
    problems = _cells_that_do_not_fit(config, classes, record)
    mine, declared = declare(config, classes, record), record["declared"]
    problems += [f"{key} {declared[key]} ≠ {mine[key]}" for key in mine if declared.get(key) != mine[key]]
    hidden = record["hidden"]
    if "remainder" in hidden:
        most = sum(int(one["weight"]) for one in config["classes"] if one["code"] in hidden["scored"])
        # The declared total is rounded: what is left of it may lie a half of its last decimal outside.
        slack = Fraction(sum(int(one["weight"]) for one in config["classes"]), 2 * 10**TOTAL_PLACES)
        if not -slack <= Fraction(hidden["remainder"]) <= 100 * most + slack:
            problems.append("remainder out of range")
    trusted = f" · 其中 {'、'.join(hidden['classes'])} 类不单独公布 not published singly" if hidden["classes"] else ""
    figures = f"{mine['total']}, {mine['excellent_rate']} %, {mine['negative_rate']} %"
    found.say(not problems, f"{record['place']}: {figures}{trusted}" + "".join(f" · {text}" for text in problems))


def _cells_that_do_not_fit(config: Mapping[str, Any], classes: Mapping[str, Record], record: Record) -> list[str]:
    """Return what cannot be: marks that do not add up to the sheets, or a class that is too small to be published."""
    problems, least = [], int(config["rules"]["min_valid_per_class"])
    for item, row in record["items"].items():
        for code, cell in row.items():
            marks = cell["marks"]
            parts = len(marks) + cell["abstained"] + cell["not_informed"] + classes[code]["void"]
            if marks != "".join(sorted(marks)) or parts != classes[code]["returned"]:
                problems.append(f"{item} {code}: {parts} ≠ {classes[code]['returned']}")
            if 0 < len(marks) < least:
                problems.append(f"{item} {code}: {len(marks)} < {least}")
    return problems


# --- the scrutineers' whole sheets ------------------------------------------------------------------------------------


def recount_sheets(sheets: Sequence[Record], public: Sequence[Record]) -> Findings:
    """Count whole sheets and compare with the public kit: marks, totals and rates, hidden classes included."""
    found = Findings()
    head, config = sheets[0], public[0]["rules"]["config"]
    row = next((one for one in of_kind(public, "round") if one["number"] == head["number"]), None)
    if row is None or head["config_hash"] != public[0]["config_hash"]:
        found.say(right=False, text="不是同一次评议 another campaign")
        return found
    sealed, opened = of_kind(sheets, "sealed"), of_kind(sheets, "opened")
    receipts = [one["receipt"] for one in sealed]
    right = receipts == row["receipts"] and all(receipt_of(one["sealed"]) == one["receipt"] for one in sealed)
    returned = {one["code"]: one["returned"] for one in row["classes"]}
    counted = {code: sum(one["class"] == code for one in opened) for code in returned}
    found.say(
        right and counted == returned,
        f"第 {row['number']} 轮 round: {len(opened)} 张票 sheets, {len(sealed)} 封 sealed",
    )
    classes = {one["code"]: one for one in row["classes"]}
    for record in of_kind(public, "result"):
        if record["speaker"] in row["speakers"]:
            _check_against_sheets(found, config, classes, head, opened, record)
    return found


def receipt_of(sealed: str) -> str:
    """Return the receipt of a sealed sheet (base64): half of SHA-512 over its bytes."""
    return hashlib.sha512(base64.b64decode(sealed)).hexdigest()[:64]


def _check_against_sheets(
    found: Findings,
    config: Mapping[str, Any],
    classes: Mapping[str, Record],
    head: Record,
    opened: Sequence[Record],
    record: Record,
) -> None:
    items = {
        item: {
            code: cell_of([_sign(head, one, record["speaker"], item) for one in opened if one["class"] == code])
            for code in classes
        }
        for item in head["layout"]["items"]
    }
    published = all(items[item][code] == cell for item, row in record["items"].items() for code, cell in row.items())
    whole = declare(config, classes, {"items": items, "hidden": {"classes": []}})
    same = all(whole[key] == record["declared"][key] for key in ("total", "excellent_rate", "negative_rate", "flags"))
    found.say(published and same, f"{record['place']}: {whole['total']} 由整张票算出 from whole sheets")


def _sign(head: Record, sheet: Record, speaker: int, item: str) -> str:
    """Return one cell of a whole sheet; a void sheet has none."""
    if sheet["void_reason"]:
        return ""
    rows, columns = head["layout"]["speakers"], head["layout"]["items"]
    return str(sheet["marks"][rows.index(speaker) * len(columns) + columns.index(item)])


def cell_of(signs: Sequence[str]) -> Record:
    """Return a class's cell of a public kit: its marks sorted, which parts them from their sheets, and what is no mark."""
    return {
        "marks": "".join(sorted(sign for sign in signs if sign.isdigit())),
        "abstained": signs.count(BLANK),
        "not_informed": signs.count(NOT_INFORMED),
    }


# --- the command ------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Recount a file and say what was found."""
    parser = argparse.ArgumentParser(description="复核投票结果 · recount a ballot")
    parser.add_argument("file", help="公开复核包 · the public recount kit")
    parser.add_argument("--digest", help="应有的摘要 · the digest it should have")
    parser.add_argument("--sheets", action="append", default=[], help="监票人的整张票 · the scrutineers' whole sheets")
    options = parser.parse_args(arguments)
    try:
        records, digest = read_kit(Path(options.file).read_bytes())
        whole = [read_kit(Path(path).read_bytes(), SHEETS) for path in options.sheets]
    except (Refused, OSError) as error:
        print(f"✗ 拒绝 · refused: {error}", file=sys.stderr)
        return 2
    try:
        found = _everything(records, whole)
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError) as error:
        print(f"✗ 拒绝 · refused: 不是复核包的内容 not what a kit holds: {error!r}", file=sys.stderr)
        return 2
    found.say(options.digest in (None, digest), f"摘要 digest {digest}")
    print("\n".join(found.lines))
    print("✓ 全部复核一致 · every declared figure is reproduced" if not found.wrong else "✗ 有不一致 · not reproduced")
    return 1 if found.wrong else 0


def _everything(records: Sequence[Record], whole: Sequence[tuple[list[Record], str]]) -> Findings:
    found = recount(records)
    for sheets, sheets_digest in whole:
        more = recount_sheets(sheets, records)
        known = sheets_digest in [row.get("sheets") for row in of_kind(records, "round")]
        more.say(known, f"整张票摘要 digest of sheets {sheets_digest}")
        found.lines, found.wrong = found.lines + more.lines, found.wrong + more.wrong
    return found


if __name__ == "__main__":
    raise SystemExit(main())
