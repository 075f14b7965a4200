"""The map changes: codes are never used again, figures follow their place, and nothing is guessed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, beds, place, row, signed_in
from yizhen.indicators.comparison import compare_places
from yizhen.indicators.models import Indicator
from yizhen.indicators.queries import gap_rows
from yizhen.places.models import PlaceChange
from yizhen.places.queries import lineage
from yizhen.places.redrawing import NewPlace, redraw_places

pytestmark = pytest.mark.django_db
NEW = "990181104"
ON = date(2026, 1, 1)


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


def merge(actor, code=NEW, **changes):
    content = {
        "before": [place(LIUAN), place(XITANG)],
        "after": [NewPlace(code, "新柳镇")],
        "on": ON,
        "basis": "清政〔2025〕9号",
    }
    return redraw_places(actor, "merger", **(content | changes))


def values(office, code, indicator="L01"):
    (found,) = gap_rows(office, place(code), [indicator])
    return {one.period: (one.numerator, one.denominator, one.value) for one in found.trend}


def test_a_merged_place_is_the_sum_of_what_it_was_made_of(office):
    factories.import_figures(office, beds({LIUAN: 150, XITANG: 90, GUDU: 70}, "2025"))
    merge(office)
    factories.import_figures(office, [row("L01", NEW, "2026", numerator=250, denominator=137_000)])
    found = values(office, NEW)
    assert found["2025"][:2] == (240, 74_200 + 61_800)
    assert found["2025"][2] == (Decimal(240) / 136_000 * 10_000).quantize(Decimal("0.0001"))
    assert found["2026"][0] == 250


def test_the_comparison_of_an_old_period_uses_todays_boundaries(office):
    factories.import_figures(office, beds({LIUAN: 150, XITANG: 90, GUDU: 70, SHIMEN: 44}, "2025"))
    before = compare_places(office, Indicator.objects.get(code="L01"), "2025")
    merge(office)
    after = compare_places(office, Indicator.objects.get(code="L01"), "2025")
    codes = {one.figure.division_id for one in after.rows}
    assert codes == {NEW, GUDU, SHIMEN}
    assert after.average == pytest.approx(before.average)


def test_a_place_that_goes_on_under_its_code_was_smaller_before(office):
    factories.import_figures(office, beds({LIUAN: 150, XITANG: 90}, "2025"))
    merge(office, LIUAN)
    assert place(LIUAN).retired_on is None
    assert (place(LIUAN).name_zh, place(XITANG).retired_on) == ("新柳镇", ON)
    assert values(office, LIUAN)["2025"][0] == 240


def test_figures_without_parts_are_not_added_up(office):
    factories.import_figures(office, [row("D02", LIUAN, "2025-06", value=4), row("D02", XITANG, "2025-06", value=3)])
    merge(office)
    assert gap_rows(office, place(NEW), ["D02"]) == []


def test_one_part_missing_is_no_sum(office):
    factories.import_figures(office, beds({LIUAN: 150}, "2025"))
    merge(office)
    assert gap_rows(office, place(NEW), ["L01"]) == []


def test_a_new_code_keeps_the_series_whatever_it_is_made_of(office):
    factories.import_figures(office, [*beds({GUDU: 70}, "2025"), row("L08", GUDU, "2025-06", value=4)])
    redraw_places(
        office, "recode", before=[place(GUDU)], after=[NewPlace("990181105", "古渡镇")], on=ON, basis="清政〔2025〕9号"
    )
    assert values(office, "990181105")["2025"][0] == 70
    assert values(office, "990181105", "L08")["2025-06"][2] == 4
    assert place("990181105").category_id == "grain_agriculture"


def test_two_changes_in_a_row_are_followed_to_the_end(office):
    factories.import_figures(office, beds({LIUAN: 150, XITANG: 90, GUDU: 70}, "2024"))
    merge(office, on=date(2025, 1, 1))
    redraw_places(
        office,
        "merger",
        before=[place(NEW), place(GUDU)],
        after=[NewPlace("990181106", "大柳镇")],
        on=ON,
        basis="清政〔2025〕10号",
    )
    assert values(office, "990181106")["2024"][0] == 310


def test_a_place_that_absorbs_others_twice_was_all_of_them(office):
    factories.import_figures(office, beds({LIUAN: 150, XITANG: 90, GUDU: 70}, "2024"))
    merge(office, LIUAN, on=date(2025, 1, 1))
    factories.import_figures(office, beds({LIUAN: 260, GUDU: 71}, "2025"))
    redraw_places(
        office,
        "merger",
        before=[place(LIUAN), place(GUDU)],
        after=[NewPlace(LIUAN, "大柳镇")],
        on=ON,
        basis="清政〔2025〕10号",
    )
    found = values(office, LIUAN)
    assert {period: int(top) for period, (top, _base, _value) in found.items()} == {"2024": 310, "2025": 331}


def test_a_change_is_recorded_when_its_day_has_come_and_inside_the_own_city(office):
    with pytest.raises(ValidationError) as refused:
        merge(office, on=timezone.localdate() + timedelta(days=1))
    assert set(refused.value.message_dict) == {"on"}
    with pytest.raises(PermissionDenied):
        merge(office, "110101001")


def test_what_a_split_place_was_stays_with_it(office):
    factories.import_figures(office, beds({LIUAN: 150}, "2025"))
    redraw_places(
        office,
        "split",
        before=[place(LIUAN)],
        after=[NewPlace(NEW, "东柳镇"), NewPlace("990181107", "西柳镇")],
        on=ON,
        basis="清政〔2025〕9号",
    )
    assert lineage([NEW]) == {}
    assert gap_rows(office, place(NEW), ["L01"]) == []
    assert values(office, LIUAN)["2025"][0] == 150


@pytest.mark.parametrize(
    ("kind", "changes", "wrong"),
    [
        ("merger", {"before": [LIUAN]}, "before"),
        ("merger", {"before": [LIUAN, "990181"]}, "before"),
        ("merger", {"after": [NewPlace(GUDU, "新柳镇")]}, "after"),
        ("merger", {"basis": " "}, "basis"),
        ("split", {"before": [LIUAN]}, "after"),
        ("rename", {"before": [LIUAN], "after": [NewPlace(NEW, "新柳镇")]}, "after"),
        ("recode", {"before": [LIUAN], "after": [NewPlace(LIUAN, "新柳镇")]}, "after"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_its_input(office, kind, changes, wrong):
    content = {
        "before": [LIUAN, XITANG],
        "after": [NewPlace(NEW, "新柳镇")],
        "on": ON,
        "basis": "清政〔2025〕9号",
    } | changes
    content["before"] = [place(code) for code in content["before"]]
    with pytest.raises(ValidationError) as refused:
        redraw_places(office, kind, **content)
    assert set(refused.value.message_dict) == {wrong}
    assert not PlaceChange.objects.exists()


def test_a_code_that_has_ended_is_never_used_again(office):
    merge(office)
    with pytest.raises(ValidationError):
        redraw_places(
            office, "recode", before=[place(GUDU)], after=[NewPlace(LIUAN, "古渡镇")], on=ON, basis="清政〔2025〕9号"
        )


def test_only_the_office_redraws(office):
    with pytest.raises(PermissionDenied):
        merge(factories.account("county"))


def test_a_change_is_recorded_in_the_browser(office):
    content = {
        "kind": "merger",
        "before": f"{LIUAN}，{XITANG}",
        "after": f"{NEW} 新柳镇",
        "on": "2026-01-01",
        "basis": "清政〔2025〕9号",
    }
    browser = signed_in(office)
    wrong = browser.post("/places/changes/", content | {"after": "新柳镇"})
    assert wrong.status_code == 400
    assert "第 1 行" in wrong.content.decode()
    assert browser.post("/places/changes/", content).status_code == 302
    page = signed_in(factories.account("village")).get("/places/changes/")
    assert "新柳镇" in page.content.decode()
    assert signed_in(factories.account("county")).post("/places/changes/", content).status_code == 403
