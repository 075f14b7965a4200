import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.scoring import (
    ClassCount,
    CountingRule,
    Grade,
    class_score,
    competition_ranks,
    declare,
    headline_rates,
    hidden_classes,
    round_half_up,
    step_points,
    suppress_small,
)

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
VECTORS = {vector["name"]: vector for vector in DATA["ballot_test_vectors"]}
CODES = [grade["code"] for grade in DATA["sample_ballot"]["grades"]]
GRADES = tuple(Grade(g["code"], Fraction(str(g["coef"]))) for g in DATA["sample_ballot"]["grades"])
WEIGHTS = {row["code"]: row["weight_percent"] for row in DATA["voter_classes"]}
ITEMS = {row["code"]: row["weight"] for row in DATA["sample_ballot"]["items"]}
NEGATIVE = frozenset({"basically_competent", "not_competent"})
ONE = CountingRule(GRADES, WEIGHTS, {"overall": 1}, "excellent", NEGATIVE, "overall")
FULL = replace(ONE, item_weights=ITEMS)
NORMAL = [
    ClassCount(r["cls"], r["issued"], r["returned"], r["void"], r["abstained"], 0, {c: r[c] for c in CODES})
    for r in VECTORS["normal"]["classes"]
]


def of(code: str, *marks: int) -> ClassCount:
    return ClassCount(code, sum(marks), sum(marks), 0, 0, 0, dict(zip(CODES, marks, strict=True)))


def test_vector_normal() -> None:
    made = declare(ONE, {"overall": NORMAL})
    vector = VECTORS["normal"]
    assert {c: str(s) for c, s in made.class_scores.items()} == {r["cls"]: r["class_score"] for r in vector["classes"]}
    assert made.valid_by_class == {r["cls"]: r["valid"] for r in vector["classes"]}
    assert str(made.total) == vector["expected_total"]
    assert (str(made.excellent_rate), str(made.negative_rate)) == ("58.17", "8.50")
    assert (made.flags, made.round_void, made.hidden_classes) == ((), False, frozenset())
    assert made.weights_used == {code: Fraction(weight, 100) for code, weight in WEIGHTS.items()}


def test_vector_class_without_valid_ballot() -> None:
    vector = VECTORS["class_with_no_valid_ballot_renormalise"]
    empty = ClassCount("D", 9, 9, 9, 0, 0, dict.fromkeys(CODES, 0))
    for rows in ([r if r.code != "D" else empty for r in NORMAL], [r for r in NORMAL if r.code != "D"]):
        made = declare(ONE, {"overall": rows})
        assert str(made.total) == vector["expected_total"]
        assert made.flags == (vector["expected_flag"],)
        assert made.class_scores["D"] is None
        assert sum(made.weights_used.values()) == 1


def test_vector_returned_more_than_issued() -> None:
    vector = VECTORS["returned_gt_issued"]
    rows = [r if r.code != "E" else replace(r, **vector["given"]) for r in NORMAL]
    made = declare(ONE, {"overall": rows})
    assert made.round_void
    assert made.flags == (vector["expected"],)
    assert made.total is None
    assert set(made.class_scores.values()) == {None}


def test_vector_ranks() -> None:
    vector = VECTORS["ranking_ties"]
    assert competition_ranks([Decimal(s) for s in vector["scores"]]) == vector["expected_ranks"]
    assert competition_ranks([Decimal(88), Decimal("90.5"), Decimal("90.50")]) == [3, 1, 1]


def test_vector_ruian() -> None:
    vector = VECTORS["ruian_2012_step"]
    rates = zip(vector["excellent_rates_percent"], vector["negative_rate_percent"], strict=True)
    assert [step_points(e, n) for e, n in rates] == vector["expected_points"]
    assert step_points(55, Fraction(100, 3)) == vector["negative_ge_one_third"]
    assert step_points(Decimal("59.99"), Decimal("33.33")) == 160
    assert [step_points(rate, 0) for rate in (90, 80, 70, 60)] == [200, 190, 180, 170]


def test_items_are_weighted_and_missing_ones_flagged() -> None:
    rows = {item: [of(code, 5, 5, 0, 0) for code in WEIGHTS] for item in ITEMS}
    rows["overall"] = [of(code, 10, 0, 0, 0) for code in WEIGHTS]
    assert declare(FULL, rows).total == Decimal("94.000")
    rows["style"] = [of("A", 0, 0, 0, 0), *rows["style"][1:]]
    made = declare(FULL, rows)
    assert made.flags == ("item_style_missing_in_class_A",)
    assert made.class_scores["A"] == Decimal("94.444444")
    assert made.item_scores["style"]["A"] is None


def test_not_informed_stays_out_of_the_denominator() -> None:
    rule = replace(ONE, grades=(*GRADES, Grade("no_view", Fraction(0), counts_in_denominator=False)))
    marks = {"excellent": 5, "no_view": 4}
    count = ClassCount("A", 10, 10, 0, 0, 1, marks)
    assert class_score(rule, count) == 100
    assert declare(rule, {"overall": [count]}).valid_by_class["A"] == 5


def test_below_minimum_shows_nothing() -> None:
    made = declare(ONE, {"overall": [of("A", 4, 0, 0, 0), of("B", 3, 0, 0, 0)]})
    assert (made.total, made.excellent_rate, made.negative_rate) == (None, None, None)
    assert made.flags[-1] == "below_minimum_total"
    assert made.hidden_classes == frozenset(WEIGHTS)


def test_a_small_item_hides_its_class() -> None:
    rows = {item: [of("A", 9, 0, 0, 0), of("B", 7, 0, 0, 0), of("C", 8, 0, 0, 0)] for item in ITEMS}
    rows["style"] = [of("A", 2, 0, 0, 0), *rows["style"][1:]]
    assert declare(FULL, rows).hidden_classes == {"A", "B"}


def test_rates_are_exact() -> None:
    rates = headline_rates(ONE, {"overall": [of("A", 2, 0, 0, 1)]})
    assert rates == (Fraction(200, 3), Fraction(100, 3))
    assert headline_rates(ONE, {}) is None


def test_round_half_up() -> None:
    assert str(round_half_up(Fraction("0.0005"), 3)) == "0.001"
    assert str(round_half_up(Fraction("2.5"), 0)) == "3"
    assert str(round_half_up(Fraction(100), 3)) == "100.000"


def test_hidden_classes() -> None:
    assert hidden_classes({"A": 20, "B": 9, "C": 4}, 5) == {"B", "C"}
    assert hidden_classes({"A": 20, "B": 3, "C": 4}, 5) == {"B", "C"}
    assert hidden_classes({"A": 20, "B": 9, "C": 0}, 5) == frozenset()
    assert hidden_classes({"A": 0, "C": 4}, 5) == {"C"}
    # One and one: their mean would be told by the total, so a third joins.
    assert hidden_classes({"A": 20, "B": 9, "C": 1, "D": 1}, 5) == {"B", "C", "D"}
    # A class without weight is not in the total and covers nothing.
    assert hidden_classes({"A": 20, "B": 4, "C": 6}, 5, weightless={"C"}) == {"A", "B"}


def test_hidden_classes_are_covered_on_every_item() -> None:
    """The rates add up all classes: without cover on the headline item they would give a hidden class back."""
    rows = {
        "overall": [of("A", 20, 0, 0, 0), of("B", 9, 0, 0, 0), of("C", 2, 1, 0, 1), of("D", 0, 0, 0, 0)],
        "style": [of("A", 20, 0, 0, 0), of("B", 9, 0, 0, 0), of("C", 4, 0, 0, 0), of("D", 3, 0, 0, 0)],
    }
    assert declare(FULL, rows).hidden_classes == {"B", "C", "D"}
    # A class without weight is in no total, but it is in the rates; its cover there needs one in the total.
    rule = replace(FULL, class_weights={"A": 60, "B": 40, "C": 0})
    rows = {"overall": [of("A", 20, 0, 0, 0), of("B", 9, 0, 0, 0), of("C", 2, 1, 0, 1)]}
    assert declare(rule, rows).hidden_classes == {"A", "B", "C"}


def test_suppress_small() -> None:
    assert [suppress_small(n) for n in (0, 1, 4, 5)] == [0, "<5", "<5", 5]
    assert suppress_small(7, threshold=8) == "<8"
    with pytest.raises(ValueError, match="negative"):
        suppress_small(-1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"void": -1}, "class A: void is negative"),
        ({"grades": {"excellent": -2}}, "class A: excellent is negative"),
        ({"returned": 19}, "class A: returned is 19, but its parts add up to 20"),
    ],
)
def test_bad_counts_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(NORMAL[0], **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_weights": {"A": 0}}, "class_weights: the weights must sum"),
        ({"item_weights": {}}, "item_weights: the weights must sum"),
        ({"class_weights": {"A": 3, "B": -1}}, "class_weights: the weight of B is negative"),
        ({"excellent": "best"}, "grades: best not in the rule"),
        ({"headline_item": "style"}, "headline_item: style"),
        ({"grades": (*GRADES, GRADES[0])}, "used twice"),
        ({"min_valid_total": -1}, "min_valid_total"),
    ],
)
def test_bad_rules_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ONE, **change)


def test_unknown_codes_are_named() -> None:
    with pytest.raises(ValueError, match="item: style"):
        declare(ONE, {"style": NORMAL})
    with pytest.raises(ValueError, match="class: Z"):
        declare(ONE, {"overall": [of("Z", 1, 0, 0, 0)]})
    with pytest.raises(ValueError, match="class A: grades: great"):
        declare(ONE, {"overall": [ClassCount("A", 1, 1, 0, 0, 0, {"great": 1})]})
    with pytest.raises(ValueError, match="a class occurs twice"):
        declare(ONE, {"overall": [NORMAL[0], NORMAL[0]]})
    with pytest.raises(ValueError, match="outside 0 to 1"):
        Grade("bonus", Fraction(11, 10))


marks = st.tuples(*[st.integers(0, 12)] * 4)
rounds = st.fixed_dictionaries(
    {item: st.fixed_dictionaries(dict.fromkeys(WEIGHTS, marks)) for item in ("overall", "safety")}
)
TWO = replace(ONE, item_weights={"overall": 4, "safety": 1})


def rows_of(table: dict[str, dict[str, tuple[int, ...]]]) -> dict[str, list[ClassCount]]:
    return {item: [of(code, *m) for code, m in row.items()] for item, row in table.items()}


@given(rounds, st.permutations(list(WEIGHTS)))
def test_order_changes_nothing(table: dict[str, dict[str, tuple[int, ...]]], order: list[str]) -> None:
    shuffled = {item: [of(code, *table[item][code]) for code in order] for item in reversed(table)}
    assert declare(TWO, shuffled) == declare(TWO, rows_of(table))
    other = declare(replace(TWO, class_weights={code: WEIGHTS[code] for code in order}), shuffled)
    assert (other.total, other.hidden_classes) == (declare(TWO, shuffled).total, declare(TWO, shuffled).hidden_classes)


@given(rounds)
def test_scores_stay_in_range_and_absence_is_flagged(table: dict[str, dict[str, tuple[int, ...]]]) -> None:
    made = declare(TWO, rows_of(table))
    assert made.total is None or 0 <= made.total <= 100
    assert all(score is None or 0 <= score <= 100 for score in made.class_scores.values())
    for code in WEIGHTS:
        absent = not any(sum(table[item][code]) for item in table)
        assert (f"class_{code}_missing_weights_renormalised" in made.flags) == absent
        assert (code not in made.weights_used) == absent
    assert not made.weights_used or sum(made.weights_used.values()) == 1
    assert (made.total is None) == (sum(made.valid_by_class.values()) < TWO.min_valid_total)


@given(rounds, st.sampled_from(list(WEIGHTS)), st.sampled_from(["overall", "safety"]), st.integers(1, 3))
def test_a_better_mark_never_lowers_the_total(
    table: dict[str, dict[str, tuple[int, ...]]], code: str, item: str, grade: int
) -> None:
    before = declare(TWO, rows_of(table))
    row = list(table[item][code])
    if not row[grade] or before.total is None:
        return
    row[grade] -= 1
    row[grade - 1] += 1
    table[item][code] = tuple(row)
    after = declare(TWO, rows_of(table)).total
    assert after is not None
    assert after >= before.total


@given(rounds)
def test_hidden_classes_together_are_never_few_on_an_item(table: dict[str, dict[str, tuple[int, ...]]]) -> None:
    rows = rows_of(table)
    hidden = declare(TWO, rows).hidden_classes
    for counts in rows.values():
        marks = {row.code: row.valid for row in counts if row.valid}
        inside = {code for code in marks if code in hidden}
        few = len(inside) < 2 or sum(marks[code] for code in inside) < TWO.min_valid_per_class
        assert not inside or not few or inside == set(marks)


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(0, 12)), st.integers(0, 9))
def test_one_hidden_class_never_stands_alone(valid: dict[str, int], minimum: int) -> None:
    hidden = hidden_classes(valid, minimum)
    able = {code for code, number in valid.items() if number}
    assert {code for code in able if valid[code] < minimum} <= hidden <= able
    assert len(hidden) != 1 or len(able) == 1
    assert not hidden or sum(valid[code] for code in hidden) >= minimum or hidden == able
