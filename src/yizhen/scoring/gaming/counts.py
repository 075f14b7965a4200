"""What is counted for each sign: from days, times, texts, files and channels to a count and what it is out of."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from rapidfuzz import fuzz, process

Counted = dict[str, tuple[int, int]]

WINDOW = 7  # days up to an appraisal, its own day included
LAST = 30.0  # minutes before the end of the due day's office hours; later on that day counts as well
ALIKE = 90.0  # normalised similarity of two texts in per cent
SHORTEST = 12  # characters below which texts are alike by nature
BUCKETS = 32  # into which a day's addresses fall


def bursts(days: Mapping[str, Sequence[date]], appraisal: date, *, window: int = WINDOW) -> Counted:
    """Count the reports in the days up to an appraisal out of all of the period.

    Sign: matters are reported done in a heap before they are judged. Honest model: all units share the calendar, its
    holidays and month ends, so the same share of each unit's reports falls into the window.

    >>> bursts({"a": [date(2031, 6, 1), date(2031, 6, 29)]}, date(2031, 6, 30))
    {'a': (1, 2)}
    """
    first = appraisal - timedelta(days=window - 1)
    return {unit: (sum(first <= day <= appraisal for day in own), len(own)) for unit, own in days.items()}


def last_minutes(minutes: Mapping[str, Sequence[float]], *, last: float = LAST) -> Counted:
    """Count the reports in the last minutes before the due day's office hours end, or later on that day.

    ``minutes`` are those left until then, negative after hours, infinite for reports on an earlier day. Honest model: how
    near to the end work gets done depends on habits that units of one sort share.

    >>> last_minutes({"a": [float("inf"), 400.0, 12.0, -90.0]})
    {'a': (2, 4)}
    """
    return {unit: (sum(left <= last for left in own), len(own)) for unit, own in minutes.items()}


def copied_texts(texts: Mapping[str, Sequence[tuple[Hashable, str]]]) -> Counted:
    """Count the reports whose words stand in the same unit's report on another matter, nearly or wholly.

    ``texts`` are (matter, normalised text without figures). Short ones are left out. Honest model: standard phrases are
    used everywhere to some degree.

    Source: normalised insertion-deletion distance, Levenshtein 1966; as :mod:`yizhen.matters.copies` uses it.

    >>> same = "已到现场清运并安排专人值守三天"
    >>> copied_texts({"a": [(1, same), (2, same + "啊"), (3, "更换水泵后通水试压正常，住户签字确认"), (4, "短")]})
    {'a': (2, 3)}
    """
    found: Counted = {}
    for unit, rows in texts.items():
        by_text: dict[str, set[Hashable]] = defaultdict(set)
        for matter, text in rows:
            if len(text) >= SHORTEST:
                by_text[text].add(matter)
        copied = {text for text, matters in by_text.items() if len(matters) > 1} | _alike(list(by_text))
        matters = {matter for own in by_text.values() for matter in own}
        found[unit] = (len({matter for text in copied for matter in by_text[text]}), len(matters))
    return found


def _alike(texts: list[str]) -> set[str]:
    """Return the texts that are nearly another one."""
    found: set[str] = set()
    ordered = sorted(texts, key=len)
    for at in range(0, len(ordered), 500):  # half of a square, in strips: a large unit has thousands of texts
        strip = ordered[at : at + 500]
        scores = process.cdist(strip, ordered[at:], scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8)
        for row, column in zip(*np.nonzero(scores), strict=True):
            if row != column:
                found |= {strip[row], ordered[at + int(column)]}
    return found


def copied_files(files: Mapping[str, Iterable[tuple[Hashable, str]]]) -> Counted:
    """Count the matters that share an attached file with another matter of the unit, out of those with a file.

    ``files`` are (matter, hash). Honest model: one ledger may now and then serve two matters.

    >>> copied_files({"a": [(1, "x"), (2, "x"), (3, "y"), (3, "z")]})
    {'a': (2, 3)}
    """
    found: Counted = {}
    for unit, rows in files.items():
        by_hash: dict[str, set[Hashable]] = defaultdict(set)
        for matter, digest in rows:
            by_hash[digest].add(matter)
        copied = {matter for matters in by_hash.values() if len(matters) > 1 for matter in matters}
        found[unit] = (len(copied), len({matter for matters in by_hash.values() for matter in matters}))
    return found


def same_channel(days: Mapping[str, Iterable[Counter[int]]]) -> Counted:
    """Count the pairs of verdicts of one day that came through one channel, out of all pairs of that day.

    ``days`` holds for each day how many verdicts came through which channel: counts, nothing of whoever gave them.
    Honest model: requesters choose independently, and pairs of independent draws meet with one probability everywhere.
    Pairs are pairwise independent when channels are equally likely, so the binomial variance is right.

    Source: Simpson 1949, Nature 163, 688 (the probability that two draws meet).

    >>> same_channel({"a": [Counter({3: 4, 9: 1})]})
    {'a': (6, 10)}
    """

    def pairs(number: int) -> int:
        return number * (number - 1) // 2

    found: Counted = {}
    for unit, own in days.items():
        met = possible = 0
        for day in own:
            met += sum(pairs(number) for number in day.values())
            possible += pairs(day.total())
        found[unit] = (met, possible)
    return found


def shares(rows: Mapping[str, tuple[int, int]]) -> Counted:
    """Take counts that are shares already: what was imperfect, left out of the rates, or opened again, out of all.

    Honest models: every unit is late, sent back or contradicted now and then, and about as often as its peers (too
    little of it is the sign); exclusions and rebounds likewise (too much is).
    """
    return {unit: (min(count, n), n) for unit, (count, n) in rows.items()}
