"""Livelihood projects from candidate to verdict: who may, what stands, what is refused by action and by database."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image

from tests import factories
from tests.factories import CITY, LIUAN, SHIMEN, XITANG, picture, place, upload
from tests.livelihood.told import (
    accepted,
    ago,
    building,
    candidate,
    listed,
    milestone,
    number,
    photographed,
    reported,
    voted,
)
from yizhen.audit.models import Record
from yizhen.livelihood.models import Acceptance, Delay, Milestone, Payment, Photo, Project, Tally, Verdict, Vote
from yizhen.livelihood.projects import actions
from yizhen.livelihood.projects.queries import projects_visible_to, steps_of
from yizhen.livelihood.projects.rules import READING, leads, may_accept, may_publish, may_record_vote
from yizhen.people.models import ROLES


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def refused(change) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


# --- candidates and votes ------------------------------------------------------------------------------------------


def test_townships_and_departments_propose_in_their_scope(people):
    for role, account in people.items():
        if role in {"township_head", "township_office"}:
            assert candidate(people, by=account).stage == "candidate"
            with pytest.raises(PermissionDenied):
                candidate(people, XITANG, by=account)
        elif role == "department":
            assert candidate(people, XITANG, by=account, lead_unit=account.unit).lead_unit == account.unit
            with pytest.raises(ValidationError, match="本部门"):
                candidate(people, XITANG, by=account)
        else:
            with pytest.raises(PermissionDenied):
                candidate(people, by=account)


def test_same_form_is_one_candidate_and_a_stale_change_is_refused(people):
    office = people["township_office"]
    fields = {
        "division": place(LIUAN),
        "name_zh": "示例",
        "year": 2026,
        "kind": "road",
        "what": "修路",
        "budget": Decimal(1),
        "money_source": "镇",
    }
    first, again = (actions.propose(office, client_id="a", **fields) for _ in range(2))
    assert first == again
    assert actions.change_project(office, first, version=0, what="修两条路").version == 1
    with pytest.raises(ValidationError, match="别人改过"):
        actions.change_project(office, first, version=0, what="修三条路")
    with pytest.raises(PermissionDenied):
        actions.change_project(people["city_office"], first, version=1, what="不修")


def test_a_project_of_a_county_has_a_leading_department_and_nobody_accepts_his_own(people):
    unit = people["department"].unit
    with pytest.raises(ValidationError) as error:
        candidate(people, by=people["department"], lead_unit=unit, acceptance_unit=unit)
    assert set(error.value.message_dict) == {"acceptance_unit"}
    with pytest.raises(ValidationError) as error:
        actions.propose(
            people["department"], client_id="c", division=place("990181"), name_zh="示例", year=2026, kind="road", what="x",
            budget=Decimal(1), money_source="县", acceptance_unit=unit,
        )  # fmt: skip
    assert set(error.value.message_dict) == {"lead_unit"}
    project = candidate(people, by=people["department"], lead_unit=unit)
    refused(lambda: Project.objects.filter(pk=project.pk).update(acceptance_unit=unit))


def test_only_a_recorded_vote_lists_a_project(people):
    first, second, third = (candidate(people, name_zh=f"示例{one}") for one in range(3))
    refused(lambda: Project.objects.filter(pk=first.pk).update(stage="listed"))
    vote = voted(people, {first.pk: 70, second.pk: 60, third.pk: 50}, seats=2)
    stages = dict(Project.objects.values_list("name_zh", "stage"))
    assert stages == {"示例0": "listed", "示例1": "listed", "示例2": "candidate"}
    refused(lambda: Project.objects.filter(pk=third.pk).update(stage="building"))
    refused(lambda: Tally.objects.filter(vote=vote).update(chosen=True))
    refused(lambda: Vote.objects.update(ballots=100))
    refused(lambda: Tally.objects.create(vote=vote, project=third, votes=1, chosen=True))  # and no third seat
    with pytest.raises(ValidationError, match="刷新"):
        voted(people, {first.pk: 70})


@pytest.mark.parametrize(
    ("votes", "changes", "field"),
    [
        (91, {}, "votes_"),  # more than the ballots
        (88, {"invalid": 3}, "votes_"),
        (80, {"present": 66, "ballots": 66}, "present"),  # no quorum
        (80, {"present": 101}, "__all__"),
        (80, {"ballots": 91}, "__all__"),
        (80, {"held_on": ago(-1)}, "held_on"),
        (80, {"minutes": ""}, "minutes"),
        (80, {"seats": 0}, "seats"),
    ],
)
def test_totals_that_cannot_be_are_refused(people, votes, changes, field):
    project = candidate(people)
    with pytest.raises(ValidationError) as error:
        voted(people, {project.pk: votes}, **changes)
    assert any(name.startswith(field) for name in error.value.message_dict)
    assert (Vote.objects.count(), Project.objects.get().stage) == (0, "candidate")


def test_each_ballot_chooses_at_most_n(people):
    pair = [candidate(people, name_zh=f"示例{one}") for one in range(2)]
    with pytest.raises(ValidationError) as error:
        voted(people, {pair[0].pk: 60, pair[1].pk: 40}, seats=1)
    assert set(error.value.message_dict) == {"seats"}
    vote = voted(people, {pair[0].pk: 60, pair[1].pk: 30}, seats=1)
    other = candidate(people, name_zh="示例3")
    refused(lambda: Tally.objects.create(vote=vote, project=other, votes=1, chosen=False))
    refused(lambda: Vote.objects.create(division=place(CITY), body="x", held_on=ago(0), seats=1, entitled=9, present=10, ballots=9, minutes="x", by=people["city_office"], at=timezone.now(), client_id="x"))  # fmt: skip


def test_votes_are_recorded_by_the_office_of_their_level(people):
    places = {code: place(code) for code in (CITY, "990181", LIUAN, XITANG)}
    may = {
        role: {code for code, one in places.items() if may_record_vote(account, one)}
        for role, account in people.items()
    }
    assert {role: found for role, found in may.items() if found} == {
        "city_office": set(places), "county": {"990181"}, "township_head": {LIUAN}, "township_office": {LIUAN},
    }  # fmt: skip
    project = candidate(people)
    with pytest.raises(PermissionDenied):
        actions.record_vote(people["county"], client_id="v", division=place(LIUAN), votes={project.pk: 1})


def test_what_deputies_voted_on_stands(people):
    project = listed(people)
    with pytest.raises(ValidationError, match="不能再改"):
        actions.change_project(people["township_office"], project, version=0, what="别的")
    for change in ({"what": "别的"}, {"budget": 999}, {"stage": "accepted"}):
        refused(lambda change=change: Project.objects.filter(pk=project.pk).update(**change))
    refused(project.delete)


# --- milestones and delays -----------------------------------------------------------------------------------------


def test_a_moved_date_keeps_the_old_one_and_the_reason(people):
    office, project = people["township_office"], building(people, planned_on=ago(3))
    one = project.milestones.get()
    assert [step.state for step in steps_of(project)] == ["silent"]
    with pytest.raises(ValidationError, match="原因"):
        actions.explain_delay(office, project, client_id=number(), milestone=one, reason=" ", new_on=ago(-20))
    with pytest.raises(ValidationError, match="早于今天"):
        actions.explain_delay(office, project, client_id=number(), milestone=one, reason="塌方", new_on=ago(1))
    actions.explain_delay(office, project, client_id="d", milestone=one, reason="塌方", new_on=None)
    assert [step.state for step in steps_of(Project.objects.get(pk=project.pk))] == ["explained"]
    twice = [
        actions.explain_delay(office, project, client_id="e", milestone=one, reason="换支护", new_on=ago(-20))
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert list(Delay.objects.values_list("old_on", "new_on", "reason")) == [
        (ago(3), None, "塌方"),
        (ago(3), ago(-20), "换支护"),
    ]
    one.refresh_from_db()
    assert (one.first_on, one.planned_on) == (ago(3), ago(-20))
    for change in (
        lambda: Milestone.objects.update(planned_on=ago(-99)),
        lambda: Milestone.objects.update(first_on=ago(-99)),
        lambda: Delay.objects.update(reason="x"),
        lambda: Delay.objects.all().delete(),
        lambda: Milestone.objects.all().delete(),
    ):
        refused(change)


def test_works_begin_with_milestones_and_are_reported_with_all_of_them_and_a_photograph(people):
    office, project = people["township_office"], listed(people)
    with pytest.raises(ValidationError, match="先定节点"):
        actions.start(office, project, ago(0))
    one = milestone(people, project, ago(-5))
    actions.start(office, project, ago(0))
    with pytest.raises(ValidationError, match="还有节点"):
        actions.report_done(office, project)
    with pytest.raises(ValidationError, match="晚于今天"):
        actions.finish_milestone(office, project, milestone=one, actual_on=ago(-1))
    actions.finish_milestone(office, project, milestone=one, actual_on=ago(0))
    photographed(people, project, "before")
    with pytest.raises(ValidationError, match="完成后的照片"):
        actions.report_done(office, project)
    photographed(people, project)
    assert actions.report_done(office, project).stage == "reported"
    with pytest.raises(PermissionDenied):
        actions.finish_milestone(office, project, milestone=one, actual_on=ago(1))


# --- money ---------------------------------------------------------------------------------------------------------


def test_paid_above_the_budget_needs_a_reason_and_stays_as_it_was_entered(people):
    office, project = people["township_office"], building(people)
    fields = {"paid_on": ago(0), "source": "凭证"}
    actions.pay(office, project, client_id="1", amount=Decimal("99.99"), **fields)
    for amount, name in (
        (Decimal("0.02"), "reason"),
        (Decimal(0), "amount"),
        (Decimal(-100), "amount"),
        (Decimal(-1), "reason"),
    ):
        with pytest.raises(ValidationError) as error:
            actions.pay(office, project, client_id=number(), amount=amount, **fields)
        assert set(error.value.message_dict) == {name}
    raw = {"project": project, "paid_on": ago(0), "source": "x", "by": office, "at": timezone.now()}
    refused(lambda: Payment.objects.create(client_id="x", amount=Decimal(1), **raw))
    refused(lambda: Payment.objects.create(client_id="x", amount=Decimal(-1), **raw))
    refused(lambda: Payment.objects.create(client_id="x", amount=Decimal(-100), reason="x", **raw))
    actions.pay(office, project, client_id="2", amount=Decimal("0.01"), **fields)  # just the budget
    actions.pay(office, project, client_id="3", amount=Decimal(5), reason="流沙", **fields)
    assert projects_visible_to(office).get().paid == Decimal(105)
    refused(lambda: Payment.objects.update(amount=1))


# --- photographs ---------------------------------------------------------------------------------------------------


def test_photographs_are_drawn_anew_without_what_the_camera_wrote(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    project = building(people)
    kept = photographed(people, project, content=picture(size=(2400, 1200), kind="JPEG", exif=exif), name="我家.jpg")
    content = Path(kept.file.path).read_bytes()
    assert (b"SecretCamera" in content, "我家" in kept.file.name) == (False, False)
    assert Image.open(BytesIO(content)).size == (1600, 800)
    for file in (upload("a.jpg", b"%PDF-1.4"), upload("a.png", b"no picture")):
        with pytest.raises(ValidationError) as error:
            actions.keep_photograph(
                people["township_office"], project, client_id=number(), file=file, moment="after", caption="x"
            )
        assert set(error.value.message_dict) == {"file"}
    refused(lambda: Photo.objects.update(caption="x"))
    actions.withdraw_photograph(people["county"], project, photo=kept, reason="拍到人脸")
    refused(lambda: Photo.objects.update(withdrawn=""))
    with pytest.raises(PermissionDenied):
        actions.withdraw_photograph(people["village"], project, photo=kept, reason="x")


# --- acceptance ----------------------------------------------------------------------------------------------------


def test_who_does_never_accepts(people):
    unit = people["department"].unit
    own, theirs = reported(people), reported(people, by=people["department"], lead_unit=unit)
    assert {role for role, one in people.items() if may_accept(one, own)} == {"county", "city_office"}
    assert {role for role, one in people.items() if may_accept(one, theirs)} == {"county", "city_office"}
    inspector = factories.account("department", unit=factories.unit("ENV"))
    inspected = reported(people, acceptance_unit=inspector.unit)
    assert may_accept(inspector, inspected)
    assert not may_accept(inspector, own)
    for project, doers in ((own, ("township_office", "township_head")), (theirs, ("department",))):
        for doer in doers:
            with pytest.raises(PermissionDenied):
                actions.accept(people[doer], project, client_id=number(), passed=True, text="自己看过")
            refused(lambda doer=doer, project=project: Acceptance.objects.create(client_id=number(), project=project, passed=True, text="x", by=people[doer], at=timezone.now()))  # fmt: skip
    refused(lambda: Project.objects.filter(pk=own.pk).update(stage="accepted", accepted_on=ago(0)))


def test_an_inspection_that_fails_sends_the_works_back(people):
    project = reported(people)
    with pytest.raises(ValidationError, match="查了什么"):
        actions.accept(people["county"], project, client_id=number(), passed=True, text="")
    actions.accept(people["county"], project, client_id="no", passed=False, text="井盖松动")
    project.refresh_from_db()
    assert (project.stage, project.reported_on, project.accepted_on) == ("building", None, None)
    refused(
        lambda: Project.objects.filter(pk=project.pk).update(stage="accepted", reported_on=ago(0), accepted_on=ago(0))
    )
    actions.report_done(people["township_office"], project)
    actions.accept(people["county"], project, client_id="yes", passed=True, text="复查合格")
    project.refresh_from_db()
    assert (project.stage, project.accepted_on) == ("accepted", ago(0))
    refused(lambda: Acceptance.objects.update(passed=True))
    refused(lambda: Project.objects.filter(pk=project.pk).update(stage="building"))


def test_publishing_is_of_those_who_oversee_and_taking_off_has_a_reason(people):
    project = listed(people)
    assert {role for role, one in people.items() if may_publish(one, project)} == {"county", "city_office"}
    assert not may_publish(people["city_office"], candidate(people))
    actions.publish(people["county"], project, public=True)
    with pytest.raises(ValidationError, match="原因"):
        actions.publish(people["county"], project, public=False)
    assert not actions.publish(people["county"], project, public=False, reason="照片有误").public
    other = candidate(people)
    refused(lambda: Project.objects.filter(pk=other.pk).update(public=True))


def test_giving_up_needs_a_reason_and_ends_it(people):
    project = building(people)
    with pytest.raises(ValidationError, match="终止的原因"):
        actions.drop(people["township_office"], project, " ")
    with pytest.raises(PermissionDenied):
        actions.drop(people["county"], project, "x")
    assert actions.drop(people["township_office"], project, "选址不成").stage == "dropped"
    with pytest.raises(ValidationError, match="已经结束"):
        actions.drop(people["township_office"], project, "再说一遍")
    refused(lambda: Project.objects.filter(pk=project.pk).update(drop_reason=""))


# --- verdicts ------------------------------------------------------------------------------------------------------


def test_a_verdict_counts_once_after_acceptance_and_keeps_nobody(people):
    early = listed(people)
    actions.publish(people["city_office"], early, public=True)
    hidden = accepted(people, public=False)
    for project in (early, hidden):
        with pytest.raises(ValidationError, match="验收以后"):
            actions.give_verdict(project, client_id=number(), answer="good")
        refused(
            lambda project=project: Verdict.objects.create(client_id="x", project=project, answer="good", day=ago(0))
        )
    project = accepted(people)
    records = Record.objects.count()
    for answer in ("good", "poor"):
        actions.give_verdict(project, client_id="a" * 24, answer=answer)
    assert list(Verdict.objects.values_list("project", "answer", "day")) == [(project.pk, "good", ago(0))]
    for wrong in ({"client_id": "short", "answer": "good"}, {"client_id": number(), "answer": "great"}):
        with pytest.raises(ValidationError):
            actions.give_verdict(project, **wrong)
    assert {field.name for field in Verdict._meta.fields} == {"client_id", "project", "answer", "day"}
    assert Record.objects.count() == records  # a time beside an answer would lead back to who gave it
    refused(lambda: Verdict.objects.update(answer="poor"))


# --- who sees what -------------------------------------------------------------------------------------------------


def test_everybody_sees_his_own_circle_alone(people):
    here, there, far = candidate(people), candidate(people, XITANG), candidate(people, SHIMEN)
    seen = {role: {one.pk for one in projects_visible_to(account)} for role, account in people.items()}
    every = {here.pk, there.pk, far.pk}
    county = {one.pk for one in (here, there, far) if people["county"].covers(one.division_id)}
    assert seen == dict.fromkeys(ROLES, set()) | {
        "city_office": every, "department": every, "county": county, "township_head": {here.pk}, "township_office": {here.pk},
    }  # fmt: skip
    assert {role for role in ROLES if seen[role]} == READING
    assert {role for role, account in people.items() if leads(account, here)} == {"township_head", "township_office"}
