"""The library as a stranger meets it: importable on its own, every name explained with an example that runs."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import yizhen.scoring

PARTS = [
    "agreement", "composite", "crossed", "facets", "frontier", "ranks", "robustness", "screening", "small_area", "tally",
]  # fmt: skip
HEAVY = ["django", "pandas", "polars", "matplotlib", "sklearn"]


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(yizhen.scoring.__path__, "yizhen.scoring.")
    return [importlib.import_module(module.name) for module in found]


def public() -> list[tuple[str, Any]]:
    return [
        (f"{part}.{name}", getattr(module, name))
        for part in PARTS
        for module in [importlib.import_module(f"yizhen.scoring.{part}")]
        for name in module.__all__
    ]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_examples_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(("name", "thing"), [(n, t) for n, t in public() if inspect.isfunction(t)])
def test_functions_have_an_example(name: str, thing: Any) -> None:
    assert thing.__doc__ is not None
    assert ">>>" in thing.__doc__


def test_the_library_imports_lightly() -> None:
    parts = ", ".join(f"yizhen.scoring.{part}" for part in PARTS)
    code = f"import sys, {parts}; print(*[name for name in {HEAVY} if name in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={})
    assert made.stdout.strip() == ""


def test_counting_needs_no_scipy() -> None:
    code = "import sys, yizhen.scoring.tally.count; print('scipy' in sys.modules)"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={})
    assert made.stdout.strip() == "False"
