"""Points by rule: real local rules, quotas, ties and roundings."""

from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.scoring.tally import (
    ClassCount,
    CountingRule,
    Grade,
    OverallGrade,
    Rounding,
    StepRule,
    competition_ranks,
    declare,
    declare_scores,
    flag_in_words,
    mean_score,
    median_score,
    overall_grade,
    points_of_best,
    quota_seats,
    rank_points,
    rounded,
    step_points,
    within_quota,
)

marks = st.lists(st.integers(0, 100), min_size=1, max_size=12)
GRADES = (Grade("good", Fraction(1)), Grade("fair", Fraction(6, 10)), Grade("poor", Fraction(0)))


def rule(**options: Any) -> CountingRule:
    base: dict[str, Any] = {
        "class_weights": {"A": 60, "B": 40},
        "min_valid_per_class": 0,
        "min_valid_total": 0,
    }
    return CountingRule(GRADES, item_weights={"overall": 1}, excellent="good", negative=frozenset({"poor"}),
                        headline_item="overall", **(base | options))  # fmt: skip


def count(code: str, good: int, fair: int, poor: int, abstained: int = 0, away: int = 0) -> ClassCount:
    returned = good + fair + poor + abstained
    return ClassCount(code, returned + away, returned, 0, abstained, 0, {"good": good, "fair": fair, "poor": poor})


def test_the_denominator_is_a_stored_rule() -> None:
    counts = {"overall": [count("A", 6, 2, 0, abstained=2, away=10)]}
    scores = {kind: declare(rule(denominator=kind), counts).total for kind in ("valid", "returned", "issued")}
    assert scores == {"valid": Decimal("90.000"), "returned": Decimal("72.000"), "issued": Decimal("36.000")}
    assert declare(rule(denominator="returned"), counts).excellent_rate == Decimal("60.00")
    with pytest.raises(ValueError, match="denominator: 'present'"):
        rule(denominator="present")


def test_an_empty_class_is_shared_out_or_makes_the_result_void() -> None:
    counts = {"overall": [count("A", 8, 0, 0), count("B", 0, 0, 0, abstained=3)]}
    shared = declare(rule(), counts)
    assert (shared.total, shared.flags) == (Decimal("100.000"), ("class_B_missing_weights_renormalised",))
    void = declare(rule(empty_class="void"), counts)
    assert void.total is None
    assert "class_missing_result_void" in void.flags
    assert "没有结果" in void.summary("zh")
    with pytest.raises(ValueError, match="empty_class"):
        rule(empty_class="zero")


def test_one_stored_rounding() -> None:
    counts = {"overall": [count("A", 1, 1, 1), count("B", 2, 0, 1)]}
    exact = Fraction(60 * 160, 300) + Fraction(40 * 200, 300)
    assert declare(rule(rounding=Rounding(classes=None, total=6)), counts).total == rounded(exact, 6)
    assert declare(rule(rounding=Rounding(classes=0, total=1)), counts).total == Decimal("58.6")
    down = declare(rule(rounding=Rounding(total=0, mode="down")), counts)
    assert (down.total, down.excellent_rate) == (Decimal(58), Decimal("50.00"))
    with pytest.raises(ValueError, match="rounding: 'nearest'"):
        Rounding(mode="nearest")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="total keeps 13 decimals"):
        Rounding(total=13)


def test_summary_hides_small_classes() -> None:
    counts = {"overall": [count("A", 8, 1, 0), count("B", 2, 1, 0)]}
    said = declare(rule(min_valid_per_class=5), counts).summary("zh")
    assert "B （不公布）" in said
    assert "A （不公布）" in said  # a single hidden class could be had by subtraction
    assert "得分 " in said
    shown = declare(rule(), counts).summary("en")
    assert "A 95.555556, B 86.666667" in shown
    void = declare(rule(), {"overall": [ClassCount("A", 3, 4, 0, 0, 0, {"good": 4, "fair": 0, "poor": 0})]})
    assert "vote again" in void.summary("en")


@given(marks)
def test_median_is_the_median(scores: list[int]) -> None:
    assert median_score(scores) == Fraction(median(map(Fraction, scores)))


@given(marks, st.integers(0, 3))
def test_trimming_drops_both_ends(scores: list[int], cut: int) -> None:
    if len(scores) <= 2 * cut:
        with pytest.raises(ValueError, match="none is left"):
            mean_score(scores, cut)
        return
    made = mean_score(scores, cut)
    kept = sorted(scores)[cut : len(scores) - cut]
    assert made == Fraction(sum(kept), len(kept))
    assert min(scores) <= made <= max(scores)


def test_hundred_point_sheets() -> None:
    by_class = {"A": [90, 80, 100, 10], "B": [70, 75]}
    weights = {"A": 60, "B": 40, "C": 0}
    assert declare_scores(by_class, weights)[0] == Fraction(6 * 70, 10) + 4 * Fraction(725, 100)
    assert declare_scores(by_class, weights, method="median")[0] == 51 + 29
    assert declare_scores({"A": by_class["A"]}, weights, method="trimmed")[1] == {"A": Fraction(85)}
    assert declare_scores({"A": [], "B": [70]}, weights)[0] == 70
    assert declare_scores({}, weights) == (None, {})
    with pytest.raises(ValueError, match="class A, row 1: 101 is outside 0 to 100"):
        declare_scores({"A": [90, 101]}, weights)
    with pytest.raises(ValueError, match="class D: the weight"):
        declare_scores({"D": [90]}, weights)
    with pytest.raises(ValueError, match="method"):
        declare_scores(by_class, weights, method="mode")  # type: ignore[arg-type]


def test_step_rule() -> None:
    assert step_points(90, 0) == 200
    assert step_points(Decimal("59.99"), Fraction(100, 3)) == 130
    flat = StepRule(((Fraction(50), Fraction(10)),), Fraction(5), Fraction(20), Fraction(0))
    assert [flat.points(e, n) for e, n in ((50, 90), (49, 10), (49, 20))] == [10, 5, 0]
    with pytest.raises(ValueError, match="the lines 50, 60 do not fall"):
        StepRule(((Fraction(50), Fraction(1)), (Fraction(60), Fraction(2))), Fraction(0), Fraction(1), Fraction(0))


def test_rank_points_are_ruians() -> None:
    assert rank_points([1]) == 200
    assert rank_points([2]) == 196
    assert rank_points([1, 2, 3, 4]) == 194
    assert rank_points([60]) == 0
    with pytest.raises(ValueError, match="ranks"):
        rank_points([0, 1])


def test_points_of_best() -> None:
    assert points_of_best({"a": 45, "b": 60}, 600) == {"a": 450, "b": 600}
    with pytest.raises(ValueError, match="not positive"):
        points_of_best({"a": 0}, 600)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_ranks_by_every_rule_for_ties(scores: list[int]) -> None:
    assert competition_ranks(scores) == [1 + sum(other > one for other in scores) for one in scores]
    assert competition_ranks(scores, "max") == [sum(other >= one for other in scores) for one in scores]
    assert competition_ranks(scores, "dense") == [1 + len({o for o in scores if o > one}) for one in scores]
    with pytest.raises(ValueError, match="ties"):
        competition_ranks(scores, "random")  # type: ignore[arg-type]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4), min_size=1), st.integers(0, 8))
def test_quota_is_kept_unless_the_rule_lets_ties_in(scores: dict[str, int], seats: int) -> None:
    inside, tied = within_quota(scores, seats)
    assert len(inside) <= seats
    assert not inside & tied
    assert len({scores[one] for one in tied}) <= 1
    assert all(scores[one] > scores[other] for one in inside for other in scores.keys() - inside)
    assert within_quota(scores, seats, "all")[0] == inside | tied
    if tied:
        assert len(inside) < seats < len(inside | tied)


def test_seats_are_rounded_down() -> None:
    assert [quota_seats(n, Fraction(1, 4)) for n in (3, 4, 9)] == [0, 1, 2]
    with pytest.raises(ValueError, match="share"):
        quota_seats(9, 20)
    with pytest.raises(ValueError, match="seats -1"):
        within_quota({"a": 1}, -1)


def test_overall_grade() -> None:
    grades = [OverallGrade("good", 90, 60, Fraction(100, 3)), OverallGrade("fair", 80), OverallGrade("weak")]
    found = [
        overall_grade(grades, *case).code
        for case in ((90, 60, 33), (90, 59, 0), (95, 70, Fraction(100, 3)), (79, 0, 0))
    ]
    assert found == ["good", "fair", "fair", "weak"]
    with pytest.raises(ValueError, match="there is none"):
        overall_grade([], 1, 1, 1)


def test_decimals_mean_what_they_say() -> None:
    assert [quota_seats(n, share) for n, share in ((20, 0.15), (10, 0.3), (100, 0.29))] == [3, 3, 29]
    assert Grade("fair", 0.8).coefficient == Fraction(4, 5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the weight of A is no whole number; use percent"):
        rule(class_weights={"A": 0.6, "B": 0.4})
    with pytest.raises(ValueError, match="class A: issued is no whole number"):
        count("A", 6.5, 0, 0)  # type: ignore[arg-type]


def test_flags_are_said_in_words() -> None:
    counts = {"overall": [count("A", 8, 0, 0)]}
    assert "B 类没有有效票，权重由其余各类分摊" in declare(rule(), counts).summary("zh")
    assert flag_in_words("item_style_missing_in_class_A", "en") == "class A has no valid mark on item style"
    assert "class_scores" not in repr(declare(rule(), counts))


def test_a_weightless_class_does_not_stand_in_for_an_empty_one() -> None:
    counts = {"overall": [count("A", 8, 0, 0), count("C", 5, 0, 0)]}
    made = declare(rule(class_weights={"A": 60, "B": 40, "C": 0}, empty_class="void"), counts)
    assert made.total is None
