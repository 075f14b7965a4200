"""Places compared: intervals and funnels where few are counted, none where nothing is drawn by chance, and no ranks."""

from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from scipy import stats

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, beds, row, signed_in
from yizhen.indicators.actions import define_indicator
from yizhen.indicators.comparison import compare_places, funnel_lines
from yizhen.indicators.models import Indicator
from yizhen.people.models import Unit
from yizhen.places.models import Division

CASES = {LIUAN: (3, 4), XITANG: (310, 400), GUDU: (240, 300), SHIMEN: (150, 300), JIANGFENG: (77, 100)}


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


@pytest.fixture
def events(office):
    """Return the share of grid events disposed of in time, with one town of four events."""
    factories.import_figures(office, [_row(code, "2026-09", *pair) for code, pair in CASES.items()])
    return Indicator.objects.get(code="S06")


def _row(code, period, count, base):
    return row("S06", code, period, numerator=count, denominator=base)


def by_place(made):
    return {row.figure.division_id: row for row in made.rows}


def test_a_town_of_four_events_is_not_last_by_chance(office, events):
    made = compare_places(office, events)
    rows = by_place(made)
    assert made.average == pytest.approx(100 * 780 / 1104)  # the ratio of the sums
    for code, (count, base) in CASES.items():
        expected = stats.binomtest(count, base).proportion_ci(0.95, method="wilson")
        assert (rows[code].low, rows[code].high) == pytest.approx((100 * expected.low, 100 * expected.high))
    assert rows[LIUAN].finding == "within"
    assert rows[LIUAN].few
    assert not rows[XITANG].few
    assert stats.binom.cdf(150, 300, 780 / 1104) < 0.001  # Shimen
    assert [place.code for place in made.beyond["low"]] == [SHIMEN]
    assert made.alike == sum(each.finding in {"within", "warn"} for each in made.rows)


def test_places_stand_in_the_order_of_categories_and_codes(office, events):
    made = compare_places(office, events)
    order = [(each.figure.division.category_id, each.figure.division_id) for each in made.rows]
    assert order == sorted(order)


def test_shrinking_is_towards_the_peer_group(office, events):
    rows = by_place(compare_places(office, events))
    peers = [LIUAN, XITANG, SHIMEN]  # the industrial towns
    middle = 100 * sum(CASES[code][0] for code in peers) / sum(CASES[code][1] for code in peers)
    for code in peers:
        value = float(rows[code].figure.value)
        assert min(value, middle) - 0.01 <= rows[code].shrunk <= max(value, middle) + 0.01
    assert abs(rows[LIUAN].shrunk - middle) < 0.2 * abs(
        float(rows[LIUAN].figure.value) - middle
    )  # four events say little


def test_places_that_nobody_has_classified_are_compared_too(office, events):
    Division.objects.filter(level="township").update(category=None)
    made = compare_places(office, events)
    assert set(by_place(made)) == set(CASES)
    assert made.watched is not None
    page = signed_in(office).get("/indicators/S06/compare/")
    assert page.status_code == 200
    assert "未分类" in page.content.decode()
    assert signed_in(office).get("/indicators/S06/compare/table.xlsx").status_code == 200


def test_stocks_have_no_chance_in_them(office):
    factories.import_figures(office, beds({LIUAN: 100, XITANG: 90, GUDU: 200}))
    made = compare_places(office, Indicator.objects.get(code="L01"))
    assert made.watched is None
    assert all(each.low is None and each.finding == "" for each in made.rows)
    people = sum(factories.TOWNSHIPS[code][2] for code in (LIUAN, XITANG, GUDU))
    assert made.average == pytest.approx(390 / people * 10_000)
    assert all(0 <= each.at <= 100 for each in made.rows)


def test_what_has_no_usable_parts_is_named_and_left_out(office, events):
    events.observations.filter(division_id=GUDU).update(numerator=None, denominator=None)
    made = compare_places(office, events)
    assert [one.division_id for one in made.skipped] == [GUDU]
    assert GUDU not in by_place(made)
    page = signed_in(office).get("/indicators/S06/compare/").content.decode()
    assert "没有可用的分子、分母，不参加比较：古渡镇" in page


def test_what_does_not_apply_to_a_category_is_not_compared(office, events):
    category = Division.objects.get(code=GUDU).category
    category.not_applicable = ["S06"]
    category.save()
    assert set(by_place(compare_places(office, events))) == {LIUAN, XITANG, SHIMEN}


def test_two_places_or_nothing_counted_say_nothing_of_chance(office, events):
    events.observations.exclude(division_id__in=[LIUAN, XITANG]).delete()
    assert compare_places(office, events).watched is None
    factories.import_figures(office, [_row(code, "2026-10", 0, 9) for code in (LIUAN, XITANG, GUDU)])
    made = compare_places(office, events)
    assert made.period == "2026-10"
    assert made.watched is None
    assert "这一期不谈偶然" in signed_in(office).get("/indicators/S06/compare/").content.decode()


def test_the_latest_period_is_shown_and_others_can_be_chosen(office, events):
    factories.import_figures(office, [_row(code, "2026-08", 9, 10) for code in CASES])
    assert compare_places(office, events).period == "2026-09"
    assert compare_places(office, events, "2026-08").average == pytest.approx(90)
    assert compare_places(office, events, "' OR 1=1").period == "2026-09"
    page = signed_in(office).get("/indicators/S06/compare/?period=2026-08")
    assert '<option value="2026-08" selected>' in page.content.decode()


def test_the_page_reads_as_often_for_five_places_as_for_three(office, events):
    client = signed_in(office)
    client.get("/indicators/S06/compare/")
    with CaptureQueriesContext(connection) as many:
        client.get("/indicators/S06/compare/")
    events.observations.filter(division_id__in=[LIUAN, XITANG]).delete()
    with CaptureQueriesContext(connection) as few:
        client.get("/indicators/S06/compare/")
    assert len(many) == len(few)


def test_a_township_sees_its_city_and_no_other(office, events):
    head = factories.account("township_head", LIUAN)
    assert set(by_place(compare_places(head, events))) == set(CASES)
    assert signed_in(factories.account("system_admin")).get("/indicators/S06/compare/").status_code == 404


def test_the_workbook_says_what_the_page_says(office, events):
    answer = signed_in(office).get("/indicators/S06/compare/table.xlsx?period=2026-09")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[:2] == ("区划代码", "地方")
    rows = {line[0]: line for line in rows}
    assert set(rows) == set(CASES)
    assert rows[SHIMEN][9] == "低于平均，不像偶然"
    assert rows[LIUAN][6] == pytest.approx(by_place(compare_places(office, events))[LIUAN].low)


def test_the_page_has_its_table_in_both_languages(office, events):
    client = signed_in(office)
    page = client.get("/indicators/S06/compare/").content.decode()
    assert "低得不像偶然" in page
    assert "石门镇" in page
    assert "漏斗图，数值见上面的表" in page
    client.cookies["django_language"] = "en"
    page = client.get("/indicators/S06/compare/").content.decode()
    assert "Lower than chance explains" in page
    assert "empirical Bayes" in page


def test_an_empty_indicator_says_who_will_fill_it(office):
    page = signed_in(office).get("/indicators/S06/compare/").content.decode()
    assert "还没有乡镇、街道的数据" in page


def test_lines_of_the_funnel_pass_where_the_findings_change(office, events):
    made = compare_places(office, events)
    lines = funnel_lines(made.watched)
    assert set(lines) == {"warn_low", "warn_high", "act_low", "act_high"}
    for each in made.rows:
        base = float(each.figure.denominator)
        low = next(y for x, y in reversed(lines["act_low"]) if x <= base or x == lines["act_low"][0][0])
        if each.finding == "low":
            assert float(each.figure.value) <= (low or 0) + 1


def test_chance_belongs_to_ratios_only(office):
    fields = {
        "code": "X09", "name_zh": "事故", "name_en": "accidents", "domain": "safety", "unit": "起", "direction": "up",
        "frequency": "monthly", "source": Unit.objects.get(code="GOV"),
    }  # fmt: skip
    with pytest.raises(ValidationError, match="只有比率才有偶然"):
        define_indicator(office, **fields, chance="share", per=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(code="D01").update(chance="events")
    assert define_indicator(office, **fields, chance="events", per=10_000).chance == "events"
    assert Indicator.objects.get(code="S01").chance == "share"
    assert Indicator.objects.get(code="L01").chance == ""
