"""Pictures have a title, units, source and date, and tell no single rater."""

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from tests.scoring import asem
from yizhen.scoring.facets import ManyFacetRasch
from yizhen.scoring.inputs import InputError
from yizhen.scoring.plots import (
    plot_funnel,
    plot_lifts,
    plot_margins,
    plot_rank_sets,
    plot_robustness,
    plot_scores,
    plot_sensitivity,
    plot_weights,
    plot_wright_map,
)
from yizhen.scoring.ranks import comparison_errors, rank_sets
from yizhen.scoring.robustness import Choices, WeightNoise, robustness, sensitivity
from yizhen.scoring.simulate import simulate_ballots
from yizhen.scoring.small_area import funnel
from yizhen.scoring.tally import Margin

SAID: Any = {"source": "演示数据", "date": "2026-11-25"}


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))


@pytest.fixture(scope="module")
def result() -> Any:
    data, _ = simulate_ballots(1, ratees=9)
    return ManyFacetRasch().fit(
        {**data, "rater": [f"rater-{r}" for r in data["rater"]]}, ratee="town", rater="rater", score="score"
    )


def test_every_picture_says_what_it_is(result: Any, tmp_path: Path) -> None:
    sets = rank_sets(result.ratees["wle"], covariance=result.ratee_covariance(), names=list("ABCDEFGHI"))
    made = {
        "名次（1 为最高": plot_rank_sets(sets, **SAID),
        "分（横线不重叠": plot_scores(list("ABCDEFGHI"), result.ratees["wle"], result.ratees["wle_se"], **SAID),
        "logit": plot_wright_map(result, **SAID),
        "票（张）": plot_margins({"A 领先 B": Margin(3, {}), "B 领先 C": Margin(None, {})}, **SAID),
    }
    for unit, figure in made.items():
        text = words(figure)
        assert unit in text
        assert "来源：演示数据　2026-11-25" in text
        figure.savefig(tmp_path / "picture.png")
        assert (tmp_path / "picture.png").stat().st_size > 5_000
    english = words(plot_rank_sets(sets, language="en", source="demo", date="2026-11-25"))
    assert "Ranks with 95% confidence sets (for each unit by itself)" in english
    assert "Source: demo" in english


def test_the_map_tells_no_rater_and_no_small_class(result: Any) -> None:
    classes = {f"rater-{r}": "leaders" if r < 4 else "delegates" if r < 20 else "peers" for r in range(40)}
    text = words(plot_wright_map(result, classes=classes, language="en"))
    assert "rater-" not in text
    assert not any(group in text for group in ("leaders", "delegates", "peers"))  # else one could subtract
    larger = {name: "leaders" if int(name[6:]) < 5 else "peers" for name in classes}
    assert "leaders" in words(plot_wright_map(result, classes=larger, language="en"))
    data, _ = simulate_ballots(2, ratees=9, raters=4)
    few = ManyFacetRasch().fit(data, ratee="town", rater="rater", score="score")
    assert "fewer than 5 raters: not shown" in words(plot_wright_map(few, language="en"))


def test_lengths_must_fit() -> None:
    with pytest.raises(InputError, match="have 2, 1 and 1 entries"):
        plot_scores(["a", "b"], [1.0], [0.1])
    with pytest.raises(InputError, match="NaN or infinite"):
        plot_scores(["a", "b"], [1.0, float("nan")], [0.1, 0.1])
    with pytest.raises(InputError, match="give one of them"):
        plot_scores(["a", "b"], [1.0, 2.0])
    with pytest.raises(InputError, match="there is none to draw"):
        plot_margins({})


def test_grades_are_named_and_names_are_no_mathematics(result: Any, tmp_path: Path) -> None:
    text = words(plot_wright_map(result, grades=["不称职", "基本称职", "称职", "优秀"]))
    assert "→ 优秀" in text
    with pytest.raises(InputError, match="has 2 names for 4 grades"):
        plot_wright_map(result, grades=["a", "b"])
    with pytest.raises(InputError, match="no class for"):
        plot_wright_map(result, classes={"rater-0": "A"})
    plot_margins({"a$b$c_{": Margin(1, {}), "很长" * 30: Margin(2, {})}).savefig(tmp_path / "odd.png")


def test_bars_of_shared_errors_are_narrower() -> None:
    covariance = 4 * (0.8 + 0.2 * np.eye(3))
    alone = plot_scores(list("abc"), [1.0, 2.0, 3.0], [2.0, 2.0, 2.0])
    shared = plot_scores(list("abc"), [1.0, 2.0, 3.0], covariance=covariance)

    def width(figure: Figure) -> float:
        low, high = figure.axes[0].get_xlim()
        return high - low

    assert width(shared) < width(alone)
    assert comparison_errors(covariance) == pytest.approx(2 * np.sqrt(0.2) * np.ones(3))


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return ordinary(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install yizhen\[plots\]"):
        plot_margins({"a": Margin(1, {})})


def test_every_picture_of_places_says_what_it_is(tmp_path: Path) -> None:
    index, choices = (
        asem.index(),
        Choices(weights=WeightNoise(0.3), aggregations=["arithmetic", {2: "arithmetic", 3: "harmonic", 4: "harmonic"}]),
    )
    analysed = robustness(index, asem.raw(), unit="unit", choices=choices, draws=200)
    shares = sensitivity(index, asem.raw(), unit="unit", choices=choices, base=32)
    watched = funnel([0, 12, 900], [1500, 30_000, 300_000], per=10_000, names=["小镇", "中镇", "城区"], target=5)
    made = {
        "名次（1 为最高；点": plot_robustness(analysed, units=["unit 03", "unit 01"], **SAID),
        "使总分高于平均": plot_lifts(asem.fitted(), "unit 03", **SAID),
        "占比（%）": plot_weights(asem.fitted(), of="Sust", **SAID),
        "占名次变动的份额": plot_sensitivity(shares, **SAID),
        "比率 每万人": plot_funnel(watched, unit="每万人", **SAID),
    }
    for unit, figure in made.items():
        text = words(figure)
        assert unit in text
        assert "来源：演示数据　2026-11-25" in text
        figure.savefig(tmp_path / "picture.png")
        assert (tmp_path / "picture.png").stat().st_size > 5_000
    assert "城区" in words(made["比率 每万人"])
    assert "小镇" not in words(made["比率 每万人"])
    assert "估计不准" in words(made["占名次变动的份额"])
    english = words(plot_lifts(asem.fitted(), "unit 03", of="Conn", language="en", source="demo", date="2026-11-25"))
    assert "points of the index above (right) or below the average" in english
    with pytest.raises(InputError, match="there is no unit 99"):
        plot_robustness(analysed, units=["unit 99"])
    with pytest.raises(InputError, match="LPI is no group"):
        plot_lifts(asem.fitted(), "unit 03", of="LPI")
