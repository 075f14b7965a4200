"""How firm a declared result is: the fewest sheets that, marked otherwise, would have changed it.

A count has no sampling error; its firmness is a margin of victory, as in election audits. Margins are computed on the
exact scores, before the total is rounded. A sheet that is marked otherwise stays valid and keeps its empty cells, so
that denominators stay what they are; then every sheet moves a score by an amount of its own, and taking the largest
first gives the smallest number exactly.

Source: the margin of Magrino, Rivest, Shen & Wagner 2011, EVT/WOTE, for scoring rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil, lcm
from typing import NamedTuple

from yizhen.scoring.tables import Language, said

from .rules import CountingRule


@dataclass(frozen=True)
class Sheet:
    """One valid sheet: its voter class and ratee → item → grade; a cell without a grade is left out."""

    class_code: str
    marks: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Margin:
    """The fewest sheets that change a result: ``sheets`` in all, ``by_class`` one way of choosing them.

    None when no marking of all sheets would change it. 0 when there is nothing to change: a tie.
    """

    sheets: int | None
    by_class: Mapping[str, int]

    def summary(self, language: Language = "zh") -> str:
        """Say how firm the result is."""
        if self.sheets is None:
            return said(language, "怎样改票都不会改变这个结果。", "No marking of the sheets would change this.")
        if not self.sheets:
            return said(language, "并列，没有差距。", "A tie: there is no margin.")
        parts = ", ".join(f"{code} {number}" for code, number in self.by_class.items())
        return said(
            language,
            f"只要 {self.sheets} 张票改变就会改变结果（{parts}）。",
            f"{self.sheets} sheet{'s' * (self.sheets > 1)} marked otherwise would change the result ({parts}).",
        )


def ratees_on(sheets: Sequence[Sheet], rule: CountingRule) -> list[str]:
    """Return who is on the sheets, in the order of appearance.

    Raises:
        ValueError: when a sheet has a class, item or grade that the rule does not know.
    """
    known = {grade.code for grade in rule.grades}
    for row, sheet in enumerate(sheets):
        if sheet.class_code not in rule.class_weights:
            raise ValueError(f"sheet {row}: class {sheet.class_code} not in the rule")
        for ratee, marks in sheet.marks.items():
            for item, grade in marks.items():
                if item not in rule.item_weights or grade not in known:
                    raise ValueError(f"sheet {row}, {ratee}: {item} = {grade} not in the rule")
    return list(dict.fromkeys(ratee for sheet in sheets for ratee in sheet.marks))


class Standing:
    """Exact totals of several ratees from sheets, and what each sheet could move. Weights as :func:`declare` uses them.

    Raises:
        ValueError: when a sheet names a class, item or grade that the rule does not know, or the rule divides by
            anything but valid marks.
    """

    def __init__(self, rule: CountingRule, sheets: Sequence[Sheet]) -> None:
        if rule.denominator != "valid":
            raise ValueError(f"denominator: margins are exact for valid marks only, not for {rule.denominator}")
        self.rule = rule
        self.worth = {grade.code: grade.coefficient for grade in rule.grades if grade.counts_in_denominator}
        self.sheets = list(sheets)
        self.ratees = ratees_on(sheets, rule)
        self._shares = {ratee: self._cell_shares(ratee) for ratee in self.ratees}
        top, bottom = max(self.worth.values()), min(self.worth.values())
        self._measures: dict[str, Mapping[str, Fraction]] = {
            "score": self.worth,
            "down": {grade: value - bottom for grade, value in self.worth.items()},
            "up": {grade: top - value for grade, value in self.worth.items()},
        }
        self._points: dict[tuple[str, str], Points] = {}

    def _cell_shares(self, ratee: str) -> dict[tuple[str, str], Fraction]:
        """Return (class, item) → points of the total that a full mark on one sheet is worth."""
        number: dict[tuple[str, str], int] = {}
        for sheet in self.sheets:
            for item, grade in sheet.marks.get(ratee, {}).items():
                if grade in self.worth:
                    number[sheet.class_code, item] = number.get((sheet.class_code, item), 0) + 1
        weights = self.rule.class_weights
        by_class = {code: sum(self.rule.item_weights[i] for c, i in number if c == code) for code in weights}
        total = sum(weights[code] for code in weights if by_class[code])
        return {
            (code, item): Fraction(100 * weights[code] * self.rule.item_weights[item], total * by_class[code] * count)
            for (code, item), count in number.items()
            if total and by_class[code]
        }

    def score(self, ratee: str) -> Fraction:
        """Return the exact total, without any rounding, of a ratee; 0 without a mark.

        Weights of classes without a mark are shared out, also where the rule would make the result void.
        """
        points = self.points(ratee, "score")
        return Fraction(sum(points.by_sheet), points.unit)

    def points(self, ratee: str, measure: str) -> Points:
        """Return what each sheet gives a ratee (``"score"``), or could take (``"down"``) or add (``"up"``)."""
        self._known(ratee)
        if (ratee, measure) not in self._points:
            exact = {
                (code, item, grade): share * value
                for (code, item), share in self._shares[ratee].items()
                for grade, value in self._measures[measure].items()
            }
            unit = lcm(*(value.denominator for value in exact.values()))
            whole = {cell: value.numerator * (unit // value.denominator) for cell, value in exact.items()}
            by_sheet = [
                sum(whole.get((sheet.class_code, item, grade), 0) for item, grade in sheet.marks.get(ratee, {}).items())
                for sheet in self.sheets
            ]
            self._points[ratee, measure] = Points(by_sheet, unit)
        return self._points[ratee, measure]

    def _known(self, ratee: str) -> None:
        if ratee not in self._shares:
            raise ValueError(f"{ratee} is on no sheet")

    def pair(self, ahead: str, behind: str) -> Margin:
        """Return the margin by which one ratee is ahead of another: until the lead is lost, a tie counting as lost.

        Raises:
            ValueError: when one of them is on no sheet, or the first is not ahead.
        """
        lead = self.score(ahead) - self.score(behind)
        if lead < 0:
            raise ValueError(f"{ahead} is not ahead of {behind}")
        down, up = self.points(ahead, "down"), self.points(behind, "up")
        unit = lcm(down.unit, up.unit)
        rooms = zip(self.sheets, down.in_units(unit), up.in_units(unit), strict=True)
        return fewest(((sheet.class_code, one + other) for sheet, one, other in rooms), lead * unit)

    def pairs(self) -> dict[tuple[str, str], Margin]:
        """Return the margins of all pairs, the one ahead first."""
        scores = {ratee: self.score(ratee) for ratee in self.ratees}
        order = sorted(self.ratees, key=lambda ratee: -scores[ratee])
        return {(ahead, behind): self.pair(ahead, behind) for ahead, behind in combinations(order, 2)}

    def cut_off(self, ratee: str, line: Fraction | int) -> Margin:
        """Return how many sheets keep a ratee's total at or above a line, or below it."""
        score = self.score(ratee)
        above = score >= line
        points = self.points(ratee, "down" if above else "up")
        moves = [(sheet.class_code, room) for sheet, room in zip(self.sheets, points.by_sheet, strict=True)]
        gap = (score - line if above else line - score) * points.unit
        return fewest(moves, gap, beyond=above)


class Points(NamedTuple):
    """Exact points as whole numbers of 1/``unit``, one a sheet: adding fractions would take a hundred times as long."""

    by_sheet: list[int]
    unit: int

    def in_units(self, unit: int) -> list[int]:
        """Return them in a finer unit, a multiple of this one."""
        return [points * (unit // self.unit) for points in self.by_sheet]


def fewest(moves: Iterable[tuple[str, int]], gap: Fraction | int, *, beyond: bool = False) -> Margin:
    """Return the fewest moves whose sum reaches ``gap`` (with ``beyond``: exceeds it)."""
    if gap <= 0 and not beyond:
        return Margin(0, {})
    reached = 0
    taken: dict[str, int] = {}
    for count, (code, move) in enumerate(sorted(moves, key=lambda one: (-one[1], one[0])), start=1):
        if not move:
            break
        reached += move
        taken[code] = taken.get(code, 0) + 1
        if reached > gap or (reached == gap and not beyond):
            return Margin(count, dict(sorted(taken.items())))
    return Margin(None, {})


def rate_margin(rate: int, total: int, line: Fraction | int) -> int | None:
    """Return how many of ``total`` marks must change for ``rate`` of them to cross a line in percent.

    From at or above the line to below it, or from below to at or above; None when it cannot be crossed.

    Raises:
        ValueError: when the counts do not fit.

    >>> rate_margin(90, 100, 90), rate_margin(29, 100, Fraction(100, 3))
    (1, 5)
    """
    if not 0 <= rate <= total or not total:
        raise ValueError(f"{rate} of {total} marks")
    needed = Fraction(line) * total / 100
    if rate >= needed:
        moves = rate - (ceil(needed) - 1)
        return moves if moves <= rate else None
    moves = ceil(needed) - rate
    return moves if moves <= total - rate else None
