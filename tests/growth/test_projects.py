"""Projects from lead to production: gates, who screens, what stands once it was signed, and who sees what."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, signed_in
from yizhen.audit.models import Record
from yizhen.growth.models import Project, Screening, ScreeningRule
from yizhen.growth.projects.actions import (
    change_project,
    enter_realised,
    move,
    put_rule_in_force,
    register_project,
    screen,
)
from yizhen.growth.projects.queries import projects_visible_to
from yizhen.growth.projects.three_content import Rule
from yizhen.people.models import ROLES

GOOD = {
    "name_zh": "示例电池壳项目", "tax_per_mu": Decimal("21.4"), "research": Decimal("5.8"), "grade": "good",
    "energy": Decimal("0.06"), "land": Decimal(100), "jobs": 300, "safety_land": True, "fair_competition": "passed",
    "source": "申请报告",
}  # fmt: skip


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def entered(people, township: str = LIUAN, **changes) -> Project:
    office = people["township_office"] if township == LIUAN else people["city_office"]
    return register_project(
        office, client_id=f"{Project.objects.count()}", division=factories.place(township), **{**GOOD, **changes}
    )


def screened(people, project: Project) -> Screening:
    return screen(people["city_office"], project, "看了材料。")


def offered(user, project: Project) -> list[tuple[str, str]]:
    return signed_in(user).get(f"/growth/projects/{project.pk}/").context["next_stages"]


def test_project_goes_from_lead_to_production_and_is_held_to_its_promises(people):
    office, project = people["township_office"], entered(people)
    assert (screened(people, project).total, project.screenings.get().decision) == (Decimal("95.0"), "proceed")
    for stage in ("signed", "started", "producing"):
        project = move(office, project, stage)
    enter_realised(office, project, year=1, tax=Decimal(1070), jobs=150, source="税务", as_of=timezone.localdate())

    page = signed_in(office).get(f"/growth/projects/{project.pk}/")
    assert [(round(tax), round(jobs)) for _one, tax, jobs in page.context["years"]] == [(50, 50)]
    with pytest.raises(ValidationError):
        enter_realised(office, project, year=1, tax=Decimal(1), jobs=1, source="税务", as_of=timezone.localdate())
    assert [record.event for record in Record.objects.filter(event__startswith="growth.")].count(
        "growth.project_moved"
    ) == 3


def test_same_form_sent_twice_is_one_project(people):
    office = people["township_office"]
    twice = [register_project(office, client_id="a", division=factories.place(LIUAN), **GOOD) for _ in range(2)]
    assert twice[0] == twice[1]


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"safety_land": False}, "reject"),
        ({"fair_competition": "failed", "firm_promise": True}, "reject"),
        ({"tax_per_mu": Decimal(1), "research": Decimal(0)}, "improve"),
    ],
)
def test_what_did_not_pass_is_not_signed_by_action_or_database(people, changes, decision):
    project = entered(people, **changes)
    assert screened(people, project).decision == decision
    with pytest.raises(ValidationError):
        move(people["township_office"], project, "signed")
    with pytest.raises(DatabaseError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(stage="signed")


def test_unscreened_or_changed_since_is_not_signed(people):
    office, project = people["township_office"], entered(people)
    with pytest.raises(ValidationError, match="还没有筛选"):
        move(office, project, "signed")
    with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(stage="signed")
    screened(people, project)
    change_project(office, project, research=Decimal("5.9"))
    with pytest.raises(ValidationError, match="重新筛选"):
        move(office, project, "signed")
    assert [code for code, _name in offered(office, project)] == ["dropped"]
    screened(people, project)
    assert [code for code, _name in offered(office, project)] == ["signed", "dropped"]
    assert move(office, project, "signed").stage == "signed"


@pytest.mark.parametrize("gate", [{"safety_land": None}, {"fair_competition": "not_started"}])
def test_gate_that_nobody_has_looked_at_is_named_and_signing_is_not_offered(people, gate):
    office, project = people["township_office"], entered(people, **gate)
    if "fair_competition" in gate:
        screened(people, project)
    page = signed_in(office).get(f"/growth/projects/{project.pk}/")
    assert [code for code, _name in page.context["next_stages"]] == ["dropped"]
    assert page.context["unsigned"]
    with pytest.raises(ValidationError):
        move(office, project, "signed")


def test_firm_promise_never_passes(people):
    with pytest.raises(ValidationError, match="第十条"):
        entered(people, firm_promise=True)
    project = entered(people)
    with pytest.raises(DatabaseError, match="project_firm_promise_never_passes"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(firm_promise=True)


def test_what_was_signed_and_what_was_screened_stands(people):
    office, project = people["township_office"], entered(people)
    screening = screened(people, project)
    project = move(office, project, "signed")
    with pytest.raises(ValidationError, match="不能再改"):
        change_project(office, project, jobs=1)
    for change in (
        lambda: Project.objects.filter(pk=project.pk).update(jobs=1),
        lambda: Screening.objects.filter(pk=screening.pk).update(total=1),
        lambda: ScreeningRule.objects.update(basis="x"),
        lambda: Project.objects.filter(pk=project.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_missing_material_is_named_and_nobody_screens_his_own(people):
    project = entered(people, energy=None, grade="")
    with pytest.raises(ValidationError, match="绿色等级、单位产值能耗"):
        screened(people, project)
    own = register_project(people["city_office"], client_id="own", division=factories.place(LIUAN), **GOOD)
    with pytest.raises(PermissionDenied):
        screened(people, own)
    screening = screened(people, entered(people))
    screening.pk, screening.project = None, own
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        screening.save()
    with pytest.raises(ValidationError):
        screen(people["city_office"], entered(people), " ")


def test_new_rule_decides_what_comes_and_leaves_what_was(people):
    project = entered(people, tax_per_mu=Decimal(9), research=Decimal(3))
    assert screened(people, project).decision == "proceed"
    strict = Rule(tax_full=Decimal(30))
    with pytest.raises(ValidationError) as refused:
        put_rule_in_force(people["city_office"], Rule(tax_points=Decimal(50), fair=Decimal(90)), "")
    assert set(refused.value.message_dict) == {"tax_points", "excellent", "basis"}
    assert put_rule_in_force(people["city_office"], strict, "会议纪要").number == 2
    assert screened(people, project).decision == "improve"
    assert [one.rule.number for one in project.screenings.all()] == [2, 1]
    for role in set(ROLES) - {"city_office"}:
        with pytest.raises(PermissionDenied):
            put_rule_in_force(people[role], strict, "x")


def test_who_changed_the_facts_does_not_screen_them(people):
    project = change_project(people["city_office"], entered(people), research=Decimal("9.9"))
    with pytest.raises(PermissionDenied):
        screened(people, project)
    assert (
        screened(people, change_project(people["township_office"], project, research=Decimal("5.5"))).decision
        == "proceed"
    )


@pytest.mark.parametrize(("stage", "reason"), [("started", ""), ("dropped", ""), ("lead", ""), ("moon", "")])
def test_stages_come_one_after_the_other_and_giving_up_needs_a_reason(people, stage, reason):
    with pytest.raises(ValidationError):
        move(people["township_office"], entered(people), stage, reason)


def test_everybody_sees_his_own_circle_alone(people):
    here, there, far = entered(people), entered(people, XITANG), entered(people, SHIMEN)
    unit = people["department"].unit
    Project.objects.filter(pk=there.pk).update(department=unit)
    seen = {role: set(projects_visible_to(people[role])) for role in ROLES}
    nobody = {"village", "grid_worker", "teller", "scrutineer", "system_admin", "security_admin", "audit_admin"}
    assert {role: found for role, found in seen.items() if role not in nobody} == {
        "city_office": {here, there, far},
        "county": {one for one in (here, there, far) if people["county"].covers(one.division_id)},
        "department": {there},
        "township_head": {here},
        "township_office": {here},
    }
    assert all(not seen[role] for role in nobody if role in seen)
    for role in ROLES:
        client = signed_in(people[role])
        for one in (here, there, far):
            expected = 403 if role in nobody else 200 if one in seen[role] else 404
            assert client.get(f"/growth/projects/{one.pk}/").status_code == expected, (role, one)
            for verb in ("screen", "move", "realised"):
                if expected != 200:
                    assert client.post(f"/growth/projects/{one.pk}/{verb}/", {"text": "x"}).status_code == expected
        listed = client.get("/growth/projects/")
        assert listed.status_code == (403 if role in nobody else 200)
        if role not in nobody:
            assert {one.pk for one, _last in listed.context["rows"]} == {one.pk for one in seen[role]}


def test_pages_take_a_project_from_form_to_signature_and_keep_what_was_typed(people):
    office, city = signed_in(people["township_office"]), signed_in(people["city_office"])
    sent = {
        "client_id": "1", "division": LIUAN, "name_zh": "示例项目", "tax_per_mu": "21.4", "research": "5.8", "grade": "good",
        "energy": "0.06", "safety_land": "true", "fair_competition": "passed", "source": "申请报告",
    }  # fmt: skip
    wrong = office.post("/growth/projects/new/", sent | {"research": "500", "source": ""})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"research", "source"})
    assert 'value="500"' in wrong.content.decode()
    assert office.post("/growth/projects/new/", sent | {"firm_promise": "on"}).status_code == 400
    assert office.post("/growth/projects/new/", sent).status_code == 302
    page = f"/growth/projects/{Project.objects.get().pk}/"
    assert office.post(f"{page}screen/", {"text": "x"}).status_code == 403
    assert city.post(f"{page}screen/", {"text": ""}).status_code == 400
    assert city.post(f"{page}screen/", {"text": "看了材料"}).status_code == 302
    assert office.post(f"{page}change/", {**sent, "jobs": "20"}).status_code == 302
    assert office.post(f"{page}move/", {"stage": "signed"}).status_code == 302
    assert office.post(f"{page}change/", sent).status_code == 400
    assert office.post(f"{page}move/", {"stage": "signed"}).status_code == 400
    assert (
        office.post(
            f"{page}realised/", {"year": "1", "tax": "1", "jobs": "1", "source": "x", "as_of": str(date.today())}
        ).status_code
        == 400
    )
    assert city.get("/growth/projects/rule/").status_code == 200
    assert office.post("/growth/projects/rule/", {}).status_code == 403
    assert city.post("/growth/projects/rule/", {}).status_code == 400


@pytest.mark.parametrize("number", [1, 12])
def test_list_asks_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    for _ in range(number):
        screened(people, entered(people))
    client = signed_in(people["city_office"])
    client.get("/growth/projects/")
    with django_assert_num_queries(5):
        assert len(client.get("/growth/projects/").context["rows"]) == number


def test_form_of_a_project_draws_its_preliminary_review_as_it_stands(people):
    client = signed_in(people["township_office"])
    for value, drawn in ((True, "True"), (False, "False"), (None, "")):
        project = entered(people, safety_land=value)
        form = client.get(f"/growth/projects/{project.pk}/change/").context["form"]
        assert [each.data["value"] for each in form["safety_land"].subwidgets if each.data["selected"]] == [drawn]
