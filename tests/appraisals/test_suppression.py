"""Small counts: no row of a person's own result gives one back by subtraction, nor does a rate beside it."""

from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yizhen.appraisals.suppression import Cell, safe_rates, suppressed

ROWS = st.lists(st.integers(0, 60) | st.integers(0, 6), min_size=3, max_size=6)


@given(st.lists(st.integers(0, 60), min_size=3, max_size=8))
def test_suppressed_row_never_hides_exactly_one_of_several(numbers: list[int]) -> None:
    shown = suppressed(numbers)
    hidden = [cell for cell in shown if isinstance(cell, str)]
    assert all(cell == number or isinstance(cell, str) for cell, number in zip(shown, numbers, strict=True))
    assert len(hidden) != 1 or sum(number > 0 for number in numbers) == 1


def test_suppressed_row_takes_the_next_smallest_along() -> None:
    assert suppressed([32, 14, 0, 1, 0]) == [32, "※", 0, "<5", 0]
    assert suppressed([32, 14, 3, 1, 0]) == [32, 14, "<5", "<5", 0]
    assert suppressed([32, 14, 9, 0, 0]) == [32, 14, 9, 0, 0]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([30, 1, 1], ["※", "<5", "<5"]),  # a sum of 2 is 1 and 1
        ([30, 4, 4], ["※", "<5", "<5"]),  # a sum of 8 is 4 and 4
        ([0, 4, 4], ["※", "※", "※"]),  # nothing to hide them behind
        ([30, 5, 1], ["※", "※", "<5"]),  # a sum of 6 is 5 and 1, as the one is small and the other not
    ],
)
def test_suppressed_row_leaves_no_sum_with_one_solution(numbers: list[int], shown: list[Cell]) -> None:
    assert suppressed(numbers) == shown


def readings(
    cells: list[Cell], total: int, grades: int, parts: list[list[int]], rates: list[str | None]
) -> list[tuple[int, ...]]:
    """Return every row that somebody may hold for true who knows the total and sees cells and rates: by trying all."""
    ranges = [
        [cell] if isinstance(cell, int) else range(1, 5) if cell == "<5" else range(5, total + 1) for cell in cells
    ]
    free = max(range(len(cells)), key=lambda index: len(ranges[index]))  # the last one follows from the total
    found = []
    for tried in product(*(one for index, one in enumerate(ranges) if index != free)):
        row = [*tried[:free], total - sum(tried), *tried[free:]]
        if row[free] in ranges[free] and all(agrees(row, grades, *pair) for pair in zip(parts, rates, strict=True)):
            found.append(tuple(row))
    return found


def agrees(row: list[int], grades: int, part: list[int], rate: str | None) -> bool:
    valid = sum(row[:grades])
    if rate is None:
        return True
    step = Decimal(1).scaleb(-len(rate.rstrip("%").partition(".")[2]))
    share = Decimal(100 * sum(row[index] for index in part)) / valid if valid else Decimal(-1)
    return f"{share.quantize(step, ROUND_HALF_UP)}%" == rate


@given(ROWS)
@example([30, 5, 1])
@example([83, 64, 6, 2, 4, 0])
@example([0, 4, 4])
def test_nobody_works_out_a_small_count_from_a_row_and_its_rates(numbers: list[int]) -> None:
    grades, parts = len(numbers) - 1 - (len(numbers) > 4), [[0], [1]]
    cells, rates = suppressed(numbers), safe_rates(numbers, grades, parts)
    if sum(cell == "※" for cell in cells) > 2 or sum(numbers) < 8:  # too many to try; below eight there is no result
        return
    rows = readings(cells, sum(numbers), grades, parts, rates)
    assert tuple(numbers) in rows
    for index, cell in enumerate(cells):
        assert cell != "<5" or len({row[index] for row in rows}) > 1


def test_rate_is_as_exact_as_is_safe() -> None:
    parts = [[0], [2, 3]]
    assert safe_rates([83, 64, 6, 7, 8, 9], 4, parts) == ["51.88%", "8.13%"]
    assert safe_rates([30, 0, 0, 0, 0, 0], 4, parts) == ["100.00%", "0.00%"]
    # Two not competent, two not informed: 83 of 155 in two decimals would tell that the grades are 155 together.
    assert safe_rates([83, 64, 6, 2, 2, 0], 4, parts) == ["54%", None]
    assert safe_rates([6, 40, 0, 1, 0, 0], 4, parts) == [None, None]  # the 6 are covered, so is what rests on them
    assert safe_rates([0, 0, 0, 0, 9, 0], 4, parts) == [None, None]
