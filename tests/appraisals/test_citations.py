import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.appraisals.citations import PER_MINUTE, read_figures, rendered, rounded, spoken, words_of

BEDS = {
    "code": "L01",
    "unit": "张",
    "count_unit": "张",
    "value": "32.1400",
    "city": "55.6000",
    "peer_median": "40",
    "gap": "-23.46",
    "needed": 1234,
}
FIGURES = {"L01": BEDS}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("32.1400", "32.14"),
        ("0.125", "0.13"),
        ("0.124", "0.12"),
        ("1234567.5", "1,234,567.5"),
        ("5.00", "5"),
        ("100", "100"),
        (None, "—"),
    ],
)
def test_rounded(value: str | None, shown: str) -> None:
    assert rounded(value) == shown


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (None, "32.14张"),
        ("value", "32.14张"),
        ("city", "55.6张"),
        ("peer", "40张"),
        ("gap", "-23.46张"),
        ("needed", "1,234张"),
    ],
)
def test_words_of_each_part(part: str | None, words: str) -> None:
    assert words_of(BEDS, part) == words


def test_words_of_needed_without_gap() -> None:
    assert words_of({**BEDS, "needed": None}, "needed") == "无缺口"


def test_spoken_writes_citations_out() -> None:
    assert spoken("床位{{L01}},市均{{ l01.city }},{{X99}}。", FIGURES) == "床位32.14张,市均55.6张,{{X99}}。"


def test_an_earlier_period_is_cited_from_the_snapshot() -> None:
    figures = {
        "L01": BEDS
        | {"period": "2025", "trend": [{"period": "2024", "value": "31.02"}, {"period": "2025", "value": "32.14"}]}
    }
    assert spoken("{{L01@2024}}→{{ l01@2025 }}", figures) == "31.02张→32.14张"
    found = read_figures({"a": "{{L01@2024}}、{{L01@2019}}"}, figures)
    assert (found.cited, found.unknown, found.uncited) == (("L01",), ("L01@2019",), ())
    assert "cite-unknown" in rendered("{{L01@2019}}", figures, "/CODE/")
    assert 'href="/L01/"' in rendered("{{L01@2024}}", figures, "/CODE/")


def test_read_figures_tells_cited_unknown_and_typed_apart() -> None:
    found = read_figures({"a": "床位{{L01}},市均{{L01.city}},产值12.5%,{{X99}}", "b": "新建1,200个"}, FIGURES)
    assert found.cited == ("L01",)
    assert found.unknown == ("X99",)
    assert found.uncited == ("12.5%", "1,200")
    assert found.characters == len("床位32.14张,市均55.6张,产值12.5%,新建1,200个")


@pytest.mark.parametrize(
    "text",
    [
        "2026年6月30日",
        "6月 30日",
        "第3次会议",
        "第12名",
        "第2届",
        "3号楼",
        "第5条",
        "1、抓落实",
        "1. 抓落实",
        "一是三个",
        "L01 和 GB2312",
        "三分之一",
    ],
)
def test_typed_dates_ordinals_and_numbering_are_no_figures(text: str) -> None:
    assert read_figures({"a": text}, {}).uncited == ()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("增长8.6%", ("8.6%",)),
        ("完成 45 个", ("45",)),
        ("2026年完成3.2亿元", ("3.2",)),
        ("覆盖12,345户、98‰", ("12,345", "98‰")),
        ("提高了2个百分点", ("2",)),
    ],
)
def test_typed_figures_are_marked(text: str, marked: tuple[str, ...]) -> None:
    assert read_figures({"a": text}, {}).uncited == marked


def test_minutes_are_characters_by_reading_speed() -> None:
    assert read_figures({"a": "字" * PER_MINUTE * 3 + " \n "}, {}).minutes == 3.0


def test_rendered_links_citations_and_marks_typed_figures() -> None:
    html = rendered("床位{{L01}}张,新增30张\n\n{{X99}}", FIGURES, "/reports/1/figure/CODE/")
    assert re.sub(' title="[^"]*"', "", html) == (
        '<p>床位<a class="cite" href="/reports/1/figure/L01/">32.14张</a>张,新增'
        '<u class="uncited">30</u>张</p>'
        '<p><mark class="cite-unknown">{{X99}}</mark></p>'
    )


def test_rendered_escapes_what_the_author_wrote() -> None:
    html = rendered("<script>alert(1)</script>{{L01}}", {"L01": {**BEDS, "unit": "<b>"}}, "/x/CODE/")
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(" in html


@given(st.text(alphabet=st.sampled_from("<>&\"'{}L01.city年 \n个%5"), max_size=60))
def test_rendered_never_lets_a_tag_of_the_author_through(text: str) -> None:
    html = rendered(text, FIGURES, "/x/CODE/")
    for tag in ('<a class="cite"', "<mark class", "<u class", "</a>", "</mark>", "</u>", "<p>", "</p>"):
        html = html.replace(tag, "")
    assert "<" not in html


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("截至2026-06-30的数", []),
        ("2025—2026年推进", []),
        ("12345热线办结", []),
        ("历时3.5年", []),
        ("补齐3.5个百分点", ["3.5"]),
        ("办结12,345件", ["12,345"]),
        ("办结率98.5%", ["98.5%"]),
    ],
)
def test_typed_figures_are_told_from_dates_and_names(text: str, marked: list[str]) -> None:
    assert list(read_figures({"a": text}, {}).uncited) == marked
