"""Whether a figure's parts are counts, of which chance can be said."""

from .models import Indicator, Observation


def is_count(figure: Observation, indicator: Indicator) -> bool:
    """Return whether a figure's parts are such counts as the indicator says: whole, and no more than there are."""
    top, bottom = figure.numerator, figure.denominator
    if top is None or not bottom or top < 0 or top != top.to_integral_value():
        return False
    return indicator.chance == "events" or (top <= bottom and bottom == bottom.to_integral_value())
