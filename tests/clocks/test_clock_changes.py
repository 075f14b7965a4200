"""Extensions and suspensions: as the law lists them, and without moving what was counted before."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yizhen.clocks import (
    ClockRefused,
    Closure,
    DayKind,
    Deadline,
    DeadlineRule,
    Extension,
    Reason,
    Refusal,
    TableCalendar,
    TableDay,
    Unit,
    compute_deadline,
    extend,
    fixed_deadline,
    national_calendar,
    recount,
    resume,
    suspend,
    weekends_only,
)

PETITION = DeadlineRule("accepted", 60, Unit.NATURAL_DAY, source="信访工作条例第三十四条")
PETITION_MORE = Extension(Unit.NATURAL_DAY, amount=30, total_max=30, approver="unit_head", source="第三十四条")
FOI = DeadlineRule("received", 20, Unit.WORKING_DAY)
FOI_MORE = Extension(Unit.WORKING_DAY, amount=20, times=1)
SME = DeadlineRule("handler_received", 30, Unit.NATURAL_DAY)
SME_MORE = Extension(Unit.NATURAL_DAY, period_max=90)
WAGES = DeadlineRule("filed", 60, Unit.WORKING_DAY)
WAGES_MORE = Extension(Unit.WORKING_DAY, amount=30, times=1)
REVIEW = DeadlineRule("second_review_requested", 30, Unit.NATURAL_DAY)


def refused(call, *args, **kwargs):
    with pytest.raises(ClockRefused) as caught:
        call(*args, **kwargs)
    return caught.value.refusal


# --- extensions worked out by hand ---------------------------------------------------------------------------------


def test_petition_sixty_and_thirty_days():
    # 10 March + 60 days = 9 May, a make-up Saturday; + 30 days = 8 June, a Monday.
    first = compute_deadline(PETITION, date(2026, 3, 10))
    made = extend(first, PETITION_MORE, asked_on=date(2026, 5, 9), reason="情况复杂")
    assert (first.due, made.warning, made.due) == (date(2026, 5, 9), date(2026, 6, 8), date(2026, 6, 8))
    (record,) = made.extensions
    assert (record.amount, record.asked_on, record.due_before) == (30, date(2026, 5, 9), date(2026, 5, 9))
    assert (record.approver, record.reason, record.source) == ("unit_head", "情况复杂", "第三十四条")


def test_petition_extensions_share_thirty_days():
    made = extend(compute_deadline(PETITION, date(2026, 3, 10)), PETITION_MORE, asked_on=date(2026, 5, 6), amount=10)
    assert made.warning == date(2026, 5, 19)  # 9 May + 10
    with pytest.raises(ClockRefused) as caught:
        extend(made, PETITION_MORE, asked_on=date(2026, 5, 19), amount=21)
    assert (caught.value.refusal, caught.value.amount) == (Refusal.TOO_LONG, 20)
    again = extend(made, PETITION_MORE, asked_on=date(2026, 5, 19), amount=20)
    assert again.due == date(2026, 6, 8)
    assert refused(extend, again, PETITION_MORE, asked_on=date(2026, 6, 1)) is Refusal.EXTENDED_BEFORE


def test_open_government_twenty_and_twenty_working_days():
    # Four weeks of five days from Monday 22 June, no holiday in them: 20 July; four more: 17 August.
    first = compute_deadline(FOI, date(2026, 6, 22))
    made = extend(first, FOI_MORE, asked_on=first.due)
    assert (first.due, made.due) == (date(2026, 7, 20), date(2026, 8, 17))
    assert refused(extend, made, FOI_MORE, asked_on=date(2026, 8, 3), amount=1) is Refusal.EXTENDED_BEFORE


def test_overdue_payment_ninety_days_from_the_start():
    # 2 March + 30 = 1 April. 90 from 2 March: 29 days of March, 30 of April, 31 of May: Sunday 31 May, so Monday.
    first = compute_deadline(SME, date(2026, 3, 2))
    made = extend(first, SME_MORE, asked_on=date(2026, 3, 20))
    assert (first.due, made.warning, made.due) == (date(2026, 4, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert made.granted == 60


def test_unpaid_wages_sixty_and_thirty_working_days():
    # 28 May is a Thursday; six weeks on it is 9 July, and Dragon Boat Friday (19 June) is off: 10 July.
    first = compute_deadline(WAGES, date(2026, 3, 2))
    made = extend(first, WAGES_MORE, asked_on=date(2026, 5, 28))
    assert (first.due, made.due) == (date(2026, 5, 28), date(2026, 7, 10))


def test_months_end_on_the_day_of_the_same_number_or_the_last():
    rule = DeadlineRule("handed_over", 3, Unit.MONTH)
    made = compute_deadline(rule, date(2026, 3, 31))
    assert made.due == date(2026, 6, 30)
    assert compute_deadline(rule, date(2026, 11, 30)).warning == date(2027, 2, 28)
    longer = extend(made, Extension(Unit.MONTH, period_max=6), asked_on=date(2026, 6, 1))
    assert longer.warning == date(2026, 9, 30)
    assert [run.number_of_last for run in longer.collapsed()] == [None, 91, 183]  # April to June, April to September


def test_an_extension_counts_on_from_the_unrolled_date():
    # 30 days from 20 May is Friday 19 June, Dragon Boat: due on Monday 22 June. Ten more from the 19th: 29 June.
    first = compute_deadline(REVIEW, date(2026, 5, 20))
    made = extend(first, Extension(Unit.NATURAL_DAY, amount=10), asked_on=first.due)
    assert (first.due, made.due) == (date(2026, 6, 22), date(2026, 6, 29))
    assert [(run.number_of_last, run.last) for run in made.collapsed() if run.counted] == [
        (30, date(2026, 6, 19)),
        (40, date(2026, 6, 29)),
    ]


def test_a_date_named_in_an_order_can_be_extended():
    named = fixed_deadline(date(2026, 9, 4), date(2026, 9, 1), "督办单 3 号")
    made = extend(named, Extension(Unit.NATURAL_DAY, amount=7, times=1), asked_on=date(2026, 9, 4))
    assert (made.due, made.rule.source) == (date(2026, 9, 11), "督办单 3 号")


def test_when_an_extension_is_refused():
    first = compute_deadline(FOI, date(2026, 6, 22))
    assert refused(extend, first, FOI_MORE, asked_on=date(2026, 7, 21)) is Refusal.AFTER_DUE
    assert refused(extend, first, FOI_MORE, asked_on=date(2026, 6, 21)) is Refusal.BEFORE_START
    assert refused(extend, first, FOI_MORE, asked_on=first.due, amount=21) is Refusal.TOO_LONG
    assert refused(extend, first, FOI_MORE, asked_on=first.due, amount=0) is Refusal.TOO_LONG
    assert refused(extend, first, PETITION_MORE, asked_on=first.due) is Refusal.OTHER_UNIT
    with pytest.raises(ValueError, match="bound"):
        Extension(Unit.NATURAL_DAY, times=1)


# --- suspensions worked out by hand --------------------------------------------------------------------------------


def test_a_hearing_is_left_out_of_the_re_check():
    # 30 days from 20 May: 19 June; five days of hearing: Wednesday 24 June.
    made = suspend(compute_deadline(REVIEW, date(2026, 5, 20)), date(2026, 6, 1), date(2026, 6, 5), "hearing")
    assert (made.warning, made.due) == (date(2026, 6, 24), date(2026, 6, 24))
    assert [(r.reason, r.first.day, r.last.day, r.number_of_last) for r in made.collapsed()] == [
        (Reason.START_EXCLUDED, 20, 20, None),
        (Reason.COUNTED, 21, 31, 11),
        (Reason.SUSPENDED, 1, 5, None),
        (Reason.COUNTED, 6, 24, 30),
    ]
    assert made.suspensions[0].source == "信访工作条例第三十六条 · Regulations on Petition Work art. 36"


def test_several_suspensions_add_up():
    # Monday 29 June to Friday 10 July are ten working days, 20 and 21 July two: 20 July + 12 working days = 5 August.
    made = suspend(
        compute_deadline(FOI, date(2026, 6, 22)), date(2026, 6, 29), date(2026, 7, 10), "third_party_opinion"
    )
    assert made.due == date(2026, 8, 3)
    made = suspend(made, date(2026, 7, 20), date(2026, 7, 21), "third_party_opinion")
    assert made.due == date(2026, 8, 5)


def test_a_corrected_request_begins_anew():
    # The answer is due 20 working days after the corrected request came, Monday 6 July: 3 August.
    made = suspend(compute_deadline(FOI, date(2026, 6, 22)), date(2026, 6, 25), date(2026, 7, 6), "correction")
    assert made.due == date(2026, 8, 3)
    assert {step.reason for step in made.steps if step.day < date(2026, 6, 25)} == {
        Reason.START_EXCLUDED,
        Reason.RESTARTED,
    }


def test_an_open_suspension_leaves_the_date_unknown_until_it_ends():
    first = compute_deadline(REVIEW, date(2026, 5, 20))
    halted = suspend(first, date(2026, 6, 1), None, "hearing")
    assert (first.is_suspended, halted.is_suspended) == (False, True)
    assert halted.warning == date(2026, 6, 20)  # the earliest that it can be: only the first day is left out for sure
    assert extend(halted, Extension(Unit.NATURAL_DAY, amount=3), asked_on=date(2026, 9, 1)).is_suspended
    made = resume(halted, date(2026, 6, 5))
    assert (made.is_suspended, made.due) == (False, date(2026, 6, 24))
    assert refused(resume, made, date(2026, 6, 6)) is Refusal.NOT_SUSPENDED
    assert refused(resume, halted, date(2026, 5, 31)) is Refusal.BACKWARDS


def test_a_suspension_on_the_day_to_which_it_rolled():
    # Unrolled on Friday 19 June, rolled to Monday 22; halted on 22 and 23: Wednesday 24 June.
    made = suspend(compute_deadline(REVIEW, date(2026, 5, 20)), date(2026, 6, 22), date(2026, 6, 23), "hearing")
    assert (made.warning, made.due) == (date(2026, 6, 19), date(2026, 6, 24))


def test_when_a_suspension_is_refused():
    first = compute_deadline(REVIEW, date(2026, 5, 20))
    halted = suspend(first, date(2026, 6, 1), None, "hearing")
    ended = resume(halted, date(2026, 6, 5))
    day = date(2026, 6, 1)
    assert refused(suspend, first, day, day, "busy") is Refusal.NOT_LISTED
    assert refused(suspend, first, day, day, "hearing", listed={}) is Refusal.NOT_LISTED
    assert refused(suspend, first, date(2026, 5, 19), day, "hearing") is Refusal.BEFORE_START
    assert refused(suspend, first, date(2026, 6, 23), None, "hearing") is Refusal.AFTER_DUE
    assert refused(suspend, first, day, date(2026, 5, 31), "hearing") is Refusal.BACKWARDS
    assert refused(suspend, halted, date(2026, 6, 9), None, "hearing") is Refusal.SUSPENDED_BEFORE
    assert refused(suspend, ended, date(2026, 6, 5), date(2026, 6, 7), "hearing") is Refusal.SUSPENDED_BEFORE
    assert suspend(ended, date(2026, 6, 6), date(2026, 6, 7), "hearing").due == date(2026, 6, 26)


# --- what was counted stays ----------------------------------------------------------------------------------------


def test_an_old_deadline_does_not_move_when_a_newer_calendar_extends_it():
    # The newer calendar makes 8 July a holiday; 20 working days that were counted before still end on 20 July.
    newer = TableCalendar({2026: [TableDay(date(2026, 7, 8), DayKind.HOLIDAY, "新增假日")]}, version="v2")
    first = compute_deadline(FOI, date(2026, 6, 22))
    made = extend(first, FOI_MORE, asked_on=first.due, amount=1, calendar=newer)
    assert compute_deadline(FOI, date(2026, 6, 22), newer).due == date(2026, 7, 21)
    assert made.due == date(2026, 7, 21)
    assert (made.calendar, made.extensions[0].calendar) == (first.calendar, "v2")


def test_an_extension_by_a_newer_calendar_never_comes_before_the_old_rolled_date():
    # Unrolled 3 October, rolled to 8 October; the newer table has offices work on the 5th.
    newer = TableCalendar({2026: [TableDay(date(2026, 10, 5), DayKind.WORKING_DAY)]})
    first = compute_deadline(REVIEW, date(2026, 9, 3))
    made = extend(first, Extension(Unit.NATURAL_DAY, amount=1), asked_on=first.due, calendar=newer)
    assert (first.warning, first.due, made.warning, made.due) == (
        date(2026, 10, 3), date(2026, 10, 8), date(2026, 10, 4), date(2026, 10, 8),
    )  # fmt: skip


def test_only_a_provisional_deadline_is_counted_anew():
    whole = TableCalendar({2031: [TableDay(date(2031, 10, day), DayKind.HOLIDAY, "国庆节") for day in range(1, 8)]})
    guessed = compute_deadline(FOI, date(2031, 9, 15))
    assert guessed.provisional
    made = recount(guessed, whole)
    # Weekdays off in the guess: 1 to 3 October; in the table also the 6th and the 7th.
    assert (guessed.due, made.due, made.provisional) == (date(2031, 10, 16), date(2031, 10, 20), False)
    sure = compute_deadline(FOI, date(2026, 6, 22))
    assert recount(sure, weekends_only()) is sure


def test_old_json_still_reads():
    first = compute_deadline(FOI, date(2026, 6, 22))
    old = {k: v for k, v in first.as_json().items() if k not in ("calendar", "extensions", "suspensions")}
    read = Deadline.from_json(old)
    assert (read.due, read.steps, read.calendar, read.extensions, read.suspensions) == (
        first.due, first.steps, "", (), (),
    )  # fmt: skip
    assert extend(read, FOI_MORE, asked_on=read.due).due == date(2026, 8, 17)


# --- properties ----------------------------------------------------------------------------------------------------

starts = st.dates(date(2025, 9, 1), date(2026, 9, 1))
rules = st.builds(
    DeadlineRule,
    event=st.just("e"),
    amount=st.integers(1, 60),
    unit=st.sampled_from([Unit.NATURAL_DAY, Unit.WORKING_DAY]),
    exclude_start_day=st.booleans(),
    roll_last_day=st.booleans(),
)
others = st.builds(
    TableCalendar,
    st.lists(
        st.builds(
            TableDay,
            day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            kind=st.sampled_from([DayKind.HOLIDAY, DayKind.WORKING_DAY, DayKind.HALF_DAY]),
        ),
        max_size=60,
    ).map(lambda rows: {2026: rows}),
    st.just((Closure(date(2026, 7, 6), date(2026, 7, 8), "防汛"),)),
)


@given(rules, starts, st.integers(1, 40), others)
def test_an_extension_never_shortens_whatever_the_calendar(rule, start, amount, newer):
    first = compute_deadline(rule, start)
    made = extend(first, Extension(rule.unit, amount=amount), asked_on=first.due, calendar=newer)
    assert made.warning > first.warning
    assert made.due >= first.due
    assert sum(step.counted for step in made.steps) == rule.amount + amount
    before = {step.day: step.number for step in first.steps if step.counted}
    assert {step.day: step.number for step in made.steps if step.day in before} == before


@given(rules, starts, st.integers(0, 59), st.integers(1, 30))
def test_a_suspension_pushes_natural_days_by_exactly_its_length(rule, start, after, length):
    first = compute_deadline(rule, start)
    from_day = start + timedelta(days=1 + after)
    assume(rule.unit is Unit.NATURAL_DAY and from_day <= first.warning)
    made = suspend(first, from_day, from_day + timedelta(days=length - 1), "hearing")
    assert made.warning - first.warning == timedelta(days=length)
    assert made.due >= first.due


@given(rules, starts, st.integers(1, 59), st.integers(1, 30), others)
def test_what_is_changed_holds_together_and_reads_back(rule, start, after, length, newer):
    first = compute_deadline(rule, start)
    from_day = min(start + timedelta(days=after), first.due)
    made = suspend(first, from_day, None, "third_party_opinion", calendar=newer)
    made = resume(made, from_day + timedelta(days=length - 1), calendar=newer)
    made = extend(made, Extension(rule.unit, amount=5), asked_on=made.due, calendar=newer)
    assert Deadline.from_json(json.loads(json.dumps(made.as_json()))) == made
    assert made.steps[-1].day == made.due >= made.warning
    assert sum(step.counted for step in made.steps) == rule.amount + 5
    assert not [step for step in made.steps if step.counted and made.suspensions[0].covers(step.day)]


@given(rules, starts, others)
def test_a_stored_deadline_does_not_move(rule, start, newer):
    stored = compute_deadline(rule, start).as_json()
    compute_deadline(rule, start, newer)
    read = Deadline.from_json(stored)
    assert read.due == compute_deadline(rule, start, national_calendar()).due
    assert recount(read, newer) == read or read.provisional
