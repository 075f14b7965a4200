"""How much one rater weighs, and how many equally powerful raters a body of voters is worth."""

from collections.abc import Mapping
from fractions import Fraction


def one_raters_power(weights: Mapping[str, int], raters: Mapping[str, int]) -> dict[str, Fraction]:
    """Return the share of the total that one rater of each class decides: weight over raters; classes with raters only.

    Raises:
        ValueError: naming the class: no weight, a negative number; or when nobody votes.

    >>> power = one_raters_power({"A": 40, "B": 40, "C": 20}, {"A": 3, "B": 10, "C": 60})
    >>> power["A"] / power["C"]  # one leader counts for forty delegates
    Fraction(40, 1)
    """
    present = {code: number for code, number in raters.items() if number}
    for code, number in raters.items():
        if number < 0 or weights.get(code, -1) < 0:
            raise ValueError(f"class {code}: the weight is missing, or a number is negative")
    total = sum(weights[code] for code in present)
    if not total:
        raise ValueError("raters: nobody with a weight votes")
    return {code: Fraction(weights[code], total * number) for code, number in present.items()}


def effective_raters(weights: Mapping[str, int], raters: Mapping[str, int]) -> Fraction:
    """Return 1 / Σ weight² / raters: the number of equally powerful raters whose mean would be as sure.

    Raises:
        ValueError: as :func:`one_raters_power`.

    Source: Kish 1965, Survey Sampling, ch. 11 (design effect of unequal weights).

    >>> round(float(effective_raters({"A": 40, "B": 40, "C": 20}, {"A": 3, "B": 10, "C": 60})), 1)
    14.3
    """
    power = one_raters_power(weights, raters)
    return 1 / sum((share**2 * raters[code] for code, share in power.items()), Fraction(0))
