"""What the picture of a sign shows: the unit's own distribution beside that of its peers, in per cent."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from yizhen.scoring.gaming import Finding

from .facts import Facts, Report

BINS = ((240.0, "early"), (120.0, "4h"), (60.0, "2h"), (30.0, "1h"), (-float("inf"), "30min"))
RANKS = 5


def series(facts: Facts, code: str, finding: Finding, appraisal: date) -> dict[str, Any]:
    """Return labels, own and peers, in per cent; empty labels where the share alone is drawn."""
    if code == "burst":
        return _by(facts.reports, finding.unit, lambda report: _week(report, appraisal))
    if code == "last_minute":
        return _by(facts.reports, finding.unit, _bin, [name for _least, name in BINS])
    if code == "few_channels":
        return _ranks(facts, finding.unit)
    return {"labels": [], "own": [100 * finding.share], "peers": [100 * finding.expected]}


def _week(report: Report, appraisal: date) -> str:
    """Return the last day of the week that a report lies in, weeks ending on the day of the appraisal."""
    back = (appraisal - report.day).days // 7
    return (appraisal - timedelta(days=7 * back)).isoformat()


def _bin(report: Report) -> str:
    if report.minutes_left == float("inf"):
        return ""
    return next(name for least, name in BINS if report.minutes_left > least)


def _by(
    reports: Iterable[Report], unit: str, label: Callable[[Report], str], labels: list[str] | None = None
) -> dict[str, Any]:
    own: Counter[str] = Counter()
    peers: Counter[str] = Counter()
    for report in reports:
        if report.unit[0] == unit[0]:
            (own if report.unit == unit else peers)[label(report)] += 1
    labels = labels or sorted({*own, *peers})
    return {"labels": labels, "own": _percent(own, labels), "peers": _percent(peers, labels)}


def _percent(counts: Counter[str], labels: list[str]) -> list[float]:
    return [round(100 * counts[label] / max(counts.total(), 1), 2) for label in labels]


def _ranks(facts: Facts, unit: str) -> dict[str, Any]:
    """Return which part of a day's verdicts came by its fullest channel, the second, and so on; days with two or more."""
    own: Counter[str] = Counter()
    peers: Counter[str] = Counter()
    for other, days in facts.channels.items():
        if other[0] != unit[0]:
            continue
        into = own if other == unit else peers
        for day in days:
            if day.total() > 1:
                for rank, (_share, count) in enumerate(day.most_common(), start=1):
                    into[str(min(rank, RANKS))] += count
    labels = [str(rank) for rank in range(1, RANKS + 1)]
    return {"labels": labels, "own": _percent(own, labels), "peers": _percent(peers, labels)}
