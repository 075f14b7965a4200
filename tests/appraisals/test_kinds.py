"""The kinds of campaigns: each shipped template is fit, and departments and villages go through like townships."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import arrivals, ballot, campaigns, publishing, reports, results, session, speech
from yizhen.appraisals.board import rectification_board, table_row
from yizhen.appraisals.config import counting_rule, problems_of, template_config, templates
from yizhen.appraisals.models import Campaign, DutyReport, Result
from yizhen.appraisals.papers.letter import letter
from yizhen.appraisals.queries import own_speaker, reports_visible_to, results_visible_to
from yizhen.people.models import Appointment

KINDS = ["comprehensive", "party_building", "annual", "village", "congress", "upward"]


def test_every_practice_of_the_field_has_its_template() -> None:
    assert [row["code"] for row in templates()] == KINDS
    assert all(row["zh"] and row["en"] and row["source"] for row in templates())


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_configurations_are_fit_and_countable(kind: str) -> None:
    config = template_config(kind)
    assert problems_of(config) == []
    rule = counting_rule(config)
    assert sum(rule.class_weights.values()) == sum(rule.item_weights.values()) == 100
    assert {section["code"] for section in config["outline"]} >= {"last_period"}
    for part in ("grades", "items", "classes", "outline", "agenda"):
        assert all(row["zh"] and row["en"] for row in config[part])


def test_a_copy_of_a_template_is_the_callers_own() -> None:
    template_config("annual")["rules"]["quorum"] = "9/10"
    assert template_config("annual")["rules"]["quorum"] == "1/2"
    assert template_config("comprehensive")["rules"]["excellent"] == "excellent"


def started(kind: str, choose: Any) -> Hall:
    office, scrutineer = factories.account("city_office"), factories.account("scrutineer")
    campaign = campaigns.make_campaign(office, kind=kind, title="评议", period="2026年")
    day = timezone.localdate() + timedelta(days=5)
    campaigns.set_basics(office, campaign, title="评议", period="2026年", reports_due_on=None, session_on=day)
    choose(office, campaign)
    names = {row["code"]: [f"{row['code']}{n}" for n in range(6)] for row in campaign.config["classes"]}
    campaigns.set_roll(office, campaign, names)
    publishing.publish(office, campaign)
    return Hall(Campaign.objects.get(pk=campaign.pk), office, scrutineer, {})


def held(hall: Hall, problems: list[dict[str, Any]] | None = None) -> list[Result]:
    session.begin_session(hall.office, hall.campaign)
    for speaker in hall.campaign.speakers.order_by("unit_id", "division_id"):
        speech.make_comment(hall.office, speaker, strengths="肯干。", problems=problems or [])
    session.draw_lots(hall.office, hall.campaign, "7")
    room.give_cards(hall)
    arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
    ballot.open_ballot(hall.office, hall.campaign)
    for row in hall.campaign.config["classes"]:
        for n in range(6):
            assert hall.vote(row["code"], n, hall.marks(hall.campaign.config["grades"][0]["code"])).state == "counted"
    room.count(hall)
    results.issue_results(hall.office, hall.campaign)
    return list(Result.objects.filter(round__campaign=hall.fresh()))


def test_townships_rate_departments_and_no_person_is_named(city: Any) -> None:
    units = [factories.unit("EMG"), factories.unit("HEA")]
    hall = started("upward", lambda office, campaign: campaigns.choose_units(office, campaign, units))
    department = factories.account("department", unit=units[0])
    other = factories.account("department", unit=units[1])
    report = DutyReport.objects.get(speaker__unit=units[0])
    reports.save_report(department, report, {"burden": "报表减了三成。"}, base=0)
    reports.submit_report(department, report)
    assert [speaker.person for speaker in hall.campaign.speakers.all()] == ["", ""]
    assert report in reports_visible_to(factories.account("township_head", factories.LIUAN))
    own = DutyReport.objects.get(speaker__unit=units[1])
    assert own not in reports_visible_to(department)
    assert own in reports_visible_to(other)
    found = held(hall, problems=[room.problem("群里摊派报表", indicator="")])
    assert [str(result.total) for result in found] == ["100.000"] * 2
    assert [result.speaker.unit for result in results_visible_to(department, hall.fresh())] == [units[0]]
    for client in (factories.signed_in(department), factories.signed_in(hall.office)):
        assert client.get(f"/appraisals/{hall.campaign.pk}/results/").status_code == 200
    promised = [table_row(item)[1] for item in rectification_board(hall.office, hall.campaign).items]
    assert sorted(promised) == sorted(unit.name_zh for unit in units)
    following = started("upward", lambda office, campaign: campaigns.choose_units(office, campaign, units))
    begins_with = reports.promises_of(
        DutyReport.objects.get(speaker__unit=units[0], speaker__campaign=following.campaign)
    )
    assert [matter.addressee for matter in begins_with] == [units[0]]
    speaker = hall.campaign.speakers.get(unit=units[0])
    assert own_speaker(department, hall.campaign) == speaker
    assert (
        f"/results/{speaker.pk}/"
        in factories.signed_in(department).get(f"/appraisals/{hall.campaign.pk}/").content.decode()
    )
    told = letter(Result.objects.get(speaker=speaker), None)
    assert told.addressee == units[0].name_zh
    assert session.lot_order("7", [unit.code for unit in units]) == [
        speaker.key for speaker in hall.campaign.speakers.order_by("position")
    ]


def test_the_same_department_is_rated_once(city: Any) -> None:
    unit = factories.unit("EMG")
    office = factories.account("city_office")
    campaign = campaigns.make_campaign(office, kind="upward", title="评议", period="2026年")
    with pytest.raises(Exception, match="UNIQUE|unique"):
        campaigns.choose_units(office, campaign, [unit, unit])


def test_departments_outside_the_scope_are_refused(city: Any) -> None:
    county = factories.account("county")
    campaign = campaigns.make_campaign(county, kind="upward", title="评议", period="2026年")
    with pytest.raises(ValidationError):
        campaigns.choose_units(county, campaign, [factories.unit("EMG")])


def test_wizard_offers_departments_and_villages_where_the_kind_says_so(city: Any) -> None:
    office = factories.account("city_office")
    factories.unit("EMG")
    client = factories.signed_in(office)
    upward = campaigns.make_campaign(office, kind="upward", title="基层评部门", period="2026年")
    address = f"/appraisals/{upward.pk}/wizard/speakers/"
    assert "不是个人" in client.get(address).content.decode()
    assert client.post(address, {"units": ["EMG"]}).status_code == 302
    assert [speaker.unit_id for speaker in upward.speakers.all()] == ["EMG"]
    village = campaigns.make_campaign(office, kind="village", title="双述双评", period="2026年")
    room.appointment("990181101201", factories.account("village"), "示例村书记")
    page = client.get(f"/appraisals/{village.pk}/wizard/speakers/").content.decode()
    assert "示例村书记" in page


def test_a_village_head_reports_to_the_township_and_reads_the_own_result(city: Any) -> None:
    head = factories.account("village")
    appointed = room.appointment(head.scope_id, head, "示例村书记")
    hall = started("village", lambda office, campaign: campaigns.choose_speakers(office, campaign, [appointed]))
    report = DutyReport.objects.get(speaker__official=appointed.official)
    reports.save_report(head, report, {"affairs": "账目每季公开。"}, base=0)
    reports.submit_report(head, report)
    held(hall)
    assert len(results_visible_to(head, hall.campaign)) == 1
    assert own_speaker(head, hall.campaign) == hall.campaign.speakers.get()
    assert own_speaker(factories.account("township_office", factories.LIUAN), hall.campaign) is None
    assert results_visible_to(factories.account("township_office", factories.LIUAN), hall.campaign) == []


def test_batches_are_typed_in_the_wizard(draft: Hall) -> None:
    client = factories.signed_in(draft.office)
    chosen = list(Appointment.objects.order_by("division_id"))
    typed = {"speakers": [a.pk for a in chosen], **{f"batch.{a.pk}": str(n + 1) for n, a in enumerate(chosen)}}
    assert client.post(f"/appraisals/{draft.campaign.pk}/wizard/speakers/", typed).status_code == 302
    assert sorted(draft.campaign.speakers.values_list("batch", flat=True)) == [1, 2, 3]
