"""What an index says of places: what does not apply drops out, fixed goalposts keep others out, vetoes and hashes hold."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG
from tests.indicators import indexed
from yizhen.indicators.indices.analysis import analyse
from yizhen.indicators.indices.gathering import gather, revised
from yizhen.indicators.indices.model import build
from yizhen.indicators.indices.spec import sha256
from yizhen.indicators.indices.timing import end_of, last_ended
from yizhen.indicators.indices.trees import tree_of


@pytest.fixture
def office(db):
    factories.fictional_city()
    factories.catalogue()
    made = factories.account("city_office")
    indexed.figures(made)
    return made


def plain(places=indexed.PLACES):
    """Return gathered figures without a database: every place in one category, everything applies."""
    at = {code: indexed.PLACES.index(code) for code in places}
    return {
        "places": [{"code": code, "name_zh": code, "name_en": code, "category": "town"} for code in places],
        "categories": {"town": {"name_zh": "镇", "name_en": "Town"}},
        "indicators": {
            code: {"name_zh": code, "name_en": code, "unit": "", "direction": "up", "per": 0, "chance": "", "period": "2025"}
            for code in indexed.FIGURES
        },
        "figures": [
            {"place": place, "indicator": code, "value": str(values[at[place]]), "numerator": None, "denominator": None,
             "source": "STA", "as_of": "2025-12-31"}
            for code, values in indexed.FIGURES.items() for place in places
        ],
        "absent": [],
    }  # fmt: skip


def score(code, at):
    low, high = indexed.POSTS[code]
    return min(max((indexed.FIGURES[code][at] - low) / (high - low), 0), 1) * 100


def by_hand(at, absent=()):
    """The rule by hand: arithmetic inside a pillar, geometric across, nothing below 1."""
    total, weights = 0.0, {"development": 50, "livelihood": 30, "safety": 20}
    for pillar, codes in indexed.PILLARS.items():
        known = [score(code, at) for code in codes if code not in absent]
        total += weights[pillar] * np.log(max(sum(known) / len(known), 1.0))
    return float(np.exp(total / 100))


def test_scores_are_those_of_the_rule_and_what_does_not_apply_drops_out(office):
    result = analyse(indexed.spec(), gather(indexed.spec(), office.scope_id), 200)
    made = {row["place"]: row["score"] for row in result["places"]}
    assert made[LIUAN] == pytest.approx(by_hand(0))
    assert made[GUDU] == pytest.approx(by_hand(3, absent=("D02",)))
    assert made[JIANGFENG] == pytest.approx(by_hand(4, absent=("D02",)))
    assert sorted(result["absent"]) == [[JIANGFENG, "D02"], [GUDU, "D02"]]
    spec = indexed.spec()
    tree = tree_of(build(spec, gather(spec, office.scope_id)), GUDU)
    nodes = {node.code: node for node in tree.walk()}
    assert (nodes["D01"].share, nodes["D02"].share, nodes["D02"].note) == (1.0, None, "absent")
    assert nodes["livelihood"].points == pytest.approx(0.3 * nodes["livelihood"].score)
    assert sum(child.points for child in nodes["livelihood"].children) == pytest.approx(nodes["livelihood"].score)


def test_ranks_are_inside_peer_groups_and_never_without_their_interval(office):
    result = analyse(indexed.spec(), gather(indexed.spec(), office.scope_id), 300)
    rows = {row["place"]: row for row in result["places"]}
    assert [row["place"] for row in result["places"]] == [
        JIANGFENG,
        GUDU,
        SHIMEN,
        LIUAN,
        XITANG,
    ]  # by category and code
    assert {rows[code]["peers"] for code in (LIUAN, XITANG, SHIMEN)} == {3}
    assert {rows[code]["peers"] for code in (GUDU, JIANGFENG)} == {2}
    assert all(1 <= row["low"] <= row["median"] <= row["high"] <= row["peers"] for row in rows.values())
    none = analyse(
        indexed.spec(otherwise={**indexed.spec()["otherwise"], "weights": 0, "normalisations": [], "means": [], "dropout": False}),
        gather(indexed.spec(), office.scope_id), 300,
    )  # fmt: skip
    assert {row["rank"] for row in none["places"]} == {None}  # nothing was varied: no interval, so no rank


def test_a_place_that_knows_too_little_has_no_score_and_is_named(office):
    from yizhen.indicators.models import Observation

    Observation.objects.filter(division_id=XITANG, indicator_id__in=["S06", "S07"]).delete()
    result = analyse(indexed.spec(), gather(indexed.spec(), office.scope_id), 200)
    assert result["left_out"] == [{"place": XITANG, "missing": ["S06", "S07"]}]
    assert XITANG not in {row["place"] for row in result["places"]}
    filled = indexed.spec(imputation="median", least=0.0)
    model = build(filled, gather(filled, office.scope_id))
    assert model.left_out == []
    cells = {(row["unit"], row["indicator"]): row["value"] for row in model.result.stages.filled.rows()}
    assert cells == {(XITANG, "S06"): 87.5, (XITANG, "S07"): 85}  # of the industrial towns 90, 85 and 80, 90


def test_an_indicator_without_figures_is_named_and_its_sibling_takes_over(office):
    spec = indexed.spec()
    spec["indicators"].append({"code": "D06", "parent": "development", "weight": 1.0, "worst": 1.0, "best": 9.0})
    result = analyse(spec, gather(spec, office.scope_id), 200)
    assert result["empty"] == ["D06"]
    assert {row["place"]: row["score"] for row in result["places"]}[LIUAN] == pytest.approx(by_hand(0))


def test_the_hash_is_that_of_the_content_whatever_its_order_and_changes_with_it(office):
    spec, data = indexed.spec(), gather(indexed.spec(), office.scope_id)
    turned = dict(reversed(list(json.loads(json.dumps(spec)).items())))
    assert sha256(turned) == sha256(spec)
    assert sha256(gather(spec, office.scope_id)) == sha256(data)
    factories.import_figures(office, [factories.row("D01", LIUAN, "2025-12", value=7.5)])
    now = gather(spec, office.scope_id)
    assert sha256(now) != sha256(data)
    assert revised(data, now) == [{"place": LIUAN, "indicator": "D01", "before": "8.0000", "now": "7.5000"}]
    assert analyse(spec, data, 200) == analyse(spec, data, 200)


@given(times=st.floats(1e-3, 1e3), pillar=st.sampled_from(sorted(indexed.PILLARS)), inner=st.floats(1e-3, 1e3))
@settings(max_examples=25)
def test_only_the_proportions_of_weights_matter(times, pillar, inner):
    spec = indexed.spec()
    expected = build(spec, plain()).result.node("index")
    other = copy.deepcopy(spec)
    for group in other["groups"]:
        group["weight"] *= times
    for one in other["indicators"]:
        if one["parent"] == pillar:
            one["weight"] *= inner
    np.testing.assert_allclose(build(other, plain()).result.node("index"), expected, rtol=1e-9)


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6),
    keep=st.lists(st.sampled_from(indexed.PLACES), min_size=2, max_size=4, unique=True),
)
@settings(max_examples=25)
def test_under_fixed_goalposts_nobody_else_changes_a_score(values, keep):
    spec = indexed.spec()
    alone = build(spec, plain(tuple(keep)))
    data = plain(tuple(keep))
    data["places"].append({"code": "990199001", "name_zh": "别处", "name_en": "Elsewhere", "category": "town"})
    data["figures"] += [
        {"place": "990199001", "indicator": code, "value": repr(value), "numerator": None, "denominator": None,
         "source": "STA", "as_of": "2025-12-31"}
        for code, value in zip(indexed.FIGURES, values, strict=True)
    ]  # fmt: skip
    np.testing.assert_array_equal(build(spec, data).result.node("index")[:-1], alone.result.node("index"))


def test_by_comparison_somebody_else_does_change_scores():
    spec = indexed.spec(normalisation="minmax")
    few, all_ = (build(spec, plain(indexed.PLACES[:size])).result.node("index")[:3] for size in (3, 5))
    assert np.abs(few - all_).max() > 1


def test_compensation_redundancy_and_the_floor_are_pointed_out():
    data = plain()
    for one in data["figures"]:
        at = indexed.PLACES.index(one["place"])
        if one["indicator"] == "L06":  # a copy of L05
            one["value"] = str(indexed.FIGURES["L05"][at] + 10)
        if one["indicator"] in {"S06", "S07"} and one["place"] == LIUAN:
            one["value"] = "0"
        if one["indicator"] in {"D01", "D02"} and one["place"] == LIUAN:
            one["value"] = "1000"
    spec = indexed.spec(means={"2": "arithmetic", "3": "arithmetic"})
    result = analyse(spec, data, 200)
    assert [(row["place"], row["part"]) for row in result["uneven"]] == [(LIUAN, "safety")]
    assert ("L05", "L06", "redundant") in [(row["first"], row["second"], row["finding"]) for row in result["coherence"]]
    assert result["floor"] is None  # an arithmetic mean bears a nought
    geometric = analyse(indexed.spec(floor=5.0), data, 200)
    assert geometric["floor"] == {"floor": 5.0, "lifted": [{"place": LIUAN, "node": "safety"}]}
    assert {row["name"] for row in geometric["choices"] if row["kind"] == "floor"} == {"1", "10"}
    row = next(row for row in geometric["places"] if row["place"] == LIUAN)
    assert row["arithmetic"] > row["score"] + 10


def test_few_events_are_pointed_out_and_can_be_drawn_to_the_peers():
    data = plain()
    data["indicators"]["S06"] |= {"chance": "share", "per": 100}
    counts = {LIUAN: (3, 4), XITANG: (310, 400), SHIMEN: (250, 300), GUDU: (240, 300), JIANGFENG: (700, 900)}
    for one in data["figures"]:
        if one["indicator"] == "S06":
            top, base = counts[one["place"]]
            one |= {"numerator": str(top), "denominator": str(base), "value": str(100 * top / base)}
    raw, shrunk = (build(indexed.spec(shrink=shrink), data) for shrink in (False, True))
    assert raw.few == [{"place": LIUAN, "indicator": "S06", "count": 3, "base": 4}]
    middle = 100 * sum(top for top, _base in counts.values()) / sum(base for _top, base in counts.values())
    assert abs(shrunk.table["S06"][0] - middle) < 0.2 * abs(raw.table["S06"][0] - middle)


def test_a_period_takes_what_had_ended_by_then():
    for period, monthly, quarterly, half, yearly in (
        ("2025", "2025-12", "2025Q4", "2025H2", "2025"),
        ("2026Q3", "2026-09", "2026Q3", "2026H1", "2025"),
        ("2026-02", "2026-02", "2025Q4", "2025H2", "2025"),
        ("2026H1", "2026-06", "2026Q2", "2026H1", "2025"),
    ):
        found = [last_ended(one, end_of(period)) for one in ("monthly", "quarterly", "half_yearly", "yearly")]
        assert found == [monthly, quarterly, half, yearly]
