"""A city's calendar over the national one: its yearly table, half days, and days on which a place was closed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.clocks import (
    TABLE_KINDS,
    Closure,
    DayKind,
    DeadlineRule,
    Reason,
    TableCalendar,
    TableDay,
    Unit,
    compute_deadline,
    digest_of,
    national_calendar,
)

FIVE = DeadlineRule("dispatched", 5, Unit.WORKING_DAY)
FLOOD = Closure(date(2026, 7, 6), date(2026, 7, 8), "防汛一级响应停工")


def test_a_table_goes_before_the_national_calendar():
    mine = TableCalendar({2026: [TableDay(date(2026, 7, 3), DayKind.HOLIDAY, "建市纪念日")]})
    assert (mine.describe(date(2026, 7, 3)), mine.holiday_name(date(2026, 7, 3))) == (DayKind.HOLIDAY, "建市纪念日")
    assert mine.describe(date(2026, 7, 2)) is DayKind.WORKING_DAY
    assert mine.describe(date(2026, 2, 14)) is DayKind.MAKE_UP_WORKDAY  # what the table leaves out is national
    assert compute_deadline(FIVE, date(2026, 7, 2), mine).due == date(2026, 7, 10)
    assert compute_deadline(FIVE, date(2026, 7, 2)).due == date(2026, 7, 9)


def test_a_table_publishes_its_year():
    assert not national_calendar().is_published(2031)
    mine = TableCalendar({2031: [TableDay(date(2031, 10, 4), DayKind.HOLIDAY, "国庆节")]})
    made = compute_deadline(FIVE, date(2031, 9, 29), mine)
    assert (mine.is_published(2031), mine.is_published(2032), made.provisional) == (True, False, False)


def test_a_half_day_counts_as_a_working_day_and_says_so():
    mine = TableCalendar({2026: [TableDay(date(2026, 7, 3), DayKind.HALF_DAY, "下午停办")]})
    made = compute_deadline(FIVE, date(2026, 7, 2), mine)
    assert made.due == date(2026, 7, 9)
    assert [(s.number, s.reason, s.name) for s in made.steps[:3]] == [
        (None, Reason.START_EXCLUDED, ""),
        (1, Reason.HALF_DAY, "下午停办"),
        (None, Reason.WEEKEND, ""),
    ]
    natural = compute_deadline(DeadlineRule("e", 1, Unit.NATURAL_DAY), date(2026, 7, 2), mine)
    assert (natural.due, natural.steps[-1].reason) == (date(2026, 7, 3), Reason.HALF_DAY)


def test_a_closed_place_does_not_work_and_says_why():
    # From Thursday 2 July: Friday is 1, Monday to Wednesday closed, Thursday 2, Friday 3, then Monday 4, Tuesday 5.
    closed = TableCalendar({}, (FLOOD,))
    made = compute_deadline(FIVE, date(2026, 7, 2), closed)
    assert made.due == date(2026, 7, 14)
    assert [(s.reason, s.name) for s in made.steps if s.day == date(2026, 7, 7)] == [
        (Reason.LOCAL_CLOSURE, "防汛一级响应停工")
    ]


def test_a_last_day_in_a_closure_rolls():
    made = compute_deadline(DeadlineRule("e", 4, Unit.NATURAL_DAY), date(2026, 7, 2), TableCalendar({}, (FLOOD,)))
    assert (made.warning, made.due) == (date(2026, 7, 6), date(2026, 7, 9))


def test_a_day_off_in_a_closure_stays_what_it_was():
    closed = TableCalendar({}, (Closure(date(2026, 6, 18), date(2026, 6, 22), "防汛"),))
    assert [closed.describe(date(2026, 6, day)) for day in (18, 19, 22)] == [
        DayKind.LOCAL_CLOSURE,
        DayKind.HOLIDAY,
        DayKind.LOCAL_CLOSURE,
    ]
    assert closed.holiday_name(date(2026, 6, 19)) == "端午节"


def test_a_deadline_names_the_calendar_it_was_counted_with():
    rows = [TableDay(date(2026, 7, 3), DayKind.HOLIDAY, "建市纪念日")]
    assert compute_deadline(FIVE, date(2026, 7, 2)).calendar == national_calendar().version != ""
    assert compute_deadline(FIVE, date(2026, 7, 2), TableCalendar({2026: rows}, version="v1")).calendar == "v1"
    assert TableCalendar({2026: rows}).version == f"{national_calendar().version} + {digest_of(rows)}"
    assert TableCalendar({2026: rows}).version != TableCalendar({2026: rows}, (FLOOD,)).version


def test_what_a_table_cannot_say():
    with pytest.raises(ValueError, match="cannot make"):
        TableDay(date(2026, 7, 3), DayKind.WEEKEND)
    with pytest.raises(ValueError, match="before it begins"):
        Closure(date(2026, 7, 8), date(2026, 7, 6), "x")


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
rows = st.builds(TableDay, day=days, kind=st.sampled_from(TABLE_KINDS), name=st.just("名"))


@given(st.lists(rows, max_size=40, unique_by=lambda row: row.day), days, st.integers(0, 30))
def test_a_working_day_deadline_falls_on_a_working_day_of_its_calendar(table, start, amount):
    mine = TableCalendar({2026: table}, (FLOOD,))
    made = compute_deadline(DeadlineRule("e", amount, Unit.WORKING_DAY), start, mine)
    assert mine.is_working_day(made.due)
    assert sum(mine.is_working_day(step.day) for step in made.steps if step.counted) == amount


@given(st.lists(rows, max_size=10, unique_by=lambda row: row.day), st.randoms())
def test_the_digest_does_not_depend_on_the_order(table, chance):
    mixed = list(table)
    chance.shuffle(mixed)
    assert digest_of(mixed) == digest_of(table)
