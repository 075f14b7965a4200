"""Facilities: use against capacity, thresholds that the city sets, few persons hidden, and the page of gaps."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from tests import factories
from tests.factories import CITY, LIUAN, XITANG, place, signed_in
from tests.livelihood.told import accepted, ago, building, candidate, facility, listed
from yizhen.indicators.models import Observation
from yizhen.livelihood.facilities.actions import change_facility, enter_use, open_facility, set_use_rule
from yizhen.livelihood.facilities.flags import Thresholds, read
from yizhen.livelihood.facilities.queries import facilities_visible_to, lines_of, rules_in_force
from yizhen.livelihood.gaps.queries import allowance, board_lines, city_page, gap_page
from yizhen.livelihood.models import FacilityUse, UseRule
from yizhen.people.models import ROLES

LIMITS = Thresholds(Decimal(30), Decimal(100))


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.mark.parametrize(
    ("used", "flag"), [("29.9", "low"), ("30", "fine"), ("100", "fine"), ("100.1", "over"), ("0", "low"), (None, "")]
)
def test_flag_by_share_of_capacity(used, flag):
    made = read(
        Decimal(100), None if used is None else Decimal(used), "2026-03", date(2020, 1, 1), LIMITS, people=False
    )
    assert (made.flag, made.hidden) == (flag, False)


def test_a_period_in_which_it_opened_is_not_flagged_and_few_persons_are_hidden():
    assert read(Decimal(100), Decimal(1), "2026-03", date(2026, 3, 2), LIMITS, people=False).flag == "new"
    few = read(Decimal(20), Decimal(4), "2026-03", date(2020, 1, 1), LIMITS, people=True)
    assert (few.flag, few.used, few.share, few.hidden) == ("low", None, None, True)
    assert read(Decimal(20), Decimal(5), "2026-03", date(2020, 1, 1), LIMITS, people=True).used == 5
    assert read(Decimal(20), Decimal(4), "2026-03", date(2020, 1, 1), LIMITS, people=False).used == 4


def test_use_is_entered_once_and_put_right_with_a_reason(people):
    office, one = people["township_office"], facility(people)
    fields = {"period": "2026-03", "source": "台账", "as_of": ago(0)}
    enter_use(office, one, used=Decimal(10), **fields)
    enter_use(office, one, used=Decimal(10), **fields)
    with pytest.raises(ValidationError) as error:
        enter_use(office, one, used=Decimal(12), **fields)
    assert set(error.value.message_dict) == {"reason"}
    enter_use(office, one, used=Decimal(12), reason="抄错", **fields)
    assert FacilityUse.objects.get().used == 12
    for wrong, name in (
        ({"period": "今年"}, "period"),
        ({"period": "2099"}, "period"),
        ({"period": "2019"}, "period"),
        ({"as_of": ago(-1)}, "as_of"),
    ):
        with pytest.raises(ValidationError) as error:
            enter_use(office, one, used=Decimal(1), **(fields | wrong))
        assert set(error.value.message_dict) == {name}
    for who in ("county", "city_office", "village", "department"):
        with pytest.raises(PermissionDenied):
            enter_use(people[who], one, used=Decimal(1), **fields)
    with pytest.raises(PermissionDenied):
        open_facility(people["county"], client_id="x", division=place(LIUAN))


def test_what_counts_is_the_latest_period_whichever_was_entered_last(people):
    office, one = people["township_office"], facility(people)
    enter_use(office, one, period="2025Q4", used=Decimal(90), source="台账", as_of=ago(40))
    enter_use(office, one, period="2025Q3", used=Decimal(10), source="台账", as_of=ago(30))
    (line,) = lines_of(facilities_visible_to(office), rules_in_force(CITY))
    page = signed_in(office).get(f"/livelihood/facilities/{one.pk}/")
    assert line.use.period == "2025Q4"
    assert [use.period for use, _reading in page.context["uses"]] == ["2025Q4", "2025Q3"]


def test_thresholds_are_the_citys_in_versions(people):
    facility(people)
    assert lines_of(facilities_visible_to(people["county"]), rules_in_force(CITY))[0].reading.flag == ""
    for role, account in people.items():
        if role != "city_office":
            with pytest.raises(PermissionDenied):
                set_use_rule(account, kind="sewage", low=Decimal(1), high=Decimal(2), basis="x")
    with pytest.raises(ValidationError):
        set_use_rule(people["city_office"], kind="sewage", low=Decimal(90), high=Decimal(80), basis="纪要")
    for low in (40, 50):
        set_use_rule(people["city_office"], kind="sewage", low=Decimal(low), high=Decimal(95), basis="纪要")
    assert (rules_in_force(CITY)["sewage"].low, rules_in_force(CITY)["school"]) == (50, Thresholds())
    with pytest.raises(DatabaseError), transaction.atomic():
        UseRule.objects.update(low=1)


def test_a_stale_change_is_refused_and_a_facility_is_seen_in_its_circle(people):
    one = facility(people)
    change_facility(people["township_head"], one, version=0, capacity=Decimal(200))
    with pytest.raises(ValidationError, match="别人改过"):
        change_facility(people["township_head"], one, version=0, capacity=Decimal(300))
    assert {role for role in ROLES if facilities_visible_to(people[role])} == {
        "city_office", "county", "department", "township_head", "township_office",
    }  # fmt: skip
    assert not facilities_visible_to(factories.account("township_office", XITANG))


def figure(code: str, where: str, value, top=None, bottom=None, period="2026-03") -> Observation:
    catalogue = factories.catalogue()
    return Observation.objects.create(
        indicator=catalogue[code], division_id=where, period=period, value=value, numerator=top, denominator=bottom,
        source=catalogue[code].source, as_of=date(2026, 3, 31),
    )  # fmt: skip


def test_minimum_allowance_is_a_ratio_of_counts_hidden_where_few(people):
    whole = allowance(figure("L07", LIUAN, Decimal(4), 480, 120))
    assert (whole.rural, whole.urban, whole.ratio, whole.hidden) == (480, 120, 4, False)
    few = allowance(figure("L07", XITANG, Decimal(40), 120, 3))
    assert (few.rural, few.urban, few.ratio, few.hidden) == (None, None, None, True)


def test_page_of_gaps_joins_indicators_facilities_and_projects(people, django_assert_max_num_queries):
    catalogue = factories.catalogue()
    for code, share in ((LIUAN, 40), (XITANG, 70), (CITY, 60)):
        figure("L06", code, Decimal(share), share * 10, 1000)
    figure("L05", LIUAN, Decimal(20), 200, 1000, "2026Q1")
    figure("L05", CITY, Decimal(60), 600, 1000, "2026Q1")
    figure("L07", LIUAN, Decimal(40), 120, 3)
    figure("L08", LIUAN, Decimal(3))
    project = building(people, indicator=catalogue["L06"])
    served = facility(people, indicator=catalogue["L05"])
    page = gap_page(people["township_office"], place(LIUAN))
    assert {row.indicator.code: ([one.pk for one in projects], [line.facility.pk for line in lines]) for row, projects, lines in page.rows} == {
        "L06": ([project.pk], []), "L05": ([], [served.pk]),
    }  # fmt: skip
    assert [one.code for one in page.unanswered] == ["L05"]
    assert ([one.code for one in page.few], page.allowance.hidden) == (["L08"], True)
    client = signed_in(people["township_office"])
    with django_assert_max_num_queries(30):
        text = client.get(f"/livelihood/gaps/{LIUAN}/").content.decode()
    assert ("有一项不足 5 人" in text, ">120<" in text) == (True, False)


def test_page_of_a_city_counts_places_and_asks_as_much_for_many_as_for_one(people, django_assert_max_num_queries):
    for code in (LIUAN, XITANG, "990181103"):
        figure("L01", code, Decimal(10 if code == LIUAN else 40), 10 if code == LIUAN else 40, 10_000)
    project = listed(people, indicator=factories.catalogue()["L01"])
    facility(people)
    page = city_page(people["city_office"], place(CITY))
    (line,) = page.lines
    assert ([one.code for one in line.behind], line.open, line.answered) == ([LIUAN], [], {LIUAN: 1})
    assert {town.code: counts for town, counts in page.places}[LIUAN] == {"": 1, "projects": 1}
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(30) as asked:
            city_page(people["city_office"], place(CITY))
        counts.append(len(asked))
        candidate(people)
        facility(people)
    assert counts[0] == counts[1]
    assert project.indicator_id == "L01"


def test_board_lines_say_what_is_silent_and_what_is_idle(people):
    assert board_lines(people["township_office"], place(LIUAN)) == []
    building(people, planned_on=ago(2))
    building(people)
    accepted(people)
    enter_use(people["township_office"], facility(people), period="2026-03", used=Decimal(1), source="x", as_of=ago(0))
    lines = board_lines(people["township_office"], place(LIUAN))
    assert [(str(one.value), one.light) for one in lines] == [("2 个", "red"), ("1 处", "yellow")]
    assert "超期没有说明 1，已说明 0" in lines[0].detail
    assert board_lines(people["village"], place(LIUAN)) == []
