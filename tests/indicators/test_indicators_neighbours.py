"""The nearest townships by declared context: explained, the same rule for all, and never by what is appraised."""

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import CITY, GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, beds, place, signed_in
from yizhen.indicators.actions import declare_neighbours
from yizhen.indicators.neighbours import neighbourhood
from yizhen.indicators.queries import gap_rows
from yizhen.places.models import Division
from yizhen.scoring.small_area import nearest


def test_the_nearest_come_first_and_say_why():
    table = [[0, 0], [1, 0], [0, 3], [5, 5], [np.nan, 0]]
    near = nearest(table, 0, 3)
    assert [one.place for one in near] == [1, 2, 3]
    assert near[0].shares == (1, 0)
    assert near[1].shares == (0, 1)
    assert sum(near[2].shares) == pytest.approx(1)


def test_a_variable_that_does_not_vary_says_nothing():
    near = nearest([[1, 7], [2, 7], [4, 7]], 0, 1)
    assert near[0].place == 1
    assert near[0].shares == (1, 0)


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=4, max_size=12),
    st.floats(0.01, 100),
    st.floats(-1000, 1000),
)
def test_units_do_not_decide_who_is_near(rows, scale, shift):
    table = np.array(rows, dtype=float)
    changed = table.copy()
    changed[:, 1] = changed[:, 1] * scale + shift
    one, other = nearest(table, 0, 3), nearest(changed, 0, 3)
    assert [n.distance for n in one] == pytest.approx([n.distance for n in other], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("table", "own", "k"), [([[]], 0, 1), ([[1], [2]], 0, 0), ([[np.nan], [2]], 0, 1)])
def test_what_cannot_be_asked_is_refused(table, own, k):
    with pytest.raises(ValueError, match=r"."):
        nearest(table, own, k)


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    for code, area, villages in (
        (LIUAN, 90, 20),
        (XITANG, 85, 19),
        (GUDU, 120, 30),
        (SHIMEN, 160, 24),
        (JIANGFENG, 12, 2),
    ):
        Division.objects.filter(pk=code).update(profile={"area_km2": area, "villages": villages})
    return factories.account("city_office")


def test_a_township_finds_its_nearest_across_categories(office):
    made = neighbourhood(office, place(LIUAN))
    assert [one.division.code for one in made.near][:2] == [XITANG, GUDU]
    assert len(made.near) == 4
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 120, GUDU: 90}))
    (found,) = gap_rows(office, place(LIUAN), ["L01"], peers=[XITANG, GUDU])
    assert len(found.peers) == 2


def test_a_place_without_its_facts_says_what_is_lacking(office):
    Division.objects.filter(pk=LIUAN).update(profile={})
    made = neighbourhood(office, place(LIUAN))
    assert made.near == []
    assert len(made.lacking) == 2


def test_appraised_indicators_are_no_context(office):
    with pytest.raises(ValidationError):
        declare_neighbours(office, place(CITY), ["L01"], 4)
    with pytest.raises(ValidationError):
        declare_neighbours(office, place(CITY), ["population"], 2)
    with pytest.raises(PermissionDenied):
        declare_neighbours(factories.account("county"), place(CITY), ["population"], 4)
    assert declare_neighbours(office, place(CITY), ["population"], 3).number == 3
    assert [one.division.code for one in neighbourhood(office, place(LIUAN)).near] == [JIANGFENG, XITANG, GUDU]


def test_the_page_shows_and_declares(office):
    browser = signed_in(office)
    factories.import_figures(office, beds({LIUAN: 142, XITANG: 120, GUDU: 90}))
    assert "19.14" in browser.get(f"/indicators/neighbours/{LIUAN}/").content.decode()
    assert "西塘桥镇" in browser.get(f"/indicators/neighbours/{LIUAN}/").content.decode()
    assert browser.post(f"/indicators/neighbours/{LIUAN}/", {"variables": "L01", "number": "4"}).status_code == 400
    assert browser.post(f"/indicators/neighbours/{LIUAN}/", {"variables": "villages", "number": "3"}).status_code == 302
    clerk = signed_in(factories.account("township_office"))
    assert clerk.get(f"/indicators/neighbours/{SHIMEN}/").status_code == 200
    assert clerk.post(f"/indicators/neighbours/{SHIMEN}/", {"variables": "villages", "number": "3"}).status_code == 403
    assert clerk.get("/indicators/neighbours/990181101201/").status_code == 404
