"""What a vote comes to, from its totals alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yizhen.livelihood.projects.outcome import outcome, quorum


@pytest.mark.parametrize(
    ("votes", "seats", "chosen", "tied"),
    [
        ({1: 80, 2: 51, 3: 50}, 3, {1, 2}, set()),  # half is not more than half
        ({1: 80, 2: 70, 3: 60}, 2, {1, 2}, set()),
        ({1: 80, 2: 60, 3: 60}, 2, {1}, {2, 3}),  # a last seat that two would have is nobody's
        ({1: 60, 2: 60, 3: 60}, 2, set(), {1, 2, 3}),
        ({1: 60, 2: 60}, 2, {1, 2}, set()),
        ({1: 10}, 1, set(), set()),
    ],
)
def test_more_than_half_of_all_deputies_and_the_most_votes(votes, seats, chosen, tied):
    found = outcome(votes, seats, 100)
    assert (found.chosen, found.tied) == (frozenset(chosen), frozenset(tied))


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 100), min_size=1), st.integers(1, 9))
@settings(max_examples=50, deadline=None)
def test_nobody_is_chosen_before_one_with_more_votes(votes, seats):
    found = outcome(votes, seats, 100)
    assert len(found.chosen) <= seats
    assert not found.chosen & found.tied
    least = min((votes[one] for one in found.chosen), default=101)
    assert all(number <= least for one, number in votes.items() if one not in found.chosen)
    assert all(2 * votes[one] > 100 for one in found.chosen | found.tied)


def test_quorum_is_two_thirds_of_all():
    assert (quorum(99, 66), quorum(99, 65), quorum(100, 67), quorum(100, 66)) == (True, False, True, False)
