"""Letters to whoever asked: which there are, what a decision must contain, and that nobody is named in them."""

from datetime import date

import pytest

from tests import factories
from tests.factories import signed_in
from tests.matters.led import on, opened, step
from yizhen.documents.official import write_official
from yizhen.matters.actions import ask_review, new_follow_code, register_matter
from yizhen.matters.kinds import KINDS, from_json
from yizhen.matters.letters import letter_blocks, letter_document, letters_of
from yizhen.matters.lifecycle import Verb

RESULT = {"facts": "现场查看，路面确有积水。", "opinion": "予以支持", "legal_basis": "某某条例第九条"}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def decided(people, code: str):
    """A petition of which everything up to the decision is done on days of March 2026."""
    city, office = people["city_office"], people["township_office"]
    with on(date(2026, 3, 2)):
        matter = opened("petition", city, follow_code=code)
        matter = step(city, matter, Verb.FILE)
        matter = step(city, matter, Verb.DISPATCH, to_division=matter.division)
    with on(date(2026, 3, 10)):
        matter = step(office, matter, Verb.ACCEPT)
    with on(date(2026, 4, 10)):
        matter = step(office, matter, Verb.REPORT_DONE, disposition="solved", fields=RESULT, text="已疏通排水口。")
    with on(date(2026, 4, 13)):
        return step(city, matter, Verb.PASS, text="现场看过。")


def texts(matter, verb: Verb) -> list[str]:
    letter = next(one for one in letters_of(matter) if one.verb == verb)
    return [block.text for block in letter_blocks(matter, letter)]


def test_petition_is_told_of_receipt_decision_and_both_reviews(people):
    code = new_follow_code()
    matter = decided(people, code)
    with on(date(2026, 4, 20)):
        ask_review(code, "还有一处积水")
        matter.refresh_from_db()
    with on(date(2026, 4, 28)):
        matter = step(people["county"], matter, Verb.UPHOLD_FIRST, text="另一处不在请求之内。")
    with on(date(2026, 5, 8)):
        ask_review(code, "仍然不服")
        matter.refresh_from_db()
    with on(date(2026, 5, 20)):
        last = factories.account("city_office", username="review")
        matter = step(last, matter, Verb.UPHOLD_SECOND, text="程序合法。")

    assert [(one.verb, one.title, one.day) for one in letters_of(matter)] == [
        (Verb.ACCEPT, "受理告知书", date(2026, 3, 10)),
        (Verb.PASS, "处理意见书", date(2026, 4, 13)),
        (Verb.UPHOLD_FIRST, "复查意见书", date(2026, 4, 28)),
        (Verb.UPHOLD_SECOND, "复核意见书", date(2026, 5, 20)),
    ]
    assert "30 日内，请求复查机关的上一级机关复核" in texts(matter, Verb.UPHOLD_FIRST)[1]
    assert "不再受理" in texts(matter, Verb.UPHOLD_SECOND)[1]


def test_decision_has_the_parts_that_the_regulations_want(people):
    matter = decided(people, new_follow_code())
    said = texts(matter, Verb.PASS)

    assert said[:10] == [
        "一、请求事项",
        f"{matter.title}。{matter.text}",
        "二、事实和理由",
        RESULT["facts"],
        "三、处理意见",
        RESULT["opinion"],
        "四、法律依据",
        RESULT["legal_basis"],
        "五、办理结果",
        "已解决。已疏通排水口。",
    ]
    assert "30 日内，请求原办理机关的上一级机关复查" in said[10]


def test_nothing_is_answered_before_somebody_else_has_verified(people):
    with on(date(2026, 3, 2)):
        matter = opened("enterprise_request", people["city_office"], follow_code=new_follow_code())
        matter = step(people["city_office"], matter, Verb.DISPATCH, to_division=matter.division)
        matter = step(people["township_office"], matter, Verb.ACCEPT)
        matter = step(people["township_office"], matter, Verb.REPORT_DONE, disposition="solved")
        assert [one.verb for one in letters_of(matter)] == [Verb.ACCEPT]
        matter = step(people["county"], matter, Verb.PASS)

    assert [one.title for one in letters_of(matter)] == ["受理告知书", "答复意见书"]
    assert not any("复查" in text for text in texts(matter, Verb.PASS))  # a kind without reviews promises none


def test_task_that_nobody_asked_for_writes_no_letters(people):
    matter = step(people["township_office"], factories.task(people["department"]), Verb.ACCEPT)
    assert letters_of(matter) == []


def test_kind_brings_its_own_words(people, monkeypatch):
    spec = KINDS["enterprise_request"].as_json() | {
        "texts": {"accept": "《{title}》由{place}办，{due}前答复。{nothing}"}
    }
    monkeypatch.setitem(KINDS, "enterprise_request", from_json(spec))
    with on(date(2026, 3, 3)):
        matter = opened("enterprise_request", people["city_office"], follow_code=new_follow_code())
        matter = step(people["city_office"], matter, Verb.DISPATCH, to_division=matter.division)
        matter = step(people["township_office"], matter, Verb.ACCEPT)

    assert texts(matter, Verb.ACCEPT)[0] == f"《{matter.title}》由柳岸镇办，2026年3月10日前答复。{{nothing}}"


def test_sealed_name_is_in_no_letter_and_strangers_get_none(people):
    city = people["city_office"]
    matter, _code = register_matter(
        city, KINDS["petition"], client_id="1", division=factories.place(factories.LIUAN), title="路面积水",
        text="请疏通。", work_line="safety", requester="姓名某某 000", fields={"channel": "来信"},
    )  # fmt: skip
    matter = step(city, matter, Verb.DISMISS, text="已在诉讼之中，请向法院提出。")
    letter = letters_of(matter)[0]

    assert letter.title == "不予受理告知书"
    assert b"word/document.xml" in write_official(letter_document(matter, letter))
    page = signed_in(city).get(f"/matters/{matter.number}/letters/dismiss/").content.decode()
    assert "请向法院提出" in page
    assert "姓名某某" not in page
    for role in ("village", "grid_worker", "department", "system_admin"):
        for end in ("", "letter.docx"):
            found = signed_in(people[role]).get(f"/matters/{matter.number}/letters/dismiss/{end}")
            assert found.status_code == 404
    assert signed_in(city).get(f"/matters/{matter.number}/letters/accept/").status_code == 404
