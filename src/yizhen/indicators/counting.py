"""Whether a figure's parts are counts, and what chance may have done to it."""

from yizhen.scoring.small_area import proportion_intervals, rate_intervals

from .models import Indicator, Observation


def is_count(figure: Observation, indicator: Indicator) -> bool:
    """Return whether a figure's parts are such counts as the indicator says: whole, and no more than there are."""
    top, bottom = figure.numerator, figure.denominator
    if top is None or not bottom or top < 0 or top != top.to_integral_value():
        return False
    return indicator.chance == "events" or (top <= bottom and bottom == bottom.to_integral_value())


def interval_of(figure: Observation, indicator: Indicator) -> tuple[float, float] | None:
    """Return the 95 % interval of a figure where cases are counted (Wilson; exact Poisson); None for stocks and sums."""
    top, bottom = figure.numerator, figure.denominator
    if not indicator.chance or top is None or bottom is None or not is_count(figure, indicator):
        return None
    intervals = proportion_intervals if indicator.chance == "share" else rate_intervals
    (span,) = intervals([float(top)], [float(bottom)], per=float(indicator.per)).rows()
    return float(span["low"]), float(span["high"])
