"""From a spec and its figures to the mathematics of ``yizhen.scoring``: a framework, a table, and who is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yizhen.indicators.comparison import UNCLASSIFIED
from yizhen.scoring.composite import (
    CompositeIndex,
    CompositeResult,
    DistanceToTarget,
    Framework,
    Goalposts,
    Group,
    Imputation,
    Indicator,
    MinMax,
    RankScore,
    Treatment,
    ZScore,
)
from yizhen.scoring.composite.normalise import Normalisation
from yizhen.scoring.composite.prepare import Cells, as_table
from yizhen.scoring.inputs import Floats, Integers
from yizhen.scoring.small_area import shrunk_rates
from yizhen.scoring.tables import Table

from .gathering import Data
from .spec import ROOT, Spec, depth, direction, used_groups

FEW_EVENTS, FEW_CASES = 20, 100


@dataclass(frozen=True)
class PeerImputation(Imputation):
    """Fills gaps from the peer group, but never what does not apply (``absent``), nor from a group that knows nothing."""

    absent: frozenset[tuple[str, str]] = frozenset()

    def apply(self, framework: Framework, cells: Cells, data: Any) -> tuple[Floats, Table]:
        """Return the filled values (n, p), and a table of unit, indicator, value of every cell that was filled."""
        values, filled = cells.values.copy(), []
        peers = np.asarray(data[self.group])
        middle: Any = {"mean": np.mean, "median": np.median}.get(self.method)
        for row, at in np.argwhere(np.isnan(cells.values)) if middle else ():
            code, place = framework.codes[at], cells.names[row]
            like = cells.values[peers == peers[row], at]
            known = like[~np.isnan(like)]
            if len(known) and (place, code) not in self.absent:
                values[row, at] = middle(known)
                filled.append((place, code, values[row, at]))
        return values, as_table(("unit", "indicator", "value"), filled)

    def __post_init__(self) -> None:
        """Leave the check of method and group to the spec: here ``none`` has a group too."""


@dataclass(frozen=True)
class Model:
    """An index ready to be computed. ``left_out`` places know too little (place, missing), ``empty`` indicators nothing."""

    spec: Mapping[str, Any]
    data: Data
    index: CompositeIndex
    table: dict[str, Any]
    places: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    empty: list[str]
    few: list[dict[str, Any]]

    @cached_property
    def result(self) -> CompositeResult:
        """The index as it stands."""
        return self.index.fit(self.table, unit="place")

    @cached_property
    def groups(self) -> list[Integers]:
        """The positions of places that may be put in one order: those of a peer group, or all that were declared so."""
        if self.spec["together"]:
            return [np.arange(len(self.places))]
        peers = np.array([place["category"] for place in self.places])
        return [np.flatnonzero(peers == code) for code in dict.fromkeys(peers.tolist())]

    def is_peer_group(self, members: Integers) -> bool:
        """Return whether these are peers: nobody has said so of places without a category."""
        return self.spec["together"] or self.places[int(members[0])]["category"] != UNCLASSIFIED

    @property
    def parts(self) -> tuple[str, ...]:
        """The codes of what belongs directly to the index: its pillars."""
        return self.index.framework.children(ROOT)


def build(spec: Spec, data: Data) -> Model | None:
    """Return the model, or None where no place knows enough.

    What does not apply to a category takes no part, and its siblings take over its weight; the same holds for an
    indicator without any figure in the period. A place must know ``least`` of what applies to it, in every group.
    """
    values, few = _values(spec, data)
    known = {code for _place, code in values}
    leaves = [one for one in spec["indicators"] if one["code"] in known]
    pruned = {**spec, "indicators": leaves}
    if not leaves:
        return None
    framework = _framework(pruned, data)
    absent = {(place, code) for place, code in data["absent"]}
    in_, left_out = [], []
    for place in data["places"]:
        missing = [one["code"] for one in leaves if (place["code"], one["code"]) not in values]
        missing = [code for code in missing if (place["code"], code) not in absent]
        share = _known(framework, place["code"], values, absent, spec["least"])
        (in_.append(place) if share else left_out.append({"place": place["code"], "missing": missing}))
    if not in_:
        return None
    table: dict[str, Any] = {
        "place": np.array([place["code"] for place in in_], object),
        "category": [place["category"] for place in in_],
    }
    for one in leaves:
        table[one["code"]] = np.array([values.get((place["code"], one["code"]), np.nan) for place in in_])
    kept = [one for one in leaves if not np.isnan(table[one["code"]]).all()]
    if len(kept) < len(leaves):  # only places that are left out know them
        pruned = {**spec, "indicators": kept}
        framework = _framework(pruned, data)
    here = {place["code"] for place in in_}
    return Model(
        spec, data, _index(pruned, framework, absent), table, in_, left_out,
        [one["code"] for one in spec["indicators"] if one["code"] not in {each["code"] for each in kept}],
        [one for one in few if one["place"] in here],
    )  # fmt: skip


def _values(spec: Spec, data: Data) -> tuple[dict[tuple[str, str], float], list[dict[str, Any]]]:
    """Return the figures by place and indicator, and those that count too few to be read alone."""
    made = {(one["place"], one["indicator"]): float(one["value"]) for one in data["figures"]}
    few: list[dict[str, Any]] = []
    category = {place["code"]: place["category"] for place in data["places"]}
    for code, about in data["indicators"].items():
        counted = [one for one in data["figures"] if one["indicator"] == code and _is_count(one, about["chance"])]
        if not about["chance"] or not counted:
            continue
        top = np.array([float(one["numerator"]) for one in counted])
        base = np.array([float(one["denominator"]) for one in counted])
        pulled = shrunk_rates(top, base, peers=[category[one["place"]] for one in counted], per=float(about["per"]))
        for one, events, cases, near in zip(counted, top, base, pulled["shrunk"], strict=True):
            if events < FEW_EVENTS if about["chance"] == "events" else cases < FEW_CASES:
                few.append({"place": one["place"], "indicator": code, "count": int(events), "base": int(cases)})
            if spec["shrink"]:
                made[one["place"], code] = float(near)
    return made, few


def _is_count(one: Mapping[str, Any], chance: str) -> bool:
    if one["numerator"] is None or one["denominator"] is None:
        return False
    top, bottom = float(one["numerator"]), float(one["denominator"])
    return bottom > 0 and top >= 0 and top.is_integer() and (chance == "events" or top <= bottom)


def _known(
    framework: Framework,
    place: str,
    values: Mapping[tuple[str, str], float],
    absent: set[tuple[str, str]],
    least: float,
) -> bool:
    """Return whether a place knows enough of every group that applies to it."""
    weight = dict(zip(framework.position, framework.weights.tolist(), strict=True))
    applies: dict[str, bool] = {code: (place, code) not in absent for code in framework.codes}
    there: dict[str, float] = {code: float((place, code) in values) for code in framework.codes}
    for code in framework.upwards:
        children = [child for child in framework.children(code) if applies[child] and weight[child] > 0]
        applies[code] = bool(children)
        total = sum(weight[child] for child in children)
        share = sum(weight[child] * there[child] for child in children) / total if total else 0.0
        if children and share < least - 1e-12:
            return False
        there[code] = float(share > 0)
    return there[ROOT] > 0


def _framework(spec: Spec, data: Data) -> Framework:
    """Return the tree; names are the codes, for pages name things in their own language."""
    groups = [Group(one["code"], one["parent"] or ROOT, one["weight"]) for one in used_groups(spec)]
    leaves = [
        Indicator(
            one["code"], one["parent"] or ROOT, one["weight"], direction(one, data["indicators"][one["code"]]),
            unit=data["indicators"][one["code"]]["unit"], worst=one["worst"], best=one["best"],
        )
        for one in spec["indicators"]
    ]  # fmt: skip
    return Framework(leaves, [Group(ROOT), *groups])


def _index(spec: Spec, framework: Framework, absent: set[tuple[str, str]]) -> CompositeIndex:
    return CompositeIndex(
        framework,
        imputation=PeerImputation(spec["imputation"], "category", frozenset(absent)),
        treatment=treatment(spec["treatment"], spec["most"]),
        normalisation=normalisation(spec["normalisation"]),
        aggregation=means_of(spec, framework),
        floor=spec["floor"],
        least=0.0,  # decided above, where what does not apply is known
    )


def means_of(spec: Mapping[str, Any], framework: Framework) -> Any:
    """Return the stated means by level; a level that is not named takes arithmetic ones."""
    levels = {framework.level(code) for code in framework.upwards}
    top = depth(spec)
    stated = {int(level): method for level, method in spec["means"].items()}
    return {level: stated.get(level if level < max(levels) else top, "arithmetic") for level in levels}


def normalisation(name: str, low: float = 0.0) -> Normalisation:
    """Return a way to one scale by its name; the alternatives begin at 1, where geometric means need no floor."""
    made: dict[str, Normalisation] = {
        "goalposts": Goalposts(low, 100), "minmax": MinMax(low, 100), "zscore": ZScore(100, 20),
        "rank": RankScore(), "distance": DistanceToTarget(),
    }  # fmt: skip
    return made[name]


def treatment(name: str, most: int) -> Treatment | None:
    """Return a treatment of outliers by its name (``none``, ``winsorise``, ``log``), or with its own most: ``log:3``."""
    kind, _colon, own = name.partition(":")
    if kind == "none":
        return None
    return Treatment(most=int(own or most), then="log" if kind == "log" else "leave")


def gaps(model: Model) -> NDArray[np.bool_]:
    """Return which cells (n, p) take no part: what does not apply, and what nobody could fill."""
    return np.isnan(model.result.stages.normalised)
