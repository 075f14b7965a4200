"""What the data say about an index. Diagnostics: none of these numbers may become a weight.

Weights taken from the data reward dispersion (noise, outliers and gaming among it), change every year, and let those
who are appraised move the weights. They are shown to find indicators that carry nothing, or the same thing twice.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from yizhen.scoring.chance import false_discovery
from yizhen.scoring.inputs import Floats, InputError, matrix_of, spread
from yizhen.scoring.tables import Note, Table

from .prepare import as_table

if TYPE_CHECKING:
    from .result import CompositeResult

REDUNDANT = 0.92  # above this, two siblings measure much the same
FALSE_ALARMS = 0.05  # the share of cancelling pairs that may be chance, by Benjamini and Hochberg


def entropy_shares(scores: Any) -> Floats:
    """Return each indicator's share of the divergence by Shannon entropy (p,): how unevenly its sum is spread.

    A diagnostic. ``scores`` (n, p) must not be negative.

    Raises:
        InputError: when a score is missing or negative, or an indicator is zero everywhere.

    Source: Zeleny 1982, Multiple criteria decision making.

    >>> entropy_shares([[1.0, 1.0], [1.0, 3.0]]).round(3).tolist()
    [0.0, 1.0]
    """
    table = _whole(scores)
    if (table < 0).any():
        raise InputError("scores", "negative; entropy is of shares of a sum")
    if not (table.sum(0) > 0).all():
        raise InputError("scores", f"indicator {int(np.flatnonzero(table.sum(0) <= 0)[0])} is zero everywhere")
    share = table / table.sum(0)
    terms = np.where(share > 0, share * np.log(np.where(share > 0, share, 1)), 0)
    apart = np.maximum(1 + terms.sum(0) / np.log(len(table)), 0)
    if apart.sum() < 1e-12:
        raise InputError("scores", "every indicator is the same everywhere: nothing diverges")
    return np.asarray(apart / apart.sum())


def critic_shares(scores: Any) -> Floats:
    """Return each indicator's share of contrast and conflict (p,), on columns brought to 0–1. A diagnostic.

    Raises:
        InputError: when a score is missing, or an indicator is the same everywhere.

    Source: Diakoulaki, Mavrotas & Papayannakis 1995, Computers & Operations Research 22, 763-770.

    >>> critic_shares([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.4]]).round(2).tolist()
    [0.25, 0.25, 0.5]
    """
    table = _whole(scores)
    _refuse_constant(table)
    if table.shape[1] < 2:
        raise InputError("scores", "one indicator alone conflicts with none")
    scaled = (table - table.min(0)) / np.ptp(table, axis=0)
    content = scaled.std(0, ddof=1) * (1 - np.corrcoef(scaled, rowvar=False)).sum(0)
    if content.sum() < 1e-9:
        raise InputError("scores", "all indicators say the same: there is no conflict to share out")
    return np.asarray(content / content.sum())


class Components(NamedTuple):
    """``variance`` (k,) shares of the variance, the largest first; ``loadings`` (p, k) correlations with each."""

    variance: Floats
    loadings: Floats


def principal_components(scores: Any) -> Components:
    """Return the principal components of the correlation matrix. A diagnostic: one large one means one dimension.

    Raises:
        InputError: when a score is missing, or an indicator is the same everywhere.

    >>> principal_components([[0.0, 0.0], [1.0, 1.1], [2.0, 1.9]]).variance.round(2).tolist()
    [1.0, 0.0]
    """
    table = _whole(scores)
    _refuse_constant(table)
    value, vector = np.linalg.eigh(np.atleast_2d(np.corrcoef(table, rowvar=False)))
    value, vector = np.clip(value[::-1], 0, None), vector[:, ::-1]
    vector = vector * np.where(vector.sum(0) < 0, -1, 1)
    return Components(value / value.sum(), vector * np.sqrt(value))


def diagnostics(result: "CompositeResult", of: str | None = None) -> Table:
    """Return the diagnostics of a group's children: code, stated weight, entropy, critic, loading on component one.

    Units without all scores are left out. Entropy is NaN where scores are negative.

    Raises:
        InputError: when it is no group, or a child is the same everywhere.

    >>> from yizhen.scoring.composite import CompositeIndex, Framework, Group, Indicator, MinMax
    >>> framework = Framework([Indicator("a", "all"), Indicator("b", "all", weight=3)], [Group("all")])
    >>> index = CompositeIndex(framework, normalisation=MinMax())
    >>> result = index.fit({"town": ["x", "y", "z"], "a": [1, 2, 3], "b": [9, 8, 1]}, unit="town")
    >>> diagnostics(result)["stated"].tolist(), diagnostics(result)["critic"].round(2).tolist()
    ([0.25, 0.75], [0.48, 0.52])
    """
    framework = result.framework
    code = framework.root if of is None else of
    children = framework.children(code)
    if not children:
        raise InputError("of", f"{code} is no group")
    below = framework.below(code)
    scores = result.nodes[:, below]
    scores = scores[~np.isnan(scores).any(1)]
    many = len(children) > 1
    negative = bool((scores < 0).any()) or not bool((scores.sum(0) > 0).all())
    return Table(
        code=np.array(children, object),
        stated=framework.weights[below] / framework.weights[below].sum(),
        entropy=np.full(len(children), np.nan) if negative else entropy_shares(scores),
        critic=critic_shares(scores) if many else np.ones(1),
        loading=principal_components(scores).loadings[:, 0] if many else np.ones(1),
    )


def coherence(result: "CompositeResult") -> tuple[Table, tuple[Note, ...]]:
    """Return pairs of siblings that say the same thing or cancel one another, and the same in sentences.

    Columns group, first, second, correlation, finding: ``redundant`` above 0.92, ``cancelling`` where the correlation is
    negative beyond chance (Benjamini-Hochberg over all pairs at 5 %). Also looked at: each node against its own group,
    ``against`` when higher scores go with a lower group score.

    >>> from yizhen.scoring.composite import CompositeIndex, Framework, Group, Indicator, MinMax
    >>> framework = Framework([Indicator("a", "all"), Indicator("b", "all")], [Group("all")])
    >>> index = CompositeIndex(framework, normalisation=MinMax())
    >>> data = {"town": list("vwxyz"), "a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 4, 5.5]}
    >>> coherence(index.fit(data, unit="town"))[1][0].en
    'a and b are nearly the same (r 1.00): counted twice.'
    """
    from scipy.stats import pearsonr

    framework = result.framework
    found: list[tuple[str, str, str, float, str, float]] = []
    for code in framework.upwards:
        children = framework.children(code)
        pairs = [(a, b) for at, a in enumerate(children) for b in children[at + 1 :]]
        for a, b in [*pairs, *((child, code) for child in children if len(children) > 1)]:
            one, other = result.node(a), result.node(b)
            both = ~np.isnan(one) & ~np.isnan(other)
            if both.sum() < 4 or not spread(one[both]) or not spread(other[both]):
                continue
            made = pearsonr(one[both], other[both], alternative="less")
            found.append((code, a, b, float(made.statistic), "against" if b == code else "pair", float(made.pvalue)))
    rows = []
    rates = false_discovery(np.array([one[-1] for one in found]))
    for (code, a, b, correlation, kind, _), rate in zip(found, rates, strict=True):
        if kind == "pair" and correlation > REDUNDANT:
            rows.append((code, a, b, correlation, "redundant"))
        elif correlation < 0 and rate <= FALSE_ALARMS:
            rows.append((code, a, b, correlation, "cancelling" if kind == "pair" else "against"))
    return as_table(("group", "first", "second", "correlation", "finding"), rows), tuple(_said(result, rows))


def _said(result: "CompositeResult", rows: list[tuple[str, str, str, float, str]]) -> list[Note]:
    name = result.framework.name
    words = {
        "redundant": ("{a}和{b}几乎是一回事（相关 {r:.2f}），等于算了两遍。", "{a} and {b} are nearly the same (r {r:.2f}): counted twice."),
        "cancelling": ("{a}和{b}此长彼消（相关 {r:.2f}），放在一组会互相抵消。", "{a} and {b} run against each other (r {r:.2f}): in one group they cancel."),
        "against": ("{a}高的，{b}反而低（相关 {r:.2f}）：方向或归类可能不对。", "Where {a} is high, {b} is low (r {r:.2f}): its direction or place may be wrong."),
    }  # fmt: skip
    return [Note(*(text.format(a=name(a), b=name(b), r=r) for text in words[kind])) for _, a, b, r, kind in rows]


def _refuse_constant(table: Floats) -> None:
    flat = np.flatnonzero(spread(table) == 0)
    if len(flat):
        raise InputError("scores", f"indicator {int(flat[0])} is the same everywhere")


def _whole(scores: Any) -> Floats:
    table = matrix_of(scores, "scores", ("unit", "indicator"))
    if np.isnan(table).any():
        row, at = (int(one) for one in np.argwhere(np.isnan(table))[0])
        raise InputError(f"scores, indicator {at}", "missing", row)
    if len(table) < 2:
        raise InputError("scores", "one unit alone says nothing")
    return table
