"""Rates over what should have been done: late ones stay in, excluded ones leave both sides, volume is context."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, request, signed_in
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import give_verdict, open_matter, take_step
from yizhen.matters.actions.exclusion import ask_exclusion, decide_exclusion
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import RateWeights
from yizhen.matters.periods import Period, period_of
from yizhen.matters.rates import EXAMPLE, composite, implausibly_flat, rate_table
from yizhen.matters.spans import Rate, rates_of


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def lately(days: int = 60) -> Period:
    today = timezone.localdate()
    return Period("2026Q4", today - timedelta(days=days), today)


def answered(people, days: float, **verdict):
    """Return a request of so many days ago, reported done and passed at once, with its requester's verdict."""
    with days_ago(days):
        matter, code = request()
        for actor, verb in (
            ("township_office", Verb.ACCEPT),
            ("township_office", Verb.REPORT_DONE),
            ("county", Verb.PASS),
        ):
            done = "solved" if verb == Verb.REPORT_DONE else ""
            matter = take_step(people[actor], matter, verb, text="已办。", disposition=done)
        return give_verdict(code, text="还是不亮。", **verdict) if verdict else matter


def left_late(days: float, township: str = LIUAN):
    with days_ago(days):
        return request(township)[0]


def of(table, code=LIUAN):
    return next(row for row in table.rows if row.place.code == code)


def pair(rate: Rate) -> tuple[int, int]:
    return rate.count, rate.should


def test_late_and_reopened_matters_stay_in_what_should_have_been_answered(people):
    answered(people, 30, solved=True)
    answered(people, 30, solved=False)
    answered(people, 30)
    left_late(30)
    left_late(0)  # its time is not over

    row = of(rate_table(people["county"], lately()))

    # the reopened one runs again on its old deadline: neither answered nor solved
    assert pair(row.three["response"]) == (2, 4)
    assert pair(row.three["resolution"]) == (1, 3)
    assert pair(row.three["satisfaction"]) == (0, 0)
    assert row.composite is None


def test_deadline_outside_the_period_counts_in_no_rate(people):
    answered(people, 100, solved=True)

    assert pair(of(rate_table(people["county"], lately(30))).three["response"]) == (0, 0)


def test_excluded_matter_leaves_numerator_and_denominator_alike(people):
    good, late = answered(people, 30, solved=True), left_late(30)
    for matter in (good, late):
        before = of(rate_table(people["county"], lately())).three
        asked = ask_exclusion(people["township_office"], matter, "concluded", "去年已答复。")
        assert pair(of(rate_table(people["county"], lately())).three["response"]) == pair(before["response"])
        decide_exclusion(people["county"], asked, "属实。", granted=True)
        after = of(rate_table(people["county"], lately())).three
        assert after["response"].should == before["response"].should - 1

    assert (pair(after["response"]), pair(after["resolution"])) == ((0, 0), (0, 0))


def event(people, days: float, *steps):
    """Return a grid event of so many days ago, led through (role, verb) steps that day."""
    with days_ago(days):
        matter = open_matter(
            people["township_office"], kind="grid_event", title="井盖破损", text="前湾村口。", division=factories.place("990181101201"),
            work_line="livelihood", client_id=f"event:{days}", fields=filled("open"),
        )  # fmt: skip
        for role, verb in steps:
            where = {"to_division": factories.place(LIUAN)} if verb == Verb.DISPATCH else {}
            done = {"disposition": "solved", "fields": filled("result")} if verb == Verb.REPORT_DONE else {}
            matter = take_step(people[role], matter, verb, text="照办。", **where, **done)
    return matter


def filled(stage: str) -> dict[str, str]:
    words = {"text": "查明", "number": "3", "yes_no": "yes", "date": "2026-03-02"}
    return {f.code: f.choices[0] if f.type == "choice" else words[f.type] for f in KINDS["grid_event"].fields_of(stage)}


SENT = (("township_office", Verb.CONFIRM), ("township_office", Verb.FILE), ("township_office", Verb.DISPATCH))
DONE = (*SENT, ("township_head", Verb.ACCEPT), ("township_head", Verb.REPORT_DONE))


def test_grid_rates_are_over_events_whose_disposal_fell_due(people):
    event(people, 30, *DONE, ("county", Verb.PASS))
    event(people, 31, *DONE, ("county", Verb.SEND_BACK))
    event(people, 32, *SENT)

    rates = {name: pair(rate) for name, rate in of(rate_table(people["city_office"], lately())).events.items()}

    assert rates == {
        "disposed": (1, 3), "disposed_in_time": (1, 3), "closed": (1, 3), "closed_in_time": (1, 3),
        "reworked": (1, 3), "dispatched": (3, 3),
    }  # fmt: skip


def test_users_see_their_scope_beside_the_city(people):
    answered(people, 30, solved=True)
    left_late(30, XITANG)
    left_late(30, SHIMEN)

    seen = {role: rate_table(people[role], lately()) for role in ("city_office", "county", "township_office")}

    assert {role: len(table.rows) for role, table in seen.items()} == {
        "city_office": 5,
        "county": 3,
        "township_office": 1,
    }
    assert {pair(table.city.three["response"]) for table in seen.values()} == {(1, 3)}


def test_volume_is_told_per_ten_thousand_and_changes_no_rate(people):
    answered(people, 30, solved=True)
    before = of(rate_table(people["county"], lately()))
    for _n in range(3):
        request()
    after = of(rate_table(people["county"], lately()))

    assert (before.volume, after.volume) == (1, 4)
    assert round(after.per_ten_thousand, 4) == 0.5391  # 4 of 74,200
    assert after.three == before.three


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_leaving_a_matter_late_never_raises_a_rate(in_time):
    (before,), (after,) = rates_of([(sum(in_time), len(in_time))]), rates_of([(sum(in_time), len(in_time) + 1)])

    assert (after.value, after.high) <= (before.value, before.high)


def test_leaving_one_more_late_lowers_the_stored_rates(people):
    answered(people, 30, solved=True)
    before = of(rate_table(people["county"], lately())).three
    left_late(30)
    after = of(rate_table(people["county"], lately())).three

    assert all(after[name].value < before[name].value for name in ("response", "resolution"))


def test_interval_is_wilsons():
    (rate,) = rates_of([(8, 10)])

    # Wilson 1927 for 8 of 10 at 95 %: 0.4902 to 0.9433 (worked out by hand)
    assert (rate.value, round(rate.low, 1), round(rate.high, 1)) == (80, 49.0, 94.3)
    assert rates_of([(0, 0)]) == [Rate(0, 0)]


def test_composite_weighs_the_three_and_needs_all_of_them():
    three = dict(zip(("response", "resolution", "satisfaction"), rates_of([(9, 10), (7, 10), (8, 10)]), strict=True))
    value, low, high = composite(three, EXAMPLE)

    assert round(value, 2) == 79.5  # 0.30 × 90 + 0.35 × 70 + 0.35 × 80
    assert low < value < high
    assert composite(three | {"satisfaction": Rate(0, 0)}, EXAMPLE) is None


@pytest.mark.parametrize(
    ("pairs", "flat"),
    [(((99, 100), (100, 100)), True), (((98, 100), (100, 100)), False), (((49, 49), (49, 49)), False), (((100, 100),), False)],
)  # fmt: skip
def test_flat_rates_are_noticed_from_fifty_matters_on(pairs, flat):
    assert implausibly_flat(dict(enumerate(rates_of(pairs)))) is flat


def test_rework_near_nothing_is_as_flat_as_closing_near_all():
    closed, rework = rates_of([(100, 100), (0, 100)])

    assert implausibly_flat({"closed": closed, "reworked": rework}) is True


@pytest.mark.parametrize("weights", [(30, 35, 36), (0, 0, 0)])
def test_database_keeps_weights_at_a_hundred_with_a_source(people, weights):
    names = dict(zip(("response", "resolution", "satisfaction"), weights, strict=True))
    row = {"city": factories.place("9901"), "set_by": people["city_office"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        RateWeights.objects.create(**row, **names, source="本市办法")
    with pytest.raises(IntegrityError), transaction.atomic():
        RateWeights.objects.create(**row, response=10, resolution=45, satisfaction=45, source="")


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [("2026Q1", "2026-01-01", "2026-03-31"), ("2028-02", "2028-02-01", "2028-02-29"), ("2026Q4", "2026-10-01", "2026-12-31")],
)  # fmt: skip
def test_periods_are_whole_months_and_quarters(code, first, last):
    period = period_of(code)
    assert (str(period.first), str(period.last)) == (first, last)


@pytest.mark.parametrize("code", ["2026Q5", "2026-13", "", "２０２６Q1", "2026Q1x"])
def test_other_codes_name_no_period(code):
    with pytest.raises(ValueError, match="names no"):
        period_of(code)


@pytest.mark.parametrize("towns", [1, 3])
def test_page_asks_as_much_for_three_townships_as_for_one(people, towns, django_assert_num_queries):
    for township in (LIUAN, XITANG, SHIMEN)[:towns]:
        left_late(30, township)
    client = signed_in(people["city_office"])
    client.get("/matters/rates/")

    with django_assert_num_queries(28):
        page = client.get("/matters/rates/")
    assert page.status_code == 200


def test_workbook_has_counts_denominators_and_limits(people):
    answer = signed_in(people["county"]).get("/matters/rates/table.xlsx?period=2026Q3")

    assert answer["Content-Disposition"].endswith('"yizhen-rates-2026Q3.xlsx"')
    assert answer.content[:2] == b"PK"


def test_large_city_is_read_county_by_county_beside_the_whole_city(people, monkeypatch):
    city, county = signed_in(people["city_office"]), signed_in(people["county"])
    whole = city.get("/matters/rates/").context
    assert (whole["counties"], len(whole["table"].rows)) == ([], 5)

    monkeypatch.setattr("yizhen.matters.rates.ON_A_PAGE", 4)
    first = city.get("/matters/rates/").context
    assert ([one.code for one in first["counties"]], [row.place.code for row in first["table"].rows]) == (
        ["990103", "990122", "990181"],
        ["990103001"],
    )
    chosen = city.get("/matters/rates/", {"county": "990181"}).context["table"]
    assert [row.place.code for row in chosen.rows] == [LIUAN, XITANG, GUDU]
    assert chosen.city == whole["table"].city
    assert [row.place.code for row in city.get("/matters/rates/", {"county": "99"}).context["table"].rows] == [
        "990103001"
    ]
    assert county.get("/matters/rates/", {"county": "990122"}).context["counties"] == []
    assert {row.place.code for row in county.get("/matters/rates/", {"county": "990122"}).context["table"].rows} == {
        LIUAN,
        XITANG,
        GUDU,
    }
