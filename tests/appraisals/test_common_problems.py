"""Common problems: the proposal, what the office makes of it, and the task that blames nobody."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import speech
from yizhen.appraisals.actions.rectification import send_common_problem
from yizhen.appraisals.common_problems import common_groups, facts_without_names, likeness
from yizhen.appraisals.models import CommonTask, Problem
from yizhen.audit.models import Record
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter
from yizhen.people.models import Unit

LIUAN, GUDU, XITANG = factories.LIUAN, factories.GUDU, factories.XITANG
NAMED = {
    LIUAN: [
        {"fact": "每万人床位低于市均", "indicator": "L01"},
        {"fact": "村级重复报表41张", "indicator": "", "work_line": "party_style"},
        {"fact": "旺季停车难", "indicator": ""},
    ],
    GUDU: [
        {"fact": "古渡镇卫生院床位少，住院要去邻镇", "indicator": "L01"},
        {"fact": "村级报表重复，一年填报36张", "indicator": "", "work_line": "party_style"},
    ],
    XITANG: [{"fact": "西塘桥村级报表重复，一年填报52张", "indicator": "", "work_line": "party_style"}],
}


@pytest.fixture
def hall(prepared: Hall) -> Hall:
    factories.catalogue()
    for place, problems in NAMED.items():
        speech.make_comment(
            prepared.office, prepared.speaker(place), strengths="", problems=[room.problem(**each) for each in problems]
        )
    return prepared


def facts(problems) -> list[str]:
    return [problem.fact for problem in problems]


def chosen(*words: str) -> list[int]:
    return [problem.pk for problem in Problem.objects.all() if any(word in problem.fact for word in words)]


def send(hall: Hall, problems: list[int], *units: str, client_id: str = "c1", **fields):
    content = {"title": "多地床位不足", "requirement": "统筹安排床位，排出时间表。"} | fields
    return send_common_problem(
        hall.office,
        hall.campaign,
        problems=problems,
        units=list(Unit.objects.filter(pk__in=units)),
        client_id=client_id,
        **content,
    )


def test_groups_are_proposed_by_indicator_and_by_words(hall: Hall) -> None:
    groups, alone = common_groups(hall.campaign)

    assert [(group.speakers, group.indicator and group.indicator.pk, group.work_line) for group in groups] == [
        (3, None, "party_style"),
        (2, "L01", "livelihood"),
    ]
    assert sorted(facts(groups[1].problems)) == ["古渡镇卫生院床位少，住院要去邻镇", "每万人床位低于市均"]
    assert (groups[1].unit_id, groups[0].unit_id) == ("HEA", "")
    assert facts(alone) == ["旺季停车难"]


def test_two_problems_of_one_speaker_are_not_common(prepared: Hall) -> None:
    twice = [room.problem("村级重复报表41张"), room.problem("村级重复报表36张")]
    speech.make_comment(prepared.office, prepared.speaker(), strengths="", problems=twice)

    groups, alone = common_groups(prepared.campaign)

    assert (groups, len(alone)) == ([], 2)


def test_similar_words_on_another_work_line_are_not_grouped(prepared: Hall) -> None:
    for place, line in ((LIUAN, "livelihood"), (GUDU, "safety")):
        problem = room.problem("村级重复报表41张", indicator="", work_line=line)
        speech.make_comment(prepared.office, prepared.speaker(place), strengths="", problems=[problem])

    assert common_groups(prepared.campaign)[0] == []


def test_each_department_gets_one_matter_that_counts_and_lists_but_names_nobody(hall: Hall) -> None:
    made = send(hall, chosen("床位"), "HEA", "EDU")

    assert {matter.addressee_id for matter in made} == {"HEA", "EDU"}
    matter = made[0]
    assert (matter.kind, matter.division, matter.work_line, matter.indicator) == (
        "common_problem",
        hall.campaign.division,
        "livelihood",
        "L01",
    )
    assert matter.source == f"/appraisals/{hall.campaign.pk}/common-problems/"
    assert matter.text == (
        f"在“{hall.campaign.title}”中，2 位述职人的点评提到同类问题：\n"
        "1. 某地卫生院床位少，住院要去邻镇\n2. 每万人床位低于市均\n要求：统筹安排床位，排出时间表。"
    )
    records = Record.objects.filter(event="appraisals.common_problem_sent").order_by("number")
    assert [record.details for record in records] == [
        {"matter": m.number, "department": m.addressee_id, "speakers": 2} for m in made
    ]


def test_names_of_places_and_people_are_taken_out(hall: Hall) -> None:
    speaker = hall.speaker(XITANG)
    problem = Problem(comment=speaker.comment, fact=f"{speaker.official.name}说西塘桥镇和古渡都缺床位，柳岸镇较好")

    assert facts_without_names(hall.campaign, [problem, problem]) == ["有关同志说某地和某地都缺床位，某地较好"]


def test_same_form_sends_once(hall: Hall) -> None:
    first, second = send(hall, chosen("床位"), "HEA"), send(hall, chosen("床位"), "HEA")

    assert first == second
    assert (Matter.objects.count(), CommonTask.objects.count()) == (1, 1)
    assert Record.objects.filter(event="appraisals.common_problem_sent").count() == 1
    with pytest.raises(ValidationError):
        send(hall, chosen("报表"), "HEA", title="另一个问题")


@pytest.mark.parametrize(
    ("words", "units", "fields", "key"),
    [
        (("停车",), ("HEA",), {}, "problems"),
        ((), ("HEA",), {}, "problems"),
        (("床位",), (), {}, "units"),
        (("床位",), ("HEA",), {"title": " "}, "title"),
        (("床位",), ("HEA",), {"requirement": ""}, "requirement"),
    ],
)
def test_incomplete_task_is_refused_by_field(hall: Hall, words, units, fields, key) -> None:
    with pytest.raises(ValidationError) as refused:
        send(hall, chosen(*words), *units, **fields)

    assert list(refused.value.message_dict) == [key]
    assert Matter.objects.count() == 0


def test_only_those_who_run_the_campaign_send(hall: Hall) -> None:
    for user in (hall.heads[LIUAN], hall.scrutineer, factories.account("county"), factories.account("department")):
        with pytest.raises(PermissionDenied):
            send_common_problem(
                user, hall.campaign, problems=chosen("床位"), units=[], title="x", requirement="x", client_id="c"
            )


def test_department_of_another_place_is_refused(hall: Hall) -> None:
    Unit.objects.create(code="X", name_zh="别处局", division=factories.place("99"[:2] + "01"))
    Unit.objects.filter(pk="X").update(division=factories.place("990122"))
    send(hall, chosen("床位"), "X", client_id="below")  # a county's department lies below the city
    hall.campaign.division = factories.place("990181")
    hall.campaign.save(update_fields=["division"])

    with pytest.raises(PermissionDenied):
        send(hall, chosen("床位"), "X", client_id="beside")


def test_page_proposes_sends_and_links(hall: Hall) -> None:
    address = f"/appraisals/{hall.campaign.pk}/common-problems/"
    client = factories.signed_in(hall.office, staff_mode=True)
    page = client.get(address).content.decode()
    assert "2 位述职人" in page
    assert page.count("checked") == 5 + 1  # every problem of the two groups, and the indicator's department

    form = {"group": "2", "client_id": "abc", "title": "床位不足", "requirement": "统筹。", "unit": "HEA"}
    refused = client.post(address, form | {"problem": chosen("每万人")})
    assert (refused.status_code, "至少涉及 2 位述职人" in refused.content.decode()) == (400, True)
    for _unused in range(2):
        assert client.post(address, form | {"problem": chosen("床位")}).status_code == 302
    matter = Matter.objects.get()
    assert f'href="/matters/{matter.number}/"' in client.get(address).content.decode()


def test_page_needs_staff_mode(hall: Hall) -> None:
    response = factories.signed_in(hall.office).get(f"/appraisals/{hall.campaign.pk}/common-problems/")

    assert response["Location"].startswith("/staff-mode/")


def test_department_accepts_reports_and_the_office_verifies(hall: Hall) -> None:
    (matter,) = send(hall, chosen("床位"), "HEA")
    health = factories.account("department", unit=factories.unit("HEA"))
    client = factories.signed_in(health)
    assert matter.number in client.get("/matters/queue/").content.decode()

    for verb, extra in (("accept", {}), ("report_done", {"text": "已排定。", "disposition": "solved"})):
        assert client.post(f"/matters/{matter.number}/", {"verb": verb, **extra}).status_code == 302

    assert take_step(hall.office, matter, Verb.PASS, text="属实。").state == "closed"


@given(one=st.text(max_size=40), other=st.text(max_size=40))
def test_likeness_is_symmetric_bounded_and_whole_for_itself(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0 <= likeness(one, other) <= 100
    letters = "".join(sign for sign in one if sign.isalnum())
    if letters.isascii() and len(letters) > 1:
        assert likeness(one, one) == 100
