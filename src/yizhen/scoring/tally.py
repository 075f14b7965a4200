"""Counting a ballot: exact until the two roundings the rules ask for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple


@dataclass(frozen=True)
class Grade:
    """A grade on the sheet and the share of full marks it is worth, from 0 to 1.

    Raises:
        ValueError: when the coefficient is outside 0 to 1.
    """

    code: str
    coefficient: Fraction
    counts_in_denominator: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.coefficient <= 1:
            raise ValueError(f"grade {self.code}: coefficient {self.coefficient} is outside 0 to 1")


@dataclass(frozen=True)
class ClassCount:
    """What the tellers counted for one item in one voter class, in sheets.

    Raises:
        ValueError: naming the class and the field, when a number is negative or the parts do not add up to
            ``returned``. A class that returned more than it was issued is not checked: its round is void anyway.
    """

    code: str
    issued: int
    returned: int
    void: int
    abstained: int
    not_informed: int
    grades: Mapping[str, int]

    def __post_init__(self) -> None:
        fields = ("issued", "returned", "void", "abstained", "not_informed")
        numbers = {name: int(getattr(self, name)) for name in fields} | dict(self.grades)
        for name, number in numbers.items():
            if number < 0:
                raise ValueError(f"class {self.code}: {name} is negative ({number})")
        parts = self.void + self.abstained + self.not_informed + self.valid
        if self.returned <= self.issued and self.returned != parts:
            raise ValueError(f"class {self.code}: returned is {self.returned}, but its parts add up to {parts}")

    @property
    def valid(self) -> int:
        """The number of graded marks."""
        return sum(self.grades.values())


@dataclass(frozen=True)
class CountingRule:
    """How a campaign counts; weights are whole numbers in any unit, and the headline item carries the rates.

    Raises:
        ValueError: when weights are negative or sum to zero, or a grade or item is not known.
    """

    grades: tuple[Grade, ...]
    class_weights: Mapping[str, int]
    item_weights: Mapping[str, int]
    excellent: str
    negative: frozenset[str]
    headline_item: str
    min_valid_per_class: int = 5
    min_valid_total: int = 8

    def __post_init__(self) -> None:
        for name, weights in (("class_weights", self.class_weights), ("item_weights", self.item_weights)):
            for code, weight in weights.items():
                if weight < 0:
                    raise ValueError(f"{name}: the weight of {code} is negative ({weight})")
            if sum(weights.values()) <= 0:
                raise ValueError(f"{name}: the weights must sum to more than zero")
        codes = [grade.code for grade in self.grades]
        if len(set(codes)) != len(codes):
            raise ValueError(f"grades: a code is used twice in {codes}")
        _refuse_unknown("grades", {self.excellent} | self.negative, codes)
        _refuse_unknown("headline_item", [self.headline_item], self.item_weights)
        if min(self.min_valid_per_class, self.min_valid_total) < 0:
            raise ValueError("min_valid_per_class and min_valid_total cannot be negative")

    def valid_marks(self, count: ClassCount) -> int:
        """Return the number of marks that count in the denominator.

        Raises:
            ValueError: when the count has a grade that the rule does not know.
        """
        _refuse_unknown(f"class {count.code}: grades", count.grades, [grade.code for grade in self.grades])
        return sum(count.grades.get(grade.code, 0) for grade in self.grades if grade.counts_in_denominator)


class Rates(NamedTuple):
    """Exact shares of valid marks, in percent."""

    excellent: Fraction
    negative: Fraction


@dataclass(frozen=True)
class Declared:
    """The result of a round: scores from 0 to 100, rates in percent, machine-readable flags.

    Item and class scores have 6 decimals, the total 3, the rates 2, all rounded half up. ``hidden_classes`` are
    the classes whose figures must not be shown; ``weights_used`` are the class weights after renormalising.
    """

    total: Decimal | None
    class_scores: Mapping[str, Decimal | None]
    item_scores: Mapping[str, Mapping[str, Decimal | None]]
    excellent_rate: Decimal | None
    negative_rate: Decimal | None
    valid_by_class: Mapping[str, int]
    flags: tuple[str, ...]
    round_void: bool
    hidden_classes: frozenset[str]
    weights_used: Mapping[str, Fraction]


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Return a non-negative number rounded half up to ``places`` decimals."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


def class_score(rule: CountingRule, count: ClassCount) -> Fraction | None:
    """Return the mean coefficient of the valid marks times 100, or None without a valid mark.

    Raises:
        ValueError: when the count has a grade that the rule does not know.
    """
    valid = rule.valid_marks(count)
    if not valid:
        return None
    marks = sum(
        (grade.coefficient * count.grades.get(grade.code, 0) for grade in rule.grades if grade.counts_in_denominator),
        Fraction(0),
    )
    return marks / valid * 100


def headline_rates(rule: CountingRule, counts: Mapping[str, Sequence[ClassCount]]) -> Rates | None:
    """Return the exact rates of the headline item over all classes, or None without a valid mark.

    Thresholds such as one third must be compared with these, not with the rounded rates of ``Declared``.
    """
    rows = counts.get(rule.headline_item, ())
    valid = sum(rule.valid_marks(row) for row in rows)
    if not valid:
        return None
    excellent = sum(row.grades.get(rule.excellent, 0) for row in rows)
    negative = sum(row.grades.get(code, 0) for row in rows for code in rule.negative)
    return Rates(Fraction(100 * excellent, valid), Fraction(100 * negative, valid))


def declare(rule: CountingRule, counts: Mapping[str, Sequence[ClassCount]]) -> Declared:
    """Count a round: item scores, class scores and the total, with a flag wherever a weight had to move.

    A class or item without a valid mark never counts as zero: its weight is shared out and a flag says so.
    A round that returned more sheets than were issued is void and has no scores. Below ``min_valid_total``
    valid sheets on the headline item there is no total and no rate, and every class is hidden.

    Raises:
        ValueError: when an item, class or grade is not in the rule, or a class occurs twice in an item.
    """
    table = _table(rule, counts)
    classes = list(rule.class_weights)
    headline = table[rule.headline_item]
    valid = {code: rule.valid_marks(headline[code]) if code in headline else 0 for code in classes}
    if any(row.returned > row.issued for rows in table.values() for row in rows.values()):
        nothing: dict[str, Decimal | None] = dict.fromkeys(classes)
        empty = {item: dict(nothing) for item in table}
        return Declared(None, nothing, empty, None, None, valid, ("round_void_revote",), True, frozenset(valid), {})  # noqa: FBT003

    exact = {
        item: {code: class_score(rule, rows[code]) if code in rows else None for code in classes}
        for item, rows in table.items()
    }
    flags: list[str] = []
    scores: dict[str, Decimal | None] = {}
    for code in classes:
        known = {item: score for item in exact if (score := exact[item][code]) is not None}
        mean = _weighted_mean(known, rule.item_weights)
        scores[code] = None if mean is None else round_half_up(mean, 6)
        missing = [item for item, weight in rule.item_weights.items() if weight and item not in known]
        if mean is not None:
            flags += [f"item_{item}_missing_in_class_{code}" for item in missing]
        elif rule.class_weights[code]:
            flags.append(f"class_{code}_missing_weights_renormalised")

    present = {code: Fraction(score) for code, score in scores.items() if score is not None}
    total = _weighted_mean(present, rule.class_weights)
    rates = headline_rates(rule, counts)
    hidden = hidden_classes(_smallest_cells(rule, table, classes), rule.min_valid_per_class)
    if sum(valid.values()) < rule.min_valid_total:
        flags.append("below_minimum_total")
        total, rates, hidden = None, None, frozenset(classes)
    weight = sum(rule.class_weights[code] for code in present)
    return Declared(
        total=None if total is None else round_half_up(total, 3),
        class_scores=scores,
        item_scores={
            item: {c: None if s is None else round_half_up(s, 6) for c, s in row.items()} for item, row in exact.items()
        },
        excellent_rate=None if rates is None else round_half_up(rates.excellent, 2),
        negative_rate=None if rates is None else round_half_up(rates.negative, 2),
        valid_by_class=valid,
        flags=tuple(flags),
        round_void=False,
        hidden_classes=hidden,
        weights_used={code: Fraction(rule.class_weights[code], weight) for code in present} if weight else {},
    )


def hidden_classes(valid_by_class: Mapping[str, int], minimum: int) -> frozenset[str]:
    """Return the classes with 1 to ``minimum - 1`` valid sheets, and a second one to cover a single one.

    Were only one class hidden, its figure could be had by subtracting the others from the total. A class
    without a sheet has nothing to hide and covers nothing.

    Source: Statistics Law of the PRC art. 28; complementary cell suppression.
    """
    order = sorted((number, code) for code, number in valid_by_class.items() if number > 0)
    small = sum(number < minimum for number, _ in order)
    return frozenset(code for _, code in order[: 2 if small == 1 else small])


def competition_ranks(scores: Sequence[Decimal]) -> list[int]:
    """Return ranks from the highest score down, in the order given; ties share a rank (1-2-2-4)."""
    order = sorted(scores, reverse=True)
    first: dict[Decimal, int] = {}
    for rank, score in enumerate(order, start=1):
        first.setdefault(score, rank)
    return [first[score] for score in scores]


def step_points(excellent_rate: Fraction | Decimal | int, negative_rate: Fraction | Decimal | int) -> int:
    """Return the points, of 200, that Ruian gives a ballot for its two rates in percent.

    Give it exact rates (``headline_rates``): a rounded 33.33 is below the one-third line.

    Source: Ruian township and functional zone leaders' appraisal rule, 2012 (wzdkw.gov.cn).
    """
    for line, points in ((90, 200), (80, 190), (70, 180), (60, 170)):
        if excellent_rate >= line:
            return points
    return 130 if Fraction(negative_rate) * 3 >= 100 else 160


def suppress_small(count: int, threshold: int = 5) -> str | int:
    """Return a count fit to publish: 0 and counts from ``threshold`` up as they are, others as ``"<5"``.

    Raises:
        ValueError: when the count is negative.
    """
    if count < 0:
        raise ValueError(f"count is negative ({count})")
    return f"<{threshold}" if 0 < count < threshold else count


def _refuse_unknown(name: str, codes: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(code for code in codes if code not in known)
    if unknown:
        raise ValueError(f"{name}: {', '.join(unknown)} not in the rule")


def _table(rule: CountingRule, counts: Mapping[str, Sequence[ClassCount]]) -> dict[str, dict[str, ClassCount]]:
    _refuse_unknown("counts: item", list(counts), rule.item_weights)
    table: dict[str, dict[str, ClassCount]] = {item: {} for item in rule.item_weights}
    for item, rows in counts.items():
        _refuse_unknown(f"item {item}: class", [row.code for row in rows], rule.class_weights)
        table[item] = {row.code: row for row in rows}
        if len(table[item]) != len(rows):
            raise ValueError(f"item {item}: a class occurs twice")
    return table


def _weighted_mean(values: Mapping[str, Fraction], weights: Mapping[str, int]) -> Fraction | None:
    weight = sum(weights[key] for key in values)
    return sum((weights[key] * value for key, value in values.items()), Fraction(0)) / weight if weight else None


def _smallest_cells(
    rule: CountingRule, table: Mapping[str, Mapping[str, ClassCount]], classes: Sequence[str]
) -> dict[str, int]:
    # A class score is the known weighted mean of its item scores, so one small item can be solved for from the
    # others: the class is as small as its smallest item that has any mark.
    cells: dict[str, int] = {}
    for code in classes:
        marks = [rule.valid_marks(rows[code]) for rows in table.values() if code in rows]
        cells[code] = min((number for number in marks if number), default=0)
    return cells
