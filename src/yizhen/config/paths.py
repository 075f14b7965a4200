"""Where the site keeps its state: one data directory; copying it moves the site."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def data_dir() -> Path:
    """Return the data directory (``YIZHEN_DATA``, default ``./data``), created when missing."""
    path = Path(os.environ.get("YIZHEN_DATA", "data")).resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(directory: Path) -> str:
    """Return the site's secret, made once on this machine and kept readable by its owner only."""
    path = directory / "secret.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def database(directory: Path) -> dict[str, Any]:
    """Return Django's database entry: ``YIZHEN_DATABASE_URL`` (postgresql://) or SQLite in the data directory.

    SQLite runs in WAL with immediate transactions: a deferred one fails with "database is locked" when a ballot opens.
    """
    url = os.environ.get("YIZHEN_DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "postgres",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host", [parts.hostname or ""])[0],
            "PORT": str(parts.port or query.get("port", [""])[0]),
            "CONN_MAX_AGE": 60,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": directory / "yizhen.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=4000;",
        },
        "TEST": {"NAME": directory / "test.sqlite3"},
    }
