"""Small counts: no row of a person's own result gives one back by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from yizhen.appraisals.views.results import suppressed


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
