"""What a hall of phones asks for again and again, kept for a second in each process.

A thousand phones ask for the status every few seconds, and for the sheet until the ballot opens; all but a few answers
rest on the same facts. So those are read at most once a second, whoever asks. Nothing is kept of who asked.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Board(Generic[T]):
    """Facts by key, each at most so many seconds old; with 0 seconds everything is read anew."""

    def __init__(self, seconds: float = 1.0, most: int = 500) -> None:
        self.seconds, self.most = seconds, most
        self.known: dict[Hashable, tuple[float, T]] = {}
        self.reading = threading.Lock()

    def _fresh(self, key: Hashable) -> tuple[float, T] | None:
        kept = self.known.get(key)
        return kept if kept is not None and time.monotonic() - kept[0] < self.seconds else None

    def get(self, key: Hashable, read: Callable[[], T | None]) -> T | None:
        """Return a key's facts, read again when they are too old: by one thread, while the others take the old ones.

        None is not kept: whoever guesses keys fills nothing.
        """
        if (fresh := self._fresh(key)) is not None:
            return fresh[1]
        old = self.known.get(key) if self.seconds else None
        if not self.reading.acquire(blocking=old is None):
            assert old is not None
            return old[1]
        try:
            if (fresh := self._fresh(key)) is not None:
                return fresh[1]
            began, found = time.monotonic(), read()
            if len(self.known) >= self.most:
                self.known.clear()
            if found is None:
                self.known.pop(key, None)
            else:
                self.known[key] = (began, found)
            return found
        finally:
            self.reading.release()
