"""The model of an index: a framework, what is done to its numbers, and how they become one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, shown

from .framework import Framework
from .gates import Gate, pass_gates
from .normalise import DistanceToTarget, Goalposts, MinMax, Normalisation, RankScore, ZScore
from .prepare import Imputation, Stages, Treated, Treatment, read_cells
from .result import CompositeResult
from .tree import Aggregation, Rules, climb, read_rules


@dataclass(frozen=True)
class CompositeIndex:
    """An index of units by a framework. All of it is chosen before the data are seen; no weight comes from them.

    ``normalisation`` is by fixed goalposts unless said otherwise. ``aggregation`` is one method, or one a level or group
    (``{2: "arithmetic", 3: "geometric"}``); geometric and harmonic means see nothing below ``floor``. A group of which
    less than ``least`` of the weight is known has no score. ``gates`` act after the score. Ranks are those of scores
    rounded to ``decimals``, or of unrounded scores where it is None.

    Source: OECD/JRC 2008, Handbook on constructing composite indicators; goalposts as in UNDP's index.

    >>> from yizhen.scoring.composite import CompositeIndex, Framework, Group, Indicator
    >>> framework = Framework(
    ...     [Indicator("beds", "index", worst=0, best=60), Indicator("debt", "index", direction=-1, worst=90, best=10)],
    ...     [Group("index")],
    ... )
    >>> data = {"town": ["a", "b"], "beds": [30, 45], "debt": [10, 50]}
    >>> result = CompositeIndex(framework).fit(data, unit="town")
    >>> result.final["score"].tolist(), result.final["rank"].tolist()
    ([75.0, 62.5], [1.0, 2.0])
    """

    framework: Framework
    imputation: Imputation = field(default_factory=Imputation)
    treatment: Treatment | None = None
    normalisation: Normalisation = field(default_factory=Goalposts)
    aggregation: Aggregation = "arithmetic"
    floor: float | None = None
    least: float = 2 / 3
    gates: Sequence[Gate] = ()
    decimals: int | None = None

    def __post_init__(self) -> None:
        for name, kind in (("framework", Framework), ("imputation", Imputation), ("treatment", Treatment | None)):
            if not isinstance(getattr(self, name), kind):
                raise InputError(name, f"{shown(getattr(self, name))}: expected one of composite's own")
        if isinstance(self.gates, Gate) or not all(isinstance(gate, Gate) for gate in self.gates):
            raise InputError("gates", "expected a sequence of Gate")
        object.__setattr__(self, "gates", tuple(self.gates))
        if not isinstance(self.normalisation, Goalposts | MinMax | ZScore | RankScore | DistanceToTarget):
            raise InputError("normalisation", f"{self.normalisation!r}: expected Goalposts() or another of composite")
        logarithm = self.treatment is not None and self.treatment.then == "log"
        if logarithm and isinstance(self.normalisation, Goalposts | DistanceToTarget):
            raise InputError("treatment", "a logarithm would leave the goalposts' units; leave outliers to them")
        if self.decimals is not None and not 0 <= self.decimals <= 12:
            raise InputError("decimals", f"{self.decimals}: expected 0 to 12")
        read_rules(self.framework, self.aggregation, self.floor, self.least)  # refuse now what cannot be computed

    @property
    def rules(self) -> Rules:
        """One method a group, the floor and the least share."""
        return read_rules(self.framework, self.aggregation, self.floor, self.least)

    def fit(self, data: Any, *, unit: str) -> CompositeResult:
        """Compute the index.

        ``data`` is a pandas or polars frame or a mapping of columns, one row a unit: the ``unit`` names, one column an
        indicator (raw, before its denominator), the denominators, and what imputation and gates name.

        Raises:
            InputError: naming column and row of a bad value, or the indicator that a step cannot treat.
        """
        stages = self.prepare(data, unit)
        nodes = climb(self.framework, self.rules, stages.normalised, self.framework.weights)
        score = nodes[:, self.framework.position[self.framework.root]]
        after, ranked, gated = pass_gates(tuple(self.gates), data, stages.names, score)
        return CompositeResult(
            self.framework, self.rules, self.normalisation, self.decimals, stages, nodes, after, ranked, gated
        )

    def prepare(self, data: Any, unit: str) -> Stages:
        """Return every stage from the values as read to the normalised scores, with the logs of what was changed.

        Raises:
            InputError: as :meth:`fit`.
        """
        cells = read_cells(self.framework, data, unit)
        imputed, filled = self.imputation.apply(self.framework, cells, data)
        log = self.treated(cells.names, imputed)
        values = imputed if log is None else log.values
        return Stages(cells.names, cells.values, imputed, values, self.normalised(values), filled, log)

    def treated(self, names: NDArray[np.object_], imputed: Floats) -> Treated | None:
        """Return imputed values (n, p) with their outliers drawn in, and the log of it; None without a treatment."""
        return None if self.treatment is None else self.treatment.apply(self.framework, names, imputed)

    def normalised(self, values: Floats) -> Floats:
        """Return treated values (n, p) on the common scale."""
        empty = np.flatnonzero(np.isnan(values).all(0))
        if len(empty):
            raise InputError(self.framework.codes[empty[0]], "no unit has a value")
        return self.normalisation.apply(self.framework, values)
