"""What a council should see: how reliable the mean of k raters is."""

from yizhen.scoring.inputs import InputError


def reliability_of_mean(single: float, raters: float) -> float:
    """Return the reliability of the mean of ``raters`` raters, from that of one (Spearman & Brown).

    Sixty mediocre raters rank well: alpha, a property of single raters, would hide it.

    Raises:
        InputError: when the reliability is not between 0 and 1, or there is not one rater.

    Source: Spearman 1910; Brown 1910, British J. of Psychology 3.

    >>> round(reliability_of_mean(0.2, 60), 2)
    0.94
    """
    if not 0 <= single <= 1 or raters < 1:
        raise InputError("single, raters", f"{single} for {raters} raters; expected 0 to 1, and one rater or more")
    return raters * single / (1 + (raters - 1) * single)


def raters_needed(single: float, wanted: float) -> float:
    """Return how many raters give a mean of reliability ``wanted``.

    Raises:
        InputError: when a reliability is not strictly between 0 and 1.

    >>> round(raters_needed(0.2, 0.9))
    36
    """
    if not (0 < single < 1 and 0 < wanted < 1):
        raise InputError("single, wanted", f"{single} and {wanted} must both lie between 0 and 1")
    return wanted * (1 - single) / (single * (1 - wanted))
