"""Whether an indicator moved where a practice was adopted."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.exchange.moved import judge
from yizhen.indicators.periods import bounds

SINCE = date(2024, 6, 1)


def series(**values: float) -> dict[str, Decimal]:
    return {period.removeprefix("p"): Decimal(str(value)) for period, value in values.items()}


@pytest.mark.parametrize(
    ("own", "direction", "verdict"),
    [
        (series(p2023=10, p2025=14), "up", "better"),
        (series(p2023=10, p2025=14), "down", "worse"),
        (series(p2023=10, p2025=10), "up", "same"),
        (series(p2023=10, p2024=12), "up", "too_early"),  # the year of the adoption is neither before nor after
        (series(p2025=12), "up", "no_before"),
        (series(), "up", "too_early"),
        (series(p2023=10, p2025=14), "neutral", "shown"),
    ],
)
def test_verdicts(own, direction, verdict):
    assert judge(own, {}, SINCE, direction).verdict == verdict


def test_change_stands_beside_that_of_the_city_in_the_same_two_periods():
    found = judge(series(p2023=10, p2025=14, p2026=15), series(p2023=20, p2025=21, p2026=26), SINCE, "up")
    assert (found.before, found.after, found.change, found.city_change) == ("2023", "2026", 5, 6)
    assert judge(series(p2023=10, p2025=14), series(p2025=21), SINCE, "up").city_change is None


def test_seasons_are_compared_with_their_own():
    own = {"2023Q3": Decimal(30), "2024Q1": Decimal(10), "2024Q3": Decimal(33), "2025Q1": Decimal(9)}
    assert (judge(own, {}, SINCE, "up").before, judge(own, {}, SINCE, "up").verdict) == ("2024Q1", "worse")
    del own["2025Q1"]
    assert (judge(own, {}, SINCE, "up").before, judge(own, {}, SINCE, "up").change) == ("2023Q3", 3)


def test_overlapping_intervals_say_nothing():
    own = series(p2023=10, p2025=14)
    assert judge(own, {}, SINCE, "up", {"2023": (5, 13), "2025": (12, 19)}).verdict == "chance"
    assert judge(own, {}, SINCE, "up", {"2023": (8, 11), "2025": (12, 19)}).verdict == "better"


years = st.dictionaries(st.integers(2015, 2030).map(str), st.decimals(-100, 100, places=2), max_size=8)


@settings(max_examples=50)
@given(years, st.dates(date(2014, 1, 1), date(2031, 12, 31)))
def test_before_ends_before_the_adoption_and_after_begins_with_it(own, since):
    found = judge(own, {}, since, "up")
    assert found.before is None or bounds(found.before)[1] < since
    assert found.after is None or bounds(found.after)[0] >= since
    assert (found.change is None) == (found.before is None or found.after is None)


@settings(max_examples=50)
@given(years, st.dates(date(2014, 1, 1), date(2031, 12, 31)))
def test_what_is_better_upwards_is_worse_downwards(own, since):
    turned = {"better": "worse", "worse": "better"}
    up, down = judge(own, {}, since, "up").verdict, judge(own, {}, since, "down").verdict
    assert down == turned.get(up, up)
