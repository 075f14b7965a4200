"""The tutorial: the ASEM example through the ordinary import, its index and ranks equal to the published ones."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.scoring import asem
from yizhen.indicators.indices.model import build
from yizhen.indicators.models import ImportBatch, Observation

TOOL = Path(__file__).resolve().parents[2] / "tools" / "tutorial_index.py"


@pytest.fixture
def tutorial() -> Any:
    described = importlib.util.spec_from_file_location("tutorial_index", TOOL)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


@pytest.fixture
def frozen(db, tutorial):
    return tutorial.make_index(tutorial.make_city(), draws=4000)


def test_scores_ranks_and_their_uncertainty_are_the_published_ones(frozen):
    batch = ImportBatch.objects.get()
    known = int((~np.isnan(asem.stage("denominated"))).sum())
    assert (batch.state, Observation.objects.filter(batch=batch).count()) == ("committed", known)
    places = frozen.result["places"]
    assert len(places) == 51
    order = np.argsort(
        [row["place"] for row in places]
    )  # the oracle is in the order of numbers, pages in that of groups
    of = lambda key: np.array([places[at][key] for at in order])  # noqa: E731
    np.testing.assert_allclose(of("score"), asem.column("aggregated", "Index"), rtol=1e-9)
    assert of("rank").tolist() == asem.column("ranks", "Rank").tolist()
    for key, column, most in (("median", "Median", 2), ("low", "Q5", 4), ("high", "Q95", 4)):
        assert np.abs(of(key) - asem.column("uncertainty", column)).max() <= most
    model = build(frozen.spec, frozen.data)
    rows = np.argsort([place["code"] for place in model.places])
    for code in ("Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin", "Conn", "Sust"):
        np.testing.assert_allclose(
            model.result.node(code)[rows], asem.column("aggregated", code), rtol=1e-9, err_msg=code
        )
    # No unit bears the name of a real place.
    assert {place["code"][:2] for place in frozen.data["places"]} == {"99"}
    assert {place["name_zh"][:2] for place in frozen.data["places"]} == {"单元"}
