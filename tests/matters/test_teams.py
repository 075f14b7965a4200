"""Teams on matters and departments linked to places: organisations and numbers, never persons."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, bring_to, place, request, signed_in
from yizhen.matters.actions import end_team, form_team, link_unit, unlink_unit
from yizhen.matters.lifecycle import State
from yizhen.matters.models import LinkedUnit, TaskTeam
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.teams.queries import links_visible_to, sorts_of_teams, units_to_call


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def formed(actor, matter, sort: str = "volunteers", **given) -> TaskTeam:
    return form_team(actor, matter, sort, **{"name": "前湾村志愿服务队", "task": "清理排水沟", "members": 12, **given})


def test_same_team_sent_twice_is_one(people):
    matter = request()[0]
    first = formed(people["township_office"], matter)

    assert formed(people["township_office"], matter) == first
    with pytest.raises(ValidationError, match="已在"):
        formed(people["township_office"], matter, task="又一件")
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskTeam.objects.create(
            matter=matter,
            sort="volunteers",
            name=first.name,
            task="x",
            formed_on=first.formed_on,
            formed_by=first.formed_by,
        )


def test_linked_unit_sees_the_matter_while_its_team_is_at_work(people):
    matter, department = request()[0], people["department"]
    assert matter not in matters_visible_to(department)

    team = formed(people["township_office"], matter, "linked_unit", unit=department.unit)
    assert matter in matters_visible_to(department)
    assert signed_in(department).get(f"/matters/{matter.number}/").status_code == 200
    end_team(people["township_office"], team, "清理完毕")
    assert matter not in matters_visible_to(department)


def test_team_leaves_with_a_result_that_stands(people):
    team = formed(people["village"], request("990181101201")[0])
    with pytest.raises(ValidationError, match="照实写"):
        end_team(people["township_office"], team, " ")
    ended = end_team(people["township_office"], team, "清了 200 米")

    assert (ended.ended_on, end_team(people["township_office"], team, "清了 200 米").result) == (
        timezone.localdate(),
        "清了 200 米",
    )
    with pytest.raises(ValidationError, match="不能再改"):
        end_team(people["township_office"], team, "清了 300 米")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        TaskTeam.objects.filter(pk=team.pk).update(result="清了 300 米")


@pytest.mark.parametrize("role", ["department", "grid_worker"])
def test_who_does_not_handle_the_matter_forms_no_team(people, role):
    with pytest.raises(PermissionDenied):
        formed(people[role], request()[0])


def test_closed_matter_takes_no_more_teams_but_their_results(people):
    matter, code = request()
    team = formed(people["township_office"], matter)
    matter = bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["county"], code=code)

    with pytest.raises(PermissionDenied):
        formed(people["township_office"], matter, name="第二队")
    assert end_team(people["township_office"], team, "做完").result == "做完"


def test_team_of_a_unit_and_no_other_names_a_department_in_the_database_too(people):
    matter = request()[0]
    for sort, unit in (("linked_unit", None), ("volunteers", factories.unit("EMG"))):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaskTeam.objects.create(
                matter=matter, sort=sort, name="x", unit=unit, task="x", formed_on=timezone.localdate(),
                formed_by=people["county"],
            )  # fmt: skip


def test_departments_linked_to_the_place_are_offered_first(people):
    link_unit(people["county"], place(LIUAN), factories.unit("HEA"), "某办〔2026〕2号")
    linked, others = units_to_call(request("990181101201")[0])

    assert [unit.code for unit in linked] == ["HEA"]
    assert "HEA" not in [unit.code for unit in others]


def test_link_is_made_once_and_ended_once(people):
    given = (people["county"], place(LIUAN), factories.unit("HEA"), "某办〔2026〕2号")
    link = link_unit(*given)
    assert link_unit(*given) == link
    unlink_unit(people["county"], link)
    unlink_unit(people["county"], link)
    assert link_unit(*given) != link
    with pytest.raises(PermissionDenied):
        link_unit(people["county"], place(SHIMEN), factories.unit("HEA"), "文")
    with pytest.raises(PermissionDenied):
        unlink_unit(people["township_office"], LinkedUnit.objects.get(until__isnull=True))
    with pytest.raises(ValidationError):
        link_unit(people["county"], place(LIUAN), factories.unit("EMG"), " ")


def test_department_reads_its_own_links_and_a_village_those_above_it(people):
    health = factories.account("department", unit=factories.unit("HEA"), username="health")
    link = link_unit(people["county"], place(LIUAN), factories.unit("HEA"), "某办〔2026〕2号")
    far = link_unit(people["city_office"], place(SHIMEN), factories.unit("EMG"), "某办〔2026〕2号")

    seen = {
        role: set(links_visible_to(people[role])) for role in ("city_office", "department", "village", "system_admin")
    }
    assert seen == {"city_office": {link, far}, "department": {far}, "village": {link}, "system_admin": set()}
    assert list(links_visible_to(health)) == [link]


def test_sorts_count_what_was_formed_in_the_days(people):
    matter, code = request()
    formed(people["township_office"], matter)
    end_team(people["township_office"], formed(people["township_office"], matter, name="第二队"), "做完")
    bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["county"], code=code)

    today = timezone.localdate()
    rows = {
        row.sort: (row.formed, row.at_work, row.matters, row.solved)
        for row in sorts_of_teams(people["county"], today, today)
    }
    assert rows["volunteers"] == (2, 1, 1, 1)
    assert rows["action_branch"] == (0, 0, 0, 0)


def test_page_of_teams_asks_the_same_number_of_queries_for_one_and_for_three(people, django_assert_num_queries):
    matter = request()[0]
    formed(people["township_office"], matter)
    client = signed_in(people["county"])
    client.get("/matters/teams/")
    with django_assert_num_queries(9):
        client.get("/matters/teams/")
    for number in range(2):
        formed(people["township_office"], matter, name=f"第 {number} 队")
    with django_assert_num_queries(9):
        client.get("/matters/teams/")


def test_pages_call_a_team_and_write_down_what_came_of_it(people):
    matter = request()[0]
    client = signed_in(people["township_office"])
    wrong = client.post(f"/matters/{matter.number}/teams/", {"sort": "linked_unit", "task": "来"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["unit"])
    client.post(
        f"/matters/{matter.number}/teams/",
        {"sort": "action_branch", "name": "行动党支部", "task": "来", "members": "9"},
    )
    team = TaskTeam.objects.get()
    client.post(f"/matters/teams/{team.pk}/leave/", {"result": "做完"})

    team.refresh_from_db()
    assert (team.name, team.members, team.result) == ("行动党支部", 9, "做完")
    assert "行动党支部" in client.get(f"/matters/{matter.number}/").content.decode()
