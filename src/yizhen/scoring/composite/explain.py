"""The tree behind one unit's index, for a page, a letter or a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yizhen.scoring.inputs import Floats
from yizhen.scoring.tables import Language, said

from .framework import Framework
from .prepare import Stages


@dataclass(frozen=True)
class Explained:
    """One node of one unit's index.

    ``weight`` is its share among its siblings, ``score`` on the common scale, ``lift`` in points of the index over who
    it is compared with. ``value`` is an indicator's number in its own ``unit`` after the denominator, before imputation:
    None where there was none (and ``filled`` says whether another was taken). ``drawn_in`` is an outlier's treated value,
    ``logged`` says that the whole indicator was put on a logarithmic scale.
    """

    code: str
    name: str
    weight: float
    score: float
    lift: float
    value: float | None = None
    unit: str = ""
    filled: bool = False
    drawn_in: float | None = None
    logged: bool = False
    children: tuple["Explained", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Explained"]]:
        """Yield each node with its depth, parents before children."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    def text(self, language: Language = "zh") -> str:
        """Return the tree as indented lines."""
        return "\n".join("  " * depth + node._line(language) for depth, node in self.walk())

    def _line(self, language: Language) -> str:
        score = "—" if np.isnan(self.score) else f"{self.score:.1f}"
        head = said(
            language,
            f"{self.name}：{score} 分，占 {self.weight:.0%}，使总分 {self.lift:+.1f}",
            f"{self.name}: {score}, weight {self.weight:.0%}, moves the index by {self.lift:+.1f}",
        )
        if self.children:
            return head
        if self.value is None:
            return head + (said(language, "（没有数，用推算值）", " (no value, one was filled in)") if self.filled else (
                said(language, "（没有数，不计）", " (no value, left out)")))  # fmt: skip
        note = f"{self.value:.6g} {self.unit}".strip()
        if self.drawn_in is not None:
            note += said(language, f"，按 {self.drawn_in:.6g} 计", f", taken as {self.drawn_in:.6g}")
        if self.logged:
            note += said(language, "，取对数", ", on a logarithmic scale")
        return head + said(language, f"（{note}）", f" ({note})")


def explain(framework: Framework, stages: Stages, nodes: Floats, lift: Floats, row: int) -> Explained:
    """Return the tree of the unit in this row; ``nodes`` and ``lift`` are all nodes' scores and lifts (n, nodes)."""
    logged = stages.treatment.logged if stages.treatment else frozenset()

    def made(code: str, weight: float) -> Explained:
        at = framework.position[code]
        head = (code, framework.name(code), weight, float(nodes[row, at]), float(lift[row, at]))
        children = framework.children(code)
        if children:
            shares = framework.weights[framework.below(code)]
            shares = shares / shares.sum()
            return Explained(*head, children=tuple(made(c, float(w)) for c, w in zip(children, shares, strict=True)))
        value, before, after = (float(one[row, at]) for one in (stages.values, stages.imputed, stages.treated))
        return Explained(
            *head,
            value=None if np.isnan(value) else value,
            unit=framework.indicators[at].unit,
            filled=np.isnan(value) and not np.isnan(before),
            drawn_in=after if after != before and not np.isnan(after) and code not in logged else None,
            logged=code in logged,
        )

    return made(framework.root, 1.0)
