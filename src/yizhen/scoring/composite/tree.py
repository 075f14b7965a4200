"""Working through a framework's tree with arrays: from the indicators' scores to those of every group.

Everything here takes and returns arrays over all nodes, in the order of ``Framework.position``.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from yizhen.scoring.inputs import Floats, InputError

from .aggregate import METHODS, Method, aggregate
from .framework import Framework

Aggregation = Method | Mapping[int | str, Method]


class Rules(NamedTuple):
    """How each group is made of its children: one method a group, in the order of ``Framework.upwards``."""

    methods: tuple[Method, ...]
    floor: float | None = None
    least: float = 0.0


def read_rules(framework: Framework, aggregation: Aggregation, floor: float | None, least: float) -> Rules:
    """Return one method a group: by its code, else by its level, else the one for all.

    Raises:
        InputError: when a group has no method, a method, level or code is unknown, or the floor is not above zero.
    """
    if floor is not None and (not isinstance(floor, int | float) or not floor > 0):
        raise InputError("floor", f"{floor}: expected a score above 0")
    if not 0 <= least <= 1:
        raise InputError("least", f"{least}: expected a share of the weight, from 0 to 1")
    if isinstance(aggregation, str):
        methods = [aggregation for _ in framework.upwards]
    elif not isinstance(aggregation, Mapping):
        raise InputError("aggregation", f"{aggregation!r}: expected a method, or one a level or group")
    else:
        levels = {framework.level(code) for code in framework.upwards}
        stray = [key for key in aggregation if key not in levels and key not in framework.upwards]
        if stray:
            raise InputError("aggregation", f"{stray[0]!r} is neither a group nor a level ({sorted(levels)})")
        found = [aggregation.get(code, aggregation.get(framework.level(code))) for code in framework.upwards]
        bare = [code for code, method in zip(framework.upwards, found, strict=True) if method is None]
        if bare:
            raise InputError("aggregation", f"no method for {bare[0]} on level {framework.level(bare[0])}")
        methods = [method for method in found if method is not None]
    for method in methods:
        if method not in METHODS:
            raise InputError("aggregation", f"{method!r}: expected one of {', '.join(METHODS)}")
    return Rules(tuple(methods), floor, least)


def climb(framework: Framework, rules: Rules, scores: Floats, weights: Floats) -> Floats:
    """Return the scores of all nodes (…, n, nodes) from the indicators' (…, n, p) and all nodes' weights (…, nodes).

    A group of which less than ``rules.least`` of the stated weight is known has no score; what weighs nothing here does
    not count.
    """
    stated = np.where(weights > 0, framework.weights, 0)
    shape = np.broadcast_shapes(scores.shape[:-2], weights.shape[:-1])
    made = np.full((*shape, scores.shape[-2], len(framework.position)), np.nan)
    made[..., : len(framework.codes)] = scores
    for code, method in zip(framework.upwards, rules.methods, strict=True):
        below = framework.below(code)
        of, weight = made[..., below], weights[..., below]
        score = aggregate(method, of, weight, rules.floor)
        if rules.least:
            basis = stated[..., below]
            known = (~np.isnan(of)).astype(float) @ basis[..., :, None]
            short = known[..., 0] < rules.least * basis.sum(-1)[..., None] - 1e-12
            score = np.where(short, np.nan, score)
        made[..., framework.position[code]] = score
    return made


def lifts(framework: Framework, rules: Rules, nodes: Floats, against: Floats, root: str | None = None) -> Floats:
    """Return how much every node lifts the index above that of ``against``: shape (n, nodes), in points of the index.

    With ``root`` it is that group instead of the index, and what is not under it lifts nothing.

    ``nodes`` are the scores (n, nodes), ``against`` one row of scores to compare with (nodes,), made by the same rules.
    The children of a group sum to the group, exactly, also for geometric and harmonic means, where the difference is
    shared out by logarithmic means (as in a Divisia decomposition) and their like. A Mazziotta-Pareto penalty is shared
    out by weight, as is what a missing score leaves to its siblings.

    Raises:
        InputError: when a group is a Copeland vote: wins do not add up.

    Source: Ang 2004, Energy Policy 32, 1131-1139 (LMDI).
    """
    weights, top = framework.weights, framework.position[root or framework.root]
    made, rate = np.zeros(nodes.shape), np.zeros(nodes.shape)
    made[:, top], rate[:, top] = nodes[:, top] - against[top], 1
    for code, method in reversed(list(zip(framework.upwards, rules.methods, strict=True))):
        if not rate[:, framework.position[code]].any() and not made[:, framework.position[code]].any():
            continue
        if method == "copeland":
            raise InputError("aggregation", f"{code} is a Copeland vote: its parts do not add up to it")
        at, below = framework.position[code], framework.below(code)
        own, other = nodes[:, below], np.broadcast_to(against[below], (len(nodes), len(below)))
        known = ~np.isnan(own) & ~np.isnan(other)
        weight = np.where(known, weights[below], 0)
        weight = np.where(weight.any(-1, keepdims=True), weight, weights[below])  # they have nothing in common
        share = weight / weight.sum(-1, keepdims=True)
        within = _slope(method, own, other, rules.floor) / _slope(method, nodes[:, [at]], against[[at]], None)
        rate[:, below] = np.where(known & (rate[:, [at]] != 0), rate[:, [at]] * share * within, 0)
        parts = np.where(known, rate[:, below] * (own - other), 0)
        # What is left is a penalty for imbalance, or the weight of what only one of the two has.
        made[:, below] = parts + share * (made[:, at] - parts.sum(-1))[:, None]
    return made


def _slope(method: Method, own: Floats, other: Floats, floor: float | None) -> Floats:
    """Return (f(own) - f(other)) / (own - other), f being what the method takes the mean of; f' where both agree."""
    if method not in ("geometric", "harmonic"):
        return np.ones(np.broadcast_shapes(own.shape, other.shape))
    a, b = (own, other) if floor is None else (np.maximum(own, floor), np.maximum(other, floor))
    with np.errstate(invalid="ignore", divide="ignore"):
        same = np.isclose(a, b, rtol=1e-9, atol=0)
        slope = 1 / (a * b) if method == "harmonic" else np.where(same, 2 / (a + b), (np.log(a) - np.log(b)) / (a - b))
        if floor is None:
            return np.asarray(slope)
        # Below the floor nothing moves; from below it to above, only the way from the floor on counts.
        flat = np.where(own < floor, 0.0, 1.0)
        return np.asarray(slope * np.where(own == other, flat, (a - b) / np.where(own == other, 1, own - other)))
