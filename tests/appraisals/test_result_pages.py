"""Results pages: rule and statistics apart, to each reader what is his."""

import random
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import VOTERS, Hall
from tests.memory import remembered
from yizhen.appraisals.actions import results
from yizhen.appraisals.forms import RulesForm, read_steps
from yizhen.demo.phones import plausible_marks
from yizhen.people.models import Account
from yizhen.places.models import Division

LIUAN = factories.LIUAN
FIVE = (LIUAN, factories.XITANG, factories.GUDU, factories.SHIMEN, factories.JIANGFENG)


@remembered
def played(rules: dict[str, Any] | None = None, voters: dict[str, int] | None = None) -> Hall:
    """Return a hall of five speakers, counted."""
    hall = room.opened(places=FIVE, rules=rules, voters=voters)
    chance = random.Random(4)
    for code, number in (voters or VOTERS).items():
        for n in range(number):
            hall.vote(code, n, plausible_marks(hall.round.layout, chance))
    room.count(hall)
    return hall


@pytest.fixture
def hall(city: Division) -> Hall:
    return played(voters=dict.fromkeys("ABCDE", 9))


def page(hall: Hall, user: Account, speaker: str = "") -> Any:
    own = f"{hall.speaker(speaker).pk}/" if speaker else ""
    return factories.signed_in(user).get(f"/appraisals/{hall.campaign.pk}/results/{own}")


def book(hall: Hall, user: Account) -> dict[str, list[list[Any]]]:
    response = factories.signed_in(user).get(f"/appraisals/{hall.campaign.pk}/results.xlsx")
    sheets = openpyxl.load_workbook(BytesIO(response.content)).worksheets
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in sheets}


def test_top_body_sees_estimates_beside_totals_and_the_body_as_a_whole(hall: Hall) -> None:
    shown = page(hall, hall.office)
    statistics = hall.round.statistics
    assert [row.estimate.score for row in shown.context["rows"]] == [
        statistics["estimates"][str(row.result.speaker_id)]["score"] for row in shown.context["rows"]
    ]
    assert [row.result.speaker.position for row in shown.context["rows"]] == [1, 2, 3, 4, 5]
    assert (len(shown.context["unusual"]), len(shown.context["class_means"])) == (4, 5)
    assert shown.context["agreement"]
    text = shown.content.decode()
    assert all(words in text for words in ("规则决定", "统计估计", "怎么读", "不寻常的票"))


def test_speaker_sees_own_estimate_and_the_group_but_no_sheets_and_no_class_means(hall: Hall) -> None:
    results.issue_results(hall.office, hall.campaign)
    shown = page(hall, hall.heads[LIUAN])
    assert [row.result.speaker_id for row in shown.context["rows"]] == [hall.speaker().pk]
    assert (shown.context["unusual"], shown.context["class_means"], shown.context["sources"]) == ([], [], [])
    assert shown.context["looked_at"] is None
    assert shown.context["group"]["speakers"] == 5
    own = page(hall, hall.heads[LIUAN], LIUAN)
    assert own.context["may_object"]
    assert len(own.context["plain"]) == 3
    others = [hall.round.statistics["estimates"][str(hall.speaker(code).pk)] for code in FIVE[1:]]
    text = shown.content.decode() + own.content.decode()
    mine = hall.round.statistics["estimates"][str(hall.speaker().pk)]
    hidden = {f"{one['low']:.1f} – {one['high']:.1f}" for one in others} - {f"{mine['low']:.1f} – {mine['high']:.1f}"}
    assert [interval for interval in hidden if interval in text] == []


def test_export_has_the_same_statistics(hall: Hall) -> None:
    whole = book(hall, hall.office)
    head, *rows = whole["评议结果"]
    at = head.index("统计估计")
    estimates = hall.round.statistics["estimates"]
    assert sorted(row[at] for row in rows) == sorted(one["score"] for one in estimates.values())
    assert {row[at + 3][0] for row in rows} <= set("▲●■◆▼★")
    facts = {row[0]: row[1] for row in whole["统计怎么说"][1:]}
    assert facts["整张同一等次"] == hall.round.statistics["unusual"]["straight"]
    assert facts["A 市、县(市、区)四套班子领导"] == hall.round.statistics["classes"]["A"]["mean"]
    results.issue_results(hall.office, hall.campaign)
    own = book(hall, hall.heads[LIUAN])
    assert "统计怎么说" not in own
    assert len(own["评议结果"]) == 2


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"method": "step"}, "≥90% → 100"),
        ({"method": "trimmed", "cut": 2}, "去掉最高 2 张、最低 2 张"),
        ({"method": "median"}, "中位数"),
        ({"denominator": "issued"}, "÷ 发出的票"),
        ({"empty_class": "void"}, "某类没有有效票时，不出结果"),
    ],
)
def test_pages_and_export_say_the_rule(city: Division, rules: dict[str, Any], words: str) -> None:
    hall = played(rules)
    for shown in (page(hall, hall.office), page(hall, hall.office, LIUAN)):
        assert shown.status_code == 200
        assert words in shown.content.decode()
    assert any(words in str(row[1]) for row in book(hall, hall.office)["依据"])
    exact = set(rules) == {"empty_class"}
    overview = page(hall, hall.office)
    assert bool(overview.context["firm"]) == exact == overview.context["exact"]
    assert ("所以不给出" in overview.content.decode()) != exact


def test_void_class_leaves_no_total_and_the_pages_say_so(city: Division) -> None:
    hall = room.opened(rules={"empty_class": "void"})
    hall.vote_all("excellent", {"A": 6, "B": 6, "C": 6, "E": 6})
    room.count(hall)
    results.issue_results(hall.office, hall.campaign)
    for shown in (page(hall, hall.office), page(hall, hall.heads[LIUAN], LIUAN)):
        assert shown.status_code == 200
        assert "按规则结果作废" in shown.content.decode()
    assert book(hall, hall.office)["评议结果"][1][3] is None
    assert hall.round.statistics["estimates"] is None


def test_too_few_raters_get_the_declared_result_alone(city: Division) -> None:
    hall = played(voters={"A": 6, "B": 6, "C": 6, "D": 3, "E": 6})
    shown = page(hall, hall.office)
    assert shown.context["refusal"].startswith("评议人太少")
    assert [row.estimate for row in shown.context["rows"]] == [None] * 5
    assert all(row.result.total is not None for row in shown.context["rows"])
    hidden = [row["class"]["code"] for row in shown.context["class_means"] if row["mean"] is None]
    assert "D" in hidden
    assert len(hidden) >= 2


def test_rounds_counted_before_there_were_statistics_can_be_read(hall: Hall) -> None:
    type(hall.round).objects.update(statistics=None)
    for shown in (page(hall, hall.office), page(hall, hall.office, LIUAN)):
        assert shown.status_code == 200
        assert shown.context["refusal"] == "本轮没有做统计估计。"
    assert book(hall, hall.office)["统计怎么说"][1][2] == "本轮没有做统计估计。"


def test_page_asks_constantly_many_queries(hall: Hall, django_assert_max_num_queries: Any) -> None:
    client = factories.signed_in(hall.office)
    with django_assert_max_num_queries(40):
        assert client.get(f"/appraisals/{hall.campaign.pk}/results/").status_code == 200


# --- the wizard's step -----------------------------------------------------------------------------------------------


def form(config: dict[str, Any], **changes: str) -> RulesForm:
    shown = RulesForm.initial_of(config)
    return RulesForm(config, {**shown, **changes})


def test_rules_form_shows_old_configurations_with_their_defaults_and_keeps_them(draft: Hall) -> None:
    config = draft.campaign.config
    assert "method" not in config["rules"]
    made = form(config)
    assert made.is_valid()
    rules = made.parts(config)["rules"]
    kept = {name: rules[name] for name in ("method", "cut", "denominator", "empty_class", "publish")}
    assert kept == {
        "method": "mean", "cut": 1, "denominator": "valid", "empty_class": "renormalise", "publish": "none"
    }  # fmt: skip
    assert {name: rules[name] for name in config["rules"]} == config["rules"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": "median", "denominator": "issued"}, "denominator"),
        ({"method": "trimmed", "cut": "3"}, "cut"),
        ({"method": "step", "step": "90=80, 80=90"}, "step"),
        ({"method": "step", "step": "ninety"}, "step"),
        ({"method": "other"}, "method"),
    ],
)
def test_rules_form_refuses_at_the_field(draft: Hall, changes: dict[str, str], field: str) -> None:
    made = form(draft.campaign.config, **changes)
    assert not made.is_valid()
    assert list(made.errors) == [field]


@pytest.mark.parametrize("text", ["90=100, 80=95", "90%＝100；80：95", "90 = 100\n80=95"])
def test_steps_are_read_as_people_type_them(text: str) -> None:
    assert read_steps(text) == [["90", "100"], ["80", "95"]]
