"""What is printed before a meeting, and the pack that opens without the server."""

import re
from pathlib import PurePosixPath
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tests.appraisals import room
from tests.appraisals.paperwork import (
    FIVE,
    LIUAN,
    Tags,
    documents_in,
    result_of,
    shown,
    unpacked,
    words,
)
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import results, speech
from yizhen.appraisals.models import Problem, Question, RollEntry
from yizhen.appraisals.papers.circular import circular
from yizhen.appraisals.papers.letter import letter
from yizhen.appraisals.papers.pack import DOCUMENTS, letters, offline_pack, page
from yizhen.appraisals.papers.printed import PAGES
from yizhen.appraisals.papers.record import record_of_proceedings
from yizhen.appraisals.papers.rectification import rectification_rows
from yizhen.appraisals.papers.words import rules_in_words
from yizhen.places.models import Division


def test_attendance_list_has_a_line_to_sign_for_each_and_no_card(prepared: Hall) -> None:
    found = shown(prepared, "attendance", "B")
    assert found.count("tr") == 1 + 6
    assert "应到 6 人" in found.text
    assert "签名" in found.text
    assert "B类代表03" in found.text
    assert "A类代表03" not in found.text
    assert [code for codes in prepared.codes.values() for code in codes if code in found.text] == []
    assert shown(prepared, "attendance").count("section") == 5


def test_paper_sheet_has_a_box_for_every_grade_and_for_not_informed(prepared: Hall) -> None:
    found = shown(prepared, "ballots", "C")
    assert found.count("span", **{"class": "box"}) == 3 * 5 * (4 + 1)
    assert found.count("section") == 1
    assert found.text.count("编号") == 1
    assert "选“不了解”" in found.text
    assert "6 份" in found.text  # how many to copy: all of them alike, with nothing to tell one from another
    assert [entry.label for entry in prepared.campaign.roll.all() if entry.label in found.text] == []
    assert page(prepared.campaign, PAGES["ballots"]) == page(prepared.campaign, PAGES["ballots"])


def test_name_plate_shows_the_name_on_both_faces(prepared: Hall) -> None:
    speakers = shown(prepared, "plates")
    name = prepared.speaker().official.name
    assert speakers.text.count(name) == 2
    assert speakers.count("div", **{"class": "face turned", "aria-hidden": "true"}) == 3
    assert shown(prepared, "plates", "D").text.count("D类代表02") == 2


def test_agenda_order_and_rules_say_what_was_frozen(prepared: Hall) -> None:
    agenda = shown(prepared, "agenda").text
    assert [row["zh"] in agenda for row in prepared.campaign.config["agenda"]] == [True] * 7
    order = shown(prepared, "order").text
    places = list(prepared.campaign.speakers.order_by("position").values_list("division__name_zh", flat=True))
    assert sorted(places, key=order.index) == places
    assert "3-5-1-6" in order
    rules = shown(prepared, "rules").text
    sentences = rules_in_words(prepared.campaign.config)
    assert len(sentences) > 8
    assert [sentence for sentence in sentences if sentence not in rules] == []
    assert prepared.campaign.config_hash in rules


def test_order_before_the_lots_says_so(published: Hall) -> None:
    assert "尚未抽签" in shown(published, "order").text


def test_collected_reports_are_the_submitted_ones_with_figures_written_out(reported: Hall) -> None:
    found = shown(reported, "reports")
    content = reported.speaker().figures.get(indicator="L01").content
    assert "床位31张/万人，市均" in found.text.replace(",", "，")
    assert "{{" not in found.text
    assert "<b>实</b>" in found.text
    assert "未完的稿子" not in found.text
    assert "尚未提交：" in found.text
    assert [words in found.text for words in (content["name_zh"], content["source_zh"], content["as_of"])] == [True] * 3


def test_offline_pack_opens_alone(reported: Hall) -> None:
    files = unpacked(offline_pack(reported.campaign, "办公室"))
    folder = f"meeting-{reported.campaign.pk}"
    assert {PurePosixPath(name).parent.as_posix() for name in files} == {folder}
    pages = {name: content.decode() for name, content in files.items() if name.endswith(".html")}
    assert len(pages) == 13
    for html in pages.values():
        found = Tags(html)
        addresses = [
            value for _tag, attributes in found.tags for key, value in attributes.items() if key in {"href", "src"}
        ]
        assert [address for address in addresses if f"{folder}/{address}" not in files] == []
        assert re.findall(r"url\(|@import|https?://|//[a-z]", html) == []
        assert [tag for tag, _attributes in found.tags if tag in {"script", "link", "iframe", "img"}] == []
        assert found.count("style") == 1
    index = Tags(pages[f"{folder}/index.html"])
    linked = {attributes["href"] for tag, attributes in index.tags if tag == "a"}
    assert linked == {PurePosixPath(name).name for name in files} - {"index.html"}


def test_offline_pack_holds_the_documents_that_exist_by_then_and_no_letters(issued: Hall) -> None:
    people: dict[str, Any] = {"office": issued.office, "scrutineer": issued.scrutineer, "heads": issued.heads}
    later = room.published(title="下一期", **people)
    assert documents_in(offline_pack(later.campaign, "")) == set()
    assert documents_in(offline_pack(issued.campaign, "")) == {
        "record.docx",
        "circular.docx",
        "rectification.docx",
        "rectification.xlsx",
    }


def test_papers_are_chinese_whatever_the_reader_reads(issued: Hall) -> None:
    with override("zh-hans"):
        chinese = [words(describe(issued.campaign)) for _title, describe in DOCUMENTS.values()]
        agenda = page(issued.campaign, PAGES["order"])
    with override("en"):
        assert [words(describe(issued.campaign)) for _title, describe in DOCUMENTS.values()] == chinese
        assert page(issued.campaign, PAGES["order"]) == agenda


def test_odd_characters_break_no_paper(issued: Hall) -> None:
    odd = "\x0b\x1b<script>&\ufffe\u202e漢😀=1+1"
    Problem.objects.update(requirement=odd)
    Question.objects.filter(speaker=issued.speaker()).update(commitment=odd)
    RollEntry.objects.filter(label="E类代表01").update(label=odd)
    texts = [words(describe(issued.campaign)) for _title, describe in DOCUMENTS.values()]
    texts.append(words(letter(result_of(issued), None)))
    assert ["<script>&漢😀=1+1" in text for text in texts] == [True] * 4
    html = page(issued.campaign, PAGES["attendance"])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("places", [(LIUAN,), FIVE])
def test_papers_take_the_same_queries_for_one_speaker_as_for_five(city: Division, places: tuple[str, ...]) -> None:
    hall = room.counted(places=places)
    for place in places:
        speech.make_comment(hall.office, hall.speaker(place), strengths="实", problems=[room.problem()])
    results.issue_results(hall.office, hall.campaign)
    hall.fresh()
    made = {
        "record": lambda: record_of_proceedings(hall.campaign),
        "circular": lambda: circular(hall.campaign),
        "letters": lambda: letters(hall.campaign),
        "rectification": lambda: rectification_rows(hall.campaign),
        "ballots": lambda: page(hall.campaign, PAGES["ballots"]),
    }
    counts = {}
    for name, make in made.items():
        with CaptureQueriesContext(connection) as caught:
            make()
        counts[name] = len(caught)
    assert counts == {"record": 15, "circular": 13, "letters": 5, "rectification": 4, "ballots": 11}
