"""What chance alone brings when one looks often enough."""

import numpy as np

from .inputs import Floats


def false_discovery(p: Floats) -> Floats:
    """Return q-values: for each test the smallest false discovery rate at which it would be flagged.

    Source: Benjamini & Hochberg 1995, JRSS B 57, 289-300.

    >>> false_discovery(np.array([0.01, 0.02, 0.5])).round(3).tolist()
    [0.03, 0.03, 0.5]
    """
    count = len(p)
    order = np.argsort(p)
    raised = p[order] * count / np.arange(1, count + 1)
    q = np.empty(count)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return q
