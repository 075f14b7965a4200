"""Declared industries: who declares, confirms and checks, what the figures say beside them, and who sees what."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, signed_in
from tests.growth.industries import DAY, FIELDS, declared, imported, line
from yizhen.audit.models import Record
from yizhen.growth.industry.actions import (
    check_step,
    count_community,
    decide_industry,
    declare_industry,
    enter_community,
    note_outside,
    plan_step,
    report_step,
    withdraw_outside,
)
from yizhen.growth.industry.queries import (
    board_lines,
    city_of_industries,
    communities_visible_to,
    declarations_visible_to,
    figures_visible_to,
    history,
    outside_visible_to,
    steps_visible_to,
)
from yizhen.growth.industry.structures import Cell, Structures, withheld
from yizhen.growth.models import (
    CommunityCount,
    IndustryDeclaration,
    OutsideIndustry,
    SectorFigure,
    StepReport,
    UpgradeStep,
)
from yizhen.people.models import ROLES

READERS = {"city_office", "county", "department", "township_head", "township_office"}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def neighbour(township: str = XITANG):
    return factories.account("township_office", township)


# --- declared and confirmed ----------------------------------------------------------------------------------------


def test_versions_follow_one_another_and_the_last_confirmed_is_in_force(people):
    office, county = people["township_office"], people["county"]
    first = declared(office, by=county)
    second = declared(office, name_zh="新能源汽车部件")
    assert (first.number, second.number) == (1, 2)
    assert city_of_industries(office).in_force == {LIUAN: first}
    with pytest.raises(ValidationError, match="等确认"):
        declared(office)
    decide_industry(county, second, "confirmed")
    assert city_of_industries(office).in_force == {LIUAN: second}
    third = declared(office)
    decide_industry(people["city_office"], third, "returned", "先做完第二版的步骤。")
    assert city_of_industries(office).in_force == {LIUAN: second}
    events = [record.event for record in Record.objects.filter(event__startswith="growth.industry")]
    assert (events.count("growth.industry_declared"), events.count("growth.industry_decided")) == (3, 3)


def test_same_form_sent_twice_is_one_declaration(people):
    office = people["township_office"]
    twice = [declare_industry(office, client_id="a", division=office.scope, **FIELDS) for _ in range(2)]
    assert twice[0] == twice[1]


def test_only_the_township_declares_and_only_above_it_is_confirmed(people):
    for role in set(ROLES) - {"township_head", "township_office"}:
        with pytest.raises(PermissionDenied):
            declared(people[role])
    with pytest.raises(PermissionDenied):
        declared(people["township_office"], XITANG)
    made = declared(people["township_head"])
    far = factories.account("county", "990122")
    for user in (far, *(people[role] for role in set(ROLES) - {"county", "city_office"})):
        with pytest.raises(PermissionDenied):
            decide_industry(user, made, "confirmed")
    decide_industry(people["county"], made, "confirmed")
    with pytest.raises(ValidationError, match="已有结论"):
        decide_industry(people["city_office"], made, "returned", "x")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sectors": []}, "sectors"),
        ({"sectors": ["C99"]}, "sectors"),
        ({"sectors": ["C13", "C14", "C15", "C17", "C18", "C19", "C20", "C21", "C22"]}, "sectors"),
        ({"direction": "moon"}, "direction"),
        ({"position": 4, "aimed": 3}, "__all__"),
        ({"position": 0}, "position"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_declared_is_named_at_its_field(people, changes, field):
    with pytest.raises(ValidationError) as refused:
        declared(people["township_office"], **changes)
    assert field in refused.value.message_dict


def test_database_holds_what_was_declared_and_decided(people):
    office = people["township_office"]
    made = declared(office, by=people["county"])
    rows = IndustryDeclaration.objects.filter(pk=made.pk)
    waiting = declared(office)
    for change in (
        lambda: rows.update(name_zh="x"),
        lambda: rows.update(sectors=["A01"]),
        lambda: rows.update(opinion="x"),
        lambda: rows.delete(),
        lambda: IndustryDeclaration.objects.filter(pk=waiting.pk).update(name_zh="x"),
        lambda: IndustryDeclaration.objects.filter(pk=waiting.pk).update(decision="confirmed"),
        lambda: IndustryDeclaration.objects.filter(pk=waiting.pk).update(
            decision="confirmed", decided_by=office, decided_at=timezone.now()
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        IndustryDeclaration.objects.create(
            **FIELDS, client_id="x", division=factories.place(XITANG), number=1, declared_by=office,
            declared_at=timezone.now(), decision="confirmed", decided_by=people["county"], decided_at=timezone.now(),
        )  # fmt: skip


# --- steps ---------------------------------------------------------------------------------------------------------


def planned(people, **changes) -> UpgradeStep:
    made = declared(people["township_office"], by=people["county"])
    due = timezone.localdate() + timedelta(days=30)
    return plan_step(
        people["township_office"], made, **{"client_id": "1", "title": "建检测中心", "reaches": 4, "due_on": due} | changes
    )  # fmt: skip


def reported(people, step, number="1", **changes) -> StepReport:
    fields = {"result": "已建成", "done_on": timezone.localdate(), "source": "资质证书"} | changes
    return report_step(people["township_office"], step, client_id=number, **fields)


def test_step_is_done_only_when_somebody_above_has_looked(people):
    step = planned(people)
    report = reported(people, step)
    with pytest.raises(ValidationError, match="等核实"):
        reported(people, step, "2")
    for role in set(ROLES) - {"county", "city_office"}:
        with pytest.raises(PermissionDenied):
            check_step(people[role], report, passed=True)
    with pytest.raises(ValidationError, match="哪里不符"):
        check_step(people["county"], report, passed=False)
    check_step(people["county"], report, passed=False, opinion="没有资质。")
    with pytest.raises(ValidationError, match="核实过"):
        check_step(people["county"], report, passed=True)
    check_step(people["city_office"], reported(people, step, "3"), passed=True)
    with pytest.raises(ValidationError, match="核实完成"):
        reported(people, step, "4")
    assert [one.passed for one in step.reports.all()] == [False, True]


@pytest.mark.parametrize(
    ("changes", "field"), [({"reaches": 2}, "reaches"), ({"reaches": 5}, "reaches"), ({"due_on": DAY}, "due_on"), ({"title": " "}, "title")]
)  # fmt: skip
def test_step_lies_between_now_and_aim_and_ahead(people, changes, field):
    with pytest.raises(ValidationError) as refused:
        planned(people, **changes)
    assert field in refused.value.message_dict


def test_database_holds_steps_reports_and_who_checked(people):
    step = planned(people)
    report = reported(people, step)
    with pytest.raises(ValidationError) as refused:
        reported(people, step, "9", done_on=timezone.localdate() + timedelta(days=1))
    assert "done_on" in refused.value.message_dict
    for change in (
        lambda: UpgradeStep.objects.update(title="x"),
        lambda: StepReport.objects.update(result="x"),
        lambda: StepReport.objects.update(passed=True),
        lambda: StepReport.objects.update(passed=True, checked_by=people["township_office"], checked_at=timezone.now()),
        lambda: StepReport.objects.filter(pk=report.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- the argument in figures ---------------------------------------------------------------------------------------


def figures_of_two(people):
    """柳岸镇: 60 of 100 in C36; 西塘桥镇: 10 of 100; the city 70 of 200, both in one county."""
    return imported(
        people["city_office"],
        line(LIUAN, "C36", 60, 600), line(LIUAN, "C38", 40, 400),
        line(XITANG, "C36", 10, 100), line(XITANG, "C38", 90, 900),
    )  # fmt: skip


def test_quotient_shows_numerator_and_denominator(people):
    figures_of_two(people)
    declared(people["township_office"], by=people["county"])
    row = city_of_industries(people["township_office"]).row(factories.place(LIUAN))
    found = row.argument
    assert (found.quotient.own, found.quotient.own_total, found.quotient.base, found.quotient.base_total) == (
        60,
        100,
        70,
        200,
    )
    assert found.percents == (60.0, 35.0)
    assert found.value == pytest.approx(0.6 / 0.35)
    assert not found.disagrees
    page = signed_in(people["township_office"]).get(f"/growth/industry/{LIUAN}/").content.decode()
    assert "60 ÷ 100" in page
    assert "数据支持申报" in page


def test_page_says_plainly_where_figures_and_declaration_disagree(people):
    figures_of_two(people)
    declared(neighbour(), XITANG, by=people["county"])
    client = signed_in(people["city_office"])
    assert "申报与数据不一致" in client.get("/growth/industry/").content.decode()
    page = client.get(f"/growth/industry/{XITANG}/")
    assert "申报与数据不一致" in page.content.decode()
    assert page.context["row"].argument.value == pytest.approx(0.1 / 0.35)
    jobs = client.get(f"/growth/industry/{XITANG}/?measure=jobs").context["row"].argument
    assert jobs.quotient.low < jobs.value < jobs.quotient.high < 1


def test_figures_of_one_place_alone_argue_nothing(people):
    imported(people["city_office"], line(LIUAN, "C36", 60), line(SHIMEN, "C36", 10))
    declared(people["township_office"], by=people["county"])
    page = signed_in(people["township_office"]).get(f"/growth/industry/{LIUAN}/")
    assert page.context["row"].argument.reason == ""
    assert page.context["beside_county"].reason == "alone"


def test_fewer_than_three_units_are_shown_to_no_peer(people):
    imported(people["city_office"], line(LIUAN, "C36", 60, units=2), line(LIUAN, "C38", 40), line(XITANG, "C38", 90))
    declared(people["township_office"], by=people["county"])
    peer = neighbour()
    for user, hidden in ((people["township_office"], False), (people["county"], False), (peer, True)):
        argument = city_of_industries(user).row(factories.place(LIUAN)).argument
        assert (argument.value is None, argument.quotient is None) == (hidden, hidden)
    page = signed_in(peer).get(f"/growth/industry/{LIUAN}/")
    assert (page.status_code, page.context["lines"], page.context["past"]) == (200, [], [])
    assert "不足三家" in page.content.decode()


def test_sums_that_leave_fewer_than_three_units_of_others_are_told_to_who_is_above_alone(people):
    imported(
        people["city_office"], line(XITANG, "C36", 12345, units=1), line(XITANG, "C38", 90), line(XITANG, "A01", 70)
    )
    imported(people["township_office"], line(LIUAN, "C36", 0, units=0), line(LIUAN, "C38", 40), line(LIUAN, "A01", 5))
    declared(people["township_office"], by=people["county"])
    for user, hidden in ((people["township_office"], True), (people["county"], False), (people["city_office"], False)):
        page = signed_in(user).get(f"/growth/industry/{LIUAN}/")
        argument, beside = page.context["row"].argument, page.context["beside_county"]
        assert (argument.quotient is None, beside.quotient is None) == (hidden, hidden)
        told = {one.code: one.city_share for one, _sector, _own in page.context["lines"]}
        assert [code for code, share in told.items() if share is None] == (["A01", "C36"] if hidden else [])
        assert [one.is_told for one in page.context["past"]] == [not hidden]
        assert ("12345" in page.content.decode().replace(",", "")) != hidden
    assert "不足三家" in signed_in(people["township_office"]).get("/growth/industry/").content.decode()


@pytest.mark.parametrize(
    ("units", "hidden"),
    [
        ({"C36": 3, "C38": 9}, ""),
        ({"C36": 2, "C38": 9, "A01": 8}, "A01 C36"),  # with the smallest of the others, or it is what is left of all
        ({"C36": 1, "C38": 1, "A01": 8}, "A01 C36 C38"),  # two of one unit each are two units
        ({"C36": 1}, "A01 C36 C38"),  # the total alone would tell
        ({"C36": 0, "C38": 9}, ""),
    ],
)
def test_sectors_are_withheld_until_three_units_and_two_sectors_are(units, hidden):
    own = {code: Cell(Decimal(5), None, 9) for code in ("A01", "C36", "C38")}
    made = Structures({LIUAN: own, XITANG: {code: Cell(Decimal(7), None, n) for code, n in units.items()}})
    found = withheld(made, LIUAN, "9901", LIUAN[:6], "output", LIUAN)
    assert " ".join(sorted(found)) == hidden
    assert withheld(made, LIUAN, "9901", LIUAN[:6], "output", "9901") == set()


def test_history_counts_the_last_version_of_each_year(people):
    imported(people["city_office"], line(LIUAN, "C36", 60), line(LIUAN, "C38", 40), line(XITANG, "C38", 100))
    imported(people["city_office"], line(LIUAN, "C36", 50, year=2024), line(XITANG, "C36", 50, year=2024))
    imported(people["city_office"], line(LIUAN, "C36", 160), reason="漏报")
    found = history(LIUAN, "9901", ["C36"], "output")
    assert [(one.year, one.quotient.own, one.quotient.base_total) for one in found] == [
        (2024, 50, 100),
        (2025, 160, 300),
    ]
    assert history(LIUAN, "9901", ["C36"], "jobs") == []


# --- neighbours ----------------------------------------------------------------------------------------------------


def test_who_else_is_after_the_same_is_shown_with_the_overlap(people):
    figures_of_two(people)
    city = people["city_office"]
    declared(people["township_office"], by=city)
    declared(neighbour(), XITANG, by=city, sectors=["C36", "C38"], position=2)
    declared(neighbour(GUDU), GUDU, by=city, sectors=["A01"], direction="agriculture")
    outside(people)
    row = city_of_industries(city).row(factories.place(LIUAN))
    assert [(one.division.code, one.shared, one.relation) for one in row.neighbours] == [(XITANG, ["C36"], "same_aim")]
    assert row.neighbours[0].percent == pytest.approx(50)  # min(60, 10) + min(40, 90)
    assert [entry.place_zh for entry in row.outside] == ["云洲市（虚构）"]
    assert city_of_industries(city).row(factories.place(GUDU)).neighbours == []


@pytest.mark.parametrize(("place", "said"), [((3, 4), "same"), ((2, 4), "same_aim"), ((3, 5), "apart")])
def test_place_on_the_chain_tells_rivals_from_suppliers(people, place, said):
    declared(people["township_office"], by=people["county"])
    declared(neighbour(), XITANG, by=people["county"], position=place[0], aimed=place[1])
    assert city_of_industries(people["county"]).row(factories.place(LIUAN)).neighbours[0].relation == said


def outside(people, number="1", **changes) -> OutsideIndustry:
    fields = {
        "place_zh": "云洲市（虚构）",
        "industry_zh": "汽车电子",
        "sectors": ["C36"],
        "source": "规划",
        "as_of": DAY,
    }
    return note_outside(people["city_office"], client_id=number, **(fields | changes))


def test_list_of_places_outside_is_kept_by_the_city_and_withdrawn_entries_stay(people):
    made = outside(people)
    assert outside(people) == made
    for role in set(ROLES) - {"city_office"}:
        with pytest.raises(PermissionDenied):
            note_outside(people[role], client_id="2", place_zh="x", industry_zh="x", sectors=["C36"], source="x", as_of=DAY)  # fmt: skip
        with pytest.raises(PermissionDenied):
            withdraw_outside(people[role], made)
    with pytest.raises(ValidationError) as refused:
        outside(people, "3", as_of=timezone.localdate() + timedelta(days=1))
    assert "as_of" in refused.value.message_dict
    withdraw_outside(people["city_office"], made)
    withdraw_outside(people["city_office"], made)
    assert city_of_industries(people["city_office"]).outside == []
    assert outside_visible_to(people["county"]).get().withdrawn_by == people["city_office"]
    for change in (lambda: OutsideIndustry.objects.update(place_zh="x"), lambda: OutsideIndustry.objects.update(withdrawn_at=None)):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Record.objects.filter(event="growth.outside_withdrawn").count() == 1


# --- communities ---------------------------------------------------------------------------------------------------

COUNTS = {"homes": 640, "services": 6, "firms": 11, "source": "台账", "as_of": DAY}


def test_community_keeps_each_count(people):
    office = people["township_office"]
    names = {"name_zh": "工友社区", "address": "集中区东侧", "industry_zh": "汽车零部件"}
    made = enter_community(office, client_id="1", division=office.scope, **names, **COUNTS)
    assert enter_community(office, client_id="1", division=office.scope, **names, **COUNTS) == made
    with pytest.raises(ValidationError, match="已有了"):
        enter_community(office, client_id="2", division=office.scope, **names, **COUNTS)
    count_community(office, made, **COUNTS)
    count_community(office, made, **(COUNTS | {"homes": 700}))
    assert [(one.number, one.homes) for one in made.counts.all()] == [(2, 700), (1, 640)]
    with pytest.raises(ValidationError):
        count_community(office, made, **(COUNTS | {"homes": 1, "as_of": DAY - timedelta(days=1)}))
    for user in (neighbour(), people["county"], people["village"]):
        with pytest.raises(PermissionDenied):
            count_community(user, made, **COUNTS)
        with pytest.raises(PermissionDenied):
            enter_community(user, client_id="3", division=office.scope, **names, **COUNTS)
    with pytest.raises(DatabaseError), transaction.atomic():
        CommunityCount.objects.update(homes=1)


# --- who sees what, and pages --------------------------------------------------------------------------------------


def test_peers_see_what_is_confirmed_and_nothing_else(people):
    waiting = declared(people["township_office"])
    confirmed = declared(neighbour(SHIMEN), SHIMEN, by=people["city_office"])
    figures_of_two(people)
    seen = {role: set(declarations_visible_to(people[role])) for role in ROLES}
    assert {role for role in ROLES if seen[role]} == READERS
    assert all(seen[role] == {waiting, confirmed} for role in READERS)  # all of these stand above or at 柳岸镇
    peer = neighbour(JIANGFENG)
    assert set(declarations_visible_to(peer)) == {confirmed}
    places = {role: set(figures_visible_to(people[role]).values_list("division", flat=True)) for role in ROLES}
    assert places["city_office"] == places["county"] == places["department"] == {LIUAN, XITANG}
    assert places["township_office"] == places["township_head"] == {LIUAN}
    assert figures_visible_to(peer).count() == 0
    for role in set(ROLES) - READERS:
        user = people[role]
        assert not places[role]
        readers = (steps_visible_to, communities_visible_to, outside_visible_to)
        assert not any(read(user).exists() for read in readers)
        assert signed_in(user).get("/growth/industry/").status_code == 403


def test_pages_lead_from_declaration_to_checked_step_and_keep_what_was_typed(people):
    office, county = signed_in(people["township_office"]), signed_in(people["county"])
    page = f"/growth/industry/{LIUAN}/"
    sent = {**FIELDS, "client_id": "1", "name_en": "Parts"}
    wrong = office.post(f"{page}declare/", sent | {"position": 4, "aimed": 3, "reason": "打过的字"})
    assert wrong.status_code == 400
    assert "打过的字" in wrong.content.decode()
    assert "不能低于" in wrong.content.decode()
    assert office.post(f"{page}declare/", sent).status_code == 302
    made = IndustryDeclaration.objects.get()
    decide = f"/growth/industry/declarations/{made.pk}/decide/"
    assert office.post(decide, {"decision": "confirmed"}).status_code == 403
    assert county.post(decide, {"decision": "returned"}).status_code == 400
    assert county.post(decide, {"decision": "confirmed", "opinion": "可以"}).status_code == 302
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    steps = f"/growth/industry/declarations/{made.pk}/steps/new/"
    assert office.get(steps).status_code == 200
    wrong = office.post(steps, {"client_id": "1", "title": "建中心", "reaches": 5, "due_on": due})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"reaches"})
    assert office.post(steps, {"client_id": "1", "title": "建中心", "reaches": 4, "due_on": due}).status_code == 302
    report = f"/growth/industry/steps/{UpgradeStep.objects.get().pk}/report/"
    result = {"client_id": "1", "result": "建成", "done_on": timezone.localdate().isoformat(), "source": "证书"}
    assert office.post(report, result).status_code == 302
    check = f"/growth/industry/reports/{StepReport.objects.get().pk}/check/"
    wrong = county.post(check, {"passed": "no", "opinion": ""})
    assert (wrong.status_code, "哪里不符" in wrong.content.decode()) == (400, True)
    assert county.post(check, {"passed": "yes"}).status_code == 302
    assert county.get(page).context["steps"][0]["state"] == "done"
    counted = {**COUNTS, "client_id": "1", "name_zh": "社区", "address": "东侧", "industry_zh": "汽配", "as_of": "2026-01-31"}  # fmt: skip
    assert office.post(f"{page}communities/new/", counted | {"homes": "-1"}).status_code == 400
    assert office.post(f"{page}communities/new/", counted).status_code == 302
    count = f"/growth/industry/communities/{communities_visible_to(people['county']).get().pk}/count/"
    assert office.get(count).context["form"].initial["homes"] == 640
    assert county.get(count).status_code == 403
    assert office.post(count, counted | {"homes": "700"}).status_code == 302


def test_step_past_its_day_is_late_and_one_of_an_old_version_is_not(people):
    step = planned(people, due_on=timezone.localdate())

    def state():
        return signed_in(people["township_office"]).get(f"/growth/industry/{LIUAN}/").context["steps"][0]["state"]

    assert state() == "open"
    with pytest.MonkeyPatch.context() as patch:
        tomorrow = timezone.now() + timedelta(days=1)
        patch.setattr(timezone, "now", lambda: tomorrow)
        assert state() == "late"
        declared(people["township_office"], by=people["county"])
        assert state() == "replaced"
    assert step.declaration.number == 1


@pytest.mark.parametrize("number", [1, 4])
def test_pages_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    city = people["city_office"]
    for township in (LIUAN, XITANG, GUDU, SHIMEN)[:number]:
        office = neighbour(township)
        made = declared(office, township, by=city)
        for step in range(number):
            due = timezone.localdate() + timedelta(days=9)
            plan = plan_step(office, made, client_id=f"{step}", title="一步", reaches=4, due_on=due)
            report_step(office, plan, client_id=f"{step}", result="x", done_on=timezone.localdate(), source="x")
        imported(city, line(township, "C36", 10), line(township, "C38", 10))
        outside(people, township)
    client = signed_in(city)
    client.get("/growth/industry/")
    with django_assert_num_queries(11):
        assert sum(row.declaration is not None for row in client.get("/growth/industry/").context["rows"]) == number
    with django_assert_num_queries(22):
        assert len(client.get(f"/growth/industry/{LIUAN}/").context["steps"]) == number
    with django_assert_num_queries(8):
        assert len(board_lines(city, factories.place(LIUAN))) == 1


def test_board_says_industry_and_quotient_to_readers_alone(people):
    office = people["township_office"]
    assert [one.value for one in board_lines(office, office.scope)] == ["还没有确认"]
    declared(office, by=people["county"])
    figures_of_two(people)
    [found] = board_lines(office, office.scope)
    assert (found.value, found.address) == ("汽车零部件", f"/growth/industry/{LIUAN}/")
    assert "1.71" in found.detail
    assert board_lines(people["village"], office.scope) == []


def test_database_keeps_figures_as_they_were_entered(people):
    figures_of_two(people)
    for change in (lambda: SectorFigure.objects.update(output=1), lambda: SectorFigure.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    base = {"division": factories.place(LIUAN), "year": 2025, "units": 1, "source": "x", "as_of": DAY, "by": people["county"], "at": timezone.now()}  # fmt: skip
    for wrong in (
        {"sector": "C36", "number": 1, "output": 1},  # there already
        {"sector": "C36", "number": 2, "output": 1},  # no reason
        {"sector": "C17", "number": 1},  # says nothing
        {"sector": "C17", "number": 1, "output": -1},
        {"sector": "C17", "number": 1, "output": 1, "year": 1900},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            SectorFigure.objects.create(**(base | wrong))
