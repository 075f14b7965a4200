"""Small counts: what may be printed of a result, so that nobody can work out a count below five (统计法 art. 28).

A reader knows how many sheets came back, that "<5" is 1 to 4, and that "※" is five or more. What is shown must leave
each small count at least two values. Pages for the top body show exact counts; paper travels, so what is printed is
safe for anybody, whoever prints it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from yizhen.scoring.tally import suppress_small

from .config import NOT_INFORMED
from .models import Result

HIDDEN = "※"
SMALL_ONES = range(1, 5)
Cell = int | str


def suppressed(numbers: list[int]) -> list[Cell]:
    """Return a row of counts with small ones as "<5", and as many others as "※" as keep the small ones open.

    A single small one takes the next smallest with it: subtraction from the row's total would give it back. So would
    1 and 1, of which the sum is 2, or 1 and 5, of which one is small and the other not. Where there is nothing to take
    along, the whole row is "※".
    """
    shown: list[Cell] = [suppress_small(number) for number in numbers]
    while not _is_open(shown, sum(numbers)):
        others = [index for index, cell in enumerate(shown) if isinstance(cell, int) and cell > 0]
        if not others:  # nothing to hide them behind: 4 and 4 of eight
            return [HIDDEN] * len(numbers)
        shown[min(others, key=lambda index: numbers[index])] = HIDDEN
    return shown


def _bounds(cells: Iterable[Cell], most: int) -> tuple[int, int]:
    """Return the least and the greatest sum of some cells, as far as a reader knows."""
    low = high = 0
    for cell in cells:
        if isinstance(cell, int):
            low, high = low + cell, high + cell
        elif cell == HIDDEN:
            low, high = low + SMALL_ONES.stop, high + most
        else:
            low, high = low + SMALL_ONES.start, high + SMALL_ONES.stop - 1
    return low, high


def _values(cells: Sequence[Cell], index: int, total: int) -> set[int]:
    """Return what a small cell may be in a row, or part of a row, of a known total."""
    low, high = _bounds([cell for other, cell in enumerate(cells) if other != index], total)
    return {value for value in SMALL_ONES if low <= total - value <= high}


def _is_open(cells: Sequence[Cell], total: int) -> bool:
    small = [index for index, cell in enumerate(cells) if isinstance(cell, str) and cell != HIDDEN]
    return all(len(_values(cells, index, total)) > 1 for index in small)


def totals(config: dict[str, Any], counts: dict[str, dict[str, int]]) -> dict[str, int]:
    """Return grade → number over all classes together, with "not informed" and abstentions behind the grades."""
    columns = [*(row["code"] for row in config["grades"]), NOT_INFORMED, "abstained"]
    return {column: sum(row[column] for row in counts.values()) for column in columns}


def distribution(config: dict[str, Any], result: Result) -> list[tuple[dict[str, Any], list[Cell]]]:
    """Return item → counts of each grade, of "not informed" and of abstentions, over all classes, fit to print."""
    return [(item, suppressed(list(totals(config, result.counts[item["code"]]).values()))) for item in config["items"]]


def printed_rates(config: dict[str, Any], result: Result) -> tuple[str | None, str | None]:
    """Return the excellent and the negative rate beside the printed distribution; None where one is not printed.

    A rate gives away how many sheets it is a share of, and so the sum of the grades: it is printed in whole per cent,
    or not at all, where that would give a small count back.
    """
    rules = config["rules"]
    numbers = totals(config, result.counts[rules["headline"]])
    places = {code: index for index, code in enumerate(numbers)}
    parts = ([places[rules["excellent"]]], [places[code] for code in rules["negative"]])
    if rules.get("denominator", "valid") != "valid":
        # Shares of all sheets say nothing of the valid ones; beside exact counts they say nothing new at all.
        cells = suppressed(list(numbers.values()))
        known = [all(isinstance(cells[index], int) for index in part) for part in parts]
        rates = (result.excellent_rate, result.negative_rate)
        excellent, negative = (
            f"{rate:.2f}%" if shown and rate is not None else None for rate, shown in zip(rates, known, strict=True)
        )
        return excellent, negative
    excellent, negative = safe_rates(list(numbers.values()), len(config["grades"]), parts)
    return excellent, negative


def safe_rates(numbers: list[int], grades: int, parts: Sequence[Sequence[int]]) -> list[str | None]:
    """Return the share of each part among the first ``grades`` numbers of a row: all, one or none, as exact as is safe.

    Args:
        numbers: the row; behind its grades stand other counts.
        grades: how many of them are grades.
        parts: the indices of the grades of each part.
    """
    cells = suppressed(numbers)
    valid = sum(numbers[:grades])
    known = [all(isinstance(cells[index], int) for index in part) for part in parts]
    choices = [known, *([shown and one == other for other, shown in enumerate(known)] for one in range(len(parts)))]
    for decimals in (2, 0):
        for choice in choices:
            shares = [
                (sum(numbers[index] for index in part), decimals) if chosen else None
                for part, chosen in zip(parts, choice, strict=True)
            ]
            if valid and any(choice) and _shares_leave_open(cells, grades, valid, sum(numbers), shares):
                return [_written(share[0], valid, decimals) if share else None for share in shares]
    return [None for _part in parts]


def _percent(number: int, valid: int, decimals: int) -> int:
    """Return a share in units of the last decimal, rounded half up."""
    return (200 * number * 10**decimals + valid) // (2 * valid)


def _written(number: int, valid: int, decimals: int) -> str:
    return f"{Decimal(_percent(number, valid, decimals)).scaleb(-decimals):f}%"


def _shares_leave_open(
    cells: list[Cell], grades: int, valid: int, total: int, shares: Sequence[tuple[int, int] | None]
) -> bool:
    """Return whether each small cell keeps two values for a reader who tries every number of valid sheets."""
    found: dict[int, set[int]] = {
        index: set() for index, cell in enumerate(cells) if isinstance(cell, str) and cell != HIDDEN
    }
    printed = [(number, decimals, _percent(number, valid, decimals)) for number, decimals in filter(None, shares)]
    for tried in range(1, total + 1):
        if any(_percent(number, tried, decimals) != share for number, decimals, share in printed):
            continue
        halves = ((cells[:grades], tried, 0), (cells[grades:], total - tried, grades))
        if all(low <= known <= high for own, known, _at in halves for low, high in [_bounds(own, total)]):
            for own, known, at in halves:
                for index in found:
                    if at <= index < at + len(own):
                        found[index] |= _values(own, index - at, known)
    return all(len(values) > 1 for values in found.values())
