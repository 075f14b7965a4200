"""Thresholds: a figure that crosses one opens a matter, once, until it has come back."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests import factories
from tests.factories import LIUAN, SHIMEN, row, signed_in
from yizhen.indicators.actions import drop_threshold, set_threshold
from yizhen.indicators.models import Crossing, Indicator, Threshold
from yizhen.matters.models import Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


@pytest.fixture
def line(office):
    """Return a line at 90 % of grid events in time, released at 95 %."""
    return set_line(office)


def set_line(actor, code="S06", **changes):
    content = {"side": "below", "level": 90, "release": 95, "days": 15, "text_zh": "请查明原因。"}
    return set_threshold(actor, indicator=Indicator.objects.get(code=code), **(content | changes))


def enter(office, period, value, place=LIUAN):
    factories.import_figures(office, [row("S06", place, period, numerator=value, denominator=100)])


def test_a_value_that_trembles_about_the_line_opens_one_matter(office, line):
    for period, value in (("2026-01", 91), ("2026-02", 89), ("2026-03", 92), ("2026-04", 88), ("2026-05", 94)):
        enter(office, period, value)
    assert list(Crossing.objects.values_list("period", "released_in")) == [("2026-02", "")]
    matter = Matter.objects.get()
    assert (matter.division_id, matter.dispatcher_id, matter.indicator) == (LIUAN, "SOC", "S06")
    assert "89%" in matter.text


def test_after_it_has_come_back_the_next_crossing_counts(office, line):
    for period, value in (("2026-02", 89), ("2026-03", 95), ("2026-04", 88)):
        enter(office, period, value)
    assert list(Crossing.objects.order_by("pk").values_list("period", "released_in")) == [
        ("2026-02", "2026-03"),
        ("2026-04", ""),
    ]
    assert Matter.objects.count() == 2


def test_a_correction_of_the_same_period_opens_no_second_matter(office, line):
    for value in (89, 96, 88):
        enter(office, "2026-02", value)
    assert Crossing.objects.count() == 1
    assert Matter.objects.count() == 1


def test_older_figures_that_come_late_open_nothing(office, line):
    enter(office, "2026-05", 97)
    enter(office, "2026-02", 50)
    assert not Crossing.objects.exists()


def test_a_new_line_looks_at_what_is_there(office):
    enter(office, "2026-02", 50)
    enter(office, "2026-02", 99, SHIMEN)
    set_line(office)
    assert [one.division_id for one in Crossing.objects.all()] == [LIUAN]


def test_the_line_of_the_same_side_is_replaced(office, line):
    other = set_line(office, level=80, release=85)
    assert [one.pk for one in Threshold.objects.filter(is_active=True)] == [other.pk]
    drop_threshold(office, other)
    enter(office, "2026-02", 50)
    assert not Crossing.objects.exists()


def test_a_line_that_is_worded_anew_opens_no_second_matter(office, line):
    enter(office, "2026-02", 50)
    set_line(office, text_zh="请当面说明。")
    assert Matter.objects.count() == 1
    enter(office, "2026-03", 96)
    assert Crossing.objects.get().released_in == "2026-03"


@pytest.mark.parametrize(("side", "release"), [("below", 90), ("below", 80), ("above", 90), ("above", 95)])
def test_the_release_lies_on_the_good_side(office, side, release):
    with pytest.raises(ValidationError):
        set_line(office, side=side, release=release)
    assert not Threshold.objects.exists()


def test_the_database_knows_it_too(line):
    with pytest.raises(IntegrityError), transaction.atomic():
        Threshold.objects.update(release=80)


def test_volumes_of_problems_have_no_line(office):
    indicator = Indicator.objects.get(code="S06")
    Indicator.objects.filter(pk="S06").update(measures="complaint_volume", scored=False, direction="neutral")
    indicator.refresh_from_db()
    with pytest.raises(ValidationError):
        set_line(office)


def test_only_the_office_and_the_source_set_lines(office):
    set_line(factories.account("department", unit=factories.unit("SOC")))
    with pytest.raises(PermissionDenied):
        set_line(factories.account("department", unit=factories.unit("EMG")))


def test_a_line_is_set_and_dropped_in_the_browser(office):
    browser = signed_in(office)
    enter(office, "2026-02", 50)
    content = {"side": "below", "level": "90", "release": "80", "days": "15", "text_zh": "请查明原因。"}
    assert browser.post("/indicators/S06/thresholds/", content).status_code == 400
    assert browser.post("/indicators/S06/thresholds/", content | {"release": "95"}).status_code == 302
    matter = Matter.objects.get()
    assert matter.number in browser.get("/indicators/S06/").content.decode()
    assert matter.number in browser.get("/indicators/S06/thresholds/").content.decode()
    other = signed_in(factories.account("township_office", SHIMEN))
    assert matter.number not in other.get("/indicators/S06/").content.decode()
    assert other.get("/indicators/S06/thresholds/").status_code == 403
    line = Threshold.objects.get()
    assert other.post(f"/indicators/S06/thresholds/{line.pk}/drop/").status_code == 403
    assert browser.post(f"/indicators/S06/thresholds/{line.pk}/drop/").status_code == 302
    assert not Threshold.objects.filter(is_active=True).exists()
