"""The tree behind one place's score, from the total down to the figures that were observed."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yizhen.scoring.composite import Explained

from .model import Model


@dataclass
class Node:
    """One node of a place's score. ``share`` is its weight among the siblings that take part, ``points`` weight × score.

    ``lift`` is what it adds to the total over a place with average scores. An indicator has its ``value`` in its
    ``unit`` and its goalposts; ``note`` is absent, missing, filled or drawn_in where the value is not simply the figure.
    """

    code: str
    depth: int
    share: float | None
    score: float | None
    lift: float | None
    method: str = ""
    value: float | None = None
    unit: str = ""
    worst: float | None = None
    best: float | None = None
    note: str = ""
    taken: float | None = None
    children: list["Node"] = field(default_factory=list)

    @property
    def points(self) -> float | None:
        """Weight × score, which sums to the parent's score where the mean is arithmetic."""
        return None if self.share is None or self.score is None else self.share * self.score

    def walk(self) -> list["Node"]:
        """Return the node and all below it, parents first."""
        return [self, *(node for child in self.children for node in child.walk())]


def tree_of(model: Model, place: str) -> Node:
    """Return the tree of a place that has a score."""
    absent = {code for at, code in model.data["absent"] if at == place}
    return _node(model, model.result.explain(place), 0, 1.0, absent)


def _node(model: Model, found: Explained, depth: int, share: float | None, absent: set[str]) -> Node:
    framework = model.index.framework
    made = Node(found.code, depth, share, _known(found.score), _known(found.lift))
    if found.children:
        made.method = model.index.rules.methods[framework.upwards.index(found.code)]
        present = sum(child.weight for child in found.children if not np.isnan(child.score))
        made.children = [
            _node(model, child, depth + 1, None if np.isnan(child.score) else child.weight / present, absent)
            for child in found.children
        ]
        return made
    one = next(each for each in framework.indicators if each.code == found.code)
    made.value, made.unit, made.worst, made.best = found.value, found.unit, one.worst, one.best
    if found.code in absent:
        made.note, made.lift = "absent", None
    elif found.value is None:
        made.note = "filled" if found.filled else "missing"
    elif found.drawn_in is not None:
        made.note, made.taken = "drawn_in", found.drawn_in
    return made


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
