"""The path to a target: by hand, against the general formula of least squares, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from yizhen.scoring.growth_path import Expected, growth_between, log_trend, reach

YEARS, OUTPUT = [2021, 2022, 2023, 2024, 2025], [46.2, 52.8, 61.5, 69.4, 78.9]


def test_trend_is_that_of_the_general_formula():
    made = log_trend(YEARS, OUTPUT, 2027)
    design = np.column_stack([np.ones(5), np.array(YEARS) - 2021])
    logs = np.log(OUTPUT)
    beta, _rest, _rank, _values = np.linalg.lstsq(design, logs, rcond=None)
    variance = ((logs - design @ beta) ** 2).sum() / 3
    inverse = np.linalg.inv(design.T @ design)
    for point in made.points:
        row = np.array([1.0, point.year - 2021])
        wide = stats.t.ppf(0.9, 3) * np.sqrt(variance * (1 + row @ inverse @ row))
        assert (point.line, point.low, point.high) == pytest.approx(np.exp(row @ beta + np.array([0, -wide, wide])))
    slope = stats.linregress(YEARS, logs)
    assert made.growth == pytest.approx(np.exp(slope.slope) - 1)
    assert made.growth_low == pytest.approx(np.exp(slope.slope - stats.t.ppf(0.9, 3) * slope.stderr) - 1)
    assert (made.points[0].year, made.points[-1].year, made.freedom, made.years) == (2021, 2027, 3, 5)


def test_even_growth_is_found_without_doubt():
    made = log_trend([2022, 2023, 2024, 2025], [100, 110, 121, 133.1], 2026)
    assert made.growth == pytest.approx(0.1)
    assert (made.points[-1].low, made.points[-1].line, made.points[-1].high) == pytest.approx((146.41, 146.41, 146.41))


def test_too_few_years_have_no_trend():
    assert log_trend(YEARS[:3], OUTPUT[:3], 2027) is None
    assert log_trend(YEARS[:4], OUTPUT[:4], 2027) is not None


@pytest.mark.parametrize(
    ("years", "values"), [([2021], [1, 2]), ([2021, 2021, 2022, 2023], [1, 2, 3, 4]), ([2021, 2022, 2023, 2024], [1, 0, 2, 3])]
)  # fmt: skip
def test_series_that_cannot_be_read_are_refused(years, values):
    with pytest.raises(ValueError):
        log_trend(years, values, 2027)


def test_levels_and_fewest_are_checked():
    for wrong in ({"level": 1.0}, {"level": 0}, {"fewest": 2}):
        with pytest.raises(ValueError):
            log_trend(YEARS, OUTPUT, 2027, **wrong)


def test_needed_growth_leads_to_the_target():
    assert growth_between(2025, 64, 2027, 100) == 0.25  # 64 → 80 → 100
    assert growth_between(2025, 200, 2026, 100) == -0.5
    for wrong in ((2025, 1, 2025, 2), (2025, 0, 2026, 2), (2025, 1, 2026, -1)):
        with pytest.raises(ValueError):
            growth_between(*wrong)


@pytest.mark.parametrize(
    ("target", "said"), [(89, "above"), (90, "above"), (91, "open"), (110, "open"), (110.1, "below")]
)
def test_what_the_limits_say_of_a_target(target, said):
    assert reach(Expected(2027, 100, 90, 110), target) == said


series = st.lists(st.floats(1, 1_000), min_size=4, max_size=8)


@settings(max_examples=50)
@given(series, st.integers(0, 8))
def test_limits_contain_the_line_and_open_with_distance_and_level(values, ahead):
    years = list(range(2010, 2010 + len(values)))
    made, surer = (log_trend(years, values, years[-1] + ahead, level=level) for level in (0.8, 0.95))
    assert all(point.low <= point.line <= point.high for point in made.points)
    future = [np.log(point.high / point.low) for point in made.points if point.year >= years[-1]]
    assert all(later >= sooner - 1e-9 for sooner, later in zip(future, future[1:], strict=False))
    assert all(wide.high >= narrow.high and wide.low <= narrow.low for wide, narrow in zip(surer.points, made.points, strict=True))  # fmt: skip


@settings(max_examples=50)
@given(series, st.floats(0.1, 100))
def test_unit_of_money_does_not_matter(values, factor):
    years = list(range(2010, 2010 + len(values)))
    one, other = (log_trend(years, found, 2025) for found in (values, [value * factor for value in values]))
    assert one.growth == pytest.approx(other.growth, rel=1e-6, abs=1e-9)
    assert one.points[-1].high * factor == pytest.approx(other.points[-1].high, rel=1e-6)
