"""What an index is made of: indicators under groups under one index, with their directions and weights.

A framework is fixed before there are data. It holds no method and no number of any unit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, Self

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, Integers, column, is_missing, shown


@dataclass(frozen=True)
class Indicator:
    """A leaf: one number a unit, in its own unit of measurement.

    ``direction`` is 1 where more is better and -1 where less is better. ``denominator`` names the column the value is
    divided by, times ``per`` (10,000 for "per 10,000 residents"). ``worst`` and ``best`` are the fixed goalposts of the
    plan: the least acceptable value and the target. ``weight`` counts beside its siblings.
    """

    code: str
    parent: str
    weight: float = 1.0
    direction: int = 1
    name: str = ""
    unit: str = ""
    denominator: str | None = None
    per: float = 1.0
    worst: float | None = None
    best: float | None = None


@dataclass(frozen=True)
class Group:
    """A node that is made of others; the one without a parent is the index itself."""

    code: str
    parent: str | None = None
    weight: float = 1.0
    name: str = ""


@dataclass(frozen=True)
class Framework:
    """The tree of an index. Codes are unique; every group has children; one group has no parent.

    Raises:
        InputError: naming the code and the reason, when it is no such tree.

    >>> framework = Framework(
    ...     [Indicator("beds", "care"), Indicator("doctors", "care", weight=2), Indicator("debt", "money", direction=-1)],
    ...     [Group("index"), Group("care", "index"), Group("money", "index")],
    ... )
    >>> framework.root, framework.children("care"), framework.level("index")
    ('index', ('beds', 'doctors'), 3)
    >>> {code: round(float(share), 3) for code, share in zip(framework.codes, framework.overall_weights)}
    {'beds': 0.167, 'doctors': 0.333, 'debt': 0.5}
    """

    indicators: Sequence[Indicator]
    groups: Sequence[Group]

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", tuple(self.indicators))
        object.__setattr__(self, "groups", tuple(self.groups))
        twice = [code for code, times in Counter(node.code for node in self._nodes).items() if times > 1]
        if twice:
            raise InputError("code", f"{shown(twice[0])} occurs twice")
        if not self.indicators:
            raise InputError("indicators", "there is none")
        if "unit" in {node.code for node in self._nodes}:
            raise InputError("code", "unit is the name of the tables' first column; choose another code")
        parents = {group.code: group.parent for group in self.groups}
        roots = [code for code, parent in parents.items() if parent is None]
        if len(roots) != 1:
            raise InputError("parent", f"expected one group without a parent, the index; found {len(roots)}")
        for node in self._nodes:
            if node.parent not in parents and (node.parent is not None or isinstance(node, Indicator)):
                raise InputError("parent", f"{node.code} belongs to {shown(node.parent)}, which is no group")
            if not _is_number(node.weight) or node.weight < 0:
                raise InputError("weight", f"{node.code} has {node.weight!r}, expected a number from 0 up")
        for code in parents:
            seen, at = {code}, parents[code]
            while at is not None:
                if at in seen:
                    raise InputError("parent", f"{code} belongs to itself")
                seen.add(at)
                at = parents[at]
        for code in parents:
            siblings = [node.weight for node in self._nodes if node.parent == code]
            if not siblings:
                raise InputError("parent", f"{code} has nothing in it")
            if not sum(siblings):
                raise InputError("weight", f"everything in {code} weighs nothing")
        for one in self.indicators:
            _check_indicator(one)

    @classmethod
    def from_table(cls, data: Any) -> Self:
        """Read a framework from a frame or a mapping of columns, one row a node.

        Columns ``code`` and ``parent`` (empty for the index) are needed; ``weight``, ``direction``, ``name``, ``unit``,
        ``denominator``, ``per``, ``worst`` and ``best`` are read where they exist. A node that nothing belongs to is an
        indicator.

        Raises:
            InputError: when a column is missing, a number is none, or it is no tree.

        >>> Framework.from_table({"code": ["a", "b", "all"], "parent": ["all", "all", None]}).root
        'all'
        """
        present = {str(name) for name in (data.keys() if hasattr(data, "keys") else getattr(data, "columns", ()))}
        wanted = ("code", "parent", "weight", "direction", "name", "unit", "denominator", "per", "worst", "best")
        columns = {name: column(data, name).tolist() for name in wanted if name in present or name in wanted[:2]}
        if len({len(values) for values in columns.values()}) > 1:
            lengths = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
            raise InputError("columns", f"differ in length: {lengths}")
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        rows = [{key: value for key, value in row.items() if not _empty(value)} for row in rows]
        for number, row in enumerate(rows):
            if "code" not in row:
                raise InputError("code", "the code is missing", number)
            row["code"] = _text(row["code"])
            for key in ("weight", "direction", "per", "worst", "best"):
                if key in row:
                    try:
                        row[key] = float(row[key])
                    except (TypeError, ValueError):
                        raise InputError(key, f"{shown(repr(row[key]))} is not a number", number) from None
            if "parent" in row:
                row["parent"] = _text(row["parent"])
        inner = {row.get("parent") for row in rows}
        group_keys = ("code", "parent", "weight", "name")
        return cls(
            [Indicator(**row) for row in rows if row["code"] not in inner and "parent" in row],
            [Group(**{key: row[key] for key in group_keys if key in row}) for row in rows
             if row["code"] in inner or "parent" not in row],
        )  # fmt: skip

    @property
    def _nodes(self) -> tuple[Indicator | Group, ...]:
        return (*self.indicators, *self.groups)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The indicators' codes, in the order in which arrays hold them."""
        return tuple(one.code for one in self.indicators)

    @cached_property
    def root(self) -> str:
        """The code of the index itself."""
        return next(group.code for group in self.groups if group.parent is None)

    def children(self, code: str) -> tuple[str, ...]:
        """Return the codes of what belongs directly to a group, in the framework's order; () for an indicator."""
        return self._children.get(code, ())

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        return {
            group.code: tuple(node.code for node in self._nodes if node.parent == group.code) for group in self.groups
        }

    def level(self, code: str) -> int:
        """Return 1 for an indicator, and for a group one more than the highest of its children."""
        return 1 + max((self.level(child) for child in self.children(code)), default=0)

    @cached_property
    def upwards(self) -> tuple[str, ...]:
        """The groups' codes, every group after all that belongs to it: the index comes last."""
        return tuple(sorted((group.code for group in self.groups), key=lambda code: (self.level(code), code)))

    @cached_property
    def position(self) -> dict[str, int]:
        """Where arrays over all nodes hold a code: indicators first, then groups upwards."""
        return {code: at for at, code in enumerate((*self.codes, *self.upwards))}

    def below(self, code: str) -> Integers:
        """Return the positions of a group's children."""
        return np.array([self.position[child] for child in self.children(code)])

    @cached_property
    def weights(self) -> Floats:
        """The stated weights of all nodes, by position."""
        made = np.empty(len(self.position))
        for node in self._nodes:
            made[self.position[node.code]] = node.weight
        return made

    @cached_property
    def overall_weights(self) -> Floats:
        """Each indicator's share of the index, were everything an arithmetic mean; they sum to one."""
        return self.overall(self.weights)

    def overall(self, weights: Floats) -> Floats:
        """Return each indicator's share of the index (…, p) for weights of all nodes (…, nodes)."""
        share = np.ones(weights.shape)
        for code in reversed(self.upwards):
            children = self.below(code)
            own = weights[..., children]
            share[..., children] = share[..., [self.position[code]]] * own / own.sum(-1, keepdims=True)
        return np.asarray(share[..., : len(self.codes)])

    @cached_property
    def directions(self) -> Floats:
        """1 or -1 for each indicator."""
        return np.array([float(one.direction) for one in self.indicators])

    def name(self, code: str) -> str:
        """Return what a node is called, or its code.

        Raises:
            KeyError: when there is no such node.
        """
        found = next((node for node in self._nodes if node.code == code), None)
        if found is None:
            raise KeyError(code)
        return found.name or code


def _empty(value: object) -> bool:
    return is_missing(value) or (isinstance(value, str) and not value.strip())


def _text(value: object) -> str:
    """Return a code as text; frames read whole numbers beside an empty cell as floats."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and isfinite(float(value))


def _check_indicator(one: Indicator) -> None:
    if one.direction not in (1, -1):
        raise InputError("direction", f"{one.code} has {one.direction}, expected 1 (more is better) or -1")
    if not _is_number(one.per) or one.per <= 0:
        raise InputError("per", f"{one.code} has {one.per!r}, expected a number above 0")
    for name, post in (("worst", one.worst), ("best", one.best)):
        if post is not None and not _is_number(post):
            raise InputError(name, f"{one.code} has {post!r}, expected a number")
    if one.worst is not None and one.best is not None and (one.best - one.worst) * one.direction <= 0:
        more = "more" if one.direction == 1 else "less"
        raise InputError(
            "worst, best", f"{one.code}: {more} is better, but the goalposts go from {one.worst:g} to {one.best:g}"
        )
