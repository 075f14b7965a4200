"""How firm the ranks of an index are under other plausible choices, and which choice moves them."""

from .choices import Choices, DirichletWeights, WeightNoise
from .result import RobustnessResult, robustness
from .sensitivity import Indices, SensitivityResult, sensitivity, variance_shares

__all__ = [
    "Choices", "DirichletWeights", "Indices", "RobustnessResult", "SensitivityResult", "WeightNoise", "robustness",
    "sensitivity", "variance_shares",
]  # fmt: skip
