"""Gap rows: own value, peers, city, and how many would close the gap, as the demo's figures say."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, beds, row, signed_in
from yizhen.indicators.models import Observation
from yizhen.indicators.queries import gap_rows, indicators_visible_to, observations_visible_to
from yizhen.people.models import ROLES
from yizhen.places.models import Division

SERVICES = {"L01": "beds", "L02": "schools", "L03": "teachers", "L04": "culture_m2"}
STORY = factories.demo_story()["per_10k_services"]
CASES = [
    (service, code, each)
    for each in STORY["rows"]
    for service, code in ((name, code) for code, name in SERVICES.items())
]


@pytest.fixture
def city(db):
    city = factories.fictional_city()
    factories.catalogue()
    return city


@pytest.fixture
def office(city):
    return factories.account("city_office")


def read(user, code=LIUAN, indicators=("L01",)):
    return gap_rows(user, factories.place(code), list(indicators))


# --- the demo's own table ------------------------------------------------------------------------------------------


def import_services(office) -> None:
    totals = STORY["city_totals"]
    rows = []
    for code, service in SERVICES.items():
        rows.append(
            row(code, "9901", "2025", numerator=totals[service], denominator=round(totals["population_wan"] * 10_000))
        )
        for each in STORY["rows"]:
            population = round(each["population_wan"] * 10_000)
            rows.append(
                row(code, each["township_code"], "2025", numerator=each[service]["count"], denominator=population)
            )
    factories.import_figures(office, rows)


def test_gap_rows_of_all_twelve_townships_are_the_published_ones(db):
    factories.demo_city()
    factories.catalogue()
    office = factories.account("city_office")
    import_services(office)

    found, expected = {}, {}
    for each in STORY["rows"]:
        for gap_row in gap_rows(office, factories.place(each["township_code"]), list(SERVICES)):
            published = each[SERVICES[gap_row.indicator.code]]
            key = (each["township_code"], gap_row.indicator.code)
            places = 1 if gap_row.indicator.code == "L04" else 2  # floor area is published with one decimal
            figures = (gap_row.own.value, gap_row.city.value, gap_row.gap)
            found[key] = ([float(round(figure, places)) for figure in figures], gap_row.needed or 0)
            expected[key] = (
                [published[name] for name in ("per_10k", "city_average", "gap")],
                published["needed_to_reach_average"] or 0,
            )
    # 3,700 m² × 4.11 − 7,400 is 7,807 exactly; the file's 7,808 is a binary fraction rounded up.
    assert expected["990122104", "L04"][1] == 7808
    expected["990122104", "L04"] = (expected["990122104", "L04"][0], 7807)

    assert len(found) == 48
    assert found == expected


# --- peers and city ------------------------------------------------------------------------------------------------


def test_peer_median_leaves_the_place_itself_and_other_categories_out(office):
    factories.import_figures(office, beds({LIUAN: 742, XITANG: 618, SHIMEN: 62, GUDU: 5000, JIANGFENG: 5000}))

    [found] = read(office)

    assert found.peers == [Decimal("20.0000"), Decimal("100.0000")]
    assert found.peer_median == Decimal("60.0000")


def test_city_average_is_the_citys_own_figure_of_the_same_period(office):
    city = [
        row("L01", "9901", period, numerator=n, denominator=1_000_000) for period, n in (("2024", 6000), ("2025", 7000))
    ]
    factories.import_figures(office, [*beds({LIUAN: 371}, "2024"), *city])

    [found] = read(office)

    assert (found.own.period, found.city.value, found.gap) == ("2024", Decimal(60), Decimal(-10))
    assert found.needed == 75  # ceil(60 per 10,000 × 74,200 − 371) = ceil(445.2 − 371)


def test_gap_is_the_difference_of_the_figures_as_shown(office):
    rows = [
        row("D06", LIUAN, "2025", value="86.1254"),
        row("D06", "9901", "2025", value="88.0006"),
        row("D07", LIUAN, "2025", value="1.234"),
    ]
    factories.import_figures(office, [*rows, row("D07", "9901", "2025", value="1.231")])

    found = read(office, indicators=["D06", "D07"])

    assert [(each.gap, each.behind, each.ahead) for each in found] == [
        (Decimal("-1.87"), True, False),
        (Decimal(0), False, False),
    ]


def test_row_without_peers_and_city_has_neither_gap_nor_median(office):
    factories.import_figures(office, beds({LIUAN: 371}))

    [found] = read(office)

    assert (found.peer_median, found.gap, found.needed, found.behind, found.ahead) == (None, None, None, False, False)
    assert found.axis == {"own": 50.0, "low": None, "high": None, "median": None, "city": None}


@pytest.mark.parametrize(
    ("indicator", "own", "average", "behind", "ahead"),
    [
        ("S07", 80, 90, True, False),
        ("S07", 95, 90, False, True),
        ("S07", 90, 90, False, False),
        ("P03", 3, 2, True, False),
        ("P03", 1, 2, False, True),
        ("L07", 1, 2, False, False),
        ("L07", 3, 2, False, False),
        ("S02", 1, 0, False, False),
    ],
)
def test_side_of_the_average_follows_the_direction(office, indicator, own, average, behind, ahead):
    period = "2025Q4" if indicator == "P03" else "2025-12"
    factories.import_figures(
        office, [row(indicator, LIUAN, period, value=own), row(indicator, "9901", period, value=average)]
    )

    [found] = read(office, indicators=[indicator])

    assert (found.behind, found.ahead) == (behind, ahead)


@pytest.mark.parametrize(("count", "needed"), [(445, 1), (446, None), (500, None), (0, 446)])
def test_needed_is_rounded_up_and_absent_at_or_above_the_average(office, count, needed):
    factories.import_figures(
        office, [*beds({LIUAN: count}), row("L01", "9901", "2025", numerator=6000, denominator=1_000_000)]
    )

    assert read(office)[0].needed == needed


def test_needed_is_absent_for_figures_not_per_resident(office):
    factories.import_figures(
        office, [row("S07", code, "2025-12", numerator=n, denominator=100) for code, n in ((LIUAN, 5), ("9901", 90))]
    )

    assert read(office, indicators=["S07"])[0].needed is None


def test_axis_places_own_peers_and_city_between_zero_and_hundred(office):
    city = row("L01", "9901", "2025", numerator=6000, denominator=1_000_000)
    factories.import_figures(office, [*beds({LIUAN: 742, XITANG: 1236, SHIMEN: 62}), city])

    assert read(office)[0].axis == pytest.approx(
        {"own": 80 / 180 * 100, "low": 0.0, "high": 100.0, "median": 90 / 180 * 100, "city": 40 / 180 * 100}
    )


def test_change_is_since_the_period_before(office):
    factories.import_figures(office, [*beds({LIUAN: 371}, "2023"), *beds({LIUAN: 742}, "2025")])

    assert (read(office)[0].change, len(read(office)[0].trend)) == (Decimal(50), 2)


def test_indicators_that_do_not_apply_to_a_category_are_left_out(office):
    rows = [row(code, LIUAN, period, value=1) for code, period in (("D08", "2025H2"), ("D04", "2025-12"))]
    factories.import_figures(office, rows)

    assert [found.indicator.code for found in gap_rows(office, factories.place(LIUAN))] == ["D04"]


def test_rows_are_in_the_order_of_the_domains(office):
    rows = [row(code, LIUAN, "2025-12", value=1) for code in ("S07", "P01", "L08", "D04", "D01")]
    factories.import_figures(office, rows)

    assert [found.indicator.code for found in gap_rows(office, factories.place(LIUAN))] == [
        "D01",
        "D04",
        "L08",
        "S07",
        "P01",
    ]


def test_denominator_is_that_of_the_period_not_of_today(office):
    factories.import_figures(office, beds({LIUAN: 742}))

    factories.describe(LIUAN, "industry_strong", 10_000)

    assert read(office)[0].own.value == Decimal(100)


# --- queries -------------------------------------------------------------------------------------------------------


def queries_of(action) -> int:
    with CaptureQueriesContext(connection) as caught:
        action()
    return len(caught)


def test_gap_rows_take_the_same_queries_for_one_and_for_many(office):
    place = Division.objects.select_related("category").get(code=LIUAN)
    factories.import_figures(office, beds({LIUAN: 742}))
    one = queries_of(lambda: [(r.axis, r.needed, str(r.own.source)) for r in gap_rows(office, place)])
    services = ("L01", "L02", "L03", "L04")
    places = {**factories.TOWNSHIPS, "9901": ("", "", 1_000_000)}
    factories.import_figures(
        office,
        [
            row(s, code, year, numerator=100, denominator=places[code][2])
            for s in services
            for code in places
            for year in ("2023", "2024")
        ],
    )

    many = queries_of(lambda: [(r.axis, r.needed, str(r.own.source)) for r in gap_rows(office, place)])

    assert len(gap_rows(office, place)) == 4
    assert (one, many) == (9, 9)


@pytest.mark.parametrize(
    "page", ["/indicators/L01/", "/indicators/", f"/indicators/L01/{LIUAN}/", f"/township/{LIUAN}/"]
)
def test_page_takes_the_same_queries_for_one_and_three_figures(office, page):
    client = signed_in(office)
    factories.import_figures(office, beds({LIUAN: 742}))
    client.get(page)
    one = queries_of(lambda: client.get(page))
    factories.import_figures(office, [*beds({XITANG: 618, SHIMEN: 62}), *beds({LIUAN: 700}, "2024")])

    assert (
        queries_of(lambda: client.get(page)) == one <= (60 if page.startswith("/township/") else 20)
    )  # boards of each room


# --- who sees what -------------------------------------------------------------------------------------------------


VILLAGES = {"990181101201": "own", "990181102201": "next", "990122101201": "far"}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("city_office", {"own", "next", "far"}),
        ("department", {"own", "next", "far"}),
        ("county", {"own", "next"}),
        ("township_head", {"own"}),
        ("township_office", {"own"}),
        ("village", {"own"}),
        ("grid_worker", set()),
        ("scrutineer", {"own", "next", "far"}),
        ("system_admin", None),
        ("security_admin", None),
        ("audit_admin", None),
    ],
)
def test_figures_of_villages_are_seen_inside_the_scope_only(office, role, seen):
    rows = [row("P03", code, "2025Q4", value=5) for code in VILLAGES]
    factories.import_figures(office, [*rows, row("P03", SHIMEN, "2025Q4", value=7)])
    user = factories.account(role)

    codes = set(observations_visible_to(user).values_list("division_id", flat=True))
    page = signed_in(user).get("/indicators/P03/")

    if seen is None:
        assert (codes, page.status_code, indicators_visible_to(user).count()) == (set(), 404, 0)
    else:
        assert codes == {SHIMEN} | {code for code, where in VILLAGES.items() if where in seen}
        assert {figure.division_id for figure in page.context["figures"]} == codes


def test_figure_page_of_a_village_is_hidden_outside_its_scope(office):
    factories.import_figures(office, [row("P03", code, "2025Q4", value=5) for code in VILLAGES])
    client = signed_in(factories.account("township_office"))

    assert {code: client.get(f"/indicators/P03/{code}/").status_code for code in VILLAGES} == {
        code: 200 if where == "own" else 404 for code, where in VILLAGES.items()
    }


def test_figure_page_without_a_figure_says_so(office):
    response = signed_in(office).get(f"/indicators/L01/{LIUAN}/")

    assert (response.status_code, [t.name for t in response.templates][0]) == (404, "indicators/no_figure.html")


def test_figure_page_shows_parts_source_and_date(office):
    factories.import_figures(
        office, [*beds({LIUAN: 142}), row("L01", "9901", "2025", numerator=21382, denominator=3_126_000)]
    )

    response = signed_in(office).get(f"/indicators/L01/{LIUAN}/")

    page = response.content.decode()
    assert response.status_code == 200
    assert [text for text in ("19.14", "142", "74,200", "卫生健康委", "366") if text not in page] == []


def test_indicator_page_shows_the_latest_figure_of_each_place_unranked(office):
    factories.import_figures(office, [*beds({LIUAN: 371}, "2023"), *beds({LIUAN: 742, XITANG: 62, GUDU: 5000})])

    figures = signed_in(office).get("/indicators/L01/").context["figures"]

    assert [(f.division_id, f.period) for f in figures] == [(GUDU, "2025"), (LIUAN, "2025"), (XITANG, "2025")]


def test_administrators_see_no_figure_of_a_township(office):
    factories.import_figures(office, beds({LIUAN: 742}))
    assert Observation.objects.count() == 1

    answers = {role: signed_in(factories.account(role)).get(f"/indicators/L01/{LIUAN}/").status_code for role in ROLES}

    assert answers == {role: 404 if role.endswith("_admin") else 200 for role in ROLES}


def test_growth_is_on_the_same_period_of_the_year_before(office):
    factories.import_figures(
        office,
        [
            row("L08", LIUAN, period, value=value)
            for period, value in (("2025-03", 200), ("2026-02", 90), ("2026-03", 250))
        ]
        + [
            row("S06", LIUAN, period, numerator=top, denominator=100)
            for period, top in (("2025-03", 80), ("2026-03", 84))
        ],
    )
    jobs, events = read(office, indicators=("L08", "S06"))
    assert (jobs.on_the_year, jobs.growth, jobs.change) == (50, 25, 160)
    assert (events.on_the_year, events.growth) == (4, None)  # points, not a percentage of a percentage
    page = signed_in(office).get(f"/indicators/L08/{LIUAN}/").content.decode()
    assert "增长 25.0%" in page


def test_the_series_of_a_figure_goes_out_as_a_workbook(office):
    factories.import_figures(
        office, [row("L08", LIUAN, "2026-02", value=90, note="=1+1"), row("L08", LIUAN, "2026-03", value=250)]
    )
    browser = signed_in(office)
    book = openpyxl.load_workbook(BytesIO(browser.get(f"/indicators/L08/{LIUAN}/table.xlsx").content))
    assert [[cell.value for cell in line][:2] for line in book.active.iter_rows(min_row=2)] == [
        ["2026-02", 90],
        ["2026-03", 250],
    ]
    assert book.active["G2"].data_type == "s"  # what begins with = stays text
    assert browser.get(f"/indicators/L08/{GUDU}/table.xlsx").status_code == 404


def test_without_last_years_figure_there_is_no_growth(office):
    factories.import_figures(office, [row("L08", LIUAN, "2026-03", value=250)])
    (jobs,) = read(office, indicators=("L08",))
    assert (jobs.on_the_year, jobs.growth) == (None, None)
