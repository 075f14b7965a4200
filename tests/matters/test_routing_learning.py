"""The suggestion learnt from history: what it learns from and never does, how it explains itself, and how honest it is."""

import math
import random

import numpy as np
import pytest

from tests import factories
from tests.factories import common_problem, rectification, signed_in
from yizhen.matters.actions import take_step
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter
from yizhen.matters.routing import history
from yizhen.matters.routing.history import OPEN_KINDS, classifier_for, may_learn_from
from yizhen.matters.routing.learning import CONFIDENT, FEWEST, SMOOTHING, Classifier, NoSuggestion, Suggestion

LAMPS = [
    "路灯不亮",
    "路灯坏了",
    "井盖破损",
    "井盖松动",
    "路面破损",
    "路灯闪烁",
    "井盖丢失",
    "路面塌陷",
    "路灯倾斜",
    "路面积水",
]
DYKES = [
    "东堤渗水",
    "西堤管涌",
    "河道淤塞",
    "水库坝脚渗水",
    "南堤裂缝",
    "河道漂浮物",
    "北堤渗水",
    "水库水位高",
    "河道护坡",
    "堤脚渗水",
]


def two_units(times: int = 2) -> Classifier:
    texts = [f"{place}{text}" for place in ("前湾", "三圩")[:times] for text in (*LAMPS, *DYKES)]
    return Classifier(texts, (["HOU"] * 10 + ["WAT"] * 10) * times)


def test_open_kinds_alone_teach():
    assert may_learn_from("resident_request")
    for kind in ("petition", "accusation", "rectification", "open_government", "", "nobody_thought_of_it"):
        assert not may_learn_from(kind)
    assert {kind for kind in KINDS if may_learn_from(kind)} <= OPEN_KINDS


def test_text_like_those_of_a_unit_is_suggested_with_the_words_that_speak_for_it():
    found = two_units().suggest("塘西村路灯不亮了")

    assert isinstance(found, Suggestion)
    assert (found.unit, found.second) == ("HOU", "WAT")
    assert found.confidence >= CONFIDENT
    assert "路灯" in "".join(word.text for word in found.speaks_for)
    assert all(word.weight > 0 for word in found.speaks_for)
    assert all(word.weight < 0 for word in found.speaks_against)


def test_words_for_the_other_unit_speak_against():
    found = two_units().suggest("路灯不亮，路灯坏了，井盖破损，在东堤上")

    assert found.unit == "HOU"
    assert any("堤" in word.text for word in found.speaks_against)


def test_weights_are_those_of_the_multinomial_model():
    classifier = two_units()
    found = classifier.suggest("路灯不亮")

    # By hand: each text counts a run once; 路灯 stands in 4 of 10 texts of HOU at each of two places and in none of WAT.
    totals = {"HOU": 0, "WAT": 0}
    spread: dict[str, int] = {}
    texts = [
        (f"{place}{text}", unit)
        for place in ("前湾", "三圩")
        for texts, unit in ((LAMPS, "HOU"), (DYKES, "WAT"))
        for text in texts
    ]
    runs = [
        ({text[at : at + size] for size in (2, 3) for at in range(len(text) - size + 1)}, unit) for text, unit in texts
    ]
    for found_runs, _unit in runs:
        for run in found_runs:
            spread[run] = spread.get(run, 0) + 1
    known = [run for run in spread if spread[run] >= 2]
    for found_runs, unit in runs:
        totals[unit] += sum(run in known for run in found_runs)
    smoothed = {unit: total + SMOOTHING * len(known) for unit, total in totals.items()}
    lamp = math.log((8 + SMOOTHING) / smoothed["HOU"]) - math.log(SMOOTHING / smoothed["WAT"])
    weight = next(word.weight for word in found.speaks_for if word.text == "路灯")
    assert weight == pytest.approx(lamp / classifier._temperature)


@pytest.mark.parametrize(
    ("texts", "units", "asked", "reason"),
    [
        ([], [], "路灯不亮", "few"),
        (LAMPS, ["HOU"] * 10, "路灯不亮", "few"),  # one unit is no choice
        (LAMPS + DYKES[: FEWEST - 1], ["HOU"] * 10 + ["WAT"] * (FEWEST - 1), "路灯不亮", "few"),
        (
            LAMPS * 2 + DYKES * 2,
            (["HOU"] * 10 + ["WAT"] * 10) * 2 and ["HOU"] * 20 + ["WAT"] * 20,
            "申请助餐",
            "unknown",
        ),
        (LAMPS * 2 + LAMPS * 2, ["HOU"] * 20 + ["WAT"] * 20, "路灯不亮", "unsure"),  # both units had the same texts
    ],
)
def test_nothing_is_suggested_without_enough_history(texts, units, asked, reason):
    assert Classifier(texts, units).suggest(asked) == NoSuggestion(reason)


def test_units_with_too_few_examples_are_named():
    classifier = Classifier([*LAMPS, *DYKES, "电梯困人"], ["HOU"] * 10 + ["WAT"] * 10 + ["MKT"])

    assert (classifier.examples, classifier.too_few) == ({"HOU": 10, "WAT": 10}, {"MKT": 1})


def test_assessment_is_made_on_unseen_texts():
    """Labels drawn by chance cannot be learnt: on unseen texts it is right half of the time, however well it knows the seen.

    2,000 texts in ten histories: the standard error of the share is 1.1 points, and 1.5 as histories vary.
    """
    right = []
    for seed in range(10):
        chance = random.Random(seed)
        texts = ["".join(chance.choices("甲乙丙丁戊己庚辛壬癸", k=12)) for _unused in range(200)]
        assessment = Classifier(texts, [chance.choice(["A", "B"]) for _unused in texts]).assessment
        assert assessment.right.of == 200
        right.append(assessment.right.percent)

    assert 45 < np.mean(right) < 55


def test_assessment_of_what_can_be_learnt_is_high_and_its_certainty_is_honest():
    """Each unit has words of its own, and a fifth of the texts bear the other unit's label: 80 % is all that can be reached."""
    chance = random.Random(11)
    texts, units = [], []
    for _unused in range(400):
        unit = chance.choice(["A", "B"])
        texts.append("".join(chance.choices("甲乙丙丁戊" if unit == "A" else "己庚辛壬癸", k=12)))
        units.append(unit if chance.random() < 0.8 else {"A": "B", "B": "A"}[unit])
    classifier = Classifier(texts, units)

    low, high = classifier.assessment.right.interval
    assert low < 80 < high
    sure = np.mean(
        [classifier.suggest("".join(chance.choices("甲乙丙丁戊", k=12))).confidence for _unused in range(50)]
    )
    assert 0.7 < sure < 0.9


def test_certainty_is_no_greater_than_it_has_been_right_so_far():
    classifier = two_units()
    share = classifier.assessment.given

    found = classifier.suggest("前湾路灯不亮，三圩路灯坏了，井盖破损，井盖松动")

    assert found.confidence <= (share.count + 1) / (share.of + 2) < 1  # Laplace's rule of succession


def test_same_history_teaches_the_same_whatever_its_order():
    texts, units = LAMPS + DYKES, ["HOU"] * 10 + ["WAT"] * 10
    one, other = Classifier(texts, units), Classifier(texts[::-1], units[::-1])

    # the vocabulary and the weights; folds are cut in the order of the history
    assert one._vocabulary == other._vocabulary
    np.testing.assert_allclose(one._weights, other._weights)


# --- history -------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(db):
    factories.fictional_city()
    history._learnt.clear()
    return factories.everybody()


def done(office, unit, title: str, *, make=common_problem, **fields) -> Matter:
    """Lead a common problem to its closing, by its department."""
    handler = factories.account("department", unit=unit)
    matter = make(office, unit, title=title, text=title, **fields)
    take_step(handler, matter, Verb.ACCEPT)
    take_step(handler, matter, Verb.REPORT_DONE, text="已办。", disposition="solved")
    return take_step(office, matter, Verb.PASS, text="看过了。")


def test_history_is_what_departments_took_and_closed(people):
    office, unit = people["city_office"], factories.unit("HOU")
    done(office, unit, "路灯不亮")
    common_problem(office, unit, title="还没有办")
    rectification(office, title="整改")

    assert classifier_for(factories.CITY).too_few == {"HOU": 1}


def test_sealed_kinds_teach_nothing(people, monkeypatch):
    done(people["city_office"], factories.unit("HOU"), "路灯不亮")

    monkeypatch.setattr(history, "OPEN_KINDS", frozenset())
    assert classifier_for(factories.CITY).too_few == {}


def test_history_of_another_city_teaches_nothing(people):
    done(people["city_office"], factories.unit("HOU"), "路灯不亮")

    assert classifier_for("9902").too_few == {}


def test_history_is_learnt_once_until_it_changes(people, django_assert_num_queries):
    office, unit = people["city_office"], factories.unit("HOU")
    done(office, unit, "路灯不亮")
    first = classifier_for(factories.CITY)

    with django_assert_num_queries(1):
        assert classifier_for(factories.CITY) is first
    done(office, unit, "井盖破损")
    assert classifier_for(factories.CITY).too_few == {"HOU": 2}


# --- pages ---------------------------------------------------------------------------------------------------------


FORM = {
    "kind": "resident_request", "work_line": "livelihood", "place": factories.LIUAN, "on": "2026-03-02", "hour": "9",
    "text": "塘西村路灯不亮了",
}  # fmt: skip


def test_pages_without_history_say_so(people):
    client = signed_in(people["city_office"])

    assert "历史不够" in client.get("/matters/routing/learning/").content.decode()
    assert "历史不够" in client.post("/matters/routing/try/", FORM | {"do": "suggest"}).content.decode()


def test_suggestion_stands_beside_the_field_and_is_taken_over_only_by_its_button(people, monkeypatch):
    for code in ("HOU", "WAT"):
        factories.unit(code)
    monkeypatch.setattr("yizhen.matters.pages.routing.classifier_for", lambda city: two_units())
    client = signed_in(people["city_office"])

    heard = client.post("/matters/routing/try/", FORM | {"do": "suggest", "expected": ""})
    page = heard.content.decode()
    assert heard.context["form"]["expected"].value() == ""
    assert 'name="suggested" value="HOU"' in page
    assert "支持的词" in page
    adopted = client.post("/matters/routing/try/", FORM | {"do": "adopt", "expected": "", "suggested": "HOU"})
    assert adopted.context["form"]["expected"].value() == "HOU"

    learnt = client.get("/matters/routing/learning/").content.decode()
    assert "没见过的事项，猜对多少" in learnt
    assert '<td class="n">20</td>' in learnt
