"""The ASEM example as the oracle has it: framework, raw data and the choices that COINr makes."""

import csv
from functools import cache
from typing import Any

import numpy as np

from tests.scoring.meetings import ORACLES, table
from yizhen.scoring.composite import CompositeIndex, CompositeResult, Framework, Imputation, MinMax, Treatment, ZScore
from yizhen.scoring.inputs import Floats
from yizhen.scoring.robustness import Choices, WeightNoise

FOLDER = ORACLES / "coinr_asem"
# What COINr's own analysis of this example varies.
CHOICES = Choices(
    weights=WeightNoise(0.25, levels=(2, 3)),
    treatments=[Treatment(most=most, then="log") for most in range(1, 6)],
    normalisations=[MinMax(1, 100), ZScore(10, 2)],
    aggregations=["arithmetic", "geometric"],
)


@cache
def framework() -> Framework:
    return Framework.from_table(table("coinr_asem/framework.csv"))


@cache
def raw() -> dict[str, list[Any]]:
    """Return the raw data; empty cells are None."""
    columns: dict[str, list[Any]] = dict(table("coinr_asem/raw.csv"))
    return {
        name: values if name in ("unit", "group") else [float(value) if value else None for value in values]
        for name, values in columns.items()
    }


def index(**changes: Any) -> CompositeIndex:
    standard: dict[str, Any] = {
        "imputation": Imputation("mean", "group"), "treatment": Treatment(), "normalisation": MinMax(0, 100),
    }  # fmt: skip
    return CompositeIndex(framework(), **standard | changes)


@cache
def fitted() -> CompositeResult:
    return index().fit(raw(), unit="unit")


def stage(name: str) -> Floats:
    """Return a stage of the oracle in the order of the framework's indicators, NaN where it has none."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row[code]) if row[code] else np.nan for code in framework().codes] for row in rows])


def column(name: str, of: str) -> Floats:
    return np.array([float(value) for value in table(f"coinr_asem/{name}.csv")[of]])
