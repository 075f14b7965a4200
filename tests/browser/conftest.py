"""The browser, and the demo's site on the database of this run."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.hands import enter_staff_mode, sign_in
from tests.browser.site import Site, copied, served

# Playwright's own event loop lives in this thread; the tests of other rooms that follow in it use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a fresh demo, on SQLite: tests in the browser run there alone."""
    with served(copied(tmp_path_factory.mktemp("site") / "data")) as running:
        yield running


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Any]:
    """Start one headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def shots() -> Path | None:
    """Return where to keep screenshots, when YIZHEN_SHOTS asks for them."""
    folder = os.environ.get("YIZHEN_SHOTS")
    return Path(folder) if folder else None


@pytest.fixture(scope="module")
def host(browser: Any, site: Site) -> Any:
    """The organisation office at its desk; its link works once."""
    desk = sign_in(browser, site, "组织部（评议办）")
    enter_staff_mode(desk, "office")
    return desk
