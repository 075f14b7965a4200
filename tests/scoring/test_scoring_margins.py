"""Margins of a declared result, against trying every way of marking every set of sheets."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.scoring.inputs import InputError
from yizhen.scoring.tally import (
    ClassCount,
    CountingRule,
    Grade,
    Margin,
    Rounding,
    Sheet,
    Standing,
    counts_from,
    declare,
    effective_raters,
    one_raters_power,
    rate_margin,
    sheets_from,
)

WORTH = {"excellent": Fraction(1), "competent": Fraction(4, 5), "poor": Fraction(0)}
GRADES = tuple(Grade(code, worth) for code, worth in WORTH.items())
RULE = CountingRule(GRADES, {"A": 60, "B": 40}, {"overall": 1}, "excellent", frozenset({"poor"}), "overall")
TWO = CountingRule(GRADES, {"A": 60, "B": 40}, {"overall": 3, "safety": 1}, "excellent", frozenset({"poor"}), "overall")
mark = st.one_of(st.none(), st.sampled_from(list(WORTH)))
sheet = st.tuples(st.sampled_from("AB"), mark, mark)
bodies = st.lists(sheet, min_size=2, max_size=5)


def sheets_of(rows: list[tuple[str, Any, Any]]) -> list[Sheet]:
    return [
        Sheet(code, {ratee: {"overall": one} for ratee, one in zip("xy", marks, strict=True) if one})
        for code, *marks in rows
    ]


def fewest_by_trying(sheets: list[Sheet], holds: Any) -> int | None:
    """Mark every set of sheets in every way, smallest sets first, until the result no longer holds."""
    for count in range(len(sheets) + 1):
        for chosen in combinations(range(len(sheets)), count):
            cells = [(at, ratee) for at in chosen for ratee in sheets[at].marks]
            for grades in product(WORTH, repeat=len(cells)):
                other = [{ratee: dict(marks) for ratee, marks in one.marks.items()} for one in sheets]
                for (at, ratee), grade in zip(cells, grades, strict=True):
                    other[at][ratee]["overall"] = grade
                changed = [Sheet(one.class_code, marks) for one, marks in zip(sheets, other, strict=True)]
                if not holds(Standing(RULE, changed)):
                    return count
    return None


@settings(deadline=None, max_examples=60)
@given(bodies)
def test_pair_margin_is_exact(rows: list[tuple[str, Any, Any]]) -> None:
    sheets = sheets_of(rows)
    standing = Standing(RULE, sheets)
    if set(standing.ratees) != {"x", "y"}:
        return
    ahead, behind = sorted("xy", key=lambda ratee: -standing.score(ratee))
    expected = fewest_by_trying(sheets, lambda other: other.score(ahead) > other.score(behind))
    assert standing.pair(ahead, behind).sheets == expected


@settings(deadline=None, max_examples=60)
@given(bodies, st.sampled_from([0, 40, 60, 80, 100]))
def test_cut_off_margin_is_exact(rows: list[tuple[str, Any, Any]], line: int) -> None:
    sheets = sheets_of(rows)
    standing = Standing(RULE, sheets)
    if "x" not in standing.ratees:
        return
    above = standing.score("x") >= line
    expected = fewest_by_trying(sheets, lambda other: (other.score("x") >= line) == above)
    assert standing.cut_off("x", line).sheets == expected


@given(bodies)
def test_scores_are_the_declared_ones(rows: list[tuple[str, Any, Any]]) -> None:
    sheets = sheets_of(rows)
    standing = Standing(RULE, sheets)
    exact = CountingRule(
        GRADES, RULE.class_weights, RULE.item_weights, "excellent", frozenset({"poor"}), "overall",
        min_valid_per_class=0, min_valid_total=0, rounding=Rounding(classes=None, total=9),
    )  # fmt: skip
    for ratee in standing.ratees:
        counts = []
        for code in "AB":
            marks = [one.marks[ratee]["overall"] for one in sheets if one.class_code == code and ratee in one.marks]
            grades = {grade: marks.count(grade) for grade in WORTH}
            counts.append(ClassCount(code, len(marks), len(marks), 0, 0, 0, grades))
        declared = declare(exact, {"overall": counts}).total
        assert declared is not None
        assert abs(Fraction(declared) - standing.score(ratee)) <= Fraction(1, 10**9)


def test_items_weigh_in() -> None:
    marks = {"overall": "excellent", "safety": "competent"}
    other = {"overall": "competent", "safety": "excellent"}
    sheets = [Sheet("A", {"x": marks, "y": other}) for _ in range(4)] + [Sheet("B", {"x": marks, "y": other})]
    standing = Standing(TWO, sheets)
    assert standing.score("x") == 95
    assert standing.score("y") == 85
    assert standing.pair("x", "y") == Margin(1, {"B": 1})  # one sheet of B decides 40 of 100
    assert set(standing.pairs()) == {("x", "y")}


def test_a_tie_has_no_margin_and_some_results_cannot_change() -> None:
    same = [Sheet("A", {"x": {"overall": "excellent"}, "y": {"overall": "excellent"}})]
    standing = Standing(RULE, same)
    assert standing.pair("x", "y") == Margin(0, {})
    assert standing.cut_off("x", 0) == Margin(None, {})
    assert standing.pair("x", "y").summary("zh") == "并列，没有差距。"
    assert standing.cut_off("x", 0).summary("en") == "No marking of the sheets would change this."
    with pytest.raises(ValueError, match="y is not ahead of x"):
        Standing(RULE, [Sheet("A", {"x": {"overall": "excellent"}, "y": {"overall": "poor"}})]).pair("y", "x")


def test_margin_is_told_by_class() -> None:
    sheets = [Sheet("A", {"x": {"overall": "excellent"}}) for _ in range(6)] + [
        Sheet("B", {"x": {"overall": "competent"}}) for _ in range(3)
    ]
    margin = Standing(RULE, sheets).cut_off("x", 90)
    assert margin == Margin(1, {"B": 1})
    assert margin.summary("zh") == "只要 1 张票改变就会改变结果（B 1）。"
    assert margin.summary("en") == "1 sheet marked otherwise would change the result (B 1)."


@given(st.integers(1, 30), st.integers(0, 30), st.sampled_from([0, Fraction(100, 3), 60, 90, 100]))
def test_rate_margin_is_exact(total: int, rate: int, line: Any) -> None:
    rate = min(rate, total)
    held = rate * 100 >= Fraction(line) * total
    changes = [abs(other - rate) for other in range(total + 1) if (other * 100 >= Fraction(line) * total) != held]
    assert rate_margin(rate, total, line) == (min(changes) if changes else None)


def test_unknown_codes_are_named() -> None:
    with pytest.raises(ValueError, match="sheet 0: class Z"):
        Standing(RULE, [Sheet("Z", {})])
    with pytest.raises(ValueError, match="sheet 0, x: safety = poor"):
        Standing(RULE, [Sheet("A", {"x": {"safety": "poor"}})])
    with pytest.raises(ValueError, match="7 of 5 marks"):
        rate_margin(7, 5, 50)


def test_power() -> None:
    power = one_raters_power({"A": 40, "B": 40, "C": 20, "D": 0}, {"A": 3, "B": 10, "C": 60, "D": 0})
    assert power == {"A": Fraction(2, 15), "B": Fraction(1, 25), "C": Fraction(1, 300)}
    assert sum(share * {"A": 3, "B": 10, "C": 60}[code] for code, share in power.items()) == 1
    assert effective_raters({"A": 1}, {"A": 25}) == 25
    with pytest.raises(ValueError, match="class B: the weight is missing"):
        one_raters_power({"A": 1}, {"A": 2, "B": 1})
    with pytest.raises(ValueError, match="nobody with a weight votes"):
        effective_raters({"A": 1}, {"A": 0})


def test_other_denominators_and_strangers_are_refused() -> None:
    with pytest.raises(ValueError, match="margins are exact for valid marks only, not for issued"):
        Standing(replace(RULE, denominator="issued"), [])
    standing = Standing(RULE, [Sheet("A", {"x": {"overall": "excellent"}})])
    with pytest.raises(ValueError, match="zz is on no sheet"):
        standing.pair("x", "zz")


def test_a_table_of_marks_becomes_sheets_and_counts() -> None:
    data = {
        "town": ["x", "y", "x", "y", "x"],
        "sheet": [1, 1, 2, 2, 3],
        "grade": ["excellent", "poor", "competent", None, "excellent"],
        "class": ["A", "A", "B", "B", "B"],
    }
    names = {"ratee": "town", "rater": "sheet", "grade": "grade", "group": "class"}
    for table in (data, pd.DataFrame(data), pl.DataFrame(data)):
        sheets = sheets_from(table, RULE, **names)
        assert [sheet.class_code for sheet in sheets] == ["A", "B", "B"]
        counts = counts_from(sheets, RULE, "x", issued={"A": 2, "B": 2})["overall"]
        assert [(count.code, count.issued, count.valid) for count in counts] == [("A", 2, 1), ("B", 2, 2)]
        assert counts_from(sheets, RULE, "y")["overall"][1].abstained == 2
        assert Standing(RULE, sheets).score("x") == 96
    for change, message in (
        ({"class": ["A", "A", "Z", "Z", "B"]}, "class, row 2: Z is not in the rule: A, B"),
        ({"grade": ["good", "poor", "poor", "poor", "poor"]}, "grade, row 0: good is not in the rule"),
        ({"class": ["A", "B", "B", "B", "B"]}, "class, row 1: sheet 1 is in two classes"),
        ({"town": ["x", "x", "x", "y", "x"]}, "grade, row 1: sheet 1 marks x twice on overall"),
        ({"town": ["x", None, "x", "y", "x"]}, "town, row 1: the name is missing"),
        ({"sheet": [1, 1, 2, float("nan"), 3]}, "sheet, row 3: the name is missing"),
        ({"sheet": [1, 1]}, "sheet: has 2 rows, but town has 5"),
        ({"grade": [["good"], "poor", "poor", "poor", "poor"]}, "grade: has|grade, row 0"),
    ):
        with pytest.raises(InputError, match=message):
            sheets_from(data | change, RULE, **names)
    for ratee, issued, message in (
        ("z", None, "z is on no sheet"),
        ("x", {"A": 2}, "issued: class without a number: B not in the rule"),
        ("x", {"A": 2, "B": 2, "Q": 1}, "issued: Q not in the rule"),
    ):
        with pytest.raises(ValueError, match=message):
            counts_from(sheets, RULE, ratee, issued)
