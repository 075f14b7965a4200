import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from yizhen.clocks import (
    DayKind,
    Deadline,
    DeadlineRule,
    Light,
    Reason,
    Unit,
    compute_deadline,
    compute_deadline_at,
    fixed_deadline,
    light,
    national_calendar,
    weekends_only,
    working_days_between,
)

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
CALENDARS = {"national_2026": national_calendar(), "weekends_only": weekends_only()}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['matter']}-{v['date']}-{v['amount']}-{v['calendar']}")
def test_vector(vector: dict[str, Any]) -> None:
    rule = DeadlineRule(vector["event"], vector["amount"], Unit(vector["unit"]))
    made = compute_deadline(rule, date.fromisoformat(vector["date"]), CALENDARS[vector["calendar"]])
    assert made.due == date.fromisoformat(vector["expect"])
    assert made.warning == date.fromisoformat(vector["expect_warning"])
    assert not made.provisional


def test_derivation_names_every_day() -> None:
    made = compute_deadline(DeadlineRule("dispatched", 3, Unit.WORKING_DAY), date(2026, 2, 12))
    assert [(s.day.day, s.number, s.reason) for s in made.steps[:4]] == [
        (12, None, Reason.START_EXCLUDED),
        (13, 1, Reason.COUNTED),
        (14, 2, Reason.MAKE_UP_WORKDAY),
        (15, None, Reason.HOLIDAY),
    ]
    assert made.steps[3].name == "春节"
    assert made.steps[-1].day == made.due == date(2026, 2, 24)
    assert [(r.reason, r.first.day, r.last.day, r.number_of_last) for r in made.collapsed()] == [
        (Reason.START_EXCLUDED, 12, 12, None),
        (Reason.COUNTED, 13, 13, 1),
        (Reason.MAKE_UP_WORKDAY, 14, 14, 2),
        (Reason.HOLIDAY, 15, 23, None),
        (Reason.COUNTED, 24, 24, 3),
    ]


def test_natural_days_roll_and_say_so() -> None:
    made = compute_deadline(DeadlineRule("first_review_requested", 30, Unit.NATURAL_DAY), date(2026, 5, 20))
    assert [(r.reason, r.number_of_last) for r in made.collapsed()] == [
        (Reason.START_EXCLUDED, None),
        (Reason.COUNTED, 30),
        (Reason.HOLIDAY, None),
        (Reason.ROLLED, None),
    ]
    kept = compute_deadline(
        DeadlineRule("first_review_requested", 30, Unit.NATURAL_DAY, roll_last_day=False), date(2026, 5, 20)
    )
    assert kept.due == kept.warning == date(2026, 6, 19)


def test_make_up_saturday_explains_why_it_does_not_roll() -> None:
    made = compute_deadline(DeadlineRule("accepted", 60, Unit.NATURAL_DAY), date(2026, 3, 10))
    assert (made.steps[-1].day, made.steps[-1].reason) == (date(2026, 5, 9), Reason.MAKE_UP_WORKDAY)


def test_start_day_may_count() -> None:
    rule = DeadlineRule("received", 1, Unit.WORKING_DAY, exclude_start_day=False)
    assert compute_deadline(rule, date(2026, 3, 2)).due == date(2026, 3, 2)
    assert compute_deadline(rule, date(2026, 3, 1)).due == date(2026, 3, 2)


def test_zero_days_on_a_day_off_roll() -> None:
    made = compute_deadline(DeadlineRule("received", 0, Unit.WORKING_DAY), date(2026, 10, 1))
    assert (made.warning, made.due) == (date(2026, 10, 1), date(2026, 10, 8))


def test_unpublished_year_is_provisional_only_when_it_decides() -> None:
    late = date(2026, 12, 25)
    assert national_calendar().is_published(2026)
    assert not national_calendar().is_published(2031)
    assert not compute_deadline(DeadlineRule("e", 3, Unit.WORKING_DAY), late).provisional
    assert compute_deadline(DeadlineRule("e", 60, Unit.WORKING_DAY), date(2031, 1, 1)).provisional
    assert compute_deadline(DeadlineRule("e", 30, Unit.NATURAL_DAY), date(2031, 12, 20)).provisional
    unrolled = DeadlineRule("e", 30, Unit.NATURAL_DAY, roll_last_day=False)
    assert not compute_deadline(unrolled, date(2031, 12, 20)).provisional


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 2, 14), DayKind.MAKE_UP_WORKDAY, "春节"),
        (date(2026, 6, 20), DayKind.HOLIDAY, "端午节"),
        (date(2026, 6, 27), DayKind.WEEKEND, ""),
        (date(2026, 6, 26), DayKind.WORKING_DAY, ""),
        (date(2031, 10, 3), DayKind.HOLIDAY, "国庆节"),
        (date(2031, 10, 4), DayKind.WEEKEND, ""),
        (date(2031, 10, 7), DayKind.WORKING_DAY, ""),
        (date(1999, 5, 2), DayKind.HOLIDAY, "劳动节"),
    ],
)
def test_describe(day: date, kind: DayKind, name: str) -> None:
    assert national_calendar().describe(day) is kind
    assert national_calendar().holiday_name(day) == name


def test_hours_run_through_the_night() -> None:
    beijing = timezone(timedelta(hours=8))
    rule = DeadlineRule("emergency", 24, Unit.HOUR)
    start = datetime(2026, 9, 30, 20, 0, tzinfo=beijing)
    assert compute_deadline_at(rule, start) == datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
    assert compute_deadline_at(rule, start).tzinfo is beijing


def test_named_date_is_not_counted() -> None:
    made = fixed_deadline(date(2026, 10, 3), date(2026, 9, 1), "督办单 3 号")
    assert (made.due, made.warning, made.provisional) == (date(2026, 10, 3), date(2026, 10, 3), False)
    assert [s.reason for s in made.steps] == [Reason.NAMED_IN_ORDER]
    assert Deadline.from_json(json.loads(json.dumps(made.as_json()))) == made


def test_refusals() -> None:
    with pytest.raises(ValueError, match="negative"):
        DeadlineRule("e", -1, Unit.HOUR)
    with pytest.raises(ValueError, match="compute_deadline_at"):
        compute_deadline(DeadlineRule("e", 1, Unit.HOUR), date(2026, 1, 1))
    with pytest.raises(ValueError, match="use compute_deadline"):
        compute_deadline_at(DeadlineRule("e", 1, Unit.NATURAL_DAY), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="time zone"):
        compute_deadline_at(DeadlineRule("e", 1, Unit.HOUR), datetime(2026, 1, 1))
    with pytest.raises(TypeError, match="without a time"):
        compute_deadline(DeadlineRule("e", 1, Unit.NATURAL_DAY), datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="before the order"):
        fixed_deadline(date(2026, 1, 1), date(2026, 1, 2), "")
    with pytest.raises(ValueError, match="warn_days"):
        light(date(2026, 1, 1), date(2026, 1, 1), warn_days=-1)


@pytest.mark.parametrize(
    ("today", "done_on", "expected"),
    [
        (date(2026, 9, 25), None, Light.GREEN),
        (date(2026, 9, 30), None, Light.YELLOW),  # ten days away, but only three of them are worked
        (date(2026, 10, 10), None, Light.YELLOW),
        (date(2026, 10, 11), None, Light.RED),
        (date(2026, 12, 1), date(2026, 10, 10), Light.GREEN),
        (date(2026, 12, 1), date(2026, 10, 11), Light.RED),
    ],
)
def test_light(today: date, done_on: date | None, expected: Light) -> None:
    assert light(date(2026, 10, 10), today, done_on) is expected


def test_working_days_between() -> None:
    assert working_days_between(date(2026, 9, 28), date(2026, 10, 10)) == 5
    assert working_days_between(date(2026, 10, 10), date(2026, 9, 28)) == -5
    assert working_days_between(date(2026, 9, 28), date(2026, 10, 10), weekends_only()) == 9
