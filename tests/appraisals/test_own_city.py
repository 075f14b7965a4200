"""The thread from end to end in a real city of the national table, with placeholder persons, in temporary data.

Real codes come from the national table at run time; no real name stands in this file and none is kept after the test.
"""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from yizhen.appraisals.actions import (
    arrivals,
    ballot,
    campaigns,
    carding,
    publishing,
    reports,
    results,
    session,
    speech,
)
from yizhen.appraisals.citations import read_figures
from yizhen.appraisals.models import Campaign, DutyReport, Phase, Result
from yizhen.appraisals.queries import rectification_of_campaign, results_visible_to
from yizhen.appraisals.shares import paper_of
from yizhen.console.founding import AlreadyFounded, found_city
from yizhen.console.keeping import verify
from yizhen.demo.campaigns import cast_all
from yizhen.demo.phones import plausible_marks, seal_sheet
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import Verb
from yizhen.people.actions import open_account
from yizhen.people.models import Account
from yizhen.places.actions import describe_division
from yizhen.places.models import Category, Division

VOTERS = {"A": 8, "B": 9, "C": 8, "D": 9, "E": 12}


@pytest.fixture
def townships(db: None) -> list[Division]:
    """Nine townships of the city 3210, with categories and made-up populations."""
    city, _counts = found_city("3210", villages=False)
    assert city.code == "3210"
    found = list(Division.objects.filter(level="township", code__startswith="321012").order_by("code")[:9])
    categories = list(Category.objects.order_by("code"))
    for number, township in enumerate(found):
        describe_division(
            None,
            township,
            category=categories[number % 3],
            population=30_000 + 1_000 * number,
            population_year=2024,
            population_source="测试占位数据",
        )
    return list(Division.objects.filter(pk__in=[township.pk for township in found]).order_by("code"))


def account(role: str, scope: Division) -> Account:
    return open_account(None, username=f"{role}{scope.code}", display_name=f"占位{role}", role=role, scope=scope)


def test_own_city_from_publication_to_rectification(townships: list[Division]) -> None:
    city = Division.objects.get(code="3210")
    office, scrutineer = account("city_office", city), account("scrutineer", city)
    heads = {township.code: account("township_head", township) for township in townships}
    appointments = [room.appointment(t.code, heads[t.code], f"占位人员{n}") for n, t in enumerate(townships)]
    factories.import_figures(
        office,
        [
            factories.row("L01", t.code, "2025", numerator=90 + 9 * n, denominator=t.population)
            for n, t in enumerate(townships)
        ]
        + [factories.row("L01", "3210", "2025", numerator=20_000, denominator=4_500_000)],
    )

    # The organisation office prepares and publishes.
    campaign = campaigns.make_campaign(office, kind="comprehensive", title="占位评议", period="2026年上半年")
    today = timezone.localdate()
    campaigns.set_basics(
        office, campaign, title="占位评议", period="2026年上半年", reports_due_on=today, session_on=today
    )
    campaigns.choose_speakers(office, campaign, appointments)
    campaigns.set_roll(office, campaign, {c: [f"{c}类代表{i}" for i in range(n)] for c, n in VOTERS.items()})
    assert campaigns.readiness(Campaign.objects.get(pk=campaign.pk)) == []
    campaign = publishing.publish(office, campaign)

    # Each head submits a report that cites the frozen figures.
    for report in DutyReport.objects.filter(speaker__campaign=campaign).select_related("speaker"):
        head = heads[report.speaker.division_id]
        version = reports.save_report(head, report, reports.draft_sections(report), base=0)
        assert read_figures(version.sections, reports.figures_of(report)).cited == ("L01",)
        reports.submit_report(head, report)

    # The session: key, cards, check-in, lots, speeches, comments.
    key = room.PrivateKey.generate()
    round_ = carding.set_key(scrutineer, campaign.rounds.get(), bytes(key.public_key).hex(), ["甲", "乙", "丙"])
    codes = {code: carding.make_cards(office, campaign, code, number + 2) for code, number in VOTERS.items()}
    session.begin_session(office, campaign)
    session.draw_lots(office, campaign, "6-6-1")
    arrivals.mark_attendance(
        office, campaign, list(campaign.roll.values_list("pk", flat=True)), present=True, handed_out=True
    )
    while (speaker := session.next_speaker(Campaign.objects.get(pk=campaign.pk))) is not None:
        for phase in (Phase.REPORT, Phase.QUESTIONS, Phase.COMMENT):
            session.move_to(office, campaign, speaker, phase)
        speech.make_comment(office, speaker, strengths="实。", problems=[room.problem(f"问题{speaker.position}")])

    # The ballot: simulated phones; one of them loses the answer and sends again.
    round_ = ballot.open_ballot(office, campaign)
    chance = random.Random(3210)
    assert cast_all(round_, {code: heap[: VOTERS[code] - (code == "A")] for code, heap in codes.items()}, chance) == 45
    sheet = seal_sheet(round_.public_key, round_.pk, "A", plausible_marks(round_.layout, chance), round_.layout)
    last = codes["A"][7]
    assert [ballot.cast_sheet(last, sheet, []).state for _ in range(2)] == ["counted", "already_counted"]
    ballot.close_ballot(office, campaign)
    declared = results.count_round(scrutineer, round_, paper_of(bytes(key), bytes(key.public_key))[:2])
    assert len(declared) == 9
    assert [result for result in declared if result.total is None or result.interval is None] == []
    assert {sum(row["returned"] for row in result.counts["overall"].values()) for result in declared} == {46}
    assert {tuple(result.declared["hidden_classes"]) for result in declared} == {()}

    # Feedback: each problem is one item; the head sees the own result alone; the next draft begins with it.
    results.issue_results(office, campaign)
    campaign = Campaign.objects.get(pk=campaign.pk)
    items = list(rectification_of_campaign(campaign))
    assert sorted(item.division_id for item in items) == [township.code for township in townships]
    first = townships[0]
    assert [r.speaker.division_id for r in results_visible_to(heads[first.code], campaign)] == [first.code]
    item = next(item for item in items if item.division_id == first.code)
    take_step(heads[first.code], item, Verb.ACCEPT)
    following = campaigns.make_campaign(office, kind="comprehensive", title="下期", period="下半年", previous=campaign)
    campaigns.set_basics(
        office, following, title="下期", period="下半年", reports_due_on=None, session_on=today + timedelta(days=180)
    )
    campaigns.choose_speakers(office, following, appointments)
    campaigns.set_roll(office, following, {c: ["甲"] for c in VOTERS})
    publishing.publish(office, following)
    draft = reports.draft_sections(DutyReport.objects.get(speaker__campaign=following, speaker__division=first))
    assert draft["last_period"].startswith(f"{item.title}——")
    found = verify()
    assert found.whole, found.lines
    assert Result.objects.count() == 9


def test_own_city_a_second_city_is_refused(townships: list[Division]) -> None:
    with pytest.raises(AlreadyFounded):
        found_city("3202", villages=False)
