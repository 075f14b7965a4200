"""All firms against all policies at once, with NumPy. Pure, without Django; equal to :mod:`.conditions`, firm by firm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .conditions import CHOICE, DATE, FACTS, Answer, Condition, PolicyRule

Answers = NDArray[np.int8]
CODES = {name: {code: number for number, code in enumerate(fact.choices)} for name, fact in FACTS.items()}


@dataclass(frozen=True)
class FirmTable:
    """Firms as columns: numbers of codes (−1: not known), numbers, flags and days left (NaN: not known)."""

    places: NDArray[Any]
    columns: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.places)

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]], today: date, names: Sequence[str] = tuple(FACTS)) -> "FirmTable":
        """Return the columns of rows of (place, fact, fact, …) in the order of ``names``."""
        by_column = list(zip(*rows, strict=True)) or [() for _one in range(len(names) + 1)]
        return cls(
            np.array(by_column[0], dtype="U12"),
            {name: _column(name, values, today) for name, values in zip(names, by_column[1:], strict=True)},
        )


def _column(name: str, values: Sequence[Any], today: date) -> NDArray[Any]:
    kind = FACTS[name].kind
    if kind == CHOICE:
        codes = CODES[name]
        return np.fromiter((codes.get(value, -1) for value in values), np.int8, len(values))
    if kind == DATE:
        zero = today.toordinal()
        values = [None if value is None else value.toordinal() - zero for value in values]
    return np.array(values, dtype=np.float64)  # None becomes NaN


def condition_answers(table: FirmTable, condition: Condition) -> Answers:
    """Return one answer a firm."""
    column = table.columns[condition.fact]
    if condition.operator == "in":
        told = np.full(len(CODES[condition.fact]) + 1, Answer.FAILED, np.int8)
        told[-1] = Answer.UNKNOWN  # which is where −1 looks
        told[[CODES[condition.fact][code] for code in condition.value]] = Answer.MET
        return told[column]
    if condition.operator == "within_days":
        met = (column >= 0) & (column <= condition.value)
    else:
        compare = {"min": np.greater_equal, "max": np.less_equal, "is": np.equal}[condition.operator]
        met = compare(column, float(condition.value))
    found = met.view(np.int8) * np.int8(Answer.MET)
    found[np.isnan(column)] = Answer.UNKNOWN
    return found


def match(table: FirmTable, rules: Sequence[PolicyRule]) -> Answers:
    """Return the answer of each policy (row) for each firm (column). A condition that many policies share is asked once."""
    found = np.full((len(rules), len(table)), Answer.MET, np.int8)
    asked: dict[Condition, Answers] = {}
    reached: dict[str, NDArray[np.bool_]] = {}
    for row, rule in enumerate(rules):
        answers = found[row]
        for condition in rule.conditions:
            if condition not in asked:
                asked[condition] = condition_answers(table, condition)
            np.minimum(answers, asked[condition], out=answers)
        if rule.place:
            if rule.place not in reached:
                reached[rule.place] = ~np.char.startswith(table.places, rule.place)
            answers[reached[rule.place]] = Answer.FAILED
    return found


def wanted(table: FirmTable, rules: Sequence[PolicyRule], answers: Answers) -> dict[str, NDArray[np.int32]]:
    """Return of each fact how many policies it would decide, firm by firm."""
    counts = {name: np.zeros(len(table), np.int32) for name in FACTS}
    for row, rule in enumerate(rules):
        open_ones = answers[row] == Answer.UNKNOWN
        if not open_ones.any():
            continue
        lacking: dict[str, NDArray[np.bool_]] = {}
        for condition in rule.conditions:
            unknown = condition_answers(table, condition) == Answer.UNKNOWN
            lacking[condition.fact] = lacking.get(condition.fact, unknown) | unknown
        for fact, unknown in lacking.items():
            counts[fact] += open_ones & unknown
    return counts
