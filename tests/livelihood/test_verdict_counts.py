"""What residents said, as counts that give nobody away."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.livelihood.projects.verdicts import Counts, counted


def shown(*numbers: int) -> list[int | str]:
    return [number for _words, number in counted(dict(zip(("good", "partly", "poor"), numbers, strict=True))).lines]


def test_fewer_than_five_in_all_are_not_shown_at_all():
    assert counted({}) == Counts()
    assert counted({"good": 3, "poor": 1}) == Counts("<5")


def test_one_to_four_are_hidden_with_what_would_give_them_away():
    assert shown(17, 6, 2) == [17, "※", "<5"]
    assert shown(12, 9, 6) == [12, 9, 6]
    assert shown(12, 0, 6) == [12, 0, 6]


@given(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)))
@settings(max_examples=50, deadline=None)
def test_no_small_count_is_ever_shown_or_can_be_subtracted(numbers):
    made = counted(dict(zip(("good", "partly", "poor"), numbers, strict=True)))
    lines = [number for _words, number in made.lines]
    assert not [one for one in [*lines, made.total] if isinstance(one, int) and 0 < one < 5]
    hidden = [number for number, line in zip(numbers, lines, strict=False) if isinstance(line, str)]
    if isinstance(made.total, int) and any(0 < number < 5 for number in hidden):
        assert len(hidden) > 1


def test_a_day_that_brought_most_of_many_is_told():
    assert counted({"good": 20}, [11, 9]).one_day
    assert not counted({"good": 20}, [10, 10]).one_day
    assert not counted({"good": 19}, [19]).one_day
