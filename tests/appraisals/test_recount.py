"""The stand-alone recount: its arithmetic against the counting library, and its refusal of changed files."""

import json
import subprocess
import sys
from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.appraisals import recount
from yizhen.appraisals.config import counting_rule, template_config
from yizhen.appraisals.kit import published
from yizhen.appraisals.recount import PUBLIC, Refused, read_kit, write_kit
from yizhen.cli import main
from yizhen.scoring.tally import (
    RUIAN_2012,
    ClassCount,
    CountingRule,
    Declared,
    StepRule,
    declare,
    declare_scores,
    headline_rates,
    round_half_up,
)

BASE = template_config("comprehensive")
GRADES = [row["code"] for row in BASE["grades"]]
ITEMS = ["overall", BASE["items"][1]["code"]]
CLASSES = [row["code"] for row in BASE["classes"]]
RECORDS: list[recount.Record] = [
    {"kind": "campaign", "title": "虚构"},
    *[{"kind": "result", "number": n, "place": f"第{n}镇", "marks": "0" * n} for n in range(1, 6)],
]
KIT = write_kit(PUBLIC, RECORDS)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_kit_is_read_as_it_was_written() -> None:
    records, digest = read_kit(KIT)
    assert (records, digest) == (RECORDS, json.loads(KIT)["digest"])
    assert [row["record"] for row in json.loads(KIT)["records"]] == RECORDS
    assert write_kit(PUBLIC, records) == KIT


@given(st.integers(0, len(KIT) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused_by_the_record_it_lies_in(at: int, by: int) -> None:
    changed = KIT[:at] + bytes([KIT[at] ^ by]) + KIT[at + 1 :]
    with pytest.raises(Refused) as refusal:
        read_kit(changed)
    assert refusal.value.number == KIT[:at].count(b"\n")


def test_every_bit_of_a_small_kit_is_guarded() -> None:
    small = write_kit(PUBLIC, RECORDS[:2])
    for at in range(len(small)):
        for bit in range(8):
            with pytest.raises(Refused):
                read_kit(small[:at] + bytes([small[at] ^ 1 << bit]) + small[at + 1 :])


@pytest.mark.parametrize("lost", range(len(KIT.split(b"\n"))))
def test_a_lost_line_is_refused(lost: int) -> None:
    lines = KIT.split(b"\n")
    with pytest.raises(Refused):
        read_kit(b"\n".join(lines[:lost] + lines[lost + 1 :]))


def test_lines_in_another_order_are_refused() -> None:
    lines = KIT.split(b"\n")
    lines[2], lines[3] = lines[3], lines[2]
    with pytest.raises(Refused, match=r"record 2 \(result 2 第2镇\)"):
        read_kit(b"\n".join(lines))


# --- the arithmetic ---------------------------------------------------------------------------------------------------

cells = st.tuples(*[st.integers(0, 9)] * len(GRADES), st.integers(0, 2), st.integers(0, 2))
quiet_cells = st.one_of(cells, st.just((0,) * (len(GRADES) + 2)))
tables = st.fixed_dictionaries({item: st.fixed_dictionaries(dict.fromkeys(CLASSES, quiet_cells)) for item in ITEMS})
weights = st.lists(st.integers(0, 40), min_size=len(CLASSES), max_size=len(CLASSES)).filter(any)
METHODS: list[dict[str, Any]] = [
    *[{"denominator": by, "empty_class": empty} for by in ("valid", "returned", "issued") for empty in ("renormalise", "void")],
    {"method": "trimmed", "cut": 1},
    {"method": "trimmed", "cut": 2, "empty_class": "void"},
    {"method": "median"},
    *[{"method": "step", "denominator": by} for by in ("valid", "returned")],
    {"method": "step", "step": {"steps": [["66.6", "90.125"], ["1", "50"]], "otherwise": "7", "negative_line": "1/7", "negative_points": "0"}},
]  # fmt: skip


def config_of(rules: dict[str, Any], class_weights: list[int]) -> dict[str, Any]:
    config = deepcopy(BASE)
    config["items"] = [row for row in config["items"] if row["code"] in ITEMS]
    config["classes"] = [row | {"weight": weight} for row, weight in zip(config["classes"], class_weights, strict=True)]
    config["rules"] |= rules
    return config


def counts_of(table: Mapping[str, Mapping[str, tuple[int, ...]]]) -> dict[str, dict[str, dict[str, int]]]:
    """Return counts as the result keeps them: each class returns the same number of sheets on every item."""
    returned = {code: max(sum(table[item][code]) for item in ITEMS) + 1 for code in CLASSES}
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for item, row in table.items():
        counts[item] = {}
        for code, (*marks, unknown, blank) in row.items():
            rest = returned[code] - 1 - sum(marks) - unknown - blank
            counts[item][code] = {
                "issued": returned[code] + 2,
                "returned": returned[code],
                "void": 1,
                "abstained": blank + rest,
                "not_informed": unknown,
                **dict(zip(GRADES, marks, strict=True)),
            }
    return counts


def by_library(config: dict[str, Any], counts: dict[str, dict[str, dict[str, int]]]) -> dict[str, Any]:
    """Return what the counting library declares, in the form in which results are kept."""
    rules = config["rules"]
    rule = replaced(counting_rule(config), rules)
    table = {
        item: [
            ClassCount(
                code,
                c["issued"],
                c["returned"],
                c["void"],
                c["abstained"],
                c["not_informed"],
                {g: c[g] for g in GRADES},
            )
            for code, c in row.items()
        ]
        for item, row in counts.items()
    }
    plain = declare(rule, table)
    flags, total = list(plain.flags), plain.total
    class_scores = dict(plain.class_scores)
    items = {item: dict(row) for item, row in plain.item_scores.items()}
    if rules.get("method") in {"trimmed", "median"}:
        class_scores, items, short = by_position(rule, rules, table)
        present = {code: Fraction(score) for code, score in class_scores.items() if score is not None}
        weight = sum(rule.class_weights[code] for code in present)
        if total is not None:
            sum_ = sum((rule.class_weights[code] * score for code, score in present.items()), Fraction(0))
            total = round_half_up(sum_ / weight, 3)
        flags += [f"class_{code}_too_few_to_trim" for code in CLASSES if code in short]
    if rules.get("method") == "step":
        flags = [flag for flag in flags if "missing_weights" not in flag and not flag.startswith("item_")]
        rates = headline_rates(rule, table)
        total = None if total is None or rates is None else round_half_up(steps_of(rules).points(*rates), 3)
    return as_kept(plain, total, class_scores, items, flags) | (
        {"weights_used": {}} if rules.get("method") == "step" else {}
    )


def replaced(rule: CountingRule, rules: dict[str, Any]) -> CountingRule:
    from dataclasses import replace

    return replace(
        rule, denominator=rules.get("denominator", "valid"), empty_class=rules.get("empty_class", "renormalise")
    )


def steps_of(rules: dict[str, Any]) -> StepRule:
    if "step" not in rules:  # the shipped steps are Ruian's of 200 points, in hundredths
        return StepRule(
            tuple((line, points / 2) for line, points in RUIAN_2012.steps),
            RUIAN_2012.otherwise / 2,
            RUIAN_2012.negative_line,
            RUIAN_2012.negative_points / 2,
        )
    step = rules["step"]
    return StepRule(
        tuple((Fraction(line), Fraction(points)) for line, points in step["steps"]),
        Fraction(step["otherwise"]),
        Fraction(step["negative_line"]) * 100,
        Fraction(step["negative_points"]),
    )


def by_position(rule: CountingRule, rules: dict[str, Any], table: Any) -> tuple[Any, Any, set[str]]:
    short: set[str] = set()
    items: dict[str, dict[str, Any]] = {}
    exact: dict[str, dict[str, Fraction]] = {}
    for item, rows in table.items():
        items[item], exact[item] = {}, {}
        for row in rows:
            marks = [grade.coefficient * 100 for grade in rule.grades for _one in range(row.grades[grade.code])]
            few = rules["method"] == "trimmed" and len(marks) <= 2 * rules["cut"]
            short |= {row.code} if few and marks else set()
            method = "mean" if few else rules["method"]
            _total, scores = declare_scores({row.code: marks}, {row.code: 1}, method=method, cut=rules.get("cut", 1))
            exact[item] |= scores
            items[item][row.code] = round_half_up(scores[row.code], 6) if marks else None
    classes: dict[str, Any] = {}
    for code in CLASSES:
        known = {item: row[code] for item, row in exact.items() if code in row}
        weight = sum(rule.item_weights[item] for item in known)
        sum_ = sum((rule.item_weights[item] * score for item, score in known.items()), Fraction(0))
        classes[code] = round_half_up(sum_ / weight, 6) if weight else None
    return classes, items, short


def as_kept(plain: Declared, total: Any, class_scores: Any, items: Any, flags: list[str]) -> dict[str, Any]:
    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    return {
        "total": text(total),
        "excellent_rate": text(plain.excellent_rate),
        "negative_rate": text(plain.negative_rate),
        "class_scores": {code: text(score) for code, score in class_scores.items()},
        "item_scores": {item: {code: text(score) for code, score in row.items()} for item, row in items.items()},
        "valid_by_class": dict(plain.valid_by_class),
        "weights_used": {code: str(weight) for code, weight in plain.weights_used.items()},
        "hidden_classes": sorted(plain.hidden_classes),
        "flags": flags,
    }


def classes_of(counts: dict[str, dict[str, dict[str, int]]]) -> dict[str, recount.Record]:
    return {code: dict(row) for code, row in counts["overall"].items()}


@pytest.mark.parametrize("rules", METHODS, ids=str)
@given(table=tables, class_weights=weights)
def test_recount_declares_what_the_library_declares(
    rules: dict[str, Any], table: dict[str, dict[str, tuple[int, ...]]], class_weights: list[int]
) -> None:
    config, counts = config_of(rules, class_weights), counts_of(table)
    declared = by_library(config, counts)
    record = published(config, counts, declared)
    assert recount.declare(config, classes_of(counts), record) == record["declared"]
    hidden = set(declared["hidden_classes"])
    assert record["declared"]["total"] == declared["total"]
    assert set(record["declared"]["class_scores"]) == set(CLASSES) - hidden
    # Counted from everything, as scrutineers can, it is the same without a remainder.
    everything = {
        item: {code: recount.cell_of(signs_of(row)) for code, row in classes.items()}
        for item, classes in counts.items()
    }
    whole = recount.declare(config, classes_of(counts), {"items": everything, "hidden": {"classes": []}})
    assert {key: whole[key] for key in ("total", "excellent_rate", "negative_rate", "flags", "weights_used")} == {
        key: declared[key] for key in ("total", "excellent_rate", "negative_rate", "flags", "weights_used")
    }
    assert (whole["class_scores"], whole["item_scores"]) == (declared["class_scores"], declared["item_scores"])


def signs_of(row: dict[str, int]) -> list[str]:
    marks = [str(at) for at, grade in enumerate(GRADES) for _one in range(row[grade])]
    return [*marks, *["n"] * row["not_informed"], *["-"] * row["abstained"]]


# --- what a kit must not give back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", METHODS, ids=str)
@given(table=tables, class_weights=weights)
def test_kit_gives_no_small_class_back_by_subtraction(
    rules: dict[str, Any], table: dict[str, dict[str, tuple[int, ...]]], class_weights: list[int]
) -> None:
    """What is published of a small class stands only in numbers over two classes or more, of five sheets or more."""
    config, counts = config_of(rules, class_weights), counts_of(table)
    declared = by_library(config, counts)
    record = published(config, counts, declared)
    small = {
        code for code in CLASSES if any(0 < sum(counts[item][code][grade] for grade in GRADES) < 5 for item in ITEMS)
    }
    shown = {code for row in record["items"].values() for code in row}
    assert small & shown == set()
    hidden = record["hidden"]
    if "divisor" in hidden:  # rates are told: numbers over all hidden classes on the headline item
        marks = {code: sum(counts["overall"][code][grade] for grade in GRADES) for code in hidden["classes"]}
        inside = [number for number in marks.values() if number]
        others = [code for code in shown if record["items"]["overall"][code]["marks"]]
        assert not inside or not others or (len(inside) >= 2 and sum(inside) >= 5)
    if "remainder" in hidden:  # a total is told: what the published classes leave of it
        scored = [code for code in hidden["scored"] if class_weights[CLASSES.index(code)]]
        others = [code for code in shown if class_weights[CLASSES.index(code)] and declared["class_scores"][code]]
        assert len(scored) != 1 or not others
        rest = Fraction(declared["total"]) * sum(
            class_weights[at] for at, code in enumerate(CLASSES) if declared["class_scores"][code] is not None
        )
        known = sum(
            (
                class_weights[at] * Fraction(declared["class_scores"][code])
                for at, code in enumerate(CLASSES)
                if code in shown and declared["class_scores"][code] is not None
            ),
            Fraction(0),
        )
        assert Fraction(hidden["remainder"]) == rest - known  # nothing that the declared figures do not tell


def test_marks_of_a_kit_are_parted_from_their_sheets() -> None:
    """Each class's marks on each item are sorted by themselves: sheets that differ as wholes give the same kit."""
    signed, plain = [("0", "3"), ("3", "0"), ("1", "1")], [("0", "0"), ("3", "3"), ("1", "1")]
    for sheets in (signed, plain):
        assert [recount.cell_of([sheet[at] for sheet in sheets])["marks"] for at in (0, 1)] == ["013", "013"]


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the file alone: without the site's packages, isolated from everything but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", recount.__file__, *arguments],
        text=True,
        capture_output=True,
        env={"PYTHONUTF8": "1"},
        timeout=60,
    )


def test_command_refuses_a_changed_file_and_names_the_record(tmp_path: Path) -> None:
    path = tmp_path / "kit.json"
    path.write_bytes(KIT.replace("第3镇".encode(), "第8镇".encode(), 1))
    done = run(str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "record 4 (result 3 第8镇): was changed after it was written" in done.stderr


def test_command_refuses_what_is_no_kit(tmp_path: Path) -> None:
    path = tmp_path / "kit.json"
    path.write_bytes(KIT)
    assert run(str(path)).returncode == 2  # whole, but without what a kit holds
    path.write_text("{}")
    assert "record 0 (head of the file)" in run(str(path)).stderr
    assert run(str(tmp_path / "nothing.json")).returncode == 2


# --- the demo's kit ---------------------------------------------------------------------------------------------------

DEMO = Path(__file__).resolve().parents[2] / "docs" / "recount" / "demo.json"


def test_kit_of_the_demo_is_recounted_by_all_three(capsys: pytest.CaptureFixture[str]) -> None:
    records, digest = read_kit(DEMO.read_bytes())
    assert recount.recount(records).wrong == []
    assert len(recount.of_kind(records, "result")) == 9
    alone = run(str(DEMO), "--digest", digest)
    assert (alone.returncode, alone.stderr) == (0, "")
    assert main(["recount", str(DEMO), "--digest", digest]) == 0
    assert capsys.readouterr().out == alone.stdout


@given(st.data())
def test_kit_of_the_demo_with_one_changed_byte_is_refused(data: st.DataObject) -> None:
    content = DEMO.read_bytes()
    at, by = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
    with pytest.raises(Refused) as refusal:
        read_kit(content[:at] + bytes([content[at] ^ by]) + content[at + 1 :])
    assert refusal.value.number == content[:at].count(b"\n")
