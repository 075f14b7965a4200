"""A real site for browser tests: ``yizhen demo`` in a data directory of its own, served by ``yizhen serve``."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.appraisals.live import free_port


@dataclass(frozen=True)
class Site:
    """A running site: its address, its data directory, and the one-time sign-in links that the demo printed."""

    address: str
    data: Path
    links: dict[str, str]
    environment: dict[str, str]


def environment(data: Path, database_url: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("YIZHEN_", "DJANGO_"))}
    source = Path(__file__).resolve().parents[2] / "src"
    kept |= {"YIZHEN_DATA": str(data), "PYTHONPATH": str(source), "PYTHONUNBUFFERED": "1"}
    return kept | ({"YIZHEN_DATABASE_URL": database_url} if database_url else {})


@contextmanager
def served(data: Path, database_url: str, *arguments: str) -> Iterator[Site]:
    """Make the demo (unless other arguments say what to run first) and serve it until the block ends."""
    settings = environment(data, database_url)
    first = list(arguments) or ["demo", "--no-serve"]
    made = subprocess.run(
        [sys.executable, "-m", "yizhen", *first], env=settings, capture_output=True, text=True, check=False, timeout=240
    )
    assert made.returncode == 0, made.stdout + made.stderr
    links = {
        title.split(" · ")[0].strip(): f"/sign-in/{secret}/"
        for title, secret in re.findall(r"^  (.+?) +http://\S+/sign-in/(\S+)/$", made.stdout, re.MULTILINE)
    }
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (data / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "yizhen", "serve", "--port", str(port)], env=settings, stdout=log, stderr=log
        )
        try:
            wait_for(address)
            yield Site(address, data, links, settings)
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/b/", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    message = f"{address} does not answer"
    raise TimeoutError(message)
