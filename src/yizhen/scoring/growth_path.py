"""A path of yearly figures towards a target: what growth is needed, what was achieved, where the trend leads and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

FEWEST_YEARS = 4  # two degrees of freedom: below that the interval says nothing


@dataclass(frozen=True, slots=True)
class Expected:
    """What the trend says of one year: the line (a median) between the limits of the prediction."""

    year: int
    line: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A log-linear trend: growth a year (as a share) with its limits, and each year's line with its limits."""

    growth: float
    growth_low: float
    growth_high: float
    years: int
    freedom: int
    level: float
    points: tuple[Expected, ...]


def check_series(years: Sequence[int], values: Sequence[float]) -> None:
    """Refuse a series that cannot be read.

    Raises:
        ValueError: when years and values differ in number, a year comes twice, or a value is not above nought.
    """
    if len(years) != len(values):
        raise ValueError("years and values differ in number")
    if len(set(years)) != len(years):
        raise ValueError("a year comes twice")
    if not all(isfinite(value) and value > 0 for value in values):
        raise ValueError("values must be above nought: growth is a ratio")


def log_trend(
    years: Sequence[int], values: Sequence[float], until: int, *, level: float = 0.8, fewest: int = FEWEST_YEARS
) -> Trend | None:
    """Return the trend of some years up to ``until``, or None when there are fewer than ``fewest`` years.

    Least squares on the logarithm of the values; the limits are those of one new year's value, with Student's t at n - 2 degrees of
    freedom. Growth is exp(slope) - 1. It says where things lead if they go on as they did, not what will be done.

    Raises:
        ValueError: as :func:`check_series`; when ``fewest`` is below 3 or the level is not between 0 and 1.

    Source: Draper & Smith 1998, Applied Regression Analysis, 3rd ed., ch. 3 (prediction limits of one new value).

    >>> made = log_trend([2021, 2022, 2023, 2024], [10, 20, 40, 80], 2025)
    >>> round(made.growth, 6), round(made.points[-1].line, 6)
    (1.0, 160.0)
    """
    check_series(years, values)
    if fewest < 3 or not 0 < level < 1:
        raise ValueError("at least three years, and a level between 0 and 1")
    count = len(years)
    if count < fewest:
        return None
    from scipy import stats

    logs = [log(value) for value in values]
    middle, mean = sum(years) / count, sum(logs) / count
    spread = sum((year - middle) ** 2 for year in years)
    slope = sum((year - middle) * (value - mean) for year, value in zip(years, logs, strict=True)) / spread
    rest = sum((value - mean - slope * (year - middle)) ** 2 for year, value in zip(years, logs, strict=True))
    freedom = count - 2
    error = sqrt(rest / freedom)
    factor = float(stats.t.ppf(0.5 + level / 2, freedom))

    def expected(year: int) -> Expected:
        line = mean + slope * (year - middle)
        wide = factor * error * sqrt(1 + 1 / count + (year - middle) ** 2 / spread)
        return Expected(year, exp(line), exp(line - wide), exp(line + wide))

    of_slope = factor * error / sqrt(spread)
    return Trend(
        exp(slope) - 1, exp(slope - of_slope) - 1, exp(slope + of_slope) - 1, count, freedom, level,
        tuple(expected(year) for year in range(min(years), max(*years, until) + 1)),
    )  # fmt: skip


def growth_between(first_year: int, first: float, last_year: int, last: float) -> float:
    """Return the yearly growth, as a share, that leads from one value to another.

    Raises:
        ValueError: when the last year is not after the first, or a value is not above nought.

    >>> growth_between(2022, 100, 2024, 121)
    0.1
    """
    if last_year <= first_year:
        raise ValueError("the last year must be after the first")
    check_series([first_year, last_year], [first, last])
    ratio: float = (last / first) ** (1 / (last_year - first_year))
    return round(ratio - 1, 12)


def reach(expected: Expected, target: float) -> str:
    """Return what the limits say of a target: ``above`` (even the lower limit reaches it), ``below`` (not even the upper one
    does) or ``open``.
    """
    if expected.low >= target:
        return "above"
    return "below" if expected.high < target else "open"
