"""From a table of ballots, one row a mark, to sheets and counts."""

from collections.abc import Mapping
from typing import Any

from yizhen.scoring.inputs import InputError, column, is_missing, shown

from .margins import Sheet, ratees_on
from .rules import ClassCount, CountingRule, refuse_unknown


def sheets_from(
    data: Any, rule: CountingRule, *, ratee: str, rater: str, grade: str, group: str, item: str | None = None
) -> list[Sheet]:
    """Return the sheets in a table of marks, for :class:`Standing`.

    ``data`` is a pandas or polars frame or a mapping of columns, one row a mark; the other arguments name its columns:
    who was marked, the sheet's number, the grade's code, the voter class, and the item (without it every mark is on
    the rule's headline item). An empty grade is an abstention.

    Raises:
        InputError: naming column and row of an unknown class, item or grade, a cell that occurs twice, a sheet in two
            classes.

    >>> from fractions import Fraction
    >>> from yizhen.scoring.tally import CountingRule, Grade, Standing
    >>> grades = (Grade("good", Fraction(1)), Grade("poor", Fraction(0)))
    >>> rule = CountingRule(grades, {"A": 1}, {"overall": 1}, "good", frozenset({"poor"}), "overall")
    >>> data = {"town": ["x", "y", "x", "y"], "sheet": [1, 1, 2, 2], "grade": ["good", "poor", "good", "good"],
    ...         "class": ["A"] * 4}
    >>> standing = Standing(rule, sheets_from(data, rule, ratee="town", rater="sheet", grade="grade", group="class"))
    >>> standing.score("x"), standing.pair("x", "y").sheets
    (Fraction(100, 1), 1)
    """
    known = {one.code for one in rule.grades}
    names = [ratee, rater, grade, group] + ([item] if item else [])
    columns = [column(data, name).tolist() for name in names]
    for name, entries in zip(names, columns, strict=True):
        if len(entries) != len(columns[0]):
            raise InputError(name, f"has {len(entries)} rows, but {ratee} has {len(columns[0])}")
    classes: dict[Any, str] = {}
    marks: dict[Any, dict[str, dict[str, str]]] = {}
    for row, (who, sheet, given, code, *on) in enumerate(zip(*columns, strict=True)):
        what = on[0] if on else rule.headline_item
        for name, value in ((ratee, who), (rater, sheet)):
            if is_missing(value) or not str(value).strip():
                raise InputError(name, "the name is missing", row)
        for name, value, allowed in ((group, code, rule.class_weights), (item or grade, what, rule.item_weights)):
            if not isinstance(value, str) or value not in allowed:
                raise InputError(name, f"{shown(value)} is not in the rule: {', '.join(map(str, allowed))}", row)
        if classes.setdefault(sheet, code) != code:
            raise InputError(group, f"sheet {shown(sheet)} is in two classes", row)
        own = marks.setdefault(sheet, {}).setdefault(str(who), {})
        if what in own:
            raise InputError(grade, f"sheet {shown(sheet)} marks {shown(who)} twice on {what}", row)
        if is_missing(given) or given == "":
            continue
        if not isinstance(given, str) or given not in known:
            raise InputError(grade, f"{shown(given)} is not in the rule: {', '.join(sorted(known))}", row)
        own[what] = given
    return [Sheet(classes[sheet], rows) for sheet, rows in marks.items()]


def counts_from(
    sheets: list[Sheet], rule: CountingRule, ratee: str, issued: Mapping[str, int] | None = None
) -> dict[str, list[ClassCount]]:
    """Return what the tellers would count for one ratee, for :func:`declare`: item → classes.

    Every sheet counts as returned; a cell without a grade is an abstention. ``issued`` gives the sheets handed out by
    class; without it as many as were returned.

    Raises:
        ValueError: when the ratee is on no sheet, a sheet has a class, item or grade that the rule does not know, or
            ``issued`` leaves out a class that returned sheets or has one that the rule does not know.

    >>> from fractions import Fraction
    >>> from yizhen.scoring.tally import CountingRule, Grade, Sheet, declare
    >>> grades = (Grade("good", Fraction(1)), Grade("poor", Fraction(0)))
    >>> rule = CountingRule(grades, {"A": 1}, {"overall": 1}, "good", frozenset({"poor"}), "overall", min_valid_total=0)
    >>> sheets = [Sheet("A", {"x": {"overall": "good"}}), Sheet("A", {"x": {"overall": "poor"}})]
    >>> declare(rule, counts_from(sheets, rule, "x")).total
    Decimal('50.000')
    """
    if ratee not in ratees_on(sheets, rule):
        raise ValueError(f"{ratee} is on no sheet")
    if issued is not None:
        refuse_unknown("issued", list(issued), rule.class_weights)
        refuse_unknown("issued: class without a number", {one.class_code for one in sheets}, issued)
    counts: dict[str, list[ClassCount]] = {}
    for what in rule.item_weights:
        counts[what] = []
        for code in rule.class_weights:
            given = [one.marks.get(ratee, {}).get(what) for one in sheets if one.class_code == code]
            grades = {one.code: given.count(one.code) for one in rule.grades}
            number = len(given)
            handed_out = number if issued is None else issued.get(code, 0)
            counts[what].append(ClassCount(code, handed_out, number, 0, given.count(None), 0, grades))
    return counts
