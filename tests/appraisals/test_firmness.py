"""How firm a result is: computed at the count, shown to those who may see all results, to nobody else."""

from fractions import Fraction
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest
from django.test import Client

from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import results
from yizhen.appraisals.firmness import firmness, sheet_points
from yizhen.appraisals.queries import firm_rows
from yizhen.places.models import Division
from yizhen.scoring.tally import CountingRule, Grade, Sheet

GRADES = tuple(Grade(code, Fraction(n, 10)) for code, n in (("excellent", 10), ("competent", 8), ("poor", 0)))
RULE = CountingRule(
    GRADES, {"A": 60, "B": 40}, {"overall": 3, "safety": 1}, "excellent", frozenset({"poor"}), "overall"
)


def body(numbers: dict[str, int], chance: dict[str, float], seed: int = 1) -> list[Sheet]:
    """Return sheets of so many voters a class who find each speaker excellent with the given chance."""
    generator = np.random.default_rng(seed)
    return [
        Sheet(
            code,
            {
                speaker: {item: "excellent" if generator.random() < p else "competent" for item in RULE.item_weights}
                for speaker, p in chance.items()
            },
        )
        for code, number in numbers.items()
        for _ in range(number)
    ]


def test_clear_differences_are_sure_and_close_ones_are_not() -> None:
    made = firmness(RULE, body({"A": 20, "B": 40}, {"x": 0.9, "y": 0.5, "z": 0.45, "w": 0.05}))
    rows = made["rows"]
    assert (rows[0]["ratee"], rows[3]["ratee"]) == ("x", "w")
    assert [row["sure"] for row in rows] == [True, False, True, None]
    assert [(row["above"], row["below"]) for row in rows] == [(3, 0), (1, 1), (1, 1), (0, 3)]
    margins = [row["sheets"] for row in rows]
    assert margins[1] < min(margins[0], margins[2])
    assert margins[3] is None
    assert made["effective_raters"] == pytest.approx(1 / (0.36 / 20 + 0.16 / 40), abs=0.05)
    assert 0.5 < made["reliability"] <= 1


def test_a_small_body_is_told_no_statistics() -> None:
    for numbers in ({"A": 4, "B": 40}, {"A": 5, "B": 5}):
        made = firmness(RULE, body(numbers, {"x": 0.9, "y": 0.1}))
        assert [row["sure"] for row in made["rows"]] == [None, None]
        assert [row["above"] for row in made["rows"]] == [None, None]
        assert made["rows"][0]["sheets"] > 0  # the margin is a count, and can be told
        assert made["reliability"] is None


def test_unanimous_sheets() -> None:
    marks = {"x": {"overall": "excellent"}, "y": {"overall": "competent"}, "z": {"overall": "competent"}}
    made = firmness(RULE, [Sheet(code, marks) for code in "AB" for _ in range(12)])
    assert [(row["gap"], row["sheets"] == 0, row["sure"]) for row in made["rows"]] == [
        ("20.000", False, True),
        ("0.000", True, False),
        (None, False, None),
    ]


def test_void_sheets_and_recused_rows_count_for_nothing() -> None:
    sheets = body({"A": 12, "B": 20}, {"x": 0.8, "y": 0.3})
    alone = [Sheet("A", {"x": {"overall": "excellent"}, "y": {}}), Sheet("B", {})]
    made = firmness(RULE, [*sheets, *alone])
    assert made["rows"][0]["ratee"] == "x"
    assert firmness(RULE, [])["rows"] == []


@pytest.mark.parametrize(
    ("grades", "points"),
    [
        ({"overall": "excellent", "safety": "poor"}, 75),
        ({"overall": "competent"}, 80),
        ({"overall": "not_informed"}, None),
        ({}, None),
    ],
)
def test_points_of_a_sheet(grades: dict[str, str], points: Any) -> None:
    assert sheet_points(RULE, grades) == pytest.approx(points)


def counted(city: Division) -> Hall:
    hall = room.opened()
    for code in room.VOTERS:
        for number in range(room.VOTERS[code]):
            first, *others = hall.round.layout["speakers"]
            marks = hall.marks("competent")
            marks[str(first)] = dict.fromkeys(hall.round.layout["items"], "excellent")
            if number == 0:
                marks[str(others[0])] = dict.fromkeys(hall.round.layout["items"], "basically_competent")
            assert hall.vote(code, number, marks).state == "counted"
    room.count(hall)
    return hall


def test_the_top_body_sees_margins_and_a_speaker_does_not(city: Division, client: Client) -> None:
    hall = counted(city)
    campaign = hall.fresh()
    rows = firm_rows(hall.office, campaign)
    assert [(row.sure, row.above, row.open_, row.below) for row in rows] == [
        (True, 2, 0, 0),
        (False, 0, 1, 1),
        (None, 0, 1, 1),
    ]
    client.force_login(hall.office)
    page = client.get(f"/appraisals/{campaign.pk}/results/").content.decode()
    assert "差别有多牢" in page
    assert "差别可信" in page
    book = openpyxl.load_workbook(BytesIO(client.get(f"/appraisals/{campaign.pk}/results.xlsx").content))
    sheet = book["差别有多牢"]
    assert [cell.value for cell in sheet[2]][1:] == ["差别可信", rows[0].sheets, rows[0].gap, 2, 0, 0]
    results.issue_results(hall.office, campaign)
    head = next(iter(hall.heads.values()))
    assert firm_rows(head, hall.fresh()) == []
    client.force_login(head)
    assert "差别有多牢" not in client.get(f"/appraisals/{campaign.pk}/results/").content.decode()
    own = openpyxl.load_workbook(BytesIO(client.get(f"/appraisals/{campaign.pk}/results.xlsx").content))
    assert "差别有多牢" not in own.sheetnames


def test_speakers_marked_alike_take_no_certainty_from_others() -> None:
    sheets = body({"A": 20, "B": 40}, {"x": 0.9, "w": 0.1})
    twins = {name: dict.fromkeys(RULE.item_weights, "excellent") for name in ("t", "u")}
    made = firmness(RULE, [Sheet(sheet.class_code, dict(sheet.marks) | twins) for sheet in sheets])
    rows = {row["ratee"]: row for row in made["rows"]}
    assert (rows["x"]["below"], rows["w"]["below"]) == (2, 3)
    assert (rows["t"]["sheets"], rows["t"]["sure"]) == (0, False)


def test_noise_and_two_speakers_never_stop_a_count() -> None:
    for seed in range(40):
        made = firmness(RULE, body({"A": 6, "B": 6}, {"x": 0.5, "y": 0.5}, seed))
        assert made["reliability"] is None or 0 <= made["reliability"] <= 1


def test_nothing_is_told_where_the_total_is_withheld(city: Division) -> None:
    hall = room.counted(cast={"A": 2, "B": 2, "C": 1, "D": 1, "E": 1})
    assert firm_rows(hall.office, hall.fresh()) == []
