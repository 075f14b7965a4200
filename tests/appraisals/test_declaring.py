from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.choices import METHODS, RUIAN_IN_HUNDREDTHS, rule_problems
from yizhen.appraisals.config import NOT_INFORMED, counting_rule, problems_of, template_config
from yizhen.appraisals.declaring import (
    MEAN,
    Method,
    class_counts,
    declare_counts,
    flag_words,
    margins_are_exact,
    method_of,
    rule_in_words,
    step_rule,
)
from yizhen.appraisals.models import Result
from yizhen.places.models import Division
from yizhen.scoring.tally import (
    CountingRule,
    Rounding,
    declare,
    declare_scores,
    headline_rates,
    rounded,
    step_points,
)

Counts = dict[str, dict[str, dict[str, int]]]
GRADES = ("excellent", "competent", "basically_competent", "not_competent")
CONFIG = template_config("comprehensive")
STEP = Method("step", steps=step_rule(RUIAN_IN_HUNDREDTHS))


def with_rules(**rules: Any) -> dict[str, Any]:
    """Return the comprehensive template with some rules changed."""
    return {**CONFIG, "rules": {**CONFIG["rules"], **rules}}


def exact_rule(**rules: Any) -> CountingRule:
    """Return a rule that rounds the total alone, so that it can be compared with exact sums."""
    return replace(counting_rule(with_rules(**rules)), rounding=Rounding(classes=None))


@st.composite
def counted(draw: st.DrawFn, least: int = 0, most: int = 9, items: tuple[str, ...] = ("overall", "style")) -> Counts:
    """Draw what the tellers may have counted: item → class → numbers that add up."""
    found: Counts = {}
    for item in items:
        found[item] = {}
        for code in "ABCDE":
            grades = {grade: draw(st.integers(0, most)) for grade in GRADES}
            grades["excellent"] += max(0, least - sum(grades.values()))
            blank, unknown, away = (draw(st.integers(0, 3)) for _n in range(3))
            returned = sum(grades.values()) + blank + unknown
            found[item][code] = {
                "issued": returned + away,
                "returned": returned,
                "void": 0,
                "abstained": blank,
                NOT_INFORMED: unknown,
                **grades,
            }
    return found


def marks_of(rule: CountingRule, row: Mapping[str, int]) -> list[Fraction]:
    """Write a class's counts out, one mark a sheet."""
    return [grade.coefficient * 100 for grade in rule.grades for _n in range(row[grade.code])]


# --- each method against the counting library ------------------------------------------------------------------------


@given(counted(), st.sampled_from(["valid", "returned", "issued"]), st.sampled_from(["renormalise", "void"]))
def test_mean_is_what_the_library_declares(counts: Counts, denominator: str, empty_class: str) -> None:
    rule = counting_rule(with_rules(denominator=denominator, empty_class=empty_class))
    assert (rule.denominator, rule.empty_class) == (denominator, empty_class)
    assert declare_counts(rule, counts) == declare(rule, class_counts(rule, counts))


@pytest.mark.parametrize("name", ["trimmed", "median"])
@given(counts=counted(least=7, items=("overall",)), cut=st.integers(1, 3))
def test_trimmed_and_median_of_one_item_are_the_librarys_total(name: Any, counts: Counts, cut: int) -> None:
    rule = exact_rule()
    by_class = {code: marks_of(rule, row) for code, row in counts["overall"].items()}
    total, scores = declare_scores(by_class, rule.class_weights, method=name, cut=cut)
    declared = declare_counts(rule, counts, Method(name, cut))
    assert total is not None
    assert declared.total == rounded(total, 3)
    assert declared.class_scores == {code: rounded(score, 6) for code, score in scores.items()}


@given(counted())
def test_step_gives_half_of_ruians_points(counts: Counts) -> None:
    rule = counting_rule(CONFIG)
    declared = declare_counts(rule, counts, STEP)
    rates = headline_rates(rule, class_counts(rule, counts))
    if declare(rule, class_counts(rule, counts)).total is None or rates is None:
        assert declared.total is None
    else:
        assert declared.total == rounded(step_points(rates.excellent, rates.negative) / 2, 3)


def test_step_compares_exact_shares() -> None:
    """A third exactly is at the line of one third; 33.33 % would be below it."""
    row = {"issued": 3, "returned": 3, "void": 0, "abstained": 0, NOT_INFORMED: 0}
    grades = {"excellent": 0, "competent": 2, "basically_competent": 1, "not_competent": 0}
    counts = {"overall": {code: {**row, **grades} for code in "ABCDE"}}
    assert str(declare_counts(counting_rule(CONFIG), counts, STEP).total) == "65.000"


@given(counted(), st.sampled_from(METHODS), st.integers(1, 2))
def test_declared_rates_and_hidden_classes_do_not_depend_on_the_method(counts: Counts, name: Any, cut: int) -> None:
    rule = counting_rule(CONFIG)
    plain = declare(rule, class_counts(rule, counts))
    other = declare_counts(rule, counts, replace(STEP, name=name, cut=cut))
    same = ("excellent_rate", "negative_rate", "valid_by_class", "hidden_classes", "round_void")
    assert [getattr(other, field) for field in same] == [getattr(plain, field) for field in same]
    assert (other.total is None) == (plain.total is None)
    assert other.total is None or 0 <= other.total <= 100


@pytest.mark.parametrize("method", [MEAN, Method("trimmed"), Method("median"), STEP], ids=lambda method: method.name)
@pytest.mark.parametrize("empty_class", ["renormalise", "void"])
def test_class_without_a_valid_sheet(method: Method, empty_class: str) -> None:
    rule = counting_rule(with_rules(empty_class=empty_class))
    full = {"issued": 8, "returned": 8, "void": 0, "abstained": 0, NOT_INFORMED: 0, **dict.fromkeys(GRADES, 2)}
    empty = full | dict.fromkeys(GRADES, 0) | {"abstained": 8}
    counts = {item: {code: empty if code == "D" else full for code in "ABCDE"} for item in rule.item_weights}
    declared = declare_counts(rule, counts, method)
    if empty_class == "void":
        assert declared.total is None
        assert "class_missing_result_void" in declared.flags
    else:
        expected = {"mean": "60.000", "trimmed": "63.333", "median": "70.000", "step": "65.000"}[method.name]
        assert str(declared.total) == expected
        moved = "class_D_missing_weights_renormalised"
        assert (moved in declared.flags) == (method.name != "step")  # steps use no weights, so none was moved


def test_class_too_small_to_trim_counts_with_its_mean_and_says_so() -> None:
    rule = counting_rule(CONFIG)
    full = {"issued": 8, "returned": 8, "void": 0, "abstained": 0, NOT_INFORMED: 0, **dict.fromkeys(GRADES, 2)}
    few = full | {"issued": 2, "returned": 2} | dict.fromkeys(GRADES, 0) | {"excellent": 1, "competent": 1}
    counts = {"overall": {code: few if code == "D" else full for code in "ABCDE"}}
    declared = declare_counts(rule, counts, Method("trimmed", 1))
    assert str(declared.class_scores["D"]) == "90.000000"
    assert declared.flags == (
        *declare(rule, class_counts(rule, counts)).flags,
        "class_D_too_few_to_trim",
    )
    assert flag_words(declared.flags[-1], "en") == "class D has too few sheets to drop any: its plain mean counts"


# --- configuration ---------------------------------------------------------------------------------------------------


def test_configurations_from_before_the_choice_mean_the_weighted_mean() -> None:
    assert method_of(CONFIG) == MEAN
    assert margins_are_exact(counting_rule(CONFIG), MEAN)
    assert problems_of(CONFIG) == []
    assert rule_problems({}) == {}


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"method": "magic"}, "method"),
        ({"denominator": "hall"}, "denominator"),
        ({"method": "trimmed", "denominator": "returned"}, "denominator"),
        ({"method": "median", "denominator": "issued"}, "denominator"),
        ({"empty_class": "zero"}, "empty_class"),
        ({"publish": "ranks"}, "publish"),
        ({"method": "trimmed", "cut": 0}, "cut"),
        ({"method": "trimmed", "cut": 3, "min_valid_per_class": 6}, "cut"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "steps": []}}, "step"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "steps": [["80", "90"], ["90", "100"]]}}, "step"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "steps": [["90", "80"], ["80", "90"]]}}, "step"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "steps": [["90", ""]]}}, "step"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "otherwise": "120"}}, "step"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "negative_line": "1/0"}}, "step"),
        ({"method": "step", "step": {**RUIAN_IN_HUNDREDTHS, "negative_line": "4/3"}}, "step"),
    ],
)
def test_what_does_not_go_together_is_refused_at_its_field(rules: dict[str, Any], field: str) -> None:
    assert list(rule_problems({**CONFIG["rules"], **rules})) == [field]
    assert [part for part, _message in problems_of(with_rules(**rules))] == ["rules"]


@pytest.mark.parametrize(
    "rules",
    [
        {"method": "step", "denominator": "issued", "empty_class": "void"},
        {"method": "trimmed", "cut": 2},
        {"method": "median", "empty_class": "void"},
        {"method": "mean", "denominator": "returned"},
    ],
)
def test_what_goes_together_is_accepted_and_said(rules: dict[str, Any]) -> None:
    config = with_rules(**rules)
    assert problems_of(config) == []
    assert all(rule_in_words(config))
    mean_of_valid = rules["method"] == "mean" and rules.get("denominator", "valid") == "valid"
    assert margins_are_exact(counting_rule(config), method_of(config)) == mean_of_valid


# --- through real sheets ---------------------------------------------------------------------------------------------


def hall_with(**rules: Any) -> Hall:
    """Return a counted hall under such rules: three grades in A, one in every other class."""
    hall = room.opened(rules=rules)
    for number, grade in enumerate(("excellent", "excellent", "competent", "competent", "competent", "not_competent")):
        hall.vote("A", number, hall.marks(grade))
    hall.vote_all("competent", {"B": 6, "C": 6, "D": 6, "E": 5})
    room.count(hall)
    return hall


@pytest.mark.parametrize(
    ("rules", "total"),
    [
        ({}, "78.000"),  # A: (2·100 + 3·80) / 6 = 73.333333
        ({"method": "trimmed", "cut": 1}, "81.500"),  # A: (100 + 3·80) / 4 = 85
        ({"method": "median"}, "80.000"),
        ({"method": "step"}, "80.000"),  # 2 of 29 excellent, 1 of 29 negative
        ({"denominator": "issued"}, "75.333"),  # E: 5·80 / 6
    ],
    ids=["mean", "trimmed", "median", "step", "issued"],
)
def test_declared_total_follows_the_rule(city: Division, rules: dict[str, Any], total: str) -> None:
    hall = hall_with(**rules)
    config, results = hall.campaign.config, list(Result.objects.all())
    assert [str(result.total) for result in results] == [total] * 3
    for result in results:
        again = declare_counts(counting_rule(config), result.counts, method_of(config))
        assert again.total == result.total
        assert result.declared["method"] == rules.get("method", "mean")
    exact = not rules
    assert (hall.round.firmness is not None) == exact
    assert all((result.interval is not None) == exact for result in results)
