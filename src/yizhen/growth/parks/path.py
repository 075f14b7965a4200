"""A park's years: what a unit brings, and the path to the target. Knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yizhen.growth.models import ParkFigure
from yizhen.scoring.growth_path import FEWEST_YEARS, Expected, Trend, growth_between, log_trend, reach

LEVEL = 0.8  # of the interval; with four or five years a higher one says nothing
FURTHEST = 15  # years ahead that a trend is drawn
WAN = Decimal(10_000)


@dataclass(frozen=True)
class Ratios:
    """What a unit brings in a year; None where a figure is missing or there is nothing to divide by."""

    output_per_mu: Decimal | None  # 10,000 yuan a mu
    tax_per_mu: Decimal | None  # 10,000 yuan a mu
    energy_per_output: Decimal | None  # tonnes of standard coal for 10,000 yuan
    output_per_job: Decimal | None  # 10,000 yuan a person


def ratios_of(figure: ParkFigure) -> Ratios:
    """Return what a unit brought in the year of a figure."""
    output = figure.output * WAN
    return Ratios(
        _ratio(output, figure.land),
        _ratio(figure.tax, figure.land),
        _ratio(figure.energy, output),
        _ratio(output, None if figure.jobs is None else Decimal(figure.jobs)),
    )


def _ratio(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    return None if above is None or not below else above / below


@dataclass(frozen=True)
class Path:
    """Where a park stands on the way to its target.

    ``achieved`` and ``needed`` are yearly growth as shares; ``at_target`` is what the trend says of the target's year, and
    ``verdict`` what its limits say of the target: ``above``, ``below``, ``open``, ``reached`` (it is there), ``past`` (the year is over
    and it is not), or empty where there is no trend.
    """

    last: ParkFigure
    share: float
    achieved: float | None
    needed: float | None
    trend: Trend | None
    at_target: Expected | None
    verdict: str
    years_missing: int


def path_of(figures: Sequence[ParkFigure], target: Decimal, year: int | None) -> Path | None:
    """Return the path of a park's figures, one a year in order; None when there are none.

    ``year`` is the target's; without it the trend is drawn three years ahead and nothing is said of the target.
    """
    if not figures:
        return None
    first, last = figures[0], figures[-1]
    years, values = [one.year for one in figures], [float(one.output) for one in figures]
    positive = all(value > 0 for value in values)
    until = min(year if year and year > last.year else last.year + 3, last.year + FURTHEST)
    trend = log_trend(years, values, until, level=LEVEL) if positive else None
    reached = last.output >= target
    ahead = bool(year and year > last.year and last.output > 0)
    found = trend.points[-1] if trend and year == until else None
    verdict = "reached" if reached else "past" if year and year <= last.year else ""
    if not verdict and found is not None:
        verdict = reach(found, float(target))
    return Path(
        last=last,
        share=float(last.output / target),
        achieved=growth_between(first.year, values[0], last.year, values[-1])
        if positive and len(figures) > 1
        else None,
        needed=growth_between(last.year, values[-1], year, float(target)) if ahead and not reached and year else None,
        trend=trend,
        at_target=found,
        verdict=verdict,
        years_missing=max(0, FEWEST_YEARS - len(figures)),
    )
