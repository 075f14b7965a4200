"""Matters made of others: a safety campaign over years, and what may lie below what."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from tests import factories
from tests.factories import LIUAN, SHIMEN, signed_in
from tests.matters.led import filled, on, opened, step
from yizhen.matters.actions import set_rate_weights
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter, RateWeights
from yizhen.matters.parts import parents_for, parts_by_year


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def below(people, parent: Matter, day: date, **given) -> Matter:
    with on(day):
        return opened("hazard", people["city_office"], parent=parent, **given)


def test_campaign_counts_its_hazards_by_year_and_is_not_done_before_them(people):
    city, office = people["city_office"], people["township_office"]
    with on(date(2024, 3, 4)):
        campaign = opened("safety_campaign", city, due_on=date(2026, 12, 31))
    first = below(people, campaign, date(2024, 5, 6))
    below(people, campaign, date(2025, 5, 6))
    below(people, campaign, date(2025, 6, 6))
    with on(date(2024, 5, 7)):
        first = step(city, first, Verb.DISPATCH, to_division=first.division)
        first = step(office, first, Verb.ACCEPT)
        first = step(office, first, Verb.REPORT_DONE, disposition="solved", fields=filled("hazard", "result"))
        step(city, first, Verb.PASS)
    campaign = step(office, campaign, Verb.ACCEPT)
    with pytest.raises(ValidationError):
        step(office, campaign, Verb.REPORT_DONE, disposition="solved", fields=filled("safety_campaign", "result"))

    rows = parts_by_year(campaign.children.all(), date(2026, 1, 5))
    assert [(row.year, row.opened, row.solved, row.open, row.overdue) for row in rows] == [
        (2024, 1, 1, 0, 0),
        (2025, 2, 0, 2, 2),
    ]
    page = signed_in(office).get(f"/matters/{campaign.number}/").content.decode()
    assert "子事项办到哪一步" in page


def test_nothing_is_put_below_what_is_sealed_done_or_elsewhere(people):
    city, office = people["city_office"], people["township_office"]
    petition, far = opened("petition", city), opened("hazard", city, township=SHIMEN)
    near = factories.task(people["department"])
    assert set(parents_for(office)) == {near}
    assert set(parents_for(people["system_admin"])) == set()

    client = signed_in(office)
    sent = {"client_id": "1", "title": "电线老化", "text": "前湾村。", "division": LIUAN, "work_line": "safety"} | {
        f"field_{name}": value for name, value in filled("hazard", "open").items()
    }
    for number in (petition.number, far.number, "R1999-00001"):
        answer = client.post("/matters/register/hazard/", sent | {"parent": number})
        assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["parent"])
    assert client.post("/matters/register/hazard/", sent | {"parent": near.number}).status_code == 200
    assert near.children.get().title == "电线老化"


def done_part_and_whole(people, whole_state: State) -> tuple[Matter, Matter]:
    """Return a hazard that was closed and the campaign above it, led to a state."""
    city, office = people["city_office"], people["township_office"]
    with on(date(2026, 3, 2)):
        campaign = opened("safety_campaign", city, due_on=date(2026, 12, 31))
        part = opened("hazard", city, parent=campaign)
        part = step(city, part, Verb.DISPATCH, to_division=part.division)
        part = step(office, part, Verb.ACCEPT)
        part = step(office, part, Verb.REPORT_DONE, disposition="solved", fields=filled("hazard", "result"))
        part = step(city, part, Verb.PASS)
        campaign = step(office, campaign, Verb.ACCEPT)
        for verb in (Verb.REPORT_DONE, Verb.PASS):
            if campaign.state == whole_state:
                break
            brought = {"disposition": "solved", "fields": filled("safety_campaign", "result")}
            campaign = step(
                office if verb == Verb.REPORT_DONE else city,
                campaign,
                verb,
                **(brought if verb == Verb.REPORT_DONE else {}),
            )
    assert campaign.state == whole_state
    return part, campaign


@pytest.mark.parametrize("state", [State.HANDLED, State.CLOSED])
def test_a_part_that_rebounds_opens_the_whole_again_with_its_day(people, state):
    part, campaign = done_part_and_whole(people, state)
    due = campaign.due_on
    with on(date(2026, 4, 20)):
        part = step(people["city_office"], part, Verb.LOOK_BACK_REOPENS)
    campaign.refresh_from_db()
    assert (part.state, campaign.state, campaign.due_on, campaign.reopened) == (State.HANDLING, State.HANDLING, due, 1)
    last = campaign.events.latest("sequence")
    assert (last.verb, last.by, last.by_label) == (Verb.PART_REOPENS, None, "系统")
    assert part.number not in last.text  # who sees the whole need not see every part


@pytest.mark.parametrize("state", [State.HANDLED, State.CLOSED])
def test_nothing_is_opened_below_what_is_done(people, state):
    _part, campaign = done_part_and_whole(people, state)
    with pytest.raises(ValidationError) as refused:
        opened("hazard", people["city_office"], parent=campaign)
    assert list(refused.value.message_dict) == ["parent"]
    twin = Matter.objects.get(pk=campaign.pk)
    twin.pk, twin.number, twin.client_id, twin.parent_id = None, "X2026-00001", "x", campaign.pk
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        twin.save(force_insert=True)


def test_what_is_sealed_is_nobodys_part(people):
    task = factories.task(people["department"])
    with pytest.raises(ValidationError) as refused:
        opened("petition", people["city_office"], parent=task)
    assert list(refused.value.message_dict) == ["parent"]
    page = signed_in(people["city_office"]).get("/matters/register/", {"parent": task.number}).content.decode()
    assert "/matters/register/hazard/" in page
    assert "/matters/register/petition/" not in page


def test_registering_what_is_there_already_asks_first(people):
    client = signed_in(people["township_office"])
    sent = {"title": "河边井盖松动", "text": "前湾村河边井盖一踩就响。", "division": LIUAN, "work_line": "safety"} | {
        f"field_{name}": value for name, value in filled("grid_event", "open").items()
    }
    client.post("/matters/register/grid_event/", sent | {"client_id": "1"})
    again = client.post("/matters/register/grid_event/", sent | {"client_id": "1"})
    other = client.post("/matters/register/grid_event/", sent | {"client_id": "2"})
    assert Matter.objects.count() == 1
    assert ("编码当时" not in again.content.decode(), len(other.context["hints"])) == (True, 1)

    client.post("/matters/register/grid_event/", sent | {"client_id": "2", "own": "1"})
    assert Matter.objects.count() == 2


def test_weights_are_the_citys_sum_to_a_hundred_and_leave_the_old_ones(people):
    city = people["city_office"]
    given = {"response": 20, "resolution": 50, "satisfaction": 30, "source": "某办〔2026〕3号"}
    first = set_rate_weights(city, **given)
    assert set_rate_weights(city, **given) == first
    set_rate_weights(city, **given | {"response": 10, "satisfaction": 40})
    with pytest.raises(ValidationError, match="之和"):
        set_rate_weights(city, **given | {"response": 21})
    with pytest.raises(ValidationError):
        set_rate_weights(city, **given | {"source": " "})
    for role in ("county", "department", "township_head"):
        with pytest.raises(PermissionDenied):
            set_rate_weights(people[role], **given)

    assert [row.response for row in RateWeights.objects.all()] == [20, 10]
    assert "10 / 50 / 40" in signed_in(city).get("/matters/rates/").content.decode()
