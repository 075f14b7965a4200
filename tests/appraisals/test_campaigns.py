from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import campaigns, publishing
from yizhen.appraisals.config import digest, template_config
from yizhen.appraisals.models import Campaign, CampaignState, SnapshotFigure
from yizhen.audit.models import Record
from yizhen.people.models import Account, Appointment
from yizhen.places.models import Division


def missing(hall: Hall) -> list[str]:
    return [part for part, _message in campaigns.readiness(hall.fresh())]


# --- making ----------------------------------------------------------------------------------------------------------


def test_make_campaign_starts_a_draft_from_the_template(office: Account) -> None:
    made = campaigns.make_campaign(office, kind="party_building", title=" 党建述职 ", period="2026年")
    assert (made.state, made.title, made.config_hash, made.division_id) == ("draft", "党建述职", "", "9901")
    assert made.config == template_config("party_building")


@pytest.mark.parametrize("role", [role for role in factories.SCOPES if role not in {"city_office", "county"}])
def test_make_campaign_is_refused_to_other_roles(city: Division, role: str) -> None:
    with pytest.raises(PermissionDenied):
        campaigns.make_campaign(factories.account(role), kind="comprehensive", title="一", period="二")


@pytest.mark.parametrize(
    ("kind", "title", "field"),
    [("poll", "一", "kind"), ("comprehensive", "  ", "title"), ("comprehensive", "一" * 81, "title")],
)
def test_make_campaign_refuses(office: Account, kind: str, title: str, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        campaigns.make_campaign(office, kind=kind, title=title, period="2026年")
    assert list(caught.value.message_dict) == [field]


# --- readiness -------------------------------------------------------------------------------------------------------


def test_readiness_of_a_new_draft_lists_all_that_is_missing(office: Account) -> None:
    made = campaigns.make_campaign(office, kind="comprehensive", title="一", period="二")
    assert [part for part, _m in campaigns.readiness(made)] == ["speakers", *["roll"] * 5, "basics"]
    with pytest.raises(ValidationError) as caught:
        publishing.publish(office, made)
    assert len(caught.value.messages) == 7
    assert Campaign.objects.get().state == "draft"


def test_readiness_of_a_complete_draft(draft: Hall) -> None:
    assert missing(draft) == []


@pytest.mark.parametrize("part", ["items", "classes"])
def test_readiness_weights_must_sum_to_100(draft: Hall, part: str) -> None:
    rows = deepcopy(draft.campaign.config[part])
    rows[0]["weight"] += 5
    campaigns.change_part(draft.office, draft.campaign, part, rows)
    assert missing(draft) == [part]
    with pytest.raises(ValidationError):
        publishing.publish(draft.office, draft.campaign)


def test_readiness_a_sheet_with_too_many_cells(draft: Hall) -> None:
    items = [{"code": f"item{n}", "zh": f"第{n}项", "en": "", "weight": 100 if n == 0 else 0} for n in range(301)]
    campaigns.change_part(draft.office, draft.campaign, "items", items)
    campaigns.change_part(
        draft.office, draft.campaign, "rules", {**draft.campaign.config["rules"], "headline": "item0"}
    )
    assert missing(draft) == ["speakers"]
    campaigns.change_part(draft.office, draft.campaign, "items", items[:300])
    assert missing(draft) == []


def test_readiness_needs_a_roll_for_each_class(draft: Hall) -> None:
    campaigns.set_roll(draft.office, draft.campaign, {"A": ["甲"], "B": ["乙"], "C": ["丙"], "E": ["丁"]})
    assert missing(draft) == ["roll"]


# --- changing a draft ------------------------------------------------------------------------------------------------


def test_change_part_unknown(draft: Hall) -> None:
    with pytest.raises(ValidationError):
        campaigns.change_part(draft.office, draft.campaign, "speakers", [])


def test_set_basics_reports_cannot_be_due_after_the_session(draft: Hall) -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError) as caught:
        campaigns.set_basics(
            draft.office,
            draft.campaign,
            title="一",
            period="二",
            reports_due_on=today + timedelta(days=1),
            session_on=today,
        )
    assert list(caught.value.message_dict) == ["reports_due_on"]


def test_choose_speakers_replaces_the_choice(draft: Hall) -> None:
    one = list(Appointment.objects.filter(division_id=factories.GUDU))
    campaigns.choose_speakers(draft.office, draft.campaign, one)
    assert list(draft.campaign.speakers.values_list("division_id", flat=True)) == [factories.GUDU]


def test_choose_speakers_one_for_each_place(draft: Hall) -> None:
    room.appointment(factories.LIUAN, factories.account("township_head", factories.LIUAN), "示例干部乙")
    both = list(Appointment.objects.filter(division_id=factories.LIUAN))
    assert len(both) == 2
    with pytest.raises(ValidationError) as caught:
        campaigns.choose_speakers(draft.office, draft.campaign, both)
    assert list(caught.value.message_dict) == ["speakers"]


def test_choose_speakers_only_inside_the_scope(city: Division) -> None:
    county = factories.account("county", "990122")
    made = campaigns.make_campaign(county, kind="comprehensive", title="县评", period="2026年")
    head = factories.account("township_head", factories.LIUAN)
    with pytest.raises(ValidationError):
        campaigns.choose_speakers(county, made, [room.appointment(factories.LIUAN, head)])


@pytest.mark.parametrize(
    ("names", "key"),
    [
        ({"X": ["甲"]}, "X"),
        ({"A": ["甲", "甲"]}, "A"),
        ({"A": ["甲" * 61]}, "A"),
        ({"A": [f"代表{n}" for n in range(2001)]}, "roll"),
    ],
)
def test_set_roll_refuses(draft: Hall, names: dict[str, list[str]], key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        campaigns.set_roll(draft.office, draft.campaign, names)
    assert list(caught.value.message_dict) == [key]
    assert draft.campaign.roll.count() == 30


def test_set_roll_same_name_in_two_classes(draft: Hall) -> None:
    assert campaigns.set_roll(draft.office, draft.campaign, {"A": ["甲"], "B": ["甲"]}) == 2


def test_set_roll_after_publication_until_somebody_is_checked_in(published: Hall) -> None:
    from yizhen.appraisals.actions.arrivals import mark_attendance

    names = {code: ["甲", "乙"] for code in "ABCDE"}
    assert campaigns.set_roll(published.office, published.campaign, names) == 10
    mark_attendance(published.office, published.campaign, room.entries(published, "A"), present=True)
    with pytest.raises(ValidationError):
        campaigns.set_roll(published.office, published.campaign, names)


# --- publishing ------------------------------------------------------------------------------------------------------


def test_publish_freezes_and_hashes(draft: Hall) -> None:
    hall = draft
    publishing.publish(hall.office, hall.campaign)
    campaign = hall.fresh()
    assert campaign.state == "published"
    assert campaign.config_hash == digest(
        {
            "config": campaign.config,
            "kind": "comprehensive",
            "title": "第一期述职评议",
            "speakers": [{"division": code, "title": "党委书记"} for code in room.PLACES],
        }
    )
    assert hall.round.state == "prepared"
    assert hall.round.layout == {
        "speakers": [hall.speaker(code).pk for code in room.PLACES],
        "items": ["overall", "development", "livelihood", "safety", "style"],
        "grades": ["excellent", "competent", "basically_competent", "not_competent"],
    }
    assert {s.report.submitted_at for s in campaign.speakers.select_related("report")} == {None}
    event = Record.objects.filter(event="appraisals.campaign_published").get()
    assert event.details == {"config_hash": campaign.config_hash, "speakers": 3, "voters": 30, "figures": 0}


def test_publish_twice(published: Hall) -> None:
    with pytest.raises(ValidationError):
        publishing.publish(published.office, published.campaign)


def changes(hall: Hall) -> dict[str, Any]:
    office, campaign = hall.office, hall.campaign
    return {
        "part": lambda: campaigns.change_part(office, campaign, "rules", campaign.config["rules"]),
        "basics": lambda: campaigns.set_basics(
            office, campaign, title="改", period="改", reports_due_on=None, session_on=None
        ),
        "speakers": lambda: campaigns.choose_speakers(office, campaign, []),
    }


@pytest.mark.parametrize("what", ["part", "basics", "speakers"])
def test_change_after_publication_is_refused(published: Hall, what: str) -> None:
    with pytest.raises(ValidationError):
        changes(published)[what]()


@pytest.mark.parametrize("what", ["part", "basics", "speakers"])
def test_change_is_refused_to_another_city_office(draft: Hall, what: str) -> None:
    draft.office = factories.account("county")
    with pytest.raises(PermissionDenied):
        changes(draft)[what]()


@pytest.mark.parametrize(
    ("column", "value"), [("config", {}), ("kind", "party_building"), ("title", "改"), ("config_hash", "0" * 64)]
)
def test_database_refuses_a_frozen_column(published: Hall, column: str, value: Any) -> None:
    with pytest.raises(DatabaseError, match="appraisals_campaign refuses update"), transaction.atomic():
        Campaign.objects.filter(pk=published.campaign.pk).update(**{column: value})
    assert published.fresh().state == "published"


def test_database_refuses_config_by_raw_sql(published: Hall) -> None:
    statement = "UPDATE appraisals_campaign SET config = '{}', config_hash = %s WHERE id = %s"
    with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, ["0" * 64, published.campaign.pk])


def test_database_lets_a_draft_change_and_a_published_one_move_on(draft: Hall) -> None:
    assert Campaign.objects.filter(pk=draft.campaign.pk).update(title="改") == 1
    publishing.publish(draft.office, draft.campaign)
    assert Campaign.objects.filter(pk=draft.campaign.pk).update(state=CampaignState.IN_SESSION) == 1


def test_database_refuses_to_thaw_a_published_campaign(published: Hall) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Campaign.objects.filter(pk=published.campaign.pk).update(state="draft")


def test_database_refuses_to_change_a_snapshot(city: Division) -> None:
    factories.catalogue()
    office = factories.account("city_office")
    factories.import_figures(office, factories.beds({factories.LIUAN: 230}))
    hall = room.published(office=office)
    figure = SnapshotFigure.objects.get(speaker=hall.speaker())
    for attempt in (figure.delete, lambda: SnapshotFigure.objects.update(content={})):
        with pytest.raises(DatabaseError, match="appraisals_snapshotfigure refuses"), transaction.atomic():
            attempt()
    figure.refresh_from_db()
    assert figure.sha256 == digest(figure.content)
