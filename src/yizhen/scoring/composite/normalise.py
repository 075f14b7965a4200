"""Putting indicators on one scale, on which more is always better.

Goalposts are fixed before there are data, so that no unit's score depends on another's. All other methods compare the
units with one another: whoever joins or leaves moves everybody, and can change the order of others.
"""

from dataclasses import dataclass

import numpy as np

from yizhen.scoring.inputs import Floats, InputError, spread

from .framework import Framework


@dataclass(frozen=True)
class Goalposts:
    """From the framework's ``worst`` (``low`` points) to its ``best`` (``high`` points), and no further.

    What lies beyond the posts is cut off unless ``clip=False``. The only method here that is free of the others.

    Source: the fixed goalposts of UNDP's human development index.
    """

    low: float = 0.0
    high: float = 100.0
    clip: bool = True

    def __post_init__(self) -> None:
        _check_scale(self.low, self.high)

    def apply(self, framework: Framework, values: Floats) -> Floats:
        """Return the scores (n, p).

        Raises:
            InputError: when an indicator has no goalposts.
        """
        bare = [one.code for one in framework.indicators if one.worst is None or one.best is None]
        if bare:
            raise InputError("worst, best", f"no goalposts for {', '.join(bare[:10])}; set them, or choose MinMax()")
        worst = np.array([float(one.worst or 0) for one in framework.indicators])
        best = np.array([float(one.best or 0) for one in framework.indicators])
        share = (values - worst) / (best - worst)
        return np.asarray(self.low + (self.high - self.low) * (np.clip(share, 0, 1) if self.clip else share))


@dataclass(frozen=True)
class MinMax:
    """From the worst unit (``low``) to the best (``high``). Scores depend on who takes part."""

    low: float = 0.0
    high: float = 100.0

    def __post_init__(self) -> None:
        _check_scale(self.low, self.high)

    def apply(self, framework: Framework, values: Floats) -> Floats:
        """Return the scores (n, p).

        Raises:
            InputError: when all units have the same value.
        """
        _refuse_constant(framework, values)
        turned = values * framework.directions
        least, most = np.nanmin(turned, 0), np.nanmax(turned, 0)
        return np.asarray(self.low + (self.high - self.low) * (turned - least) / (most - least))


@dataclass(frozen=True)
class ZScore:
    """Distance from the mean in standard deviations (n - 1), then ``mean`` + ``sd`` times that."""

    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        _check_scale(0, self.sd)

    def apply(self, framework: Framework, values: Floats) -> Floats:
        """Return the scores (n, p).

        Raises:
            InputError: when all units have the same value.
        """
        _refuse_constant(framework, values)
        turned = values * framework.directions
        return np.asarray(self.mean + self.sd * (turned - np.nanmean(turned, 0)) / np.nanstd(turned, axis=0, ddof=1))


@dataclass(frozen=True)
class RankScore:
    """The share of the other units that a unit is above, ties counting half, times ``high``. Distances are lost."""

    high: float = 100.0

    def apply(self, framework: Framework, values: Floats) -> Floats:
        """Return the scores (n, p)."""
        from scipy.stats import rankdata

        ranks = rankdata(values * framework.directions, method="average", axis=0, nan_policy="omit")
        others = (~np.isnan(values)).sum(0) - 1
        return np.asarray(self.high * (ranks - 1) / np.maximum(others, 1))


@dataclass(frozen=True)
class DistanceToTarget:
    """The way from the worst unit to the framework's ``best``, as far as a unit has come; ``high`` at the target.

    Reaching the target suffices: nothing is added beyond it.
    """

    high: float = 100.0

    def apply(self, framework: Framework, values: Floats) -> Floats:
        """Return the scores (n, p).

        Raises:
            InputError: when an indicator has no target, or the worst unit is beyond it already.
        """
        bare = [one.code for one in framework.indicators if one.best is None]
        if bare:
            raise InputError("best", f"no target for {', '.join(bare[:10])}")
        target = np.array([float(one.best or 0) for one in framework.indicators]) * framework.directions
        turned = values * framework.directions
        least = np.nanmin(turned, 0)
        beyond = np.flatnonzero(least >= target)
        if len(beyond):
            raise InputError("best", f"every unit has reached the target of {framework.codes[beyond[0]]}")
        return np.asarray(self.high * np.minimum((turned - least) / (target - least), 1))


Normalisation = Goalposts | MinMax | ZScore | RankScore | DistanceToTarget


def _check_scale(low: float, high: float) -> None:
    if not low < high:
        raise InputError("low, high", f"{low} and {high}: expected the low end below the high one")


def _refuse_constant(framework: Framework, values: Floats) -> None:
    flat = np.flatnonzero(spread(values) == 0)
    if len(flat):
        raise InputError(framework.codes[flat[0]], "every unit has the same value: there is nothing to compare")
