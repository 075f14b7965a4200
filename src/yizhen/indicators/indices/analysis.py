"""What an index says of its places and how firm it is, as plain values that can be kept: no sentence, no language.

Ranks exist only inside a peer group (or where an office declared all places comparable) and never without their interval.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from yizhen.scoring.composite import coherence, diagnostics
from yizhen.scoring.composite.model import CompositeIndex
from yizhen.scoring.composite.result import rank_rows
from yizhen.scoring.composite.tree import climb
from yizhen.scoring.inputs import Floats, InputError, Integers
from yizhen.scoring.robustness import Choices, WeightNoise, variance_shares
from yizhen.scoring.robustness.choices import Runs, draw_runs
from yizhen.scoring.robustness.runs import make_plan, ranks_of, without

from .gathering import Data
from .model import Model, build, gaps, means_of, normalisation, treatment
from .spec import ROOT, Spec, depth

METHOD = 1  # raised when the arithmetic here changes, so that nothing kept is taken for new
SEED = 20260
MANY = 300  # above so many places the shares of variance take fewer runs
WEIGHT_SHIFT = 0.25
LOW, UNLIKE = 0.5, 2.0  # a pillar under half of the total; a weight that is twice, or half, what was stated


def analyse(spec: Spec, data: Data, draws: int = 1000) -> dict[str, Any]:
    """Compute an index and everything that its page says. Deterministic: the same spec and data give the same values.

    Returns ``places`` (score, parts, rank interval), ``left_out``, ``empty``, ``cautions``, ``weights``, ``diagnostics``,
    ``choices`` (one at a time), ``sensitivity``; ``problem`` says why there is no index, where there is none.
    """
    model = build(spec, data)
    if model is None:
        return {"problem": "empty", "places": [], "left_out": [], "empty": [one["code"] for one in spec["indicators"]]}
    try:
        return _analysed(model, draws)
    except InputError as error:  # the mathematics names the column; a spec cannot foresee every set of figures
        return {"problem": "refused", "column": error.column, "reason": error.reason, "places": [], "left_out": []}


def _analysed(model: Model, draws: int) -> dict[str, Any]:
    made = model.result
    choices, skipped = _choices(model)
    drawn = None if choices is None else ranks_of(*_plan(model, choices, draws), groups=model.groups)
    nominal = _within(model, made.node(ROOT)[None])[0]
    return {
        "problem": "",
        "draws": draws if choices is not None else 0,
        "varied": list(choices.factors) if choices is not None else [],
        "skipped": skipped,
        "places": list(_places(model, nominal, drawn)),
        "left_out": model.left_out,
        "empty": model.empty,
        "absent": [pair for pair in model.data["absent"] if pair[0] in {place["code"] for place in model.places}],
        "few": model.few,
        "filled": _rows(made.stages.filled),
        "drawn_in": [] if made.stages.treatment is None else _rows(made.stages.treatment.cells),
        "coherence": _rows(coherence(made)[0]),
        "uneven": list(_uneven(model)),
        "floor": _floor(model),
        "weights": _weights(model),
        "diagnostics": _diagnostics(model),
        "choices": list(_one_at_a_time(model, nominal)),
        "sensitivity": _sensitivity(model, choices, draws),
    }


def _rows(table: Any) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row.items()} for row in table.rows()]


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and np.isnan(value) else value


def _within(model: Model, scores: Floats) -> Integers:
    """Return ranks (b, n) inside each group that may be compared."""
    made = np.zeros(scores.shape, np.int64)
    for members in model.groups:
        made[:, members] = rank_rows(scores[:, members])
    return made


def _places(model: Model, nominal: Integers, drawn: Integers | None) -> Iterator[dict[str, Any]]:
    """Yield each place with its score, its parts and where its rank falls nine times out of ten among its peers."""
    made = model.result
    size, peers = np.zeros(len(model.places), int), np.zeros(len(model.places), bool)
    for members in model.groups:
        size[members], peers[members] = len(members), model.is_peer_group(members)
    bounds = None if drawn is None else np.percentile(drawn, [5, 50, 95], axis=0, method="inverted_cdf").astype(int)
    arithmetic = _score(model, replace(model.index, aggregation="arithmetic"))
    for at, place in enumerate(model.places):
        ranked = bounds is not None and peers[at] and size[at] > 1
        yield {
            "place": place["code"],
            "score": float(made.node(ROOT)[at]),
            "arithmetic": float(arithmetic[at]),
            "parts": {code: _plain(made.node(code)[at]) for code in model.parts},
            "peers": int(size[at]),
            "rank": int(nominal[at]) if ranked else None,
            "low": int(bounds[0, at]) if ranked and bounds is not None else None,
            "median": int(bounds[1, at]) if ranked and bounds is not None else None,
            "high": int(bounds[2, at]) if ranked and bounds is not None else None,
        }


def _score(model: Model, index: CompositeIndex) -> Floats:
    return index.fit(model.table, unit="place").node(ROOT)


def _choices(model: Model) -> tuple[Choices | None, list[str]]:
    """Return what is varied, and the names of alternatives that cannot be computed with these figures."""
    said, index, skipped = model.spec["otherwise"], model.index, []
    values = model.result.stages.treated
    scales: list[Any] = [index.normalisation]
    for name in said["normalisations"]:
        if name == model.spec["normalisation"]:
            continue
        try:
            other = normalisation(name, 1.0)
            other.apply(index.framework, values)
            scales.append(other)
        except InputError:
            skipped.append(name)
    means = _listed(index.aggregation, [_means(model, name) for name in said["means"]])
    treated = _listed(index.treatment, [treatment(name, model.spec["most"]) for name in said["treatments"]])
    floors = _listed(index.floor, [float(one) for one in said["floors"]])
    leaves = len(index.framework.codes)
    try:
        return Choices(
            weights=WeightNoise(said["weights"], said["levels"] or None) if said["weights"] else None,
            normalisations=scales if len(scales) > 1 else (), aggregations=means, treatments=treated, floors=floors,
            dropout=1 / leaves if said["dropout"] and leaves > 2 else 0.0,
        ), skipped  # fmt: skip
    except InputError:  # nothing varies
        return None, skipped


def _listed(own: Any, others: list[Any]) -> list[Any]:
    made = [own]
    for one in others:
        if one not in made:
            made.append(one)
    return made if len(made) > 1 else []


def _means(model: Model, name: str) -> Any:
    """Return an alternative way to aggregate: everywhere one mean, or a geometric one only at the top."""
    framework = model.index.framework
    top = str(depth(model.spec))
    return means_of({**model.spec, "means": {"across": {top: "geometric"}, "geometric": dict.fromkeys("23456789", name),
                                              "arithmetic": {}}[name]}, framework)  # fmt: skip


def _plan(model: Model, choices: Choices, draws: int) -> tuple[Any, Any]:
    return make_plan(model.index, choices, model.table, "place", SEED), _runs(model, choices, draws, SEED)


def _runs(model: Model, choices: Choices, draws: int, seed: int) -> Runs:
    """Return draws of all choices; a run leaves out one indicator at most, and never the only one that a place has."""
    generator = np.random.default_rng(seed)
    runs = draw_runs(choices, model.index.framework, draws, generator)
    if not choices.dropout:
        return runs
    known = ~gaps(model)
    alone = known[known.sum(1) == 1].any(0)
    free = np.flatnonzero(~alone & (model.index.framework.overall_weights < 1))
    kept = np.ones(runs.kept.shape, bool)
    pick = generator.integers(0, len(free) + 1, draws)
    out = pick < len(free)
    kept[np.flatnonzero(out), free[pick[out]]] = False
    return replace(runs, kept=kept)


def _sensitivity(model: Model, choices: Choices | None, draws: int) -> list[dict[str, Any]]:
    """Return how much of the shift of ranks each choice causes, alone and with others (Saltelli and others 2010)."""
    if choices is None or len(choices.factors) < 2 or len(model.places) < 2:
        return []
    base = 500 if draws <= 1000 else 1000 if len(model.places) > MANY else 2000
    plan, a = _plan(model, choices, base)
    b = _runs(model, choices, base, SEED + 1)
    nominal = _within(model, model.result.node(ROOT)[None])
    runs = [a, b, *(a.with_factor(one, b) for one in choices.factors)]
    shift = [np.abs(ranks_of(plan, one, groups=model.groups) - nominal).mean(1) for one in runs]
    found = variance_shares(shift[0], shift[1], np.array(shift[2:]), seed=SEED)
    if not found.variance:
        return []
    columns = {name: values for name, values in found._asdict().items() if name != "variance"}
    return [
        {"factor": factor, **{name: _plain(values[at]) for name, values in columns.items()},
         "estimable": bool(found.estimable[at])}
        for at, factor in enumerate(choices.factors)
    ]  # fmt: skip


def _one_at_a_time(model: Model, nominal: Integers) -> Iterator[dict[str, Any]]:
    """Yield each choice made otherwise, alone: how many places it moves, how far, and whom most."""
    for kind, name, score in _alternatives(model):
        shift = np.abs(_within(model, score[None])[0] - nominal)
        furthest = np.argsort(-shift, kind="stable")[:3]
        yield {
            "kind": kind, "name": name, "moved": int((shift > 0).sum()), "mean": float(shift.mean()),
            "most": int(shift.max()), "who": [model.places[at]["code"] for at in furthest.tolist() if shift[at]],
        }  # fmt: skip


def _alternatives(model: Model) -> Iterator[tuple[str, str, Floats]]:
    framework, index, said = model.index.framework, model.index, model.spec["otherwise"]
    for part in model.parts if len(model.parts) > 1 else ():
        for kind, times in (("heavier", 1 + WEIGHT_SHIFT), ("lighter", 1 - WEIGHT_SHIFT)):
            weights = framework.weights.copy()
            weights[framework.position[part]] *= times
            yield kind, part, _reweighted(model, weights)
    for name in dict.fromkeys([*said["normalisations"], *(["minmax", "zscore", "rank"])]):
        if name != model.spec["normalisation"]:
            yield from _tried(model, "normalisation", name, {"normalisation": normalisation(name, 1.0)})
    for name in ("arithmetic", "across", "geometric"):
        if _means(model, name) != index.aggregation:
            yield from _tried(model, "means", name, {"aggregation": _means(model, name)})
    for name in ("none", "winsorise"):
        if treatment(name, model.spec["most"]) != index.treatment:
            yield from _tried(model, "treatment", name, {"treatment": treatment(name, model.spec["most"])})
    if set(index.rules.methods) & {"geometric", "harmonic"}:
        for floor in (1.0, 5.0, 10.0):
            if floor != index.floor:
                yield from _tried(model, "floor", f"{floor:g}", {"floor": floor})
    for at, code in enumerate(framework.codes):
        if len(framework.codes) > 1:
            dropped = np.zeros((1, len(framework.codes)), bool)
            dropped[0, at] = True
            yield "left_out", code, _reweighted(model, without(framework, framework.weights[None], dropped)[0])


def _tried(model: Model, kind: str, name: str, changes: dict[str, Any]) -> Iterator[tuple[str, str, Floats]]:
    try:
        yield kind, name, _score(model, replace(model.index, **changes))
    except InputError:  # these figures do not allow it, as a scale by spread where nothing varies
        return


def _reweighted(model: Model, weights: Floats) -> Floats:
    """Return the scores with other weights; a place that only knew what was left out keeps its score."""
    framework = model.index.framework
    made = climb(framework, model.index.rules, model.result.stages.normalised, weights)
    score = made[:, framework.position[ROOT]]
    return np.where(np.isnan(score), model.result.node(ROOT), score)


def _uneven(model: Model) -> Iterator[dict[str, Any]]:
    """Yield places in the better half of their peers with a part under half of their total: where means forgive."""
    score = model.result.node(ROOT)
    for members in model.groups:
        middle = np.median(score[members])
        for at in members.tolist():
            parts = {code: model.result.node(code)[at] for code in model.parts}
            known = {code: value for code, value in parts.items() if not np.isnan(value)}
            lowest = min(known, key=known.__getitem__)
            if score[at] >= middle and len(known) > 1 and known[lowest] < LOW * score[at]:
                yield {
                    "place": model.places[at]["code"], "part": lowest,
                    "value": float(known[lowest]), "score": float(score[at]),
                }  # fmt: skip


def _floor(model: Model) -> dict[str, Any] | None:
    """Return which scores the floor lifts, where a mean that cannot bear a nought takes them; it is a hidden weight."""
    framework, rules = model.index.framework, model.index.rules
    lifted = []
    for code, method in zip(framework.upwards, rules.methods, strict=True):
        if method in {"geometric", "harmonic"} and rules.floor is not None:
            for child in framework.children(code):
                below = np.flatnonzero(model.result.node(child) < rules.floor)
                lifted += [{"place": model.places[at]["code"], "node": child} for at in below.tolist()]
    return {"floor": rules.floor, "lifted": lifted} if lifted else None


def _weights(model: Model) -> list[dict[str, Any]]:
    """Return what the pillars were meant to weigh and what they weigh (Paruolo, Saisana and Saltelli 2013)."""
    try:
        rows = _rows(model.result.effective_weights(ROOT))
    except InputError:
        return []
    for row in rows:
        ratio = row["effective"] / row["stated"] if row["stated"] else 1.0
        row["unlike"] = not 1 / UNLIKE <= ratio <= UNLIKE
    return rows


def _diagnostics(model: Model) -> list[dict[str, Any]]:
    """Return entropy, CRITIC and the first component of the pillars. They are shown, and can never become weights."""
    if gaps(model).any() and np.isnan(np.column_stack([model.result.node(code) for code in model.parts])).any():
        return []
    try:
        return _rows(diagnostics(model.result, ROOT))
    except InputError:
        return []
