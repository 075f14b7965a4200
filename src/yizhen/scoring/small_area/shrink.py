"""Pulling rates of small places towards their peers, as far as chance could have pulled them away."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, labels, names_of, vector
from yizhen.scoring.tables import Table

from .rates import check_level, read_counts


def shrunk_rates(
    count: Any,
    base: Any,
    *,
    peers: Sequence[object] | None = None,
    names: Sequence[object] | None = None,
    per: float = 1.0,
) -> Table:
    """Return empirical-Bayes rates: columns unit, rate, peer_rate, trust, shrunk (rates times ``per``).

    ``shrunk`` = peer_rate + trust · (rate - peer_rate); the peer rate is the ratio of sums in the unit's peer group (all
    units without ``peers``). ``trust`` runs from 0 (all of the group's spread could be chance, or the base is tiny) to 1.
    Show it beside the raw rate, never instead of it.

    Raises:
        InputError: when a count is no number of events, a base is not above zero, or a peer group is missing.

    Source: Marshall 1991, Applied Statistics 40, 283-294 (method of moments).

    >>> made = shrunk_rates([0, 40, 300], [1000, 10_000, 100_000], per=1000)
    >>> made["shrunk"].round(2).tolist()
    [2.98, 3.27, 3.02]
    """
    check_level(0.95, per)
    read = read_counts(count, base, names)
    group = _groups(peers, len(read.events))
    raw = read.events / read.base
    middle, trust = np.empty(len(raw)), np.empty(len(raw))
    for number in range(group.max() + 1):
        own = group == number
        total = read.base[own].sum()
        rate = read.events[own].sum() / total
        spread = (read.base[own] * (raw[own] - rate) ** 2).sum() / total
        between = max(spread - rate / read.base[own].mean(), 0.0)
        chance = rate / read.base[own]
        middle[own] = rate
        trust[own] = between / (between + chance) if between else 0.0
    return Table(
        unit=read.names,
        rate=raw * per,
        peer_rate=middle * per,
        trust=trust,
        shrunk=(middle + trust * (raw - middle)) * per,
    )


def shrunk_scores(
    value: Any,
    se: Any,
    *,
    peers: Sequence[object] | None = None,
    names: Sequence[object] | None = None,
) -> Table:
    """Return empirical-Bayes values of any estimates with standard errors: unit, value, peer_value, trust, shrunk.

    The peer value is weighted by how sure each is; the spread between units is that of DerSimonian and Laird.

    Raises:
        InputError: when lengths differ, a value is missing, or an error is not above zero.

    Source: Efron & Morris 1975, JASA 70, 311-319; DerSimonian & Laird 1986, Controlled Clinical Trials 7, 177-188.

    >>> made = shrunk_scores([1.0, 2.0, 9.0], [0.1, 0.1, 5.0])
    >>> made["shrunk"].round(2).tolist()
    [1.01, 1.99, 1.72]
    """
    y, error = vector(value, "value"), vector(se, "se")
    if len(y) != len(error):
        raise InputError("value, se", f"have {len(y)} and {len(error)} entries")
    who = names_of(names, len(y))
    if (error <= 0).any():
        raise InputError("se", "not above zero", int(np.flatnonzero(error <= 0)[0]))
    group = _groups(peers, len(y))
    middle, trust = np.empty(len(y)), np.empty(len(y))
    for number in range(group.max() + 1):
        own = group == number
        between = _spread(y[own], error[own])
        weight = 1 / (error[own] ** 2 + between)
        middle[own] = (weight @ y[own]) / weight.sum()
        trust[own] = between / (between + error[own] ** 2)
    return Table(unit=who, value=y, peer_value=middle, trust=trust, shrunk=middle + trust * (y - middle))


def _spread(value: Floats, error: Floats) -> float:
    """Return the variance between units beyond chance, by moments; 0 where there is none or one unit alone."""
    weight = 1 / error**2
    middle = (weight @ value) / weight.sum()
    apart = weight @ (value - middle) ** 2 - (len(value) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(float(apart / scale), 0.0) if scale > 0 else 0.0


def _groups(peers: Sequence[object] | None, count: int) -> Any:
    if peers is None:
        return np.zeros(count, int)
    if len(peers) != count:
        raise InputError("peers", f"has {len(peers)} entries for {count} units")
    return labels(names_of(peers, count), "peers").codes
