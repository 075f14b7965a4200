"""Pictures for where a person would rather look.

Needs matplotlib (``pip install yizhen[plots]``). Every picture has a title, units, its source and date. Figures are plain
objects without global state: save them with ``savefig``.
"""

from .ballots import plot_margins, plot_rank_sets, plot_scores, plot_wright_map
from .places import plot_funnel, plot_lifts, plot_robustness, plot_sensitivity, plot_weights

__all__ = [
    "plot_funnel", "plot_lifts", "plot_margins", "plot_rank_sets", "plot_robustness", "plot_scores", "plot_sensitivity",
    "plot_weights", "plot_wright_map",
]  # fmt: skip
