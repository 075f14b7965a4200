"""Counting a ballot: exact until the roundings the rule asks for."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from yizhen.scoring.tables import Language, said

from .rules import ClassCount, CountingRule, refuse_unknown, rounded


class Rates(NamedTuple):
    """Exact shares of the rule's divisor (valid marks, or sheets returned or issued), in percent."""

    excellent: Fraction
    negative: Fraction


@dataclass(frozen=True)
class Declared:
    """The result of a round: scores from 0 to 100, rates in percent, machine-readable flags.

    Decimals and rounding are the rule's (by default 6 for item and class scores, 3 for the total, 2 for rates, half up). ``hidden_classes`` are
    the classes whose figures must not be shown; ``weights_used`` are the class weights after renormalising.
    """

    total: Decimal | None
    class_scores: Mapping[str, Decimal | None] = field(repr=False)  # those of hidden classes too
    item_scores: Mapping[str, Mapping[str, Decimal | None]] = field(repr=False)
    excellent_rate: Decimal | None
    negative_rate: Decimal | None
    valid_by_class: Mapping[str, int]
    flags: tuple[str, ...]
    round_void: bool
    hidden_classes: frozenset[str]
    weights_used: Mapping[str, Fraction]

    def summary(self, language: Language = "zh") -> str:
        """Say the result in plain words; classes too small to show are not told."""
        if self.round_void:
            return said(
                language, "收回票多于发出票，本轮无效，重新投票。", "More sheets than issued: void, vote again."
            )
        if self.total is None:
            return said(
                language, "有效票不足或缺一类评议人，没有结果。", "Too few valid sheets or a class missing: no result."
            )
        shown = {code: score for code, score in self.class_scores.items() if score is not None}
        parts = [
            f"{code} {said(language, '（不公布）', '(not shown)') if code in self.hidden_classes else score}"
            for code, score in shown.items()
        ]
        lines = [
            said(
                language,
                f"得分 {self.total}，优秀率 {self.excellent_rate}%，负面率 {self.negative_rate}%；有效票 "
                f"{sum(self.valid_by_class.values())}。",
                f"Score {self.total}, excellent {self.excellent_rate} %, negative {self.negative_rate} %; "
                f"{sum(self.valid_by_class.values())} valid sheets.",
            ),
            said(language, "各类：", "By class: ") + said(language, "、", ", ").join(parts),
        ]
        if self.flags:
            lines.append(
                said(language, "说明：", "Note: ")
                + said(language, "；", "; ").join(flag_in_words(flag, language) for flag in self.flags)
            )
        return "\n".join(lines)


def flag_in_words(flag: str, language: Language) -> str:
    """Return what a flag of :class:`Declared` says; an unknown one as it is.

    >>> flag_in_words("class_B_missing_weights_renormalised", "en")
    'class B has no valid mark, and its weight is shared out'
    """
    if flag == "below_minimum_total":
        return said(language, "有效票不足，不出结果", "too few valid sheets for a result")
    if flag == "class_missing_result_void":
        return said(language, "有一类没有有效票，按规则结果作废", "a class has no valid mark: void by the rule")
    if flag == "round_void_revote":
        return said(language, "本轮作废，须重新投票", "the round is void, vote again")
    if match := re.fullmatch(r"class_(.+)_missing_weights_renormalised", flag):
        return said(
            language,
            f"{match[1]} 类没有有效票，权重由其余各类分摊",
            f"class {match[1]} has no valid mark, and its weight is shared out",
        )
    if match := re.fullmatch(r"item_(.+?)_missing_in_class_(.+)", flag):
        return said(
            language,
            f"{match[2]} 类对项目 {match[1]} 没有有效票",
            f"class {match[2]} has no valid mark on item {match[1]}",
        )
    return flag


def class_score(rule: CountingRule, count: ClassCount) -> Fraction | None:
    """Return the marks' coefficients over the rule's divisor, times 100, or None without a valid mark.

    Raises:
        ValueError: when the count has a grade that the rule does not know.

    >>> from yizhen.scoring.tally import Grade
    >>> grades = (Grade("good", Fraction(1)), Grade("poor", Fraction(0)))
    >>> rule = CountingRule(grades, {"A": 1}, {"overall": 1}, "good", frozenset({"poor"}), "overall")
    >>> count = ClassCount("A", 10, 9, 0, 1, 0, {"good": 6, "poor": 2})
    >>> class_score(rule, count)
    Fraction(75, 1)
    """
    divisor = rule.divisor(count)
    if not divisor:
        return None
    marks = sum(
        (grade.coefficient * count.grades.get(grade.code, 0) for grade in rule.grades if grade.counts_in_denominator),
        Fraction(0),
    )
    return marks / divisor * 100


def headline_rates(rule: CountingRule, counts: Mapping[str, Sequence[ClassCount]]) -> Rates | None:
    """Return the exact rates of the headline item over all classes, or None without a valid mark.

    Thresholds such as one third must be compared with these, not with the rounded rates of ``Declared``.

    >>> from yizhen.scoring.tally import Grade
    >>> grades = (Grade("good", Fraction(1)), Grade("poor", Fraction(0)))
    >>> rule = CountingRule(grades, {"A": 1}, {"overall": 1}, "good", frozenset({"poor"}), "overall")
    >>> count = ClassCount("A", 10, 9, 0, 1, 0, {"good": 6, "poor": 2})
    >>> headline_rates(rule, {"overall": [count]})
    Rates(excellent=Fraction(75, 1), negative=Fraction(25, 1))
    """
    rows = counts.get(rule.headline_item, ())
    valid = sum(rule.divisor(row) for row in rows)
    if not valid:
        return None
    excellent = sum(row.grades.get(rule.excellent, 0) for row in rows)
    negative = sum(row.grades.get(code, 0) for row in rows for code in rule.negative)
    return Rates(Fraction(100 * excellent, valid), Fraction(100 * negative, valid))


def declare(rule: CountingRule, counts: Mapping[str, Sequence[ClassCount]]) -> Declared:
    """Count a round: item scores, class scores and the total, with a flag wherever a weight had to move.

    A class or item without a valid mark never counts as zero: its weight is shared out and a flag says so, or the
    rule makes the result void.
    A round that returned more sheets than were issued is void and has no scores. Below ``min_valid_total``
    valid sheets on the headline item there is no total and no rate, and every class is hidden.

    Raises:
        ValueError: when an item, class or grade is not in the rule, or a class occurs twice in an item.

    >>> from yizhen.scoring.tally import Grade
    >>> grades = (Grade("good", Fraction(1)), Grade("poor", Fraction(0)))
    >>> rule = CountingRule(grades, {"A": 1}, {"overall": 1}, "good", frozenset({"poor"}), "overall")
    >>> count = ClassCount("A", 10, 9, 0, 1, 0, {"good": 6, "poor": 2})
    >>> declare(rule, {"overall": [count]}).total
    Decimal('75.000')
    """
    table = _table(rule, counts)
    classes = list(rule.class_weights)
    headline = table[rule.headline_item]
    valid = {code: rule.valid_marks(headline[code]) if code in headline else 0 for code in classes}
    if any(row.returned > row.issued for rows in table.values() for row in rows.values()):
        return _void(table, valid)
    exact = {
        item: {code: class_score(rule, rows[code]) if code in rows else None for code in classes}
        for item, rows in table.items()
    }
    scores, flags = _class_scores(rule, exact)
    present = {code: score for code, score in scores.items() if score is not None}
    total = _weighted_mean(present, rule.class_weights)
    rates = headline_rates(rule, counts)
    weightless = [code for code in classes if not rule.class_weights[code]]
    hidden = _hidden(rule, table, [code for code in classes if code in weightless or code not in present])
    if rule.empty_class == "void" and any(code not in present and code not in weightless for code in classes):
        flags.append("class_missing_result_void")
        total = None
    if sum(valid.values()) < rule.min_valid_total:
        flags.append("below_minimum_total")
        total, rates, hidden = None, None, frozenset(classes)
    weight = sum(rule.class_weights[code] for code in present)
    return Declared(
        total=None if total is None else rule.rounding.of_total(total),
        class_scores={code: _shown(rule, score) for code, score in scores.items()},
        item_scores={item: {code: _shown(rule, score) for code, score in row.items()} for item, row in exact.items()},
        excellent_rate=None if rates is None else rule.rounding.of_rate(rates.excellent),
        negative_rate=None if rates is None else rule.rounding.of_rate(rates.negative),
        valid_by_class=valid,
        flags=tuple(flags),
        round_void=False,
        hidden_classes=hidden,
        weights_used={code: Fraction(rule.class_weights[code], weight) for code in present} if weight else {},
    )


def _void(table: Mapping[str, Mapping[str, ClassCount]], valid: Mapping[str, int]) -> Declared:
    nothing: dict[str, Decimal | None] = dict.fromkeys(valid)
    empty = {item: dict(nothing) for item in table}
    return Declared(None, nothing, empty, None, None, valid, ("round_void_revote",), True, frozenset(valid), {})  # noqa: FBT003


def _class_scores(
    rule: CountingRule, exact: Mapping[str, Mapping[str, Fraction | None]]
) -> tuple[dict[str, Fraction | None], list[str]]:
    """Return each class's score over its items, rounded as the rule says, and a flag for whatever was missing."""
    flags: list[str] = []
    scores: dict[str, Fraction | None] = {}
    for code in rule.class_weights:
        known = {item: score for item in exact if (score := exact[item][code]) is not None}
        mean = _weighted_mean(known, rule.item_weights)
        scores[code] = None if mean is None else rule.rounding.of_class(mean)
        missing = [item for item, weight in rule.item_weights.items() if weight and item not in known]
        if mean is not None:
            flags += [f"item_{item}_missing_in_class_{code}" for item in missing]
        elif rule.class_weights[code]:
            flags.append(f"class_{code}_missing_weights_renormalised")
    return scores, flags


def hidden_classes(valid_by_class: Mapping[str, int], minimum: int, weightless: Collection[str] = ()) -> frozenset[str]:
    """Return the classes with 1 to ``minimum - 1`` valid sheets, and more to cover them.

    Were only one class hidden, its figure could be had by subtracting the others from the total; were the hidden ones
    few sheets together, their mean could. So the next smallest join until two classes and ``minimum`` sheets are
    hidden. A class without a sheet has nothing to hide and covers nothing; nor does one without weight, which is not
    in the total. What remains is a range: whoever tries all counts that fit a total may narrow it further.

    Source: Statistics Law of the PRC art. 28; complementary cell suppression.

    >>> sorted(hidden_classes({"A": 20, "B": 9, "C": 4}, 5))
    ['B', 'C']
    """
    order = [code for _, code in sorted((number, code) for code, number in valid_by_class.items() if number > 0)]
    hidden = [code for code in order if valid_by_class[code] < minimum]
    covers = [code for code in order if code not in hidden and code not in weightless]
    inside = [code for code in hidden if code not in weightless]
    while inside and covers and (len(inside) < 2 or sum(valid_by_class[code] for code in inside) < minimum):
        inside.append(covers.pop(0))
    return frozenset(hidden) | frozenset(inside)


def _hidden(
    rule: CountingRule, table: Mapping[str, Mapping[str, ClassCount]], outside: Collection[str]
) -> frozenset[str]:
    """Return the hidden classes, covered as in :func:`hidden_classes` wherever classes are added up.

    The total adds up all classes but those ``outside``, the rates and distributions of an item all that marked it:
    whoever has the published classes is left with the hidden ones together, and these must be two, and ``minimum``
    sheets. Covers may need covers in turn.
    """
    minimum, cells = rule.min_valid_per_class, _smallest_cells(rule, table, list(rule.class_weights))
    sums = [{code: number for code, number in cells.items() if number and code not in outside}]
    sums += [{code: n for code, row in rows.items() if (n := rule.valid_marks(row))} for rows in table.values()]
    hidden = {code for code, number in cells.items() if 0 < number < minimum}
    before = None
    while before != hidden:
        before = set(hidden)
        for numbers in sums:
            inside = [number for code, number in numbers.items() if code in hidden]
            covers = sorted((number, code) for code, number in numbers.items() if code not in hidden)
            if inside and covers and (len(inside) < 2 or sum(inside) < minimum):
                hidden.add(covers[0][1])
    return frozenset(hidden)


def suppress_small(count: int, threshold: int = 5) -> str | int:
    """Return a count fit to publish: 0 and counts from ``threshold`` up as they are, others as ``"<5"``.

    Raises:
        ValueError: when the count is negative.

    >>> suppress_small(3), suppress_small(8)
    ('<5', 8)
    """
    if count < 0:
        raise ValueError(f"count is negative ({count})")
    return f"<{threshold}" if 0 < count < threshold else count


def _shown(rule: CountingRule, score: Fraction | None) -> Decimal | None:
    places = 6 if rule.rounding.classes is None else rule.rounding.classes
    return None if score is None else rounded(score, places, rule.rounding.mode)


def _table(rule: CountingRule, counts: Mapping[str, Sequence[ClassCount]]) -> dict[str, dict[str, ClassCount]]:
    refuse_unknown("counts: item", list(counts), rule.item_weights)
    table: dict[str, dict[str, ClassCount]] = {item: {} for item in rule.item_weights}
    for item, rows in counts.items():
        refuse_unknown(f"item {item}: class", [row.code for row in rows], rule.class_weights)
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
