from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import reports, results, speech
from yizhen.appraisals.models import DutyReport, Problem
from yizhen.appraisals.queries import rectification_of_campaign
from yizhen.audit.models import Record
from yizhen.matters.models import Matter
from yizhen.places.models import Division

LIUAN = factories.LIUAN


@pytest.fixture
def named(prepared: Hall) -> Hall:
    """A session in which two problems were named in Liuan."""
    problems = [room.problem("东堤渗水"), room.problem("床位不足", days=90)]
    speech.make_comment(prepared.office, prepared.speaker(), strengths="实。", problems=problems)
    return prepared


def test_problem_becomes_one_rectification_item(named: Hall) -> None:
    problem = Problem.objects.get(fact="东堤渗水")
    matter = speech.assign_problem(named.office, problem)
    assert speech.assign_problem(named.office, problem) == matter
    assert speech.assign_problem(named.office, Problem.objects.get(pk=problem.pk)) == matter
    assert Matter.objects.count() == 1
    assert (matter.kind, matter.title, matter.division_id, matter.owner) == (
        "rectification",
        "东堤渗水",
        LIUAN,
        "分管负责人",
    )
    assert (matter.due_on, matter.source) == (problem.due_on, f"/appraisals/{named.campaign.pk}/feedback/")
    assert Record.objects.filter(event="appraisals.problem_assigned").count() == 1


def test_problem_is_assigned_by_those_who_run_the_campaign(named: Hall) -> None:
    with pytest.raises(PermissionDenied):
        speech.assign_problem(named.heads[LIUAN], Problem.objects.all()[0])


def test_issue_turns_every_problem_into_an_item_once(city: Division) -> None:
    hall = room.opened()
    speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[room.problem("一"), room.problem("二")])
    speech.assign_problem(hall.office, Problem.objects.get(fact="一"))
    hall.vote_all()
    room.count(hall)
    results.issue_results(hall.office, hall.campaign)
    assert sorted(rectification_of_campaign(hall.campaign).values_list("title", flat=True)) == ["一", "二"]
    assert Record.objects.get(event="appraisals.issued").details == {"rectification": 1, "originals_removed": 0}
    with pytest.raises(ValidationError):
        results.issue_results(hall.office, hall.campaign)
    assert Matter.objects.count() == 2


def test_issue_after_the_day_that_was_named(city: Division) -> None:
    hall = room.opened()
    speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[room.problem("限期已过")])
    past = timezone.localdate() - timedelta(days=3)
    Problem.objects.update(due_on=past)
    hall.vote_all()
    room.count(hall)
    results.issue_results(hall.office, hall.campaign)
    assert Matter.objects.get().due_on == timezone.localdate()
    assert Problem.objects.get().due_on == past


def test_problem_may_be_named_until_the_results_are_issued(city: Division) -> None:
    hall = room.counted()
    speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[room.problem("会后补点")])
    results.issue_results(hall.office, hall.campaign)
    assert Matter.objects.get().title == "会后补点"
    with pytest.raises(ValidationError):
        speech.make_comment(hall.office, hall.speaker(), strengths="", problems=[])


def test_next_campaigns_draft_begins_with_the_items(city: Division) -> None:
    hall = room.issued([room.problem("东堤渗水"), room.problem("床位不足", days=90)])
    following = room.published(
        office=hall.office, scrutineer=hall.scrutineer, heads=hall.heads, previous=hall.campaign, title="第二期"
    )
    report = DutyReport.objects.get(speaker=following.speaker())
    assert [matter.title for matter in reports.promises_of(report)] == ["东堤渗水", "床位不足"]
    sections = reports.draft_sections(report)
    assert next(iter(sections)) == "last_period"
    assert [line.split("——")[0] for line in sections["last_period"].splitlines()] == ["东堤渗水", "床位不足"]
    elsewhere = DutyReport.objects.get(speaker=following.speaker(factories.GUDU))
    assert reports.promises_of(elsewhere) == []
