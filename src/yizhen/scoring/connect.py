"""Whether all raters and ratees can share one scale: connected groups, and thin links between them.

Source: Weeks & Williams 1964, Technometrics 6, 319-324; Tarjan 1972, SIAM J. Computing 1, 146-160.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from .inputs import InputError, Integers, Ratings
from .tables import Note

POPULATION_LINK = 15  # ratees a group must have before the population may link it: its mean has an se of sd/√15


def components(ratings: Ratings) -> tuple[int, Integers]:
    """Return the number of connected groups, and each rating's group.

    Two ratings are connected when they share a ratee or a rater, directly or through others; items do not connect.
    """
    who, by = ratings.ratee.codes, ratings.rater.codes
    ratees, size = len(ratings.ratee), len(ratings.ratee) + len(ratings.rater)
    graph = sparse.coo_array((np.ones(len(who)), (who, by + ratees)), shape=(size, size))
    count, group = connected_components(graph, directed=False)
    return int(count), group[who].astype(np.int64)


def check_connected(ratings: Ratings, link: str, names: tuple[str, str]) -> list[Note]:
    """Return what to warn of, or refuse a design without a common scale.

    ``link`` is ``"refuse"``, ``"population"`` (groups are placed on one scale by assuming that their ratees come
    from one population) or ``"auto"`` (the latter when every group has at least ``POPULATION_LINK`` ratees).

    Raises:
        InputError: naming a few members of each group.
    """
    count, group = components(ratings)
    if count == 1:
        return _thin_links(ratings, names)
    members = [np.unique(ratings.ratee.codes[group == number]) for number in range(count)]
    enough = min(len(one) for one in members) >= POPULATION_LINK
    if link == "population" or (link == "auto" and enough):
        return [
            Note(
                f"评议分成互不相连的 {count} 组（没有共同的 {names[0]} 或 {names[1]}）：不同组之间的比较，"
                "完全依赖“各组被评对象水平分布相同”这一假定",
                f"the design falls into {count} groups that share neither {names[0]} nor {names[1]}: severities of "
                "different groups are compared only by assuming that their ratees come from one population",
            )
        ]
    listed = "; ".join(", ".join(str(ratings.ratee.names[code]) for code in one[:4]) for one in members[:4])
    raise InputError(
        names[1],
        f"the design is not connected: {count} groups share neither {names[0]} nor {names[1]} ({listed} …), so there "
        "is no common scale; let some raters rate in two groups, or treat each group by itself",
    )


def _thin_links(ratings: Ratings, names: tuple[str, str]) -> list[Note]:
    ratees = len(ratings.ratee)
    found = []
    for vertex in _articulations(ratings):
        is_rater = vertex >= ratees
        name = None if is_rater else ratings.ratee.names[vertex]
        if is_rater:
            zh, en = f"两部分评议之间只靠一名 {names[1]} 联系", f"one {names[1]} is the only link between two parts"
        else:
            zh, en = (
                f"两部分评议之间只靠 {names[0]} {name} 联系",
                f"{names[0]} {name} is the only link between two parts",
            )
        found.append(Note(zh, f"{en} of the design"))
    return found


def _articulations(ratings: Ratings) -> list[int]:
    """Return the ratees and raters (numbered after the ratees) without which the rest would fall apart.

    A part counts only when it holds a ratee and a rater: somebody who rated one ratee only leaves nothing behind.
    """
    ratees = len(ratings.ratee)
    size = ratees + len(ratings.rater)
    edges = np.unique(ratings.ratee.codes * size + ratings.rater.codes + ratees)
    ends = np.array([edges // size, edges % size])
    ends = np.hstack([ends, ends[::-1]])
    degree = np.bincount(ends[0], minlength=size)
    if degree[:ratees].min() * 2 > len(ratings.rater) and degree[ratees:].min() * 2 > ratees and len(degree) > 4:
        return []  # any two ratees share a rater, with or without any one rater: nothing can fall apart
    graph = sparse.csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(size, size))
    suspects = _cut_vertices(graph.indptr, graph.indices)
    return [vertex for vertex in suspects if _parts_without(graph, vertex, ratees) > 1]


def _parts_without(graph: sparse.csr_array, vertex: int, ratees: int) -> int:
    keep = np.arange(graph.shape[0]) != vertex
    _, group = connected_components(graph[keep][:, keep], directed=False)
    is_ratee = (np.arange(graph.shape[0]) < ratees)[keep]
    return len(set(group[is_ratee].tolist()) & set(group[~is_ratee].tolist()))


def _cut_vertices(start: NDArray[np.int32], neighbours: NDArray[np.int32]) -> list[int]:
    # Tarjan's low links, without recursion.
    size = len(start) - 1
    order, low = np.full(size, -1).tolist(), [0] * size
    parent, cut, clock = [-1] * size, set(), 0
    at = start[:-1].tolist()
    end, near = start[1:].tolist(), neighbours.tolist()
    order[0] = low[0] = clock
    stack, children_of_root = [0], 0
    while stack:
        vertex = stack[-1]
        if at[vertex] < end[vertex]:
            other = near[at[vertex]]
            at[vertex] += 1
            if order[other] < 0:
                clock += 1
                parent[other], order[other], low[other] = vertex, clock, clock
                stack.append(other)
            elif other != parent[vertex]:
                low[vertex] = min(low[vertex], order[other])
            continue
        stack.pop()
        above = parent[vertex]
        if above == 0:
            children_of_root += 1
        if above > 0 and low[vertex] >= order[above]:
            cut.add(above)
        if above >= 0:
            low[above] = min(low[above], low[vertex])
    if children_of_root > 1:
        cut.add(0)
    return sorted(cut)
