"""Small counts of places: hidden so that no solver brings one back, and no more hidden than that takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from yizhen.scoring.small_area import SuppressedTable, suppress_counts

LARGE = 10_000


def bounds_of(mark, number):
    if mark == "<5":
        return 1, 4
    return (5, LARGE) if mark == "※" else (number, number)


def attack(table: SuppressedTable):
    """Return what a reader with an integer solver can say of each hidden small count: (published mark, low, high)."""
    groups = [len(group) for group in table.counts]
    cells = sum(groups)
    size = cells + len(groups) + 1  # counts, sums, total
    known = [
        bounds_of(mark, number)
        for marks, numbers in zip(table.cells, table.counts, strict=True)
        for mark, number in zip(marks, numbers, strict=True)
    ]
    known += [bounds_of(mark, sum(numbers)) for mark, numbers in zip(table.sums, table.counts, strict=True)]
    known.append(bounds_of(table.total, sum(map(sum, table.counts))))
    rows, at = np.zeros((len(groups) + 1, size)), 0
    for number, length in enumerate(groups):
        rows[number, at : at + length] = 1
        rows[number, cells + number] = -1
        rows[-1, cells + number] = 1
        at += length
    rows[-1, -1] = -1
    marks = [mark for own in table.cells for mark in own] + list(table.sums) + [table.total]
    found = []
    for place, mark in enumerate(marks):
        if mark != "<5":
            continue
        ends = []
        for sign in (1, -1):
            cost = np.zeros(size)
            cost[place] = sign
            answer = milp(
                cost, integrality=np.ones(size), bounds=Bounds(*np.array(known).T),
                constraints=LinearConstraint(rows, 0, 0),
            )  # fmt: skip
            assert answer.success, answer.message
            ends.append(round(sign * answer.fun))
        found.append((ends[0], ends[1]))
    return found


tables = st.lists(st.lists(st.integers(0, 14), min_size=1, max_size=4), min_size=1, max_size=4)


@given(tables)
def test_no_solver_works_a_small_count_out(counts):
    assert all(low < high for low, high in attack(suppress_counts(counts)))


@given(tables)
def test_no_small_count_is_shown_and_what_is_shown_is_true(counts):
    table = suppress_counts(counts)
    for group, own in enumerate(counts):
        for at, number in enumerate(own):
            shown = table.shown(group, at)
            assert shown == number or (shown == "<5" and 1 <= number <= 4) or shown == "※"
        assert table.shown(group) in {sum(own), "<5", "※"}


def test_the_attack_succeeds_where_only_the_small_ones_are_hidden():
    naive = SuppressedTable(((3, 20, 30), (12, 14)), (("<5", "", ""), ("", "")), ("", ""), "")
    assert attack(naive) == [(3, 3)]
    assert attack(suppress_counts(naive.counts)) == [(1, 4)]


def test_nothing_is_hidden_where_nothing_is_small():
    table = suppress_counts([[5, 9, 0], [12, 0]])
    assert table.cells == (("", "", ""), ("", ""))
    assert (table.sums, table.total) == (("", ""), "")


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ([[3, 20, 30]], (("<5", "※", ""),)),  # the smallest one goes along
        ([[3, 2, 30]], (("<5", "<5", ""),)),  # two small ones hide each other
        ([[1, 1, 30]], (("<5", "<5", "※"),)),  # of which the sum says 1 and 1
        ([[0, 3, 30]], (("", "<5", "※"),)),  # nought is nobody's count
    ],
)
def test_as_much_goes_along_as_it_takes(counts, cells):
    assert suppress_counts(counts).cells == cells


def test_a_county_of_one_town_hides_its_sum_too():
    table = suppress_counts([[3], [40, 50], [60, 70]])
    assert table.shown(0) == "<5"
    assert [table.shown(1), table.shown(2)].count("※") == 1
    assert table.shown(1, 0) == "※" or table.shown(1, 1) == "※"


def test_a_count_below_nought_is_refused():
    with pytest.raises(ValueError, match="below nought"):
        suppress_counts([[3, -1]])
