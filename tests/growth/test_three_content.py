"""The three contents against the vectors, monotone in each part, and how firm an answer is."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.growth.projects.three_content import (
    GRADES,
    Facts,
    Rule,
    as_texts,
    firmness,
    rule_of,
    score,
    turning_points,
)

VECTORS = json.loads((Path(__file__).parent / "projects.json").read_text(encoding="utf-8"))


def facts_of(one) -> Facts:
    number = lambda name: Decimal(str(one[name]))  # noqa: E731
    return Facts(
        number("tax_per_mu_wan"), number("rd_intensity_percent"), one["green_grade"], number("energy_tce_per_wan"),
        one["safety_land_gate"], one["fair_competition_check"],
    )  # fmt: skip


@pytest.mark.parametrize("one", VECTORS, ids=lambda one: one["name_en"])
def test_scores_and_decisions_are_those_of_the_vectors(one):
    made = score(facts_of(one), Rule())
    wanted = {("tax" if name == "tax_value" else name): Decimal(str(value)) for name, value in one["score"].items()}
    assert (made.rounded(), made.decision) == (wanted, one["decision"])


numbers = st.decimals(0, 200, places=3)
some = st.builds(
    Facts, numbers, numbers, st.sampled_from(GRADES), st.decimals(0, 2, places=3), st.sampled_from([True, None, False]),
    st.sampled_from(["passed", "failed", "not_started"]),
)  # fmt: skip
BETTER = {"tax_per_mu": 1, "research": 1, "energy": -1}


@given(some, st.sampled_from(sorted(BETTER)), st.decimals("0.001", 50, places=3))
def test_more_of_a_part_never_lowers_the_score(facts, name, by):
    value = getattr(facts, name) + BETTER[name] * by
    better = Facts(**{**vars(facts), name: max(value, Decimal(0))})
    assert score(better, Rule()).total >= score(facts, Rule()).total


@given(some)
def test_better_grade_never_lowers_the_score_and_parts_stay_in_their_limits(facts):
    scores = [score(Facts(**{**vars(facts), "grade": grade}), Rule()) for grade in GRADES]
    assert [one.total for one in scores] == sorted((one.total for one in scores), reverse=True)
    for one in scores:
        assert 0 <= one.tax <= 40
        assert 0 <= one.innovation <= 30
        assert 0 <= one.green <= 30


@given(some)
def test_a_shut_gate_rejects_whatever_the_score(facts):
    made = score(facts, Rule())
    shut = facts.safety_land is False or facts.fair_competition == "failed"
    assert (made.decision == "reject") == shut
    assert (firmness(facts, Rule()) is None) == shut


@given(some)
def test_decision_turns_where_it_is_said_to_turn(facts):
    rule, made = Rule(), score(facts, Rule())
    for name, value in turning_points(facts, rule).items():
        if value is None or name == "energy_limit":
            continue
        decisions = set()
        for factor in (Decimal("0.999"), Decimal("1.001")):
            moved = value * factor
            if moved > 0:
                decisions.add(score(facts, Rule(**{**vars(rule), name: moved})).decision)
        if made.total > 0 and value > Decimal("0.01"):
            assert decisions == {"proceed", "improve"}, name


@pytest.mark.parametrize("name", ["tax_per_mu", "research", "grade", "energy"])
def test_what_is_missing_is_asked_for_and_not_guessed(name):
    whole = Facts(Decimal(20), Decimal(5), "good", Decimal("0.1"), None, "not_started")
    made = score(Facts(**{**vars(whole), name: "" if name == "grade" else None}), Rule())
    assert (made.decision, made.missing, made.total) == ("incomplete", (name,), 0)
    assert firmness(Facts(**{**vars(whole), name: "" if name == "grade" else None}), Rule()) is None


def test_firmness_is_a_share_of_near_rules():
    gates = {"safety_land": True, "fair_competition": "passed"}
    far = Facts(Decimal(50), Decimal(10), "excellent", Decimal(0), **gates)
    edge = Facts(Decimal(10), Decimal("1.7"), "good", Decimal(0), **gates)
    assert firmness(far, Rule()) == 1
    assert 0 < firmness(edge, Rule()) < 1


def test_rule_survives_being_kept_as_texts():
    assert rule_of(as_texts(Rule(tax_full=Decimal("12.5")))) == Rule(tax_full=Decimal("12.5"))
