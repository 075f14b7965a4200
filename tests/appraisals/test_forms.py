from datetime import date

import pytest

from yizhen.appraisals.forms import read_problems, read_roll, read_rows, shown_rows

GRADE = {"0.code": "good", "0.zh": "好", "0.en": "Good", "0.coef": "0.8"}
CLASS = {"0.code": "A", "0.zh": "领导", "0.en": "Leaders", "0.weight": "30"}


def test_read_rows_reads_cells_and_drops_empty_rows() -> None:
    data = GRADE | {"2.code": "poor", "2.zh": " 差 ", "2.en": "Poor", "2.coef": "0"}
    rows, errors = read_rows("grades", data, [])
    assert rows == [
        {"code": "good", "zh": "好", "en": "Good", "coef": "0.8"},
        {"code": "poor", "zh": "差", "en": "Poor", "coef": "0"},
    ]
    assert errors == {}


@pytest.mark.parametrize("text", ["0", "1", "0.85", ".5", "1.0"])
def test_read_rows_coefficient(text: str) -> None:
    assert read_rows("grades", GRADE | {"0.coef": text}, [])[1] == {}


@pytest.mark.parametrize("text", ["好", "1.2", "-0.1", "nan", "inf", "1e0", "0_1", "0,8", "1/2"])
def test_read_rows_coefficient_that_is_none(text: str) -> None:
    rows, errors = read_rows("grades", GRADE | {"0.coef": text}, [])
    assert errors == {"0.coef": "请填写 0 到 1 之间的数。"}
    assert rows[0]["coef"] == text


@pytest.mark.parametrize("text", ["三十", "-1", "3.5", "²", "1001"])
def test_read_rows_weight_that_is_none(text: str) -> None:
    assert read_rows("classes", CLASS | {"0.weight": text}, [])[1] == {"0.weight": "请填写整数。"}


@pytest.mark.parametrize(
    ("part", "code", "wrong"),
    [
        ("classes", "LEADERS1", False),
        ("classes", "LEADERS12", True),
        ("classes", "A|B", True),
        ("items", "a" * 24, False),
        ("items", "a" * 25, True),
        ("items", "总体", True),
    ],
)
def test_read_rows_code(part: str, code: str, wrong: bool) -> None:
    assert list(read_rows(part, CLASS | {"0.code": code}, [])[1]) == (["0.code"] if wrong else [])


def test_read_rows_error_by_cell_and_keeps_what_was_typed() -> None:
    rows, errors = read_rows("classes", CLASS | {"1.zh": "部门", "1.weight": "x"}, [])
    assert errors == {"1.code": "必须填写。", "1.en": "必须填写。", "1.weight": "请填写整数。"}
    shown = shown_rows("classes", rows, errors)
    assert [(cell["value"], bool(cell["error"])) for cell in shown[1]] == [
        ("", True),
        ("部门", False),
        ("", True),
        ("x", True),
        ("phone", False),
        ("", False),
    ]
    assert len(shown) == 4  # two to add to


def test_read_rows_keeps_what_the_table_does_not_show() -> None:
    before = [{"code": "last_period", "zh": "旧", "en": "Old", "auto": "rectification", "cites": [], "must": ["逐项"]}]
    data = {
        "0.code": "last_period",
        "0.zh": "上期整改",
        "0.en": "Last",
        "0.auto": "rectification",
        "0.cites": "l01、L02,d03",
    }
    rows, errors = read_rows("outline", data, before)
    assert (rows[0]["must"], rows[0]["zh"], rows[0]["cites"]) == (["逐项"], "上期整改", ["L01", "L02", "D03"])
    assert errors == {}


def test_read_roll_one_person_a_line() -> None:
    assert read_roll({"roll.A": " 甲 \r\n\r\n乙\n"}, [{"code": "A"}, {"code": "B"}]) == {"A": ["甲", "乙"], "B": []}


def test_read_problems_drops_empty_rows_and_keeps_half_filled_ones() -> None:
    data = {
        "problems.0.fact": "床位少",
        "problems.0.requirement": "补足",
        "problems.0.owner": "王",
        "problems.0.due_on": "2031-06-30",
        "problems.0.indicator": "L01",
        "problems.0.work_line": "safety",
        "problems.1.due_on": "2031-06-30",
        "problems.2.owner": "李",
    }
    full = {"fact": "床位少", "requirement": "补足", "owner": "王", "indicator": "L01"}
    assert read_problems(data) == [
        {**full, "due_on": date(2031, 6, 30), "work_line": "safety"},
        {**dict.fromkeys(full, ""), "owner": "李", "due_on": None, "work_line": "livelihood"},
    ]


@pytest.mark.parametrize("text", ["2031-02-30", "2031-13-01", "明年", ""])
def test_read_problems_a_day_that_there_is_not(text: str) -> None:
    assert read_problems({"problems.0.fact": "一", "problems.0.due_on": text})[0]["due_on"] is None
