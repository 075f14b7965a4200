"""What the signs are read from, and reading them: no database, so that a simulated year goes the same way."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import inf
from typing import NamedTuple

from yizhen.matters.wording import normalised
from yizhen.scoring import gaming

CLOSE = time(17, 30)  # when offices close; a deadline itself ends with its day
PLACE, UNIT = "P", "U"  # the two sorts of units; each is compared with its own sort alone


class Report(NamedTuple):
    """One report that a matter is done: by which unit, on which day, how near to the end of its due day, in what words."""

    unit: str
    matter: Hashable
    day: date
    minutes_left: float
    words: str


@dataclass
class Facts:
    """Everything about one period, by unit. Sealed kinds are not in it: nothing is learnt from them.

    ``files`` are (matter, hash); ``channels`` hold for each day how many verdicts came through which channel; the last
    three are (count, out of): due matters that were late, sent back or contradicted; due matters left out of the rates;
    matters that passed verification and were opened again.
    """

    reports: list[Report] = field(default_factory=list)
    files: dict[str, list[tuple[Hashable, str]]] = field(default_factory=lambda: defaultdict(list))
    channels: dict[str, list[Counter[int]]] = field(default_factory=lambda: defaultdict(list))
    imperfect: dict[str, tuple[int, int]] = field(default_factory=dict)
    excluded: dict[str, tuple[int, int]] = field(default_factory=dict)
    reopened: dict[str, tuple[int, int]] = field(default_factory=dict)


def minutes_left(reported_at: datetime, due_on: date | None) -> float:
    """Return the minutes from a report (local time) to the end of its due day's office hours; infinite on other days."""
    if due_on is None or reported_at.date() != due_on:
        return inf
    return (CLOSE.hour - reported_at.hour) * 60 + CLOSE.minute - reported_at.minute


def words_of(text: str) -> str:
    """Return a report's letters alone: figures and dates change while the words are copied."""
    return "".join(sign for sign in normalised(text) if not sign.isdigit())


def counted(facts: Facts, appraisal: date) -> dict[str, gaming.Counted]:
    """Return for each sign what was counted: unit → (count, out of)."""
    days: dict[str, list[date]] = defaultdict(list)
    minutes: dict[str, list[float]] = defaultdict(list)
    texts: dict[str, list[tuple[Hashable, str]]] = defaultdict(list)
    for report in facts.reports:
        days[report.unit].append(report.day)
        minutes[report.unit].append(report.minutes_left)
        texts[report.unit].append((report.matter, report.words))
    return {
        "burst": gaming.bursts(days, appraisal),
        "last_minute": gaming.last_minutes(minutes),
        "copied_text": gaming.copied_texts(texts),
        "copied_file": gaming.copied_files(facts.files),
        "few_channels": gaming.same_channel(facts.channels),
        "too_flat": gaming.shares(facts.imperfect),
        "exclusions": gaming.shares(facts.excluded),
        "reopened": gaming.shares(facts.reopened),
    }


def screenings(facts: Facts, appraisal: date) -> Iterable[gaming.Screening]:
    """Compare the units for each sign, townships with townships and departments with departments."""
    for code, counts in counted(facts, appraisal).items():
        for sort in (PLACE, UNIT):
            own = {unit: pair for unit, pair in counts.items() if unit.startswith(sort)}
            yield gaming.compare(own, gaming.RULES[code])
