"""Estimates with their covariance, and random draws of their errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.inputs import Floats, InputError, matrix_of

WORK = 2e8  # draws × pairs that a default number of draws may cost


@dataclass(frozen=True)
class Estimates:
    """Estimates of p units, higher being better: ``value`` (p,), ``covariance`` (p, p), ``df`` of its scale or None."""

    names: NDArray[np.object_]
    value: Floats
    covariance: Floats
    df: float | None

    def __len__(self) -> int:
        return len(self.value)

    @property
    def difference_se(self) -> Floats:
        """Standard errors (p, p) of all differences; 1 on the diagonal, where the difference is 0."""
        variance = np.diag(self.covariance)
        made = np.sqrt(np.maximum(variance[:, None] + variance - 2 * self.covariance, 0))
        np.fill_diagonal(made, 1.0)
        return made

    def errors(self, draws: int, seed: int) -> Floats:
        """Return draws of the estimates' errors, shape (draws, p), in single precision; t-distributed with ``df``.

        They are drawn in the order of the estimates, so that the order in which units are listed changes nothing.
        """
        generator = np.random.default_rng(seed)
        order = np.lexsort((np.diag(self.covariance), -self.value))
        sorted_ = self.covariance[np.ix_(order, order)]
        made = generator.standard_normal((draws, len(self)), dtype=np.float32)
        off = sorted_ - np.diag(np.diag(sorted_))
        if np.abs(off).max() <= 1e-12 * np.diag(sorted_).max():
            made *= np.sqrt(np.diag(sorted_)).astype(np.float32)
        else:
            values, vectors = np.linalg.eigh(sorted_)
            made = made @ (vectors * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)
        if self.df is not None:
            made /= np.sqrt(generator.chisquare(self.df, (draws, 1)) / self.df).astype(np.float32)
        errors = np.empty_like(made)
        errors[:, order] = made
        return errors


def read_estimates(
    estimates: Any,
    *,
    se: Any = None,
    covariance: Any = None,
    df: float | None = None,
    names: Sequence[object] | None = None,
    level: float = 0.95,
    draws: int | None = None,
) -> Estimates:
    """Check estimates given with standard errors (independent) or a covariance matrix.

    Raises:
        InputError: when shapes differ, a value is missing, an error is not positive, two units have a difference
            without error, the level is not between 0 and 1, or there are fewer than 200 draws.
    """
    value = np.asarray(estimates, dtype=np.float64)
    if value.ndim != 1 or len(value) < 2:
        raise InputError("estimates", f"has shape {value.shape}, expected two units or more in one dimension")
    full = _covariance(se, covariance, len(value))
    lost = np.flatnonzero(~np.isfinite(value))
    if len(lost):
        raise InputError("estimates", "NaN or infinite", int(lost[0]))
    if df is not None and not df >= 1:
        raise InputError("df", f"{df} degrees of freedom; at least 1")
    if not 0 < level < 1:
        raise InputError("level", f"{level} is not between 0 and 1")
    if draws is not None and draws < 200:
        raise InputError("draws", f"{draws} draws; at least 200")
    if names is not None and len(names) != len(value):
        raise InputError("names", f"has {len(names)} names for {len(value)} units")
    labelled = np.empty(len(value), dtype=object)
    labelled[:] = list(range(1, len(value) + 1)) if names is None else list(names)
    if len(set(labelled.tolist())) < len(labelled):
        raise InputError("names", "a name occurs twice")
    made = Estimates(labelled, value, full, None if df is None or np.isinf(df) else df)
    certain = np.argwhere(made.difference_se <= 1e-7 * np.sqrt(np.diag(full).max()))
    if len(certain):
        one, other = (labelled[i] for i in certain[0])
        raise InputError("covariance", f"the difference between {one} and {other} has no error; nothing to test")
    return made


def _covariance(se: Any, covariance: Any, units: int) -> Floats:
    """Return the covariance of the estimates, from whichever of the two was given."""
    if (se is None) == (covariance is None):
        raise InputError("se, covariance", "give one of them")
    if covariance is None:
        error = np.asarray(se, dtype=np.float64)
        if error.shape != (units,):
            raise InputError("se", f"has shape {error.shape}, expected ({units},)")
        bad = np.flatnonzero(~(error > 0) | ~np.isfinite(error))
        if len(bad):
            raise InputError("se", "an error must be a positive number", int(bad[0]))
        return np.asarray(np.diag(error**2))
    full = matrix_of(covariance, "covariance")
    if full.shape != (units, units) or not np.allclose(full, full.T, rtol=1e-6, atol=1e-12):
        raise InputError("covariance", f"has shape {full.shape} or is not symmetric; expected {units} units")
    bad = np.flatnonzero(~(np.diag(full) >= 0))
    if len(bad):
        raise InputError("covariance", "a variance must be a number from 0 up", int(bad[0]))
    if np.linalg.eigvalsh(full).min() < -1e-6 * np.diag(full).max():
        raise InputError("covariance", "is no covariance matrix: it has a negative direction")
    return full


def default_draws(units: int) -> int:
    """Return how many draws to take: 20,000 for a table of townships, fewer for hundreds of units."""
    return int(np.clip(WORK / units**2, 2_000, 20_000))
