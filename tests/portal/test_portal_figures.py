"""Figures for residents: only published ones, small counts hidden, no ranks."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, row, signed_in
from yizhen.indicators.models import Indicator
from yizhen.indicators.published import public_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.account("city_office")


def publish(office, cases, code="S06"):
    rows = [row(code, place, "2026-09", numerator=top, denominator=base) for place, (top, base) in cases.items()]
    factories.import_figures(office, rows)
    Indicator.objects.filter(pk=code).update(public=True)
    return Indicator.objects.get(pk=code)


CASES = {LIUAN: (3, 40), XITANG: (31, 80), GUDU: (24, 70), SHIMEN: (15, 60), JIANGFENG: (77, 177)}


def test_a_small_count_and_what_gives_it_away_are_hidden(office):
    table = public_table(publish(office, CASES))
    shown = {one.division.code: one.count for group in table.groups for one in group.rows}
    assert shown == {LIUAN: "<5", XITANG: 31, GUDU: "※", SHIMEN: 15, JIANGFENG: 77}
    assert {group.division.code: group.total for group in table.groups} == {"990103": 77, "990122": 15, "990181": 58}
    assert table.total == 150
    bases = {one.division.code: one.base for group in table.groups for one in group.rows}
    assert bases == {LIUAN: None, XITANG: 80, GUDU: None, SHIMEN: 60, JIANGFENG: 177}  # a base bounds what is hidden
    page = Client().get("/ask/figures/S06/").content.decode()
    assert "&lt;5" in page
    assert "34.3" not in page  # the rate of the count that is hidden


def test_the_few_that_are_missing_from_nearly_all_are_hidden_too(office):
    table = public_table(publish(office, CASES | {LIUAN: (30, 40), SHIMEN: (58, 60)}))
    shown = {one.division.code: one.count for group in table.groups for one in group.rows}
    assert shown[SHIMEN] == "※"


def test_only_what_is_published_is_found(office):
    publish(office, CASES)
    browser = Client()
    assert browser.get("/ask/figures/S06/").status_code == 200
    assert browser.get("/ask/figures/S01/").status_code == 404
    assert "网格事件" in browser.get("/ask/figures/").content.decode()


def test_stocks_are_never_published_as_counts(office):
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(chance="").update(public=True)


def test_an_indicator_without_figures_says_so(office):
    Indicator.objects.filter(pk="S06").update(public=True)
    assert "还没有数据" in Client().get("/ask/figures/S06/").content.decode()


def test_the_office_opens_and_closes_figures_to_residents(office):
    publish(office, CASES)
    Indicator.objects.filter(pk="S06").update(public=False)
    clerk = signed_in(factories.account("township_office"))
    assert clerk.post("/indicators/S06/publish/", {"public": "1"}).status_code == 403
    assert Client().get("/ask/figures/S06/").status_code == 404
    signed_in(office).post("/indicators/S06/publish/", {"public": "1"})
    assert Client().get("/ask/figures/S06/").status_code == 200
    signed_in(office).post("/indicators/S06/publish/", {"public": "0"})
    assert Client().get("/ask/figures/S06/").status_code == 404
    signed_in(office).post("/indicators/L01/publish/", {"public": "1"})  # beds: no cases are counted
    assert not Indicator.objects.get(pk="L01").public


def test_parts_that_are_no_counts_break_no_page(office):
    publish(office, CASES)
    rows = [
        row("S06", LIUAN, "2026-09", numerator=105, denominator=100),
        row("S06", GUDU, "2026-09", numerator=1.5, denominator=7),
    ]
    factories.import_figures(office, rows)
    browser = signed_in(office)
    for page in (
        "/ask/figures/S06/",
        "/indicators/overview/?domain=safety",
        f"/township/{LIUAN}/",
        f"/indicators/board/{GUDU}/",
    ):
        assert browser.get(page).status_code == 200
