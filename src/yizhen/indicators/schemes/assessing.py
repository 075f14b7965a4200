"""The result of an assessment scheme, as plain values. Vetoes act after the score and are never a term in it.

Townships are put in order only inside their own category, and never without the interval.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from yizhen.indicators.comparison import UNCLASSIFIED
from yizhen.indicators.indices.model import Model, build
from yizhen.indicators.indices.spec import ROOT
from yizhen.indicators.models import AssessmentScheme, SchemeEntry, SchemeItem
from yizhen.scoring.composite import Gate, aggregate
from yizhen.scoring.composite.aggregate import Method
from yizhen.scoring.composite.gates import pass_gates
from yizhen.scoring.composite.result import rank_rows
from yizhen.scoring.inputs import Floats

DRAWS, SHIFT, SEED = 1000, 0.25, 20261


def assess(scheme: AssessmentScheme) -> dict[str, Any]:
    """Return every township's base score, what was added and taken off, what vetoes did, and its interval.

    Keys: ``places``, ``unweighted`` (categories whose weights do not sum to 100), ``left_out`` (places without an index
    score, or that nobody has classified), ``vetoes`` (how many veto items the scheme has). Four queries.
    """
    model = build(scheme.index.spec, scheme.index.data or {})
    weights: dict[str, dict[str, int]] = {}
    for one in scheme.weights.all():
        weights.setdefault(one.category_id, {})[one.part] = one.weight
    items = list(scheme.items.all())
    entries = list(SchemeEntry.objects.filter(item__scheme=scheme, state="approved").select_related("item"))
    if model is None:
        return {"places": [], "unweighted": [], "left_out": [], "vetoes": _vetoes(items)}
    by_category: dict[str, list[int]] = {}
    left_out = [one["place"] for one in model.left_out]
    for at, place in enumerate(model.places):
        if place["category"] == UNCLASSIFIED:
            left_out.append(place["code"])
        else:
            by_category.setdefault(place["category"], []).append(at)
    whole = {code for code in by_category if sum(weights.get(code, {}).values()) == 100}
    rows = [
        row
        for code, members in by_category.items()
        if code in whole
        for row in _category(scheme, model, members, weights[code], items, entries)
    ]
    return {
        "places": rows,
        "unweighted": sorted(set(by_category) - whole),
        "left_out": left_out,
        "vetoes": _vetoes(items),
    }


def _vetoes(items: Iterable[SchemeItem]) -> int:
    return sum(item.kind == "veto" for item in items)


def adjustments(
    scheme: AssessmentScheme, items: Iterable[SchemeItem], entries: Iterable[SchemeEntry]
) -> dict[str, Any]:
    """Return what a place's approved entries come to: ``bonus``, ``deduction``, ``lines``, ``vetoes``.

    Each item counts up to its own cap, all bonuses and all deductions up to the scheme's; what happened after an item
    ended does not count.
    """
    lines, total = [], {"bonus": Decimal(0), "deduction": Decimal(0)}
    vetoes: list[int] = []
    for item in items:
        own = [one for one in entries if one.item_id == item.pk and one.happened_on <= item.expires_on]
        if not own:
            continue
        if item.kind == "veto":
            vetoes.append(item.pk)
            continue
        given = sum((one.points for one in own), Decimal(0))
        counted = min(given, item.cap or Decimal(0))
        total[item.kind] += counted
        lines.append({"item": item.pk, "kind": item.kind, "given": float(given), "counted": float(counted)})
    return {
        "bonus": float(min(total["bonus"], scheme.bonus_cap)),
        "deduction": float(min(total["deduction"], scheme.deduction_cap)),
        "lines": lines,
        "vetoes": vetoes,
    }


def _category(
    scheme: AssessmentScheme, model: Model, members: Sequence[int], weights: Mapping[str, int],
    items: list[SchemeItem], entries: list[SchemeEntry],
) -> list[dict[str, Any]]:  # fmt: skip
    places = [model.places[at] for at in members]
    parts = list(weights)
    scores = np.column_stack([model.result.node(part)[list(members)] for part in parts])
    stated = np.array([float(weights[part]) for part in parts])
    rules = model.index.rules
    base = aggregate(rules.methods[-1], scores, stated, rules.floor)
    held = [
        adjustments(scheme, items, [one for one in entries if one.division_id == place["code"]]) for place in places
    ]
    added = np.array([one["bonus"] - one["deduction"] for one in held])
    gates = [item for item in items if item.kind == "veto"]
    closed = {str(item.pk): np.array([item.pk in one["vetoes"] for one in held]) for item in gates}
    after, ranked, _closed = pass_gates(
        tuple(Gate(str(item.pk), item.name_zh, None if item.cap is None else float(item.cap)) for item in gates),
        closed, np.array([place["code"] for place in places], object), base + added,
    )  # fmt: skip
    drawn = _drawn(model, scores, stated) + added
    low, high = np.percentile(drawn, [5, 95], axis=0)
    spans = _spans(drawn, ranked)
    return [
        {
            "place": place["code"], "category": place["category"], "base": float(base[at]),
            "parts": {part: None if np.isnan(scores[at, k]) else float(scores[at, k]) for k, part in enumerate(parts)},
            "weights": dict(weights), **held[at], "score": float(base[at] + added[at]), "after": float(after[at]),
            "ranked": bool(ranked[at]), "from": float(low[at]), "to": float(high[at]), "peers": int(ranked.sum()),
            "low": spans[at][0], "high": spans[at][1],
        }
        for at, place in enumerate(places)
    ]  # fmt: skip


def _drawn(model: Model, scores: Floats, stated: Floats) -> Floats:
    """Return base scores (draws, n) under other weights (±25 %), half of them with the other kind of mean at the top."""
    rules = model.index.rules
    own = rules.methods[-1]
    other: Method = "arithmetic" if own == "geometric" else "geometric"
    weights = stated * (1 + SHIFT * (2 * np.random.default_rng(SEED).random((DRAWS, len(stated))) - 1))
    floor = rules.floor or 1.0
    return np.vstack([
        aggregate(own, scores[None], weights[: DRAWS // 2], floor), aggregate(other, scores[None], weights[DRAWS // 2 :], floor),
    ])  # fmt: skip


def _spans(drawn: Floats, ranked: Any) -> list[tuple[int | None, int | None]]:
    """Return between which places each falls nine times out of ten, among its peers that no veto concerns."""
    made: list[tuple[int | None, int | None]] = [(None, None)] * len(ranked)
    members = np.flatnonzero(ranked)
    if len(members) > 1:
        low, high = np.percentile(rank_rows(drawn[:, members]), [5, 95], axis=0, method="inverted_cdf").astype(int)
        for at, first, last in zip(members.tolist(), low.tolist(), high.tolist(), strict=True):
            made[at] = (first, last)
    return made


def parts_of_index(scheme_index: Any) -> list[dict[str, str]]:
    """Return the pillars that an index stands on, with their names."""
    model = build(scheme_index.spec, scheme_index.data)
    named = {one["code"]: one for one in scheme_index.spec["groups"]}
    about = scheme_index.data["indicators"]
    codes = model.index.framework.children(ROOT) if model else ()
    return [
        {"code": code, **{name: (named.get(code) or about[code])[name] for name in ("name_zh", "name_en")}}
        for code in codes
    ]
