"""Where a milestone stands: late without a reason is red, a reason holds for thirty days, a moved date stays told."""

from datetime import date, timedelta

import pytest

from yizhen.livelihood.projects.lights import Said, light, state_of, worst

TODAY = date(2026, 6, 30)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("planned", "first", "actual", "said", "state"),
    [
        (30, 30, None, [], "in_time"),
        (14, 14, None, [], "near"),
        (0, 0, None, [], "near"),
        (-1, -1, None, [], "silent"),
        (-1, -1, None, [Said(day(-1), None, day(0))], "explained"),
        (-40, -40, None, [Said(day(-40), None, day(-31))], "silent"),  # thirty days have passed without a new date
        (-1, -20, None, [Said(day(-20), day(-1), day(-20))], "silent"),  # the reason was for the date before
        (20, -5, None, [Said(day(-5), day(20), day(-5))], "moved"),
        (-5, -5, -6, [], "done"),
        (-5, -20, -6, [Said(day(-20), day(-5), day(-25))], "done_late"),
    ],
)
def test_state_of_a_milestone(planned, first, actual, said, state):
    assert state_of(day(planned), day(first), None if actual is None else day(actual), said, TODAY) == state


def test_worst_state_stands_for_all_and_red_is_silence_alone():
    assert worst(["done", "near", "silent", "explained"]) == "silent"
    assert worst(["done", "moved"]) == "moved"
    assert worst([]) == ""
    colours = {state: (light(state) or ("",))[0] for state in ("silent", "explained", "moved", "near", "in_time", "")}
    assert colours == {
        "silent": "red", "explained": "yellow", "moved": "yellow", "near": "yellow", "in_time": "green", "": "",
    }  # fmt: skip
