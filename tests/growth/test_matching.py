"""Conditions: the six policies of the demo as vectors; vectorised equals explained; unknown is neither met nor failed."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.growth.policies.conditions import FACTS, Answer, Condition, PolicyRule, explain, telling_words, wanted_facts
from yizhen.growth.policies.matching import FirmTable, match, wanted
from yizhen.growth.policies.shipped import conditions_of

POLICIES = json.loads((Path(__file__).parent / "policies.json").read_text(encoding="utf-8"))
RULES = [PolicyRule(one["code"], "", conditions_of(one["conditions"])) for one in POLICIES]
TODAY = date(2031, 3, 3)
FIRM = {
    "scale": "small", "industry": "manufacturing", "employees": 18, "tax_credit": "B", "guaranteed_loan": True,
    "loan_due_on": TODAY + timedelta(days=90), "tenant_of": "state_owned", "layoff_percent": 5.5, "insured_months": 12,
    "equipment_wan": 300, "energy": "not_above_sector_limit", "high_tech": False,
}  # fmt: skip
M, F, U = Answer.MET, Answer.FAILED, Answer.UNKNOWN


def answers(**changes):
    facts = FIRM | changes
    return [explain(rule, facts, "990181101", TODAY).answer for rule in RULES]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [M, M, M, M, M, M]),
        ({"scale": "large"}, [F, F, F, M, M, M]),
        ({"scale": "medium"}, [F, M, M, M, M, M]),
        ({"loan_due_on": TODAY + timedelta(days=91)}, [F, M, M, M, M, M]),
        ({"loan_due_on": TODAY - timedelta(days=1)}, [F, M, M, M, M, M]),
        ({"loan_due_on": TODAY}, [M, M, M, M, M, M]),
        ({"tax_credit": "C"}, [F, M, M, M, M, M]),
        ({"tenant_of": "other"}, [M, M, M, F, M, M]),
        ({"employees": 21}, [M, M, M, F, M, M]),
        ({"layoff_percent": 5.51}, [M, M, M, M, F, M]),
        ({"insured_months": 11}, [M, M, M, M, F, M]),
        ({"industry": "trade"}, [M, M, M, M, M, F]),
        ({"equipment_wan": 299.99}, [M, M, M, M, M, F]),
        ({"energy": "above_sector_limit"}, [M, M, M, M, M, F]),
        ({"scale": ""}, [U, U, U, M, M, M]),
        ({"scale": "", "tax_credit": "D"}, [F, U, U, M, M, M]),
        (dict.fromkeys(FIRM), [U] * 6),
    ],
)
def test_six_policies_answer_as_their_conditions_say(changes, expected):
    assert answers(**changes) == expected


def test_missing_data_is_asked_once_the_most_decisive_first():
    explained = [explain(rule, FIRM | {"scale": "", "energy": "", "employees": None}, "", TODAY) for rule in RULES]
    assert wanted_facts(explained) == [("scale", 3), ("employees", 1), ("energy", 1)]
    decided = [explain(rule, FIRM | {"scale": "", "tax_credit": "D"}, "", TODAY) for rule in RULES[:1]]
    assert wanted_facts(decided) == []  # who fails already is asked nothing


def test_policy_of_another_place_does_not_reach_the_firm():
    rule = PolicyRule("x", "990122", ())
    assert explain(rule, FIRM, "990122101", TODAY).answer is M
    assert explain(rule, FIRM, "990181101", TODAY).answer is F


@pytest.mark.parametrize(
    ("condition", "sound"),
    [
        (Condition("scale", "in", ["micro"]), True),
        (Condition("scale", "in", []), False),
        (Condition("scale", "in", ["huge"]), False),
        (Condition("scale", "min", 3), False),
        (Condition("employees", "max", 20), True),
        (Condition("employees", "max", value=True), False),
        (Condition("employees", "max", -1), False),
        (Condition("employees", "max", float("nan")), False),
        (Condition("high_tech", "is", value=True), True),
        (Condition("high_tech", "is", 1), False),
        (Condition("loan_due_on", "within_days", 90), True),
        (Condition("loan_due_on", "within_days", 1.5), False),
        (Condition("ownership", "in", ["state"]), False),
        (Condition("registered_in", "in", ["9901"]), False),
    ],
)
def test_condition_is_sound_only_where_fact_operator_and_value_fit(condition, sound):
    assert condition.is_sound is sound


def test_words_that_exclude_are_found():
    assert telling_words("在本市注册的国有企业，注册地不限") == [
        ("国有企业", "ownership"),
        ("本市注册", "registered_in"),
        ("注册地", "registered_in"),
    ]
    assert telling_words("承租国有房屋的小微商户") == []
    assert telling_words("支持全国企业、中国企业和居民企业") == []
    assert telling_words("国企、外国企业优先") == [("国企", "ownership")]


# --- properties ----------------------------------------------------------------------------------------------------


def value_of(name):
    fact = FACTS[name]
    values = {
        "choice": st.sampled_from(fact.choices or ("",)),
        "number": st.integers(0, 40) | st.decimals(0, 40, places=2),
        "flag": st.booleans(),
        "date": st.integers(-5, 100).map(lambda days: TODAY + timedelta(days=days)),
    }[fact.kind]
    return st.none() | values


firms = st.fixed_dictionaries({name: value_of(name) for name in FACTS})
places = st.sampled_from(["990181101", "990181102", "990122101"])


@st.composite
def condition(draw):
    name = draw(st.sampled_from(list(FACTS)))
    kind, choices = FACTS[name]
    if kind == "choice":
        return Condition(name, "in", draw(st.sets(st.sampled_from(choices), min_size=1)))
    if kind == "flag":
        return Condition(name, "is", draw(st.booleans()))
    if kind == "date":
        return Condition(name, "within_days", draw(st.integers(0, 90)))
    return Condition(name, draw(st.sampled_from(["min", "max"])), draw(st.integers(0, 40) | st.floats(0, 40)))


rules = st.builds(
    PolicyRule, st.integers(), st.sampled_from(["", "9901", "990181", "990122101"]),
    st.lists(condition(), max_size=4).map(tuple),
)  # fmt: skip


def table_of(pairs):
    return FirmTable.of([(place, *(firm[name] for name in FACTS)) for place, firm in pairs], TODAY)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(places, firms), max_size=6), st.lists(rules, max_size=5))
def test_all_at_once_equals_one_by_one(pairs, several):
    table = table_of(pairs)
    found = match(table, several)
    explained = [[explain(rule, firm, place, TODAY) for rule in several] for place, firm in pairs]
    assert found.T.tolist() == [[one.answer for one in each] for each in explained]
    counts = wanted(table, several, found)
    for number, each in enumerate(explained):
        assert {name: count[number] for name, count in counts.items() if count[number]} == dict(wanted_facts(each))


@settings(max_examples=50, deadline=None)
@given(firms, places, st.lists(st.tuples(places, firms), max_size=5), st.data(), rules)
def test_who_qualifies_is_not_lost_when_others_change(firm, place, others, data, rule):
    kept = match(table_of([(place, firm), *others]), [rule])[0, 0]
    changed = [(other_place, data.draw(firms)) for other_place, _facts in others]
    assert match(table_of([*changed, (place, firm)]), [rule])[0, -1] == kept


@settings(max_examples=50, deadline=None)
@given(firms, places, rules)
def test_unknown_is_neither_met_nor_failed(firm, place, rule):
    made = explain(rule, firm, place, TODAY)
    lacking = {one.fact for one in rule.conditions if firm[one.fact] is None}
    assert all((reason.answer is U) == (reason.condition.fact in lacking) for reason in made.reasons)
    if made.answer is M:
        assert not lacking
    if made.answer is F and made.reaches:  # decided by something that is known
        assert any(reason.answer is F and reason.value is not None for reason in made.reasons)
    if made.answer is U:
        assert set(made.missing) == lacking
