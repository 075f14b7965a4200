"""Pages of the office and of residents: roles, errors at fields, nothing lost, and no more in public than may be."""

from pathlib import Path

import pytest
from django.test import Client

from tests import factories
from tests.factories import CITY, LIUAN, SHIMEN, XITANG, signed_in, upload
from tests.livelihood.told import accepted, ago, building, candidate, facility, listed, number, photographed, reported
from yizhen import web
from yizhen.livelihood.models import Photo, Project, Verdict, Vote
from yizhen.livelihood.projects import actions
from yizhen.people.models import ROLES

READERS = {"city_office", "county", "department", "township_head", "township_office"}
LIGHT = 60_000  # bytes of a residents' page with its style


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def doings(user, project):
    page = signed_in(user).get(f"/livelihood/projects/{project.pk}/")
    return [(code, rest) for code, *rest in page.context["doings"]]


def test_what_each_role_is_offered_on_a_project(people):
    project = building(people)
    assert "withdraw" not in dict(doings(people["township_office"], project))  # there is no photograph yet
    photographed(people, project)
    offered = {}
    for role, account in people.items():
        page = signed_in(account).get(f"/livelihood/projects/{project.pk}/")
        assert page.status_code == (200 if role in READERS else 403)
        if page.status_code == 200:
            offered[role] = {code for code, *_rest in page.context["doings"]}
    leading = {"milestone", "finish", "delay", "pay", "photo", "withdraw", "report", "drop"}
    assert offered == {
        "township_head": leading, "township_office": leading, "department": set(), "county": {"withdraw", "publish"},
        "city_office": {"withdraw", "publish"},
    }  # fmt: skip
    other = signed_in(factories.account("township_office", XITANG))
    assert other.get(f"/livelihood/projects/{project.pk}/").status_code == 404
    assert other.post(f"/livelihood/projects/{project.pk}/pay/", {}).status_code == 404


def test_what_is_not_offered_is_refused_when_it_is_sent(people):
    project = reported(people)
    sent = {"client_id": "x", "passed": "1", "text": "看过", "reason": "x", "public": "1"}
    sent |= {"amount": "1", "paid_on": str(ago(0)), "source": "x"}
    leading, overseeing = {"township_head", "township_office"}, {"county", "city_office"}
    for doing, may in (("pay", leading), ("drop", leading), ("accept", overseeing), ("publish", overseeing)):
        answers = {
            role: signed_in(people[role]).post(f"/livelihood/projects/{project.pk}/{doing}/", sent).status_code
            for role in set(ROLES) - may
        }
        assert answers == dict.fromkeys(answers, 403), doing
    assert (Project.objects.get().stage, project.payments.count()) == ("reported", 0)


def test_pages_lead_a_project_from_candidate_to_acceptance_and_keep_what_was_typed(people):
    office, city = signed_in(people["township_office"]), signed_in(people["city_office"])
    sent = {
        "client_id": "1", "division": LIUAN, "name_zh": "示例道路", "year": "2026", "kind": "road", "what": "修 2 公里路", "budget": "12.5",
        "money_source": "镇级",
    }  # fmt: skip
    wrong = office.post("/livelihood/projects/new/", sent | {"year": "1066", "money_source": ""})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"year", "money_source"})
    assert "修 2 公里路" in wrong.content.decode()
    assert office.post("/livelihood/projects/new/", sent | {"division": XITANG}).status_code == 400
    assert office.post("/livelihood/projects/new/", sent).status_code == 302
    pk = Project.objects.get().pk
    page = f"/livelihood/projects/{pk}/"
    assert office.post(f"{page}change/", {**sent, "version": "0", "budget": "13"}).status_code == 302
    assert office.post(f"{page}change/", {**sent, "version": "0", "budget": "14"}).status_code == 400
    meeting = {
        "client_id": "v", "body": "示例人代会", "held_on": str(ago(0)), "seats": "1", "entitled": "50", "present": "45", "ballots": "45",
        "invalid": "1", "minutes": "1 号", f"votes_{pk}": "45",
    }  # fmt: skip
    refused = city.post(f"/livelihood/projects/votes/new/?place={CITY}", meeting)
    assert (refused.status_code, set(refused.context["form"].errors)) == (400, {f"votes_{pk}"})
    assert (
        city.post(f"/livelihood/projects/votes/new/?place={CITY}", meeting | {f"votes_{pk}": "40"}).status_code == 302
    )
    assert (Vote.objects.count(), Project.objects.get().stage) == (1, "listed")
    assert office.post(f"{page}change/", {**sent, "version": "1"}).status_code == 403
    assert office.post(f"{page}start/", {"started_on": str(ago(9))}).status_code == 400
    assert (
        office.post(f"{page}milestone/", {"client_id": "m", "name": "通车", "planned_on": str(ago(2))}).status_code
        == 302
    )
    assert office.post(f"{page}start/", {"started_on": str(ago(9))}).status_code == 302
    step = Project.objects.get().milestones.get().pk
    assert "超期，没有说明原因" in office.get(page).content.decode()
    late = office.post(
        f"{page}delay/", {"client_id": "d", "milestone": step, "reason": "等管线迁改", "new_on": str(ago(1))}
    )
    assert (late.status_code, "等管线迁改" in late.content.decode()) == (400, True)
    assert (
        office.post(
            f"{page}delay/", {"client_id": "d", "milestone": step, "reason": "等管线", "new_on": ""}
        ).status_code
        == 302
    )
    over = office.post(f"{page}pay/", {"client_id": "p", "amount": "20", "paid_on": str(ago(1)), "source": "凭证"})
    assert (over.status_code, "超过预算" in over.content.decode()) == (400, True)
    assert office.post(f"{page}finish/", {"milestone": step, "actual_on": str(ago(0))}).status_code == 302
    broken = office.post(
        f"{page}photo/", {"client_id": "f", "moment": "after", "caption": "路", "file": upload("a.txt", b"text")}
    )
    assert (broken.status_code, "这里只收照片" in broken.content.decode(), "Word" in broken.content.decode()) == (
        400,
        True,
        False,
    )
    assert (
        office.post(
            f"{page}photo/", {"client_id": "f", "moment": "after", "caption": "路", "file": upload()}
        ).status_code
        == 302
    )
    assert office.post(f"{page}report/").status_code == 302
    assert city.post(f"{page}accept/", {"client_id": "a", "passed": "", "text": "看过"}).status_code == 400
    assert city.post(f"{page}accept/", {"client_id": "a", "passed": "1", "text": "看过"}).status_code == 302
    assert city.post(f"{page}nothing/").status_code == 404
    assert Project.objects.get().stage == "accepted"


@pytest.mark.parametrize("many", [1, 8])
def test_lists_ask_as_much_for_many_as_for_one(people, many, django_assert_num_queries):
    for _ in range(many):
        project = building(people)
        actions.publish(people["city_office"], project, public=True)
        facility(people)
    client = signed_in(people["city_office"])
    client.get("/livelihood/projects/")
    with django_assert_num_queries(10):
        assert len(client.get("/livelihood/projects/").context["rows"]) == many
    with django_assert_num_queries(7):
        assert len(client.get("/livelihood/facilities/").context["lines"]) == many
    with django_assert_num_queries(4):
        assert len(Client().get("/ask/projects/").context["rows"]) == many


# --- residents -----------------------------------------------------------------------------------------------------


def test_residents_read_published_projects_alone_and_no_more_of_them_than_may_be(people):
    catalogue = factories.catalogue()
    shown = building(people, planned_on=ago(3), indicator=catalogue["L06"], name_zh="公开的项目")
    actions.explain_delay(
        people["township_office"],
        shown,
        client_id=number(),
        milestone=shown.milestones.get(),
        reason="梅雨塌方",
        new_on=None,
    )
    hidden = listed(people, name_zh="没公开的项目")
    candidate(people, SHIMEN, name_zh="候选的项目")
    photo = photographed(people, hidden, "before")
    actions.publish(people["city_office"], shown, public=True)
    browser = Client()
    listing, page = (browser.get(path).content.decode() for path in ("/ask/projects/", f"/ask/projects/{shown.pk}/"))
    assert ("公开的项目" in listing, "没公开的项目" in listing, "候选的项目" in listing) == (True, False, False)
    assert [word in page for word in ("梅雨塌方", "超期，已说明原因", "还太早", "镇级财政")] == [True] * 4
    names = [one.display_name for one in people.values()]
    assert [name for name in names if name in page or name in listing] == []
    assert browser.get(f"/ask/projects/{hidden.pk}/").status_code == 404
    assert browser.get(f"/ask/projects/?place={XITANG}&stage=nothing&page=x").status_code == 200
    paths = [f"/ask/projects/photos/{photo.pk}/", f"/ask/projects/photos/{photo.pk}/thumbnail/"]
    assert [browser.get(path).status_code for path in paths] == [404, 404]


def test_photographs_follow_their_project(people):
    project = building(people)
    photo = photographed(people, project, "before")
    office, outside = (f"/livelihood/projects/photos/{photo.pk}/", f"/ask/projects/photos/{photo.pk}/thumbnail/")
    seen = {role: signed_in(account).get(office).status_code for role, account in people.items()}
    assert seen == {role: 200 if role in READERS else 403 for role in ROLES}
    assert signed_in(factories.account("township_head", XITANG)).get(f"{office}thumbnail/").status_code == 404
    assert Client().get(office).status_code == 302
    assert Client().get(outside).status_code == 404
    actions.publish(people["city_office"], project, public=True)
    answer = Client().get(outside)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8")
    actions.withdraw_photograph(people["township_office"], project, photo=photo, reason="拍到车牌")
    assert [Client().get(outside).status_code, signed_in(people["city_office"]).get(office).status_code] == [404, 404]
    assert Photo.objects.get().withdrawn == "拍到车牌"


def test_residents_judge_without_a_cookie_and_few_answers_are_not_shown(people):
    project = accepted(people)
    address = f"/ask/projects/{project.pk}/"
    form = {"answer": "good", "here": "1"}

    def send(**changes: str):
        browser = Client(enforce_csrf_checks=True)  # a new one each time: nothing is carried from before
        return browser.post(f"{address}verdict/", form | changes)

    client_id = Client().get(address).context["client_id"]
    for _ in range(2):
        assert "收到了" in send(client_id=client_id).content.decode()
    assert Verdict.objects.count() == 1
    for wrong in ({"here": ""}, {"answer": "great"}, {"answer": ""}, {"client_id": "x"}):
        answer = send(**({"client_id": number()} | wrong))
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (400, True)
    assert "评价不足 5 份" in Client().get(address).content.decode()
    for kind, times in (("good", 6), ("poor", 2)):
        for _ in range(times):
            send(client_id=number(), answer=kind)
    for page in (
        Client().get(address),
        signed_in(people["township_office"]).get(f"/livelihood/projects/{project.pk}/"),
    ):
        assert [shown for _words, shown in page.context["verdicts"].lines] == ["※", 0, "<5"]
        assert ("&lt;5" in page.content.decode(), ">2<" in page.content.decode()) == (True, False)


def test_residents_page_is_light_and_has_no_script(people):
    project = accepted(people, what="长" * 600)
    for _ in range(8):
        actions.publish(people["city_office"], listed(people), public=True)
    css = len((Path(web.__file__).parent / "static/web/phone.css").read_bytes())
    for address in ("/ask/projects/", f"/ask/projects/{project.pk}/"):
        answer = Client().get(address)
        page = answer.content.decode()
        assert len(answer.content) + css <= LIGHT
        assert ("<script" in page, "style=" in page) == (False, False)
