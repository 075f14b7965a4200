"""The papers of a meeting: what they say, what they must never say, and who may take them."""

import re
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import docx
import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import ballot, papers, reports, results, session, speech
from yizhen.appraisals.models import Campaign, DutyReport, Problem, Question, Result, RollEntry
from yizhen.appraisals.papers.circular import circular
from yizhen.appraisals.papers.letter import letter
from yizhen.appraisals.papers.pack import DOCUMENTS, letter_name, letters, offline_pack, page, ready
from yizhen.appraisals.papers.printed import PAGES
from yizhen.appraisals.papers.record import record_of_proceedings
from yizhen.appraisals.papers.rectification import COLUMNS, rectification_rows
from yizhen.appraisals.papers.words import counted_results, numeral, rules_in_words
from yizhen.appraisals.suppression import printed_rates
from yizhen.audit.models import Record
from yizhen.documents.official import Official, write_official
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.people.models import ADMIN_ROLES, ROLES, Account
from yizhen.places.models import Division

LIUAN, XITANG, GUDU = factories.LIUAN, factories.XITANG, factories.GUDU
FIVE = (LIUAN, XITANG, GUDU, factories.SHIMEN, factories.JIANGFENG)


def words(official: Official) -> str:
    """Return all the text of a document, read back from the file."""
    document = docx.Document(BytesIO(write_official(official)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def rows_of(official: Official, head: str) -> list[list[str]]:
    """Return the rows of the table whose first column is called so, read back from the file."""
    document = docx.Document(BytesIO(write_official(official)))
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return next(rows for rows in found if rows[0][0] == head)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def marked(hall: Hall, *sheets: tuple[str, int, dict[str, str]]) -> None:
    """Cast sheets: class, how many, and the grades by place; every item of a place gets the same grade."""
    used = dict.fromkeys("ABCDE", 0)
    for code, number, by_place in sheets:
        marks = {
            str(hall.speaker(place).pk): dict.fromkeys(hall.round.layout["items"], grade)
            for place, grade in by_place.items()
        }
        for _sheet in range(number):
            assert hall.vote(code, used[code], marks).state == "counted"
            used[code] += 1


@pytest.fixture
def issued(city: Division) -> Hall:
    """An issued campaign with two problems, two questions and a promise."""
    hall = room.opened()
    speech.make_comment(
        hall.office,
        hall.speaker(),
        strengths="数据实。",
        problems=[room.problem("床位不足。"), room.problem("东堤渗水")],
    )
    asked = speech.put_question(hall.office, hall.speaker(), text="路灯何时修好？", source="resident")
    speech.answer_question(hall.office, asked, commitment="月底前修好")
    speech.put_question(hall.office, hall.speaker(GUDU), text="渡口几点开？", source="deputy")
    few = {LIUAN: "basically_competent", XITANG: "excellent", GUDU: "competent"}
    many = {LIUAN: "excellent", XITANG: "excellent", GUDU: "competent"}
    marked(hall, *(("ABCDE"[n], 6, many) for n in range(4)), ("E", 3, few), ("E", 3, many))
    room.count(hall)
    results.issue_results(hall.office, hall.campaign)
    hall.fresh()
    return hall


def result_of(hall: Hall, place: str = LIUAN) -> Result:
    return next(result for result in counted_results(hall.fresh()) if result.speaker.division_id == place)


# --- record of proceedings -------------------------------------------------------------------------------------------


def test_record_says_who_met_and_how_they_voted(issued: Hall) -> None:
    round_ = issued.round
    text = words(record_of_proceedings(issued.campaign))
    for said in (
        "第一期述职评议",
        "会议纪要",
        "应到 30 人，实到 30 人",
        "“3-5-1-6”",
        "提问 1（群众）：路灯何时修好？　已答复。承诺：月底前修好。",
        "提问 1（两代表一委员）：渡口几点开？　未当场答复，会后跟进。",
        "点评肯定：数据实。",
        "点评指出问题 1：床位不足。要求：年内补足。责任人：分管负责人。",
        "发出 30 张，收回 30 张，废票 0 张",
        "主持人（签字）：",
    ):
        assert said in text
    assert text.count("监票人（签字）：") == 2
    hashes = text.replace(" ", "")
    assert [h in hashes for h in (round_.root, round_.public_key, issued.campaign.config_hash)] == [True] * 3
    classes = rows_of(record_of_proceedings(issued.campaign), "类别")
    assert [row[1:] for row in classes[1:]] == [["6", "6", "6", "6", "0"]] * 5 + [["30", "30", "30", "30", "0"]]


def test_record_lists_results_in_the_order_of_speaking_with_intervals(issued: Hall) -> None:
    rows = rows_of(record_of_proceedings(issued.campaign), "次序")
    order = list(issued.campaign.speakers.order_by("position").values_list("division__name_zh", flat=True))
    assert [row[1] for row in rows[1:]] == order
    document = docx.Document(BytesIO(write_official(record_of_proceedings(issued.campaign))))
    declared = next(table for table in document.tables if table.rows[0].cells[3].text == "总分")
    by_place = {row.cells[1].text: [cell.text for cell in row.cells][3:] for row in declared.rows[1:]}
    assert by_place["西塘桥镇"] == ["100.000", "100.0–100.0", "100.00%", "0.00%"]
    total, interval, excellent, negative = by_place["柳岸镇"]
    low, high = (float(side) for side in interval.split("–"))
    assert low < float(total) < high
    # Three of thirty marked 基本称职: it is not printed, nor what would give it back.
    assert (excellent, negative) == ("※", "※")
    assert "名次" not in " ".join(cell.text for cell in declared.rows[0].cells)


def test_record_gives_times_of_the_round_and_none_of_a_sheet(issued: Hall) -> None:
    round_ = issued.round
    assert round_.opened_at is not None
    text = words(record_of_proceedings(issued.campaign))
    moments = re.findall(r"\d{2}:\d{2}", text)
    allowed = {round_.opened_at, round_.closed_at, issued.campaign.published_at}
    assert len(moments) == 3
    assert set(moments) <= {f"{timezone.localtime(moment):%H:%M}" for moment in allowed if moment}


def test_record_of_a_small_class_hides_it_and_another(city: Division) -> None:
    hall = room.opened()
    marked(hall, *((code, 6, {LIUAN: "excellent"}) for code in "ABCD"), ("E", 2, {LIUAN: "not_competent"}))
    room.count(hall)
    document = docx.Document(BytesIO(write_official(record_of_proceedings(hall.campaign))))
    scores = next(table for table in document.tables if table.rows[0].cells[1].text.startswith("A类"))
    liuan = next([cell.text for cell in row.cells] for row in scores.rows if row.cells[0].text == "柳岸镇")
    hidden = result_of(hall).declared["hidden_classes"]
    assert "E" in hidden
    assert len(hidden) == 2
    assert [code for code, cell in zip("ABCDE", liuan[1:], strict=True) if cell == "※"] == hidden


def test_record_before_the_count_has_no_results_and_tells_of_a_void_round(city: Division) -> None:
    hall = room.opened()
    RollEntry.objects.filter(class_code="A").update(card_handed_out=False)
    hall.vote_all(voters={"A": 6, "B": 6})
    hall.round.classes.filter(code="A").update(issued=5)
    ballot.close_ballot(hall.office, hall.campaign)
    text = words(record_of_proceedings(hall.fresh()))
    assert "第 1 轮（作废）" in text
    assert "有类别收回票多于发出票，本轮作废" in text
    assert "尚未计票。" in text
    assert ready(hall.campaign) == ["record"]


def test_record_tells_a_late_report_and_lots_drawn_by_batch(published: Hall) -> None:
    author = published.heads[LIUAN]
    report = DutyReport.objects.get(speaker=published.speaker())
    reports.save_report(author, report, {"governance": "修了路。"}, base=0)
    reports.submit_report(author, report)
    assert "已按时提交" in words(record_of_proceedings(published.campaign))
    Campaign.objects.filter(pk=published.campaign.pk).update(reports_due_on=timezone.localdate() - timedelta(days=1))
    text = words(record_of_proceedings(published.fresh()))
    assert ("已按时提交" in text, "已提交，晚于交稿日" in text, "分批抽签" in text) == (False, True, False)
    published.campaign.speakers.filter(division_id=GUDU).update(batch=2)
    session.draw_lots(published.office, published.campaign, "3")
    assert "分批抽签，批次在前的先述职" in words(record_of_proceedings(published.fresh()))


@pytest.mark.parametrize("by", ["returned", "issued"])
def test_rates_of_all_sheets_are_printed_as_they_were_declared(city: Division, by: str) -> None:
    hall = room.opened(rules={"denominator": by})
    few = {"A": 6, "B": 6, "C": 6, "D": 6}
    hall.vote_all("excellent", few)
    for n in range(6):
        hall.vote("E", n, {})  # abstained: no mark, but a sheet that came back
    room.count(hall)
    result = result_of(hall)
    shown = printed_rates(hall.campaign.config, result)
    assert shown[0] == f"{result.excellent_rate}%"
    rules = " ".join(rules_in_words(hall.campaign.config))
    assert "不计入分母" not in rules
    assert "占有效票的比例" not in rules


# --- circular --------------------------------------------------------------------------------------------------------


def test_circular_has_no_personal_scores(city: Division) -> None:
    hall = room.opened(places=FIVE)
    speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[room.problem("床位不足")])
    marked(
        hall,
        *((code, 6, dict.fromkeys(FIVE[:4], "excellent") | {FIVE[4]: "competent"}) for code in "ABCDE"),
    )
    room.count(hall)
    text = words(circular(hall.fresh()))
    found = counted_results(hall.campaign)
    assert len(found) == 5
    for result in found:
        assert str(result.total) not in text
        assert result.speaker.official.name not in text
    assert "5 名述职人总分的平均数为 96.0 分（95% 置信区间不宽于 96.0–96.0 分）" in text
    overall = rows_of(circular(hall.campaign), "项目")[1]
    assert overall == ["总体评价", "120", "30", "0", "0", "0", "0"]
    assert rows_of(circular(hall.campaign), "序号")[1][:4] == ["1", "柳岸镇", "床位不足", "年内补足"]


def test_circular_of_few_speakers_has_no_statistics(issued: Hall) -> None:
    text = words(circular(issued.campaign))
    assert "有结果的述职人不足 5 名，总体数据不公布。" in text
    assert "平均数" not in text
    assert [str(result.total) in text for result in counted_results(issued.campaign)] == [False] * 3


# --- letter ----------------------------------------------------------------------------------------------------------


def test_letter_tells_the_own_result_in_words_and_what_may_be_done(issued: Hall) -> None:
    result = result_of(issued)
    text = words(letter(result, timezone.localdate()))
    assert result.interval is not None
    for said in (
        f"柳岸镇　{result.speaker.official.name}同志：",
        f"您的总分为 {result.total} 分",
        f"95% 置信区间为 {result.interval['low']:.1f}–{result.interval['high']:.1f} 分",
        "不能用来同别人比高低",
        "优秀率不列（会反推出少数几张票），负面率不列（会反推出少数几张票）",
        "指出的问题 1：床位不足。",
        "路灯何时修好？　承诺：月底前修好。",
        "自结果反馈之日起 30 日内",
    ):
        assert said in text
    others = [result_of(issued, place).speaker for place in (XITANG, GUDU)]
    assert [name in text for other in others for name in (other.official.name, other.division.name_zh)] == [False] * 4


def test_letter_prints_no_small_count(issued: Hall) -> None:
    overall = rows_of(letter(result_of(issued), None), "项目（权重）")[1]
    # 27 excellent, 3 basically competent of 30: the three are "<5", and the 27 would give them back.
    assert overall == ["总体评价（40%）", "※", "0", "<5", "0", "0", "0"]


def test_letter_below_eight_sheets_has_neither_result_nor_distribution(city: Division) -> None:
    hall = room.opened()
    marked(hall, ("A", 6, {LIUAN: "excellent"}))
    room.count(hall)
    official = letter(result_of(hall), None)
    assert "有效票不足 8 张，或缺一类评议人，按照事先公布的规则，不出结果。" in words(official)
    assert docx.Document(BytesIO(write_official(official))).tables == []


def test_letter_has_no_date_before_the_results_are_issued(city: Division) -> None:
    hall = room.counted()
    [draft, *_others] = unpacked(letters(hall.campaign)).values()
    last = docx.Document(BytesIO(draft)).paragraphs[-1].text
    results.issue_results(hall.office, hall.campaign)
    [final, *_others] = unpacked(letters(hall.fresh())).values()
    today = timezone.localdate()
    assert last.strip() == "年　月　日"
    assert docx.Document(BytesIO(final)).paragraphs[-1].text == f"{today.year}年{today.month}月{today.day}日"


def test_letters_are_one_for_each_speaker_under_names_a_disk_can_hold(city: Division) -> None:
    hall = room.counted()
    speaker = hall.speaker()
    speaker.official.name = '张/三:*?"\u202e..\\'
    speaker.official.save()
    names = list(unpacked(letters(hall.campaign)))
    assert len(names) == len(set(names)) == 3
    assert all(re.fullmatch(r"反馈函/\d\d-[^\\/:*?\"<>|\s.]+\.docx", name) for name in names)
    assert letter_name(result_of(hall)) == f"{speaker.position:02d}-柳岸镇-张_三_.docx"


# --- rectification list ----------------------------------------------------------------------------------------------


def test_rectification_list_has_the_columns_that_lists_have_everywhere() -> None:
    assert COLUMNS[2:] == (
        "问题", "表现", "原因", "整改措施", "责任领导", "责任单位·人", "完成时限", "进展", "佐证", "验收人", "销号日期", "回头看",
    )  # fmt: skip


def test_rectification_rows_follow_the_matter(issued: Hall) -> None:
    clerk = factories.account("township_office")
    matter = Problem.objects.get(fact="东堤渗水").matter
    assert matter is not None
    take_step(clerk, matter, Verb.ACCEPT)
    take_step(clerk, matter, Verb.REPORT_DONE, text="已加固。", disposition="solved", file=factories.upload("堤.png"))
    take_step(issued.office, matter, Verb.PASS, text="现场看过。")
    matter.refresh_from_db()
    waiting, done = rectification_rows(issued.campaign)
    assert [row[2] for row in (waiting, done)] == ["床位不足。", "东堤渗水"]
    assert [len(row) for row in (waiting, done)] == [len(COLUMNS)] * 2
    assert waiting[9:] == ["已交办", "", "", "", ""]
    look_back = matter.look_back_on
    assert done[9:12] == ["已销号。已加固。", "堤.png", str(issued.office)]
    assert done[13] == f"定于{look_back.year}年{look_back.month}月{look_back.day}日"
    with override("en"):
        assert rectification_rows(issued.campaign) == [waiting, done]


def test_rectification_list_before_issue_shows_problems_not_yet_assigned(city: Division) -> None:
    hall = room.prepared()
    speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[room.problem()])
    (row,) = rectification_rows(hall.campaign)
    assert row[9:] == ["尚未交办", "", "", "", ""]
    assert ready(hall.campaign) == ["rectification"]


def test_rectification_workbook_holds_no_formula(issued: Hall) -> None:
    Problem.objects.filter(fact="东堤渗水").update(requirement='=HYPERLINK("x")')
    client = factories.signed_in(issued.office)
    answer = client.get(f"/appraisals/{issued.campaign.pk}/papers/rectification.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert tuple(cell.value for cell in sheet[1]) == COLUMNS
    assert (sheet.cell(3, 6).value, sheet.cell(3, 6).data_type) == ('=HYPERLINK("x")', "s")


# --- pages to print --------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str, **attributes: str) -> int:
        return sum(one == tag and attributes.items() <= found.items() for one, found in self.tags)


def shown(hall: Hall, name: str, code: str = "") -> Tags:
    chosen = next((row for row in hall.campaign.config["classes"] if row["code"] == code), None)
    return Tags(page(hall.campaign, PAGES[name], chosen))


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


@pytest.fixture
def reported(city: Division) -> Hall:
    """A published campaign in which Liuan has submitted a report that cites, and Gudu has only begun one."""
    factories.catalogue()
    office = factories.account("city_office")
    total = factories.row("L01", "9901", "2025", numerator=17_000, denominator=3_120_000)
    factories.import_figures(office, [*factories.beds({LIUAN: 230, XITANG: 400}), total])
    hall = room.published(office=office)
    for place, text in ((LIUAN, "床位{{L01}}，市均{{L01.city}}。\n<b>实</b>"), (GUDU, "未完的稿子")):
        report = DutyReport.objects.get(speaker__campaign=hall.campaign, speaker__division_id=place)
        reports.save_report(hall.heads[place], report, {"livelihood": text}, base=0)
        if place == LIUAN:
            reports.submit_report(hall.heads[place], report)
    return hall


def test_collected_reports_are_the_submitted_ones_with_figures_written_out(reported: Hall) -> None:
    found = shown(reported, "reports")
    content = reported.speaker().figures.get(indicator="L01").content
    assert "床位31张/万人，市均" in found.text.replace(",", "，")
    assert "{{" not in found.text
    assert "<b>实</b>" in found.text
    assert "未完的稿子" not in found.text
    assert "尚未提交：" in found.text
    assert [words in found.text for words in (content["name_zh"], content["source_zh"], content["as_of"])] == [True] * 3


# --- offline pack ----------------------------------------------------------------------------------------------------


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


def documents_in(pack: bytes) -> set[str]:
    return {PurePosixPath(name).name for name in unpacked(pack) if not name.endswith(".html")}


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


# --- queries ---------------------------------------------------------------------------------------------------------


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


# --- who may ---------------------------------------------------------------------------------------------------------

MANAGED = (
    "papers/",
    "papers/pack.zip",
    "papers/letters.zip",
    "papers/record.docx",
    "papers/circular.docx",
    "papers/rectification.docx",
    "papers/rectification.xlsx",
    *(f"papers/print/{name}/" for name in PAGES),
    "papers/print/ballots/?class=A",
)


def visit(user: Account | None, address: str) -> int:
    client = Client() if user is None else factories.signed_in(user)
    return client.get(address).status_code


@pytest.fixture
def people(issued: Hall) -> dict[str, Account]:
    """One account of each role; the office and the scrutineer are the hall's, the county lies inside its city."""
    known = {"city_office": issued.office, "scrutineer": issued.scrutineer, "township_head": issued.heads[LIUAN]}
    return {role: known.get(role) or factories.account(role) for role in ROLES}


@pytest.mark.parametrize("address", MANAGED)
def test_papers_are_for_those_who_run_the_campaign(issued: Hall, people: dict[str, Account], address: str) -> None:
    found = {role: visit(user, f"/appraisals/{issued.campaign.pk}/{address}") for role, user in people.items()}
    own = {"township_head": 200, "scrutineer": 200} if address == "papers/" else {}
    wanted = {role: 404 if role in ADMIN_ROLES else 200 if role == "city_office" else 403 for role in ROLES}
    assert found == wanted | own
    assert visit(None, f"/appraisals/{issued.campaign.pk}/{address}") == 302


def test_letter_is_for_the_person_and_for_those_who_see_all(issued: Hall, people: dict[str, Account]) -> None:
    address = f"/appraisals/{issued.campaign.pk}/papers/letters/{issued.speaker().pk}.docx"
    found = {role: visit(user, address) for role, user in people.items()}
    allowed = {"city_office", "scrutineer", "township_head"}
    assert found == {role: 404 if role in ADMIN_ROLES else 200 if role in allowed else 403 for role in ROLES}
    assert [visit(issued.heads[place], address) for place in (XITANG, GUDU)] == [403, 403]
    assert visit(None, address) == 302


def test_letter_waits_until_the_results_are_issued(city: Division) -> None:
    hall = room.counted()
    address = f"/appraisals/{hall.campaign.pk}/papers/letters/{hall.speaker().pk}.docx"
    before = [visit(hall.heads[LIUAN], one) for one in (address, f"/appraisals/{hall.campaign.pk}/papers/")]
    results.issue_results(hall.office, hall.campaign)
    after = [visit(hall.heads[LIUAN], one) for one in (address, f"/appraisals/{hall.campaign.pk}/papers/")]
    assert (before, after) == ([403, 403], [200, 200])


def test_speaker_sees_the_own_letter_alone_in_the_list(issued: Hall) -> None:
    html = factories.signed_in(issued.heads[LIUAN]).get(f"/appraisals/{issued.campaign.pk}/papers/").content.decode()
    own, other = (f"papers/letters/{issued.speaker(place).pk}.docx" for place in (LIUAN, GUDU))
    assert (own in html, other in html, "pack.zip" in html, "record.docx" in html) == (True, False, False, False)


def test_papers_that_do_not_exist_yet_are_not_found(published: Hall) -> None:
    client = factories.signed_in(published.office)
    names = ("record.docx", "circular.docx", "rectification.docx", "rectification.xlsx", "letters.zip", "nothing.docx")
    found = [client.get(f"/appraisals/{published.campaign.pk}/papers/{name}").status_code for name in names]
    assert found == [404] * 6
    pages = ("print/nothing/", "print/plates/?class=Z")
    assert [client.get(f"/appraisals/{published.campaign.pk}/papers/{name}").status_code for name in pages] == [404] * 2


def test_draft_has_no_papers(draft: Hall) -> None:
    client = factories.signed_in(draft.office)
    names = ("", "pack.zip", "print/agenda/", "record.docx")
    assert [client.get(f"/appraisals/{draft.campaign.pk}/papers/{name}").status_code for name in names] == [404] * 4


def test_paper_taken_is_on_record(issued: Hall) -> None:
    base = f"/appraisals/{issued.campaign.pk}/papers"
    office, head = factories.signed_in(issued.office), factories.signed_in(issued.heads[LIUAN])
    office.get(f"{base}/record.docx")
    office.get(f"{base}/pack.zip")
    head.get(f"{base}/letters/{issued.speaker().pk}.docx")
    head.get(f"{base}/letters.zip")
    taken = Record.objects.filter(event="appraisals.paper_taken").order_by("number")
    assert [(record.details, record.actor) for record in taken] == [
        ({"paper": "record", "place": ""}, issued.office),
        ({"paper": "pack", "place": ""}, issued.office),
        ({"paper": "letter", "place": LIUAN}, issued.heads[LIUAN]),
    ]
    with pytest.raises(PermissionDenied):
        papers.take_paper(issued.heads[LIUAN], issued.campaign, "pack")
    with pytest.raises(PermissionDenied):
        papers.take_letter(issued.heads[GUDU], issued.speaker())


def test_download_has_a_chinese_name_and_is_kept_by_no_cache(issued: Hall) -> None:
    answer: HttpResponse = factories.signed_in(issued.office).get(
        f"/appraisals/{issued.campaign.pk}/papers/record.docx"
    )
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E4%BC%9A%E8%AE%AE%E7%BA%AA%E8%A6%81.docx"
    assert answer["Cache-Control"] == "no-store"
    assert docx.Document(BytesIO(answer.content)).paragraphs[0].text == "第一期述职评议"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (112, "一百一十二"),
    ],
)
def test_numeral(number: int, text: str) -> None:
    assert numeral(number) == text
