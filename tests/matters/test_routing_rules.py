"""The matcher: the first rule that fits wins, every rule says why; and the shipped rules are proven by their cases."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matters.routed import shipped_cases, shipped_rules
from yizhen.matters.routing.rules import Aspect, Rule, Thing, judge, prove, route, within

MONDAY = datetime(2026, 3, 2, 9)  # a Monday


def thing(
    text: str = "村口路灯不亮", *, kind="resident_request", line="livelihood", place="990181101", at=MONDAY
) -> Thing:
    return Thing(kind, line, place, at, text)


def test_shipped_cases_all_pass():
    proofs = prove(shipped_rules(), shipped_cases())

    assert len(proofs) >= 25
    assert [proof.key for proof in proofs if not proof.passes] == []


@pytest.mark.parametrize("at", range(len(shipped_rules())))
def test_without_any_shipped_rule_some_case_fails(at):
    rules = shipped_rules()

    assert not all(proof.passes for proof in prove(rules[:at] + rules[at + 1 :], shipped_cases()))


@pytest.mark.parametrize("at", range(len(shipped_rules())))
def test_with_any_shipped_rule_sent_elsewhere_some_case_fails(at):
    rules = shipped_rules()
    rules[at] = Rule(**{**rules[at].__dict__, "unit": "ORG"})

    assert not all(proof.passes for proof in prove(rules, shipped_cases()))


def test_first_rule_that_fits_wins_and_those_before_it_say_why_they_do_not():
    rules = [
        Rule("EMG", 1, active=False),
        Rule("WAT", 2, months=frozenset({6, 7})),
        Rule("URB", 3, any_of=("垃圾", "占道")),
        Rule("HOU", 4, any_of=("井盖", "路灯"), none_of=("景观灯",)),
        Rule("ORG", 5),
    ]

    found = route(rules, thing())

    assert found.unit == "HOU"
    assert [(each.rule.key, each.fits, each.grounds[-1].aspect) for each in found.judgements] == [
        (1, False, Aspect.ACTIVE),
        (2, False, Aspect.MONTH),
        (3, False, Aspect.ANY_OF),
        (4, True, Aspect.NONE_OF),
    ]
    assert [ground.words for ground in found.judgements[-1].grounds] == [("路灯",), ()]


def test_nothing_that_fits_leaves_it_to_people():
    found = route([Rule("HOU", 1, any_of=("井盖",))], thing())

    assert (found.unit, found.winner, len(found.judgements)) == ("", None, 1)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"kind": "resident_request"}, True),
        ({"kind": "assigned_task"}, False),
        ({"line": "livelihood"}, True),
        ({"line": "safety"}, False),
        ({"place": "990181"}, True),
        ({"place": "990181101"}, True),
        ({"place": "990181102"}, False),
        ({"place": "990181101201"}, False),
        ({"months": frozenset({3})}, True),
        ({"months": frozenset({2, 4})}, False),
        ({"weekdays": frozenset({1})}, True),
        ({"weekdays": frozenset({7, 2})}, False),
        ({"hours": (9, 10)}, True),
        ({"hours": (8, 9)}, False),
        ({"hours": (22, 10)}, True),
        ({"hours": (22, 9)}, False),
        ({"any_of": ("井盖", "路灯")}, True),
        ({"any_of": ("井盖",)}, False),
        ({"none_of": ("井盖",)}, True),
        ({"none_of": ("路灯",)}, False),
        ({"any_of": ("路 灯",)}, True),  # spacing does not count
        ({"any_of": ("。",)}, False),  # what has no letter is found nowhere
    ],
)
def test_each_thing_that_a_rule_looks_at(rule, fits):
    assert judge(Rule("HOU", **rule), thing()).fits is fits


def test_words_are_found_across_spacing_width_and_case():
    assert judge(Rule("HOU", any_of=("LED灯",)), thing("路口 ｌｅｄ－灯 坏了")).fits


@given(st.integers(0, 23), st.integers(0, 24), st.integers(0, 23))
def test_hours_over_midnight_are_what_the_hours_between_are_not(first, end, hour):
    if first != end and end < 24:
        assert within((first, end), hour) is not within((end, first), hour)


@given(
    st.lists(st.sampled_from(["路灯", "井盖", "垃圾"]), min_size=1, max_size=6), st.sampled_from(["路灯", "垃圾", "狗"])
)
def test_a_rule_behind_the_winner_changes_nothing(words, text):
    rules = [Rule(f"U{number}", number, any_of=(word,)) for number, word in enumerate(words)]
    found = route(rules, thing(text))

    if found.winner:
        kept = rules[: len(found.judgements)]
        assert route([*kept, Rule("X", 99)], thing(text)) == found
