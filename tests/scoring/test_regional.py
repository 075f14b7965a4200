"""Location quotients and structures: by hand, against the definition of the limits, and what must always hold."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from yizhen.scoring.regional import herfindahl, krugman_index, location_quotient, shares, similarity


def test_quotient_is_share_over_share():
    made = location_quotient(30, 120, 200, 4_000)  # a quarter here, a twentieth there
    assert (made.share, made.base_share, made.value) == (0.25, 0.05, 5.0)
    assert (made.low, made.high) == (None, None)  # money is no count


def test_limits_of_counts_are_those_of_the_poisson_law():
    made = location_quotient(12, 400, 500, 25_000, counts=True)
    expected = 400 * 500 / 25_000  # 8 persons
    assert made.value == pytest.approx(1.5)
    # The limits are defined by tails of 2.5 %: so few or fewer, so many or more.
    assert stats.poisson.sf(11, made.low * expected) == pytest.approx(0.025)
    assert stats.poisson.cdf(12, made.high * expected) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("given", "counts", "reason"),
    [
        ((0, 0, 5, 10), False, "no_own"),
        ((0, 10, 0, 100), False, "no_base"),
        ((0, 10, 0, 0), False, "no_base"),
        ((4, 100, 4, 1_000), False, "tiny_base"),  # 0.4 % of the base
        ((5, 100, 5, 1_000), False, ""),  # 0.5 %
        ((3, 400, 12, 1_000), True, "tiny_base"),  # 4.8 persons expected
        ((3, 400, 13, 1_000), True, ""),  # 5.2
    ],
)
def test_quotient_is_withheld_where_it_says_nothing(given, counts, reason):
    made = location_quotient(*given, counts=counts)
    assert made.reason == reason
    assert (made.value is None) == bool(reason)


@pytest.mark.parametrize("given", [(-1, 1, 1, 1), (2, 1, 3, 9), (1, 2, 9, 3), (math.nan, 1, 1, 1), (1, math.inf, 1, 1)])
def test_impossible_amounts_are_refused(given):
    with pytest.raises(ValueError):
        location_quotient(*given)
    with pytest.raises(ValueError):
        shares({"A01": -1.0})


def test_structures_are_compared_by_hand():
    one, other = {"C36": 50, "A01": 30, "F52": 20}, {"C36": 10, "A01": 40, "H61": 50}
    assert shares(one) == {"C36": 0.5, "A01": 0.3, "F52": 0.2}
    assert herfindahl(one) == pytest.approx(0.25 + 0.09 + 0.04)
    assert similarity(one, other) == pytest.approx(0.1 + 0.3)
    assert krugman_index(one, other) == pytest.approx(0.4 + 0.1 + 0.2 + 0.5)
    assert (similarity(one, {}), krugman_index({}, one), herfindahl({"A01": 0})) == (None, None, None)


sectors = st.sampled_from(["A01", "C36", "C38", "F52", "H61"])
structure = st.dictionaries(sectors, st.integers(0, 10_000), min_size=1)


@settings(max_examples=50)
@given(st.lists(structure, min_size=1, max_size=5), sectors)
def test_weighted_mean_of_quotients_is_one(places, sector):
    """Over the places, weighted by their size; and over the sectors, weighted by the base's shares."""
    base_total = sum(sum(place.values()) for place in places)
    base = {code: sum(place.get(code, 0) for place in places) for code in {code for place in places for code in place}}
    assume(base_total and base.get(sector, 0) / base_total >= 0.01)
    made = [location_quotient(place.get(sector, 0), sum(place.values()), base[sector], base_total) for place in places]
    assert sum(one.own_total / base_total * one.value for one in made if one.value is not None) == pytest.approx(1)
    first = places[0]
    assume(sum(first.values()) and all(amount == 0 or amount / base_total >= 0.005 for amount in base.values()))
    across = [location_quotient(first.get(code, 0), sum(first.values()), amount, base_total) for code, amount in base.items() if amount]  # fmt: skip
    assert sum(one.base_share * one.value for one in across) == pytest.approx(1)


@settings(max_examples=50)
@given(structure, structure)
def test_similarity_and_difference_are_two_sides_of_one_thing(one, other):
    assume(sum(one.values()) and sum(other.values()))
    alike, apart = similarity(one, other), krugman_index(one, other)
    assert alike == pytest.approx(similarity(other, one))
    assert alike == pytest.approx(1 - apart / 2)
    assert -1e-9 <= alike <= 1 + 1e-9
    assert similarity(one, one) == pytest.approx(1)
    assert 1 / len(one) - 1e-9 <= herfindahl(one) <= 1 + 1e-9


@settings(max_examples=50)
@given(st.integers(0, 500), st.integers(1, 500))
def test_limits_contain_the_quotient_and_more_means_more(own, more):
    made, larger = (location_quotient(n, 1_000, 2_000, 20_000, counts=True) for n in (own, own + min(more, 500)))
    assert made.low <= made.value <= made.high
    assert made.value < larger.value
