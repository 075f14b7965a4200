"""A real site for browser tests: ``yizhen demo`` in a data directory of its own, served by ``yizhen serve``."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.appraisals.live import free_port
from tests.shared import made_once


@dataclass(frozen=True)
class Site:
    """A running site: its address, its data directory, and the one-time sign-in links that the demo printed."""

    address: str
    data: Path
    links: dict[str, str]
    environment: dict[str, str]


def environment(data: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("YIZHEN_", "DJANGO_"))}
    source = Path(__file__).resolve().parents[2] / "src"
    return kept | {"YIZHEN_DATA": str(data), "PYTHONPATH": str(source), "PYTHONUNBUFFERED": "1"}


def made(data: Path) -> Site:
    """Make the demo, and return the site that nobody serves yet."""
    settings = environment(data)
    command = [sys.executable, "-m", "yizhen", "demo", "--no-serve"]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    links = {
        title.split(" · ")[0].strip(): f"/sign-in/{secret}/"
        for title, secret in re.findall(r"^  (.+?) +http://\S+/sign-in/(\S+)/$", done.stdout, re.MULTILINE)
    }
    return Site("", data, links, settings)


def copied(data: Path) -> Site:
    """Return a copy of the demo on SQLite that is made once for all workers: a data directory is a site."""
    shared = made_once("demo", _demo)
    shutil.copytree(shared / "data", data)
    links = json.loads((shared / "links.json").read_text(encoding="utf-8"))
    return Site("", data, links, environment(data))


def _demo(folder: Path) -> None:
    links = made(folder / "data").links
    (folder / "links.json").write_text(json.dumps(links), encoding="utf-8")


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """Serve a site until the block ends."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (site.data / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "yizhen", "serve", "--port", str(port)],
            env=site.environment,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(address)
            yield replace(site, address=address)
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str, seconds: float = 180) -> None:
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
