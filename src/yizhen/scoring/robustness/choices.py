"""What could plausibly have been chosen otherwise, and draws of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yizhen.scoring.composite.framework import Framework
from yizhen.scoring.composite.normalise import Normalisation
from yizhen.scoring.composite.prepare import Imputation, Treatment
from yizhen.scoring.composite.tree import Aggregation
from yizhen.scoring.inputs import Floats, InputError, Integers

FACTORS = ("weights", "imputation", "treatment", "normalisation", "aggregation", "floor", "dropout", "measurement")


@dataclass(frozen=True)
class WeightNoise:
    """Each weight times 1 + U(-amount, amount); on some ``levels`` of the framework only, or on all.

    Source: Becker et al. 2022, JOSS 7(78), 4567 (the noise of COINr).
    """

    amount: float = 0.25
    levels: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.amount < 1:
            raise InputError("amount", f"{self.amount}: expected 0 up to (not including) 1")

    def draw(self, generator: np.random.Generator, framework: Framework, runs: int) -> Floats:
        """Return weights (runs, nodes)."""
        noise = 1 + self.amount * (2 * generator.random((runs, len(framework.position))) - 1)
        noise[:, ~_on(framework, self.levels)] = 1
        return framework.weights * noise


@dataclass(frozen=True)
class DirichletWeights:
    """The siblings' weights from a Dirichlet distribution around what was stated: the larger, the nearer to it."""

    concentration: float = 50.0
    levels: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if not self.concentration > 0:
            raise InputError("concentration", f"{self.concentration}: expected a number above 0")

    def draw(self, generator: np.random.Generator, framework: Framework, runs: int) -> Floats:
        """Return weights (runs, nodes); siblings sum to one."""
        made, free = np.tile(framework.weights, (runs, 1)), _on(framework, self.levels)
        for code in framework.upwards:
            below = framework.below(code)
            made[:, below] = framework.weights[below] / framework.weights[below].sum()
            drawn = below[free[below] & (framework.weights[below] > 0)]
            if len(drawn) > 1:
                share = made[0, drawn]
                made[:, drawn] = share.sum() * generator.dirichlet(self.concentration * share, runs)
        return made


@dataclass(frozen=True)
class Choices:
    """The choices that are varied, each run taking one of each. What is empty stays as the index has it.

    List every alternative, the index's own among them if it shall be one. ``dropout`` is the chance of each indicator to
    be left out of a run. ``errors`` are standard errors of indicators after their denominators: a number, or the name of
    a column with one a unit; ``versions`` is how many sets of data with such errors are drawn and shared by the runs:
    a chance then has a standard error of up to half their root, 2.5 % for 400.

    Raises:
        InputError: when a number is out of range, a list has one alternative only, or nothing varies.
    """

    weights: WeightNoise | DirichletWeights | None = None
    imputations: Sequence[Imputation] = ()
    treatments: Sequence[Treatment | None] = ()
    normalisations: Sequence[Normalisation] = ()
    aggregations: Sequence[Aggregation] = ()
    floors: Sequence[float] = ()
    dropout: float = 0.0
    errors: Mapping[str, float | str] | None = None
    versions: int = 400

    def __post_init__(self) -> None:
        if not isinstance(self.weights, WeightNoise | DirichletWeights | None):
            raise InputError("weights", f"{self.weights!r}: expected WeightNoise() or DirichletWeights()")
        for name, kind in (
            ("imputations", Imputation), ("treatments", Treatment | None), ("normalisations", Normalisation),
            ("aggregations", str | Mapping), ("floors", int | float),
        ):  # fmt: skip
            listed = getattr(self, name)
            if isinstance(listed, str) or not isinstance(listed, Sequence):
                raise InputError(name, f"{listed!r}: expected a list of alternatives")
            if not all(isinstance(one, kind) for one in listed):
                raise InputError(name, f"{listed!r}: expected alternatives such as the index takes")
            if len(listed) == 1:
                raise InputError(
                    name, "one alternative is no choice; put it into the index, or list the index's own too"
                )
            object.__setattr__(self, name, tuple(listed))
        if not 0 <= self.dropout < 1:
            raise InputError("dropout", f"{self.dropout}: expected a chance, 0 up to (not including) 1")
        if self.versions < 2:
            raise InputError("versions", f"{self.versions}: expected 2 or more")
        if not self.factors:
            raise InputError("choices", "nothing varies: there is nothing to find out")

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of what varies."""
        sizes = self.sizes
        return tuple(name for name in FACTORS if sizes[name] != 1)

    @property
    def sizes(self) -> dict[str, int]:
        """How many alternatives each factor has; 0 for those drawn anew in each run."""
        return {
            "weights": 1 if self.weights is None else 0,
            "imputation": max(len(self.imputations), 1),
            "treatment": max(len(self.treatments), 1),
            "normalisation": max(len(self.normalisations), 1),
            "aggregation": max(len(self.aggregations), 1),
            "floor": max(len(self.floors), 1),
            "dropout": 0 if self.dropout else 1,
            "measurement": self.versions if self.errors else 1,
        }


@dataclass(frozen=True)
class Runs:
    """What each run chose: one row a run. ``weights`` and ``kept`` are (runs, nodes) and (runs, p)."""

    weights: Floats
    kept: Any
    picks: Mapping[str, Integers]

    def __len__(self) -> int:
        return len(self.weights)

    def with_factor(self, factor: str, other: "Runs") -> "Runs":
        """Return these runs with one factor as in others, row by row."""
        if factor == "weights":
            return Runs(other.weights, self.kept, self.picks)
        if factor == "dropout":
            return Runs(self.weights, other.kept, self.picks)
        return Runs(self.weights, self.kept, {**self.picks, factor: other.picks[factor]})


def draw_runs(choices: Choices, framework: Framework, runs: int, generator: np.random.Generator) -> Runs:
    """Return draws of all choices, each uniform over its alternatives and independent of the others."""
    sizes = choices.sizes
    weights = framework.weights[None].repeat(runs, 0) if choices.weights is None else (
        choices.weights.draw(generator, framework, runs))  # fmt: skip
    kept = np.ones((runs, len(framework.codes)), bool)
    if choices.dropout:
        kept = generator.random(kept.shape) >= choices.dropout
        kept[(kept * framework.overall_weights).sum(1) == 0] = True  # an index of nothing is no choice
    picks = {name: generator.integers(0, size, runs) for name, size in sizes.items() if size > 1}
    return Runs(weights, kept, picks)


def _on(framework: Framework, levels: Sequence[int] | None) -> Any:
    """Return which nodes are on these levels (nodes,); all of them when no level is named.

    Raises:
        InputError: when there is no such level.
    """
    level = np.array([framework.level(code) for code in framework.position])
    if levels is None:
        return np.ones(len(level), bool)
    if not isinstance(levels, Sequence):
        raise InputError("levels", f"{levels!r}: expected a list of levels")
    stray = [one for one in levels if one not in level]
    if stray:
        raise InputError("levels", f"there is no level {stray[0]}; there are 1 to {level.max()}")
    return np.isin(level, list(levels))
