"""The papers written after a meeting: record, circular, letters, rectification list."""

import re
from datetime import timedelta
from io import BytesIO

import docx
import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import override

from tests import factories
from tests.appraisals import room
from tests.appraisals.paperwork import (
    FIVE,
    GUDU,
    LIUAN,
    XITANG,
    marked,
    result_of,
    rows_of,
    unpacked,
    words,
)
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import ballot, reports, results, session, speech
from yizhen.appraisals.config import template_config
from yizhen.appraisals.models import Campaign, DutyReport, Problem, RollEntry
from yizhen.appraisals.papers.circular import circular
from yizhen.appraisals.papers.letter import letter
from yizhen.appraisals.papers.pack import letter_name, letters, ready
from yizhen.appraisals.papers.record import record_of_proceedings
from yizhen.appraisals.papers.rectification import COLUMNS, rectification_rows
from yizhen.appraisals.papers.words import counted_results, rules_in_words
from yizhen.appraisals.suppression import printed_rates
from yizhen.documents.official import write_official
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.places.models import Division


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
    assert "占有效票数的比例" not in rules
    assert "占有效票数的比例" in " ".join(rules_in_words(template_config("comprehensive")))


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
    assert done[9:12] == ["已销号。已加固。", "堤.jpg", str(issued.office)]
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
