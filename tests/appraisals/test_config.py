from copy import deepcopy
from typing import Any

import pytest

from yizhen.appraisals.config import (
    canonical,
    counting_rule,
    digest,
    problems_of,
    quorum_met,
    template_config,
    templates,
)


@pytest.fixture
def config() -> dict[str, Any]:
    return template_config("comprehensive")


@pytest.mark.parametrize("template", templates(), ids=lambda template: template["code"])
def test_templates_are_publishable_and_countable(template: dict[str, Any]) -> None:
    assert problems_of(template["config"]) == []
    rule = counting_rule(template["config"])
    assert sum(rule.class_weights.values()) == 100
    assert sum(rule.item_weights.values()) == 100
    assert template["source"]


def test_template_config_is_a_copy() -> None:
    template_config("comprehensive")["grades"].clear()
    assert template_config("comprehensive")["grades"] != []


def test_template_unknown() -> None:
    with pytest.raises(KeyError):
        template_config("opinion_poll")


def test_digest_depends_on_content_not_on_order() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": 1, "b": [1, 2]}) != digest({"a": 1, "b": [2, 1]})
    assert canonical({"b": "好", "a": 1}) == '{"a":1,"b":"好"}'


def parts(config: dict[str, Any]) -> list[str]:
    return [part for part, _message in problems_of(config)]


@pytest.mark.parametrize("part", ["items", "classes"])
@pytest.mark.parametrize("change", [-1, 1])
def test_weights_must_sum_to_100(config: dict[str, Any], part: str, change: int) -> None:
    config[part][0]["weight"] += change
    assert parts(config) == [part]
    config[part][1]["weight"] -= change
    assert parts(config) == []


@pytest.mark.parametrize("part", ["outline", "agenda"])
def test_problems_empty_part(config: dict[str, Any], part: str) -> None:
    config[part] = []
    assert parts(config) == [part]


def test_problems_code_twice(config: dict[str, Any]) -> None:
    config["outline"].append(deepcopy(config["outline"][0]))
    assert parts(config) == ["outline"]


def test_problems_row_without_name(config: dict[str, Any]) -> None:
    config["agenda"][0]["zh"] = " "
    assert parts(config) == ["agenda"]


@pytest.mark.parametrize("coefficient", ["1.2", "-0.1"])
def test_problems_coefficient_out_of_range(config: dict[str, Any], coefficient: str) -> None:
    config["grades"][0]["coef"] = coefficient
    assert parts(config) == ["grades"]


def test_problems_coefficients_all_the_same(config: dict[str, Any]) -> None:
    for grade in config["grades"]:
        grade["coef"] = "1"
    assert parts(config) == ["grades"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("excellent", "superb"),
        ("negative", ["superb"]),
        ("headline", "charm"),
        ("quorum", "1/3"),
        ("min_valid_per_class", 4),
        ("min_valid_total", 7),
    ],
)
def test_problems_rules(config: dict[str, Any], name: str, value: Any) -> None:
    config["rules"][name] = value
    assert parts(config) == ["rules"]


@pytest.mark.parametrize(
    ("quorum", "entitled", "present", "met"),
    [
        ("1/2", 100, 50, False),  # strictly more than half
        ("1/2", 100, 51, True),
        ("1/2", 101, 51, True),
        ("1/2", 101, 50, False),
        ("2/3", 90, 60, True),
        ("2/3", 90, 59, False),
        ("2/3", 100, 66, False),
        ("2/3", 100, 67, True),
        ("4/5", 100, 80, True),
        ("4/5", 100, 79, False),
        ("1/2", 0, 0, False),
    ],
)
def test_quorum(config: dict[str, Any], quorum: str, entitled: int, present: int, met: bool) -> None:
    config["rules"]["quorum"] = quorum
    assert quorum_met(config, entitled, present) is met


@pytest.mark.parametrize("part", ["items", "classes"])
def test_problems_negative_weight(config: dict[str, Any], part: str) -> None:
    config[part][0]["weight"] += config[part][1]["weight"] + 5
    config[part][1]["weight"] = -5
    assert parts(config) == [part]
