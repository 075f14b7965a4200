"""What takes long to make and is the same for all workers: made by the first that asks."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of this run that ``make`` fills, once; other workers wait for it."""
    folder = Path(os.environ["YIZHEN_TEST_ROOT"]) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder
