import json
import random
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.appraisals.estimates import statistics, unusual
from yizhen.appraisals.firmness import columns_of
from yizhen.appraisals.reading import agreement_words, class_words, estimates_of, picture, refusal, unusual_rows
from yizhen.scoring.crossed import CrossedModel
from yizhen.scoring.tally import CountingRule, Grade, Sheet

GRADES = ("poor", "fair", "good", "best")
RULE = CountingRule(
    tuple(Grade(code, Fraction(worth)) for code, worth in zip(GRADES, ("0", "0.6", "0.8", "1"), strict=True)),
    {"A": 50, "B": 30, "C": 20},
    {"overall": 60, "style": 40},
    "best",
    frozenset({"poor", "fair"}),
    "overall",
)


def meeting(raters: int = 36, speakers: int = 6, seed: int = 1, missing: float = 0.05) -> list[Sheet]:
    """Return sheets of a meeting in which speakers and raters differ."""
    chance = random.Random(seed)
    sheets = []
    for number in range(raters):
        mood = chance.gauss(0, 0.5)
        marks: dict[str, dict[str, str]] = {}
        for speaker in range(speakers):
            row = {}
            for item in RULE.item_weights:
                draw = chance.gauss(mood + 0.35 * speaker, 0.8)
                if chance.random() > missing:
                    row[item] = GRADES[sum(draw > line for line in (-1.5, -0.5, 0.7))]
            marks[str(speaker + 11)] = row
        sheets.append(Sheet("ABC"[number % 3], marks))
    return sheets


def alike(grades: list[str], raters: int = 30) -> list[Sheet]:
    """Return sheets that all give the same grades."""
    marks = {str(n): dict.fromkeys(RULE.item_weights, grade) for n, grade in enumerate(grades)}
    return [Sheet("ABC"[number % 3], marks) for number in range(raters)]


def test_estimates_are_those_of_the_library() -> None:
    sheets = meeting()
    columns = columns_of(RULE, sheets)
    weights = {code: weight / 100 for code, weight in RULE.class_weights.items()}
    fitted = CrossedModel().fit(
        columns, ratee="speaker", rater="rater", score="points", group="class", weights=weights
    ).scores  # fmt: skip
    told = statistics(RULE, sheets)["estimates"]
    for row in fitted.rows():
        own = told[str(row["name"])]
        assert own["score"] == pytest.approx(row["score"], abs=0.006)
        assert own["se"] == pytest.approx(row["se"], abs=0.006)
        assert (own["low"], own["high"]) == pytest.approx((max(row["low"], 0), min(row["high"], 100)), abs=0.006)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_bands_fall_with_the_estimates_and_nothing_about_a_rater_is_told(seed: int) -> None:
    sheets = meeting(seed=seed, raters=24, speakers=4)
    found = statistics(RULE, sheets)
    assert json.loads(json.dumps(found)) == found
    order = sorted(found["estimates"].values(), key=lambda one: -one["score"])
    bands = [one["band"] for one in order]
    assert bands == sorted(bands)
    assert (bands[0], bands[-1]) == (1, found["bands"])
    assert all(0 <= one["low"] <= one["score"] <= one["high"] <= 100 for one in order)
    assert sum(found["sources"].values()) in {99, 100, 101}
    assert set(found) == {
        "estimates", "bands", "sources", "cautions", "refused", "agreement", "unusual", "classes"
    }  # fmt: skip
    assert all(len(value) < len(sheets) for value in found.values() if isinstance(value, dict | list))


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_statistics_do_not_depend_on_the_order_of_sheets(chance: random.Random) -> None:
    sheets = meeting(raters=21, speakers=3)
    shuffled = chance.sample(sheets, len(sheets))
    one, other = statistics(RULE, sheets), statistics(RULE, shuffled)
    assert one["unusual"] == other["unusual"]
    assert one["classes"] == other["classes"]
    for speaker, own in one["estimates"].items():
        assert own["score"] == pytest.approx(other["estimates"][speaker]["score"], abs=0.02)


@pytest.mark.parametrize(
    ("sheets", "reason"),
    [
        ([], "too_few"),
        (meeting(raters=12), "too_few"),
        (meeting(raters=30, speakers=1), "one_speaker"),
        (alike(["best", "good"]), "unanimous"),
        (alike(["best", "best"]), "unanimous"),
        (alike(["best"], raters=1), "one_speaker"),
    ],
    ids=["nobody", "few", "one speaker", "unanimous", "all best", "one sheet"],
)
def test_where_nothing_can_be_estimated_the_reason_is_told(sheets: list[Sheet], reason: str) -> None:
    found = statistics(RULE, sheets)
    assert (found["estimates"], found["bands"], found["refused"]) == (None, None, reason)
    assert refusal(found)
    assert estimates_of(found) == {}


def test_class_without_a_sheet_is_left_out_of_the_estimate() -> None:
    sheets = [sheet for sheet in meeting() if sheet.class_code != "B"]
    found = statistics(RULE, sheets)
    assert found["refused"] is None
    assert found["classes"]["B"] == {"mean": None, "sheets": None}


def test_sheets_that_were_copied_or_not_filled_in_are_counted() -> None:
    sheets = meeting(raters=60, speakers=12, missing=0.0)
    varied = max(sheets, key=lambda sheet: min(Counter(str(sheet.marks).split("'")).get(g, 0) for g in GRADES[1:]))
    copied = Sheet("A", varied.marks)
    straight = Sheet("B", {speaker: dict.fromkeys(RULE.item_weights, "good") for speaker in sheets[0].marks})
    plain = unusual(RULE, sheets, columns_of(RULE, sheets))
    assert (plain["straight"], plain["identical"]) == (0, 0)
    more = [*sheets, *[copied] * 5, *[straight] * 6]
    found = unusual(RULE, more, columns_of(RULE, more))
    assert (found["looked_at"], found["straight"], found["identical"]) == (71, 6, 6)
    assert found["identical_odd"] == 6
    few = [*sheets, copied, straight]
    found = unusual(RULE, few, columns_of(RULE, few))
    assert (found["straight"], found["identical"], found["identical_odd"]) == ("<5", "<5", "<5")


def test_sheet_far_below_its_class_is_severe() -> None:
    sheets = meeting(raters=60, speakers=12, missing=0.0)
    low = Sheet("A", {speaker: {"overall": "poor", "style": "poor"} for speaker in sheets[0].marks})
    before, after = (unusual(RULE, some, columns_of(RULE, some)) for some in (sheets, [*sheets, low]))
    assert (before["severe"], before["lenient"]) == (0, 0)
    assert after["severe"] == "<5"


def test_short_sheets_are_not_looked_at() -> None:
    sheets = [Sheet("A", {"1": {"overall": "best"}}) for _n in range(20)]
    found = unusual(RULE, sheets, columns_of(RULE, sheets))
    assert (found["looked_at"], found["straight"], found["identical"]) == (0, 0, 0)


def test_small_class_is_hidden_with_a_cover_and_so_is_one_hidden_elsewhere() -> None:
    sheets = meeting()
    small = [sheet for n, sheet in enumerate(sheets) if sheet.class_code != "C" or n < 12]
    assert sum(sheet.class_code == "C" for sheet in small) == 4
    shown = {code for code, row in statistics(RULE, small)["classes"].items() if row["mean"] is not None}
    assert shown == {"B"}  # A, as large, covers C
    shown = {code for code, row in statistics(RULE, sheets, {"A", "B"})["classes"].items() if row["mean"] is not None}
    assert shown == {"C"}


def test_class_means_are_means_over_speakers() -> None:
    sheets = meeting(missing=0.3)
    columns = columns_of(RULE, sheets)
    own = [
        np.mean([p for p, s, c in zip(columns["points"], columns["speaker"], columns["class"], strict=True)
                 if (s, c) == (speaker, "A")])
        for speaker in sorted(set(columns["speaker"]))
    ]  # fmt: skip
    assert statistics(RULE, sheets)["classes"]["A"]["mean"] == pytest.approx(np.mean(own), abs=0.006)


def test_words_follow_the_numbers() -> None:
    def told(average: float) -> str:
        return agreement_words(
            {"agreement": {"single": 0.1, "average": average, "low": None, "high": None, "raters": 60}}
        )[0]

    assert len({told(average) for average in (0.95, 0.8, 0.6, 0.3)}) == 4
    assert agreement_words(None) == []
    rows: list[dict[str, Any]] = [
        {"mean": 90.0, "name": "甲"},
        {"mean": 84.4, "name": "乙"},
        {"mean": None, "name": "丙"},
    ]
    assert "5.6" in class_words(rows)
    assert "丙" not in class_words(rows)
    assert class_words(rows[:1]) == ""
    assert [row.count for row in unusual_rows(statistics(RULE, meeting()))][0] in {0, "<5"}


def test_picture_keeps_everything_on_the_axis() -> None:
    class Row:
        low = high = None

        def __init__(self, total: float | None, estimate: Any) -> None:
            self.result = type("Result", (), {"total": total})
            self.estimate = estimate

    found = estimates_of(statistics(RULE, meeting()))
    dots, axis = picture([Row(one.score + 1, one) for one in found.values()] + [Row(None, None)])
    assert axis == sorted(axis)
    for dot in dots[:-1]:
        for span in (dot["range"], dot["bar"]):
            assert 0 <= span["left"] <= span["left"] + span["width"] <= 100.01
        assert 0 <= dot["at"] <= 100
    assert (dots[-1]["at"], dots[-1]["mark"], dots[-1]["range"]) == (None, None, None)
