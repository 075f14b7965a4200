import threading
from collections.abc import Callable
from functools import partial

import pytest

from yizhen.appraisals import status_board as board_module
from yizhen.appraisals.status_board import Board


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(board_module, "time", made)
    return made


def counting(values: list[str]) -> Callable[[], str | None]:
    left = iter(values)
    return lambda: next(left)


def test_facts_are_read_again_after_a_second(clock: Clock) -> None:
    board: Board[str] = Board()
    read = counting(["first", "second"])
    assert [board.get("hall", read) for _twice in range(2)] == ["first", "first"]
    clock.now += 0.999
    assert board.get("hall", read) == "first"
    clock.now += 0.001
    assert board.get("hall", read) == "second"


def test_without_seconds_everything_is_read_anew() -> None:
    board: Board[str] = Board(0)
    read = counting(["first", "second"])
    assert [board.get("hall", read) for _twice in range(2)] == ["first", "second"]


def test_what_is_not_there_is_not_kept() -> None:
    board: Board[str] = Board()
    for guess in range(1000):
        assert board.get(guess, lambda: None) is None
    assert board.known == {}


def test_a_board_does_not_grow_without_end() -> None:
    board: Board[int] = Board(most=10)
    for number in range(1000):
        board.get(number, partial(int, number))
    assert len(board.known) <= 10


def test_one_reads_while_the_others_take_what_is_there(clock: Clock) -> None:
    board: Board[str] = Board()
    board.get("hall", lambda: "old")
    clock.now += 5
    reading, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        reading.set()
        go_on.wait(10)
        return "new"

    thread = threading.Thread(target=board.get, args=["hall", slow])
    thread.start()
    reading.wait(10)
    assert board.get("hall", lambda: pytest.fail("a second reader")) == "old"
    go_on.set()
    thread.join()
    assert board.get("hall", lambda: pytest.fail("a third reader")) == "new"


def test_failure_to_read_is_not_kept(clock: Clock) -> None:
    board: Board[str] = Board()

    def fails() -> str:
        raise OSError

    with pytest.raises(OSError):
        board.get("hall", fails)
    assert board.get("hall", lambda: "there") == "there"
