"""Many places at a glance: marked only where a difference is more than chance, unranked; and what stands behind a figure."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import CITY, GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, beds, place, row, signed_in, task
from yizhen.indicators.models import Indicator
from yizhen.indicators.overview import heat_table
from yizhen.indicators.queries import gap_rows
from yizhen.matters.models import Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


def marks(table, code):
    at = [column.indicator.code for column in table.columns].index(code)
    return {town.code: cells[at].mark for _county, rows in table.groups for town, cells in rows}


def enter(office, cases, code="S06", period="2026-09"):
    factories.import_figures(
        office, [row(code, town, period, numerator=top, denominator=base) for town, (top, base) in cases.items()]
    )


def test_a_town_of_few_is_not_marked_by_chance(office):
    enter(office, {LIUAN: (3, 4), XITANG: (310, 400), GUDU: (240, 300), SHIMEN: (150, 300)})
    found = marks(heat_table(office, "safety", CITY), "S06")
    assert found == {LIUAN: "near", XITANG: "ahead", GUDU: "ahead", SHIMEN: "behind", JIANGFENG: ""}


def test_where_nothing_is_drawn_by_chance_five_percent_is_no_difference(office):
    # 20, 21, 20.5 and 10 per 10,000 of as many residents: the average is 17.9
    factories.import_figures(
        office,
        [
            row("L01", town, "2025", numerator=beds_there, denominator=50_000)
            for town, beds_there in ((LIUAN, 90), (XITANG, 105), (GUDU, 93), (SHIMEN, 50))
        ],
    )
    table = heat_table(office, "livelihood", CITY)
    assert table.columns[0].average == pytest.approx(338 / 200_000 * 10_000)
    assert marks(table, "L01") == {LIUAN: "ahead", XITANG: "ahead", GUDU: "ahead", SHIMEN: "behind", JIANGFENG: ""}
    enter(office, {LIUAN: (84, 50_000), XITANG: (85, 50_000), GUDU: (86, 50_000), SHIMEN: (83, 50_000)}, "L01", "2026")
    assert set(marks(heat_table(office, "livelihood", CITY), "L01").values()) == {"near", ""}


def test_what_does_not_apply_is_left_out_of_the_average(office):
    category = place(SHIMEN).category
    category.not_applicable = ["S06"]
    category.save()  # the three towns of this category drop out, two are too few for an average
    enter(office, {LIUAN: (3, 4), XITANG: (310, 400), GUDU: (240, 300), SHIMEN: (150, 300), JIANGFENG: (50, 60)})
    table = heat_table(office, "safety", CITY)
    assert table.columns[0].average is None
    cells = {town.code: own[0] for _county, rows in table.groups for town, own in rows}
    assert not cells[LIUAN].applies
    assert cells[GUDU].applies


def test_the_overview_takes_the_same_queries_for_few_and_for_many(office):
    counts = []
    enter(office, {LIUAN: (3, 4)})
    for _more in range(2):
        with CaptureQueriesContext(connection) as context:
            heat_table(office, "safety", CITY)
        counts.append(len(context))
        for code in ("S01", "S07", "S03"):
            enter(office, {LIUAN: (3, 4), XITANG: (310, 400), GUDU: (240, 300)}, code)
    assert counts[0] == counts[1]


def test_the_page_and_its_workbook_show_the_same(office):
    enter(office, {LIUAN: (3, 4), XITANG: (310, 400), GUDU: (240, 300), SHIMEN: (150, 300)})
    browser = signed_in(factories.account("village"))
    page = browser.get("/indicators/overview/", {"domain": "safety", "tile": "S06"}).content.decode()
    assert "77.5" in page
    assert "▽" in page
    book = openpyxl.load_workbook(BytesIO(browser.get("/indicators/overview/table.xlsx", {"domain": "safety"}).content))
    assert [cell.value for cell in book.active[2]][1:] == ["全市各乡镇合计", pytest.approx(100 * 703 / 1004)]
    own = browser.get("/indicators/overview/", {"place": "990122", "domain": "safety"}).content.decode()
    assert "柳岸镇" not in own


def test_the_board_shows_the_speechs_indicators_first(office):
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 120}))
    enter(office, {LIUAN: (3, 4), XITANG: (310, 400)})
    page = signed_in(office).get(f"/indicators/board/{LIUAN}/").content.decode()
    assert page.index("床位") < page.index("网格事件")
    assert signed_in(office).get(f"/indicators/board/{LIUAN}/", {"page": "99"}).status_code == 200


def test_a_gap_that_may_be_chance_says_so(office):
    enter(office, {LIUAN: (3, 4), XITANG: (310, 400), CITY: (780, 1000)})
    small, large = (gap_rows(office, place(code), ["S06"])[0] for code in (LIUAN, XITANG))
    assert small.behind
    assert small.may_be_chance
    assert small.interval == pytest.approx((30.06, 95.44), abs=0.01)  # Wilson, 3 of 4
    assert large.may_be_chance
    assert gap_rows(office, place(LIUAN), ["S06"])[0].needed is None
    page = signed_in(office).get(f"/township/{LIUAN}/").content.decode()
    assert "可能只是偶然" in page


def test_the_matters_behind_a_gap_are_shown_to_whoever_may_see_them(office):
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 120}))
    made = task(factories.account("department"), LIUAN, title="补床位")
    Matter.objects.filter(pk=made.pk).update(indicator="L01")
    own = signed_in(factories.account("township_office")).get(f"/township/{LIUAN}/").content.decode()
    other = signed_in(factories.account("township_office", GUDU)).get(f"/township/{LIUAN}/").content.decode()
    assert "背后的事项" in own
    assert "背后的事项" not in other
    assert Indicator.objects.get(code="L01").name_zh in other
