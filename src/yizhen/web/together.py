"""Deciding together what arrives at the same time: what comes while a commit is under way shares the next one.

A durable commit waits for the disk, so many who write at once would wait for as many commits as they are. Here the first to
arrive leads: it waits for its turn at the database, takes whatever has queued up in this process by then, decides it in one
transaction, and hands the lead on. Nothing waits for a timer, and nobody is answered before what is his is durable.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from .turn import writers_turn

Item = TypeVar("Item")


class _Waiting(Generic[Item]):
    """An item in the queue; its turn comes when it is decided, or is to lead."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.done = self.failed = False
        self.turn = threading.Event()


class Together(Generic[Item]):
    """Where the items of one process queue up.

    Args:
        decide: decides some items in one transaction, and says on each what became of it.
        most: so many in one transaction at most.
    """

    def __init__(self, decide: Callable[[Sequence[Item]], None], most: int) -> None:
        self._decide, self._most = decide, most
        self._gate = threading.Lock()
        self._queue: list[_Waiting[Item]] = []
        self._led = False

    def __len__(self) -> int:
        """Return how many are queued up, those that are being decided among them."""
        return len(self._queue)

    def take(self, item: Item) -> bool:
        """Decide an item, alone or with those that arrive at the same time, outside any transaction.

        Returns:
            False when it was not decided, because deciding failed for whoever led.
        """
        own = _Waiting(item)
        with self._gate:
            self._queue.append(own)
            leads, self._led = not self._led, True
        if not leads:
            own.turn.wait()
        if not own.done:
            self._lead(own)
        return not own.failed

    def _lead(self, own: _Waiting[Item]) -> None:
        """Decide what has queued up, the leader's own item among it; then somebody who came meanwhile leads."""
        batch, failed = [own], True
        try:
            with writers_turn():
                with self._gate:
                    batch = self._queue[: self._most]  # the leader's is the first
                self._decide([one.item for one in batch])
                failed = False
        finally:
            for one in batch:
                one.done, one.failed = True, failed
            with self._gate:
                self._queue = [one for one in self._queue if not one.done]
                self._led = bool(self._queue)
                heirs = self._queue[:1]
            for one in (*batch, *heirs):
                one.turn.set()
