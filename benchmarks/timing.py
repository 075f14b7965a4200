"""Jobs against their stated limits and against something measured in the same run."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Job:
    """A job with its limit in seconds, its peer, and what the anchor took."""

    name: str
    limit: float
    work: Callable[[], Any]
    peer: str
    peer_work: Callable[[], Any]
    anchor: str = ""
    most: float | None = None  # the largest ratio to the peer


def seconds(work: Callable[[], Any], runs: int = 5) -> float:
    """Return the median time of some runs after one that warms up."""
    work()
    taken = []
    for _ in range(runs):
        begin = perf_counter()
        work()
        taken.append(perf_counter() - begin)
    return median(taken)


def pair_with(peer: str, works: tuple[Callable[[], Any], Callable[[], Any]]) -> tuple[Any, str, Any]:
    return works[0], peer, works[1]


def report(jobs: Sequence[Job]) -> None:
    """Run the jobs and print a line for each. Nothing fails: machines are noisy; what is over its limit says so."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}; median of five runs")
    print(f"{'job':<50} {'took':>9} {'limit':>8} {'of limit':>8}   ratio to a peer in this run")
    over = 0
    for job in jobs:
        took, theirs = seconds(job.work), seconds(job.peer_work)
        slow = job.most is not None and took / theirs > job.most
        over += took > job.limit or slow
        verdict = f"{took / job.limit:7.0%}{'!' if took > job.limit else ' '}"
        anchor = f"; {job.anchor}" if job.anchor else ""
        most = "" if job.most is None else f" (limit {job.most}{', over!' if slow else ''})"
        ratio = f"{took / theirs:.2f} × {job.peer}{most} ({theirs * 1e3:.1f} ms){anchor}"
        print(f"{job.name:<50} {took * 1e3:7.1f}ms {job.limit * 1e3:6.0f}ms {verdict}   {ratio}")
    print("all within their limits" if not over else f"{over} over the limit (marked !)")
