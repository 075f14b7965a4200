"""The budget of the door: pure, with a clock and keys of the test's own."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yizhen.portal.flood.address import client_address
from yizhen.portal.flood.budget import ADDRESS, NEIGHBOURS, SHRINKS, SITE, STRAINED, Budget, Door, Window, blocks_of
from yizhen.portal.flood.question import number_of

ONE, OTHER = "192.0.2.7", "198.51.100.9"


def budget(now: float = 0.0) -> Budget:
    numbers = count()
    return Budget(now, lambda: next(numbers).to_bytes(8, "big"))


def taken(made: Budget, times: int, address: str = ONE, now: float = 0.0) -> list[Door]:
    return [made.take(address, now) for _ in range(times)]


def test_address_passes_is_asked_and_finds_the_door_shut():
    free, most = ADDRESS[0].free, ADDRESS[0].most
    assert most is not None
    doors = taken(budget(), most + 1)
    assert doors == [Door.OPEN] * free + [Door.ASKS] * (most - free) + [Door.SHUT]


def test_stranger_passes_while_twenty_addresses_flood():
    made = budget()
    for second in range(120):
        for number in range(50):
            made.take(f"203.0.{number % 20}.5", float(second) + number / 50)
        assert made.take(f"198.51.{second}.9", second + 0.99) is Door.OPEN


def test_what_was_sent_is_forgotten_after_minutes():
    made = budget()
    taken(made, 30)
    assert made.take(ONE, 59.0) is Door.ASKS
    assert made.take(ONE, 150.0) is Door.OPEN
    assert taken(made, 1, now=151.0) == [Door.OPEN]
    slow = budget()
    doors = [slow.take(ONE, float(second)) for second in range(0, 600, 10)]  # six a minute, for ten minutes
    assert (doors[: ADDRESS[1].free], doors[-1]) == ([Door.OPEN] * ADDRESS[1].free, Door.ASKS)
    assert slow.take(ONE, 2000.0) is Door.OPEN


def test_neighbours_share_a_wider_budget_and_others_do_not():
    made = budget()
    free = NEIGHBOURS[0].free
    doors = [made.take(f"192.0.2.{number}", 0.8 * number) for number in range(free + 1)]
    assert (doors[:free], doors[free]) == ([Door.OPEN] * free, Door.ASKS)
    for _ in range(50):
        taken(made, 45, "192.0.2.200", 49.0)
    assert made.take("192.0.2.201", 49.0) is Door.ASKS
    assert made.take(OTHER, 49.0) is Door.OPEN


def test_less_passes_freely_while_much_comes_in_at_once_and_as_before_afterwards():
    made = budget()
    for number in range(STRAINED.free):
        assert made.take(f"10.0.{number}.1", 0.0) is Door.OPEN
    few = ADDRESS[0].free // SHRINKS
    assert taken(made, few + 1) == [Door.OPEN] * few + [Door.ASKS]
    assert made.take(OTHER, 0.0) is Door.OPEN
    assert taken(made, ADDRESS[0].free, "198.18.0.1", 25.0) == [Door.OPEN] * ADDRESS[0].free


def test_flood_from_everywhere_has_everybody_asked_and_nobody_shut_out():
    made = budget()
    doors = [made.take(f"10.{number // 250}.{number % 250}.1", 0.0) for number in range(SITE.free + 50)]
    assert doors == [Door.OPEN] * SITE.free + [Door.ASKS] * 50


def test_keys_are_new_with_every_window_and_nothing_of_an_address_is_kept():
    keys = []

    def key() -> bytes:
        keys.append(len(keys).to_bytes(8, "big"))
        return keys[-1]

    window = Window(60, 0.0, key)
    window.add(ONE, 0.0)
    used = (window.counts.key, window.before.key)
    window.add(ONE, 130.0)
    assert not {window.counts.key, window.before.key} & set(used)
    assert set(vars(window)) == {"seconds", "start", "new_key", "counts", "before"}
    assert {type(row) for row in window.counts.rows} == {type(window.before.rows[0])}


@given(st.lists(st.floats(0, 500), min_size=1, max_size=40))
def test_count_is_never_less_than_what_came_within_the_running_window(moments):
    window = Window(60, 0.0, lambda: b"k")
    seen: list[float] = []
    for moment in sorted(moments):
        counted = window.add("a", moment)
        seen.append(moment)
        assert counted >= sum(moment - window.start >= moment - each and each >= window.start for each in seen)
        assert counted <= sum(each > moment - 120 for each in seen)


@pytest.mark.parametrize(
    ("address", "narrow", "wide"),
    [
        ("192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unix:", "", ""),
    ],
)
def test_households_are_told_apart_by_their_networks(address, narrow, wide):
    assert blocks_of(address) == (narrow, wide)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ((), "1.2.3.4", "10.0.0.1"),
        (("10.0.0.1",), "1.2.3.4", "1.2.3.4"),
        (("10.0.0.0/8",), "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (("10.9.0.0/16",), "1.2.3.4", "10.0.0.1"),
        (("10.0.0.1",), "", "10.0.0.1"),
        (("nonsense",), "1.2.3.4", "10.0.0.1"),
        (("10.0.0.1",), "1.2.3.4:50123", "1.2.3.4"),  # with a port, as some proxies write it
        (("10.0.0.1",), "[2001:db8::1]:443", "2001:db8::1"),
        (("10.0.0.1",), "2001:db8::1", "2001:db8::1"),
    ],
)
def test_forwarded_addresses_are_believed_of_named_proxies_alone(trusted, forwarded, seen):
    assert client_address({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}, trusted) == seen


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), ("１２ ", 12), ("十二", 12), ("十", 10), ("一十八", 18), ("七", 7), ("零", 0), ("", None), ("x", None), ("二十", None), ("99999", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(typed, number):
    assert number_of(typed) == number
