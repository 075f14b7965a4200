"""Copied reports: the same words or file in two items are shown to whoever verifies, and refuse nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, picture, rectification, signed_in, upload
from yizhen.matters.actions import take_step
from yizhen.matters.copies import copies_among, copies_of
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter
from yizhen.matters.wording import normalised

WORDS = "已清运暴露垃圾十二吨，并在路口安装两处监控，安排专人每日巡查。"


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def reported(people, place: str, text: str, file=None, **fields) -> Matter:
    """Return a rectification item that its township has reported done."""
    matter = rectification(people["city_office"], place, **fields)
    office = factories.account("township_office", place)
    take_step(office, matter, Verb.ACCEPT)
    return take_step(office, matter, Verb.REPORT_DONE, text=text, disposition="solved", file=file)


def kinds(user, matter: Matter) -> list[tuple[str, int]]:
    return [(copy.kind, copy.other.pk) for copy in copies_of(user, matter)]


@pytest.mark.parametrize(
    "change", [WORDS, WORDS.replace("，", " , "), f"  {WORDS[:-1]}！\n", WORDS.replace("十二", "十 二")]
)
def test_same_words_are_flagged_on_both_sides_and_refuse_nothing(people, change):
    first, second = reported(people, LIUAN, WORDS), reported(people, GUDU, change)

    assert kinds(people["county"], first) == [("words", second.pk)]
    assert kinds(people["county"], second) == [("words", first.pk)]
    assert take_step(people["county"], second, Verb.PASS, text="现场看过。").state == State.CLOSED


def test_nearly_the_same_words_are_a_softer_flag(people):
    first = reported(people, LIUAN, WORDS)
    second = reported(people, LIUAN, WORDS.replace("十二吨", "九吨"))
    reported(people, GUDU, "新建生态停车场一处，增加车位一百二十个，周末分时预约，高峰期安排人员疏导。")

    (copy,) = copies_of(people["city_office"], first)

    assert (copy.kind, copy.other) == ("alike", second)
    assert 90 <= copy.percent < 100


def test_short_reports_are_compared_for_identity_alone(people):
    first, same = reported(people, LIUAN, "已完成整改。"), reported(people, GUDU, "已完成整改")
    reported(people, LIUAN, "均已完成整改。")

    assert kinds(people["county"], first) == [("words", same.pk)]


def test_same_file_under_another_name_is_flagged(people):
    first = reported(people, LIUAN, "现场照片见附件甲。", upload("a.png", picture("red")))
    second = reported(people, GUDU, "完成情况如图所示。", upload("整改后.png", picture("red")))
    reported(people, LIUAN, "附台账一份。", upload("a.png", picture("blue")))

    (copy,) = copies_of(people["county"], first)

    assert (copy.kind, copy.other, copy.file_name) == ("file", second, "整改后.jpg")


def test_only_the_report_that_stands_is_compared(people):
    first, second = reported(people, LIUAN, WORDS), reported(people, GUDU, WORDS)
    take_step(people["county"], second, Verb.SEND_BACK, text="与柳岸镇的文字相同，请写自己做的。")
    office = factories.account("township_office", GUDU)
    take_step(office, second, Verb.REPORT_DONE, text="堤脚防渗墙已做完，三天未见渗水。", disposition="solved")

    assert kinds(people["county"], first) == []


def test_tasks_requests_and_withdrawn_items_are_not_compared(people):
    first = reported(people, LIUAN, WORDS)
    task = factories.task(people["department"])
    for verb, text in ((Verb.ACCEPT, ""), (Verb.REPORT_DONE, WORDS)):
        task = take_step(people["township_office"], task, verb, text=text, disposition="solved")

    assert kinds(people["county"], first) == []
    assert copies_of(people["county"], task) == []


def test_flags_are_for_the_verifier_alone_and_within_his_sight(people):
    first, second = reported(people, LIUAN, WORDS), reported(people, SHIMEN, WORDS)

    seen = {role: kinds(user, first) for role, user in people.items()}

    assert seen == dict.fromkeys(people, []) | {"city_office": [("words", second.pk)]}  # Shimen is another county's


def test_flag_is_on_the_matter_page_with_a_link(people):
    first, second = reported(people, LIUAN, WORDS, title="甲"), reported(people, GUDU, WORDS, title="乙")

    shown = signed_in(people["county"]).get(f"/matters/{first.number}/").content.decode()
    hidden = signed_in(people["township_head"]).get(f"/matters/{first.number}/").content.decode()

    assert f'href="/matters/{second.number}/"' in shown
    assert "同样的文字用在" in shown
    assert ("同样的文字用在" in hidden, second.number in hidden) == (False, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_copies_cost_the_same_queries_for_one_and_for_many(people, rows):
    matters = [reported(people, LIUAN, WORDS, upload()) for _unused in range(rows)]
    county = people["county"]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = copies_among(county, matters)

    assert len(queries) == 4
    assert {pk: len(copies) for pk, copies in found.items()} == (
        {} if rows == 1 else {matter.pk: 2 * (rows - 1) for matter in matters}
    )


@given(
    text=st.text(max_size=60),
    noise=st.text(alphabet=" \t\n,.;:!?，。；：！？、“”（）—…", max_size=8),
    at=st.integers(0, 60),
)
def test_normalising_ignores_spacing_and_punctuation_and_is_stable(text, noise, at):
    assert normalised(text[:at] + noise + text[at:]) == normalised(text)
    assert normalised(normalised(text)) == normalised(text)
