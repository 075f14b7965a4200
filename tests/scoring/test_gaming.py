"""Signs of gaming: counted by hand, quiet by chance, and never over small numbers."""

from collections import Counter
from datetime import date, timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from yizhen.scoring.gaming import (
    RULES,
    Rule,
    bursts,
    compare,
    copied_files,
    copied_texts,
    last_minutes,
    same_channel,
    trimmed_share,
)
from yizhen.scoring.inputs import InputError

PEERS = {"a": (9, 100), "b": (11, 100), "c": (10, 100), "d": (8, 100), "e": (12, 100)}


def test_burst_counts_the_seven_days_up_to_the_appraisal_and_no_day_after():
    appraisal = date(2031, 6, 26)
    days = [appraisal + timedelta(days=n) for n in (-7, -6, -3, 0, 1)]

    assert bursts({"a": days}, appraisal) == {"a": (3, 5)}


def test_last_minute_counts_the_last_half_hour_and_after_hours():
    assert last_minutes({"a": [inf, 31.0, 30.0, 0.0, -300.0]}) == {"a": (3, 5)}


def test_copied_text_needs_another_matter_and_enough_words():
    long, other = "已派人到现场更换井盖并拍照留存", "联系施工队浇筑路面后恢复通行了"
    rows = [(1, long), (2, long[:-1] + "档"), (3, other), (4, "已办结"), (5, "已办结")]

    assert copied_texts({"a": rows, "b": [(1, long), (1, long)]}) == {"a": (2, 3), "b": (0, 1)}


def test_copied_file_is_one_hash_on_two_matters():
    assert copied_files({"a": [(1, "x"), (1, "x"), (2, "y"), (3, "y")]}) == {"a": (2, 3)}


def test_same_channel_counts_pairs_within_days_alone():
    days = [Counter({1: 3, 2: 2}), Counter({1: 1})]

    assert same_channel({"a": days}) == {"a": (3 + 1, 10)}


def test_trimmed_share_leaves_a_quarter_out_at_either_end():
    # of five units one is left out at either end: (9 + 10 + 11 + ½) / (300 + 1)
    count, n = np.array([9.0, 11, 10, 0, 100]), np.full(5, 100.0)

    assert trimmed_share(count, n) == pytest.approx(30.5 / 301)


def test_z_is_the_normal_score_of_the_mid_p():
    found = compare(PEERS | {"f": (25, 100)}, Rule("x"))
    share = (9 + 10 + 11 + 12 + 0.5) / 401  # 8 and 25 are aside
    mid = stats.binom.sf(25, 100, share) + stats.binom.pmf(25, 100, share) / 2

    one = next(one for one in found.findings if one.unit == "f")
    assert one.z == pytest.approx(stats.norm.isf(mid))
    assert one.expected == pytest.approx(share)


def test_high_share_alone_is_a_sign_for_a_high_tail_and_low_for_a_low():
    many = {f"u{n}": (40 + n % 5, 400) for n in range(12)} | {"high": (160, 400), "low": (1, 400)}

    assert [one.unit for one in compare(many, Rule("x")).alarms] == ["high"]
    assert [one.unit for one in compare(many, Rule("x", tail="low", bound=0.01)).alarms] == ["low"]
    assert compare(many, Rule("x", tail="low", bound=0.001)).alarms == []


@pytest.mark.parametrize(
    "rule", [Rule("x", fewest=401), Rule("x", material=0.31), Rule("x", least=121)], ids=["few", "small", "least"]
)
def test_no_alarm_under_a_least_number(rule):
    many = {f"u{n}": (40 + n % 5, 400) for n in range(12)} | {"high": (160, 400)}

    assert compare(many, rule).alarms == []


def test_four_units_are_too_few_to_say_what_is_usual():
    four = {unit: PEERS[unit] for unit in "abc"} | {"f": (90, 100)}

    assert compare(four, Rule("x")).findings == ()


def test_honest_differences_between_units_widen_the_range():
    spread = {f"u{n}": (20 + 12 * (n % 6), 400) for n in range(12)}
    found = compare(spread | {"high": (110, 400)}, Rule("x"))

    assert found.dispersion > 4
    assert found.alarms == []
    assert [one.unit for one in compare(spread | {"high": (390, 400)}, Rule("x")).alarms] == ["high"]


def test_honest_units_give_few_alarms():
    chance = np.random.default_rng(5)
    units, runs, alarms = 12, 400, 0
    for _run in range(runs):
        shares = 1 / (1 + np.exp(-(np.log(0.08 / 0.92) + 0.25 * chance.standard_normal(units))))
        sizes = chance.integers(60, 900, units)
        counts = chance.binomial(sizes, shares)
        rows = {f"u{n}": (int(c), int(s)) for n, (c, s) in enumerate(zip(counts, sizes, strict=True))}
        alarms += len(compare(rows, RULES["last_minute"]).alarms)

    assert alarms / (units * runs) < 0.002


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), min_size=5, max_size=15))
def test_alarms_do_not_depend_on_the_order_of_units(pairs):
    rows = {f"u{n:02}": (min(pair), max(pair)) for n, pair in enumerate(pairs)}
    turned = dict(reversed(rows.items()))

    def of(counts):
        return {one.unit: (one.alarm, round(one.q, 9)) for one in compare(counts, Rule("x")).findings}

    assert of(rows) == of(turned)


def test_more_than_all_is_refused():
    with pytest.raises(InputError, match="3 of 2"):
        compare({"a": (3, 2)}, Rule("x"))


def test_verdicts_from_one_channel_stand_out_from_independent_ones():
    chance = np.random.default_rng(3)

    def days(alone: float):
        for _day in range(60):
            given = np.where(chance.random(6) < alone, 7, chance.integers(0, 32, 6))
            yield Counter(given.tolist())

    counts = same_channel({f"u{n}": list(days(0.0)) for n in range(11)} | {"desk": list(days(0.5))})

    assert [one.unit for one in compare(counts, RULES["few_channels"]).alarms] == ["desk"]
    assert compare(counts, RULES["few_channels"]).expected == pytest.approx(1 / 32, abs=0.01)
