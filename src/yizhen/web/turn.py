"""Taking turns at SQLite's one writer where many write at once: a hall that votes, phones that come back into the network.

SQLite makes waiting writers poll with growing pauses: under a rush they sleep past their turn. Here they
queue: threads of a process at a lock in memory, processes at a lock on a file, which ends with its process.
"""

import atexit
import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

_threads = threading.Lock()
_files: dict[Path, IO[bytes]] = {}


@contextmanager
def writers_turn() -> Iterator[None]:
    """Wait for this writer's turn on SQLite; on PostgreSQL, and inside a transaction, go on at once."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    path = Path(settings.DATA_DIR) / "turn.lock"
    with _threads:
        if path not in _files:
            _files[path] = path.open("ab")
            atexit.register(_files[path].close)
        file = _files[path]
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
